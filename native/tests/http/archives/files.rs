//! Archives as files: of other writers, with what they leave to be found out, and such that lie.

use super::{exported, tiles, write};
use duotile::{
    export::{Kind, Layer, Settings as Way},
    load::Load,
    source::archive::Archive,
    wanted::Wanted,
};
use duotile_core::{TileId, TileQuery};
use std::fs;

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
