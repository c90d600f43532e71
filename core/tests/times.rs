//! Times: text to microseconds and back, and the periods of the calendar.

use duotile_core::{
    Period, Zone,
    time::{DAY, HOUR, Moment, SECOND, Written, parse, print, read},
};

/// Days since 1970 by walking the calendar year by year and month by month.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let leap = |year: i64| year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let years: i64 = if year >= 1970 {
        (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum()
    } else {
        -(year..1970).map(|year| if leap(year) { 366 } else { 365 }).sum::<i64>()
    };
    let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + lengths[..month as usize - 1].iter().sum::<i64>() + day - 1
}

#[test]
fn every_first_and_last_of_a_month_is_the_day_the_calendar_says() {
    for year in (0..=9999).step_by(61).chain([1600, 1700, 1900, 1999, 2000, 2023, 2024, 2100]) {
        for month in 1..=12 {
            let first = days(year, month, 1);
            let next = if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) };
            for day in [1, 28, next - first] {
                let text = format!("{year:04}-{month:02}-{day:02}");
                let expected = (first + day - 1) as i32;
                assert_eq!(parse(&text), Ok(Moment::Date(expected)), "{text}");
                assert_eq!(Moment::Date(expected).to_string(), text);
            }
            let beyond = format!("{year:04}-{month:02}-{:02}", next - first + 1);
            assert!(parse(&beyond).is_err(), "{beyond}");
            let middle = (first + 13) * DAY + 5 * HOUR + 7;
            assert_eq!(Period::Month.floor(middle), first * DAY);
            assert_eq!(Period::Month.next(middle), next * DAY);
            let quarter = (month - 1) / 3 * 3 + 1;
            let after = if quarter == 10 { days(year + 1, 1, 1) } else { days(year, quarter + 3, 1) };
            assert_eq!(Period::Quarter.floor(middle), days(year, quarter, 1) * DAY);
            assert_eq!(Period::Quarter.next(middle), after * DAY);
            assert_eq!(Period::Year.floor(middle), days(year, 1, 1) * DAY);
            assert_eq!(Period::Year.next(middle), days(year + 1, 1, 1) * DAY);
            assert_eq!(Period::Day.floor(middle), (first + 13) * DAY);
            assert_eq!(Period::Day.next(middle), (first + 14) * DAY);
            assert_eq!(Period::Hour.floor(middle), (first + 13) * DAY + 5 * HOUR);
            assert_eq!(Period::Hour.next(middle), (first + 13) * DAY + 6 * HOUR);
        }
    }
}

#[test]
fn known_instants_are_read_and_printed() {
    // Seconds as `date -u +%s` gives them.
    for (text, seconds, micros) in [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("2024-02-29T12:34:56Z", 1_709_210_096, 0),
        ("2000-03-01T00:00:00.000001Z", 951_868_800, 1),
        ("1969-12-31T23:59:59.9Z", -1, 900_000),
        ("1900-01-01T00:00:00Z", -2_208_988_800, 0),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799, 999_999),
        ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
    ] {
        let instant = seconds * SECOND + micros;
        assert_eq!(parse(text), Ok(Moment::Instant(instant)), "{text}");
        assert_eq!(print(instant), text);
    }
}

#[test]
fn liberties_are_taken_and_mistakes_are_placed() {
    let noon = Moment::Instant(DAY / 2);
    for text in [
        "1970-01-01T12:00:00Z",
        "1970-01-01t12:00:00z",
        "1970-01-01 12:00:00",
        "1970-01-01T12:00",
        "1970-01-01T12:00Z",
        "1970-01-01T14:30:00+02:30",
        "1970-01-01T14:30:00 02:30",
        "1970-01-01T02:00:00-10:00",
        "1970-01-01 12:00 UTC",
        "1970/01/01 12:00:00 GMT",
        "1970-01-01T13:00:00+01",
        "1970-01-01T13:00:00 +0100",
        "1970-01-01 12:00:00 Z",
        "1969-12-31T24:00:00-12:00",
        "1970-01-01T11:59:60Z",
        "1970-01-01T12:00:00.0000009Z",
        "1970-01-01T12:00:00,0Z",
        "1969-12-31T23:00:00-13:00",
    ] {
        assert_eq!(parse(text), Ok(noon), "{text}");
    }
    for (text, position) in [
        ("", 0),
        ("24-01-01", 0),
        ("2024/01-01", 7),
        ("2024.01.01", 4),
        ("2024-13-01", 5),
        ("2024-02-30", 8),
        ("2024-1-1", 5),
        ("2024-01-01x", 10),
        ("2024-01-01T", 11),
        ("2024-01-01T24:00:01Z", 11),
        ("2024-01-01T24:30Z", 11),
        ("2024-01-01T25:00:00Z", 11),
        ("2024-01-01T00:60:00Z", 14),
        ("2024-01-01T00:00:61Z", 17),
        ("2024-01-01T00:00:00.Z", 20),
        ("2024-01-01T00:00:00+010", 22),
        ("2024-01-01T00:00:00+01:", 23),
        ("2024-01-01T00:00:00+24:00", 20),
        ("2024-01-01T00:00:00ZZ", 20),
        ("2024-01-01T00:00:00 ", 20),
        ("2024-01-01T00:00:00 utc", 20),
        ("2024-01-01 10:00 PM", 17),
        ("0000-01-01T00:00:00+01:00", 0),
        ("２024-01-01", 0),
        ("2024-01-0é", 8),
    ] {
        assert_eq!(parse(text).map_err(|bad| bad.position), Err(position), "{text}");
    }
}

/// A file and a filter say the same by the same text, but for what only one of them reads.
#[test]
fn a_text_means_the_same_in_a_file_and_in_a_filter() {
    let pieces: [&[&str]; 5] = [
        &["2024-02-29", "2024/02/29", "2023-02-29", "2024-2-9", "0000-01-01", "9999-12-31", "20240229"],
        &["", "T", " ", "t", "  "],
        &[
            "",
            "00:00",
            "10:11:12",
            "23:59:60",
            "24:00",
            "24:00:00.0",
            "24:01",
            "7:00",
            "10:11:12,5",
            "10:11:12.1234567",
        ],
        &["", " ", "  "],
        &["", "Z", "z", "UTC", "GMT", "utc", "+01", "-0130", "+23:59", "-24:00", "01:00", "+1", "+01:0", "PM", "é"],
    ];
    let mut texts = vec![String::new()];
    for piece in pieces {
        texts = texts.iter().flat_map(|text| piece.iter().map(move |more| format!("{text}{more}"))).collect();
    }
    let mut both = 0;
    for text in texts {
        let instant = |written: Written| match written {
            Written::Date(day) => Moment::Date(day),
            clock @ Written::Clock(..) => Moment::Instant(clock.first(|micros| micros)),
        };
        match (read(text.as_bytes()).map(instant), parse(&text)) {
            (Ok(file), Ok(filter)) => {
                assert_eq!(file, filter, "{text}");
                both += 1;
            }
            // Beyond what can be printed.
            (Ok(_), Err(bad)) => assert!(bad.expected.contains("0000 to 9999"), "{text}: {bad}"),
            // The blank that was a plus in a query string.
            (Err(_), _) if text.ends_with(" 01:00") => {}
            (file, filter) => assert_eq!(file.err(), filter.err(), "{text}"),
        }
    }
    assert!(both > 300, "{both}");
}

#[test]
fn periods_tile_all_of_time_and_no_instant_is_too_far_out() {
    for period in Period::ALL {
        for instant in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            assert!(period.floor(instant) <= instant || instant < i64::MIN + 367 * DAY);
            assert!(period.next(instant) > instant || instant > i64::MAX - 367 * DAY);
            assert!(!period.label(instant).is_empty() && !print(instant).is_empty());
        }
        let mut start = period.floor(-3 * 366 * DAY);
        while start < 3 * 366 * DAY {
            let next = period.next(start);
            assert!(next > start);
            assert_eq!((period.floor(next - 1), period.floor(next)), (start, next));
            start = next;
        }
    }
    // Mondays of ISO 8601, from calendars: the first weeks of 2021 and 2024, and one before 1970.
    for (day, monday) in [((2021, 1, 3), (2020, 12, 28)), ((2024, 1, 1), (2024, 1, 1)), ((1969, 7, 20), (1969, 7, 14))]
    {
        let [day, monday] = [day, monday].map(|(year, month, day)| days(year, month, day) * DAY);
        assert_eq!(Period::Week.floor(day + 5), monday);
        assert_eq!(Period::Week.next(day + 5), monday + 7 * DAY);
    }
    assert_eq!(Period::Month.label(45 * DAY + 5), "1970-02-01");
    assert_eq!(Period::Hour.label(DAY + HOUR + 5), "1970-01-02T01:00:00Z");
}

/// Berlin in 2024, from its law: an hour ahead, two from 31 March to 27 October, changing at 1:00 UTC.
fn berlin() -> Zone {
    let at = |month, day| days(2024, month, day) * DAY + HOUR;
    Zone::new("Europe/Berlin", vec![(0, HOUR), (at(3, 31), 2 * HOUR), (at(10, 27), HOUR)])
}

#[test]
fn a_day_of_a_zone_has_the_hours_that_its_clock_shows() {
    let zone = berlin();
    let utc = |month, day, hour| days(2024, month, day) * DAY + hour * HOUR;
    for (instant, period, start, next) in [
        (utc(1, 15, 12), Period::Day, utc(1, 14, 23), utc(1, 15, 23)),
        (utc(3, 31, 12), Period::Day, utc(3, 30, 23), utc(3, 31, 22)),
        (utc(10, 27, 12), Period::Day, utc(10, 26, 22), utc(10, 27, 23)),
        // Three o'clock comes after one; two comes twice.
        (utc(3, 31, 0) + 5, Period::Hour, utc(3, 31, 0), utc(3, 31, 1)),
        (utc(3, 31, 1) + 5, Period::Hour, utc(3, 31, 1), utc(3, 31, 2)),
        (utc(10, 27, 0) + 5, Period::Hour, utc(10, 27, 0), utc(10, 27, 2)),
        (utc(10, 27, 1) + 5, Period::Hour, utc(10, 27, 0), utc(10, 27, 2)),
        (utc(10, 27, 2) + 5, Period::Hour, utc(10, 27, 2), utc(10, 27, 3)),
        (utc(4, 1, 0), Period::Month, utc(3, 31, 22), utc(4, 30, 22)),
        (utc(3, 31, 22) - 1, Period::Month, utc(2, 29, 23), utc(3, 31, 22)),
        (utc(10, 27, 22), Period::Week, utc(10, 20, 22), utc(10, 27, 23)),
    ] {
        assert_eq!(zone.floor(period, instant), start, "{instant} {period:?}");
        assert_eq!(zone.next(period, start), next, "{instant} {period:?}");
    }
}

#[test]
fn periods_of_a_zone_tile_its_time_however_its_clock_jumps() {
    let hours = |list: &[(i64, i64)]| list.iter().map(|&(from, ahead)| (from * HOUR, ahead * HOUR / 2)).collect();
    for changes in [
        vec![],
        vec![(0, 3)],
        // Over midnight to and fro, a day left out, and one that comes twice.
        hours(&[(-100, 0), (0, 2), (26, -2), (75, 22), (200, -26), (207, 1)]),
        hours(&[(-5000, -20), (24, -18), (48, -20), (72, 28), (73, -28)]),
    ] {
        let zone = Zone::new("x", changes);
        for period in Period::ALL {
            let mut before = i64::MIN;
            for step in -2000..2000 {
                let instant = step * HOUR / 4;
                let start = zone.floor(period, instant);
                let next = zone.next(period, start);
                assert!(start <= instant && instant < next, "{start} {instant} {next} {period:?} {zone:?}");
                assert_eq!((zone.floor(period, start), zone.floor(period, next)), (start, next), "{period:?} {zone:?}");
                assert!(start >= before);
                before = start;
            }
        }
    }
}
