//! Comparisons of formulas, fitted to a table.

use super::{
    ast::Comparison,
    error,
    fitted::{Filter, all, any},
    relate::{Check, Relate},
};
use crate::{
    formula::{self, Constant, Fitting, Literal, Term, Value},
    small::{error::QueryError, work::Work},
    table::{values::Kind, view::Table},
    time::{self, Moment},
};
use alloc::{boxed::Box, format, string::ToString as _, vec};

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

/// The rows where a term is among values, or, with `not`, where it is none of them: fitted once, however many they are. `None` where
/// they are to be compared one by one.
pub(super) fn among(
    term: &Term,
    items: &[&Term],
    not: bool,
    table: &Table<'_>,
    work: &Work<'_>,
) -> Result<Option<Filter>, QueryError> {
    let kind = formula::kind(term, table)?;
    // A date is all of its day.
    if kind == Kind::Time {
        return Ok(None);
    }
    let numbers = |kind| matches!(kind, Kind::Integer | Kind::Float);
    for item in items {
        let other = formula::kind(item, table)?;
        if kind != other && !(numbers(kind) && numbers(other)) {
            return Ok(None);
        }
    }
    let mut terms = vec![term];
    terms.extend_from_slice(items);
    let mut fitting = Fitting::new(&terms, table, work)?;
    let fit = fitting.term(term)?;
    let fit = fitting.finite(fit);
    let values = items.iter().filter_map(|item| fitting.constant(item));
    let check = if fit.wide {
        // What is no whole number, or no integer of 64 bits, equals none.
        let whole = |value| match value {
            Constant::Integer(whole) => i64::try_from(whole).ok(),
            Constant::Float(float) if float as i128 as f64 == float => i64::try_from(float as i128).ok(),
            Constant::Float(_) => None,
        };
        Check::integers_among(values.filter_map(whole).collect(), not)
    } else {
        let float = |value| match value {
            Constant::Integer(whole) => Some(whole as f64).filter(|float| *float as i128 == whole),
            Constant::Float(float) => Some(float),
        };
        Check::floats_among(values.filter_map(float).collect(), not)
    };
    Ok(Some(Filter::Relate(Box::new(Relate { program: fitting.finish(), check }))))
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
