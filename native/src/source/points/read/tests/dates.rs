//! Dates in the form of their country.

use super::*;

#[test]
fn the_order_of_day_and_month_comes_from_the_values_that_prove_it() {
    let dataset = load_csv("lat,lon,date\n50,0,05/03/2024\n50,1,06/03/2024\n50,2,25/03/2024\n");
    assert_eq!(values(&dataset, "date")[0], "2024-03-05T00:00:00Z");
    assert!(
        says(&dataset, "with the day first: line 4 has \"25/03/2024\" (else say --dates mdy)"),
        "{:?}",
        dataset.report().lines
    );
    assert_eq!(dataset.report().time.as_deref(), Some("date"));
    let american = "lat,lon,Date,Updated On\n41,-87,01/13/2024 05:31:00 PM,02/10/2024 03:50:01 AM\n41,-87,02/01/2024 12:00:00 AM,02/11/2024 12:01:00 PM\n";
    let dataset = load_csv(american);
    assert_eq!(values(&dataset, "Date"), ["2024-01-13T17:31:00Z", "2024-02-01T00:00:00Z"]);
    // What another column proves holds for all.
    assert_eq!(values(&dataset, "Updated On"), ["2024-02-10T03:50:01Z", "2024-02-11T12:01:00Z"]);
    assert!(says(&dataset, "column \"Updated On\" is time") && says(&dataset, "as in other columns"));
    let german = load_csv("lat,lon,am\n50,0,5.3.2024 14:02\n50,1,06.03.2024\n");
    assert_eq!(values(&german, "am"), ["2024-03-05T14:02:00Z", "2024-03-06T00:00:00Z"]);
}

#[test]
fn where_nothing_proves_it_a_flag_decides() {
    let text = "lat,lon,date\n50,0,05/03/2024\n50,1,06/03/2024\n";
    let dataset = load_csv(text);
    assert_eq!(kind(&dataset, "date"), "text");
    assert!(says(&dataset, "say --dates dmy or --dates mdy"));
    let with = |dates| {
        let csv = CsvOptions { dates: Some(dates), ..CsvOptions::default() };
        values(&load_with("a.csv", text, &Options { csv, ..Options::default() }).expect("reads"), "date")
    };
    assert_eq!(with(Order::DayFirst)[0], "2024-03-05T00:00:00Z");
    assert_eq!(with(Order::MonthFirst)[0], "2024-05-03T00:00:00Z");
    let mixed = load_csv("lat,lon,date\n50,0,25/03/2024\n50,1,03/25/2024\n");
    assert!(says(&mixed, "some with the day first and some with the month"));
}

#[test]
fn a_form_of_its_own_can_be_said() {
    let csv = CsvOptions { time_format: Some("%d.%m.%Y %H.%M".into()), ..CsvOptions::default() };
    let options = Options { csv, time: Some("t".into()), ..Options::default() };
    let dataset = load_with("a.csv", "lat,lon,t\n1,2,05.03.2024 14.30\n", &options).expect("reads");
    assert_eq!(values(&dataset, "t"), ["2024-03-05T14:30:00Z"]);
    let csv = CsvOptions { time_format: Some("%Y%m%d".into()), ..CsvOptions::default() };
    let options = Options { csv, ..options };
    let dataset = load_with("a.csv", "lat,lon,t,n\n1,2,20240305,20240305\n", &options).expect("reads");
    assert_eq!((values(&dataset, "t")[0].as_str(), kind(&dataset, "n")), ("2024-03-05T00:00:00Z", "integer"));
    let error = error_of("a.csv", "lat,lon,t\n1,2,soon\n", &options);
    assert!(error.contains("\"soon\"") && error.contains("--time-format"), "{error}");
}

#[test]
fn a_form_that_was_said_is_that_of_the_columns_that_have_it() {
    let row = |day: usize| format!("50,8,{day:02}.03.2024 14.30,2024-03-{day:02}T10:00:00Z,{day:02}/03/2024\n");
    let rows: String = (20..30).map(row).collect();
    let text = format!("lat,lon,when,created,seen\n{rows}");
    let csv = CsvOptions { time_format: Some("%d.%m.%Y %H.%M".into()), ..CsvOptions::default() };
    for (time, types) in
        [(None, vec![]), (Some("when".to_owned()), vec![]), (None, vec![("when".to_owned(), Type::Time)])]
    {
        let options = Options { csv: csv.clone(), time, types, ..Options::default() };
        let dataset = load_with("a.csv", &text, &options).expect("reads");
        let last = |name: &str| values(&dataset, name)[9].clone();
        let expected = ["2024-03-29T14:30:00Z", "2024-03-29T10:00:00Z", "2024-03-29T00:00:00Z"];
        assert_eq!(["when", "created", "seen"].map(last), expected);
    }
}

#[test]
fn a_date_with_midnight_behind_it_takes_the_time_of_day_beside_it() {
    for (date, other) in [
        ("05-Mar-2024 00:00:00", "26-Mar-2024 00:00:00"),
        ("\"Mar 5, 2024 12:00:00 AM\"", "\"Mar 26, 2024 12:00:00 AM\""),
        ("5. 3. 2024 00:00", "26. 3. 2024 00:00"),
        ("20240305T000000", "20240326T000000"),
        ("2024-03-05T00:00:00.000", "2024-03-26T00:00:00.000"),
        ("2024年3月5日 0:00", "2024年3月26日 00:00"),
        ("\"Tue, 5 Mar 2024\"", "\"Tue, 26 Mar 2024\""),
    ] {
        let dataset = load_csv(format!("lat,lon,date,time\n50,8,{date},13:05\n51,9,{other},14:05\n"));
        assert_eq!(values(&dataset, "date"), ["2024-03-05T13:05:00Z", "2024-03-26T14:05:00Z"], "{date}");
    }
}

#[test]
fn a_date_and_its_time_of_day_in_two_columns_are_one_time() {
    let text = "lat,lon,Date,Time\n1,2,25/03/2024,7:05\n1,2,26/03/2024,19:30:15\n1,2,27/03/2024,\n";
    let dataset = load_csv(text);
    assert_eq!(values(&dataset, "Date"), ["2024-03-25T07:05:00Z", "2024-03-26T19:30:15Z", "2024-03-27T00:00:00Z"]);
    assert_eq!(values(&dataset, "Time"), ["7:05", "19:30:15", "-"]);
    assert!(says(&dataset, "column \"Date\" is given the times of day of \"Time\""));
    let apart = load_with("a.csv", text, &Options { time: Some("Date".into()), ..Options::default() }).expect("reads");
    assert_eq!(values(&apart, "Date")[0], "2024-03-25T00:00:00Z");
    let named = "lat,lon,d,t,u\n1,2,2024-03-25,7:05,8:05 PM\n";
    let options = Options { time: Some("d+u".into()), ..Options::default() };
    assert_eq!(values(&load_with("a.csv", named, &options).expect("reads"), "d"), ["2024-03-25T20:05:00Z"]);
}

#[test]
fn what_is_below_the_microsecond_is_told_of_texts_as_of_other_files() {
    let dataset = load_csv("lat,lon,t\n1,2,2024-01-01T00:00:00.000000001Z\n1,2,2024-01-01T00:00:00.123456000Z\n");
    assert_eq!(values(&dataset, "t"), ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.123456Z"]);
    assert!(says(&dataset, "column \"t\": times are kept to the microsecond, 1 had a finer part"));
}

#[test]
fn a_property_of_nothing_but_times_names_the_flag_for_them() {
    let line = |time: &str| {
        format!(
            r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[1,2]}},"properties":{{"t":"{time}","d":"none"}}}}"#
        )
    };
    let text = [line("2024-01-01T10:00:00Z"), line("2024-01-02")].join("\n");
    let dataset = load_with("a.geojsonl", &text, &Options::default()).expect("reads");
    let told = "column \"t\" is text, though its values are times (else say --type t=time, or --time t";
    assert!(says(&dataset, told), "{:?}", dataset.report().lines);
    assert!(!says(&dataset, "\"d\""));
    let timed =
        load_with("a.geojsonl", &text, &Options { time: Some("t".into()), ..Options::default() }).expect("reads");
    assert_eq!(values(&timed, "t"), ["2024-01-01T10:00:00Z", "2024-01-02T00:00:00Z"]);
    assert!(!says(&timed, "is text"));
}

#[test]
fn a_date_of_any_format_begins_when_utc_and_the_clock_of_its_zone_show_it() {
    let days = Column::new("d".into(), [19_787i32, 19_792]).cast(&DataType::Date).expect("days");
    let columns = vec![days, series("lon", &[8.0, 8.1]), series("lat", &[50.0, 50.1])];
    let text = "lon,lat,d\n8.0,50.0,2024-03-05\n8.1,50.1,2024-03-10\n";
    let options = Options { timezone: Some("America/New_York".into()), ..Options::default() };
    for (name, bytes) in [
        ("a.csv", text.into()),
        ("a.parquet", parquet(frame(columns.clone()))),
        ("a.arrow", arrow(frame(columns), false)),
    ] {
        let dataset = load_with(name, bytes, &options).expect(name);
        // On the tenth the clock was set forward, after midnight.
        assert_eq!(values(&dataset, "d"), ["2024-03-05T05:00:00Z", "2024-03-10T05:00:00Z"], "{name}");
        assert!(says(
            &dataset,
            "dates begin at midnight by UTC or by the clock of America/New_York, whichever is later"
        ));
    }
    let options = Options { timezone: Some("Europe/Berlin".into()), ..Options::default() };
    let east = load_with("a.csv", "lon,lat,d,t\n8,50,2024-03-05,2024-03-05 00:00\n", &options).expect("reads");
    assert_eq!(values(&east, "d"), ["2024-03-05T00:00:00Z"]);
    assert_eq!(values(&east, "t"), ["2024-03-04T23:00:00Z"]);
}

#[test]
fn dates_go_by_the_zone_that_a_file_names_with_its_times() {
    let days = Column::new("sale_date".into(), [19_783i32]).cast(&DataType::Date).expect("days");
    let created = Column::new("created".into(), [1_709_300_000_000_000i64]);
    let zone = polars_core::prelude::TimeZone::opt_try_new(Some("America/New_York")).expect("a zone");
    let created = created.cast(&DataType::Datetime(Unit::Microseconds, zone)).expect("times");
    let bytes = parquet(frame(vec![created, days, series("lon", &[8.0]), series("lat", &[50.0])]));
    let dataset = load_with("a.parquet", &bytes, &Options::default()).expect("reads");
    assert_eq!(values(&dataset, "sale_date"), ["2024-03-01T05:00:00Z"]);
    assert_eq!(values(&dataset, "created"), ["2024-03-01T13:33:20Z"]);
    let utc = Options { zone: Some("UTC".into()), ..Options::default() };
    let dataset = load_with("a.parquet", &bytes, &utc).expect("reads");
    assert_eq!(values(&dataset, "sale_date"), ["2024-03-01T00:00:00Z"]);
}

#[test]
fn a_date_in_notes_says_nothing_of_other_columns() {
    let text = "lat,lon,date,note\n1,2,05/03/2024,broken\n1,2,06/03/2024,03/25/2024\n1,2,07/03/2024,mended\n";
    let dataset = load_csv(text);
    assert_eq!(kind(&dataset, "date"), "text");
    assert!(says(&dataset, "say --dates dmy or --dates mdy"));
}

#[test]
fn texts_before_many_dates_are_exceptions_among_them() {
    let mut text = String::from("lat,lon,date\n");
    text.extend((0..70).map(|row| format!("1,2,see page {row}\n")));
    text.extend((0..4000).map(|row| format!("1,2,{}/03/2024\n", row % 28 + 1)));
    let dataset = load_csv(text);
    assert_eq!(kind(&dataset, "date"), "time");
    assert!(says(&dataset, "70 of 4070 values are no time, such as \"see page 0\""), "{:?}", dataset.report().lines);
}

#[test]
fn a_month_among_days_is_its_first_and_no_season() {
    let dataset = load_csv("lat,lon,t\n1,2,2004-05\n1,2,2004-06-03\n");
    assert_eq!(values(&dataset, "t"), ["2004-05-01T00:00:00Z", "2004-06-03T00:00:00Z"]);
}

#[test]
fn durations_are_no_times_of_day_and_a_clock_that_is_none_leaves_the_date() {
    let laps = load_csv("lat,lon,date,lap time\n1,2,2024-03-25,0:45\n1,2,2024-03-26,0:47\n");
    assert_eq!(values(&laps, "date"), ["2024-03-25T00:00:00Z", "2024-03-26T00:00:00Z"]);
    assert!(says(
        &laps,
        "column \"lap time\" holds times of day, or durations (--time 'date+lap time' has them behind the dates of \"date\")"
    ));
    let starts = "lat,lon,Start Date,Start Time (UTC)\n1,2,2024-03-25,0:45\n1,2,2024-03-26,NA\n1,2,NA,0:47\n";
    let dataset = load_csv(starts);
    assert_eq!(values(&dataset, "Start Date"), ["2024-03-25T00:45:00Z", "2024-03-26T00:00:00Z", "-"]);
    assert!(!says(&dataset, "are no time"), "{:?}", dataset.report().lines);
}

#[test]
fn texts_of_times_are_told_in_every_format() {
    let columns = vec![
        Column::new("t".into(), ["2024-01-01", "2024-01-02"]),
        series("lon", &[8.0, 8.1]),
        series("lat", &[50.0, 50.1]),
    ];
    let dataset = load_with("a.parquet", parquet(frame(columns)), &Options::default()).expect("reads");
    assert!(says(&dataset, "column \"t\" is text, though its values are times (else say --type t=time"));
}

#[test]
fn dates_without_a_time_of_day_are_counted_and_stay() {
    let text = "lon,lat,date,time\n";
    let row = |day: usize, time: &str| format!("8,50,2024-03-{day:02},{time}\n");
    let rows: String = (0..60).map(|at| row(at % 24 + 1, "1:15")).chain([row(25, "unknown")]).collect();
    let dataset = load_csv(format!("{text}{rows}{}{}", row(26, "NA"), row(27, "")));
    assert_eq!(
        values(&dataset, "date")[59..],
        ["2024-03-12T01:15:00Z", "2024-03-25T00:00:00Z", "2024-03-26T00:00:00Z", "2024-03-27T00:00:00Z"]
    );
    assert!(says(&dataset, "\"time\" has no time of day for 2 of its dates: midnight is taken"));
    let odd = "has something else for 1 of its dates, such as \"unknown\": midnight is taken";
    assert!(says(&dataset, odd), "{:?}", dataset.report().lines);
    let strict = Options { strict: true, ..Options::default() };
    let error = error_of("a.csv", format!("{text}{rows}"), &strict);
    assert!(error.contains("\"unknown\" is no time of day, and --strict loses none"), "{error}");
}

#[test]
fn a_date_that_is_said_to_be_text_keeps_its_text() {
    let text = "lon,lat,date,time\n8,50,2024-03-01,11:30\n8,50,2024-03-02,12:30\n";
    let options = Options { types: vec![("date".into(), Type::Text)], ..Options::default() };
    let dataset = load_with("a.csv", text, &options).expect("reads");
    assert_eq!(values(&dataset, "date"), ["2024-03-01", "2024-03-02"]);
    assert!(!says(&dataset, "times of day"), "{:?}", dataset.report().lines);
}

#[test]
fn points_between_are_those_of_all_dates() {
    let dotted = "8,50,05.03.2024\n";
    let others = "8,50,03/06/2024\n8,50,04/04/2024\n";
    for rows in [[dotted, others], [others, dotted]] {
        let dataset = load_csv(format!("lon,lat,when\n{}{}", rows[0], rows[1]));
        assert_eq!(kind(&dataset, "when"), "text", "{rows:?}");
        assert!(says(&dataset, "say --dates dmy or --dates mdy"));
    }
}

#[test]
fn times_of_day_are_those_of_the_date_that_they_are_of() {
    let day = |names: &str| {
        let dataset = load_csv(format!("lon,lat,{names}\n8,50,1981-01-05,01:30\n8,50,1982-01-05,02:30\n"));
        values(&dataset, names.split(',').next().expect("a name"))[0].clone()
    };
    assert_eq!(day("birth_date,start_time"), "1981-01-05T00:00:00Z");
    for names in
        ["date,start_time", "start_date,start_time", "birth_date,time", "obs_date,time", "event_date,event_time"]
    {
        assert_eq!(day(names), "1981-01-05T01:30:00Z", "{names}");
    }
}

#[test]
fn times_of_day_with_a_zone_and_by_names_of_several_tongues_go_with_dates() {
    // As Brazil's weather service writes.
    let dataset = load_csv("DATA;HORA UTC;lat;lon\n2024/02/28;0000 UTC;-8.5;-35.1\n2024/02/29;2300 UTC;-8.5;-35.2\n");
    assert_eq!(values(&dataset, "DATA"), ["2024-02-28T00:00:00Z", "2024-02-29T23:00:00Z"]);
    let dataset = load_csv("Data,Godzina,lat,lon\n2024-02-28,10:30,50,18\n2024-02-29,14:30 PM,50,19\n");
    assert_eq!(values(&dataset, "Data"), ["2024-02-28T10:30:00Z", "2024-02-29T14:30:00Z"]);
    let dataset = load_csv("date,ontvangst,lat,lon\n2024-02-28,10:30,50,18\n2024-02-29,11:30,50,19\n");
    assert_eq!(values(&dataset, "date"), ["2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z"]);
    assert!(says(&dataset, "column \"ontvangst\" holds times of day, or durations (--time 'date+ontvangst' has them"));
}

#[test]
fn a_date_by_one_clock_and_a_time_of_day_by_another_are_no_time() {
    let read = |names: &str, options: &Options| {
        let rows = "50,8,2024-03-05,01:30,2024-04-01T10:00:00Z\n51,9,2024-03-06,02:30,2024-04-02T10:00:00Z\n";
        load_with("a.csv", format!("lat,lon,{names},created\n{rows}"), options).expect("reads")
    };
    let day = |names: &str, options: &Options| {
        values(&read(names, options), names.split(',').next().expect("a name"))[0].clone()
    };
    let plain = Options::default();
    for names in ["Date Local,Time GMT", "date_utc,time_local", "date_cet,time_est"] {
        assert_eq!(day(names, &plain), "2024-03-05T00:00:00Z", "{names}");
        assert!(says(&read(names, &plain), "holds times of day, or durations"), "{names}");
    }
    for names in ["Date (UTC),Time (GMT)", "date_local,time_local", "date,time_utc", "date_utc,time"] {
        assert_eq!(day(names, &plain), "2024-03-05T01:30:00Z", "{names}");
    }
    // Another column that is the time leaves these together.
    let created = Options { time: Some("created".into()), ..Options::default() };
    assert_eq!(day("date,time", &created), "2024-03-05T01:30:00Z");
    let two = load_csv(
        "lat,lon,Date Local,Time Local,Date GMT,Time GMT\n50,8,2024-03-05,00:00,2024-03-05,08:00\n51,9,2024-03-05,01:00,2024-03-05,09:00\n",
    );
    assert_eq!(values(&two, "Date GMT")[0], "2024-03-05T00:00:00Z");
    let told = "(--time 'Date Local+Time Local' has them behind the dates of \"Date Local\")";
    assert!(says(&two, told), "{:?}", two.report().lines);
}

#[test]
fn times_of_day_that_come_to_dates_by_another_file_are_told() {
    let folder = Folder::new();
    let paths = [
        folder.put("a.csv", "lat,lon,date,time\n50,8,05/03/2024,13:05\n50,8,06/03/2024,13:05\n"),
        folder.put("b.csv", "lat,lon,date,time\n50,8,25/03/2024,13:05\n"),
    ];
    let dataset = read(&paths, &Options::default(), &()).expect("reads");
    assert_eq!(values(&dataset, "date")[0], "2024-03-05T13:05:00Z");
    let told = |line: &&String| line.contains("is given the times of day of \"time\"");
    assert_eq!(dataset.report().lines.iter().filter(told).count(), 2, "{:?}", dataset.report().lines);
}

#[test]
fn times_of_day_that_are_not_read_are_told_beside_dates() {
    let rows = |date: &str, times: [&str; 2]| {
        load_csv(format!("lat,lon,date,time\n50,8,{date},{}\n51,9,{date},{}\n", times[0], times[1]))
    };
    for times in [["0530", "2400"], ["130509", "140509"], ["13.05", "14.05"], ["13h05", "14h05"], ["5", "23"]] {
        let dataset = rows("2024-03-05", times);
        assert_eq!(values(&dataset, "date")[0], "2024-03-05T00:00:00Z", "{times:?}");
        let told = "column \"time\" may hold times of day, in a form that is not read (13:05, 1305 and 1:05 PM are): \"date\" has days alone";
        assert!(says(&dataset, told), "{times:?} {:?}", dataset.report().lines);
    }
    for date in ["2024/03/05 00:00:00+00", "2024-03-05T00:00:00Z", "2024-03-05T00:00:00.000+00:00"] {
        let dataset = rows(date, ["13:05", "14:05"]);
        assert_eq!(values(&dataset, "date"), ["2024-03-05T13:05:00Z", "2024-03-05T14:05:00Z"], "{date}");
    }
    assert!(!says(&rows("2024-03-05", ["2024-03-05T13:05:00Z", "2024-03-05T13:05:00Z"]), "may hold times of day"));
}

#[test]
fn the_clock_that_a_name_says_holds_for_its_times() {
    for (names, row, expected) in [
        ("\"Date Time, GMT-05:00\"", "01/25/24 10:00:00", "2024-01-25T15:00:00Z"),
        ("Time (UTC+1)", "2024-03-05 10:00", "2024-03-05T09:00:00Z"),
        ("Fecha hora (UTC+01:00)", "25.01.2024 10:00", "2024-01-25T09:00:00Z"),
        ("Time (UTC+1)", "2024-03-05T10:00Z", "2024-03-05T10:00:00Z"),
        ("Date,\"Time, GMT-05:00\"", "2024-03-05,10:00", "2024-03-05T15:00:00Z"),
    ] {
        let dataset = load_csv(format!("lat,lon,{names}\n50,8,{row}\n"));
        let name = names.split(',').next().filter(|name| *name == "Date").unwrap_or(names).trim_matches('"');
        assert_eq!(values(&dataset, name), [expected], "{names}");
        assert!(
            says(&dataset, "UTC, as its name says (else say --timezone UTC)"),
            "{names} {:?}",
            dataset.report().lines
        );
    }
    let options = Options { timezone: Some("Asia/Tokyo".into()), ..Options::default() };
    let dataset = load_with("a.csv", "lat,lon,Time (UTC+1)\n50,8,2024-03-05 10:00\n", &options).expect("reads");
    assert_eq!(values(&dataset, "Time (UTC+1)"), ["2024-03-05T01:00:00Z"]);
    let dataset = load_csv("lat,lon,Zeit (MEZ)\n50,8,2024-03-05 10:00\n");
    assert_eq!(values(&dataset, "Zeit (MEZ)"), ["2024-03-05T10:00:00Z"]);
    assert!(says(&dataset, "its name says MEZ, by which its times do not go"));
    // Days have no clock.
    assert!(!says(&load_csv("lat,lon,Tag (MEZ)\n50,8,2024-03-05\n"), "its name says"));
}

#[test]
fn a_form_without_a_day_is_its_first_and_one_that_does_not_fit_says_why() {
    let read = |text: &str, form: &str| {
        let mut options = Options { time: Some("t".into()), ..Options::default() };
        options.csv.time_format = Some(form.into());
        load_with("a.csv", format!("lat,lon,t\n50,8,{text}\n"), &options)
    };
    for (text, form, expected) in [
        ("05/2024", "%m/%Y", "2024-05-01T00:00:00Z"),
        ("202405", "%Y%m", "2024-05-01T00:00:00Z"),
        ("2024", "%Y", "2024-01-01T00:00:00Z"),
    ] {
        assert_eq!(values(&read(text, form).expect(form), "t"), [expected], "{form}");
    }
    let error = format!("{:#}", read("16 janv. 2024", "%d %b %Y").expect_err("French"));
    assert!(error.contains("do not fit --time-format '%d %b %Y', the first is \"16 janv. 2024\" ("), "{error}");
    let options = Options { time: Some("t".into()), ..Options::default() };
    let error = error_of("a.csv", "lat,lon,t\n50,8,2024\n", &options);
    assert!(error.contains("or what their digits are with --time-format, such as %Y"), "{error}");
    for text in ["16 janv. 2024", "45307.77"] {
        let dataset = load_csv(format!("lat,lon,timestamp\n50,8,{text}\n"));
        assert!(
            says(&dataset, "is named like a time and holds none that is read"),
            "{text} {:?}",
            dataset.report().lines
        );
    }
}
