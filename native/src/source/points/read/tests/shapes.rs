//! Lines and polygons in every format, and what is wrong with them.

use super::*;
use crate::told::geometry;
use std::fmt::Write as _;

/// Rows by their number in the file: the whole geometry as GeoJSON.
pub(super) fn geometries(dataset: &Dataset) -> Vec<(u32, String)> {
    dataset.with_points(|points| {
        let shapes = points.shapes().expect("outlines");
        let mut all: Vec<_> = (0..points.len()).map(|at| (points.rows()[at], geometry::json(shapes, at))).collect();
        all.sort();
        all
    })
}

/// Well-known binary, written in the plainest way: a kind, and lists of positions as deep as the kind has them.
fn wkb(kind: u32, rings: &[&[(f64, f64)]]) -> Vec<u8> {
    let mut out = [&[1u8][..], &kind.to_le_bytes()].concat();
    if kind == 3 {
        out.extend_from_slice(&(rings.len() as u32).to_le_bytes());
    }
    for ring in rings {
        if kind > 1 {
            out.extend_from_slice(&(ring.len() as u32).to_le_bytes());
        }
        ring.iter().for_each(|(x, y)| out.extend([x.to_le_bytes(), y.to_le_bytes()].concat()));
    }
    out
}

const SQUARE: [(f64, f64); 5] = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)];
const HOLE: [(f64, f64); 5] = [(2.0, 2.0), (2.0, 4.0), (4.0, 4.0), (4.0, 2.0), (2.0, 2.0)];
const LINE: [(f64, f64); 3] = [(20.0, 20.0), (25.0, 20.0), (25.0, 30.0)];
const POINT: [(f64, f64); 1] = [(-60.0, -30.0)];

/// The same four rows, one of which has no geometry.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let all = [Some(wkb(1, &[&POINT])), Some(wkb(3, &[&SQUARE, &HOLE])), None, Some(wkb(2, &[&LINE]))];
    let column = || {
        let all: Vec<Option<&[u8]>> = all.iter().map(Option::as_deref).collect();
        vec![Series::new("geometry".into(), all).into(), Column::new("n".into(), [1i64, 2, 3, 4])]
    };
    let csv = "n,wkt\n1,POINT (-60 -30)\n2,\"POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))\"\n3,\n\
               4,\"LINESTRING Z (20 20 1, 25 20 1, 25 30 1)\"\n";
    let feature =
        |n: i64, geometry: &str| format!(r#"{{"type":"Feature","properties":{{"n":{n}}},"geometry":{geometry}}}"#);
    let features = [
        feature(1, r#"{"type":"Point","coordinates":[-60,-30]}"#),
        feature(
            2,
            r#"{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[2,4],[4,4],[4,2],[2,2]]]}"#,
        ),
        feature(3, "null"),
        feature(4, r#"{"type":"LineString","coordinates":[[20,20,1],[25,20,1],[25,30,1]]}"#),
    ];
    vec![
        ("a.parquet", parquet(frame(column()))),
        ("a.arrow", arrow(frame(column()), false)),
        ("a.csv", csv.into()),
        ("a.geojson", format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(",")).into()),
        ("a.geojsonl", features.join("\n").into()),
    ]
}

#[test]
fn the_same_rows_are_the_same_outlines_in_every_format() {
    let near = |text: &str, expected: &[f64]| {
        let numbers = text.split(|c: char| !"-.0123456789".contains(c)).filter(|part| !part.is_empty());
        let numbers: Vec<f64> = numbers.map(|part| part.parse().expect("a number")).collect();
        let is_near =
            numbers.len() == expected.len() && numbers.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-7);
        assert!(is_near, "{text}, expected {expected:?}");
    };
    let mut first: Option<Vec<(u32, String)>> = None;
    for (name, bytes) in files() {
        let dataset = load_with(name, bytes, &Options::default()).expect(name);
        assert_eq!(values(&dataset, "n"), ["1", "2", "4"], "{name}");
        let all = geometries(&dataset);
        let kinds: Vec<_> = all.iter().map(|(row, text)| (*row, text.split('"').nth(3).unwrap_or_default())).collect();
        assert_eq!(kinds, [(0, "Point"), (1, "Polygon"), (3, "LineString")], "{name}");
        near(&all[0].1, &[-60.0, -30.0]);
        near(&all[2].1, &[20.0, 20.0, 25.0, 20.0, 25.0, 30.0]);
        assert!(says(&dataset, "1 of 4 rows have no usable position and are left out: 1 have none"));
        assert_eq!(says(&dataset, "1 geometry is drawn flat"), !name.ends_with("parquet") && !name.ends_with("arrow"));
        let [west, south, east, north] = dataset.bounds().expect("rows");
        assert!((west + 60.0).abs() < 1e-6 && (south + 30.0).abs() < 1e-6);
        assert!((east - 25.0).abs() < 1e-6 && (north - 30.0).abs() < 1e-6);
        assert_eq!(*first.get_or_insert_with(|| all.clone()), all, "{name}");
    }
}

#[test]
fn what_is_broken_is_counted_and_the_rest_is_kept() {
    let text = "n,wkt\n\
        1,\"POLYGON ((0 0, 1 0, 1 1))\"\n\
        2,POLYGON EMPTY\n\
        3,\"LINESTRING (1 1, 1 1)\"\n\
        4,\"MULTILINESTRING ((0 0, nan 1), (5 5, 6 6))\"\n\
        5,\"LINESTRING (0 0, 1 100)\"\n\
        6,\"LINESTRING (0 0, 1\"\n\
        7,\"GEOMETRYCOLLECTION (POINT (3 3), LINESTRING (3 3, 4 4))\"\n\
        8,\"LINESTRING (179 0, -179 0)\"\n\
        9,\"POINT (7 7)\"\n";
    let dataset = load_with("a.csv", text, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "n"), ["1", "4", "7", "8", "9"]);
    let report = dataset.report();
    for line in [
        "4 of 9 rows have no usable position and are left out: 1 cannot be read, 3 are empty, out of range, or too short",
        "2 parts of geometries are left out: with a position that is none, or beyond the world",
        "1 part of a geometry is left out: lines of one position",
        "1 part of a collection is left out: points beside lines",
        "1 geometry is cut at the antimeridian",
    ] {
        assert!(says(&dataset, line), "{line}: {:#?}", report.lines);
    }
    assert_eq!((report.rows_read, report.unusable), (9, 4));
    // A ring that is not closed is closed.
    assert!(geometries(&dataset)[0].1.starts_with("{\"type\":\"Polygon\""));
    let short = "n,wkt\n1,\"LINESTRING (1 1)\"\n2,\"POLYGON ((3 3, 4 4))\"\n3,POINT (5 5)\n";
    let dataset = load_with("a.csv", short, &Options::default()).expect("reads");
    assert!(!says(&dataset, "swapped"), "{:#?}", dataset.report().lines);
    let swapped = "n,wkt\n1,\"LINESTRING (-33 151, -34 150)\"\n";
    let error = error_of("a.csv", swapped, &Options::default());
    assert!(error.contains("look swapped"), "{error}");
}

#[test]
fn points_before_the_first_line_are_kept_as_they_are() {
    // More than a chunk of any reader.
    let mut text = String::from("n,wkt\n");
    for n in 0..70_000 {
        writeln!(text, "{n},POINT ({} {})", f64::from(n) / 1000.0, f64::from(n % 80)).expect("in memory");
    }
    let points = load_with("a.csv", &text, &Options::default()).expect("reads");
    assert!(points.outlines().is_none());
    text += "70000,\"LINESTRING (0.5 0.5, 0.6 0.6)\"\n";
    let both = load_with("a.csv", &text, &Options::default()).expect("reads");
    assert_eq!(both.outlines().expect("outlines").kinds(), ["Point", "LineString"]);
    let keys = |dataset: &Dataset| {
        dataset.with_points(|points| {
            let mut all: Vec<_> = points.rows().iter().copied().zip(points.keys().iter().copied()).collect();
            all.sort_unstable();
            all
        })
    };
    let (before, after) = (keys(&points), keys(&both));
    assert_eq!((after.len(), &after[..70_000]), (70_001, &before[..]));
}

#[test]
fn outlines_of_a_grid_are_led_to_degrees() {
    let options = Options { crs: Some(Crs::parse("EPSG:25832").expect("known")), ..Options::default() };
    let text = "n,wkt\n1,\"LINESTRING (447834.12 5531000.5, 447900 5531100)\"\n";
    let dataset = load_with("a.csv", text, &options).expect("reads");
    // By pyproj, as for points.
    let all = geometries(&dataset);
    assert!(all[0].1.contains("[8.273173") && all[0].1.contains(",49.929095"), "{}", all[0].1);
    let metres = "n,wkt\n1,\"SRID=3857;LINESTRING (1113194.9079327357 6446275.841017158, 0 0)\"\n";
    let all = geometries(&load_with("a.csv", metres, &Options::default()).expect("reads"));
    assert!(
        all[0].1.contains("[10,50]")
            || all[0].1.contains("[9.9999999,")
            || all[0].1.contains("[10,49.9999999]")
            || all[0].1.contains("[10.0000000"),
        "{}",
        all[0].1
    );
}

#[test]
fn many_parts_are_one_row() {
    let squares: Vec<String> = (0..20_000)
        .map(|at| {
            let (x, y) = (f64::from(at % 200) / 10.0, f64::from(at / 200) / 10.0);
            format!("(({x} {y}, {} {y}, {} {}, {x} {}, {x} {y}))", x + 0.05, x + 0.05, y + 0.05, y + 0.05)
        })
        .collect();
    let text = format!("n,wkt\n1,\"MULTIPOLYGON ({})\"\n", squares.join(","));
    let dataset = load_with("a.csv", &text, &Options::default()).expect("reads");
    assert_eq!(dataset.len(), 1);
    let vertices = dataset.with_points(|points| points.shapes().map(|shapes| shapes.outlines().vertices()));
    assert_eq!(vertices, Some(80_000));
}
