//! Columns that `build` makes are those that are made when a file is opened, and those that a person would make.

use crate::support::{built, inputs, open, tiles};
use duotile::{Dataset, read::Options, wanted};
use duotile_core::{Column, Kind, Scalar};
use std::fs;

const FORMULAS: [&str; 9] = [
    "dear = fare / passengers",
    "twice = dear * 2",
    "far = id * 3000000000000",
    "whole = coalesce(passengers, 0) + id",
    "clock = hour(pickup_time)",
    "there = weekday(pickup_time, 'America/New_York')",
    "settled = coalesce(paid, false)",
    "late = greatest(pickup_time, seen)",
    "\"to the east\" = round(lon * 10) - lat",
];

fn options(made: &[&str]) -> Options {
    Options {
        name: Some("points".into()),
        time: Some("pickup_time".into()),
        zone: Some("Asia/Kolkata".into()),
        made: made.iter().map(|&text| text.into()).collect(),
        ..Options::default()
    }
}

fn alike(built: &Dataset, served: &Dataset) {
    assert_eq!(built.report().lines, served.report().lines);
    assert_eq!(built.columns().len(), served.columns().len());
    for (built, served) in built.columns().iter().zip(served.columns()) {
        assert_eq!((built.name, built.facts), (served.name, served.facts));
        for row in 0..served.len() {
            assert_eq!(built.is_valid(row), served.is_valid(row), "{} of {row}", built.name);
            assert!(
                !served.is_valid(row) || built.values.get(row) == served.values.get(row),
                "{} of {row}",
                built.name
            );
        }
    }
}

#[test]
fn built_in_parts_or_in_one_they_are_those_of_a_file_that_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = inputs(folder.path(), 9000);
    let options = options(&FORMULAS);
    let served = wanted::open(&inputs, &options, &()).expect("read");
    let kinds: Vec<Kind> = served.columns().iter().rev().take(FORMULAS.len()).map(Column::kind).collect();
    let expected = [Kind::Float, Kind::Time, Kind::Boolean, Kind::Integer, Kind::Integer, Kind::Integer, Kind::Integer];
    assert_eq!(kinds, [&expected[..], &[Kind::Float, Kind::Float]].concat());
    let (one, many) = (folder.path().join("one.arrow"), folder.path().join("many.arrow"));
    assert_eq!(built(&inputs, &options, &one, 1 << 28).expect("built").runs, 1);
    assert!(built(&inputs, &options, &many, 100_000).expect("built").runs > 8);
    assert!(fs::read(&one).expect("there") == fs::read(&many).expect("there"), "the files differ");
    let opened = open(&many).expect("opened");
    alike(&opened, &served);
    let queries = ["agg=mean:twice,max:late&by=there", "mode=points&filter=clock=3 AND settled=false&properties=far"];
    assert!(tiles(&opened, &queries) == tiles(&served, &queries), "tiles differ");

    let value = |name: &str, row: usize| {
        let columns = opened.columns();
        let column = columns.iter().find(|column| column.name == name).expect(name);
        column.is_valid(row).then(|| column.values.get(row))
    };
    let number = |name: &str, row: usize| match value(name, row)? {
        Scalar::Float(number) => Some(number),
        Scalar::Integer(number) => Some(number as f64),
        other => panic!("{name}: {other:?}"),
    };
    let (mut without, mut hours) = (0, [0; 24]);
    for row in 0..opened.len() {
        let (fare, seats) = (number("fare", row), number("passengers", row));
        let dear = fare.zip(seats).filter(|&(_, seats)| seats > 0.0).map(|(fare, seats)| fare / seats);
        assert_eq!(number("dear", row), dear);
        assert_eq!(number("twice", row), dear.map(|dear| dear * 2.0));
        without += usize::from(dear.is_none());
        if let Some(Scalar::Time(micros)) = value("pickup_time", row) {
            // Five and a half hours ahead, always.
            let hour = (micros.div_euclid(60_000_000) + 330).div_euclid(60).rem_euclid(24);
            assert_eq!(number("clock", row), Some(hour as f64));
            hours[hour as usize] += 1;
        }
    }
    assert!(without > 1000 && hours.iter().all(|&count| count > 50), "{without} {hours:?}");
}

#[test]
fn latitudes_beyond_the_map_are_those_of_formulas_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("poles.csv");
    let latitude = |row: i32| if row % 500 == 7 { -89.5 } else { f64::from(row) / 25.0 - 80.0 };
    let rows: Vec<String> = (0..4000).map(|row| format!("{},{}", row % 360 - 180, latitude(row))).collect();
    fs::write(&input, format!("lon,lat\n{}\n", rows.join("\n"))).expect("written");
    let options = options_of(&["north = lat > 0", "up = lat"]);
    let wrong = format!("{:#}", wanted::open(std::slice::from_ref(&input), &options, &()).expect_err("no formula"));
    assert!(wrong.contains("--column 'north = lat > 0'"), "{wrong}");
    let options = Options { made: vec!["up = lat".into(), "twice = latitude * 2".into()], ..options };
    let served = wanted::open(std::slice::from_ref(&input), &options, &()).expect("read");
    let out = folder.path().join("poles.arrow");
    assert!(built(&[input], &options, &out, 20_000).expect("built").runs > 3);
    let opened = open(&out).expect("opened");
    alike(&opened, &served);
    let columns = opened.columns();
    let [latitude, up] = ["latitude", "up"].map(|name| columns.iter().find(|column| column.name == name).expect(name));
    let least = (0..opened.len()).map(|row| {
        assert_eq!(latitude.values.get(row), up.values.get(row));
        if let Scalar::Float(north) = up.values.get(row) { north } else { panic!("a number") }
    });
    assert!(least.fold(f64::INFINITY, f64::min) == -89.5);
}

#[test]
fn what_cannot_be_made_is_said_before_rows_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("a.csv");
    fs::write(&input, "lon,lat,n,t\n1,2,3,a\n").expect("written");
    let out = folder.path().join("a.arrow");
    for (made, expected) in [
        (vec!["x = nn + 1"], "--column 'x = nn + 1': the dataset \"points\" has no column \"nn\""),
        (vec!["n = lat + 1"], "has a column \"n\" already"),
        (vec!["x = n", "x = n"], "has a column \"x\" already"),
        (vec!["x = t || 'b'"], "--column"),
        (vec!["x = abs(t)"], "t is text, abs expects numbers"),
        (vec!["_key = n"], "has a column \"_key\" of its own"),
    ] {
        let line = format!(
            "{:#}",
            built(std::slice::from_ref(&input), &options_of(&made), &out, 1 << 20).expect_err("refused")
        );
        assert!(line.contains(expected) && !line.contains('\n'), "{line}");
        assert!(!out.exists());
    }
    built(std::slice::from_ref(&input), &options_of(&["x = n * 2"]), &out, 1 << 20).expect("built");
    let again = wanted::open(&[out], &options_of(&["x = n"]), &()).expect_err("taken");
    assert!(format!("{again:#}").contains("a column \"x\" already"), "{again:#}");
}

fn options_of(made: &[&str]) -> Options {
    Options { time: None, zone: None, ..options(made) }
}
