//! Archives beside live data, as a server answers from them.

use super::{exported, server, tiles, unpacked, write};
use crate::support::Server;
use axum::http::Method;
use duotile::{
    catalog::Entry,
    export::{Kind, Layer, Settings as Way},
    load::Load,
    settings::Settings,
    wanted::Wanted,
};
use duotile_core::TileQuery;
use serde_json::json;
use std::{fs, path::Path};

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
