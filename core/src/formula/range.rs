//! Between which whole numbers values lie: what columns have, and what operations make of it.

use super::function::Function;
use crate::table::{columns::Column, facts::Scalar, values::Values};

/// The least whole number and the largest.
pub type Range = (i128, i128);

/// Whole numbers that doubles hold exactly, each as itself.
const EXACT: i128 = 1 << 53;
/// Integers of 64 bits.
pub const I64: Range = (i64::MIN as i128, i64::MAX as i128);
/// A decimal of which nothing is known.
pub const ANY: Range = (-(1 << 120), 1 << 120);

/// Where the values of a column lie.
pub fn range(column: &Column<'_>) -> Range {
    match (column.facts.range, column.values) {
        (_, Values::I32(_)) => (i32::MIN.into(), i32::MAX.into()),
        (_, Values::Bool(_)) => (0, 1),
        (Some((Scalar::Integer(low) | Scalar::Time(low), Scalar::Integer(high) | Scalar::Time(high))), _) => {
            (low.into(), high.into())
        }
        (Some((Scalar::Float(low), Scalar::Float(high))), _) => around(low, high),
        (_, Values::F32(_) | Values::F64(_)) => ANY,
        _ => I64,
    }
}

/// The whole numbers around decimals.
pub fn around(low: f64, high: f64) -> Range {
    let whole = |number: f64| (number as i128).clamp(ANY.0, ANY.1);
    (whole(libm::floor(low)), whole(libm::ceil(high)))
}

/// Whether doubles hold all of them exactly, each as itself.
pub fn exact((low, high): Range) -> bool {
    -EXACT <= low && high <= EXACT
}

/// Where the result of two whole numbers lies; `None` where it is a decimal.
pub fn made(function: Function, (a, b): Range, (c, d): Range) -> Option<Range> {
    let size = |low: i128, high: i128| low.abs().max(high.abs());
    Some(match function {
        Function::Add => (a + c, b + d),
        Function::Subtract => (a - d, b - c),
        Function::Multiply => {
            let all = [a * c, a * d, b * c, b * d];
            (all.into_iter().min()?, all.into_iter().max()?)
        }
        Function::Quotient | Function::Remainder => (-size(a, b), size(a, b)),
        _ => return None,
    })
}
