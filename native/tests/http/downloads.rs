//! All rows as a file: read back by our own reader of CSV, and held against the pages of `/rows`.

use crate::support::{ROWS, Server, dataset, iso, rows};
use axum::{body::Body, http::Request};
use duotile::{
    catalog::Entry,
    read::{self, Options},
    settings::{Settings, limits::Limits},
};
use duotile_core::{Plain, Times};
use http_body_util::BodyExt as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt as _;

#[tokio::test]
async fn a_csv_that_is_read_again_has_the_same_rows() {
    let server = Server::new();
    let answer = server.get("/datasets/trips/rows.csv?filter=people%20%3E%200").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"trips.csv\"");
    assert!(answer.body.len() > 1 << 16, "more than one piece: {}", answer.body.len());
    assert!(answer.text().starts_with("id,lon,lat,kind,fare,people,open,when,wide\r\n"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("again.csv");
    std::fs::write(&path, &answer.body).expect("a file");
    let again = read::read(&[path], &Options::default(), &()).expect("it reads");
    let written: Vec<_> = rows().into_iter().filter(|row| row.people > 0).collect();
    assert_eq!((again.len(), answer.header("duotile-rows")), (written.len(), written.len().to_string().as_str()));
    let rows = rows();
    again.with_points(|points| {
        let mut seen = BTreeSet::new();
        for at in 0..points.len() {
            let row = &rows[points.id(at) as usize];
            assert!(row.people > 0 && seen.insert(row.number), "{row:?}");
            let (lon, lat) = points.degrees(at);
            assert!((lon - row.lon).abs() < 4e-7 && (lat - row.lat).abs() < 4e-7, "{row:?} is at {lon} {lat}");
            let cell = |name: &str| Plain::cell(&points.columns()[points.column(name).expect(name)], at, Times::Iso);
            assert_eq!(cell("kind"), row.kind.map_or(Plain::Null, |kind| Plain::Text(kind.into())));
            assert_eq!(cell("fare"), row.fare.map_or(Plain::Null, Plain::Number));
            assert_eq!((cell("people"), cell("open")), (Plain::Integer(row.people), Plain::Boolean(row.open)));
            assert_eq!(cell("when"), Plain::Text(iso(row.time).into()));
            assert_eq!(cell("wide"), Plain::Text(((1i64 << 53) + row.number as i64).to_string().into()));
        }
    });
}

#[tokio::test]
async fn a_geojson_has_the_features_of_all_pages_in_their_order() {
    let server = Server::new();
    for query in ["", "bbox=2,48,3,49&properties=kind,fare", "filter=people%20%3E%20100"] {
        let answer = server.get(&format!("/datasets/trips/rows.geojson?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/geo+json"));
        let file = answer.json();
        let pages = server.json(&format!("/datasets/trips/rows?limit=10000&{query}")).await;
        assert_eq!((&file["type"], &file["features"]), (&"FeatureCollection".into(), &pages["features"]));
        assert_eq!(answer.header("duotile-rows"), pages["numberMatched"].to_string());
    }
}

/// By the readers of the format's own crate, and of Polars: not by ours.
#[tokio::test]
async fn binary_files_have_the_rows_of_all_pages_in_their_order() {
    let server = Server::new();
    for query in
        ["", "bbox=2,48,3,49&properties=kind,fare,when", "filter=people%20%3E%20100", "filter=people%20%3C%200"]
    {
        let pages = server.json(&format!("/datasets/trips/rows?limit=10000&{query}")).await;
        let features = pages["features"].as_array().expect("features");
        let lines = server.get(&format!("/datasets/trips/rows.geojsonl?{query}")).await;
        let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).expect(line)).collect();
        assert_eq!(&lines, features);

        let answer = server.get(&format!("/datasets/trips/rows.fgb?{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/flatgeobuf"));
        let seen = flatgeobuf_features(&answer.body);
        assert_eq!(seen.len(), features.len());
        for ((at, properties), feature) in seen.iter().zip(features) {
            let place = [0, 1].map(|axis| feature["geometry"]["coordinates"][axis].as_f64().expect("a number"));
            assert_eq!(*at, place);
            let there = feature["properties"].as_object().expect("properties");
            let there: BTreeMap<&str, String> = there
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (&**name, plain(value)))
                .collect();
            let here: BTreeMap<&str, String> =
                properties.iter().map(|(name, value)| (&**name, value.clone())).collect();
            assert_eq!(here, there);
        }

        let answer = server.get(&format!("/datasets/trips/rows.parquet?{query}")).await;
        assert_eq!(answer.header("content-type"), "application/vnd.apache.parquet");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("again.parquet");
        std::fs::write(&path, &answer.body).expect("a file");
        if features.is_empty() {
            continue;
        }
        let again = Server::of(
            Entry::open(read::read(&[path], &Options::default(), &()).expect("it reads")),
            Settings::default(),
        );
        let rows = again.json("/datasets/again/rows?limit=10000&properties=*").await;
        let rows = rows["features"].as_array().expect("features");
        let told = |features: &[Value]| {
            let mut all: Vec<String> = features
                .iter()
                .map(|feature| {
                    let properties = &feature["properties"];
                    format!("{} {properties}", feature["geometry"])
                })
                .collect();
            all.sort();
            all
        };
        assert_eq!(told(rows), told(features));
    }
}

/// A number or a text as a text, whole numbers without a point.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        other => other.to_string(),
    }
}

/// A position with properties by their names.
type Feature = ([f64; 2], Vec<(String, String)>);

/// Positions and properties of the features of a `FlatGeobuf`, each found by a search of its index for its own place.
fn flatgeobuf_features(bytes: &[u8]) -> Vec<Feature> {
    use flatgeobuf::{FallibleStreamingIterator as _, FgbReader, geozero::PropertyProcessor};
    struct Gathered(Vec<(String, String)>);
    impl PropertyProcessor for Gathered {
        fn property(
            &mut self,
            _: usize,
            name: &str,
            value: &flatgeobuf::geozero::ColumnValue<'_>,
        ) -> flatgeobuf::geozero::error::Result<bool> {
            self.0.push((name.to_owned(), value.to_string()));
            Ok(false)
        }
    }
    use flatgeobuf::FeatureProperties as _;
    let mut found = Vec::new();
    let open = || FgbReader::open(std::io::Cursor::new(bytes)).expect("it opens");
    let count = open().header().features_count();
    let mut all = open().select_all().expect("it selects");
    while let Some(feature) = all.next().expect("it reads") {
        let xy = feature.geometry().and_then(|geometry| geometry.xy()).expect("a position");
        let mut properties = Gathered(Vec::new());
        feature.process_properties(&mut properties).expect("properties");
        found.push(([xy.get(0), xy.get(1)], properties.0));
    }
    assert_eq!(count, found.len() as u64);
    for &([x, y], _) in found.iter().step_by(97) {
        let mut near = open().select_bbox(x, y, x, y).expect("an index");
        let here = found.iter().filter(|(at, _)| *at == [x, y]).count();
        let mut met = 0;
        while near.next().expect("it reads").is_some() {
            met += 1;
        }
        assert_eq!(met, here, "at {x} {y}");
    }
    found
}

/// The line of names alone is more than a piece, and so is each row.
#[tokio::test]
async fn names_longer_than_a_piece_are_written_once() {
    let names: Vec<String> = (0..700).map(|at| format!("{at}{}", "n".repeat(100))).collect();
    let row = |number: usize| format!("{number},50,{}\n", vec![format!("\"{}\"", "v".repeat(100)); 700].join(","));
    let text = format!("lon,lat,{}\n{}", names.join(","), (1..6).map(row).collect::<String>());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("wide.csv");
    std::fs::write(&path, &text).expect("a file");
    let wide = read::read(&[path], &Options::default(), &()).expect("it reads");
    let server = Server::of(Entry::open(wide), Settings::default());
    for filter in ["", "&filter=lon%20%3E%201"] {
        let answer = server.get(&format!("/datasets/wide/rows.csv?properties=*{filter}")).await;
        let text = answer.text();
        let lines: Vec<&str> = text.lines().map(|line| &line[..line.len().min(12)]).collect();
        assert_eq!(lines.len(), if filter.is_empty() { 6 } else { 5 }, "{lines:?}");
    }
}

#[tokio::test]
async fn what_is_packed_piece_by_piece_is_the_same() {
    let server = Server::new();
    let uri = "/datasets/trips/rows.csv";
    let plain = server.get(uri).await;
    assert_eq!(plain.text().lines().count() as u64, ROWS + 1);
    for encoding in ["gzip", "zstd"] {
        let packed = server.ask(axum::http::Method::GET, uri, &[("accept-encoding", encoding)], "").await;
        assert_eq!(packed.header("content-encoding"), encoding);
        let mut body = Vec::new();
        match encoding {
            "gzip" => {
                std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.body[..]), &mut body)
                    .expect("gzip");
            }
            _ => body = zstd::decode_all(&packed.body[..]).expect("zstd"),
        }
        assert!(body == plain.body, "{encoding}");
    }
}

#[tokio::test]
async fn columns_that_are_named_like_ours_keep_their_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("odd.csv");
    let text = "x,y,Lon,\"say \"\"so\"\"\"\n1,2,5,a\n";
    std::fs::write(&path, text).expect("a file");
    let options = Options { lon: Some("x".into()), lat: Some("y".into()), ..Options::default() };
    let odd = read::read(&[path], &options, &()).expect("it reads");
    let server = Server::of(Entry::open(odd), Settings::default());
    let csv = server.get("/datasets/odd/rows.csv").await.text();
    assert_eq!(csv, "id,_lon,lat,Lon,\"say \"\"so\"\"\"\r\n0,1,2,5,a\r\n");
}

#[tokio::test]
async fn closed_rows_odd_queries_and_other_names_are_refused() {
    let entry = Entry { rows: false, ..Entry::open(dataset(&Options::default())) };
    let closed = Server::of(entry, Settings::default());
    let server = Server::new();
    for file in ["rows.csv", "rows.geojson"] {
        closed.get(&format!("/datasets/trips/{file}")).await.problem(403);
        server.get(&format!("/datasets/trips/{file}?filter=x%3D1")).await.problem(400);
        server.get(&format!("/datasets/trips/{file}?tile=0/0/0")).await.problem(400);
        server.get(&format!("/datasets/nothing/{file}")).await.problem(404);
    }
}

/// An answer whose body is not taken yet.
async fn begun(server: &Server, uri: &str) -> axum::response::Response {
    let request = Request::get(uri).body(Body::empty()).expect("a request");
    server.app.clone().oneshot(request).await.expect("the service cannot fail")
}

#[tokio::test]
async fn who_goes_away_ends_it_and_many_slow_readers_are_bounded() {
    let server =
        Server::with(Settings { limits: Limits { outgoing: 400_000, ..Limits::default() }, ..Settings::default() });
    let uri = "/datasets/trips/rows.csv";
    let first = begun(&server, uri).await;
    assert_eq!(first.status(), 200);
    let held = server.state.outgoing.held();
    let mut body = first.into_body();
    let piece = body.frame().await.expect("a piece").expect("it goes well").into_data().expect("data");
    assert!(piece.len() < 1 << 18 && piece.len() > 1 << 15, "{}", piece.len());
    assert_eq!((server.state.outgoing.held(), server.state.engine.pool.queued()), (held, 0));
    let refused = begun(&server, uri).await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (503, &"1".parse().expect("a header")));
    drop((body, refused));
    assert_eq!(server.state.outgoing.held(), 0);
    assert_eq!(begun(&server, uri).await.status(), 200);
}

#[tokio::test]
async fn a_file_is_of_the_rows_it_began_with_whatever_takes_their_place() {
    let server = Server::new();
    let mut body = begun(&server, "/datasets/trips/rows.geojson").await.into_body();
    let mut all = body.frame().await.expect("a piece").expect("it goes well").into_data().expect("data").to_vec();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trips.csv");
    std::fs::write(&path, "lon,lat\n1,2\n").expect("a file");
    server.state.replace(Entry::open(read::read(&[path], &Options::default(), &()).expect("it reads")));
    all.extend(body.collect().await.expect("it goes well").to_bytes());
    let file: Value = serde_json::from_slice(&all).expect("JSON");
    assert_eq!(file["features"].as_array().map(Vec::len), Some(ROWS as usize));
    assert_eq!(server.get("/datasets/trips/rows.csv").await.header("duotile-rows"), "1");
}
