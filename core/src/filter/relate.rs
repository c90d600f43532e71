//! Comparisons of formulas over rows: two columns, a column with what is made of others, one with a list of values, …
//!
//! Like every test they are false where there is no value, so that NOT is another comparison.

use super::ast::Comparison;
use crate::{
    formula::{self, Lanes, Program},
    small,
    table::view::Table,
};
use alloc::vec::Vec;
use core::ops::Range;

/// Two formulas compared, one that is among values or not, or one that has a value or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Relate {
    pub(super) check: Check,
    pub(super) program: Program,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Check {
    /// Two doubles, which may be no finite numbers or certainly are.
    Floats(Comparison, bool),
    Integers(Comparison),
    /// An integer of 64 bits on the left, a double on the right.
    Mixed(Comparison),
    Present,
    Missing,
    /// One that is among these doubles, or, with `true`, that is not.
    FloatsAmong(Vec<f64>, bool),
    /// The same of integers of 64 bits.
    IntegersAmong(Vec<i64>, bool),
}

impl Check {
    /// A double among others, whatever their order.
    pub fn floats_among(mut values: Vec<f64>, not: bool) -> Self {
        // Zeros are one.
        values.iter_mut().for_each(|value| *value += 0.0);
        small::sort_by(&mut values, |a, b| a.total_cmp(b).is_lt());
        values.dedup();
        Self::FloatsAmong(values, not)
    }

    /// The same of integers.
    pub fn integers_among(mut values: Vec<i64>, not: bool) -> Self {
        small::sort(&mut values);
        values.dedup();
        Self::IntegersAmong(values, not)
    }

    /// How many values it has.
    const fn values(&self) -> usize {
        match self {
            Self::FloatsAmong(values, _) => values.len(),
            Self::IntegersAmong(values, _) => values.len(),
            _ => 0,
        }
    }
}

impl Relate {
    /// What a row costs, in looks at rows.
    pub(super) fn price(&self) -> usize {
        // Values are looked for by halves.
        self.program.price() + (usize::BITS - self.check.values().leading_zeros()) as usize
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.program.size() + self.check.values() * 8
    }

    /// Up to 64 rows as bits; bits from the end on are unspecified.
    pub(super) fn word(&self, table: &Table<'_>, keys: &[u64], rows: &Range<usize>, stack: &mut Vec<Lanes>) -> u64 {
        self.program.run(table, keys, rows, stack);
        let (float, whole) = (f64::from_bits, u64::cast_signed);
        match (&self.check, &stack[..]) {
            (Check::Present, [only, ..]) => only.valid,
            (Check::Missing, [only, ..]) => !only.valid,
            (Check::FloatsAmong(values, not), [only, ..]) => {
                let found = |value: f64| values.binary_search_by(|known| known.total_cmp(&value)).is_ok();
                only.test(|bits| found(float(bits) + 0.0) != *not) & only.valid
            }
            (Check::IntegersAmong(values, not), [only, ..]) => {
                only.test(|bits| values.binary_search(&whole(bits)).is_ok() != *not) & only.valid
            }
            (&Check::Floats(op, loose), [a, b, ..]) => {
                let (lower, upper) = match op {
                    Comparison::Greater | Comparison::GreaterOrEqual => (b, a),
                    _ => (a, b),
                };
                let met = match op {
                    Comparison::Less | Comparison::Greater => met(lower, upper, loose, |a, b| a < b),
                    Comparison::LessOrEqual | Comparison::GreaterOrEqual => met(lower, upper, loose, |a, b| a <= b),
                    Comparison::Equal => met(lower, upper, loose, |a, b| a == b),
                    Comparison::NotEqual => met(lower, upper, loose, |a, b| a != b),
                };
                met & a.valid & b.valid
            }
            (&Check::Integers(op), [a, b, ..]) => {
                a.test_with(b, |a, b| op.holds(whole(a).cmp(&whole(b)))) & a.valid & b.valid
            }
            (&Check::Mixed(op), [a, b, ..]) => {
                let met =
                    a.test_with(b, |a, b| float(b).is_finite() && op.holds(formula::order(whole(a).into(), float(b))));
                met & a.valid & b.valid
            }
            _ => 0,
        }
    }
}

/// Which rows have two finite numbers that meet.
#[inline]
fn met(lower: &Lanes, upper: &Lanes, loose: bool, test: impl Fn(f64, f64) -> bool) -> u64 {
    let float = f64::from_bits;
    if loose {
        // What is no finite number does not become nothing when it is multiplied by that.
        let nothing = |a: f64, b: f64| a * 0.0 + b * 0.0;
        lower.test_with(upper, |a, b| test(float(a), float(b)) & (nothing(float(a), float(b)) == 0.0))
    } else {
        lower.test_with(upper, |a, b| test(float(a), float(b)))
    }
}
