//! Lines and polygons over HTTP, held against what was written to the file.

use crate::support::{Answer, Server, number};
use duotile::{
    catalog::Entry,
    mvt_reader::{Feature, Geometry},
    read::{self, Options},
    settings::Settings,
};
use serde_json::{Value, json};

/// A large square with a hole, a line across two tiles of zoom 1, a small triangle, and a point.
const FEATURES: [(&str, &str); 4] = [
    (
        "square",
        r#"{"type":"Polygon","coordinates":[[[0,0],[45,0],[45,40],[0,40],[0,0]],[[10,10],[10,20],[20,20],[20,10],[10,10]]]}"#,
    ),
    ("line", r#"{"type":"LineString","coordinates":[[-90,10],[90,10]]}"#),
    ("triangle", r#"{"type":"Polygon","coordinates":[[[100,-20],[120,-20],[110,-40],[100,-20]]]}"#),
    ("point", r#"{"type":"Point","coordinates":[-60,-60]}"#),
];

fn server() -> Server {
    let features: Vec<String> = FEATURES
        .iter()
        .zip(1..)
        .map(|((name, geometry), size)| {
            format!(r#"{{"type":"Feature","properties":{{"name":"{name}","size":{size}}},"geometry":{geometry}}}"#)
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trips.geojson");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    std::fs::write(&path, text).expect("a file");
    let dataset = read::read(&[path], &Options::default(), &()).expect("it reads");
    Server::of(Entry::open(dataset), Settings::default())
}

/// The sizes of the features of a tile, in their order of ids.
fn ids(features: &[Feature]) -> Vec<u64> {
    let mut ids: Vec<u64> = features.iter().filter_map(|feature| feature.id).collect();
    ids.sort_unstable();
    ids
}

async fn tile(server: &Server, path: &str) -> Vec<Feature> {
    server.features(&format!("/tiles/trips/{path}")).await
}

fn matched(answer: &Answer) -> Value {
    answer.json()["numberMatched"].clone()
}

#[tokio::test]
async fn tiles_have_the_rows_whose_outline_meets_them_with_one_id() {
    let server = server();
    for mode in ["", "?mode=points"] {
        assert_eq!(ids(&tile(&server, &format!("0/0/0.mvt{mode}")).await), [0, 1, 2, 3]);
        // North-east, north-west, south-east, south-west; what lies within the buffer of a neighbour is in it, too.
        assert_eq!(ids(&tile(&server, &format!("1/1/0.mvt{mode}")).await), [0, 1]);
        assert_eq!(ids(&tile(&server, &format!("1/0/0.mvt{mode}")).await), [0, 1]);
        assert!(ids(&tile(&server, &format!("1/1/1.mvt{mode}")).await).contains(&2));
        assert!(ids(&tile(&server, &format!("1/0/1.mvt{mode}")).await).contains(&3));
        // Within the square, without a vertex of it; and within its hole.
        assert_eq!(ids(&tile(&server, &format!("7/77/53.mvt{mode}")).await), [0]);
        assert_eq!(ids(&tile(&server, &format!("7/69/58.mvt{mode}")).await), [] as [u64; 0]);
    }
}

#[tokio::test]
async fn filters_reach_rows_whose_point_lies_in_other_tiles() {
    let server = server();
    assert_eq!(ids(&tile(&server, "7/77/53.mvt?filter=size%20%3D%201").await), [0]);
    assert_eq!(ids(&tile(&server, "7/77/53.mvt?filter=size%20%3E%201").await), [] as [u64; 0]);
    let cells = tile(&server, "0/0/0.mvt?mode=cells&filter=size%20%3C%203").await;
    assert_eq!(cells.iter().filter_map(|cell| number(cell, "point_count")).sum::<f64>(), 2.0);
}

#[tokio::test]
async fn a_box_asks_for_what_meets_it() {
    let server = server();
    for (bbox, rows) in
        [("40,30,50,50", 1), ("-80,5,-70,15", 1), ("0,0,5,5", 1), ("-90,-60,120,45", 4), ("60,60,70,70", 0)]
    {
        let answer = server.get(&format!("/datasets/trips/rows?bbox={bbox}&limit=0")).await;
        assert_eq!(matched(&answer), rows, "{bbox}");
    }
}

#[tokio::test]
async fn rows_are_told_with_their_whole_geometry() {
    let server = server();
    let rows = server.json("/datasets/trips/rows").await;
    let file = server.json("/datasets/trips/rows.geojson").await;
    for told in [&rows, &file] {
        let features = told["features"].as_array().expect("features");
        assert_eq!(features.len(), 4);
        for feature in features {
            let (name, written) = FEATURES[feature["id"].as_u64().expect("an id") as usize];
            let written: Value = serde_json::from_str(written).expect("JSON");
            assert_eq!(
                (&feature["properties"]["name"], &feature["geometry"]["type"]),
                (&json!(name), &written["type"])
            );
            // Rings may begin elsewhere: the same positions, as a set.
            let positions = |value: &Value| {
                let text = value["coordinates"].to_string();
                let numbers = text.split(|c: char| !"-.e0123456789".contains(c)).filter(|part| !part.is_empty());
                let numbers: Vec<i64> =
                    numbers.map(|part| (part.parse::<f64>().expect("a number") * 1e6).round() as i64).collect();
                let mut pairs: Vec<_> = numbers.chunks(2).map(<[i64]>::to_vec).collect();
                pairs.sort();
                pairs.dedup();
                pairs
            };
            assert_eq!(positions(&feature["geometry"]), positions(&written));
        }
    }
    let csv = server.get("/datasets/trips/rows.csv").await.text();
    assert!(csv.starts_with("id,lon,lat,geometry,name,size,area,length\r\n"), "{csv}");
    assert!(csv.contains("\"POLYGON (("), "{csv}");
    assert!(csv.contains("LINESTRING ("), "{csv}");
}

/// Rows with their geometries, by their names.
async fn geometries(server: &Server) -> Vec<(String, Value)> {
    let rows = server.json("/datasets/trips/rows").await;
    let features = rows["features"].as_array().expect("features");
    let of = |feature: &Value| (feature["properties"]["name"].to_string(), feature["geometry"].clone());
    let mut all: Vec<_> = features.iter().map(of).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

#[tokio::test]
async fn what_was_downloaded_is_the_same_rows_when_it_is_opened() {
    let server = server();
    let rows = geometries(&server).await;
    assert_eq!(rows.len(), 4);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, file) in [
        ("trips.csv", "rows.csv"),
        ("trips.arrow", "subset.arrow"),
        ("trips.geojson", "rows.geojson"),
        ("trips.geojsonl", "rows.geojsonl"),
        ("trips.fgb", "rows.fgb"),
        ("trips.parquet", "rows.parquet"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, server.get(&format!("/datasets/trips/{file}")).await.body).expect("a file");
        let dataset = read::read(std::slice::from_ref(&path), &Options::default(), &()).expect(name);
        assert_eq!(dataset.report().unusable, 0, "{name}: {:?}", dataset.report().lines);
        let again = Server::of(Entry::open(dataset), Settings::default());
        assert_eq!(geometries(&again).await, rows, "{name}");
        std::fs::remove_file(path).expect("there");
    }
    // Points beside them go before them when that is said.
    let path = folder.path().join("trips.csv");
    std::fs::write(&path, server.get("/datasets/trips/rows.csv").await.body).expect("a file");
    let options = Options { lon: Some("lon".into()), lat: Some("lat".into()), ..Options::default() };
    let points = read::read(&[path], &options, &()).expect("reads");
    assert_eq!(Entry::open(points).source.geometries(), ["Point"]);
}

#[tokio::test]
async fn areas_and_lengths_are_columns_on_a_sphere() {
    let server = server();
    let told = server.json("/datasets/trips").await;
    let columns = told["columns"].as_array().expect("columns");
    let units: Vec<_> = columns.iter().map(|column| (&column["name"], &column["unit"])).collect();
    assert_eq!(units[2..], [(&json!("area"), &json!("m²")), (&json!("length"), &json!("m"))]);
    let rows = server.json("/datasets/trips/rows?properties=*").await;
    let of = |name: &str, size: &str| {
        let features = rows["features"].as_array().expect("features");
        let feature = features.iter().find(|feature| feature["properties"]["name"] == name).expect("a row");
        feature["properties"][size].as_f64().expect("a number")
    };
    // A strip from the equator to 40° north, without one from 10 to 20; half a turn along the parallel of 10°, in two
    // quarters of great circles (the cosine of one is sin² 10°).
    let radius = 6_371_008.8_f64;
    let strip = |width: f64, south: f64, north: f64| {
        width.to_radians() * (north.to_radians().sin() - south.to_radians().sin()) * radius * radius
    };
    let area = strip(45.0, 0.0, 40.0) - strip(10.0, 10.0, 20.0);
    assert!((of("square", "area") / area - 1.0).abs() < 1e-6, "{} {area}", of("square", "area"));
    let length = 2.0 * 10_f64.to_radians().sin().powi(2).acos() * radius;
    assert!((of("line", "length") / length - 1.0).abs() < 1e-6, "{} {length}", of("line", "length"));
    assert_eq!([of("line", "area"), of("point", "area"), of("point", "length")].map(f64::to_bits), [0; 3]);
    // Filters, measures and tiles know them.
    assert_eq!(matched(&server.get("/datasets/trips/rows?filter=area%20%3E%201e12&limit=0").await), 2);
    let cells = tile(&server, "0/0/0.mvt?mode=cells&agg=max:length").await;
    assert!(
        cells.iter().any(|cell| number(cell, "length_max").is_some_and(|most| most >= length * 0.999)),
        "{cells:?}"
    );
}

#[tokio::test]
async fn documents_say_what_there_is() {
    let server = server();
    let told = server.json("/tiles/trips/tilejson.json").await;
    assert_eq!(told["geometry_types"], json!(["Polygon", "Point", "LineString"]));
    assert_eq!(
        (&told["geometry"], &server.json("/datasets/trips").await["geometry"]),
        (&json!("polygon"), &json!("polygon"))
    );
    let bounds: Vec<f64> = told["bounds"].as_array().expect("bounds").iter().filter_map(Value::as_f64).collect();
    let expected = [-90.0, -60.0, 120.0, 40.0];
    assert!(bounds.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{bounds:?}");
    let metadata = server.json("/tiles/trips/metadata.json").await;
    assert_eq!(metadata["tilestats"]["layers"][0]["geometry"], "Polygon");
    let style = server.json("/tiles/trips/style.json").await;
    let kinds: Vec<_> = style["layers"].as_array().expect("layers").iter().map(|layer| layer["type"].clone()).collect();
    assert_eq!(kinds, ["background", "circle", "fill", "line", "circle"]);
    // As points they are points, whatever tells of them.
    let told = server.json("/tiles/trips/metadata.json?geometry=point").await;
    assert_eq!((&told["geometry"], &told["geometry_types"]), (&json!("point"), &json!(["Point"])));
    assert_eq!(told["tilestats"]["layers"][0]["geometry"], "Point");
    assert_eq!(told["tiles"][0].as_str().map(|address| address.contains("geometry=point")), Some(true));
    let style = server.json("/tiles/trips/style.json?geometry=point&mode=points").await;
    let kinds: Vec<_> = style["layers"].as_array().expect("layers").iter().map(|layer| layer["type"].clone()).collect();
    assert_eq!(kinds, ["background", "circle"]);
    let mut sizes = Vec::new();
    for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        for feature in tile(&server, &format!("1/{x}/{y}.mvt?geometry=point&mode=points")).await {
            assert!(matches!(&feature.geometry, Geometry::Points(at) if at.len() == 1), "{feature:?}");
            sizes.extend(number(&feature, "size"));
        }
    }
    sizes.sort_by(f64::total_cmp);
    assert_eq!(sizes, [1.0, 2.0, 3.0, 4.0]);
    let subset = server.get("/datasets/trips/subset.arrow").await;
    assert_eq!((subset.status.as_u16(), subset.header("duotile-rows")), (200, "4"));
}
