//! Archives of tiles as datasets: tile for tile what was exported, documents of what they say, and files that lie.

use crate::support::{Answer, Server, dataset};
use axum::http::Method;
use duotile::{
    catalog::{Catalog, Entry},
    export::{self, Kind, Layer, Settings as Way},
    http::State,
    load::Load,
    read::Options,
    settings::Settings,
    source::archive::Archive,
    wanted::Wanted,
};
use duotile_core::{TileId, TileQuery};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Exports the rows of the tests, zooms 1 to 6.
fn exported(out: PathBuf) -> PathBuf {
    let kind = Kind::of(&out).expect("a known ending");
    let layer = Layer::new(Entry::open(dataset(&Options::default())), &TileQuery::default(), 1..=6).expect("fits");
    let way = Way { out: out.clone(), kind, bounds: None, budget: 1 << 20, overzoom: false, resume: false };
    write(&[layer], &way);
    out
}

/// Exports on a thread of its own, as no command runs within a server's.
fn write(layers: &[Layer], way: &Way) -> export::Report {
    std::thread::scope(|scope| {
        scope.spawn(|| export::export(layers, way, &(), &|| true).expect("written")).join().expect("no panic")
    })
}

/// A server of the rows, and of archives of them.
fn server(folder: &Path) -> Server {
    let open = |ending: &str| {
        let path = exported(folder.join(format!("old.{ending}")));
        let wanted = format!("{ending}={}", path.display());
        Wanted::parse(&wanted, &Load::default()).expect("fine").entry(&()).expect("it opens")
    };
    let entries = [Entry::open(dataset(&Options::default())), open("pmtiles"), open("mbtiles")];
    let state = State::new(Catalog::new(entries), Settings::default());
    Server { app: duotile::app(state.clone()), state }
}

/// All tiles of some zooms, which are few.
fn tiles(zooms: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = TileId> {
    zooms
        .flat_map(|z| (0..1 << (2 * z)).map(move |at: u32| (z, at >> z, at & ((1 << z) - 1))))
        .map(|(z, x, y)| TileId::new(z, x, y).expect("valid"))
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    match answer.header("content-encoding") {
        "" => answer.body.to_vec(),
        "gzip" => {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&answer.body[..]), &mut plain).expect("gzip");
            plain
        }
        "zstd" => zstd::decode_all(&answer.body[..]).expect("zstd"),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn every_tile_is_that_of_the_live_server_in_whatever_coding() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    let mut filled = 0;
    for tile in tiles(1..=5) {
        let live = server.get(&format!("/tiles/trips/{tile}.mvt")).await;
        for archive in ["pmtiles", "mbtiles"] {
            let uri = format!("/tiles/{archive}/{tile}.mvt");
            let plain = server.get(&uri).await;
            assert_eq!((plain.status, &plain.body), (live.status, &live.body), "{uri}");
            if plain.status == 204 {
                continue;
            }
            filled += 1;
            // As they lie in the file where gzip is taken, whatever else is preferred.
            for (accept, coding) in [("gzip", "gzip"), ("gzip, br, zstd", "gzip"), ("zstd", "zstd"), ("br", "")] {
                let answer = server.ask(Method::GET, &uri, &[("accept-encoding", accept)], "").await;
                let small = live.body.len() < 256 && coding == "zstd";
                assert_eq!(answer.header("content-encoding"), if small { "" } else { coding }, "{uri} {accept}");
                assert_eq!(unpacked(&answer), live.body, "{uri} {accept}");
                assert!(answer.header("vary").starts_with("Accept-Encoding"));
                assert_eq!(answer.header("content-type"), "application/vnd.mapbox-vector-tile");
            }
        }
    }
    assert!(filled > 20, "{filled} tiles");
}

#[tokio::test]
async fn a_tile_has_a_tag_and_zooms_beyond_the_archive_are_404() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    for archive in ["pmtiles", "mbtiles"] {
        let uri = format!("/tiles/{archive}/3/4/2.pbf");
        let answer = server.get(&uri).await;
        let tag = answer.header("etag").to_owned();
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-cache"));
        let again = server.ask(Method::GET, &uri, &[("if-none-match", &tag)], "").await;
        assert_eq!((again.status.as_u16(), again.body.len(), again.header("etag")), (304, 0, tag.as_str()));
        let template = server.json(&format!("/tiles/{archive}/tilejson.json")).await["tiles"][0].clone();
        let versioned = template.as_str().expect("a text").replace("{z}/{x}/{y}", "3/4/2");
        let versioned = versioned.trim_start_matches("http://tiles.example:8080");
        assert!(server.get(versioned).await.header("cache-control").contains("immutable"));
        for z in [0, 7] {
            let problem = server.get(&format!("/tiles/{archive}/{z}/0/0.mvt")).await.problem(404);
            assert!(problem["detail"].as_str().is_some_and(|text| text.contains("zooms 1 to 6")), "{problem}");
        }
        assert_eq!(server.get(&format!("/tiles/{archive}/1/0/1.mvt")).await.status, 204);
    }
}

#[tokio::test]
async fn documents_say_what_the_archive_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    let live = server.json("/tiles/trips/metadata.json").await;
    for archive in ["pmtiles", "mbtiles"] {
        let told = server.json(&format!("/tiles/{archive}/tilejson.json?key=k")).await;
        assert_eq!((&told["tilejson"], &told["minzoom"], &told["maxzoom"]), (&json!("3.0.0"), &json!(1), &json!(6)));
        assert_eq!((&told["dataset"], &told["name"]), (&json!(archive), &json!("trips")));
        let tiles = told["tiles"][0].as_str().expect("a text");
        assert!(
            tiles.starts_with(&format!("http://tiles.example:8080/tiles/{archive}/{{z}}/{{x}}/{{y}}.mvt?key=k&v="))
        );
        let layer = &told["vector_layers"][0];
        assert_eq!((&layer["id"], &layer["minzoom"], &layer["maxzoom"]), (&json!("trips"), &json!(1), &json!(6)));
        assert_eq!(layer["fields"], live["vector_layers"][0]["fields"]);
        for (side, exact) in
            told["bounds"].as_array().expect("four").iter().zip(live["bounds"].as_array().expect("four"))
        {
            let apart = side.as_f64().expect("degrees") - exact.as_f64().expect("degrees");
            assert!(apart.abs() < 1e-6, "{side} {exact}");
        }
        let metadata = server.json(&format!("/tiles/{archive}/metadata.json")).await;
        // What rows have is alike. Live, the cells of zoom 0 are looked at, which the archive does not have: of them it says no more than
        // that they are of one row to all.
        let mut expected = live["tilestats"].clone();
        let count = &mut expected["layers"][0]["attributes"][0];
        assert_eq!(count["attribute"], "point_count");
        (count["min"], count["max"]) = (json!(1), json!(3000));
        assert_eq!(metadata["tilestats"], expected);
        let style = server.json(&format!("/tiles/{archive}/style.json")).await;
        assert_eq!(style["sources"][archive]["maxzoom"], 6);
        let drawn: Vec<&str> =
            style["layers"].as_array().expect("a list").iter().filter_map(|l| l["source-layer"].as_str()).collect();
        assert_eq!(drawn, ["trips"]);
        let summary = server.json(&format!("/datasets/{archive}")).await;
        assert_eq!((&summary["rows"], &summary["columns"]), (&json!(0), &json!([])));
        assert_eq!((&summary["archive"]["zooms"], &summary["archive"]["layers"]), (&json!([1, 6]), &json!(["trips"])));
    }
    let all = server.json("/datasets").await;
    let ids: Vec<&str> =
        all["datasets"].as_array().expect("a list").iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, ["trips", "pmtiles", "mbtiles"]);
}

#[tokio::test]
async fn what_finished_tiles_cannot_answer_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    for (query, parameter) in
        [("filter=fare%3E1", "filter"), ("v=1&cell=8", "cell"), ("let=a:1", "let"), ("nonsense=1", "nonsense")]
    {
        for path in ["3/4/2.mvt", "tilejson.json", "style.json"] {
            let problem = server.get(&format!("/tiles/pmtiles/{path}?{query}")).await.problem(400);
            assert_eq!(problem["parameter"], parameter);
            assert!(
                problem["detail"].as_str().is_some_and(|text| text.contains("archive of finished tiles")),
                "{problem}"
            );
        }
    }
    server.get("/tiles/pmtiles/q/abc/3/4/2.mvt").await.problem(400);
    for path in ["rows", "rows.csv", "stats?column=fare", "queryables"] {
        let answer = server.get(&format!("/datasets/pmtiles/{path}")).await;
        assert!([403, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.text());
    }
    server.ask(Method::POST, "/tiles/pmtiles/q", &[], "filter=fare>1").await.problem(404);
}

#[tokio::test]
async fn an_archive_that_was_written_over_is_not_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = server(folder.path());
    let path = folder.path().join("old.pmtiles");
    let bytes = fs::read(&path).expect("read");
    fs::write(&path, &bytes[..bytes.len() - 1]).expect("written");
    let problem = server.get("/tiles/pmtiles/3/4/2.mvt").await.problem(503);
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("written over")), "{problem}");
    assert_eq!(server.get("/tiles/mbtiles/3/4/2.mvt").await.status, 200);
}

/// Every cut and thousands of changed bytes: an error or other bytes, and nothing else.
#[test]
fn files_that_lie_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["pmtiles", "mbtiles"] {
        let path = exported(folder.path().join(format!("a.{ending}")));
        let bytes = fs::read(&path).expect("read");
        let odd = folder.path().join(format!("odd.{ending}"));
        let mut opened = 0;
        let mut look = |bytes: &[u8]| {
            fs::write(&odd, bytes).expect("written");
            if let Ok(archive) = Archive::open("odd", &odd) {
                opened += 1;
                for tile in tiles(0..=2) {
                    if let Ok(Some(tile)) = archive.tile(tile) {
                        let _ = tile.packing.unpack(&tile.bytes);
                    }
                }
            }
        };
        let last = bytes.len();
        for cut in (0..200).chain((200..last).step_by(last / 100 + 1)) {
            look(&bytes[..cut]);
        }
        // The header and the root of the one, the schema of the other.
        for at in (0..400).chain((400..last).step_by(last / 200 + 1)) {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = value;
                look(&bytes);
            }
        }
        assert!(opened > 100, "{ending}: {opened}");
    }
}

#[test]
fn what_is_not_served_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = exported(folder.path().join("a.pmtiles"));
    let bytes = fs::read(&path).expect("read");
    let said = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        fs::write(&path, bytes).expect("written");
        format!("{:#}", Archive::open("a", &path).expect_err("odd"))
    };
    assert!(said(99, 2).contains("PNG pictures") && said(98, 3).contains("brotli") && said(7, 2).contains("version 2"));
    let load = Load { lon: Some("x".into()), ..Load::default() };
    let wanted = Wanted::parse(&path.display().to_string(), &load).expect("fine");
    let error = format!("{:#}", wanted.entry(&()).expect_err("a flag for rows"));
    assert!(error.contains("a.pmtiles") && error.contains("--title and --attribution alone"), "{error}");
    let error =
        Wanted::parse(&path.display().to_string(), &Load::default()).expect("fine").read(&()).expect_err("no rows");
    assert!(error.to_string().contains("archive of finished tiles"), "{error}");
}

/// A run of 10⁹ tiles is one entry, and leaves that name themselves end.
#[test]
fn long_runs_and_leaves_in_circles_cost_nothing() {
    use duotile::pmtiles::{HEADER, Header, Span};
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("odd.pmtiles");
    let write = |root: &[u8], leaf: &[u8], tiles: &[u8]| {
        let mut offset = HEADER as u64;
        let mut span = |bytes: &[u8]| {
            let span = Span { offset, length: bytes.len() as u64 };
            offset += span.length;
            span
        };
        let (root_span, leaves, tiles_span) = (span(root), span(leaf), span(tiles));
        let header = Header {
            root: root_span,
            metadata: Span::default(),
            leaves,
            tiles: tiles_span,
            counts: [0; 3],
            clustered: true,
            inner: 1,
            packing: 1,
            kind: 1,
            zooms: [0, 22],
            bounds: [0.0; 4],
            center: (0.0, 0.0, 0),
        };
        fs::write(&path, [&header.bytes(), root, leaf, tiles].concat()).expect("written");
        Archive::open("odd", &path).expect("opens")
    };
    // One entry: tile 0, a run of 2^30, 3 bytes from 0 on.
    let archive = write(&[1, 0, 0x80, 0x80, 0x80, 0x80, 4, 3, 1], &[], b"abc");
    let there = |z, x, y| archive.tile(TileId::new(z, x, y).expect("valid")).expect("fine").map(|tile| tile.bytes);
    assert_eq!(there(15, 17, 4), Some(b"abc".to_vec()));
    assert_eq!(there(22, 4_000_000, 4_000_000), None);
    // A leaf whose only entry is itself.
    let circle = [1, 0, 0, 5, 1];
    let archive = write(&circle, &circle, b"abc");
    let error = format!("{:#}", archive.tile(TileId::WORLD).expect_err("in circles"));
    assert!(error.contains("lie in one another"), "{error}");
    // A tile behind the last of them.
    let archive = write(&[1, 0, 1, 9, 1], &[], b"abc");
    let error = format!("{:#}", archive.tile(TileId::WORLD).expect_err("beyond"));
    assert!(error.contains("9 bytes from 0 on, where there are 3"), "{error}");
}

#[tokio::test]
async fn low_zooms_of_a_dataset_come_from_an_archive_of_it_and_the_rest_is_live() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trips.csv");
    let near: String = (0..30).flat_map(|at| ["2.".into(), at.to_string(), ",48,7\n".into()]).collect();
    fs::write(&file, format!("lon,lat,n\n13.4,52.5,1\n2.35,48.85,2\n-74,40.7,3\n{near}")).expect("written");
    let wanted = Wanted::parse(&file.display().to_string(), &Load::default()).expect("fine");
    let export = |name: &str, query: &str, bounds: Option<[f64; 4]>, budget: usize| {
        let out = folder.path().join(name);
        let layer = Layer::new(wanted.entry(&()).expect("it reads"), &TileQuery::parse(query).expect("fine"), 0..=4);
        let way = Way { out: out.clone(), kind: Kind::PmTiles, bounds, budget, overzoom: false, resume: false };
        write(&[layer.expect("fits")], &way);
        out
    };
    let low = export("low.pmtiles", "", None, 1 << 20);
    let with = |path: &Path| Wanted { low_zooms: Some(path.to_owned()), ..wanted.clone() }.entry(&());
    let server = |entry: Entry| Server::of(entry, Settings::default());
    let (live, seam) = (server(wanted.entry(&()).expect("it reads")), server(with(&low).expect("it fits")));
    let mut filled = 0;
    for z in 0..=6u32 {
        for tile in tiles(z..=z).step_by(if z > 4 { 7 } else { 1 }) {
            for query in ["", "mode=cells", "v=1"] {
                let uri = format!("/tiles/trips/{tile}.mvt?{query}");
                let (expected, got) = (live.get(&uri).await, seam.get(&uri).await);
                assert_eq!((expected.status, &expected.body), (got.status, &got.body), "{uri}");
                assert_eq!(expected.header("etag"), got.header("etag"));
                // What was cut says how long it took.
                let cut = !got.header("server-timing").is_empty() || !got.header("duotile-rows").is_empty();
                assert_eq!(cut, z > 4 || query == "mode=cells", "{uri}");
                filled += u32::from(got.status == 200 && !cut);
            }
        }
    }
    assert!(filled > 10, "{filled}");
    for (path, expected) in [
        (export("query.pmtiles", "filter=n>1", None, 1 << 20), "is of the query"),
        (export("bounds.pmtiles", "", Some([0.0, 0.0, 20.0, 60.0]), 1 << 20), "the tiles of a box alone"),
        (export("small.pmtiles", "", None, 60), "made smaller"),
        (exported(folder.path().join("other.pmtiles")), "is of version"),
        (file.clone(), "no PMTiles"),
    ] {
        let error = format!("{:#}", with(&path).expect_err(expected));
        assert!(error.contains(expected) && error.contains("--low-zooms"), "{error}");
    }
    // Other rows: what was made of those before does not fit any more.
    fs::write(&file, "lon,lat,n\n13.4,52.5,1\n").expect("written");
    assert!(format!("{:#}", with(&low).expect_err("changed")).contains("is of version"));
}

#[test]
fn the_first_zoom_that_has_all_is_the_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("rows.csv");
    let rows: Vec<String> =
        (0..100).map(|at| format!("{},{},{at}\n", f64::from(at) / 10.0, 45.0 + f64::from(at % 7))).collect();
    fs::write(&file, format!("lon,lat,n\n{}", rows.concat())).expect("written");
    let entry =
        || Wanted::parse(&file.display().to_string(), &Load::default()).expect("fine").entry(&()).expect("it reads");
    let last = |query: &str| {
        let out = folder.path().join("a.pmtiles");
        let layer = Layer::new(entry(), &TileQuery::parse(query).expect("fine"), 0..=8).expect("fits");
        let way =
            Way { out: out.clone(), kind: Kind::PmTiles, bounds: None, budget: 1 << 20, overzoom: true, resume: false };
        let report = write(&[layer], &way);
        let archive = Archive::open("a", &out).expect("opens");
        let facts = archive.facts();
        assert_eq!(facts.vector_layers[0]["maxzoom"], facts.zooms[1]);
        assert_eq!(facts.made.as_ref().expect("told")["overzoom"].as_u64(), report.overzoom.map(u64::from));
        (report.overzoom, facts.zooms[1])
    };
    // All rows are at zoom 0; with 30 in a tile they are where no tile has more; cells are never rows.
    assert_eq!(last(""), (Some(0), 0));
    let (found, deepest) = last("limit=30");
    assert!(found == Some(deepest) && (4..8).contains(&deepest), "{found:?} {deepest}");
    assert_eq!(last("mode=cells"), (None, 8));
}

/// As tippecanoe, mbutil and others lay their tables, and metadata that leave zooms and format to be found out.
#[test]
fn databases_of_other_writers_are_read_whatever_their_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = |name: &str, tables: &str| {
        let path = folder.path().join(name);
        let database = rusqlite::Connection::open(&path).expect("a database");
        let metadata = "CREATE TABLE metadata (name text, value text); INSERT INTO metadata VALUES ('name', 'Other'), \
            ('bounds', '5,45, 6,46'), ('json', '{\"vector_layers\": [{\"id\": \"a\"}], \"name\": \"no\"}');";
        database.execute_batch(&format!("{metadata} {tables}")).expect("written");
        path
    };
    let columns = "zoom_level integer, tile_column integer, tile_row integer";
    let plain = format!(
        "CREATE TABLE tiles ({columns}, tile_data blob); CREATE UNIQUE INDEX i ON tiles (zoom_level, tile_column, tile_row); \
         INSERT INTO tiles VALUES (2, 1, 3, x'1a00'), (5, 16, 20, x'1a0001'), (5, 17, 20, null), (5, 18, 20, 7);"
    );
    let view = format!(
        "CREATE TABLE map ({columns}, tile_id text); CREATE UNIQUE INDEX i ON map (zoom_level, tile_column, tile_row); \
         CREATE TABLE images (tile_id text, tile_data blob); CREATE UNIQUE INDEX j ON images (tile_id); \
         CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id); \
         INSERT INTO images VALUES ('one', x'1a00'), ('two', x'1a0001'), ('three', null), ('four', 7); \
         INSERT INTO map VALUES (2, 1, 3, 'one'), (5, 16, 20, 'two'), (5, 17, 20, 'three'), (5, 18, 20, 'four');"
    );
    for (name, tables) in [("plain.mbtiles", &plain), ("view.mbtiles", &view)] {
        let archive = Archive::open("a", &made(name, tables)).expect(name);
        let facts = archive.facts();
        assert_eq!(
            (facts.zooms, facts.bounds, facts.title.as_deref()),
            ([2, 5], [5.0, 45.0, 6.0, 46.0], Some("Other"))
        );
        assert_eq!(facts.layers().collect::<Vec<_>>(), ["a"]);
        let at = |z, x, y| archive.tile(TileId::new(z, x, y).expect("valid"));
        assert_eq!(at(2, 1, 0).expect("fine").map(|tile| tile.bytes), Some(vec![0x1a, 0]));
        assert_eq!(at(5, 16, 11).expect("fine").map(|tile| tile.bytes), Some(vec![0x1a, 0, 1]));
        assert!(at(5, 17, 11).expect("fine").is_none() && at(5, 16, 20).expect("fine").is_none());
        assert!(format!("{:#}", at(5, 18, 11).expect_err("a number")).contains("expected bytes"));
    }
    let endless = "CREATE VIEW tiles AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) \
        SELECT 0 AS zoom_level, i AS tile_column, 0 AS tile_row, x'1a00' AS tile_data FROM n;";
    for (name, tables, expected) in [
        (
            "slow.mbtiles",
            plain.replace("CREATE UNIQUE INDEX i ON tiles (zoom_level, tile_column, tile_row);", ""),
            "have no index",
        ),
        ("endless.mbtiles", endless.into(), "have no index"),
        ("none.mbtiles", String::new(), "no MBTiles"),
    ] {
        let error = format!("{:#}", Archive::open("a", &made(name, &tables)).expect_err(name));
        assert!(error.contains(expected), "{name}: {error}");
    }
    let text = folder.path().join("text.mbtiles");
    fs::write(&text, "no database").expect("written");
    assert!(Archive::open("a", &text).is_err());
}
