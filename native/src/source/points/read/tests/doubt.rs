//! What a text file leaves open: which sign stands before decimals, in which encoding it is, whether a text is a date or nothing.

use super::*;

#[test]
fn votes_of_a_german_file_are_thousands_whatever_most_columns_look_like() {
    let row = |row: usize| format!("G{row};50,12{row};9,12{row};12.3{row};1.2{row}\n");
    let rows = (10..60).map(row).collect::<Vec<_>>().concat();
    let dataset = load_csv(format!("Ort;lat;lon;Stimmen;Gueltig\n{rows}"));
    assert!(says(&dataset, "CSV delimiter: ';', decimal comma"));
    assert_eq!((values(&dataset, "Stimmen")[0].as_str(), values(&dataset, "Gueltig")[49].as_str()), ("12310", "1259"));
    let shares =
        load_csv("lat;lon;SPD;CDU;Anteil\n50,551092;9,203077;20.000;30.007;60,0 %\n50,1;9,2;20.099;31.000;60,4 %\n");
    assert_eq!((values(&shares, "SPD")[1].as_str(), values(&shares, "Anteil")[1].as_str()), ("20099", "60.4"));
    let metres = Options { crs: Some(Crs::Epsg(25832)), ..Options::default() };
    let metres = load_with("a.csv", "Area;x;y;pop\nA;500000;5500000;29,098\nB;500001;5500001;26,118\n", &metres);
    let metres = metres.expect("reads");
    assert_eq!(values(&metres, "pop"), ["29098", "26118"]);
    assert!(says(&metres, "as in \"29,098\" (else say --decimal-comma or --thousands none)"));
    let both = load_csv("lat;lon;a;b\n50.25;8.5;12.310;1,5\n50.5;8.25;12.5;2,25\n");
    assert!(
        says(
            &both,
            "decimals have a point here as in \"50.25\", though others such as \"1,5\" have the other sign (else say --decimal-comma)"
        ),
        "{:?}",
        both.report().lines
    );
}

#[test]
fn dates_that_could_be_versions_are_dates_where_that_is_said() {
    let text = "lat;lon;Datum;Version\n50,5;8,5;1.2.24;1.2.24\n50,6;8,5;13.2.24 14:05;1.2.50\n";
    let dataset = load_csv(text);
    assert_eq!(kind(&dataset, "Datum"), "text");
    let told =
        "column \"Datum\" is text: \"1.2.24\" may be a date, or a version (--type Datum=time makes times of all)";
    assert!(says(&dataset, told) && !says(&dataset, "column \"Version\""), "{:?}", dataset.report().lines);
    let dates = ["2024-02-01T00:00:00Z", "2024-02-13T14:05:00Z"];
    let said = [
        Options { time: Some("Datum".into()), ..Options::default() },
        Options { types: vec![("Datum".into(), Type::Time)], ..Options::default() },
    ];
    for options in said {
        let dataset = load_with("a.csv", text, &options).expect("reads");
        assert_eq!(values(&dataset, "Datum"), dates);
        assert_eq!(kind(&dataset, "Version"), "text");
    }
    let basic = load_csv("lat,lon,t\n50,8,20140101T000000\n51,9,20140102T133005Z\n");
    assert_eq!(values(&basic, "t"), ["2014-01-01T00:00:00Z", "2014-01-02T13:30:05Z"]);
    for (number, form) in [("20240301", "%Y%m%d"), ("2024030110", "%Y%m%d%H"), ("202403011059", "%Y%m%d%H%M")] {
        let text = format!("lat,lon,Tag\n50,8,{number}\n");
        let error = error_of("a.csv", &text, &Options { time: Some("Tag".into()), ..Options::default() });
        assert!(error.contains(&format!("--time Tag --time-format {form})")), "{error}");
    }
}

#[test]
fn errors_bring_the_lines_that_help() {
    // 名称,纬度,经度 in GBK.
    let gbk = b"\xc3\xfb\xb3\xc6,\xce\xb3\xb6\xc8,\xbe\xad\xb6\xc8\n\xb1\xb1\xbe\xa9,39.9,116.4\n";
    let error = error_of("a.csv", gbk, &Options::default());
    assert!(error.contains("found no longitude") && error.contains("--encoding gbk, big5"), "{error}");
    let feet = "X_COORD_CD,Y_COORD_CD,Lat_Lon\n\"1,000,000\",\"200,000\",\"(40.704139, -73.893816)\"\n";
    let error = error_of("a.csv", feet, &Options::default());
    assert!(error.ends_with("positions could also come from: --lon Lat_Lon, which holds two numbers each"), "{error}");
}

#[test]
fn letters_of_japanese_that_are_whole_fields_are_words() {
    let read = |text: &str| load_with("a.csv", encoding_rs::SHIFT_JIS.encode(text).0, &Options::default());
    for text in [
        "施設名,lat,lon,駐車場,トイレ\n第0公園,35.3,139.7,○,有\n第1公園,35.4,139.5,×,無\n",
        "観測所番号,緯度(度),緯度(分),経度(度),経度(分),地名\n1,45,0.2,141,20.1,稚内\n2,45,1.2,141,21.1,宗谷\n",
        "ID,緯度,経度,性別,曜日\n1,35.3,139.7,男,月\n2,35.4,139.5,女,\"火\"\n3,35.4,139.5,女,水\n4,35.4,139.5,女,木\n",
    ] {
        let dataset = read(text).expect("reads");
        assert!(says(&dataset, "encoding: Shift_JIS"), "{:?}", dataset.report().lines);
        assert!(text.contains(dataset.columns().last().expect("columns").name));
    }
    // In Windows-1252 accents are whole fields, and before letters.
    let french = "ville,lat,lon,où\nÉa,48.5,2.5,à\nÎle,48.6,2.5,é\nça,48.6,2.5,Ås\nÀb,48.6,2.5,Øl\n";
    let dataset = load_with("a.csv", encoding_rs::WINDOWS_1252.encode(french).0, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "ville"), ["Éa", "Île", "ça", "Àb"]);
}

#[test]
fn errors_of_spreadsheets_in_other_languages_are_no_values() {
    let row = |value: &&str| format!("50,8,{value}\n");
    let written = ["1", "2", "#NV", "#WERT!", "#VALOR!", "N.D.", "s.o.", "/", "—", "…", "unbekannt"];
    let rows = written.iter().map(row).collect::<Vec<_>>().concat();
    assert_eq!(values(&load_csv(format!("lat,lon,v\n{rows}")), "v")[..3], ["1", "2", "-"]);
    let odd = |row: usize| format!("50,8,{}\n", if row < 8 { "5" } else { "gesperrt" });
    let odd = (0..10).map(odd).collect::<Vec<_>>().concat();
    let dataset = load_csv(format!("lat,lon,v\n{odd}"));
    let why = dataset.report().columns.iter().find(|column| column.name == "v").map(|column| column.why.clone());
    assert_eq!(why.as_deref(), Some("only 8 of 10 values are numbers: line 10 has \"gesperrt\""));
}

#[test]
fn another_sign_between_thousands_is_advised_beside_shares_and_money() {
    let rows: Vec<String> = (0..31).map(|row| format!("50,{row:02};8,{row:02};1 234,50;{row},5%;{row} €\n")).collect();
    let rows = rows.concat();
    let dataset = load_csv(format!("lat;lon;k;p;m\n{rows}"));
    assert!(
        says(&dataset, "another sign between thousands") && says(&dataset, "--thousands space"),
        "{:?}",
        dataset.report().lines
    );
}

#[test]
fn quotes_behind_backslashes_over_lines_are_no_damage() {
    let dataset =
        load_csv("id,name,lat,lon\n1,\"say \\\"hi\\\"\nthere, you\",50,8\n2,plain,51,9\n3,\"x \\\"y\\\"\",52,10\n");
    assert_eq!(values(&dataset, "name"), ["say \"hi\"\nthere, you", "plain", "x \"y\""]);
    assert!(says(&dataset, "stand behind backslashes") && !says(&dataset, "closes nothing"));
    assert!(!says(&dataset, "records that have other quotes"));
}

#[test]
fn a_list_of_two_numbers_says_nothing_of_thousands() {
    let rows = |point: fn(usize) -> String| {
        let line = |row: usize| format!("a,{},\"{row},{}\",\"12,34{row}\"\n", point(row), row + 1);
        (1..4).map(line).collect::<String>()
    };
    let wkt = load_csv(format!("name,geom,tags,pop\n{}", rows(|row| format!("POINT (8.5 5{row})"))));
    let grid = Options { crs: Some(Crs::Epsg(25832)), ..Options::default() };
    let metres = format!("name,x,y,tags,pop\n{}", rows(|row| format!("44783{row},5531000")));
    let grid = load_with("a.csv", metres, &grid).expect("reads");
    for dataset in [wkt, grid] {
        assert_eq!(values(&dataset, "pop"), ["12341", "12342", "12343"]);
        assert_eq!(values(&dataset, "tags"), ["1,2", "2,3", "3,4"]);
        let told = "column \"pop\": signs between thousands are left out, as in \"12,341\" (else say --decimal-comma";
        assert!(says(&dataset, told), "{:?}", dataset.report().lines);
    }
    // Where another column proves decimals, what is taken for some is told.
    let dataset = load_csv("lat;lon;share;pop\n50,5;8,5;1,5;12,345\n51,5;9,5;2,25;1,125\n");
    assert_eq!(values(&dataset, "pop"), ["12.345", "1.125"]);
    let told = "numbers such as \"12,345\" are taken as decimals, where they could be thousands (else say --decimal-comma=false)";
    assert!(says(&dataset, told), "{:?}", dataset.report().lines);
}

#[test]
fn units_may_be_none_for_some_columns() {
    let row = |row: usize| format!("2024-03-0{row},50.{row},8.5,{row},{row}.5\n");
    let rows: String = (1..9).map(row).collect();
    for none in ["-", "", "n.a."] {
        let dataset = load_csv(format!("time,lat,lon,count,ws\n{none},deg,deg,{none},m/s\n{rows}"));
        assert_eq!((dataset.len(), kind(&dataset, "ws"), kind(&dataset, "count")), (8, "number", "integer"), "{none}");
        assert!(says(&dataset, "the line beneath the names holds units"), "{:?}", dataset.report().lines);
    }
}
