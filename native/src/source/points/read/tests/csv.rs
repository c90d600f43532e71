//! CSV: types, quotes, broken lines, dialects.

use super::*;

#[test]
fn a_sign_that_parts_fields_stands_around_none() {
    let csv = CsvOptions { quote: Some(Some(b',')), ..CsvOptions::default() };
    let error = error_of("a.csv", "lon,lat\n1,2\n", &Options { csv, ..Options::default() });
    assert!(error.contains("--quote ',': that sign stands between fields"), "{error}");
}

#[test]
fn zero_bytes_behind_gzip_are_nothing() {
    let packed = |text: &str| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(text.as_bytes()).expect("in memory");
        gzip.finish().expect("in memory")
    };
    let members = [packed("lon,lat,v\n1,2,3\n"), packed(""), packed("3,4,5\n")].concat();
    for zeros in [0, 1, 5, 1000] {
        let bytes = [&members[..], &vec![0; zeros]].concat();
        assert_eq!(values(&load_with("a.csv.gz", bytes, &Options::default()).expect("reads"), "v"), ["3", "5"]);
    }
    let cut = members[..members.len() - 9].to_vec();
    for bytes in [[&members[..], b"more"].concat(), [&members[..], b"\0\0x"].concat(), cut] {
        let error = error_of("a.csv.gz", bytes, &Options::default());
        assert!(error.contains("gzip data is damaged or cut off"), "{error}");
    }
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
        ("mixed", "integer"),
        ("flag", "boolean"),
        ("none", "none"),
        ("big", "text"),
    ] {
        assert_eq!(kind(&dataset, name), expected, "{name}");
    }
    assert!(says(
        &dataset,
        "column \"mixed\": 1 of 50000 values are no integer, such as \"n/k\"; they have no value (--type mixed=text"
    ));
    assert!(says(&dataset, "column \"zip\" stays text, to keep digits such as \"01000\""));
    assert!(says(&dataset, "column \"none\" is left out"));
    let columns = dataset.columns();
    let width = |name: &str| columns.iter().find(|column| column.name == name).map(|column| column.values);
    assert!(matches!(width("n"), Some(Values::I32(_))) && matches!(width("wide"), Some(Values::I64(_))));
    assert_eq!(values(&dataset, "mixed")[49_989..49_992], ["49989", "-", "49991"]);
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
    let error = error_of("a.csv", "lon,lat,t\n1,2,\"open\n3,4\n", &Options::default());
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
    let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let bom = ["\u{feff}", text].concat();
    for (bytes, encoding) in [
        (text.as_bytes(), None),
        (&windows, Some("windows-1252")),
        (&utf16, Some("UTF-16LE")),
        (&utf16[2..], Some("UTF-16LE")),
        (&unmarked, Some("UTF-16BE")),
        (bom.as_bytes(), None),
    ] {
        let dataset = load_csv(bytes);
        assert_eq!(values(&dataset, "Stadt"), ["München", "Köln"]);
        let key = morton::key(mercator::project(11.5, 48.1).expect("usable"));
        assert!(dataset.keys().contains(&key));
        assert!(says(&dataset, "CSV delimiter: ';', decimal comma"));
        assert_eq!(dataset.report().lines.iter().any(|line| line.starts_with("encoding")), encoding.is_some());
        assert!(encoding.is_none_or(|encoding| says(&dataset, encoding)));
    }
    let options = Options {
        csv: CsvOptions {
            delimiter: Some(b'!'),
            decimal_comma: Some(true),
            encoding: Some("latin1".into()),
            ..CsvOptions::default()
        },
        ..Options::default()
    };
    let dataset = load_with("a.txt", b"lon!lat!n\xe9\n1,5!2!a\xe9\n", &options).expect("reads");
    assert_eq!(values(&dataset, "né"), ["aé"]);
    let options = Options { csv: CsvOptions { encoding: Some("utf-99".into()), ..CsvOptions::default() }, ..options };
    assert!(error_of("a.csv", "lon,lat\n1,2\n", &options).contains("--encoding utf-99 is not known"));
}

#[test]
fn a_few_bytes_that_are_no_utf_8_are_told_and_the_rest_stays() {
    let rows = |whole: usize| -> Vec<u8> {
        let lines = "1,2,Z\u{fc}rich\n".repeat(whole);
        [b"lon,lat,t\n", lines.as_bytes(), b"3,4,Z\xfcrich\n"].concat()
    };
    let said = |label: &str, strict| Options {
        csv: CsvOptions { encoding: Some(label.into()), ..CsvOptions::default() },
        strict,
        ..Options::default()
    };
    let last = |dataset: &Dataset| values(dataset, "t").last().cloned().expect("a row");
    // Nearly all is UTF-8: so is the file.
    let dataset = load_csv(rows(200));
    assert_eq!((values(&dataset, "t")[0].as_str(), last(&dataset).as_str()), ("Z\u{fc}rich", "Z\u{fffd}rich"));
    let told = "encoding: UTF-8, of which 1 letter is broken and becomes U+FFFD, the first in line 202";
    assert!(says(&dataset, told), "{:?}", dataset.report().lines);
    // Too little to know, until it is said.
    let dataset = load_csv(rows(1));
    assert_eq!(last(&dataset), "Z\u{fc}rich");
    assert!(says(&dataset, "encoding: windows-1252"));
    let dataset = load_with("a.csv", rows(1), &said("utf-8", false)).expect("reads");
    assert_eq!(values(&dataset, "t"), ["Z\u{fc}rich", "Z\u{fffd}rich"]);
    assert!(says(&dataset, "the first in line 3") && !says(&dataset, "windows"), "{:?}", dataset.report().lines);
    let windows = load_with("a.csv", rows(200), &said("windows-1252", false)).expect("reads");
    assert_eq!(last(&windows), "Z\u{fc}rich");
    for options in [said("utf-8", true), Options { strict: true, ..Options::default() }] {
        let error = error_of("a.csv", rows(200), &options);
        assert!(error.contains("line 202 has bytes that are no UTF-8, the first of 1, and --strict"), "{error}");
    }
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
fn what_would_fill_memory_is_refused() {
    let mut many = String::from("lon,lat");
    (0..20_000).for_each(|_| many.push_str(",same"));
    let error = error_of("a.csv", &many, &Options::default());
    assert!(error.contains("it has more than 16384 columns, expected that many at most"), "{error}");
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(b"lon,lat,t\n1,2,").expect("in memory");
    let zeros = vec![b'0'; 1 << 20];
    (0..300).for_each(|_| bomb.write_all(&zeros).expect("in memory"));
    let error = error_of("a.csv.gz", bomb.finish().expect("in memory"), &Options::default());
    assert!(error.contains("unpacks to more than 250 times its length"), "{error}");
}

#[test]
fn integers_are_times_where_it_is_said() {
    let options =
        |unit| Options { types: vec![("at".into(), Type::Time)], time_unit: Some(unit), ..Options::default() };
    let text = "lon,lat,at\n1,2,1700000000\n3,4,1700000060\n";
    let dataset = load_with("a.csv", text, &options(TimeUnit::Seconds)).expect("reads");
    assert_eq!(values(&dataset, "at"), ["2023-11-14T22:13:20Z", "2023-11-14T22:14:20Z"]);
}

#[test]
fn a_lone_quote_does_not_change_what_is_found() {
    let mut text = String::from("lon,lat,t\n1,2,5\" pipe\n");
    text.extend((0..900_000).map(|row| format!("{},2,row {row}\n", row % 90)));
    let dataset = load_csv(&text);
    assert_eq!(dataset.len(), 900_001);
    let texts = values(&dataset, "t");
    assert_eq!((texts[0].as_str(), texts[900_000].as_str()), ("5\" pipe", "row 899999"));
}

#[test]
fn japanese_is_known_and_other_pairs_of_bytes_are_told() {
    let text = "施設名,緯度,経度,更新日\n図書館,35.5,139.5,2024年3月5日\n公園,36.5,138.5,2024年3月6日\n";
    let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let dataset = load_csv(&japanese);
    assert_eq!(values(&dataset, "施設名"), ["図書館", "公園"]);
    assert_eq!(values(&dataset, "更新日"), ["2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z"]);
    assert!(says(&dataset, "encoding: Shift_JIS (else say --encoding)"));
    let chinese = "名称,lat,lon\n图书馆,35.5,139.5\n公园北门,36.5,138.5\n";
    for encoding in [encoding_rs::GBK, encoding_rs::BIG5, encoding_rs::EUC_KR] {
        let text = if encoding == encoding_rs::EUC_KR {
            chinese.replace("图书馆", "도서관").replace("公园北门", "공원북문").replace("名称", "이름")
        } else if encoding == encoding_rs::BIG5 {
            chinese.replace("图书馆", "圖書館").replace("公园北门", "公園北門").replace("名称", "名稱")
        } else {
            chinese.into()
        };
        let (bytes, _, lost) = encoding.encode(&text);
        assert!(!lost);
        let dataset = load_csv(&bytes);
        assert!(!says(&dataset, "Shift_JIS"), "{}", encoding.name());
        if encoding != encoding_rs::BIG5 {
            assert!(says(&dataset, "stand in pairs"), "{}", encoding.name());
        }
    }
    for (text, letters) in [
        ("lat,lon,t\n1,2,été à la fête de Noël\n3,4,château\n", "Noël"),
        ("lat;lon;t\n1;2;Empfänger, Währung, Länge, Jäger\n3;4;Bäcker\n", "Währung"),
        ("lat;lon;t\n1;2;Größe, Größe, Größen, Größe\n3;4;Größe\n", "Größe"),
    ] {
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
        let dataset = load_csv(&bytes);
        assert!(says(&dataset, "windows-1252") && !says(&dataset, "pairs"), "{text}");
        assert!(values(&dataset, "t")[0].contains(letters), "{text}");
    }
}

#[test]
fn what_is_strict_loses_nothing_of_numbers_positions_and_times() {
    let strict = Options { strict: true, ..Options::default() };
    let rows = |odd: &str| format!("lon,lat,v,t\n{}{odd}\n", "8,50,1.5,2024-01-01T00:00:00Z\n".repeat(60));
    assert!(load_with("a.csv", rows("8,50,NA,"), &strict).is_ok());
    assert!(load_with("a.csv", rows("NA,50,1.5,"), &strict).is_ok());
    for (odd, what) in [
        ("abc,50,1.5,2024-01-01T00:00:00Z", "lon holds \"abc\", which is no position"),
        ("8,50,inf,2024-01-01T00:00:00Z", "NaN or infinite"),
        (
            "8,50,12345678901234567.25,2024-01-01T00:00:00Z",
            "more digits than are kept of them, such as \"12345678901234567.25\"",
        ),
        ("8,50,1.5,2024-01-01T00:00:00.000000001Z", "1 had a finer part"),
    ] {
        let error = error_of("a.csv", rows(odd), &strict);
        assert!(error.contains(what) && error.contains("--strict loses none"), "{odd}: {error}");
        assert!(load_with("a.csv", rows(odd), &Options::default()).is_ok(), "{odd}");
    }
}

#[test]
fn a_fraction_behind_thousands_is_kept_or_told() {
    let dataset = load_csv("lon,lat,v\n8,50,\"9,007,199,254,740,993.50\"\n8,50,\"1,234\"\n");
    assert_eq!((kind(&dataset, "v"), values(&dataset, "v")[1].as_str()), ("number", "1234.0"));
    assert!(says(&dataset, "more digits than are kept of them, such as \"9,007,199,254,740,993.50\""));
    assert_eq!(values(&load_csv("lon,lat,v\n8,50,\"9,007,199,254,740,993.00\"\n"), "v"), ["9007199254740993"]);
}

#[test]
fn a_number_may_have_any_count_of_digits() {
    let zeros = "0".repeat(66_000);
    for (field, same, lost) in [
        (format!("1234567890123456.{}", "7".repeat(70_000)), "1234567890123456.7777777777", true),
        (format!("\"1,234.{zeros}\""), "1234", false),
        (format!("\"1,234.{zeros}1\""), "1234", true),
        (format!("\"12,345{}\"", ",000".repeat(90)), "12345e270", true),
    ] {
        let dataset = load_csv(format!("lat,lon,v\n50,8,{field}\n51,9,0.5\n"));
        let same: f64 = same.parse().expect("a number");
        assert_eq!(values(&dataset, "v"), [format!("{same:?}"), "0.5".into()]);
        assert_eq!(says(&dataset, "1 numbers have more digits than are kept of them"), lost, "{}", &field[..9]);
    }
}

#[test]
fn a_damaged_record_leaves_other_quotes_behind_backslashes() {
    let row = |row: usize| format!("{row},\"n \\\"{row}\\\", c\",50,8\n");
    let rows: String = (1..=100).map(row).collect();
    let text = format!("id,name,lat,lon\n{rows}101,\"abc\"def \\\"x\\\"\",50,8\n");
    let dataset = load_csv(text);
    let names: Vec<String> = (1..=100).map(|row| format!("n \"{row}\", c")).collect();
    assert_eq!(values(&dataset, "name")[..100], names);
    assert_eq!(values(&dataset, "name")[100], "\"abc\"def \\\"x\\\"\"");
    assert!(says(&dataset, "are no part of texts, but in 1 records that have other quotes besides"));
    assert_eq!((dataset.len(), dataset.report().bad_lines), (101, 0));
    // Paths that end with a backslash stay whole, though fields elsewhere have quotes behind some.
    let path = |row: usize| format!("{row},50,8,\"C:\\{row}\\\"\n");
    let paths: String = (0..20).map(path).collect();
    let odd = "30,50,8,a\\\"b\n".repeat(30);
    let dataset = load_csv(format!("id,lat,lon,path\n{paths}{odd}"));
    assert_eq!((dataset.len(), values(&dataset, "path")[19].as_str()), (50, "C:\\19\\"));
}
