//! The subset, read back by Polars' own reader of Arrow streams.

use crate::support::{ROWS, Server, rows};
use axum::{
    body::Body,
    http::{Method, Request},
};
use duotile::{
    catalog::Entry,
    read::{self, Options},
    settings::{Settings, limits::Limits},
};
use duotile_core::{mercator, morton};
use http_body_util::BodyExt as _;
use polars_core::prelude::{DataFrame, DataType};
use polars_io::{SerReader as _, ipc::IpcStreamReader};
use serde_json::Value;
use std::{fmt::Write as _, io::Read as _};
use tower::ServiceExt as _;

fn read(body: &[u8]) -> (DataFrame, Value) {
    let mut reader = IpcStreamReader::new(std::io::Cursor::new(body));
    let metadata =
        reader.custom_metadata().expect("a schema").expect("metadata").get("duotile").expect("ours").to_string();
    let frame = IpcStreamReader::new(std::io::Cursor::new(body)).set_rechunk(false).finish().expect("a stream");
    (frame, serde_json::from_str(&metadata).expect("JSON"))
}

#[tokio::test]
async fn it_holds_the_rows_that_pass_in_the_order_of_the_map() {
    let server = Server::new();
    let answer = server.get("/datasets/trips/subset.arrow?filter=people%20%3E%200").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/vnd.apache.arrow.stream");
    let (frame, metadata) = read(&answer.body);
    let rows = rows();
    let expected = rows.iter().filter(|row| row.people > 0).count();
    assert_eq!((frame.height(), answer.header("duotile-rows")), (expected, expected.to_string().as_str()));
    let column = |name: &str| frame.column(name).expect(name).as_materialized_series().clone();
    let keys: Vec<u64> = column("_key").u64().expect("u64").into_no_null_iter().collect();
    assert!(keys.is_sorted());
    let numbers: Vec<u32> = column("_row").u32().expect("u32").into_no_null_iter().collect();
    let texts = column("kind").cast(&DataType::String).expect("texts");
    let texts = texts.str().expect("texts");
    let (fares, people, open) = (column("fare"), column("people"), column("open"));
    let (times, lon) = (column("when"), column("lon"));
    let times = times.cast(&DataType::Int64).expect("microseconds");
    for (i, (&key, &number)) in keys.iter().zip(&numbers).enumerate() {
        let row = &rows[number as usize];
        assert!(row.people > 0);
        assert_eq!(Some(morton::position(key)), mercator::project(row.lon, row.lat), "row {number}");
        assert_eq!(texts.get(i), row.kind);
        assert_eq!(fares.f64().expect("f64").get(i), row.fare);
        assert_eq!(people.cast(&DataType::Int64).expect("i64").i64().expect("i64").get(i), Some(row.people));
        assert_eq!(open.bool().expect("bool").get(i), Some(row.open));
        assert_eq!(times.i64().expect("i64").get(i), Some(row.time * 1_000_000));
        assert!((lon.f64().expect("f64").get(i).expect("degrees") - row.lon).abs() < 2e-7);
    }
    assert_eq!(metadata["name"], "trips");
    assert_eq!((&metadata["rows_total"], &metadata["time"]), (&ROWS.into(), &"when".into()));
    assert_eq!(metadata["version"], server.json("/datasets/trips").await["version"]);
    // Facts are of all rows, not of the subset.
    let kind = metadata["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .find(|column| column["name"] == "kind")
        .expect("kind")
        .clone();
    assert_eq!(kind["present"], rows.iter().filter(|row| row.kind.is_some()).count());
}

/// More rows than a batch has: numbers with nulls, texts that are all different, texts that are few.
fn many(rows: u32) -> duotile::Dataset {
    let mut csv = String::from("lon,lat,number,word,kind\n");
    for row in 0..rows {
        let (lon, lat) = (f64::from(row % 3571) / 10.0 - 178.0, f64::from(row % 1499) / 10.0 - 74.0);
        let number = if row % 5 == 0 { String::new() } else { (row * 3).to_string() };
        let kind = ["a", "b", "", "c"][row as usize % 4];
        writeln!(csv, "{lon},{lat},{number},w{},{kind}", row.wrapping_mul(2_654_435_761)).expect("in memory");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("many.csv");
    std::fs::write(&path, csv).expect("a file");
    read::read(&[path], &Options::default(), &()).expect("it reads")
}

#[tokio::test]
async fn many_rows_come_in_batches_and_are_the_same_however_they_are_packed() {
    let server = Server::of(Entry::open(many(200_000)), Settings::default());
    let large = (0..200_000).filter(|row| row % 5 != 0 && row * 3 > 300_000).count();
    for (filter, passes) in
        [("", 200_000), ("?filter=number%20%3E%20300000", large), ("?filter=kind%20%3D%20%27b%27", 50_000)]
    {
        let path = format!("/datasets/many/subset.arrow{filter}");
        let answer = server.get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.header("duotile-rows")), (200, passes.to_string().as_str()));
        let (frame, _) = read(&answer.body);
        assert_eq!((frame.height(), frame.first_col_n_chunks()), (passes, passes.div_ceil(1 << 16)));
        let column = |name: &str| frame.column(name).expect(name).as_materialized_series().clone();
        assert!(column("_key").u64().expect("u64").into_no_null_iter().is_sorted());
        let (words, kinds) = (column("word").cast(&DataType::String), column("kind").cast(&DataType::String));
        let (words, kinds, numbers) = (words.expect("texts"), kinds.expect("texts"), column("number"));
        let (words, kinds) = (words.str().expect("texts"), kinds.str().expect("texts"));
        let numbers = numbers.cast(&DataType::Int64).expect("integers");
        let numbers = numbers.i64().expect("i64");
        let mut seen = std::collections::HashSet::new();
        for (i, row) in column("_row").u32().expect("u32").into_no_null_iter().enumerate() {
            assert!(seen.insert(row));
            assert_eq!(words.get(i), Some(format!("w{}", row.wrapping_mul(2_654_435_761)).as_str()));
            assert_eq!(kinds.get(i), [Some("a"), Some("b"), None, Some("c")][row as usize % 4]);
            let number = (row % 5 != 0).then_some(i64::from(row) * 3);
            assert_eq!(numbers.get(i), number);
        }
        let packed = server.ask(Method::GET, &path, &[("accept-encoding", "gzip")], "").await;
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut plain).expect("gzip");
        assert!(plain == answer.body && packed.body.len() < plain.len());
    }
    assert_eq!(server.state.outgoing.held(), 0);
}

#[tokio::test]
async fn it_is_given_out_in_portions_and_counted_to_the_last_of_them() {
    let server = Server::of(Entry::open(many(50_000)), Settings::default());
    let request = Request::get("/datasets/many/subset.arrow").body(Body::empty()).expect("a request");
    let mut body = server.app.clone().oneshot(request).await.expect("the service cannot fail").into_body();
    let mut taken = Vec::new();
    while let Some(frame) = body.frame().await {
        let portion = frame.expect("it goes well").into_data().expect("data");
        // A client that takes any of it is seen to.
        assert!(portion.len() <= 64 << 10, "{}", portion.len());
        assert!(server.state.outgoing.held() > 0);
        taken.extend_from_slice(&portion);
    }
    drop(body);
    assert_eq!((read(&taken).0.height(), server.state.outgoing.held()), (50_000, 0));
}

#[tokio::test]
async fn chosen_columns_and_no_rows_at_all() {
    let server = Server::new();
    let (frame, metadata) =
        read(&server.get("/datasets/trips/subset.arrow?properties=kind&filter=people%20%3E%20100").await.body);
    assert_eq!(frame.height(), 0);
    let names: Vec<&str> = frame.get_column_names().iter().map(|name| name.as_str()).collect();
    // The time column, too, or `datetime` would mean nothing in the subset.
    assert_eq!(names, ["_key", "_row", "lon", "lat", "kind", "when"]);
    assert_eq!(metadata["columns"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn too_many_rows_are_413_with_their_count() {
    let server =
        Server::with(Settings { limits: Limits { max_subset: 100, ..Limits::default() }, ..Settings::default() });
    let problem = server.get("/datasets/trips/subset.arrow").await.problem(413);
    assert_eq!(problem["count"], ROWS);
    let filter = "fare%20%3E%2099";
    let dear = rows().iter().filter(|row| row.fare.is_some_and(|fare| fare > 99.0)).count();
    assert!(dear <= 100);
    assert_eq!(
        server.get(&format!("/datasets/trips/subset.arrow?filter={filter}")).await.header("duotile-rows"),
        dear.to_string()
    );
    server.get("/datasets/trips/subset.arrow?filter=x%3D1").await.problem(400);
}
