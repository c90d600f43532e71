//! Masks against a row-by-row reading of the same filters, over random rows with nulls.

use super::*;
use crate::{
    bits::Bits,
    dataset::{Loaded, Parts, Report},
    kind::Data,
};
use duotile_core::{Column, Dictionary, Roles, Scalar, Work, filter::Test, morton, sort};

/// Numbers that only look random: xorshift.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn signed(&mut self, around: i64) -> i64 {
        match self.roll(12) {
            0 => i64::MAX,
            1 => i64::MIN,
            2 => i64::from(i32::MAX) + 1,
            3 => i64::from(i32::MIN) - 1,
            4 => i64::from(i32::MAX),
            5 => i64::from(i32::MIN),
            _ => self.roll(around as u64 * 2) as i64 - around,
        }
    }
}

fn dataset(rows: usize, dice: &mut Dice) -> Dataset {
    let words = |count: usize| {
        let texts: Vec<String> = (0..count).map(|i| format!("{i:06}")).collect();
        Dictionary::new(texts.iter().map(String::as_str)).expect("sorted")
    };
    let mut keys: Vec<u64> = (0..rows).map(|_| dice.roll(u64::MAX) << 11 | dice.roll(1 << 11)).collect();
    let mut numbers = (0..rows as u32).collect();
    sort(&mut keys, &mut numbers);
    let small = |dice: &mut Dice| dice.roll(21) as i64 - 10;
    let bits = |dice: &mut Dice| (0..rows).map(|_| dice.roll(3) > 0).collect::<Bits>();
    let data = vec![
        Data::I32((0..rows).map(|_| small(dice) as i32).collect()),
        Data::I64((0..rows).map(|_| small(dice)).collect()),
        Data::F32((0..rows).map(|_| small(dice) as f32 / 4.0).collect()),
        Data::F64((0..rows).map(|_| small(dice) as f64 / 4.0).collect()),
        Data::Bool(bits(dice)),
        Data::texts((0..rows).map(|_| dice.roll(20) as u32), words(20)),
        Data::texts((0..rows).map(|_| dice.roll(300) as u32), words(300)),
        Data::texts((0..rows).map(|_| dice.roll(70_000) as u32), words(70_000)),
        Data::Time((0..rows).map(|_| small(dice) * 1_000_000).collect()),
    ];
    let columns = data.into_iter().enumerate().map(|(at, data)| {
        let valid = (at % 3 != 1).then(|| bits(dice));
        // As in memory, and as in a mapped file.
        let valid = valid.map(|bits| if at < 5 { bits } else { Bits::Mapped(bits.bytes().to_vec().into(), rows) });
        Loaded { name: format!("^a{at}.*$"), data, valid }
    });
    Dataset::new(Parts {
        name: "random".into(),
        title: None,
        attribution: None,
        zone: None,
        version: "0".into(),
        keys: keys.into(),
        rows: numbers.into(),
        columns: columns.collect(),
        outlines: None,
        roles: Roles::default(),
        report: Report::default(),
        known: None,
        ground: None,
    })
    .expect("fits")
}

fn filter(depth: usize, dice: &mut Dice) -> Filter {
    let parts = |dice: &mut Dice| (0..dice.roll(4)).map(|_| filter(depth - 1, dice)).collect();
    if depth > 0 && dice.roll(3) > 0 {
        return if dice.roll(2) == 0 { Filter::All(parts(dice)) } else { Filter::Any(parts(dice)) };
    }
    let not = dice.roll(2) == 0;
    let at = dice.roll(9) as usize;
    let test = match (dice.roll(8), at) {
        (0, _) => Test::Null,
        (1, _) => Test::Present,
        (2, _) => return Filter::X(dice.roll(1 << 32) as u32, dice.roll(1 << 32) as u32),
        (3, _) => {
            let (a, b) = (dice.roll(1 << 32) as u32, dice.roll(1 << 32) as u32);
            return Filter::Y(a.min(b), a.max(b));
        }
        (4, 0) if not => return Filter::Constant(dice.roll(2) == 0),
        (4 | 5, 0 | 1 | 8) => {
            let scale = if at == 8 { 1_000_000 } else { 1 };
            let mut values: Vec<i64> = (0..dice.roll(5)).map(|_| dice.signed(10).saturating_mul(scale)).collect();
            values.sort_unstable();
            Test::IntegerSet { values, not }
        }
        (_, 0 | 1 | 8) => {
            let scale = if at == 8 { 1_000_000 } else { 1 };
            let (a, b) = (dice.signed(10).saturating_mul(scale), dice.signed(10).saturating_mul(scale));
            Test::Integers { min: a.min(b), max: a.max(b), not }
        }
        (4 | 5, 2 | 3) => {
            let mut values: Vec<f64> = (0..dice.roll(5)).map(|_| dice.roll(21) as f64 / 4.0 - 2.5).collect();
            values.sort_by(f64::total_cmp);
            Test::FloatSet { values, not }
        }
        (_, 2 | 3) => {
            let low = dice.roll(21) as f64 / 4.0 - 2.6;
            let high = if dice.roll(3) == 0 { f64::INFINITY } else { low + dice.roll(9) as f64 / 4.0 };
            Test::Floats { min: low, max: high, not }
        }
        (_, 4) => Test::Boolean(not),
        (_, _) => {
            let words = [20usize, 300, 70_000][at - 5].div_ceil(64);
            Test::Codes(match dice.roll(3) {
                0 => (0..words).map(|_| dice.roll(u64::MAX)).collect(),
                1 => (0..words).map(|word| if word == 0 { 0b1110 } else { 0 }).collect(),
                _ => vec![u64::MAX; words],
            })
        }
    };
    Filter::Column(at, test)
}

/// What a filter means, one row at a time.
fn passes(filter: &Filter, dataset: &Dataset, columns: &[Column<'_>], row: usize) -> bool {
    let world = morton::position(dataset.keys()[row]);
    let inside = |step: u32, first: u32, last: u32| {
        if first > last { !(last + 1..first).contains(&step) } else { first <= step && step <= last }
    };
    match filter {
        Filter::Constant(pass) => *pass,
        Filter::All(parts) => parts.iter().all(|part| passes(part, dataset, columns, row)),
        Filter::Any(parts) => parts.iter().any(|part| passes(part, dataset, columns, row)),
        Filter::Relate(_) | Filter::Lies(_) | Filter::Outlined(_) => {
            unreachable!("formulas and geometries are read row by row in core's tests")
        }
        Filter::X(first, last) => inside(world.x, *first, *last),
        Filter::Y(first, last) => inside(world.y, *first, *last),
        // Of points there is none.
        Filter::Meets { .. } => false,
        Filter::Column(at, test) => {
            let value = columns[*at].is_valid(row).then(|| columns[*at].values.get(row));
            match (test, value) {
                (Test::Null, value) => value.is_none(),
                (_, None) => false,
                (Test::Present, Some(_)) => true,
                (Test::Integers { min, max, not }, Some(Scalar::Integer(v) | Scalar::Time(v))) => {
                    (*min <= v && v <= *max) != *not
                }
                (Test::IntegerSet { values, not }, Some(Scalar::Integer(v) | Scalar::Time(v))) => {
                    values.contains(&v) != *not
                }
                (Test::Floats { min, max, not }, Some(Scalar::Float(v))) => (*min <= v && v <= *max) != *not,
                (Test::FloatSet { values, not }, Some(Scalar::Float(v))) => values.contains(&v) != *not,
                (Test::Boolean(wanted), Some(Scalar::Boolean(v))) => v == *wanted,
                (Test::Codes(bits), Some(Scalar::Text(code))) => bits[code as usize / 64] >> (code % 64) & 1 != 0,
                other => unreachable!("{other:?}"),
            }
        }
    }
}

#[test]
fn masks_hold_the_rows_that_pass_one_by_one() {
    let mut dice = Dice(0x1234_5678_9abc_def1);
    for rows in [0, 1, 63, 64, 65, 1000, 3001] {
        let dataset = dataset(rows, &mut dice);
        let columns = dataset.columns();
        for _ in 0..80 {
            let filter = filter(3, &mut dice);
            let mask = mask(&dataset, &filter, &Work::free()).expect("nobody leaves");
            for row in 0..rows {
                let expected = passes(&filter, &dataset, &columns, row);
                assert_eq!(mask.get(row), expected, "row {row} of {rows} under {filter:?}");
            }
        }
    }
}

#[test]
fn blocks_join_where_they_meet() {
    let mut dice = Dice(99);
    let dataset = dataset(BLOCK + 1000, &mut dice);
    let columns = dataset.columns();
    let filter = Filter::Any(vec![
        Filter::Column(1, Test::Integers { min: 0, max: 5, not: false }),
        Filter::Column(0, Test::Null),
    ]);
    let mask = mask(&dataset, &filter, &Work::free()).expect("nobody leaves");
    let expected = (0..dataset.len()).filter(|&row| passes(&filter, &dataset, &columns, row));
    assert!(mask.rows(0..dataset.len()).eq(expected));
}
