//! Parquet: types that Polars does not know, structs, names that are the same, floats of 16 bits, declared coordinates.
//!
//! The files are small ones that other programs wrote, whole and by their bytes.

use super::*;
use polars_core::prelude::Categories;

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/points/read/tests/files/");

fn load_file(name: &str, options: &Options) -> Result<Dataset> {
    read(&[PathBuf::from(format!("{FILES}{name}"))], options, &())
}

#[track_caller]
fn near(dataset: &Dataset, expected: [f64; 4]) {
    let bounds = dataset.bounds().expect("rows");
    assert!(
        bounds.iter().zip(expected).all(|(here, there)| (here - there).abs() < 1e-6),
        "{bounds:?}, expected {expected:?}"
    );
}

#[test]
fn geometries_of_parquets_own_type_are_read_with_their_coordinates() {
    let dataset = load_file("geometry.parquet", &Options::default()).expect("reads");
    // Among points a line from 0, 0 to 1, 1.
    near(&dataset, [0.0, 0.0, 9.0, 51.0]);
    assert_eq!(dataset.outlines().expect("a line").kinds(), ["Point", "LineString"]);
    assert_eq!(dataset.report().position.0, "geom");
    let dataset = load_file("geometry-25832.parquet", &Options::default()).expect("reads");
    near(&dataset, [8.273_173_223, 49.929_095_743, 8.273_173_223, 49.929_095_743]);
    assert!(says(&dataset, "positions are given in EPSG:25832"));
}

#[test]
fn what_is_not_known_is_left_out_by_name_and_the_rest_is_read() {
    let dataset = load_file("variant.parquet", &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "id"), ["1", "2"]);
    assert!(says(&dataset, "column \"v\" is left out: it is VARIANT"), "{:?}", dataset.report().lines);
}

#[test]
fn columns_of_one_name_and_floats_of_16_bits_and_seconds_of_a_day_are_read() {
    let dataset = load_file("twice.parquet", &Options::default()).expect("reads");
    assert_eq!(
        (values(&dataset, "v"), values(&dataset, "v_2")),
        (vec!["1".into(), "2".into()], vec!["3".into(), "4".into()])
    );
    assert!(says(&dataset, "two columns are called \"v\""));
    let dataset = load_file("types.parquet", &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "half"), ["0.5", "-", "-2.0"]);
    assert_eq!(values(&dataset, "tod"), ["07:08:09", "-", "23:59:59"]);
    assert_eq!(values(&dataset, "names.primary"), ["a", "-", "c"]);
    assert_eq!(values(&dataset, "names.deep.n"), ["1", "-", "3"]);
    assert_eq!(values(&dataset, "ts"), ["2024-01-01T00:00:00Z", "-", "2024-01-03T00:00:00Z"]);
}

#[test]
fn uuids_and_json_are_texts() {
    // Written by pyarrow, with Arrow's schema beside that of Parquet and without a UUID in a row; and by DuckDB.
    let uuids = ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "-", "00000000-0000-0000-0000-000000000001"];
    for name in ["uuid.parquet", "uuid.arrow"] {
        let dataset = load_file(name, &Options::default()).expect(name);
        assert_eq!(values(&dataset, "u"), uuids, "{name}");
        assert_eq!(values(&dataset, "j"), ["{\"a\":1}", "-", "[]"], "{name}");
    }
    let dataset = load_file("uuid-json.parquet", &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "u"), uuids[..1]);
    assert_eq!(values(&dataset, "j"), ["{\"b\": 2}"]);
    assert!(says(&dataset, "column \"l\" is left out"), "{:?}", dataset.report().lines);
}

#[test]
fn structs_are_their_leaves_in_arrow_too() {
    let names = frame(vec![Column::new("primary".into(), ["a", "b"]), series("size", &[1.0, 2.5])]);
    let names = names.into_struct("names".into()).into_series();
    let columns = vec![
        names.into(),
        Column::new("names.size".into(), [7i64, 8]),
        series("lon", &[1.0, 2.0]),
        series("lat", &[1.0, 2.0]),
    ];
    for (name, bytes) in [("a.arrow", arrow(frame(columns.clone()), false)), ("a.parquet", parquet(frame(columns)))] {
        let dataset = load_with(name, bytes, &Options::default()).expect(name);
        assert_eq!(values(&dataset, "names.primary"), ["a", "b"]);
        assert_eq!(values(&dataset, "names.size"), ["7", "8"]);
        assert_eq!(values(&dataset, "names.size_2"), ["1.0", "2.5"]);
    }
}

#[test]
fn a_type_can_be_said_and_dates_in_texts_have_a_form() {
    let columns = vec![
        Column::new("d".into(), ["05/03/2024", "06/03/2024"]),
        series("lon", &[1.0, 2.0]),
        series("lat", &[1.0, 2.0]),
    ];
    let csv = CsvOptions { dates: Some(Order::DayFirst), ..CsvOptions::default() };
    let options = Options { types: vec![("d".into(), Type::Time)], csv, ..Options::default() };
    let dataset = load_with("a.parquet", parquet(frame(columns)), &options).expect("reads");
    assert_eq!(values(&dataset, "d"), ["2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z"]);
}

#[test]
fn files_of_the_formats_own_tests_are_read_or_say_why_not() {
    // Points, one of them empty and one missing.
    let dataset = load_file("data-point-encoding_wkb.parquet", &Options::default()).expect("reads");
    near(&dataset, [30.0, 10.0, 40.0, 40.0]);
    assert_eq!(values(&dataset, "col"), ["0", "3"]);
    let dataset = load_file("data-multipoint-encoding_wkb.parquet", &Options::default()).expect("reads");
    near(&dataset, [10.0, 10.0, 40.0, 40.0]);
    let dataset = load_file("geospatial-with-nan.parquet", &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "wkt"), ["POINT ZM (10 20 30 40)", "POINT ZM (50 60 70 80)"]);
    let dataset = load_file("data-linestring-encoding_wkb.parquet", &Options::default()).expect("reads");
    near(&dataset, [10.0, 10.0, 40.0, 40.0]);
    assert_eq!(dataset.outlines().expect("lines").kinds(), ["LineString"]);
}

#[test]
fn a_column_that_cannot_be_read_does_not_take_the_others_with_it() {
    let with = |x: &str, y: &str| Options { lon: Some(x.into()), lat: Some(y.into()), ..Options::default() };
    // An order of rows that is half said; values by pyarrow.
    let dataset = load_file("dict-page-offset-zero.parquet", &with("l_partkey", "l_partkey"))
        .map_err(|error| format!("{error:#}"));
    let error = dataset.expect_err("no degrees");
    assert!(error.contains("none of the 39 rows has a usable position"), "{error}");
    let options = with("float16_plain", "double_plain");
    let dataset = load_file("byte_stream_split_extended.gzip.parquet", &options).expect("reads");
    assert_eq!(dataset.len(), 200);
    assert_eq!(values(&dataset, "int32_byte_stream_split")[..2], ["24191", "41157"]);
    assert_eq!(values(&dataset, "decimal_plain")[..2], ["1003.858", "968.825"]);
    assert!(says(&dataset, "column \"decimal_byte_stream_split\" is left out: it is of bytes of one length"));
    let options = with("float_field", "double_field");
    let error = load_file("encrypt_columns_plaintext_footer.parquet", &options).map_err(|error| format!("{error:#}"));
    let error = error.expect_err("both are encrypted");
    assert!(error.contains("float_field") && error.contains("encrypted"), "{error}");
    let options = with("long_col", "long_col");
    let error = load_file("concatenated_gzip_members.parquet", &options).map_err(|error| format!("{error:#}"));
    assert!(error.expect_err("several members").contains("several members of gzip, which is not read here"));
    assert!(error_of("a.parquet", b"PARE0123456789PARE", &Options::default()).contains("is encrypted"));
}

#[test]
fn rows_that_a_file_cannot_hold_are_not_made_room_for() {
    let mut bytes = parquet(frame(vec![series("lon", &[1.0, 2.0, 3.0]), series("lat", &[4.0, 5.0, 6.0])]));
    let length = bytes.len() - 8;
    let footer = length - u32::from_le_bytes(*bytes[length..].first_chunk().expect("four")) as usize;
    // Three rows in the protocol of the footer, made four thousand million wherever they stand.
    let (three, many) = ([0x16u8, 6], [&[0x16u8][..], &[0x80, 0xa0, 0xd9, 0xe6, 0x1d]].concat());
    let mut anew = Vec::new();
    let mut at = footer;
    while at < length {
        if bytes[at..].starts_with(&three) {
            anew.extend_from_slice(&many);
            at += 2;
        } else {
            anew.push(bytes[at]);
            at += 1;
        }
    }
    bytes.truncate(footer);
    bytes.extend_from_slice(&anew);
    bytes.extend_from_slice(&(anew.len() as u32).to_le_bytes());
    bytes.extend_from_slice(b"PAR1");
    let error = error_of("a.parquet", bytes, &Options::default());
    assert!(error.contains("rows, which") && error.contains("bytes cannot hold"), "{error}");
    assert!(error_of("a.parquet", "PAR1PAR1", &Options::default()).contains("is cut off"));
}

#[test]
fn decimals_keep_their_digits_or_it_is_told() {
    let dataset = load_file("decimal-38.parquet", &Options::default()).expect("reads");
    assert!(values(&dataset, "id").contains(&"9007199254740995".to_owned()));
    assert_eq!((kind(&dataset, "id"), kind(&dataset, "n")), ("integer", "integer"));
    let dataset = load_file("decimal-256.parquet", &Options::default()).expect("reads");
    assert_eq!(dataset.len(), 4);
    assert!(says(&dataset, "column \"v\" is left out: it is a decimal of 50 digits, expected 38 at most"));
}

#[test]
fn times_in_zones_of_half_hours_and_infinite_ones_are_what_they_say() {
    for name in ["half-hours.parquet", "half-hours.feather"] {
        let dataset = load_file(name, &Options::default()).expect("reads");
        assert_eq!(values(&dataset, "when"), ["2023-12-31T18:30:00Z", "2024-01-01T18:30:00Z"], "{name}");
        assert!(
            says(&dataset, "column \"when\": days and hours go by UTC, not by +05:30, which the file names"),
            "{name}"
        );
    }
    // In a struct beside a text.
    for name in ["half-hours-within.parquet", "half-hours-within.feather"] {
        let dataset = load_file(name, &Options::default()).expect("reads");
        assert_eq!(values(&dataset, "seen.when"), ["2023-12-31T18:30:00Z", "2024-01-01T18:30:00Z"], "{name}");
        assert_eq!(values(&dataset, "seen.by"), ["a", "b"], "{name}");
    }
    let dataset = load_file("infinite.parquet", &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "tz"), ["-"]);
    assert!(says(
        &dataset,
        "column \"tz\": 1 times are infinite, or the first or last that 64 bits hold, and become no value"
    ));
}

/// Categories are numbers of texts, and long texts are views of one copy: both are read as what they are, also beside none and cut into
/// groups of rows.
#[test]
fn texts_that_come_often_are_the_same_as_numbers_as_views_and_one_by_one() {
    let texts: Vec<Option<String>> = (0..2000u32)
        .map(|row| (row % 11 > 0).then(|| format!("{}{}", "long ".repeat((row % 40) as usize), row % 7)))
        .collect();
    let texts = Column::new("text".into(), texts);
    let category = texts.cast(&DataType::from_categories(Categories::global())).expect("categories");
    let ten: Vec<Option<String>> = (0..2000u32).map(|row| Some(format!("{}", row % 10))).collect();
    let ten = Column::new("ten".into(), ten).cast(&DataType::from_categories(Categories::global())).expect("numbers");
    let degrees: Vec<f64> = (0..2000).map(|row| f64::from(row) / 100.0).collect();
    let table =
        vec![series("lon", &degrees), series("lat", &degrees), texts, category.with_name("category".into()), ten];
    let expected: Vec<String> = (0..2000u32)
        .map(
            |row| if row % 11 > 0 { format!("{}{}", "long ".repeat((row % 40) as usize), row % 7) } else { "-".into() },
        )
        .collect();
    let options = Options { types: vec![("ten".into(), Type::Integer)], ..Options::default() };
    let mut grouped = Vec::new();
    let writer = ParquetWriter::new(&mut grouped).with_row_group_size(Some(300));
    writer.finish(&mut frame(table.clone())).expect("written");
    for (name, bytes) in [("a.parquet", grouped), ("a.arrow", arrow(frame(table), false))] {
        let dataset = load_with(name, bytes, &options).expect("reads");
        for column in ["text", "category"] {
            assert!(values(&dataset, column) == expected, "{name}: {column}");
        }
        assert!(values(&dataset, "ten").iter().enumerate().all(|(row, ten)| *ten == (row % 10).to_string()));
    }
}
