//! Which columns are position, time and id, in every form they come in.

use super::*;

#[test]
fn rows_without_a_position_are_counted_and_told_with_what_would_help() {
    let mut text = String::from("id,lat,lon\n1,,5\n2,91,5\n3,0,0\n");
    text += &"4,50,10\n".repeat(97);
    let dataset = load_csv(&text);
    assert_eq!((dataset.len(), dataset.report().unusable, dataset.report().rows_read), (98, 2, 100));
    assert!(says(&dataset, "2 of 100 rows have no usable position and are left out: 1 have none, 1 are out of range"));
    assert!(says(&dataset, "1 row lies exactly at 0, 0"));
    assert_eq!(values(&dataset, "id")[0], "3");
    let texts = error_of("a.csv", "lat,lon\nnorth,5\n", &Options::default());
    assert!(texts.contains("lat holds texts such as \"north\""), "{texts}");
    let swapped = error_of("a.csv", "lat,lon\n151.2,-33.9\n150.9,-34.0\n", &Options::default());
    assert!(swapped.contains("none of the 2 rows") && swapped.contains("swapped"), "{swapped}");
    let metres = "x,y\n1113194.9,6446275.8\n1113195.0,6446276.0\n";
    assert!(error_of("a.csv", metres, &Options::default()).contains("say its EPSG number"));
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
        ("1700000000.123456", "2023-11-14T22:13:20.123456Z"),
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
fn integers_that_shall_be_times_are_in_every_format() {
    let said = |unit| Options { types: vec![("n".into(), Type::Time)], time_unit: unit, ..Options::default() };
    let table = |values: Column| parquet(frame(vec![series("lon", &[1.0, 3.0]), series("lat", &[2.0, 4.0]), values]));
    let seconds = ["2023-11-14T22:13:20Z", "-"];
    for (name, bytes, expected) in [
        ("a.csv", b"lon,lat,n\n1,2,1700000000\n3,4,\n".to_vec(), seconds),
        ("a.csv", b"lon,lat,n\n1,2,1700000000\n3,4,NA\n".to_vec(), seconds),
        ("a.csv", b"lon,lat,n\n1,2,1700000000.0\n3,4,\n".to_vec(), seconds),
        ("a.csv", b"lon,lat,n\n1,2,1700000000123\n3,4,\n".to_vec(), ["2023-11-14T22:13:20.123Z", "-"]),
        ("a.parquet", table(Column::new("n".into(), [Some(1_700_000_000i64), None])), seconds),
        ("a.parquet", table(Column::new("n".into(), [Some(1_700_000_000.0), None])), seconds),
        ("a.csv", b"lon,lat,n\n1,2,1700000000.25\n3,4,\n".to_vec(), ["2023-11-14T22:13:20.25Z", "-"]),
        (
            "a.parquet",
            table(Column::new("n".into(), [Some(1_700_000_000_123.456), None])),
            ["2023-11-14T22:13:20.123456Z", "-"],
        ),
        (
            "a.parquet",
            table(Column::new("n".into(), [Some(1_700_000_000_123i64), None])),
            ["2023-11-14T22:13:20.123Z", "-"],
        ),
    ] {
        let dataset = load_with(name, &bytes, &said(None)).expect(name);
        assert_eq!((kind(&dataset, "n"), values(&dataset, "n")), ("time", expected.map(str::to_owned).to_vec()));
        assert_eq!(dataset.report().time.as_deref(), Some("n"));
    }
    let small = "lon,lat,n\n1,2,60\n";
    assert!(error_of("a.csv", small, &said(None)).contains("--type n=time: cannot tell what its numbers count"));
    let minute = load_with("a.csv", small, &said(Some(TimeUnit::Seconds))).expect("reads");
    assert_eq!(values(&minute, "n"), ["1970-01-01T00:01:00Z"]);
    // One that is the time beside one that is only a time.
    let options = Options { time: Some("t".into()), ..said(None) };
    let both = load_with("a.csv", "lon,lat,n,t\n1,2,1700000000123,1600000000\n", &options).expect("reads");
    assert_eq!(values(&both, "n"), ["2023-11-14T22:13:20.123Z"]);
    assert_eq!(values(&both, "t"), ["2020-09-13T12:26:40Z"]);
}

#[test]
fn words_for_nothing_are_counted_in_every_format() {
    let texts = Column::new("t".into(), ["2024-01-01", "NA", "-", "2024-01-02"]);
    let bytes = parquet(frame(vec![series("lon", &[1.0; 4]), series("lat", &[2.0; 4]), texts]));
    let options = Options { time: Some("t".into()), ..Options::default() };
    let dataset = load_with("a.parquet", bytes, &options).expect("reads");
    assert_eq!(values(&dataset, "t"), ["2024-01-01T00:00:00Z", "-", "-", "2024-01-02T00:00:00Z"]);
    assert!(says(&dataset, "column \"t\": 2 fields such as NA are taken as no value"));
    let options = Options { types: vec![("n".into(), Type::Number)], ..Options::default() };
    let dataset = load_with("a.csv", "lon,lat,n\n1,2,5a\n1,2,NA\n1,2,7\n", &options).expect("reads");
    assert_eq!(values(&dataset, "n"), ["-", "-", "7.0"]);
    assert!(says(&dataset, "column \"n\": 1 fields such as NA are taken as no value"));
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
fn geometries_give_positions() {
    let wkb = |x: f64, y: f64| [&[1, 1, 0, 0, 0][..], &x.to_le_bytes(), &y.to_le_bytes()].concat();
    let line = [&[1u8, 2, 0, 0, 0][..], &[0; 4]].concat();
    let points = [Some(wkb(10.0, 50.0)), None, Some(line), Some(wkb(-20.0, 40.0))];
    let points = Series::new("geometry".into(), points.iter().map(Option::as_deref).collect::<Vec<Option<&[u8]>>>());
    let columns = vec![points.into(), Column::new("n".into(), [1i64, 2, 3, 4])];
    let dataset = load_with("a.parquet", parquet(frame(columns)), &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "n"), ["1", "4"]);
    assert!(says(&dataset, "1 have none, 1 are empty, out of range"), "{:?}", dataset.report().lines);
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
    let grid = r#"{"crs":{"name":"My grid","type":"ProjectedCRS"}}"#;
    let grid = format!("{:#}", load("here", grid).expect_err("unknown"));
    assert!(grid.contains("My grid has no EPSG number; say it with --crs"), "{grid}");
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
fn names_of_times_may_say_what_is_counted() {
    for name in ["timestampMs", "time_ms", "epoch_utc"] {
        let dataset = load_csv(format!("lon,lat,{name}\n1,2,1700000000000\n"));
        assert_eq!(dataset.report().time.as_deref(), Some(name));
        assert_eq!(values(&dataset, name), ["2023-11-14T22:13:20Z"]);
    }
    assert_eq!(load_csv("lon,lat,items\n1,2,1700000000000\n").report().time, None);
}

#[test]
fn six_digits_of_a_date_are_told_with_their_form() {
    let dataset = load_csv("lat,lon,DATE\n50,8,240305\n51,9,241231\n");
    assert!(says(&dataset, "integers such as 240305 may be a year, month and day (--time DATE --time-format %y%m%d)"));
    let options = Options { time: Some("DATE".into()), ..Options::default() };
    let csv = CsvOptions { time_format: Some("%y%m%d".into()), ..CsvOptions::default() };
    let dataset = load_with("a.csv", "lat,lon,DATE\n50,8,240305\n", &Options { csv, ..options }).expect("reads");
    assert_eq!(values(&dataset, "DATE"), ["2024-03-05T00:00:00Z"]);
}
