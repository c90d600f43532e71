//! The rows behind what is on the map, held against the rows of the file.

use crate::support::{ROWS, Server, dataset, iso, number, rows, text};
use duotile::{catalog::Entry, read::Options, settings::Settings};
use serde_json::Value;
use std::collections::BTreeSet;

fn features(json: &Value) -> &Vec<Value> {
    json["features"].as_array().expect("features")
}

#[tokio::test]
async fn a_row_is_told_as_it_was_written() {
    let server = Server::new();
    let rows = rows();
    let json = server.json("/datasets/trips/rows?limit=3000").await;
    assert_eq!((json["type"].as_str(), &json["numberMatched"]), (Some("FeatureCollection"), &ROWS.into()));
    assert_eq!(features(&json).len(), rows.len());
    for feature in features(&json) {
        let row = &rows[feature["id"].as_u64().expect("an id") as usize];
        let at = &feature["geometry"]["coordinates"];
        let near = |value: &Value, expected: f64| (value.as_f64().expect("degrees") - expected).abs() < 2e-7;
        assert!(near(&at[0], row.lon) && near(&at[1], row.lat), "{feature} {row:?}");
        let properties = &feature["properties"];
        assert_eq!(properties["kind"].as_str(), row.kind);
        assert_eq!(properties["fare"].as_f64(), row.fare);
        assert_eq!((properties["people"].as_i64(), properties["open"].as_bool()), (Some(row.people), Some(row.open)));
        assert_eq!(properties["when"], iso(row.time));
        assert_eq!(properties["wide"], ((1i64 << 53) + row.number as i64).to_string());
    }
}

#[tokio::test]
async fn pages_lead_through_every_row_once() {
    let server = Server::new();
    let mut next = Some("/datasets/trips/rows?limit=700&filter=people%20%3E%200".to_owned());
    let mut seen = BTreeSet::new();
    while let Some(uri) = next {
        let json = server.json(&uri).await;
        for feature in features(&json) {
            assert!(seen.insert(feature["id"].as_u64().expect("an id")), "twice");
        }
        next = json["links"][0]["href"].as_str().map(|url| url.replace("http://tiles.example:8080", ""));
    }
    let expected: BTreeSet<u64> = rows().iter().filter(|row| row.people > 0).map(|row| row.number).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_rows_of_a_cell_are_as_many_as_it_counts() {
    let server = Server::new();
    let filter = "filter=fare%20%3E%2020";
    for query in ["mode=cells&cell=64", "mode=cells&cell=4"] {
        let mut total = 0;
        for cell in server.zoom(2, &format!("{query}&{filter}")).await {
            let id = cell.id.expect("a cell's id");
            let json = server.json(&format!("/datasets/trips/rows?cell={id}&limit=0&{filter}")).await;
            assert_eq!(json["numberMatched"].as_f64(), number(&cell, "point_count"));
            total += json["numberMatched"].as_u64().expect("a count");
        }
        assert_eq!(total, rows().iter().filter(|row| row.fare.is_some_and(|fare| fare > 20.0)).count() as u64);
    }
}

#[tokio::test]
async fn the_rows_of_a_hexagon_are_as_many_as_it_counts() {
    let server = Server::new();
    let filter = "filter=fare%20%3E%2020";
    for query in ["mode=cells&cell=h3&res=4", "mode=cells&cell=h3"] {
        let mut counted = std::collections::BTreeMap::new();
        for cell in server.zoom(2, &format!("{query}&{filter}")).await {
            let h3 = text(&cell, "h3").expect("an index").to_owned();
            let json = server.json(&format!("/datasets/trips/rows?h3={h3}&limit=0&{filter}")).await;
            assert_eq!(json["numberMatched"].as_f64(), number(&cell, "point_count"), "{h3}");
            counted.insert(h3, json["numberMatched"].as_u64().expect("a count"));
        }
        let passing = rows().iter().filter(|row| row.fare.is_some_and(|fare| fare > 20.0)).count() as u64;
        assert_eq!(counted.values().sum::<u64>(), passing, "{query}");
        // A page after the other has each of them once.
        let (h3, all) = counted.iter().max_by_key(|(_, count)| **count).expect("cells");
        let mut seen = BTreeSet::new();
        for offset in (0..*all).step_by(300) {
            let uri = format!("/datasets/trips/rows?h3={h3}&limit=300&offset={offset}&{filter}");
            let json = server.json(&uri).await;
            assert!(features(&json).iter().all(|feature| seen.insert(feature["id"].as_u64())), "twice");
        }
        assert_eq!(seen.len() as u64, *all);
    }
}

#[tokio::test]
async fn the_rows_of_a_tile_and_of_a_box_are_those_inside() {
    let server = Server::new();
    let json = server.json("/datasets/trips/rows?tile=3/4/2&limit=0").await;
    let tile = duotile_core::TileId::new(3, 4, 2).expect("valid");
    let inside = |row: &crate::support::Row| {
        duotile_core::mercator::project(row.lon, row.lat)
            .is_some_and(|world| duotile_core::TileId::containing(world, 3) == tile)
    };
    assert_eq!(json["numberMatched"], rows().iter().filter(|row| inside(row)).count());
    let json = server.json("/datasets/trips/rows?bbox=2,48,3,49&limit=0").await;
    let inside = rows().iter().filter(|row| (2.0..=3.0).contains(&row.lon) && (48.0..=49.0).contains(&row.lat)).count();
    assert_eq!(json["numberMatched"], inside);
}

#[tokio::test]
async fn rows_and_statistics_say_of_which_version_they_are() {
    let server = Server::new();
    let version = server.json("/datasets/trips").await["version"].as_str().expect("a version").to_owned();
    for uri in ["/datasets/trips/rows?limit=1", "/datasets/trips/stats?column=fare"] {
        let answer = server.get(uri).await;
        assert_eq!(answer.header("duotile-version"), version, "{uri}");
    }
}

#[tokio::test]
async fn plain_json_and_chosen_columns() {
    let server = Server::new();
    let json = server.json("/datasets/trips/rows?f=json&limit=2&properties=fare,kind").await;
    let row = json["rows"][0].as_object().expect("a row");
    let names: BTreeSet<&str> = row.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["_id", "_lon", "_lat", "fare", "kind"]));
    assert!(json["next"].as_str().is_some_and(|url| url.contains("offset=2")));
}

#[tokio::test]
async fn odd_pages_are_refused() {
    let server = Server::new();
    for (query, parameter) in [
        ("limit=10001", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("f=xml", "f"),
        ("tile=1/2", "tile"),
        ("tile=0/0/9", "tile"),
        ("cell=0", "cell"),
        ("cell=abc", "cell"),
        ("h3=abc", "h3"),
        ("h3=8928308280ffffe", "h3"),
        ("limit=1&limit=2", "limit"),
        ("nonsense=1", "nonsense"),
        ("filter=x%3D1", "filter"),
    ] {
        let problem = server.get(&format!("/datasets/trips/rows?{query}")).await.problem(400);
        assert_eq!(problem["parameter"], parameter, "{query}");
    }
    assert_eq!(features(&server.json("/datasets/trips/rows?offset=99999999999").await).len(), 0);
}

#[tokio::test]
async fn rows_and_subsets_can_be_kept_in() {
    let entry = Entry { rows: false, subset: false, ..Entry::open(dataset(&Options::default())) };
    let server = Server::of(entry, Settings::default());
    server.get("/datasets/trips/rows").await.problem(403);
    server.get("/datasets/trips/subset.arrow").await.problem(403);
    assert_eq!(server.json("/datasets/trips").await["rows_open"], false);
    assert_eq!(server.get("/tiles/0/0/0.mvt").await.status, 200);
}
