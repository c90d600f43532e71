//! Text files as they are: what is certain is done and told, nothing is lost without a count, and flags decide the rest.

use super::*;
use std::fmt::Write as _;

fn load_text(name: &str, text: &str, csv: CsvOptions) -> Dataset {
    load_with(name, text, &Options { csv, ..Options::default() }).expect("reads")
}

#[test]
fn quotes_are_letters_where_only_so_all_lines_are_whole() {
    // As downloads of GBIF are: a name that begins with a quote every ten rows, 200 rows.
    let mut text = String::from("id\tlat\tlon\tplace\tyear\n");
    for row in 0..200 {
        let place = if row % 10 == 0 { "\"Hill".to_owned() } else { format!("place {row}") };
        let _ = writeln!(text, "{row}\t{}\t-90\t{place}\t20{:02}", 40 + row % 9, row % 20);
    }
    let dataset = load_with("a.tsv", &text, &Options::default()).expect("reads");
    assert_eq!(dataset.len(), 200);
    assert!(says(&dataset, "quotes are letters here"));
    assert_eq!(values(&dataset, "place")[..2], ["\"Hill", "place 1"]);
    // Texts over several lines stay what they are.
    let dataset = load_with("a.tsv", "id\tlat\tlon\tt\n1\t2\t3\t\"a\nb\"\n2\t2\t3\t\"c\td\"\n", &Options::default())
        .expect("reads");
    assert_eq!(values(&dataset, "t"), ["a\nb", "c\td"]);
    let quoted = CsvOptions { quote: Some(None), ..CsvOptions::default() };
    assert_eq!(values(&load_text("a.csv", "lat,lon,t\n1,2,\"x\"\n", quoted), "t"), ["\"x\""]);
    let single = CsvOptions { quote: Some(Some(b'\'')), ..CsvOptions::default() };
    assert_eq!(values(&load_text("a.csv", "lat,lon,t\n1,2,'a, \"b\"'\n", single), "t"), ["a, \"b\""]);
    // A lone quote that swallows lines of a file with quotes is told.
    let dataset = load_csv("\"lat\",lon,t\n1,2,\"x\n3,4,\"y\"\n5,6,z\n");
    assert!(says(&dataset, "1 records run over several lines") && dataset.len() == 2, "{:?}", dataset.report().lines);
}

#[test]
fn lines_before_the_names_are_passed_over() {
    for (text, told) in [
        ("# Station export\n# by hand\n#\nlat,lon,temp\n50,8,1.5\n51,9,2.5\n", "3 lines of comments"),
        ("Export of 2024\n\nlat,lon,temp\n50,8,1.5\n51,9,2.5\n", "2 lines before the names"),
        ("# made by hand\n#lat,lon,temp\n50,8,1.5\n51,9,2.5\n", "1 lines of comments"),
        ("lat,lon,temp\ndeg,deg,C\n50,8,1.5\n51,9,2.5\n", "the line beneath the names holds units (deg, deg, C)"),
        ("#x\nlat,lon,temp\n50,8,1.5\n# later\n51,9,2.5\n", "1 lines of comments among the rows"),
    ] {
        let dataset = load_csv(text);
        assert_eq!(values(&dataset, "temp"), ["1.5", "2.5"], "{text}");
        assert!(says(&dataset, told), "{told}: {:?}", dataset.report().lines);
    }
    let skip = CsvOptions { skip_lines: 2, comment: Some("//".into()), ..CsvOptions::default() };
    let dataset = load_text("a.csv", "a,b,c\nd,e,f\nlat,lon,temp\n// 1,2,3\n50,8,1.5\n", skip);
    assert_eq!(values(&dataset, "temp"), ["1.5"]);
    let error = error_of("a.csv", "lat,lon\n1,2,3\n1,2,3\n1,2,3\n", &Options::default());
    assert!(error.contains("--delimiter") && error.contains("--skip-lines"), "{error}");
}

#[test]
fn a_line_too_long_is_left_out_and_told_or_refused() {
    let text = "id,lat,lon,note\n1,40,-90,a\n2,41,-91,b, with comma\n3,42,-92,c\n4,43,-93,d,,\n";
    let dataset = load_csv(text);
    assert_eq!(values(&dataset, "id"), ["1", "3", "4"]);
    assert!(says(&dataset, "1 of 4 lines have too many fields and are left out: line 3 has 5 fields, expected 4"));
    assert_eq!(dataset.report().bad_lines, 1);
    let strict = Options { strict: true, ..Options::default() };
    assert!(error_of("a.csv", text, &strict).contains("--strict"));
}

#[test]
fn one_bad_value_among_many_has_no_value_and_is_told() {
    let mut text = String::from("lat,lon,fare,ts,code\n");
    for row in 0..60 {
        let (fare, code) =
            if row == 40 { ("see note".into(), "12a".to_owned()) } else { (format!("{row}.5"), row.to_string()) };
        let ts = if row == 8 { "0000-00-00 00:00:00".into() } else { format!("2024-01-{:02} 10:00:00", row % 28 + 1) };
        let _ = writeln!(text, "50,8,{fare},{ts},{code}");
    }
    let dataset = load_csv(&text);
    assert_eq!((kind(&dataset, "fare"), kind(&dataset, "ts")), ("number", "time"));
    assert_eq!(values(&dataset, "fare")[39..42], ["39.5", "-", "41.5"]);
    assert_eq!(values(&dataset, "ts")[8], "-");
    assert!(says(&dataset, "column \"fare\": 1 of 60 values are no number, such as \"see note\""));
    assert!(says(&dataset, "column \"ts\": 1 of 60 values are no time, such as \"0000-00-00 00:00:00\""));
    // Digits with letters are codes, of house numbers and the like: a number would lose what tells them apart.
    assert_eq!(kind(&dataset, "code"), "text");
    assert!(says(&dataset, "--type code=number"));
    let said = vec![("code".to_owned(), Type::Number), ("fare".to_owned(), Type::Text)];
    let typed = load_with("a.csv", &text, &Options { types: said, ..Options::default() }).expect("reads");
    assert_eq!((kind(&typed, "code"), kind(&typed, "fare")), ("number", "text"));
    assert_eq!(values(&typed, "code")[39..42], ["39.0", "-", "41.0"]);
    let strict = Options { strict: true, ..Options::default() };
    assert!(error_of("a.csv", &text, &strict).contains("--strict loses none"));
    let named = load_with("a.csv", &text, &Options { time: Some("ts".into()), ..Options::default() }).expect("reads");
    assert_eq!(named.report().time.as_deref(), Some("ts"));
}

#[test]
fn signs_between_thousands_are_left_out() {
    let dataset = load_csv("wkt,n,f\nPOINT (8.5 50.5),\"98,765\",\"1,234.5\"\nPOINT (9.5 51.5),\"4,321\",12\n");
    assert_eq!(values(&dataset, "n"), ["98765", "4321"]);
    assert_eq!(values(&dataset, "f"), ["1234.5", "12.0"]);
    assert!(says(&dataset, "signs between thousands are left out, as in \"98,765\""));
    let german = load_csv("lon;lat;n\n8,5;50,5;98.765\n9,5;51,5;1.234,5\n");
    assert_eq!(values(&german, "n"), ["98765.0", "1234.5"]);
    let swiss = CsvOptions { thousands: Some(Some('\'')), ..CsvOptions::default() };
    assert_eq!(values(&load_text("a.csv", "lon,lat,n\n1,2,12'345\n", swiss), "n"), ["12345"]);
    let none = CsvOptions { thousands: Some(None), ..CsvOptions::default() };
    assert_eq!(values(&load_text("a.csv", "lon,lat,n\n1,2,\"98,765\"\n3,4,\"1.5\"\n", none), "n"), ["98,765", "1.5"]);
}

#[test]
fn words_of_spreadsheets_for_nothing_are_nothing() {
    let dataset = load_csv("lon,lat,n\n1,2,#N/A\n1,2,5\n1,2,#DIV/0!\n1,2,(null)\n1,2,n.a.\n1,2,7\n");
    assert_eq!(values(&dataset, "n"), ["-", "5", "-", "-", "-", "7"]);
    assert!(says(&dataset, "column \"n\": 4 fields such as #N/A"));
}

#[test]
fn the_report_says_why_and_what_did_not_fit() {
    let rows: Vec<String> =
        (0..50).map(|row| format!("1,2,{}", if row == 7 { "none yet".into() } else { row.to_string() })).collect();
    let dataset = load_csv(format!("lon,lat,n\n{}\n", rows.join("\n")));
    let chosen = &dataset.report().columns[0];
    assert_eq!((chosen.name.as_str(), chosen.misfits), ("n", 1));
    assert_eq!(chosen.why, "49 of 50 values are whole numbers");
    assert_eq!(chosen.examples, ["none yet"]);
}

#[test]
fn a_comma_means_one_thing_in_a_column_and_what_contradicts_it_is_told() {
    let said = |name: &str| Options { types: vec![(name.into(), Type::Number)], ..Options::default() };
    let text =
        "lat,lon,a,b,c\n1.5,2.5,\"1,5\",\"1,5\",\"1,234\"\n1.5,2.5,\"1,234\",\"1,234\",\"5,678\"\n1.5,2.5,3,2.5,9\n";
    for (name, expected, told) in [
        ("a", ["1.5", "1.234", "3.0"], "column \"a\": decimals have a comma here, which \"1,5\" has"),
        ("b", ["-", "1234.0", "2.5"], "column \"b\": decimals have a point here, which \"1,5\" has not"),
        ("c", ["1234.0", "5678.0", "9.0"], "column \"c\": signs between thousands are left out, as in \"1,234\""),
    ] {
        let dataset = load_with("a.csv", text, &said(name)).expect("reads");
        assert_eq!(values(&dataset, name), expected);
        assert!(says(&dataset, told), "{:?}", dataset.report().lines);
    }
    let dataset = load_with("a.csv", text, &said("b")).expect("reads");
    assert!(says(&dataset, "column \"b\": 1 of 3 values are no number, such as \"1,5\""));
    // What was said for the file holds.
    let csv = CsvOptions { decimal_comma: Some(false), ..CsvOptions::default() };
    let dataset = load_with("a.csv", text, &Options { csv, ..said("a") }).expect("reads");
    assert_eq!(values(&dataset, "a"), ["-", "1234.0", "3.0"]);
}

#[test]
fn numbers_that_stay_text_for_their_signs_name_the_flag_that_helps() {
    let mut text = String::from("lat,lon,v\n");
    for row in 0..200 {
        let _ = writeln!(text, "46.5,7.5,{row}");
    }
    text += "46.5,7.5,\"1,5\"\n";
    let dataset = load_csv(&text);
    assert_eq!(kind(&dataset, "v"), "text");
    let told =
        "column \"v\" is text: line 202 has \"1,5\", which the rest of the file writes otherwise (--type v=number";
    assert!(says(&dataset, told), "{:?}", dataset.report().lines);
    let types = vec![("v".into(), Type::Number)];
    let numbers = load_with("a.csv", &text, &Options { types, ..Options::default() }).expect("reads");
    assert_eq!(values(&numbers, "v")[200], "1.5");
    for (text, sign, flag, expected) in [
        ("lat;lon;v\n46.5;7.5;1'000.5\n46.5;7.5;12\n", '\'', "''\\'''", ["1000.5", "12.0"]),
        ("lat;lon;v\n46,5;7,5;1\u{202f}000,5\n46,5;7,5;-2\u{202f}000\n", '\u{202f}', "space", ["1000.5", "-2000.0"]),
        ("lat;lon;v\n46,5;7,5;1 000,5\n46,5;7,5;7,5\n", ' ', "space", ["1000.5", "7.5"]),
    ] {
        let dataset = load_csv(text);
        assert_eq!(kind(&dataset, "v"), "text");
        let told = format!(
            "another sign between thousands, as in {:?} (else say --thousands {flag})",
            values(&dataset, "v")[0]
        );
        assert!(says(&dataset, &told), "{told}: {:?}", dataset.report().lines);
        // The sign itself, and the blank that is typed for it.
        for sign in [sign, if sign.is_whitespace() { ' ' } else { sign }] {
            let csv = CsvOptions { thousands: Some(Some(sign)), ..CsvOptions::default() };
            assert_eq!(values(&load_text("a.csv", text, csv), "v"), expected);
        }
    }
    // The flag would cost the other column its numbers; a column of pairs may be positions.
    let none = load_csv("lat;lon;v;w;p\n46.5;7.5;1'000;1,000;1,5\n46.5;7.5;2'000;5;2,5\n");
    assert!(!says(&none, "another sign") && !says(&none, "\"p\""), "{:?}", none.report().lines);
    // Advice that is followed is not given again.
    let german = load_csv("lon;lat;n\n8,5;50,5;98.765\n9,5;51,5;1.234,5\n");
    assert!(says(&german, "as in \"98.765\" (else say --thousands none)"), "{:?}", german.report().lines);
}

#[test]
fn words_for_true_and_false_are_read_where_it_is_said_one_pair_a_column() {
    let text = "lat,lon,a,b,c,d,e,f\n1,2,1,t,Y,Yes,true,1\n1,2,0,F,n,no,FALSE,no\n1,2,2,x,N/A,NO,,0\n";
    let types = ["a", "b", "c", "d", "e", "f"].map(|name| (name.to_owned(), Type::Boolean)).to_vec();
    let dataset = load_with("a.csv", text, &Options { types: types.clone(), ..Options::default() }).expect("reads");
    for (name, expected) in [
        ("a", ["true", "false", "-"]),
        ("b", ["true", "false", "-"]),
        ("c", ["true", "false", "-"]),
        ("d", ["true", "false", "false"]),
        ("e", ["true", "false", "-"]),
        ("f", ["true", "-", "false"]),
    ] {
        assert_eq!(values(&dataset, name), expected, "{name}");
    }
    assert!(says(&dataset, "column \"f\": 1 of 3 values are no boolean, such as \"no\""));
    assert!(says(&dataset, "column \"c\": 1 fields such as N/A are taken as no value"));
    let flags = Column::new("a".into(), [1i64, 0, 7]);
    let bytes = parquet(frame(vec![series("lon", &[1.0; 3]), series("lat", &[2.0; 3]), flags]));
    let dataset =
        load_with("a.parquet", bytes, &Options { types: types[..1].to_vec(), ..Options::default() }).expect("reads");
    assert_eq!(values(&dataset, "a"), ["true", "false", "-"]);
}

#[test]
fn a_title_with_empty_fields_behind_it_is_a_title() {
    let text = "\u{feff}Export;;;;;\r\nOn 3 April;;;;;\r\n;;;;;\r\nStation;Lat;Lon;Temp;Wind;When\r\nA;50,5;8,5;1,5;3;2024-01-01\r\n";
    let dataset = load_csv(text);
    assert_eq!(values(&dataset, "Temp"), ["1.5"]);
    assert!(says(&dataset, "3 lines before the names of the columns are passed over, such as \"Export\""));
    // Rows may have as many empty fields behind them as there are names, which are no title then.
    for text in ["lon,lat,v\n0,1,5,,,\n2,3,6,,,\n", "lon,lat,v\n0,1,5,,,,,\n2,3,6,,,,,\n"] {
        let dataset = load_csv(text);
        assert_eq!((values(&dataset, "v"), dataset.len()), (vec!["5".into(), "6".into()], 2));
    }
    let error = error_of("a.csv", "a,b\n1,2,3,4,x\n5,6,7,8,y\n", &Options::default());
    assert!(error.contains("1 lines before the names of the columns are passed over, such as \"a b\""), "{error}");
    // Names with gaps are names.
    let gaps = load_csv("lat,lon,,,,\n50,8,a,b,c,d\n");
    assert_eq!(values(&gaps, "column_3"), ["a"]);
}

#[test]
fn a_quote_that_opens_among_the_names_takes_no_row_with_it() {
    for text in [
        "lon,lat,\"city\n13.4,52.5,Berlin\n2.35,48.86,Paris\n4.9,52.4,Amsterdam\n",
        "lon,lat,\"city\n13.4,52.5,\"Berlin\"\n2.35,48.86,\"Paris\"\n4.9,52.4,\"Amsterdam\"\n",
    ] {
        let dataset = load_csv(text);
        let mut cities = values(&dataset, "city");
        cities.sort();
        assert_eq!(cities, ["Amsterdam", "Berlin", "Paris"], "{text}");
        assert!(says(&dataset, "a quote is not closed"), "{:?}", dataset.report().lines);
    }
    // Quotes may hold a line feed in a name.
    let dataset = load_csv("lon,lat,\"city,\nor town\"\n13.4,52.5,Berlin\n");
    assert_eq!(values(&dataset, "city,\nor town"), ["Berlin"]);
    assert!(!says(&dataset, "not closed"));
}

#[test]
fn a_name_of_thousands_of_words_is_no_axis_and_costs_nothing() {
    let name = (0..20_000).map(|word| format!("w{word}")).collect::<Vec<_>>().join("_");
    let dataset = load_csv(format!("lon,lat,{name}\n1,2,3\n"));
    assert_eq!(values(&dataset, &name), ["3"]);
}

#[test]
fn lines_of_several_systems_are_lines() {
    let row = |row: usize| format!("{row},50.{row:02},8.5,x{row}");
    let file = |head: &str, ends: &[&str], odd: &str| {
        let rows = (0..60).map(|at| if at == 30 && !odd.is_empty() { odd.to_owned() } else { row(at) });
        let rows = rows.enumerate().map(|(at, row)| row + ends[at % ends.len()]);
        ["id,lat,lon,t", head].concat() + &rows.collect::<String>()
    };
    let names = |odd: &str| -> Vec<String> {
        (0..60).map(|at| if at == 30 && !odd.is_empty() { odd.to_owned() } else { format!("x{at}") }).collect()
    };
    for (head, ends, alone) in [
        ("\n", &["\r", "\n", "\r\n"][..], 20),
        ("\r", &["\r\n"], 1),
        ("\r", &["\n"], 1),
        ("\n", &["\r"], 60),
        ("\r\n", &["\r", "\n"], 30),
        ("\r", &["\r"], 0),
    ] {
        let told = match alone {
            0 => "lines end with carriage returns only".into(),
            count => format!("{count} lines ended with a carriage return only, others with a line feed"),
        };
        // One that is short; a quote that is a letter; returns and feeds in quotes, which are as they are.
        for (odd, text) in [
            ("", ""),
            ("30,50.3,8.5", "-"),
            ("30,50.3,8.5,5\" p", "5\" p"),
            ("30,50.3,8.5,\"a\rb\n\r\nc\"", "a\rb\n\r\nc"),
        ] {
            let dataset = load_csv(file(head, ends, odd));
            assert_eq!(values(&dataset, "t"), names(text), "{head:?} {ends:?} {odd:?}");
            assert!(says(&dataset, &told), "{head:?} {ends:?} {odd:?} {:?}", dataset.report().lines);
            assert_eq!(dataset.report().bad_lines, 0);
        }
    }
    // Far behind what is looked at first, and beside a comment, the line of names of a spreadsheet, and lines that are skipped.
    let many: Vec<String> = (0..20_000).map(row).collect();
    let late = format!("id,lat,lon,t\n{}\n{}\r1\n{}\n", many.join("\n"), row(7), many.join("\r"));
    let dataset = load_csv(&late);
    // All but the short one have a position.
    assert_eq!(dataset.len(), 40_001);
    assert!(says(&dataset, "20000 lines ended with a carriage return only"), "{:?}", dataset.report().lines);
    assert!(says(
        &dataset,
        "1 of 40002 lines have too few fields; what they lack is taken as no value: line 20003 has 1"
    ));
    let rows = (0..9).map(|at| row(at).replace(',', ";") + "\r").collect::<String>();
    for begin in ["", "SEP=;\r", "# a comment\r# another\r", "\r\r"] {
        let dataset = load_csv(format!("{begin}id;lat;lon;t\r{rows}"));
        assert_eq!((dataset.len(), values(&dataset, "t")[8].as_str()), (9, "x8"), "{begin:?}");
    }
    let skip = Options { csv: CsvOptions { skip_lines: 2, ..CsvOptions::default() }, ..Options::default() };
    let dataset = load_with("a.csv", format!("one\rtwo\rid;lat;lon;t\r{rows}"), &skip).expect("reads");
    assert_eq!(values(&dataset, "t").len(), 9);
    // In a text that is in no quotes a return is a letter, where lines are whole so.
    let dataset = load_csv("id,t,lat,lon\n1,a\rb,50,8\n2,c,51,9\n3,d\re,52,7\n");
    assert_eq!(values(&dataset, "t"), ["a\rb", "c", "d\re"]);
}
