//! Whole files through the door: what is found, what is kept, what is said, what is refused.

use super::*;
use duotile_core::{Scalar, Values, mercator, morton};
use flate2::{Compression, write::GzEncoder};
use polars_core::prelude::{Column, DataFrame, DataType, IntoSeries, NamedFrom, Series, TimeUnit as Unit};
use polars_io::{
    SerWriter,
    ipc::{IpcStreamWriter, IpcWriter},
    parquet::write::{KeyValueMetadata, ParquetWriter},
};
use std::{fs, io::Write};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("inside")).expect("made");
        fs::write(&path, bytes).expect("written");
        path
    }
}

fn load_with(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> Result<Dataset> {
    let folder = Folder::new();
    let path = folder.put(name, bytes);
    read(&[path], options, &())
}

fn load_csv(text: impl AsRef<[u8]>) -> Dataset {
    load_with("points.csv", text, &Options::default()).expect("reads")
}

fn error_of(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> String {
    format!("{:#}", load_with(name, bytes, options).expect_err("is refused"))
}

/// The values of a column by original row number, as text; "-" for none.
fn values(dataset: &Dataset, name: &str) -> Vec<String> {
    dataset.with_points(|points| {
        let column = points.columns().iter().find(|column| column.name == name).expect("the column");
        let mut rows: Vec<(u32, String)> = (0..points.len())
            .map(|at| {
                let text = match (column.is_valid(at), column.values) {
                    (false, _) => "-".into(),
                    (true, Values::Text(codes, words)) => words.get(codes.get(at)).to_owned(),
                    (true, values) => match values.get(at) {
                        Scalar::Integer(value) => value.to_string(),
                        Scalar::Float(value) => format!("{value:?}"),
                        Scalar::Boolean(value) => value.to_string(),
                        Scalar::Time(value) => times::print(value),
                        Scalar::Text(_) => unreachable!("done above"),
                    },
                };
                (points.rows()[at], text)
            })
            .collect();
        rows.sort();
        rows.into_iter().map(|(_, text)| text).collect()
    })
}

fn kind(dataset: &Dataset, name: &str) -> &'static str {
    dataset.columns().iter().find(|column| column.name == name).map_or("none", |column| column.kind().name())
}

fn says(dataset: &Dataset, part: &str) -> bool {
    dataset.report().lines.iter().any(|line| line.contains(part))
}

fn series(name: &str, values: &[f64]) -> Column {
    Column::new(name.into(), values)
}

fn frame(columns: Vec<Column>) -> DataFrame {
    DataFrame::new_infer_height(columns).expect("one height")
}

fn parquet(mut frame: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).with_row_group_size(Some(3)).finish(&mut frame).expect("written");
    bytes
}

fn arrow(mut frame: DataFrame, stream: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    if stream {
        IpcStreamWriter::new(&mut bytes).finish(&mut frame).expect("written");
    } else {
        IpcWriter::new(&mut bytes).finish(&mut frame).expect("written");
    }
    bytes
}

fn sample() -> DataFrame {
    frame(vec![
        Column::new("id".into(), [5i64, 3, 9, 7]),
        series("longitude", &[10.0, -20.0, 30.0, 10.0]),
        series("latitude", &[50.0, 40.0, -30.0, 50.0]),
        Column::new("name".into(), [Some("b"), None, Some("a"), Some("b")]),
        Column::new("flag".into(), [true, false, true, true]),
    ])
}

#[test]
fn every_format_gives_the_same_dataset() {
    let csv = "id,longitude,latitude,name,flag\n5,10,50,b,true\n3,-20,40,,false\n9,30,-30,a,True\n7,10,50,b,TRUE\n";
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(csv.as_bytes()).expect("compressed");
    let files = [
        ("a.csv", csv.as_bytes().to_vec()),
        ("a.csv.gz", gzip.finish().expect("compressed")),
        ("a.csv.zst", zstd::encode_all(csv.as_bytes(), 1).expect("compressed")),
        ("a.parquet", parquet(sample())),
        ("a.arrow", arrow(sample(), false)),
        ("a.feather", arrow(sample(), false)),
        ("a.arrows", arrow(sample(), true)),
    ];
    for (name, bytes) in files {
        let dataset = load_with(name, bytes, &Options::default()).expect(name);
        assert_eq!(dataset.name(), "a");
        assert_eq!(values(&dataset, "id"), ["5", "3", "9", "7"], "{name}");
        assert_eq!(values(&dataset, "name"), ["b", "-", "a", "b"], "{name}");
        assert_eq!(values(&dataset, "flag"), ["true", "false", "true", "true"], "{name}");
        assert_eq!(dataset.report().id.as_deref(), Some("id"), "{name}");
        let positions = [(10.0, 50.0), (-20.0, 40.0), (30.0, -30.0), (10.0, 50.0)];
        let mut expected: Vec<(u64, u32)> = positions
            .iter()
            .zip(0..)
            .map(|(&(lon, lat), row)| (morton::key(mercator::project(lon, lat).expect("usable")), row))
            .collect();
        expected.sort_unstable();
        dataset.with_points(|points| {
            let found: Vec<_> = points.keys().iter().copied().zip(points.rows().iter().copied()).collect();
            assert_eq!(found, expected, "{name}");
            assert_eq!(points.columns().iter().map(|column| column.name).collect::<Vec<_>>(), ["id", "name", "flag"]);
        });
    }
}

#[test]
fn the_frame_holds_the_same_values_as_the_columns() {
    let dataset = load_with("a.parquet", parquet(sample()), &Options::default()).expect("reads");
    let ids = dataset.frame().column("id").expect("there").i64().expect("integers");
    let ids: Vec<i64> = ids.iter().flatten().collect();
    dataset.with_points(|points| {
        let Values::I64(values) = points.columns()[0].values else { panic!("integers") };
        assert_eq!(values, ids);
    });
    assert_eq!(dataset.frame().column("name").expect("there").null_count(), 1);
}

#[test]
fn csv_types_are_decided_by_all_values() {
    let mut text = String::from("lon,lat,n,wide,f,zip,phone,when,mixed,flag,none,big\n");
    for row in 0..50_000u32 {
        let mixed = if row == 49_990 { "n/k".into() } else { row.to_string() };
        let line = format!(
            "{},{},{row},{},{}.5,0{},+49{row},2024-01-{:02}T10:00:00,{mixed},true,,18446744073709551615\n",
            f64::from(row % 360) - 180.0,
            f64::from(row % 170) - 85.0,
            u64::from(row) + (1 << 40),
            row,
            1000 + row % 9000,
            row % 31 + 1,
        );
        text.push_str(&line);
    }
    let dataset = load_csv(&text);
    assert_eq!(dataset.len(), 50_000);
    for (name, expected) in [
        ("n", "integer"),
        ("wide", "integer"),
        ("f", "number"),
        ("zip", "text"),
        ("phone", "text"),
        ("when", "time"),
        ("mixed", "text"),
        ("flag", "boolean"),
        ("none", "none"),
        ("big", "text"),
    ] {
        assert_eq!(kind(&dataset, name), expected, "{name}");
    }
    assert!(says(
        &dataset,
        "column \"mixed\" is text: line 49992 has \"n/k\", though 49999 of its 50000 values are numbers"
    ));
    assert!(says(&dataset, "column \"zip\" stays text, to keep digits such as \"01000\""));
    assert!(says(&dataset, "column \"none\" is left out"));
    let columns = dataset.columns();
    let width = |name: &str| columns.iter().find(|column| column.name == name).map(|column| column.values);
    assert!(matches!(width("n"), Some(Values::I32(_))) && matches!(width("wide"), Some(Values::I64(_))));
    assert_eq!(values(&dataset, "mixed")[49_989..49_992], ["49989", "n/k", "49991"]);
    assert_eq!(values(&dataset, "when")[30], "2024-01-31T10:00:00Z");
    assert_eq!(dataset.report().time.as_deref(), Some("when"));
}

#[test]
fn fields_in_quotes_may_hold_anything() {
    let dataset =
        load_csv("lon,lat,t,n\r\n1,2,\"a, \"\"b\"\"\nc\",\"7\"\r\n3,4,\"\",8\r\n5,6,,9\r\n7,8,5\" pipe,10\r\n");
    assert_eq!(values(&dataset, "t"), ["a, \"b\"\nc", "", "-", "5\" pipe"]);
    assert_eq!(values(&dataset, "n"), ["7", "8", "9", "10"]);
}

#[test]
fn broken_lines_are_counted_and_named() {
    let mut text = String::from("lon,lat,n\n1,2,3\n\n1,2,3,4\n5,6\n");
    text += &"7,8,9\n".repeat(20);
    let dataset = load_csv(&text);
    assert_eq!(dataset.len(), 22);
    assert!(says(&dataset, "1 of 23 lines have too many fields and are left out: line 4 has 4 fields, expected 3"));
    assert!(says(
        &dataset,
        "1 of 22 lines have too few fields; what they lack is taken as no value: line 5 has 2 fields"
    ));
    assert_eq!(dataset.report().bad_lines, 1);
    assert_eq!(values(&dataset, "n")[..3], ["3", "-", "9"]);
    let error = error_of("a.csv", "lon,lat\n1,2\n1,2,3\n1,2,3\n", &Options::default());
    assert!(error.contains("line 3 has 3 fields, expected 2") && error.contains("--delimiter"), "{error}");
    let error = error_of("a.csv", "lon,lat,t\n1,2,\"open\n3,4,x\n", &Options::default());
    assert!(error.contains("quote that opens in line 2"), "{error}");
}

#[test]
fn large_files_are_cut_into_pieces_at_records() {
    // Quoted line feeds and quotes around every place where a piece could begin, and one lone quote.
    let mut text = String::from("id,lon,lat,note\n");
    let mut row = 0u32;
    while text.len() < 9_500_000 {
        let note = match row % 5 {
            0 => format!("\"line one {row}\nline, \"\"two\"\"\n\""),
            1 => "\"\"".into(),
            _ => format!("plain {row}"),
        };
        let line = format!("{row},{}.25,{}.5,{note}\n", row % 180, row % 80);
        text.push_str(&line);
        row += 1;
    }
    for lone in [false, true] {
        let text = if lone { text.replace("plain 7\n", "pl\"ain 7\n") } else { text.clone() };
        let dataset = load_csv(&text);
        assert_eq!(dataset.len(), row as usize);
        let ids = values(&dataset, "id");
        assert!(ids.iter().enumerate().all(|(at, id)| *id == at.to_string()));
        let notes = values(&dataset, "note");
        assert_eq!(notes[7], if lone { "pl\"ain 7" } else { "plain 7" });
        let last = (row - 1) / 5 * 5;
        assert_eq!(notes[last as usize], format!("line one {last}\nline, \"two\"\n"));
    }
}

#[test]
fn delimiters_commas_and_encodings_are_found_and_told() {
    let text = "Stadt;Länge;Breite;lon;lat\nMünchen;1;2;11,5;48,1\nKöln;3;4;6,9;50,9\n";
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bom = ["\u{feff}", text].concat();
    for (bytes, encoding) in
        [(text.as_bytes(), None), (&windows, Some("windows-1252")), (&utf16, Some("UTF-16LE")), (bom.as_bytes(), None)]
    {
        let dataset = load_csv(bytes);
        assert_eq!(values(&dataset, "Stadt"), ["München", "Köln"]);
        let key = morton::key(mercator::project(11.5, 48.1).expect("usable"));
        assert!(dataset.keys().contains(&key));
        assert!(says(&dataset, "CSV delimiter: ';', decimal comma"));
        assert_eq!(dataset.report().lines.iter().any(|line| line.starts_with("encoding")), encoding.is_some());
        assert!(encoding.is_none_or(|encoding| says(&dataset, encoding)));
    }
    let options = Options {
        csv: CsvOptions { delimiter: Some(b'!'), decimal_comma: Some(true), encoding: Some("latin1".into()) },
        ..Options::default()
    };
    let dataset = load_with("a.txt", b"lon!lat!n\xe9\n1,5!2!a\xe9\n", &options).expect("reads");
    assert_eq!(values(&dataset, "né"), ["aé"]);
    let options = Options { csv: CsvOptions { encoding: Some("utf-99".into()), ..CsvOptions::default() }, ..options };
    assert!(error_of("a.csv", "lon,lat\n1,2\n", &options).contains("--encoding utf-99 is not known"));
}

#[test]
fn words_for_nothing_are_nothing_among_numbers_and_words_among_words() {
    let dataset = load_csv("lon,lat,n,t,f\n1,2,NA,NA,1.5\n1,2,5,x,NaN\n1,2,null,-, 2.5 \n1,2,-3,,inf\n");
    assert_eq!(values(&dataset, "n"), ["-", "5", "-", "-3"]);
    assert_eq!(values(&dataset, "t"), ["NA", "x", "-", "-"]);
    assert_eq!(values(&dataset, "f"), ["1.5", "-", "2.5", "-"]);
    assert!(says(&dataset, "column \"n\": 2 fields such as NA"));
    assert!(says(&dataset, "column \"f\": 2 values are NaN or infinite"));
    assert_eq!(dataset.report().non_finite, 2);
}

#[test]
fn minus_zero_becomes_zero() {
    let columns = vec![series("lon", &[1.0, 2.0]), series("lat", &[1.0, 2.0]), series("v", &[-0.0, f64::NEG_INFINITY])];
    let dataset = load_with("a.parquet", parquet(frame(columns)), &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "v"), ["0.0", "-"]);
}

#[test]
fn rows_without_a_position_are_counted_and_told_with_what_would_help() {
    let mut text = String::from("id,lat,lon\n1,,5\n2,91,5\n3,0,0\n");
    text += &"4,50,10\n".repeat(97);
    let dataset = load_csv(&text);
    assert_eq!((dataset.len(), dataset.report().unusable, dataset.report().rows_read), (98, 2, 100));
    assert!(says(&dataset, "2 of 100 rows have no usable position and are left out: 1 have none, 1 are out of range"));
    assert!(says(&dataset, "1 rows lie exactly at 0, 0"));
    assert_eq!(values(&dataset, "id")[0], "3");
    let texts = error_of("a.csv", "lat,lon\nnorth,5\n", &Options::default());
    assert!(texts.contains("lat holds texts such as \"north\""), "{texts}");
    let swapped = error_of("a.csv", "lat,lon\n151.2,-33.9\n150.9,-34.0\n", &Options::default());
    assert!(swapped.contains("none of the 2 rows") && swapped.contains("swapped"), "{swapped}");
    let metres = "x,y\n1113194.9,6446275.8\n1113195.0,6446276.0\n";
    assert!(error_of("a.csv", metres, &Options::default()).contains("--crs 3857"));
    let options = Options { crs: Some(Crs::Metres), ..Options::default() };
    let dataset = load_with("a.csv", metres, &options).expect("reads");
    let bounds = dataset.bounds().expect("rows");
    assert!((bounds[0] - 10.0).abs() < 1e-5 && (bounds[1] - 50.0).abs() < 1e-5, "{bounds:?}");
    let degrees = load_with("a.csv", "x,y\n10,50\n", &options).expect("reads");
    assert!(says(&degrees, "they look like degrees"));
}

#[test]
fn times_are_found_in_every_form() {
    let stamps = Series::new("t".into(), [1_700_000_000_123i64]);
    let zoned = stamps.cast(&DataType::Datetime(Unit::Milliseconds, None)).expect("cast");
    let days = Series::new("d".into(), [19_723i32]).cast(&DataType::Date).expect("cast");
    let nanos = Series::new("n".into(), [1_700_000_000_000_000_999i64]);
    let nanos = nanos.cast(&DataType::Datetime(Unit::Nanoseconds, None)).expect("cast");
    let clock = Series::new("clock".into(), [45_296_500_000_000i64]).cast(&DataType::Time).expect("cast");
    let span = Series::new("span".into(), [5_000i64]).cast(&DataType::Duration(Unit::Milliseconds)).expect("cast");
    let columns = vec![
        zoned.into(),
        days.into(),
        nanos.into(),
        clock.into(),
        span.into(),
        series("lon", &[1.0]),
        series("lat", &[1.0]),
    ];
    let bytes = parquet(frame(columns));
    let dataset = load_with("a.parquet", &bytes, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "t"), ["2023-11-14T22:13:20.123Z"]);
    assert_eq!(values(&dataset, "d"), ["2024-01-01T00:00:00Z"]);
    assert_eq!(values(&dataset, "n"), ["2023-11-14T22:13:20Z"]);
    assert_eq!(values(&dataset, "clock"), ["12:34:56.5"]);
    assert_eq!(values(&dataset, "span"), ["5000"]);
    assert!(says(&dataset, "time is column \"t\"; d, n could be too") && says(&dataset, "kept to the microsecond"));
    let options = Options { timezone: Some("Europe/Oslo".into()), time: Some("d".into()), ..Options::default() };
    let dataset = load_with("a.parquet", &bytes, &options).expect("reads");
    assert_eq!(values(&dataset, "t"), ["2023-11-14T21:13:20.123Z"]);
    assert_eq!(dataset.report().time.as_deref(), Some("d"));
    let options = Options { timezone: Some("Oslo".into()), ..Options::default() };
    assert!(error_of("a.parquet", &bytes, &options).contains("--timezone \"Oslo\""));
}

#[test]
fn integers_are_times_where_name_and_range_say_so() {
    for (value, text) in [
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("1700000000123", "2023-11-14T22:13:20.123Z"),
        ("1700000000123456", "2023-11-14T22:13:20.123456Z"),
    ] {
        let dataset = load_csv(format!("lon,lat,created_at\n1,2,{value}\n3,4,\n"));
        assert_eq!(values(&dataset, "created_at"), [text, "-"]);
        assert!(says(&dataset, "column \"created_at\" is the time"));
    }
    assert_eq!(load_csv("lon,lat,date\n1,2,20240131\n").report().time, None);
    assert_eq!(load_csv("lon,lat,count\n1,2,1700000000\n").report().time, None);
    let options = Options { time: Some("n".into()), time_unit: Some(TimeUnit::Seconds), ..Options::default() };
    let dataset = load_with("a.csv", "lon,lat,n\n1,2,60\n", &options).expect("reads");
    assert_eq!(values(&dataset, "n"), ["1970-01-01T00:01:00Z"]);
    let options = Options { time_unit: None, ..options };
    assert!(error_of("a.csv", "lon,lat,n\n1,2,60\n", &options).contains("--time-unit"));
    assert!(error_of("a.csv", "lon,lat,n\n1,2,soon\n", &options).contains("\"soon\""));
    assert!(error_of("a.csv", "lon,lat,m\n1,2,60\n", &options).contains("no column \"n\""));
    assert!(error_of("a.csv", "lon,lat,n\n1,2,true\n", &options).contains("is boolean"));
}

#[test]
fn ids_are_unique_integers_or_row_numbers() {
    let id = |text: &str| load_csv(text).report().id.clone();
    assert_eq!(id("lon,lat,trip_id,id\n1,2,5,1\n3,4,6,2\n").as_deref(), Some("id"));
    assert_eq!(id("lon,lat,trip_id\n1,2,5\n3,4,6\n").as_deref(), Some("trip_id"));
    for (values, reason) in [
        ("5\n3,4,5", "has the value 5 more than once"),
        ("5\n3,4,", "has no value in row 1"),
        ("-5\n3,4,5", "has the value -5, outside"),
        ("a\n3,4,b", "is text, not integer"),
        ("9007199254740992\n3,4,5", "outside 0…2⁵³−1"),
    ] {
        let dataset = load_csv(format!("lon,lat,id\n1,2,{values}\n"));
        assert_eq!(dataset.report().id, None);
        assert!(says(&dataset, "ids are row numbers") && says(&dataset, reason), "{:?}", dataset.report().lines);
    }
    let options = Options { id: Some("n".into()), ..Options::default() };
    assert!(
        error_of("a.csv", "lon,lat,n\n1,2,5\n3,4,5\n", &options).contains("--id n: the column has the value 5 more")
    );
    // A row without a position does not spoil the ids.
    assert_eq!(id("lon,lat,id\n1,2,5\n,,5\n").as_deref(), Some("id"));
}

#[test]
fn what_tiles_cannot_carry_is_cast_or_left_out_with_a_line() {
    let list = Series::new("tags".into(), [Series::new("".into(), ["a", "b"]), Series::new("".into(), ["c"])]);
    let binary = Series::new("blob".into(), [b"x".as_slice(), b"y".as_slice()]);
    let big = Series::new("big".into(), [u64::MAX, 5]);
    let fits = Series::new("fits".into(), [7u64, 5]);
    let decimal = series("price", &[1.25, 2.5]).cast(&DataType::Decimal(10, 2)).expect("cast");
    let small = Series::new("small".into(), [200u8, 5]);
    let columns = vec![
        list.into(),
        binary.into(),
        big.into(),
        fits.into(),
        decimal,
        small.into(),
        series("lon", &[1.0, 2.0]),
        series("lat", &[1.0, 2.0]),
    ];
    for (name, bytes) in [("a.parquet", parquet(frame(columns.clone()))), ("a.arrow", arrow(frame(columns), false))] {
        let dataset = load_with(name, bytes, &Options::default()).expect(name);
        assert_eq!(values(&dataset, "big"), ["18446744073709551615", "5"]);
        assert_eq!((kind(&dataset, "fits"), kind(&dataset, "small")), ("integer", "integer"));
        assert_eq!(values(&dataset, "price"), ["1.25", "2.5"]);
        let dropped: Vec<&str> = dataset.report().dropped.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(dropped, ["tags", "blob"]);
        assert!(says(&dataset, "column \"tags\" is left out: list of str is nested"));
        assert!(says(&dataset, "column \"price\" (decimal(10, 2)) becomes a 64-bit float"));
        assert!(says(&dataset, "column \"big\" becomes text"));
    }
}

#[test]
fn geometries_give_positions() {
    let wkb = |x: f64, y: f64| [&[1, 1, 0, 0, 0][..], &x.to_le_bytes(), &y.to_le_bytes()].concat();
    let line = [&[1u8, 2, 0, 0, 0][..], &[0; 4]].concat();
    let points = [Some(wkb(10.0, 50.0)), None, Some(line), Some(wkb(-20.0, 40.0))];
    let points = Series::new("geometry".into(), points.iter().map(Option::as_deref).collect::<Vec<Option<&[u8]>>>());
    let columns = vec![points.into(), Column::new("n".into(), [1i64, 2, 3, 4])];
    let dataset = load_with("a.parquet", parquet(frame(columns)), &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "n"), ["1", "4"]);
    assert!(says(&dataset, "1 have none, 1 are no points"), "{:?}", dataset.report().lines);
    let dataset = load_csv("the_geom,n\nPOINT (10 50),1\n\"POINT (-20 40)\",2\n");
    assert_eq!(values(&dataset, "n"), ["1", "2"]);
    assert!(dataset.keys().contains(&morton::key(mercator::project(-20.0, 40.0).expect("usable"))));
}

#[test]
fn geoparquet_says_where_its_points_are() {
    let wkb = |x: f64, y: f64| [&[1, 1, 0, 0, 0][..], &x.to_le_bytes(), &y.to_le_bytes()].concat();
    let points = [wkb(1_113_194.907_932_735_7, 0.0), wkb(0.0, 0.0)];
    let points = Series::new("here".into(), points.iter().map(Vec::as_slice).collect::<Vec<&[u8]>>());
    let xy = frame(vec![series("x", &[10.0, 0.0]), series("y", &[0.0, 0.0])]).into_struct("there".into()).into_series();
    let mut frame = frame(vec![points.into(), xy.into(), Column::new("n".into(), [1i64, 2])]);
    let mut load = |column: &str, about: &str| {
        let geo = format!(r#"{{"version":"1.1.0","primary_column":"{column}","columns":{{"{column}":{about}}}}}"#);
        let mut bytes = Vec::new();
        let metadata = KeyValueMetadata::from_static(vec![("geo".into(), geo)]);
        let writer = ParquetWriter::new(&mut bytes).with_key_value_metadata(Some(metadata));
        writer.finish(&mut frame).expect("written");
        load_with("a.parquet", bytes, &Options::default())
    };
    let ten = morton::key(mercator::project(10.0, 0.0).expect("usable"));
    let metres = r#"{"encoding":"WKB","geometry_types":["Point"],"crs":{"id":{"authority":"EPSG","code":3857}}}"#;
    let dataset = load("here", metres).expect("reads");
    assert!(dataset.keys().iter().any(|key| key.abs_diff(ten) < 64), "{:?}", dataset.keys());
    assert_eq!(dataset.report().position.0, "here");
    let dataset = load("there", r#"{"encoding":"point","geometry_types":[]}"#).expect("reads");
    assert!(dataset.keys().contains(&ten));
    assert_eq!(dataset.columns().iter().map(|column| column.name).collect::<Vec<_>>(), ["n"]);
    let lines = format!("{:#}", load("here", r#"{"geometry_types":["LineString"]}"#).expect_err("no points"));
    assert!(lines.contains("holds LineString; only points are read"), "{lines}");
    let utm = r#"{"crs":{"name":"UTM 33N","id":{"authority":"EPSG","code":32633}}}"#;
    let utm = format!("{:#}", load("here", utm).expect_err("unknown"));
    assert!(utm.contains("UTM 33N (EPSG:32633), expected OGC:CRS84"), "{utm}");
}

#[test]
fn texts_come_back_as_they_were_written() {
    const LETTERS: [&str; 12] = ["a", "b", ",", "\"", "\n", "\r\n", "0", ".", " ", "é", ";", "''"];
    let mut step = 7u64;
    let mut roll = |sides: usize| {
        step = step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (step >> 33) as usize % sides
    };
    for round in 0..60 {
        let rows: Vec<Vec<String>> = (0..40)
            .map(|_| (0..3).map(|_| (0..roll(6)).map(|_| LETTERS[roll(LETTERS.len())]).collect()).collect())
            .collect();
        // So that all three are text whatever the dice say.
        let mut text = String::from("lon,lat,p,q,r\n1,2,x,x,x\n");
        let mut expected = vec![vec!["x".to_owned()]; 3];
        for (row, fields) in rows.iter().enumerate() {
            text.push_str(&[row.to_string(), (row % 80).to_string()].join(","));
            for (field, column) in fields.iter().zip(&mut expected) {
                let quoted = field.contains([',', '"', '\n', '\r']) || roll(2) == 0;
                let empty = field.is_empty() && !quoted;
                column.push(if empty { "-".into() } else { field.clone() });
                let field = if quoted { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() };
                text.push(',');
                text.push_str(&field);
            }
            text.push_str(if round % 2 == 0 { "\n" } else { "\r\n" });
        }
        let dataset = load_csv(&text);
        for (name, expected) in ["p", "q", "r"].into_iter().zip(expected) {
            assert_eq!(values(&dataset, name), expected, "{text}");
        }
    }
}

#[test]
fn folders_are_one_dataset_with_their_partitions() {
    let folder = Folder::new();
    folder.put("trips/year=2023/a.csv", "lon,lat,n\n1,2,1\n");
    folder.put("trips/year=2024/b.csv", "lon,lat,n,extra\n3,4,2.5,x\n5,6,3,y\n");
    folder.put("trips/year=__HIVE_DEFAULT_PARTITION__/c.csv", "lon,lat,n\n1,2,7\n");
    let dataset = read(&[folder.0.path().join("trips")], &Options::default(), &()).expect("reads");
    assert_eq!(dataset.name(), "trips");
    assert_eq!(values(&dataset, "n"), ["1.0", "2.5", "3.0", "7.0"]);
    assert_eq!(values(&dataset, "year"), ["2023", "2024", "2024", "-"]);
    assert_eq!(kind(&dataset, "year"), "integer");
    assert_eq!(values(&dataset, "extra"), ["-", "x", "y", "-"]);
    assert!(says(&dataset, "column \"extra\" is not in"));
    let globbed = read(&[folder.0.path().join("trips/*/*.csv")], &Options::default(), &()).expect("reads");
    assert_eq!((globbed.len(), globbed.name()), (4, "trips"));
    folder.put("mixed/a.csv", "lon,lat,n\n1,2,007\n");
    folder.put("mixed/b.csv", "lon,lat,n\n1,2,1.50\n");
    let mixed = read(&[folder.0.path().join("mixed")], &Options::default(), &()).expect("reads");
    assert_eq!(values(&mixed, "n"), ["007", "1.50"]);
}

#[test]
fn columns_can_be_hidden_or_chosen() {
    let text = "lon,lat,a,b,c\n1,2,3,4,5\n";
    let names = |options: &Options| {
        let dataset = load_with("a.csv", text, options).expect("reads");
        dataset.columns().iter().map(|column| column.name.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&Options { hide: vec!["b".into()], ..Options::default() }), ["a", "c"]);
    assert_eq!(names(&Options { keep: vec!["c".into()], id: Some("a".into()), ..Options::default() }), ["a", "c"]);
    let options = Options { hide: vec!["bb".into()], ..Options::default() };
    assert!(error_of("a.csv", text, &options).contains("--hide: there is no column \"bb\""));
}

#[test]
fn damaged_files_are_refused_with_one_line() {
    let good = parquet(sample());
    let none = Options::default();
    for (name, bytes, expected) in [
        ("a.csv", Vec::new(), "is empty"),
        ("a.csv", b"\n \n".to_vec(), "holds no lines"),
        ("a.csv", b"1.5,2.5\n3,4\n".to_vec(), "add a line with names"),
        ("a.csv", b"a,b\n3,4\n".to_vec(), "found no longitude and latitude"),
        ("a.csv", b"a,b\n3,\0\0\n".to_vec(), "no text"),
        ("a.csv.gz", vec![0x1f, 0x8b, 8, 0, 1, 2, 3], "damaged or cut off"),
        ("a.parquet", good[..good.len() / 2].to_vec(), "cut off"),
        ("a.parquet", b"PAR1PAR1PAR1".to_vec(), "footer"),
        ("a.parquet", b"lon,lat\n1,2\n".to_vec(), "does not begin with PAR1"),
        ("a.arrow", b"ARROW1\0\0abc".to_vec(), "Arrow"),
        ("a.feather", b"FEA1abcdefgh".to_vec(), "Feather version 1"),
        ("a.geojson", b"{}".to_vec(), "no format that is read"),
    ] {
        let error = error_of(name, &bytes, &none);
        assert!(error.contains(expected) && !error.contains('\n'), "{name}: {error}");
    }
    for (lon, lat) in [("name", "latitude"), ("flag", "latitude")] {
        let options = Options { lon: Some(lon.into()), lat: Some(lat.into()), ..Options::default() };
        assert!(load_with("a.parquet", &good, &options).is_err(), "{lon}");
    }
}

#[test]
fn bytes_changed_anywhere_are_an_error_or_data_but_never_a_panic() {
    let mut step = 1u64;
    for good in [parquet(sample()), arrow(sample(), false), arrow(sample(), true)] {
        let name = if good.starts_with(b"PAR1") { "a.parquet" } else { "a.arrow" };
        for _ in 0..150 {
            step = step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut bad = good.clone();
            let at = (step >> 33) as usize % bad.len();
            bad[at] ^= 1 << (step >> 20 & 7);
            let _ = load_with(name, &bad, &Options::default());
            let _ = load_with(name, &good[..at], &Options::default());
        }
    }
}

#[test]
fn no_rows_are_a_dataset_too() {
    let dataset = load_csv("lon,lat,n\n");
    assert!(dataset.is_empty() && dataset.bounds().is_none() && says(&dataset, "the data has no rows"));
    let empty = load_with("a.parquet", parquet(sample().slice(0, 0)), &Options::default()).expect("reads");
    assert_eq!((empty.len(), empty.columns().len()), (0, 3));
}

#[test]
fn the_version_changes_with_content_and_options() {
    let folder = Folder::new();
    let path = folder.put("a.csv", "lon,lat\n1,2\n");
    let version =
        |options: &Options| read(std::slice::from_ref(&path), options, &()).expect("reads").version().to_owned();
    let first = version(&Options::default());
    assert_eq!(first, version(&Options::default()));
    assert_ne!(first, version(&Options { attribution: Some("me".into()), ..Options::default() }));
    folder.put("a.csv", "lon,lat\n1,2\n3,4\n");
    assert_ne!(first, version(&Options::default()));
}

#[test]
fn the_built_in_places_are_what_they_were() {
    let dataset = builtin(&()).expect("reads");
    assert_eq!(dataset.len(), 234_908);
    assert_eq!((dataset.name(), dataset.attribution()), ("places", Some("GeoNames (CC BY 4.0)")));
    assert_eq!(dataset.report().id.as_deref(), Some("geonameid"));
    assert_eq!(dataset.report().unusable, 0);
    dataset.with_points(|points| {
        let column = |name: &str| points.columns().iter().find(|column| column.name == name).expect("there").values;
        let Values::Text(names, words) = column("name") else { panic!("text") };
        let Values::I64(population) = column("population") else { panic!("integers") };
        let largest = (0..points.len()).max_by_key(|&row| population[row]).expect("rows");
        assert_eq!(words.get(names.get(largest)), "Shanghai");
        let (lon, lat) = mercator::unproject(morton::position(points.keys()[largest]));
        assert!((lon - 121.46).abs() < 0.1 && (lat - 31.22).abs() < 0.1, "{lon} {lat}");
    });
}
