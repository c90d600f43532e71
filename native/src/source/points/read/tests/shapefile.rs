//! Shapefiles, zipped and beside each other: what they hold, and what is missing or broken.

use super::{shapes::geometries, *};
use crate::read::{archive::Archive, content::Content};

/// Written by GDAL 3.12: polygons with a column of each kind, lines with heights in EPSG:25832, points in Latin-1, several points.
const SHAPES: &[u8] = include_bytes!("files/shapes.zip");

fn layer(name: &str) -> Options {
    Options { layer: Some(name.into()), ..Options::default() }
}

/// The files of one of them, in a folder.
fn unpacked(name: &str) -> Folder {
    let folder = Folder::new();
    let archive = Archive::open(Content::Static(SHAPES)).expect("opens");
    for member in archive.members().filter(|member| member.name.starts_with(name)) {
        folder.put(&member.name, archive.unpack(member, None).expect("unpacks").as_ref());
    }
    folder
}

fn open(folder: &Folder, name: &str) -> Result<Dataset> {
    read(&[folder.0.path().join(name)], &Options::default(), &())
}

#[test]
fn rows_have_their_shapes_and_values() {
    let zipped = load_with("shapes.zip", SHAPES, &layer("areas")).expect("reads");
    let folder = unpacked("areas");
    for dataset in [zipped, open(&folder, "areas.shp").expect("reads")] {
        assert_eq!(dataset.report().id.as_deref(), Some("id"));
        assert_eq!(values(&dataset, "id"), ["7", "5", "9"]);
        assert_eq!(values(&dataset, "wide"), ["9007199254740993", "-1", "2"]);
        assert_eq!(values(&dataset, "real"), ["0.5", "-", "10000000000.0"]);
        assert_eq!(values(&dataset, "name"), ["Zürich", "b", "Łódź"]);
        assert_eq!(values(&dataset, "flag"), ["true", "false", "true"]);
        assert_eq!(values(&dataset, "day"), ["2024-02-29T00:00:00Z", "-", "2024-01-30T00:00:00Z"]);
        assert!(says(&dataset, "1 of 4 rows have no usable position and are left out: 1 have none"));
        let text = "wkt\n\
            \"POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))\"\n\
            \"MULTIPOLYGON (((20 20, 30 20, 30 30, 20 30, 20 20), (21 21, 21 29, 29 29, 29 21, 21 21)), \
            ((23 23, 25 23, 25 25, 23 25, 23 23)))\"\n\n\
            \"POLYGON ((-60 -30, -50 -30, -55 -20, -60 -30))\"\n";
        let expected: Vec<String> = geometries(&load_csv(text)).into_iter().map(|(_, json)| parted(&json)).collect();
        let found: Vec<String> = geometries(&dataset).into_iter().map(|(_, json)| parted(&json)).collect();
        assert_eq!(found, expected);
    }
}

/// A geometry with its positions in the order of their text: rings may begin anywhere.
fn parted(json: &str) -> String {
    let mut rings: Vec<String> = Vec::new();
    for ring in json.split("]]") {
        let mut positions: Vec<&str> = ring.split("],").filter_map(|text| text.rsplit('[').next()).collect();
        positions.sort_unstable();
        positions.dedup();
        rings.push(positions.join(" "));
    }
    rings.join("|")
}

#[test]
fn one_of_several_has_to_be_named() {
    let error = error_of("shapes.zip", SHAPES, &Options::default());
    let expected =
        "the zip archive holds 4 Shapefiles: areas, lines, points, several; say which, such as --layer \"areas\"";
    assert!(error.contains(expected), "{error}");
    let error = error_of("shapes.zip", SHAPES, &layer("area"));
    assert!(error.contains("no layer \"area\" (did you mean \"areas\"?)"), "{error}");
    let error = error_of("a.csv", "lon,lat\n1,2\n", &layer("a"));
    assert!(error.contains("--layer: ") && error.contains("is no file of several layers"), "{error}");
    let error = error_of("a.zip", &SHAPES[..SHAPES.len() - 1], &Options::default());
    assert!(error.contains("the zip archive is damaged or cut off"), "{error}");
}

#[test]
fn those_of_one_name_are_told_apart_by_their_folders() {
    // Written by GDAL: x.shp of three points in the folder a, of five others in b.
    let folders = include_bytes!("files/folders.zip");
    let error = error_of("folders.zip", folders, &Options::default());
    assert!(error.contains("holds 2 Shapefiles: a/x, b/x; say which, such as --layer \"a/x\""), "{error}");
    for (name, rows) in [("a/x", vec!["0", "1", "2"]), ("b/x", vec!["0", "1", "2", "3", "4"])] {
        assert_eq!(values(&load_with("folders.zip", folders, &layer(name)).expect("reads"), "n"), rows);
    }
}

/// A zip archive of these files, not packed.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut all, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let size = u32::try_from(bytes.len()).expect("small").to_le_bytes();
        let length = u16::try_from(name.len()).expect("short").to_le_bytes();
        let at = u32::try_from(all.len()).expect("small").to_le_bytes();
        let sizes = [&crc32fast::hash(bytes).to_le_bytes()[..], &size, &size, &length, &[0, 0]].concat();
        directory
            .extend([b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0", &sizes[..], &[0; 10], &at, name.as_bytes()].concat());
        all.extend([b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0", &sizes[..], name.as_bytes(), bytes].concat());
    }
    let [count, size, at] =
        [files.len(), directory.len(), all.len()].map(|number| u32::try_from(number).expect("small"));
    let count = &count.to_le_bytes()[..2];
    let end = [b"PK\x05\x06\0\0\0\0", count, count, &size.to_le_bytes(), &at.to_le_bytes(), &[0, 0]].concat();
    [all, directory, end].concat()
}

#[test]
fn those_whose_names_differ_in_capitals_alone_keep_their_own_tables() {
    let folder = unpacked("");
    let part = |name: &str| fs::read(folder.0.path().join(name)).expect("there");
    let [areas, table, points, other] = ["areas.shp", "areas.dbf", "points.shp", "points.dbf"].map(part);
    let packed = zip(&[("A.shp", &areas), ("A.dbf", &table), ("a.shp", &points), ("a.dbf", &other)]);
    let names = |layer_name: &str| {
        let dataset = load_with("case.zip", &packed, &layer(layer_name)).expect("reads");
        (dataset.len(), kind(&dataset, "wide"), kind(&dataset, "n"))
    };
    assert_eq!((names("A"), names("a")), ((3, "integer", "none"), (2, "none", "integer")));
}

#[test]
fn points_are_points() {
    let dataset = load_with("shapes.zip", SHAPES, &layer("points")).expect("reads");
    assert!(dataset.outlines().is_none());
    assert_eq!(values(&dataset, "n"), ["1", "2"]);
    let at = |lon, lat| morton::key(mercator::project(lon, lat).expect("usable"));
    let mut keys = vec![at(13.4, 52.5), at(2.35, 48.85)];
    keys.sort_unstable();
    dataset.with_points(|points| assert_eq!(points.keys(), keys));
    let several = load_with("shapes.zip", SHAPES, &layer("several")).expect("reads");
    assert!(geometries(&several)[0].1.starts_with("{\"type\":\"MultiPoint\""));
}

#[test]
fn what_is_missing_is_told() {
    let folder = unpacked("areas");
    let at = |name: &str| folder.0.path().join(name);
    // Written in capitals, as old systems have it.
    fs::rename(at("areas.dbf"), at("AREAS.DBF")).expect("renamed");
    assert_eq!(values(&open(&folder, "areas.shp").expect("reads"), "id"), ["7", "5", "9"]);
    fs::remove_file(at("areas.shx")).expect("removed");
    let dataset = open(&folder, "areas.shp").expect("reads");
    assert!(says(&dataset, "there is no index (.shx)"));
    assert_eq!(values(&dataset, "id"), ["7", "5", "9"]);
    // The second row is marked as deleted, and a number is none.
    let mut table = fs::read(at("AREAS.DBF")).expect("there");
    let (start, width) = (usize::from(table[8]) + (usize::from(table[9]) << 8), usize::from(table[10]));
    table[start + width] = b'*';
    table[start + 1..start + 3].copy_from_slice(b"no");
    fs::write(at("AREAS.DBF"), &table).expect("written");
    let dataset = open(&folder, "areas.shp").expect("reads");
    assert!(says(&dataset, "1 rows are marked as deleted"), "{:?}", dataset.report().lines);
    assert!(
        says(&dataset, "column \"id\": 1 of 3 values are no integer, such as \"no"),
        "{:?}",
        dataset.report().lines
    );
    assert_eq!(values(&dataset, "name"), ["Zürich", "Łódź"]);
    fs::remove_file(at("AREAS.DBF")).expect("removed");
    let dataset = open(&folder, "areas.shp").expect("reads");
    assert!(says(&dataset, "there is no table (.dbf)") && dataset.len() == 3);
    let shapes = fs::read(at("areas.shp")).expect("there");
    fs::write(at("areas.shp"), &shapes[..shapes.len() - 1]).expect("written");
    let error = format!("{:#}", open(&folder, "areas.shp").expect_err("cut off"));
    assert!(error.contains("the .shp file is cut off: its head says 756 bytes, it has 755"), "{error}");
}
