//! Files of lines and polygons in every format. Either they are refused in one line, or what was read of them answers every kind of
//! request.

use crate::{files::opened_as, run::fuzz, served::Served};
use axum::http::Method;
use duotile::read::Options;
use std::fs;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../../native/src/source/points/read/tests/files/", $name))
    };
}

/// One of each kind of request.
const ASKED: [&str; 5] = [
    "/tiles/0/0/0.mvt",
    "/tiles/2/2/1.mvt?mode=points&properties=*",
    "/tiles/0/0/0.mvt?mode=cells",
    "/datasets/fuzz/stats",
    "/datasets/fuzz/rows.geojson",
];

fn broken(name: &str, layer: Option<&str>, seeds: &[&[u8]], words: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.to_vec()).collect();
    let options = Options { name: Some("fuzz".into()), layer: layer.map(Into::into), ..Options::default() };
    fuzz(name, &seeds, words, |bytes| {
        // In its place: what is mapped is not written over.
        let next = path.with_extension("next");
        fs::write(&next, bytes).and_then(|()| fs::rename(&next, &path)).expect("written");
        if let Some(dataset) = opened_as(&path, &options) {
            let served = Served::new(dataset);
            for asked in ASKED {
                served.ask(Method::GET, asked, Vec::new());
            }
        }
    });
}

#[test]
fn flatgeobuf() {
    broken("fuzz.fgb", None, &[file!("shapes.fgb"), file!("points.fgb")], &[]);
}

#[test]
fn shapefile() {
    // Out of the archive, whose checksums would find what is broken.
    let members = ["areas.shp", "several.shp", "points.shp"].map(|name| member(file!("shapes.zip"), name));
    let seeds: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
    broken("fuzz.shp", None, &seeds, &[]);
}

#[test]
fn geopackage() {
    broken("fuzz.gpkg", Some("areas"), &[file!("layers.gpkg")], &["areas", "geom", "GP", "CREATE"]);
}

#[test]
fn geojson() {
    let feature = r#"{"type":"Feature","properties":{"n":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[170,0],[-170,80],[0,0]],[[2,1],[3,1],[2,2]]]}}"#;
    let line = r#"{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":[[0,0,1],[1,1]]}]}}"#;
    let all = format!(r#"{{"type":"FeatureCollection","features":[{feature},{line}]}}"#);
    let words = [
        "[",
        "]",
        "{",
        "}",
        ",",
        "1e999",
        "-1e308",
        "null",
        "[[",
        "\"MultiPolygon\"",
        "\"Point\"",
        "\"LineString\"",
        "180",
        "-90",
    ];
    broken("fuzz.geojson", None, &[all.as_bytes(), line.as_bytes()], &words);
}

/// Hexadecimal digits of well-known binary in a table of text.
#[test]
fn wkb() {
    let text = "n,wkb\n1,0103000000010000000400000000000000000000000000000000000000000000000000244000000000000000000000000000002440000000000000244000000000000000000000000000000000\n";
    broken(
        "fuzz-wkb.csv",
        None,
        &[text.as_bytes()],
        &["00", "01", "ff", "7ff8000000000000", "000000000000f87f", "07000000"],
    );
}

/// A member of a zip archive, found by its own head and inflated.
fn member(archive: &[u8], name: &str) -> Vec<u8> {
    let at = archive.windows(name.len()).position(|bytes| bytes == name.as_bytes()).expect("the member") - 30;
    let number = |at: usize, length: usize| {
        archive[at..at + length].iter().rev().fold(0, |sum, &byte| sum << 8 | usize::from(byte))
    };
    let start = at + 30 + number(at + 26, 2) + number(at + 28, 2);
    let packed = &archive[start..start + number(at + 18, 4)];
    assert_eq!(number(at + 8, 2), 8, "deflated");
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::DeflateDecoder::new(packed), &mut out).expect("inflates");
    out
}
