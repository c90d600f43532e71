//! Paths and query strings of requests, and bodies that are posted.

use crate::{files::TRIPS, run::fuzz, served::Served};
use axum::http::Method;
use duotile::read::{Options, read};

const PATHS: [&str; 12] = [
    "/tiles/0/0/0.mvt",
    "/tiles/fuzz/4/8/5.pbf?agg=mean:fare&by=kind&cell=8",
    "/tiles/q/Y2VsbD04/1/1/0.mvt",
    "/tiles/fuzz/q/Y2VsbD04/tilejson.json?v=1",
    "/tiles/fuzz/metadata.json?agg=median:fare,mode:kind",
    "/tiles/style.json?filter=kind%20LIKE%20'b%25'",
    "/datasets/fuzz/stats?column=fare&bins=7&filter=fare%20%3E%201",
    "/datasets/fuzz/stats?measure=point_count&z=3&cell=64",
    "/datasets/fuzz/rows?limit=5&offset=2&f=json&tile=3/4/2&properties=kind",
    "/datasets/fuzz/rows?cell=27&bbox=-10,-10,40,60&datetime=2024-01-01/..",
    "/datasets/fuzz/rows.csv?properties=*",
    "/datasets/fuzz/subset.arrow?filter=when%20IS%20NULL",
];
const WORDS: [&str; 24] = [
    "/",
    "..",
    "%2F",
    "%00",
    "%",
    "%zz",
    "?",
    "&",
    "=",
    "fuzz",
    "q",
    "tiles",
    ".mvt",
    ".pbf",
    ".json",
    "18446744073709551616",
    "-1",
    "1e9",
    "limit=1",
    "mode=points",
    "by=when:hour",
    "properties=*",
    "tile=22/4194303/4194303",
    "#",
];

fn served() -> Served {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fuzz.csv");
    std::fs::write(&path, TRIPS).expect("written");
    Served::new(read(&[path], &Options::default(), &()).expect("it reads"))
}

#[test]
fn requests() {
    let served = served();
    let seeds: Vec<Vec<u8>> = PATHS.iter().map(|path| path.as_bytes().to_vec()).collect();
    for path in PATHS {
        let status = served.ask(Method::GET, path, Vec::new());
        assert!(matches!(status, Some(200 | 204)), "{path}: {status:?}");
    }
    fuzz("request", &seeds, &WORDS, |bytes| {
        served.ask(Method::GET, &String::from_utf8_lossy(bytes), Vec::new());
    });
}

#[test]
fn posted_queries() {
    let served = served();
    let seeds = [
        "cell=8&agg=mean:fare",
        r#"{"filter":{"op":"isNull","args":[{"property":"kind"}]},"agg":["count"],"limit":5}"#,
    ];
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect();
    fuzz("posted", &seeds, &WORDS, |bytes| {
        served.ask(Method::POST, "/tiles/fuzz/q", bytes.to_vec());
    });
}
