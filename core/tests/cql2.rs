//! Annex A of CQL2: every predicate on points selects as many of the standard's places as it says, as text and as JSON;
//! those on lines and polygons are read.

mod common;

use common::json;
use duotile_core::{
    Bits, Codes, Column, Dictionary, Facts, Filter, Points, Roles, Values, Work, filter::Expr, mercator, morton, sort,
    time,
};

const PLACES: &str = include_str!("../../tests/cql2/places.csv");
const PREDICATES: &str = include_str!("../../tests/cql2/predicates.tsv");

/// Where the standard's number is not that of its data: Chengdu, Chicago and Chișinău are three, and one of them begins with
/// `Chis` (opengeospatial/ogcapi-features#1011).
const ERRATA: [(&str, &str); 3] = [
    ("ACCENTI(name) LIKE accenti('Ch%')", "3"),
    ("ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))", "1"),
    ("ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))", "1"),
];

/// The fields of a line; one with a comma in it stands in quotes.
fn fields(line: &str) -> Vec<&str> {
    let mut rest = Some(line);
    core::iter::from_fn(|| {
        let line = rest?;
        let (field, after) = match line.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            Some((field, after)) => (field, after.strip_prefix(',')),
            None => line.split_once(',').map_or((line, None), |(field, after)| (field, Some(after))),
        };
        rest = after;
        Some(field)
    })
    .collect()
}

#[test]
fn every_predicate_on_points_selects_what_the_standard_says() {
    let mut lines = PLACES.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let mut rows: Vec<Vec<&str>> = lines.map(fields).collect();
    assert!(rows.len() == 243 && rows.iter().all(|row| row.len() == names.len()));
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let mut keys: Vec<u64> = rows
        .iter()
        .map(|row| morton::key(mercator::project(number(row[0]), number(row[1])).expect("usable")))
        .collect();
    let mut numbers: Vec<u32> = (0..243).collect();
    sort(&mut keys, &mut numbers);
    rows = numbers.iter().map(|&row| rows[row as usize].clone()).collect();

    let facts = Facts::default();
    let cells = |column: usize| rows.iter().map(move |row| row[column]);
    let bits = |of: &dyn Fn(&str) -> bool, column: usize| {
        let mut bits = vec![0u8; 31];
        cells(column).enumerate().filter(|(_, cell)| of(cell)).for_each(|(row, _)| bits[row / 8] |= 1 << (row % 8));
        bits
    };
    let dictionary = |column: usize| {
        let mut words: Vec<&str> = cells(column).collect();
        words.sort_unstable();
        words.dedup();
        Dictionary::new(words).expect("sorted")
    };
    let words = [dictionary(2), dictionary(3)];
    let codes: Vec<Vec<u8>> =
        (0..2).map(|at| cells(at + 2).map(|text| words[at].code(text).expect("there") as u8).collect()).collect();
    let whole: Vec<Vec<i64>> =
        (4..7).map(|at| cells(at).map(|cell| cell.parse().expect("an integer")).collect()).collect();
    let moment = |cell: &str| if cell.is_empty() { 0 } else { time::parse(cell).expect("a time").first() };
    let times: Vec<Vec<i64>> = (7..10).map(|at| cells(at).map(moment).collect()).collect();
    let valid: Vec<Vec<u8>> = (7..11).map(|at| bits(&|cell| !cell.is_empty(), at)).collect();
    let flags = bits(&|cell| cell == "true", 10);
    let column = |name, values, valid| Column::new(name, values, valid, &facts).expect("fits");
    let mut columns = Vec::new();
    for at in 0..2 {
        columns.push(column(names[at + 2], Values::Text(Codes::U8(&codes[at]), &words[at]), None));
    }
    for at in 0..3 {
        columns.push(column(names[at + 4], Values::I64(&whole[at]), None));
        columns.push(column(names[at + 7], Values::Time(&times[at]), Some(&valid[at][..])));
    }
    columns.push(column(names[10], Values::Bool(Bits { bytes: &flags, len: 243 }), Some(&valid[3])));
    let points = Points::new("places", &keys, &numbers, &columns, Roles::default()).expect("fits");

    let (mut tried, mut wrong) = (0, Vec::new());
    for line in PREDICATES.lines() {
        let [source, text, count] = line.split('\t').collect::<Vec<_>>().try_into().expect("three fields");
        let expr = Expr::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(Expr::parse_json(&json(&expr)).as_ref(), Ok(&expr), "{text}");
        if source != "populated_places_simple" {
            continue;
        }
        for expr in [expr.clone(), Expr::parse(&expr.to_string()).expect("printed")] {
            let filter = Filter::bind(&expr, &points, &Work::free()).unwrap_or_else(|error| panic!("{text}: {error}"));
            let mask = filter.mask(&points, 0..243, &Work::free()).expect("goes on");
            let count = ERRATA.iter().find(|(known, _)| *known == text).map_or(count, |(_, count)| count);
            if mask.total() != count.parse::<usize>().expect("a number") {
                wrong.push(format!("{text}: {} instead of {count}", mask.total()));
            }
        }
        tried += 1;
    }
    assert_eq!((tried, wrong), (202, Vec::new()));
}
