//! `GeoPackage` files: a layer of them is rows like any other.

use super::{shapes::geometries, *};

/// Written by GDAL 3.12: polygons with a column of each kind, and lines with heights in EPSG:25832.
const LAYERS: &[u8] = include_bytes!("files/layers.gpkg");

fn layer(name: &str) -> Options {
    Options { layer: Some(name.into()), ..Options::default() }
}

#[test]
fn features_are_rows_with_their_values() {
    let dataset = load_with("a.gpkg", LAYERS, &layer("areas")).expect("reads");
    assert_eq!(dataset.report().id.as_deref(), Some("fid"));
    assert_eq!(dataset.report().time.as_deref(), Some("day"));
    assert_eq!(values(&dataset, "wide"), ["9007199254740993", "-1", "2"]);
    assert_eq!(values(&dataset, "small"), ["1", "2", "4"]);
    assert_eq!(values(&dataset, "real"), ["0.5", "-", "10000000000.0"]);
    assert_eq!(values(&dataset, "name"), ["Zürich", "b", "Łódź"]);
    assert_eq!(values(&dataset, "flag"), ["true", "false", "true"]);
    assert_eq!(values(&dataset, "day"), ["2024-02-29T00:00:00Z", "-", "2024-01-30T00:00:00Z"]);
    assert_eq!(values(&dataset, "moment"), ["2024-02-29T10:20:30.25Z", "-", "2024-01-30T00:00:00Z"]);
    assert!(says(&dataset, "1 of 4 rows have no usable position and are left out: 1 have none"));
    let text = "wkt\n\
        \"POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))\"\n\
        \"MULTIPOLYGON (((20 20, 30 20, 30 30, 20 30, 20 20), (21 21, 21 29, 29 29, 29 21, 21 21)), \
        ((23 23, 25 23, 25 25, 23 25, 23 23)))\"\n\n\
        \"POLYGON ((-60 -30, -50 -30, -55 -20, -60 -30))\"\n";
    let texts = |dataset: &Dataset| geometries(dataset).into_iter().map(|(_, json)| json).collect::<Vec<_>>();
    assert_eq!(texts(&dataset), texts(&load_csv(text)));
    let lines = load_with("lines", LAYERS, &layer("lines")).expect("known by how it begins");
    assert!(says(&lines, "positions are given in EPSG:25832") && says(&lines, "heights or measures"));
    // By pyproj, as for points.
    let all = geometries(&lines);
    assert!(all[0].1.contains("[8.273173") && all[0].1.contains(",49.929095"), "{}", all[0].1);
}

#[test]
fn names_of_columns_are_the_same_in_any_case() {
    let folder = Folder::new();
    let path = folder.put("a.gpkg", LAYERS);
    let database = rusqlite::Connection::open(&path).expect("opens");
    database.execute_batch("UPDATE gpkg_geometry_columns SET column_name = upper(column_name)").expect("written");
    drop(database);
    let dataset = read(&[path], &layer("areas"), &()).expect("reads");
    let plain = load_with("a.gpkg", LAYERS, &layer("areas")).expect("reads");
    assert_eq!((dataset.len(), geometries(&dataset)), (3, geometries(&plain)));
}

#[test]
fn one_of_several_layers_has_to_be_named() {
    let error = error_of("a.gpkg", LAYERS, &Options::default());
    let expected = "a.gpkg holds 2 layers: areas (geometry), lines (linestring); say which, such as --layer \"areas\"";
    assert!(error.contains(expected), "{error}");
    let error = error_of("a.gpkg", LAYERS, &layer("line"));
    assert!(error.contains("holds no layer \"line\" (did you mean \"lines\"?)"), "{error}");
}

/// A value of another type than its column, as the database lets it be, and a row that is in the log beside the file only.
#[test]
fn what_does_not_fit_is_counted_and_what_is_in_the_log_is_read() {
    let folder = Folder::new();
    let path = folder.put("a.gpkg", LAYERS);
    let database = rusqlite::Connection::open(&path).expect("opens");
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; \
             INSERT INTO areas (geom, wide, name, flag) SELECT geom, 'many', 7.5, 2 FROM areas WHERE fid = 1",
        )
        .expect("written");
    let dataset = read(&[path], &layer("areas"), &()).expect("reads");
    assert_eq!(values(&dataset, "wide"), ["9007199254740993", "-1", "2", "-"]);
    assert_eq!(values(&dataset, "name"), ["Zürich", "b", "Łódź", "7.5"]);
    for line in
        ["column \"wide\": 1 of 4 values are no integer, such as \"many\"", "column \"flag\": 1 of 4 values are no"]
    {
        assert!(says(&dataset, line), "{line}: {:#?}", dataset.report().lines);
    }
}

/// Layers that are views: one that has no end, one that has none and never a row, and one that is as good as a table.
#[test]
fn a_view_without_end_is_refused_and_others_are_read() {
    let with = |view: &str| {
        let folder = Folder::new();
        let path = folder.put("a.gpkg", LAYERS);
        let database = rusqlite::Connection::open(&path).expect("opens");
        let others = "DELETE FROM gpkg_geometry_columns WHERE table_name = 'lines'; DROP TABLE lines";
        database.execute_batch(&format!("{others}; ALTER TABLE areas RENAME TO kept; {view}")).expect("written");
        drop(database);
        read(&[path], &layer("areas"), &()).map_err(|error| format!("{error:#}"))
    };
    let endless = "CREATE VIEW areas AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) \
                   SELECT x AS fid, NULL AS geom FROM c";
    for view in [endless.to_owned(), format!("{endless} WHERE x < 0")] {
        let error = with(&view).expect_err("has no end");
        assert!(error.contains("a layer of it may be a view without end"), "{error}");
    }
    let plain = with("CREATE VIEW areas AS SELECT * FROM kept").expect("reads");
    assert_eq!(values(&plain, "name"), ["Zürich", "b", "Łódź"]);
}

#[test]
fn what_is_cut_off_or_broken_is_an_error_and_never_a_panic() {
    let folder = Folder::new();
    let path = folder.put("a.gpkg", LAYERS);
    let used = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("written");
        read(std::slice::from_ref(&path), &layer("areas"), &())
    };
    for end in (1..LAYERS.len()).step_by(499) {
        if let Ok(dataset) = used(&LAYERS[..end]) {
            assert_eq!(dataset.len(), 3, "cut at {end}");
        }
    }
    for at in (0..LAYERS.len()).step_by(29) {
        let mut bytes = LAYERS.to_vec();
        bytes[at] ^= 0xff;
        let _ = used(&bytes);
    }
    let error = error_of("a.gpkg", &LAYERS[..600], &Options::default());
    assert!(error.contains("the GeoPackage is damaged or cut off"), "{error}");
    let error = error_of("a.gpkg", "lon,lat\n", &Options::default());
    assert!(error.contains("cannot read the GeoPackage") || error.contains("damaged"), "{error}");
}
