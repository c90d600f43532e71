//! One condition on one column, as an exact test.
//!
//! The values of every column are counted out as whole numbers that keep their order: integers and microseconds as they
//! are, floats by [`rank`](super::condition::rank), texts by their code, FALSE and TRUE as 0 and 1. A literal becomes the first value not below
//! it and the last value not above it (for 2.5 among integers: 3 and 2; for a date: the first and last microsecond of
//! its day). Each condition then is a set of closed ranges, and its negation the ranges between them.

use super::{
    condition::{Condition, FLOATS, float_bounds, mismatch, not_text, ranges, single_bounds, unrank, within},
    error,
    fitted::{Filter, Test, any},
    texts::Met,
};
use crate::{
    formula::{Literal, Property, Value},
    small::error::QueryError,
    table::{
        columns::Column,
        values::{Kind, Values},
    },
    time,
};
use alloc::{format, string::ToString as _, vec, vec::Vec};

/// Most ranges of texts that are tested one by one; of more, each text that passes is in a set, or has a bit.
const MOST_RANGES: usize = 8;
/// Most texts in a set; of more, every text of the dictionary has a bit.
const MOST_IN_SET: usize = 1 << 16;
/// Of up to so many texts, a bit each is quicker than a search among ranges.
const FEW_TEXTS: usize = 1 << 16;

/// The rows where the condition on a column is true, or, with `not`, those where it is false. `met` are the texts that meet
/// it, where it looks at texts.
pub(super) fn column(
    index: usize,
    column: &Column<'_>,
    property: &Property,
    (condition, met): (Condition<'_>, Option<&Met>),
    not: bool,
) -> Result<Filter, QueryError> {
    let present = || if column.is_full() { Filter::Constant(true) } else { Filter::Column(index, Test::Present) };
    if let Condition::IsNull = condition {
        return Ok(match (not, column.is_full()) {
            (true, _) => present(),
            (false, true) => Filter::Constant(false),
            (false, false) => Filter::Column(index, Test::Null),
        });
    }
    let texts = match column.values {
        Values::Text(_, texts) => Some(texts.len()),
        _ => None,
    };
    let ranges = match (condition, met) {
        (Condition::Like, _) if texts.is_none() => {
            return Err(not_text(column.name, column.kind(), property, "LIKE"));
        }
        _ if property.fold.any() && texts.is_none() => {
            let function = property.fold.names().next().unwrap_or_default();
            return Err(not_text(column.name, column.kind(), property, function));
        }
        (_, Some(met)) => match met.ranges(MOST_RANGES) {
            Some(ranges) => ranges,
            None => return Ok(codes(index, || met.codes(), texts.unwrap_or(0), not)),
        },
        (Condition::Holds, _) if column.kind() != Kind::Boolean => {
            let message = format!(
                "the column \"{}\" is {}, expected a comparison after it; only a boolean column stands alone",
                column.name,
                column.kind().name()
            );
            return Err(error(message, property.place.0));
        }
        _ => ranges(condition, |literal| bounds(literal, column))?,
    };
    let domain = domain(column);
    let ranges = within(ranges, domain, not);
    Ok(match ranges[..] {
        [] => Filter::Constant(false),
        [all] if all == domain => present(),
        _ => match texts {
            Some(texts) if texts <= FEW_TEXTS || ranges.len() > MOST_RANGES => {
                codes(index, || ranges.iter().flat_map(|&(low, high)| low as usize..=high as usize), texts, false)
            }
            _ => tests(index, column.kind(), &ranges, domain),
        },
    })
}

/// The rows whose text has one of some codes, or, with `not`, any other.
fn codes<I: Iterator<Item = usize>>(index: usize, met: impl Fn() -> I, texts: usize, not: bool) -> Filter {
    if texts > FEW_TEXTS && met().take(MOST_IN_SET + 1).count() <= MOST_IN_SET {
        let values = met().map(|code| code as i64).collect();
        return Filter::Column(index, Test::IntegerSet { values, not });
    }
    let mut bits = vec![u64::from(not).wrapping_neg(); texts.div_ceil(64)];
    met().for_each(|code| bits[code / 64] ^= 1 << (code % 64));
    Filter::Column(index, Test::Codes(bits))
}

/// The smallest and the largest number the values of a column can have. A dictionary without texts has none.
fn domain(column: &Column<'_>) -> (i128, i128) {
    match column.values {
        Values::I32(_) | Values::I64(_) | Values::Time(_) => (i64::MIN.into(), i64::MAX.into()),
        Values::F32(_) | Values::F64(_) => FLOATS,
        Values::Bool(_) => (0, 1),
        Values::Text(_, texts) => (0, texts.len() as i128 - 1),
    }
}

/// The first value of a column not below a literal, and the last not above it.
fn bounds(literal: &Literal, column: &Column<'_>) -> Result<(i128, i128), QueryError> {
    match (&literal.value, column.values) {
        (Value::Integer(whole), Values::I32(_) | Values::I64(_)) => Ok((*whole, *whole)),
        // Beyond the integers a cast saturates, which is beyond them still.
        (Value::Decimal(number), Values::I32(_) | Values::I64(_)) => {
            Ok((widen(libm::ceil(*number)), widen(libm::floor(*number))))
        }
        (Value::Decimal(number), Values::F32(_)) => Ok(single_bounds(*number)),
        (Value::Integer(whole), Values::F32(_)) => Ok(single_bounds(*whole as f64)),
        (value @ (Value::Integer(_) | Value::Decimal(_)), Values::F64(_)) => Ok(float_bounds(value)),
        (Value::Boolean(boolean), Values::Bool(_)) => Ok((i128::from(*boolean), i128::from(*boolean))),
        (Value::Text(text), Values::Text(_, texts)) => Ok(match texts.code(text) {
            Ok(code) => (code as i128, code as i128),
            Err(below) => (below as i128, below as i128 - 1),
        }),
        (Value::Time(moment), Values::Time(_)) => Ok((moment.first().into(), moment.last().into())),
        (Value::Text(text), Values::Time(_)) => match time::parse(text) {
            Ok(moment) => Ok((moment.first().into(), moment.last().into())),
            Err(bad) => {
                let message =
                    format!("the column \"{}\" is time, got '{text}', expected {}", column.name, bad.expected);
                Err(error(message, literal.place.0).hint("as in TIMESTAMP('2024-03-05T10:00:00Z')".to_string()))
            }
        },
        _ => Err(mismatch(column.name, column.kind(), literal)),
    }
}

fn widen(number: f64) -> i128 {
    (number as i128).clamp(-(1 << 126), 1 << 126)
}

/// The tests for the ranges of a column, which are neither none nor all of its domain.
fn tests(index: usize, kind: Kind, ranges: &[(i128, i128)], (first, last): (i128, i128)) -> Filter {
    let test = |test| Filter::Column(index, test);
    if kind == Kind::Boolean {
        return test(Test::Boolean(ranges[0].0 == 1));
    }
    let range = |(low, high): (i128, i128), not| {
        test(if kind == Kind::Float {
            Test::Floats { min: unrank(low), max: unrank(high), not }
        } else {
            Test::Integers { min: low as i64, max: high as i64, not }
        })
    };
    let singles = |ranges: &[(i128, i128)], not| {
        test(if kind == Kind::Float {
            Test::FloatSet { values: ranges.iter().map(|&(value, _)| unrank(value)).collect(), not }
        } else {
            Test::IntegerSet { values: ranges.iter().map(|&(value, _)| value as i64).collect(), not }
        })
    };
    let single = |ranges: &[(i128, i128)]| ranges.iter().all(|(low, high)| low == high);
    let gaps = within(ranges.to_vec(), (first, last), true);
    match (ranges, &gaps[..]) {
        (&[only], _) => range(only, false),
        (_, &[gap]) => range(gap, true),
        _ if single(ranges) => singles(ranges, false),
        _ if single(&gaps) => singles(&gaps, true),
        _ => {
            // Single values in one set, the longer ranges each by itself.
            let (alone, long): (Vec<_>, Vec<_>) = ranges.iter().partition(|(low, high)| low == high);
            let mut parts: Vec<Filter> = long.into_iter().map(|long| range(long, false)).collect();
            if !alone.is_empty() {
                parts.push(singles(&alone, false));
            }
            any(parts)
        }
    }
}
