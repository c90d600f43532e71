//! Comparisons of formulas, fitted to a table.

use super::{
    ast::Comparison,
    error,
    fitted::{Filter, all, any},
    relate::{Check, Relate},
};
use crate::{
    formula::{self, Fitting, Literal, Term, Value},
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
