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
fn areas_and_lengths_are_columns_unless_there_are_such_or_they_are_hidden() {
    let names = |text: &str, options: &Options| {
        let dataset = load_with("a.csv", text, options).expect("reads");
        dataset.columns().iter().map(|column| column.name.to_owned()).collect::<Vec<_>>()
    };
    let polygon = "n,wkt\n1,\"POLYGON ((0 0, 1 0, 1 1))\"\n2,POINT (3 3)\n";
    let plain = Options::default();
    assert_eq!(names(polygon, &plain), ["n", "area", "length"]);
    assert_eq!(names("n,wkt\n1,\"LINESTRING (0 0, 1 0)\"\n", &plain), ["n", "length"]);
    assert_eq!(names("n,wkt\n1,\"MULTIPOINT (0 0, 1 0)\"\n2,POINT (3 3)\n", &plain), ["n"]);
    let own = "area,wkt\nmine,\"POLYGON ((0 0, 1 0, 1 1))\"\n";
    assert_eq!(names(own, &plain), ["area", "length"]);
    let of = |text: &str| vec![text.to_owned()];
    assert_eq!(names(polygon, &Options { hide: of("area"), ..plain.clone() }), ["n", "length"]);
    assert_eq!(names(polygon, &Options { keep: of("length"), ..plain.clone() }), ["length"]);
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
        "4 of 9 rows have no usable position and are left out: 1 cannot be read, the first is the text \"LINESTRING (0 0, 1\" in \
         row 6, 3 are empty, out of range, or too short",
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
fn the_first_geometry_that_cannot_be_read_is_named_with_its_row() {
    // Among points and among lines, and behind more rows than a thread does at a time.
    let points = "POINT (1 1)\n".repeat(1000);
    let deep = format!("{}POINT (1 1){}", "GEOMETRYCOLLECTION (".repeat(33), ")".repeat(33));
    for (bad, what) in [
        ("POLYGON ((0 0, 1 0, 1", "the text \"POLYGON ((0 0, 1 0, 1\" in row 1001"),
        ("0103000000", "a damaged Polygon in row 1001"),
        ("010C00000000000000", "a MultiSurface, which is not read in row 1001"),
        (
            "010700000001000000010800000000000000",
            "a GeometryCollection with a CircularString, which is not read in row 1001",
        ),
        ("CurvePolygon (COMPOUNDCURVE (", "a CurvePolygon, which is not read in row 1001"),
        ("01DD000000", "bytes that are no geometry in row 1001"),
        (&deep, "a GeometryCollection more than 32 deep in row 1001"),
    ] {
        let lines = format!("wkt\n{points}\"{bad}\"\n\"LINESTRING (0 0, 1 1)\"\n\"POLYGON ((\"\n");
        let dataset = load_with("a.csv", lines, &Options::default()).expect("reads");
        let told = format!("2 cannot be read, the first is {what}");
        assert!(says(&dataset, &told), "{told}: {:#?}", dataset.report().lines);
    }
    let damaged = [Some(&wkb(1, &[&POINT])[..]), Some(&wkb(1, &[&POINT])[..20]), None];
    let column = || vec![Series::new("geometry".into(), damaged).into()];
    let dataset = load_with("a.parquet", parquet(frame(column())), &Options::default()).expect("reads");
    assert!(says(&dataset, "1 are no points, the first is a damaged Point in row 2"), "{:#?}", dataset.report().lines);
}

#[test]
fn strictly_no_geometry_is_left_out_or_mended() {
    let strict = Options { strict: true, ..Options::default() };
    for (row, why) in [
        ("LINESTRING (0 0, 1", "the first is the text"),
        ("POINT (200 95)", "out of range"),
        ("LINESTRING (0 0, 1 1, nan 1)", "with a position that is none"),
        ("MULTILINESTRING ((0 0, 1 1), (5 5))", "lines of one position"),
        ("POLYGON ((0 0, 4 4, 4 0, 0 4, 0 0))", "mended where crossing itself"),
        ("GEOMETRYCOLLECTION (POINT (3 3), LINESTRING (3 3, 4 4))", "points beside lines"),
    ] {
        let text = format!("wkt\n\"LINESTRING (0 0, 1 1)\"\n\"{row}\"\n");
        let error = error_of("a.csv", &text, &strict);
        assert!(error.contains(why) && error.contains("--strict"), "{row}: {error}");
        load_with("a.csv", text, &Options::default()).expect(row);
    }
    let fine = "n,wkt\n1,\"LINESTRING (179 0, -179 0)\"\n2,\n3,POLYGON EMPTY\n4,\"LINESTRING Z (0 0 1, 1 1 1)\"\n";
    assert_eq!(load_with("a.csv", fine, &strict).expect("nothing is lost").len(), 2);
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

/// Files as one dataset.
fn all_of(files: &[(&str, &[u8])]) -> Dataset {
    let folder = Folder::new();
    let paths: Vec<_> = files.iter().map(|(name, bytes)| folder.put(name, bytes)).collect();
    read(&paths, &Options::default(), &()).expect("reads")
}

#[test]
fn each_file_is_read_by_its_own_system_and_encoding() {
    let file = |n: u8, code: &str, geometry: &str| {
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{code}"}}}},"features":[
            {{"type":"Feature","properties":{{"n":{n}}},"geometry":{geometry}}}]}}"#
        )
    };
    // By pyproj, as elsewhere; the next zone lies 6 degrees further east.
    let at = r#"{"type":"Point","coordinates":[447834.12,5531000.5]}"#;
    let [west, east] = [(1, "urn:ogc:def:crs:EPSG::25832"), (2, "urn:ogc:def:crs:EPSG::25833")]
        .map(|(n, code)| file(n, code, at).into_bytes());
    for files in [[("a.geojson", &west[..]), ("b.geojson", &east)], [("a.geojson", &east), ("b.geojson", &west)]] {
        let dataset = all_of(&files);
        let mut lons: Vec<f64> =
            dataset.keys().iter().map(|&key| mercator::unproject(morton::position(key)).0).collect();
        lons.sort_by(f64::total_cmp);
        assert!((lons[0] - 8.273_173_2).abs() < 1e-6 && (lons[1] - 14.273_173_2).abs() < 1e-6, "{lons:?}");
        for line in ["files are in different systems", "given in EPSG:25832", "given in EPSG:25833"] {
            assert!(says(&dataset, line), "{line}: {:#?}", dataset.report().lines);
        }
    }
    // Lists of positions of the same type, which are lines in one file and points in the other; and points by their type.
    let declared = |encoding: &str, geometry: Column, n: i64| {
        let mut frame = frame(vec![geometry, Column::new("n".into(), [n])]);
        let about = format!(r#"{{"encoding":"{encoding}","geometry_types":[]}}"#);
        let geo = format!(r#"{{"version":"1.1.0","primary_column":"geometry","columns":{{"geometry":{about}}}}}"#);
        let mut bytes = Vec::new();
        let metadata = KeyValueMetadata::from_static(vec![("geo".into(), geo)]);
        ParquetWriter::new(&mut bytes).with_key_value_metadata(Some(metadata)).finish(&mut frame).expect("written");
        bytes
    };
    let places = || frame(vec![series("x", &[1.0, 3.0]), series("y", &[2.0, 4.0])]).into_struct("geometry".into());
    let list = || Column::from(places().into_series().implode().expect("a list").into_series());
    let one = Column::from(places().into_series().slice(1, 1));
    let files = [
        ("a.parquet", declared("linestring", list(), 0)),
        ("b.parquet", declared("multipoint", list(), 1)),
        ("c.parquet", declared("point", one, 2)),
        ("d.parquet", declared("WKB", Series::new("geometry".into(), [&wkb(3, &[&SQUARE])[..]]).into(), 3)),
    ];
    let other = declared("polygon", Series::new("geometry".into(), [&wkb(3, &[&SQUARE])[..]]).into(), 4);
    let error = error_of("a.parquet", other, &Options::default());
    assert!(error.contains("but the file declares its encoding as polygon"), "{error}");
    for order in [[0, 1, 2, 3], [2, 3, 1, 0], [1, 0, 3, 2]] {
        let given: Vec<(String, &[u8])> = order
            .iter()
            .enumerate()
            .map(|(at, &file)| (format!("{at}{}", files[file].0), &files[file].1[..]))
            .collect();
        let given: Vec<(&str, &[u8])> = given.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let dataset = all_of(&given);
        let kinds: Vec<_> = geometries(&dataset)
            .into_iter()
            .map(|(_, text)| text.split('"').nth(3).unwrap_or_default().to_owned())
            .collect();
        let expected = order.map(|file| ["LineString", "MultiPoint", "Point", "Polygon"][file]);
        assert_eq!(kinds, expected);
        assert_eq!(values(&dataset, "n"), order.map(|n| n.to_string()));
    }
}

#[test]
fn points_are_the_same_before_and_after_the_first_line() {
    let points = "n,wkt\n1,POINT (10 89)\n2,POINT (-200 10)\n3,POINT (-180.00001 10)\n4,POINT (20 30)\n5,POINT (190 1)\n\
        6,POINT (200 1)\n";
    let line = "n,wkt\n7,\"LINESTRING (0 0, 1 1)\"\n";
    let both = [line, points.split_once('\n').expect("a head").1].concat();
    let of = |files: &[(&str, &[u8])]| {
        let dataset = all_of(files);
        assert!(says(&dataset, "1 row lies beyond 85.05 degrees"), "{:#?}", dataset.report().lines);
        let place = |name: &str| values(&dataset, name);
        let mut all: Vec<_> = place("n").into_iter().zip(place("latitude")).collect();
        all.sort();
        let mut keys = dataset.keys().to_vec();
        keys.sort_unstable();
        (all, keys)
    };
    let before = of(&[("a.csv", points.as_bytes()), ("b.csv", line.as_bytes())]);
    assert_eq!(before.0.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["1", "4", "5", "6", "7"]);
    assert_eq!(before.0[0].1, "89.0");
    assert_eq!(before, of(&[("a.csv", line.as_bytes()), ("b.csv", points.as_bytes())]));
    assert_eq!(before, of(&[("a.csv", both.as_bytes())]));
}

#[test]
fn a_point_without_a_place_takes_no_other_with_it() {
    let json = |geometry: &str| format!("{{\"type\":\"Feature\",\"properties\":{{\"n\":1}},\"geometry\":{geometry}}}");
    let texts: Vec<(&str, String)> = vec![
        ("a.csv", "n,wkt\n1,\"MULTIPOINT (1 2, nan nan, 3 4)\"\n".into()),
        ("a.csv", "n,wkt\n1,\"MULTIPOINT ((1 2), EMPTY, (3 4))\"\n".into()),
        ("a.geojsonl", json(r#"{"type":"MultiPoint","coordinates":[[1,2],null,[3,4]]}"#)),
        ("a.geojsonl", json(r#"{"type":"MultiPoint","coordinates":[null,[1,2],[3,4]]}"#)),
        ("a.geojsonl", json(r#"{"type":"MultiPoint","coordinates":[[1,2],[null,null],[3,4]]}"#)),
    ];
    let all: Vec<_> =
        texts.iter().map(|(name, text)| geometries(&load_with(name, text, &Options::default()).expect(text))).collect();
    assert!(all[0][0].1.starts_with("{\"type\":\"MultiPoint\""), "{all:?}");
    assert!(all.iter().all(|one| *one == all[0]), "{all:#?}");
}
