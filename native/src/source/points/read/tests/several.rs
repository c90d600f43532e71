//! What one file says holds for the others, and what one row says for the rest: none is read by the first alone.

use super::*;

/// Reads files of these names and contents, in their order.
fn load_all(files: &[(&str, Vec<u8>)], options: &Options) -> Result<Dataset> {
    let folder = Folder::new();
    let paths: Vec<PathBuf> = files.iter().map(|(name, bytes)| folder.put(name, bytes)).collect();
    read(&paths, options, &())
}

fn load_texts(texts: [&str; 2]) -> Result<Dataset> {
    load_all(&[("a.csv", texts[0].into()), ("b.csv", texts[1].into())], &Options::default())
}

fn lines(dataset: &Dataset) -> String {
    dataset.report().lines.join("\n")
}

#[test]
fn lines_and_polygons_of_any_file_are_drawn() {
    let points = "lon,lat,wkt\n8,50,POINT (8 50)\n9,50,POINT (9 50)\n";
    let polygons = "lon,lat,wkt\n8,51,\"POLYGON ((8 51, 8.05 51, 8.05 51.1, 8 51))\"\n";
    for texts in [[points, polygons], [polygons, points]] {
        let dataset = load_texts(texts).expect("reads");
        assert!(says(&dataset, "\"wkt\" holds lines or polygons and goes before"), "{}", lines(&dataset));
        assert_eq!((dataset.len(), kind(&dataset, "area")), (3, "number"));
    }
}

#[test]
fn which_of_two_numbers_is_the_latitude_is_proven_by_all_files() {
    let lettered = "location\n\"50.1N, 8.1E\"\n\"50.2N, 8.2E\"\n";
    let plain = "location\n\"8.1, 50.1\"\n\"8.2, 50.2\"\n";
    let wide = "location\n\"50.1, 120.1\"\n\"50.2, 120.2\"\n";
    for texts in [[lettered, plain], [plain, lettered]] {
        let error = format!("{:#}", load_texts(texts).expect_err("is refused"));
        assert!(error.contains("nothing proves which is the latitude"), "{error}");
    }
    for texts in [[wide, lettered], [lettered, wide]] {
        let dataset = load_texts(texts).expect("reads");
        assert!(says(&dataset, "the latitude first: 2 of the second ones are above 90"), "{}", lines(&dataset));
        let near = dataset.with_points(|points| {
            let (lon, lat) = mercator::unproject(morton::position(points.keys()[0]));
            (lat - 50.15).abs() < 0.1 && ((lon - 8.15).abs() < 0.1 || (lon - 120.15).abs() < 0.1)
        });
        assert!(near);
    }
}

#[test]
fn durations_of_several_units_are_led_to_the_finest() {
    let file = |unit: Unit, values: [i64; 2]| {
        let wait = Column::new("wait".into(), values).cast(&DataType::Duration(unit)).expect("durations");
        parquet(frame(vec![wait, series("lon", &[8.0, 8.1]), series("lat", &[50.0, 50.1])]))
    };
    let (ms, us) = (file(Unit::Milliseconds, [1000, i64::MAX / 2]), file(Unit::Microseconds, [3_000_000, 5]));
    for (files, expected) in [
        ([("a.parquet", ms.clone()), ("b.parquet", us.clone())], ["1000000", "-", "3000000", "5"]),
        ([("a.parquet", us), ("b.parquet", ms)], ["3000000", "5", "1000000", "-"]),
    ] {
        let dataset = load_all(&files, &Options::default()).expect("reads");
        assert_eq!(values(&dataset, "wait"), expected);
        assert!(says(&dataset, "durations in several units") && says(&dataset, "all become microseconds"));
        assert!(says(&dataset, "1 of 4 values are no integer, such as \"4611686018427387903\""), "{}", lines(&dataset));
    }
}

#[test]
fn numbers_beside_times_are_times_only_if_it_is_said_what_they_count() {
    let numbers = "lon,lat,ts\n8,50,1700000000000\n8,50,1700000000001\n";
    let times = "lon,lat,ts\n8,50,2023-11-14T22:13:20Z\n8,50,2023-11-14T22:13:21Z\n";
    let one =
        "lon,lat,ts\n8,50,1700000000000\n8,50,1700000000001\n8,50,2023-11-14T22:13:20Z\n8,50,2023-11-14T22:13:21Z\n";
    let said = |unit| Options { types: vec![("ts".into(), Type::Time)], time_unit: unit, ..Options::default() };
    let files = |texts: &[&str]| -> Vec<(&str, Vec<u8>)> {
        ["a.csv", "b.csv"].into_iter().zip(texts.iter().map(|text| (*text).into())).collect()
    };
    for texts in [&[numbers, times][..], &[one]] {
        let dataset = load_all(&files(texts), &said(None)).expect("reads");
        assert_eq!(values(&dataset, "ts"), ["-", "-", "2023-11-14T22:13:20Z", "2023-11-14T22:13:21Z"]);
        assert!(says(&dataset, "2 of 4 values are no time") && says(&dataset, "--time-unit"), "{}", lines(&dataset));
        let dataset = load_all(&files(texts), &said(Some(TimeUnit::Milliseconds))).expect("reads");
        assert_eq!(values(&dataset, "ts")[..2], ["2023-11-14T22:13:20Z", "2023-11-14T22:13:20.001Z"]);
        assert_eq!(values(&dataset, "ts")[2..], ["2023-11-14T22:13:20Z", "2023-11-14T22:13:21Z"]);
    }
}

#[test]
fn numbers_with_different_signs_do_not_go_together() {
    let file = |prices: [&str; 2]| format!("lon,lat,price\n8,50,{}\n9,50,{}\n", prices[0], prices[1]);
    let (dollars, euros) = (file(["$10.50", "$11.50"]), file(["10.50 €", "11.50 €"]));
    let dataset = load_texts([&dollars, &euros]).expect("reads");
    assert_eq!(values(&dataset, "price"), ["$10.50", "$11.50", "10.50 €", "11.50 €"]);
    assert!(says(&dataset, "the sign '$' in one file and '€' in "), "{}", lines(&dataset));
    let shares = load_texts([&file(["10%", "20%"]), &file(["0.1", "0.2"])]).expect("reads");
    assert_eq!(kind(&shares, "price"), "text");
    let mixed = load_csv(file(["10%", "0.1"]));
    assert_eq!(values(&mixed, "price"), ["10%", "0.1"]);
    assert!(says(&mixed, "a sign of shares, or none") && says(&mixed, "--type price=number"), "{}", lines(&mixed));
    assert_eq!(
        values(&load_texts([&dollars, &file(["7.5", "8"])]).expect("reads"), "price"),
        ["10.5", "11.5", "7.5", "8.0"]
    );
}

#[test]
fn a_file_without_the_columns_of_positions_is_named() {
    let texts = ["id,lon,lat\n1,8,50\n", "id,Lon,Lat\n1,8,50\n"];
    let error = format!("{:#}", load_texts(texts).expect_err("is refused"));
    for part in ["b.csv has no column \"lon\"", "lon and lat as in ", "a.csv", "\"id\", \"Lon\", \"Lat\""] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn what_was_counted_in_one_file_is_told_of_that() {
    let dataset = load_texts(["lon,lat,n\n8,50,1\n", "lon,lat,n\n8,50,2\n8,50,3\n"]).expect("reads");
    let why = dataset.report().columns.iter().find(|column| column.name == "n").map(|column| column.why.clone());
    assert!(why.as_ref().is_some_and(|why| why.contains("in ") && why.ends_with("a.csv")), "{why:?}");
}

#[test]
fn ids_of_features_are_no_properties_of_that_name() {
    let feature = |about: &str, own: &str| {
        format!(
            r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[8,50]}},"properties":{{"v":1{own}}}{about}}}"#
        )
    };
    let both = [feature(r#","id":5"#, ""), feature(r#","id":6"#, r#","id":77"#), feature(r#","id":"x""#, "")];
    let dataset = load_with("a.geojsonl", both.join("\n"), &Options::default()).expect("reads");
    assert_eq!(
        (values(&dataset, "id"), values(&dataset, "id_2")),
        (vec!["-".into(), "77".into(), "-".into()], vec!["5".into(), "6".into(), "x".into()])
    );
    assert!(says(&dataset, "these are \"id_2\" here"), "{}", lines(&dataset));
    for texts in [
        [feature(r#","id":5"#, ""), feature(r#","id":6"#, "")],
        [feature(r#","id":9"#, r#","id":5"#), feature("", r#","id":6"#)],
    ] {
        let dataset = load_with("a.geojsonl", texts.join("\n"), &Options::default()).expect("reads");
        assert_eq!((values(&dataset, "id"), kind(&dataset, "id_2")), (vec!["5".into(), "6".into()], "none"));
    }
}

#[test]
fn a_height_of_any_position_is_told() {
    let line = |coordinates: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"LineString","coordinates":{coordinates}}}}}"#
        )
    };
    let text = [line("[[1,2],[3,4,100]]"), line("[[1,2,5],[3,4]]"), line("[[1,2],[3,4]]")].join("\n");
    let dataset = load_with("a.geojsonl", text, &Options::default()).expect("reads");
    assert!(says(&dataset, "2 geometries are drawn flat"), "{}", lines(&dataset));
}

#[test]
fn outlines_in_a_column_of_texts_go_before_longitudes_in_every_form() {
    let polygon = "0103000000010000000400000000000000000020400000000000804940\
                   9A9999999919204000000000008049409A99999999192040CDCCCCCCCC8C494000000000000020400000000000804940";
    let json = r#""{""type"": ""Polygon"", ""coordinates"": [[[8.0, 51], [8.05, 51], [8.05, 51.1], [8.0, 51]]]}""#;
    for geometry in [polygon, json] {
        let dataset = load_csv(format!("lon,lat,geometry\n8,51,{geometry}\n9,51,{geometry}\n"));
        assert!(says(&dataset, "\"geometry\" holds lines or polygons and goes before"), "{}", lines(&dataset));
        assert_eq!(kind(&dataset, "area"), "number");
    }
}

#[test]
fn files_with_other_orders_of_day_and_month_are_read_each_by_its_own_and_told() {
    let days = "lon,lat,d\n8,50,13/01/2024\n8,51,02/01/2024\n";
    let months = "lon,lat,d\n8,52,01/13/2024\n8,53,01/02/2024\n";
    let dataset = load_texts([days, months]).expect("reads");
    let mut found = values(&dataset, "d");
    found.sort_unstable();
    let [second, last] = ["2024-01-02T00:00:00Z", "2024-01-13T00:00:00Z"];
    assert_eq!(found, [second, second, last, last]);
    let told = lines(&dataset);
    assert!(told.contains("column \"d\" is time: it has the day first in one file and the month first in "), "{told}");
    assert!(told.contains("b.csv, each as its lines prove") && !told.contains("the like"), "{told}");
}

#[test]
fn a_file_of_one_row_among_others_without_names_is_a_row() {
    let folder = Folder::new();
    let paths = [
        folder.put("1.csv", "AB1,10,50.5,8.5\nAB2,11,50.6,8.6\n"),
        folder.put("2.csv", "AB3,12,50.7,8.7\n"),
        folder.put("3.csv", "AB4,13,50.8,8.8\nAB5,14,50.9,8.9\n"),
    ];
    let options = Options { lon: Some("column_4".into()), lat: Some("column_3".into()), ..Options::default() };
    let dataset = read(&paths, &options, &()).expect("reads");
    assert_eq!(values(&dataset, "column_1"), ["AB1", "AB2", "AB3", "AB4", "AB5"]);
    assert_eq!(values(&dataset, "column_2"), ["10", "11", "12", "13", "14"]);
    assert!(says(&dataset, "the only line of a file is a row, as the other files have no names"));
    assert!(says(&dataset, "columns are column_1 to column_4 here; and so in another file"));
    // With commas before decimals, as the other files have them.
    let paths = [folder.put("4.csv", "AB1;10;50,5;8,5\nAB2;11;50,6;8,6\n"), folder.put("5.csv", "AB3;12;50,7;8,7")];
    let dataset = read(&paths, &options, &()).expect("reads");
    assert_eq!(values(&dataset, "column_2"), ["10", "11", "12"]);
    // Names in a file of their own are no row, which would make texts of all columns.
    let paths = [folder.put("8.csv", "name,n,y,x\n"), folder.put("9.csv", "AB1,10,50.5,8.5\nAB2,11,50.6,8.6\n")];
    let dataset = read(&paths, &options, &()).expect("reads");
    assert_eq!((values(&dataset, "column_2"), kind(&dataset, "column_2")), (vec!["10".into(), "11".into()], "integer"));
    assert!(!says(&dataset, "the only line of a file is a row"));
    // Beside files with names it is one of names and no rows.
    let paths = [folder.put("6.csv", "a,b,lon,lat\nx,1,2,3\n"), folder.put("7.csv", "a,b,lon,lat\n")];
    assert_eq!(read(&paths, &Options::default(), &()).expect("reads").len(), 1);
}
