//! Native encodings of `GeoArrow`, in Arrow and `GeoParquet`: the same outlines as from texts.

use super::{shapes::geometries, *};

/// Written by geoarrow-pyarrow, with positions as structs and as arrays; and the same as texts, a row each.
const FILES: [(&[u8], &[u8], &str); 5] = [
    (
        include_bytes!("files/geoarrow/linestring-separated.arrow"),
        include_bytes!("files/geoarrow/linestring-interleaved.arrow"),
        "\"LINESTRING (0 0, 1 1, 2 0)\"\n\n\"LINESTRING (5 5, 6 7)\"\nLINESTRING EMPTY\n",
    ),
    (
        include_bytes!("files/geoarrow/polygon-separated.arrow"),
        include_bytes!("files/geoarrow/polygon-interleaved.arrow"),
        "\"POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))\"\n\n\
         \"POLYGON ((-60 -30, -50 -30, -55 -20, -60 -30))\"\n",
    ),
    (
        include_bytes!("files/geoarrow/multipoint-separated.arrow"),
        include_bytes!("files/geoarrow/multipoint-interleaved.arrow"),
        "\"MULTIPOINT (1 2, 3 4)\"\n\nMULTIPOINT (5 6)\n",
    ),
    (
        include_bytes!("files/geoarrow/multilinestring-separated.arrow"),
        include_bytes!("files/geoarrow/multilinestring-interleaved.arrow"),
        "\"MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 2))\"\n\n\"MULTILINESTRING ((5 5, 6 7))\"\n",
    ),
    (
        include_bytes!("files/geoarrow/multipolygon-separated.arrow"),
        include_bytes!("files/geoarrow/multipolygon-interleaved.arrow"),
        "\"MULTIPOLYGON (((20 20, 30 20, 30 30, 20 30, 20 20), (21 21, 21 29, 29 29, 29 21, 21 21)), \
         ((23 23, 25 23, 25 25, 23 25, 23 23)))\"\n\n\"MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))\"\n",
    ),
];

/// Written by geopandas: polygons with heights in EPSG:25832, with their boxes beside them.
const POLYGONS: &[u8] = include_bytes!("files/geoarrow/polygon.parquet");

#[test]
fn lists_of_positions_are_the_geometries_that_they_are_declared_to_be() {
    let texts = |dataset: &Dataset| geometries(dataset).into_iter().map(|(_, json)| json).collect::<Vec<_>>();
    for (separated, interleaved, text) in FILES {
        let lines: Vec<String> = text.lines().enumerate().map(|(n, line)| format!("{n},{line}")).collect();
        let expected = load_csv(format!("n,wkt\n{}\n", lines.join("\n")));
        for bytes in [separated, interleaved] {
            let dataset = load_with("a.arrow", bytes, &Options::default()).expect(text);
            assert_eq!(texts(&dataset), texts(&expected));
            assert_eq!(values(&dataset, "n"), values(&expected, "n"));
        }
    }
}

#[test]
fn geoparquet_has_them_too() {
    let dataset = load_with("a.parquet", POLYGONS, &Options::default()).expect("reads");
    assert!(says(&dataset, "positions are given in EPSG:25832") && says(&dataset, "heights or measures"));
    assert_eq!(values(&dataset, "n"), ["0", "1"]);
    assert_eq!(geometries(&dataset).len(), 2);
    // Their boxes are no columns.
    assert_eq!(dataset.columns().len(), 3);
}
