//! Rows in a box: `--bbox`.

use super::*;
use crate::read::Area;

fn in_box(sides: &str) -> Options {
    Options { bbox: Some(sides.parse::<Area>().expect("a box")), ..Options::default() }
}

/// Longitude, latitude and number of rows.
const ROWS: [(f64, f64, i64); 6] =
    [(1.0, 2.0, 10), (170.0, 3.0, 20), (-170.0, 4.0, 30), (5.0, 5.0, 40), (5.5, 5.0, 50), (3.0, 89.0, 60)];

/// A Parquet file of them, two in a row group: positions in columns, or geometries with a column of their boxes.
fn parquet(geometries: bool) -> Vec<u8> {
    let of =
        |name: &str, of: fn(&(f64, f64, i64)) -> f64| Column::new(name.into(), ROWS.iter().map(of).collect::<Vec<_>>());
    let mut columns = vec![Column::new("n".into(), ROWS.iter().map(|row| row.2).collect::<Vec<_>>())];
    if geometries {
        let wkb =
            |&(lon, lat, _): &(f64, f64, i64)| [&[1, 1, 0, 0, 0][..], &lon.to_le_bytes(), &lat.to_le_bytes()].concat();
        let wkb: Vec<Vec<u8>> = ROWS.iter().map(wkb).collect();
        columns.push(Series::new("geometry".into(), wkb.iter().map(Vec::as_slice).collect::<Vec<&[u8]>>()).into());
        let sides = [
            ("xmin", (|row| row.0) as fn(&(f64, f64, i64)) -> f64),
            ("ymin", |row| row.1),
            ("xmax", |row| row.0),
            ("ymax", |row| row.1),
        ];
        let sides = sides.map(|(name, side)| of(name, side)).to_vec();
        columns.push(frame(sides).into_struct("bbox".into()).into_series().into());
    } else {
        columns.extend([of("lon", |row| row.0), of("lat", |row| row.1)]);
    }
    let covering = r#"{"xmin":["bbox","xmin"],"ymin":["bbox","ymin"],"xmax":["bbox","xmax"],"ymax":["bbox","ymax"]}"#;
    let geo = format!(
        r#"{{"version":"1.1.0","primary_column":"geometry","columns":{{"geometry":{{"encoding":"WKB","geometry_types":["Point"],"covering":{{"bbox":{covering}}}}}}}}}"#
    );
    let pairs = geometries.then(|| KeyValueMetadata::from_static(vec![("geo".into(), geo)]));
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_key_value_metadata(pairs).with_row_group_size(Some(2));
    writer.finish(&mut frame(columns)).expect("memory");
    bytes
}

#[test]
fn rows_in_a_box_are_read_whatever_they_come_from() {
    let lines = ROWS.map(|(lon, lat, n)| format!("{lon},{lat},{n}"));
    let csv = format!("lon,lat,n\n{}\n,,70\n", lines.join("\n"));
    for (sides, expected, left_out) in [
        ("0,0,5,5", &[10, 40][..], 0),
        ("160,0,-160,10", &[20, 30], 1),
        ("5.2,4,6,6", &[50], 2),
        // What lies beyond the edge of the map is drawn at it.
        ("0,80,10,86", &[60], 2),
        ("-180,-90,180,90", &[10, 20, 30, 40, 50, 60], 0),
        ("20,20,30,30", &[], 3),
    ] {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        let dataset = load_with("a.csv", &csv, &in_box(sides)).expect("reads");
        assert_eq!(values(&dataset, "n"), expected, "{sides}");
        assert!(says(&dataset, &format!("{} of 6 rows that were read lie outside of --bbox", 6 - expected.len())));
        for geometries in [false, true] {
            let dataset = load_with("a.parquet", parquet(geometries), &in_box(sides)).expect("reads");
            assert_eq!(values(&dataset, "n"), expected, "{sides} {geometries}");
            let told = format!("{left_out} of 3 row groups lie outside of --bbox");
            assert_eq!(says(&dataset, &told), left_out > 0, "{sides} {geometries} {:?}", dataset.report().lines);
        }
    }
    // Numbers of rows are those of the file.
    let dataset = load_with("a.csv", &csv, &in_box("5,5,6,6")).expect("reads");
    assert_eq!(dataset.with_points(|points| points.rows().to_vec()), [3, 4]);
}

#[test]
fn of_lines_and_polygons_the_box_counts() {
    let feature =
        |n: u32, geometry: &str| format!(r#"{{"type":"Feature","properties":{{"n":{n}}},"geometry":{{{geometry}}}}}"#);
    let features = [
        // A diagonal, whose box holds more than it meets.
        feature(1, r#""type":"LineString","coordinates":[[0,0],[10,10]]"#),
        feature(2, r#""type":"LineString","coordinates":[[170,0],[-170,10]]"#),
        feature(3, r#""type":"Polygon","coordinates":[[[20,20],[30,20],[30,30],[20,20]]]"#),
        feature(4, r#""type":"Point","coordinates":[9,1]"#),
    ];
    let json = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    for (sides, expected) in [
        ("8,0,9.5,2", &["1", "4"][..]),
        ("175,0,176,10", &["2"]),
        ("-176,0,-175,10", &["2"]),
        ("40,0,50,10", &[]),
        ("29,21,60,22", &["3"]),
    ] {
        let dataset = load_with("a.geojson", &json, &in_box(sides)).expect("reads");
        assert_eq!(values(&dataset, "n"), expected, "{sides}");
    }
}
