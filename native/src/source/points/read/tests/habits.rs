//! What exports of portals, banks, receivers and laboratories have in common, each as small as it can be.

use super::*;

#[test]
fn signs_of_money_and_shares_are_left_out_where_all_numbers_have_the_same() {
    let dataset = load_csv(
        "lat,lon,cost,share,mixed,code\n50,8,\"$1,137.00\",12%,$5,5%\n51,9,-$2.5,7 %,5 EUR,x\n52,10,$-3,,€7,y\n",
    );
    assert_eq!(values(&dataset, "cost"), ["1137.0", "-2.5", "-3.0"]);
    assert_eq!(values(&dataset, "share"), ["12", "7", "-"]);
    assert!(says(
        &dataset,
        "column \"cost\": the sign $ is left out, as in \"$1,137.00\" (--type cost=text keeps the texts)"
    ));
    assert_eq!((kind(&dataset, "mixed"), kind(&dataset, "code")), ("text", "text"));
    let two = load_csv("lat,lon,price\n50,8,$5\n51,9,€7\n");
    assert_eq!(values(&two, "price"), ["$5", "€7"]);
    assert!(says(&two, "column \"price\" stays text: its numbers have several signs, the first is \"$5\""));
    let german = load_csv("lat;lon;Umsatz\n50,5;8,5;1.100,50 €\n51,5;9,5;7 €\n");
    assert_eq!(values(&german, "Umsatz"), ["1100.5", "7.0"]);
    let kept = Options { types: vec![("cost".into(), Type::Text)], ..Options::default() };
    let kept = load_with("a.csv", "lat,lon,cost\n50,8,$5\n", &kept).expect("reads");
    assert_eq!(values(&kept, "cost"), ["$5"]);
}

#[test]
fn years_with_a_month_are_times_and_seasons_are_none() {
    let dataset =
        load_csv("lat,lon,Month,Season,Mixed\n50,8,2024-05,2009-10,2024-05\n51,9,2023-12,2010-11,2024-05-07\n");
    assert_eq!(values(&dataset, "Month"), ["2024-05-01T00:00:00Z", "2023-12-01T00:00:00Z"]);
    assert_eq!(kind(&dataset, "Season"), "text");
    assert_eq!(values(&dataset, "Mixed"), ["2024-05-01T00:00:00Z", "2024-05-07T00:00:00Z"]);
    let why = dataset.report().columns.iter().find(|column| column.name == "Month").map(|column| column.why.clone());
    assert_eq!(why.as_deref(), Some("all 2 values are times, of which 2 are months, taken as their day 1"));
}

#[test]
fn a_file_without_names_has_its_first_line_as_a_row() {
    let text = "2000000\tAachen\t50.77\t6.08\t2024-01-05\n2000001\tBonn\t50.73\t7.1\t2024-01-06\n";
    let options = |lon: &str, lat: &str| Options { lon: Some(lon.into()), lat: Some(lat.into()), ..Options::default() };
    let dataset = load_with("DE.txt", text, &options("column_4", "column_3")).expect("reads");
    assert_eq!(values(&dataset, "column_2"), ["Aachen", "Bonn"]);
    assert!(says(
        &dataset,
        "the first line (2000000, Aachen, 50.77, 6.08, 2024-01-05) is a row and has no names: columns are column_1 to column_5"
    ));
    let error = error_of("DE.txt", text, &Options::default());
    assert!(
        error.contains("with --lon and --lat, or a column of H3 cells with --h3; the columns are: column_1 (integer)"),
        "{error}"
    );
    // Years are names where they stand beside others.
    let years = load_csv("lat,lon,2019,2020,2021\n50,8,1,2,3\n51,9,4,5,6\n");
    assert_eq!(values(&years, "2020"), ["2", "5"]);
}

#[test]
fn forms_of_columns_beneath_the_names_are_no_row() {
    let text = "# USGS\nsite_no\tdec_lat_va\tdec_long_va\tgage_ht\n15s\t16s\t16s\t14n\n01646500\t38.9\t-77.1\t3.5\n";
    let dataset = load_with("a.rdb.txt", text, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "gage_ht"), ["3.5"]);
    assert_eq!(values(&dataset, "site_no"), ["01646500"]);
    assert!(says(
        &dataset,
        "the line beneath the names holds the forms of columns (15s, 16s, 16s, 14n) and is left out"
    ));
}

#[test]
fn advice_is_given_only_where_it_would_help_most_rows() {
    // Ships without a position have 91, 181: that is no sign of axes that are swapped.
    let ships: String =
        (0..40).map(|row| if row % 8 == 0 { "91,0\n".into() } else { format!("55.{row},10.5\n") }).collect();
    let dataset = load_csv(format!("lat,lon\n{ships}"));
    let line = dataset.report().lines.iter().find(|line| line.contains("no usable position")).expect("told").clone();
    assert!(line.ends_with("5 are out of range, such as 0, 91"), "{line}");
    let swapped = error_of("a.csv", "lat,lon\n113.5,22.2\n114.1,22.4\n", &Options::default());
    assert!(swapped.contains("look swapped"), "{swapped}");
    let receiver = "Lat;Lon\n5030.1234;00815.5\n5031.5;00816.25\n";
    let error = error_of("a.csv", receiver, &Options::default());
    assert!(error.contains("degrees and minutes run together") && !error.contains("EPSG"), "{error}");
    let city = "X Coordinate (State Plane),Y Coordinate (State Plane),Latitude,Longitude\n990000,200000,40.7,-74\n";
    let dataset = load_csv(city);
    assert!(says(
        &dataset,
        "--lon 'X Coordinate (State Plane)' --lat 'Y Coordinate (State Plane)' (with --crs where they are no degrees)"
    ));
    for (lat, lon, expected) in
        [(50_123_456, 8_456_789, ": try --crs e6, e7 or semicircles"), (501_234_567, 84_567_890, ": try --crs e7 or")]
    {
        let error = error_of("a.csv", format!("lat,lon\n{lat},{lon}\n"), &Options::default());
        assert!(error.contains(expected), "{error}");
    }
    for (name, text, expected) in [
        ("a.csv", "\n<!DOCTYPE html>\n<html><body>No, forbidden</body></html>\n", "(HTML) and no data"),
        ("a.parquet", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "git lfs pull"),
        ("a.csv", "<?xml version=\"1.0\"?>\n<gpx></gpx>\n", "XML, such as KML, GPX or GML"),
    ] {
        let error = error_of(name, text, &Options::default());
        assert!(error.contains(expected), "{error}");
    }
    let list = error_of("a.json", "[{\"id\":1,\"lat\":50.1,\"lon\":8.6}]", &Options::default());
    assert!(list.contains("JSON but no GeoJSON: it is a list"), "{list}");
}

#[test]
fn digits_stay_where_texts_are_said_and_are_counted_where_floats_lose_them() {
    let wide = 9_007_199_254_740_993i64;
    let money = Column::new("d".into(), [wide, 110]).cast(&DataType::Int128).expect("wide");
    let money = money.cast(&DataType::Decimal(20, 0)).expect("decimals");
    let columns =
        vec![Column::new("f".into(), [0.1f32, -2.5]), money, series("lon", &[8.0, 8.1]), series("lat", &[50.0, 50.1])];
    let types = vec![("f".into(), Type::Text), ("d".into(), Type::Text)];
    let options = Options { types, ..Options::default() };
    let dataset = load_with("a.parquet", parquet(frame(columns)), &options).expect("reads");
    assert_eq!(values(&dataset, "f"), ["0.1", "-2.5"]);
    assert_eq!(values(&dataset, "d"), ["9007199254740993", "110"]);
    let folder = Folder::new();
    let paths = [
        folder.put("a.csv", format!("lon,lat,n,note\n1,2,{wide},x\n1,2,7,x\n")),
        folder.put("b.csv", "lon,lat,n,note\n1,2,0.5,x\n"),
        folder.put("c.csv", format!("lon,lat,n,note\n1,2,{wide},x\n1,2,,x\n1,2,NA,x\n")),
    ];
    let dataset = read(&paths, &Options::default(), &()).expect("reads");
    let told = "column \"n\": 2 numbers have more digits than are kept of them, such as 9007199254740993 (--type n=text keeps all as texts)";
    assert!(says(&dataset, told), "{:?}", dataset.report().lines);
    assert!(says(&dataset, "column \"n\": 1 fields such as NA are taken as no value, in"));
    let strict = Options { strict: true, ..Options::default() };
    let error = format!("{:#}", read(&paths, &strict, &()).expect_err("is refused"));
    assert!(error.contains("--strict loses none"), "{error}");
    let bank =
        load_csv("lon,lat,sum,whole\n1,2,\"99,999,999,999,999.99\",\"9,007,199,254,740,993\"\n1,2,1.5,\"1,000\"\n");
    assert!(says(
        &bank,
        "column \"sum\": 1 numbers have more digits than are kept of them, such as \"99,999,999,999,999.99\""
    ));
    assert_eq!(values(&bank, "whole"), ["9007199254740993", "1000"]);
    let mixed = load_csv(format!("lon,lat,n\n1,2,{wide}\n1,2,0.5\n"));
    assert_eq!(values(&mixed, "n"), ["9007199254740993", "0.5"]);
    assert!(says(
        &mixed,
        "beside decimals it has whole numbers with more digits than are kept of these, such as 9007199254740993"
    ));
}

#[test]
fn tables_as_r_writes_them_have_names_of_rows() {
    for (name, text) in [
        ("a.txt", "\"lat\" \"lon\" \"n\"\n\"1\" 50.5 8.5 7\n\"2\" 51.5 9.5 8\n"),
        (
            "a.csv",
            "lat,lon,n\nfirst,50.5,8.5,7\nsecond,51.5,9.5,8\n".replace("first", "1").replace("second", "2").as_str(),
        ),
    ] {
        let dataset = load_with(name, text, &Options::default()).expect(name);
        assert_eq!(
            (values(&dataset, "n"), values(&dataset, "column_1")),
            (vec!["7".into(), "8".into()], vec!["1".into(), "2".into()])
        );
        let key = morton::key(mercator::project(8.5, 50.5).expect("usable"));
        assert!(dataset.keys().contains(&key));
        assert!(says(&dataset, "the first is the name of the row, as R writes it, column_1 here"));
    }
    // A comma at the end of each row is none.
    let trailing = load_csv("lat,lon,n\n1,2,3,\n4,5,6,\n");
    assert_eq!(values(&trailing, "n"), ["3", "6"]);
    let longer = error_of("a.csv", "lat,lon,n\n5,6,7,8\n5,6,7,8\n", &Options::default());
    assert!(longer.contains("expected 3"), "{longer}");
}

#[test]
fn letters_of_the_compass_go_before_axes_and_are_told_beside_numbers() {
    let dataset = load_csv("location,n\n\"50.5N, 8.5W\",1\n\"51.5N, 9.5W\",2\n");
    let key = morton::key(mercator::project(-8.5, 50.5).expect("usable"));
    assert!(dataset.keys().contains(&key));
    assert!(says(&dataset, "column \"location\" holds two numbers with letters of the compass, by which they go"));
    let logger = load_csv("lat,N/S,lon,E/W\n33.9,S,18.4,E\n34.0,S,18.5,E\n");
    assert!(says(&logger, "column \"N/S\" holds letters of the compass, by which positions do not go"));
    assert!(!says(&logger, "\"E/W\" holds letters"));
}

#[test]
fn what_is_packed_twice_and_a_zero_byte_in_a_text_are_told() {
    let pack = |bytes: &[u8]| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).expect("in memory");
        gzip.finish().expect("in memory")
    };
    let error = error_of("a.csv.gz", pack(&pack(b"lon,lat\n1,2\n")), &Options::default());
    assert!(error.contains("it is packed twice: what its gzip holds is gzip once more"), "{error}");
    let rows = "1,2,plain words\n".repeat(10);
    let dataset = load_csv(format!("lon,lat,t\n1,2,a\0b\n{rows}"));
    assert_eq!(values(&dataset, "t")[0], "a\0b");
    assert!(says(&dataset, "zero bytes stand in the file, the first in line 2"));
    let many = "1,2,plain words\n".repeat(40_000);
    assert!(says(
        &load_csv(format!("lon,lat,t\n{many}1,2,a\0b\n")),
        "zero bytes stand in the file, the first in line 40002"
    ));
}

#[test]
fn names_with_commas_are_found_in_lists_of_names() {
    let text = "lat,lon,\"a,b\",c,\"d, e\"\n1,2,3,4,5\n";
    let pieces = |list: &str| list.split(',').map(str::to_owned).collect::<Vec<_>>();
    let hide = Options { hide: pieces("a,b,c"), ..Options::default() };
    let dataset = load_with("a.csv", text, &hide).expect("reads");
    assert_eq!([kind(&dataset, "a,b"), kind(&dataset, "c"), kind(&dataset, "d, e")], ["none", "none", "integer"]);
    let keep = Options { keep: pieces("d, e"), ..Options::default() };
    let dataset = load_with("a.csv", text, &keep).expect("reads");
    assert_eq!([kind(&dataset, "a,b"), kind(&dataset, "c"), kind(&dataset, "d, e")], ["none", "none", "integer"]);
    let error = error_of("a.csv", text, &Options { hide: pieces("c,x"), ..Options::default() });
    assert!(error.contains("--hide: there is no column \"x\""), "{error}");
}

#[test]
fn what_stands_around_names_in_exports_is_passed_over() {
    let logger = "\"TOA5\",\"CR1000\",\"CR1000\",\"12345\",\"CR1000.Std.31\",\"CPU:prog.CR1\",\"1234\",\"Table1\"\n\"TIMESTAMP\",\"RECORD\",\"AirT_Avg\",\"Lat\",\"Lon\"\n\"TS\",\"RN\",\"Deg C\",\"deg\",\"deg\"\n\"\",\"\",\"Avg\",\"Smp\",\"Smp\"\n\"2024-03-01 00:00:00\",0,4.5,50.1,8.1\n\"2024-03-01 00:10:00\",1,\"NAN\",50.1,8.2\n";
    let dataset = load_with("toa5.csv", logger, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "AirT_Avg"), ["4.5", "-"]);
    assert_eq!(values(&dataset, "TIMESTAMP")[1], "2024-03-01T00:10:00Z");
    assert!(says(&dataset, "the next line beneath the names holds units (, , Avg, Smp, Smp)"));
    let bank = "\"Ums\u{e4}tze\";\"\";\"\";\"\"\n\"Zeitraum:\";\"01.01.2024 - 31.03.2024\";\"\";\"\"\n\"Tag\";\"Betrag\";\"Breite\";\"L\u{e4}nge\"\n\"13.01.2024\";\"-1.000,50\";\"50,1\";\"8,1\"\n\"14.01.2024\";\"7,00\";\"50,2\";\"8,2\"\n";
    let dataset = load_csv(bank);
    assert_eq!(values(&dataset, "Betrag"), ["-1000.5", "7.0"]);
    assert!(says(&dataset, "2 lines before the names of the columns are passed over"));
    // Names of which half are empty, above rows of which none is all texts, are names.
    let names = load_csv("lat,lon,,\n1,2,x,y\n3,4,u,v\n");
    assert_eq!(values(&names, "column_3"), ["x", "u"]);
}

#[test]
fn money_with_the_other_comma_is_told_and_read_where_it_is_said() {
    let text = "lat;lon;Umsatz\n50.5;8.5;1.000,50 \u{20ac}\n51.5;9.5;7,00 \u{20ac}\n";
    let dataset = load_csv(text);
    assert_eq!(kind(&dataset, "Umsatz"), "text");
    assert!(says(
        &dataset,
        "column \"Umsatz\" is text: line 2 has \"1.000,50 \u{20ac}\", which the rest of the file writes otherwise"
    ));
    let said = Options { types: vec![("Umsatz".into(), Type::Number)], ..Options::default() };
    let dataset = load_with("a.csv", text, &said).expect("reads");
    assert_eq!(values(&dataset, "Umsatz"), ["1000.5", "7.0"]);
}

#[test]
fn money_that_is_owed_is_below_zero_and_signs_may_have_letters() {
    let dataset = load_csv("lat,lon,Profit\n50,8,\"$1,004.25\"\n51,9,\"($7,725.00)\"\n");
    assert_eq!(values(&dataset, "Profit"), ["1004.25", "-7725.0"]);
    let dataset = load_csv("lat;lon;preco\n50,5;8,5;R$ 1.234,50\n51,5;9,5;R$ 7,00\n");
    assert_eq!(values(&dataset, "preco"), ["1234.5", "7.0"]);
    assert!(says(&dataset, "the sign of money is left out, as in \"R$ 1.234,50\""));
    let mixed = load_csv("lat,lon,v\n50,8,US$5\n51,9,A$7\n");
    assert_eq!(kind(&mixed, "v"), "text");
}

#[test]
fn blanks_before_quotes_are_no_part_of_a_field() {
    let rows: Vec<String> = (0..30).map(|n| format!("{n}, {}.5, 8.5, \"n{n}, x\"\n", n + 20)).collect();
    for head in ["id, lat, lon, name\n", "\"id\", \"lat\", \"lon\", \"name\"\n"] {
        let dataset = load_csv(format!("{head}{}", rows.concat()));
        assert_eq!(values(&dataset, "name")[..2], ["n0, x", "n1, x"], "{head}");
        assert_eq!((dataset.len(), kind(&dataset, "id")), (30, "integer"));
    }
    // A lone quote behind a blank is a letter.
    let lone = load_csv("lat,lon,size\n50,8, \"5\n51,9,6\n");
    assert_eq!(values(&lone, "size").len(), 2);
}

#[test]
fn lines_may_end_with_returns_alone_though_a_field_holds_line_feeds() {
    let dataset = load_csv("id,lat,lon,note\r1,50.5,8.5,\"a\nb\"\r2,51.5,9.5,c\r");
    assert_eq!(
        (values(&dataset, "note"), values(&dataset, "id")),
        (vec!["a\nb".into(), "c".into()], vec!["1".into(), "2".into()])
    );
}

#[test]
fn zeros_before_a_number_that_are_not_kept_are_told() {
    let dataset = load_csv("lat,lon,nace,plz\n50,8,01.11,01067\n51,9,47.10,80331\n");
    assert_eq!((values(&dataset, "nace"), kind(&dataset, "plz")), (vec!["1.11".into(), "47.1".into()], "text"));
    assert!(says(
        &dataset,
        "column \"nace\": 1 numbers such as \"01.11\" have zeros before them, which are not kept (--type nace=text keeps the texts)"
    ));
}

#[test]
fn times_of_day_go_with_dates_as_portals_write_them() {
    let first = |text: &str, column: &str| values(&load_csv(text), column)[0].clone();
    // The dates of New York, of Los Angeles, and of satellites.
    let text = "CRASH DATE,CRASH TIME,LATITUDE,LONGITUDE\n2024-01-05T00:00:00.000,2:39,40.7,-73.9\n2024-01-06T00:00:00.000,14:05,40.8,-73.8\n";
    assert_eq!(first(text, "CRASH DATE"), "2024-01-05T02:39:00Z");
    let text =
        "DATE OCC,TIME OCC,LAT,LON\n01/13/2024 12:00:00 AM,2130,34,-118\n01/14/2024 12:00:00 AM,0005,34.1,-118.1\n";
    let dataset = load_csv(text);
    assert_eq!(values(&dataset, "DATE OCC"), ["2024-01-13T21:30:00Z", "2024-01-14T00:05:00Z"]);
    assert!(says(&dataset, "column \"DATE OCC\" is given the times of day of \"TIME OCC\""));
    let text = "Date Rptd,DATE OCC,TIME OCC,LAT,LON\n01/14/2024,01/13/2024 12:00:00 AM,2130,34,-118\n01/15/2024,01/14/2024 12:00:00 AM,0005,34.1,-118.1\n";
    assert_eq!(first(text, "DATE OCC"), "2024-01-13T21:30:00Z");
    let text = "latitude,longitude,acq_date,acq_time\n50,8,2024-01-05,531\n51,9,2024-01-06,1430\n";
    let dataset = load_csv(text);
    assert!(says(&dataset, "column \"acq_time\" may hold hours and minutes (--time "));
    let joined = Options { time: Some("acq_date+acq_time".into()), ..Options::default() };
    let dataset = load_with("a.csv", text, &joined).expect("reads");
    assert_eq!(values(&dataset, "acq_date"), ["2024-01-05T05:31:00Z", "2024-01-06T14:30:00Z"]);
    // Hours are none.
    let text = "lat,lon,date,hour\n50,8,2024-01-05,5\n51,9,2024-01-06,23\n";
    assert_eq!(first(text, "date"), "2024-01-05T00:00:00Z");
    // One that is no time of day is told, and ends nothing.
    let rows: Vec<String> =
        (0..60).map(|n| format!("50,8,2024-01-05,{}:{:02}\n", if n == 30 { 25 } else { n % 24 }, n)).collect();
    let dataset = load_csv(format!("lat,lon,date,time\n{}", rows.concat()));
    assert_eq!(
        (values(&dataset, "date")[1].as_str(), values(&dataset, "date")[30].as_str()),
        ("2024-01-05T01:01:00Z", "2024-01-05T00:00:00Z")
    );
    assert!(says(&dataset, "has something else for 1 of its dates, such as \"25:30\": midnight is taken"));
}

#[test]
fn years_of_two_digits_that_may_stand_first_are_not_guessed() {
    let dataset = load_csv("lat,lon,when,other\n50,8,21-01-01,25/03/24\n51,9,21-02-13,05/03/24\n");
    assert_eq!((kind(&dataset, "when"), kind(&dataset, "other")), ("text", "time"));
    assert!(says(
        &dataset,
        "column \"when\" stays text: its dates such as \"21-01-01\" may have the year or the day first; say --time-format %y-%m-%d or --dates dmy"
    ));
}

#[test]
fn hours_in_digits_are_no_seconds() {
    let dataset = load_csv("lat,lon,timestamp\n50,8,2024030510\n51,9,2024123123\n");
    assert_eq!(kind(&dataset, "timestamp"), "integer");
    assert!(says(&dataset, "may be a year, month, day and hour (--time timestamp --time-format %Y%m%d%H)"));
}

#[test]
fn the_order_of_dates_that_one_file_proves_holds_for_others() {
    let folder = Folder::new();
    let file = |day: u32| folder.put(&format!("day{day}.csv"), format!("lat,lon,when\n50,8,{day}/03/2024 10:00\n"));
    for days in [[11, 12, 13], [13, 11, 12]] {
        let paths = days.map(file);
        let dataset = read(&paths, &Options::default(), &()).expect("reads");
        let mut found = values(&dataset, "when");
        found.sort_unstable();
        assert_eq!(found, ["2024-03-11T10:00:00Z", "2024-03-12T10:00:00Z", "2024-03-13T10:00:00Z"]);
    }
}

#[test]
fn quotes_behind_backslashes_are_quotes_where_only_so_lines_are_whole() {
    // As MySQL and Spark write: 'a "b", c', '\', and a line of text.
    let text =
        "id,name,lat,lon\n1,\"a \\\"b\\\", c\",50,8\n2,\"\\\\\",51,9\n3,\"x \\\"y\\\" z\",52,7\n4,\"plain\",53,6\n";
    let dataset = load_csv(text);
    assert_eq!(values(&dataset, "name"), ["a \"b\", c", "\\", "x \"y\" z", "plain"]);
    assert!(says(&dataset, "quotes within quotes stand behind backslashes"), "{:?}", dataset.report().lines);
    // A path that ends with a backslash is one, where quotes are doubled.
    let dataset = load_csv("id,name,lat,lon\n1,\"C:\\\",50,8\n2,\"say \"\"hi\"\"\",51,9\n");
    assert_eq!(values(&dataset, "name"), ["C:\\", "say \"hi\""]);
    assert!(!says(&dataset, "backslashes"));
}

#[test]
fn a_damaged_line_may_have_a_million_fields() {
    let text = format!("lon,lat,v\n8,50,a\n{}x\n8.2,50.2,c\n", "1,".repeat(1_000_000));
    let dataset = load_csv(&text);
    assert_eq!(values(&dataset, "v"), ["a", "c"]);
    assert!(says(&dataset, "line 3 has 1000001 fields, expected 3"));
    let error = error_of("a.csv", format!("{}\n1,2\n", "a,".repeat(1_000_000)), &Options::default());
    assert!(error.contains("more than 16384 columns"), "{error}");
}

#[test]
fn labels_beneath_the_names_are_none_beside_marks_of_no_value() {
    // As the US Census writes: margins of error that are not known are asterisks.
    let names = "GEO_ID,LAT,LON,B_001E,B_001M\nGeography,Latitude,Longitude,Estimate!!Total:,Margin of Error\n";
    let margin = |row: u32| if row.is_multiple_of(4) { "12" } else { "*****" };
    let county = |row| format!("0500000US{row:05},{}.5,-86.{row},{},{}\n", 30 + row, 1000 + row, margin(row));
    let text = [names, &(0..30).map(county).collect::<Vec<_>>().concat()].concat();
    let dataset = load_csv(&text);
    assert_eq!((dataset.len(), kind(&dataset, "B_001E")), (30, "integer"));
    assert!(
        says(&dataset, "the line beneath the names holds units (Geography, Latitude"),
        "{:?}",
        dataset.report().lines
    );
    // A first row whose words come again is a row.
    let dataset = load_csv("lat,lon,a,b,c\n50,8,none yet,none yet,x\n51,9,1,2,x\n52,7,3,4,1\n53,6,5,6,2\n");
    assert_eq!(dataset.len(), 4);
}
