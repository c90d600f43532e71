//! Comparisons of formulas over rows: two columns, a column with what is made of others, …
//!
//! Like every test they are false where there is no value, so that NOT is another comparison.

use super::ast::Comparison;
use crate::{
    formula::{self, Lanes, Program},
    table::view::Table,
};
use alloc::vec::Vec;
use core::ops::Range;

/// Two formulas compared, or one that has a value or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Relate {
    pub(super) program: Program,
    pub(super) check: Check,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Check {
    /// Two doubles, which may be no finite numbers or certainly are.
    Floats(Comparison, bool),
    Integers(Comparison),
    /// An integer of 64 bits on the left, a double on the right.
    Mixed(Comparison),
    Present,
    Missing,
}

impl Relate {
    /// What a row costs, in looks at rows.
    pub(super) fn price(&self) -> usize {
        self.program.price()
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.program.size()
    }

    /// Up to 64 rows as bits; bits from the end on are unspecified.
    pub(super) fn word(&self, table: &Table<'_>, keys: &[u64], rows: &Range<usize>, stack: &mut Vec<Lanes>) -> u64 {
        self.program.run(table, keys, rows, stack);
        let (float, whole) = (f64::from_bits, u64::cast_signed);
        match (self.check, &stack[..]) {
            (Check::Present, [only, ..]) => only.valid,
            (Check::Missing, [only, ..]) => !only.valid,
            (Check::Floats(op, loose), [a, b, ..]) => {
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
            (Check::Integers(op), [a, b, ..]) => {
                a.test_with(b, |a, b| op.holds(whole(a).cmp(&whole(b)))) & a.valid & b.valid
            }
            (Check::Mixed(op), [a, b, ..]) => {
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
