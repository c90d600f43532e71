//! `FlatGeobuf` files: points of them are rows like any other.

use super::*;

/// Written by GDAL 3.12: four points with a column of each kind, with an index, so in the order of a Hilbert curve.
const POINTS: &[u8] = include_bytes!("files/points.fgb");

#[test]
fn features_are_rows_with_their_properties() {
    let dataset = load_with("a.fgb", POINTS, &Options::default()).expect("reads");
    assert_eq!(dataset.report().id.as_deref(), Some("id"));
    assert_eq!(dataset.report().time.as_deref(), Some("moment"));
    assert_eq!(values(&dataset, "id"), ["9", "5", "7", "3"]);
    assert_eq!(values(&dataset, "wide"), ["-", "9007199254740993", "2", "-1"]);
    assert_eq!(values(&dataset, "real"), ["-2.25", "0.5", "1e300", "-"]);
    assert_eq!(values(&dataset, "name"), ["Zürich 🙂", "b", "a", "-"]);
    assert_eq!(values(&dataset, "flag"), ["true", "true", "false", "-"]);
    assert_eq!(
        values(&dataset, "moment"),
        ["-", "2024-01-30T10:20:30.25Z", "2024-02-29T00:00:00Z", "1969-12-31T23:59:59Z"]
    );
    let at = |lon, lat| morton::key(mercator::project(lon, lat).expect("usable"));
    let mut keys = vec![at(30.0, -30.0), at(10.0, 50.0), at(10.0, 50.0), at(-20.0, 40.0)];
    keys.sort_unstable();
    dataset.with_points(|points| assert_eq!(points.keys(), keys));
}

#[test]
fn a_file_is_known_by_how_it_begins() {
    let dataset = load_with("points", POINTS, &Options::default()).expect("reads");
    assert_eq!(dataset.len(), 4);
}
