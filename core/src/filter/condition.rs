//! Conditions as closed ranges of whole numbers, whatever the type of the values.

use super::{ast::Comparison, error};
use crate::{
    formula::{Literal, Property, Value},
    small::{self, error::QueryError},
    table::{plain::told, values::Kind},
};
use alloc::{format, string::ToString as _, vec, vec::Vec};

/// A condition on a column.
#[derive(Clone, Copy)]
pub(super) enum Condition<'a> {
    Holds,
    IsNull,
    Compare(Comparison, &'a Literal),
    Between(&'a Literal, &'a Literal),
    In(&'a [Literal]),
    /// Only what is known of the texts says who meets it.
    Like,
}

/// Closed, ascending, apart from each other.
pub(super) type Ranges = Vec<(i128, i128)>;

/// The ranges of a condition, from the bounds of its literals.
pub(super) fn ranges(
    condition: Condition<'_>,
    mut bounds: impl FnMut(&Literal) -> Result<(i128, i128), QueryError>,
) -> Result<Ranges, QueryError> {
    const MIN: i128 = i128::MIN;
    const MAX: i128 = i128::MAX;
    Ok(match condition {
        Condition::Compare(op, literal) => {
            let (low, high) = bounds(literal)?;
            match op {
                Comparison::Equal => vec![(low, high)],
                Comparison::NotEqual => vec![(MIN, low - 1), (high + 1, MAX)],
                Comparison::Less => vec![(MIN, low - 1)],
                Comparison::LessOrEqual => vec![(MIN, high)],
                Comparison::Greater => vec![(high + 1, MAX)],
                Comparison::GreaterOrEqual => vec![(low, MAX)],
            }
        }
        Condition::Between(low, high) => vec![(bounds(low)?.0, bounds(high)?.1)],
        Condition::In(items) => items.iter().map(bounds).collect::<Result<_, _>>()?,
        Condition::Holds => vec![(1, 1)],
        Condition::IsNull | Condition::Like => Vec::new(),
    })
}

/// Ranges cut to a domain, sorted and merged; with `not`, what is left of the domain.
pub(super) fn within(mut ranges: Ranges, (first, last): (i128, i128), not: bool) -> Ranges {
    small::sort(&mut ranges);
    let mut merged: Ranges = Vec::new();
    for (low, high) in ranges {
        let (low, high) = (low.max(first), high.min(last));
        if low > high {
            continue;
        }
        match merged.last_mut() {
            Some((_, end)) if low <= *end + 1 => *end = high.max(*end),
            _ => merged.push((low, high)),
        }
    }
    if !not {
        return merged;
    }
    let mut rest = Vec::with_capacity(merged.len() + 1);
    let mut next = first;
    for (low, high) in merged {
        if next < low {
            rest.push((next, low - 1));
        }
        next = high + 1;
    }
    if next <= last {
        rest.push((next, last));
    }
    rest
}

/// The first float not below a number and the last not above it, as ranks.
pub(super) fn float_bounds(value: &Value) -> (i128, i128) {
    match value {
        Value::Integer(whole) => {
            let nearest = *whole as f64;
            let rank = rank(nearest);
            match (nearest as i128).cmp(whole) {
                core::cmp::Ordering::Less => (rank + 1, rank),
                core::cmp::Ordering::Equal => (rank, rank),
                core::cmp::Ordering::Greater => (rank, rank - 1),
            }
        }
        Value::Decimal(number) => (rank(*number), rank(*number)),
        _ => (1, 0),
    }
}

/// The first single float that is told as no less than a number and the last that is told as no more, as ranks of doubles:
/// `0.1` is met by the float that is shown as 0.1, though it widens to another double; that double is met by it, too.
pub(super) fn single_bounds(number: f64) -> (i128, i128) {
    let nearest = (number as f32).clamp(f32::MIN, f32::MAX);
    // As tiles and statistics give it.
    if f64::from(nearest) == number {
        return (rank(number), rank(number));
    }
    let (mut low, mut high) = (nearest, nearest);
    while told(low) < number && low < f32::MAX {
        low = low.next_up();
    }
    while told(high) > number && high > f32::MIN {
        high = high.next_down();
    }
    // Beyond all single floats a bound is beyond them, too.
    let (below, above) = (told(low) < number, told(high) > number);
    (rank(low.into()) + i128::from(below), rank(high.into()) - i128::from(above))
}

/// Ranks of the finite floats.
pub(super) const FLOATS: (i128, i128) = (rank(f64::MIN), rank(f64::MAX));

/// The position of a finite float among all of them, 0.0 and −0.0 being one: neighbours differ by 1.
pub(super) const fn rank(float: f64) -> i128 {
    let bits = float.to_bits();
    let size = (bits & !(1 << 63)) as i128;
    if bits >> 63 == 0 { size } else { -size }
}

/// The float of a rank.
pub(super) const fn unrank(rank: i128) -> f64 {
    let size = f64::from_bits(rank.unsigned_abs() as u64);
    if rank < 0 { -size } else { size }
}

/// A literal that is not of the type of a column.
pub(super) fn mismatch(name: &str, kind: Kind, literal: &Literal) -> QueryError {
    let value = &literal.value;
    let hint = match (value, kind) {
        (Value::Text(text), Kind::Integer | Kind::Float) if Value::parse_number(text.trim()).is_some() => {
            Some(format!("write {} without quotes", text.trim()))
        }
        (Value::Text(text), Kind::Boolean)
            if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") =>
        {
            Some(format!("write {} without quotes", text.to_ascii_uppercase()))
        }
        (Value::Integer(0), Kind::Boolean) => Some("write FALSE".to_string()),
        (Value::Integer(1), Kind::Boolean) => Some("write TRUE".to_string()),
        (Value::Integer(_) | Value::Decimal(_) | Value::Boolean(_), Kind::Text) => Some(format!("write '{value}'")),
        (Value::Time(moment), Kind::Text) => Some(format!("write '{moment}'")),
        (_, Kind::Time) => Some("as in TIMESTAMP('2024-03-05T10:00:00Z') or DATE('2024-03-05')".to_string()),
        _ => None,
    };
    let expected = match kind {
        Kind::Integer | Kind::Float => "a number",
        Kind::Boolean => "TRUE or FALSE",
        Kind::Text => "a text in single quotes",
        Kind::Time => "a date or a time",
    };
    let message = format!("the column \"{name}\" is {}, got {value}, expected {expected}", kind.name());
    error(message, literal.place.0).hint(hint)
}

/// LIKE or CASEI on a column that holds no texts.
pub(super) fn not_text(name: &str, kind: Kind, property: &Property, what: &str) -> QueryError {
    error(format!("the column \"{name}\" is {}, {what} expects a text column", kind.name()), property.place.0)
}
