//! Comparisons of formulas, fitted to a table and over rows: two columns, a column with what is made of others, …
//!
//! Like every test they are false where there is no value, so that NOT is another comparison.

use super::{
    ast::Comparison,
    error,
    fitted::{Filter, all, any},
};
use crate::{
    formula::{self, Fitting, Lanes, Literal, Program, Term, Value},
    small::{error::QueryError, work::Work},
    table::{values::Kind, view::Table},
    time::{self, Moment},
};
use alloc::{boxed::Box, format, string::ToString as _, vec, vec::Vec};
use core::ops::Range;

/// Two formulas compared, or one that has a value or none.
#[derive(Clone, Debug, PartialEq)]
pub struct Relate {
    program: Program,
    check: Check,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Check {
    /// Two doubles, which may be no finite numbers or certainly are.
    Floats(Comparison, bool),
    Integers(Comparison),
    /// An integer of 64 bits on the left, a double on the right.
    Mixed(Comparison),
    Present,
    Missing,
}

/// The rows where a comparison of two terms is true.
pub(super) fn compared(
    left: &Term,
    op: Comparison,
    right: &Term,
    table: &Table<'_>,
    work: &Work<'_>,
) -> Result<Filter, QueryError> {
    let kinds = (formula::kind(left, table)?, formula::kind(right, table)?);
    let numbers = |kind| matches!(kind, Kind::Integer | Kind::Float);
    match (kinds, left, right) {
        ((Kind::Time, _), left, Term::Value(literal)) => with_moment(left, op, literal, table, work),
        ((_, Kind::Time), Term::Value(literal), right) => with_moment(right, op.turn(), literal, table, work),
        ((a, b), ..) if a == b || numbers(a) && numbers(b) => plain(left, op, right, table, work),
        ((a, b), ..) => {
            let message = format!("{left} is {}, got {right}, which is {}", a.name(), b.name());
            let text = matches!(right, Term::Value(Literal { value: Value::Text(_), .. })) && numbers(a);
            let hint = text.then(|| "a number stands without quotes".to_string());
            Err(error(message, right.place().0).hint(hint))
        }
    }
}

/// The rows where a term is missing, or is not.
pub(super) fn missing(term: &Term, missing: bool, table: &Table<'_>, work: &Work<'_>) -> Result<Filter, QueryError> {
    let mut fitting = Fitting::new(&[term], table, work)?;
    let fit = fitting.term(term)?;
    fitting.finite(fit);
    let check = if missing { Check::Missing } else { Check::Present };
    Ok(Filter::Relate(Box::new(Relate { program: fitting.finish(), check })))
}

fn plain(left: &Term, op: Comparison, right: &Term, table: &Table<'_>, work: &Work<'_>) -> Result<Filter, QueryError> {
    let mut fitting = Fitting::new(&[left, right], table, work)?;
    let a = fitting.term(left)?;
    let b = fitting.term(right)?;
    let check = match (fitting.sides(a, b), a.wide, b.wide) {
        (true, ..) => Check::Integers(op),
        (false, false, false) => Check::Floats(op, a.loose || b.loose),
        (false, true, _) => Check::Mixed(op),
        // The integer goes to the left.
        (false, false, true) => return plain(right, op.turn(), left, table, work),
    };
    Ok(Filter::Relate(Box::new(Relate { program: fitting.finish(), check })))
}

/// A term of times with a moment; a date is all of its day.
fn with_moment(
    term: &Term,
    op: Comparison,
    literal: &Literal,
    table: &Table<'_>,
    work: &Work<'_>,
) -> Result<Filter, QueryError> {
    let moment = match &literal.value {
        Value::Time(moment) => *moment,
        Value::Text(text) => time::parse(text).map_err(|bad| {
            error(format!("{term} is time, got '{text}', expected {}", bad.expected), literal.place.0)
        })?,
        value => return Err(error(format!("{term} is time, got {value}, expected a date or a time"), literal.place.0)),
    };
    let side = |op, micros| {
        let value = Value::Time(Moment::Instant(micros));
        plain(term, op, &Term::Value(Literal { value, place: literal.place }), table, work)
    };
    let (first, last) = (moment.first(), moment.last());
    if first == last {
        return side(op, first);
    }
    Ok(match op {
        Comparison::Equal => all(vec![side(Comparison::GreaterOrEqual, first)?, side(Comparison::LessOrEqual, last)?]),
        Comparison::NotEqual => any(vec![side(Comparison::Less, first)?, side(Comparison::Greater, last)?]),
        Comparison::Less | Comparison::GreaterOrEqual => side(op, first)?,
        Comparison::Greater | Comparison::LessOrEqual => side(op, last)?,
    })
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
                    Comparison::Less | Comparison::Greater => lower.test_with(upper, |a, b| float(a) < float(b)),
                    Comparison::LessOrEqual | Comparison::GreaterOrEqual => {
                        lower.test_with(upper, |a, b| float(a) <= float(b))
                    }
                    Comparison::Equal => lower.test_with(upper, |a, b| float(a) == float(b)),
                    Comparison::NotEqual => lower.test_with(upper, |a, b| float(a) != float(b)),
                };
                let finite = if loose {
                    let finite = |bits| float(bits).abs() < f64::INFINITY;
                    a.test_with(b, |a, b| finite(a) & finite(b))
                } else {
                    u64::MAX
                };
                met & finite & a.valid & b.valid
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
