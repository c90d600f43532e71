//! Annex A of CQL2: every predicate on polygons and lines selects as many of the standard's countries and rivers as it says.

use duotile_core::{
    Built, Codes, Column, Dictionary, Facts, Filter, Gather, Landmarks, Points, Role, Roles, Values, Work,
    filter::Expr, morton, point_inside, sort,
};

const COUNTRIES: &str = include_str!("../../tests/cql2/countries.tsv");
const RIVERS: &str = include_str!("../../tests/cql2/rivers.tsv");
const PREDICATES: &str = include_str!("../../tests/cql2/predicates.tsv");

/// Which predicates on a table select how many rows, where that is not what the standard says; and how many were tried.
fn wrong(table: &str, source: &str) -> (usize, Vec<String>) {
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let mut gather = Gather::default();
    for row in &rows {
        for run in row[2].split('/') {
            let role = [Role::Shell, Role::Hole, Role::Line]["SHL".find(&run[..1]).expect("a run")];
            let numbers: Vec<f64> = run[2..].split(' ').map(|word| word.parse().expect("degrees")).collect();
            gather.part(role, numbers.chunks(2).map(|pair| (pair[0], pair[1])));
        }
        assert!(gather.end_row());
    }
    let (flat, _) = gather.finish();
    let mut numbers: Vec<u32> = (0..rows.len() as u32).collect();
    let key = |&row: &u32| morton::key(point_inside(&flat.view(), row as usize).expect("a point"));
    let mut keys: Vec<u64> = numbers.iter().map(key).collect();
    sort(&mut keys, &mut numbers);
    let words = Landmarks::build(&keys);
    let landmarks = Landmarks::new(&words, keys.len());
    let built = Built::of(flat.pick(&numbers), landmarks, &Work::free()).expect("goes on");

    let cells = |column: usize| numbers.iter().map(move |&row| (row as usize, column));
    let mut names: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    names.sort_unstable();
    let names = Dictionary::new(names).expect("distinct");
    let codes: Vec<u8> = cells(0).map(|(row, at)| names.code(rows[row][at]).expect("there") as u8).collect();
    let people: Vec<f64> = cells(1).map(|(row, at)| rows[row][at].parse().expect("a number")).collect();
    let facts = Facts::default();
    let columns = [
        Column::new("NAME", Values::Text(Codes::U8(&codes), &names), None, &facts).expect("fits"),
        Column::new("POP_EST", Values::F64(&people), None, &facts).expect("fits"),
    ];
    let points = Points::new("shapes", &keys, &numbers, &columns, Roles::default()).expect("fits");
    let points = points.with_landmarks(landmarks).with_shapes(built.view(landmarks));

    let (mut tried, mut wrong) = (0, Vec::new());
    for line in PREDICATES.lines() {
        let [table, text, count] = line.split('\t').collect::<Vec<_>>().try_into().expect("three fields");
        if table != source {
            continue;
        }
        let filter = Filter::bind(&Expr::parse(text).expect("parses"), &points, &Work::free());
        let filter = filter.unwrap_or_else(|error| panic!("{text}: {error}"));
        let found = filter.mask(&points, 0..rows.len(), &Work::free()).expect("goes on").total();
        if found != count.parse::<usize>().expect("a number") {
            wrong.push(format!("{text}: {found} instead of {count}"));
        }
        tried += 1;
    }
    (tried, wrong)
}

#[test]
fn every_predicate_on_polygons_selects_what_the_standard_says() {
    assert_eq!(wrong(COUNTRIES, "admin_0_countries"), (58, Vec::new()));
}

#[test]
fn every_predicate_on_lines_selects_what_the_standard_says() {
    assert_eq!(wrong(RIVERS, "rivers_lake_centerlines"), (14, Vec::new()));
}
