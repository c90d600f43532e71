//! What stands fast without a row: numbers made of numbers, and values compared with values.

use super::{
    error,
    function::Function,
    lanes,
    term::Term,
    value::{Literal, Place, Value},
};
use crate::small::error::QueryError;
use alloc::{format, vec::Vec};
use core::cmp::Ordering;

/// A function of terms; of numbers alone it is the number that they make.
///
/// # Errors
/// When they make no number.
pub(crate) fn call(function: Function, arguments: Vec<Term>, place: Place) -> Result<Term, QueryError> {
    let (least, most) = function.arguments();
    if arguments.len() < least || arguments.len() > most {
        let expected = if least == most { format!("{least}") } else { format!("{least} to {most}") };
        let message = format!("got {} arguments for {}, expected {expected}", arguments.len(), function.name());
        return Err(error(message, place.0));
    }
    let number = |term: &Term| match term {
        Term::Value(Literal { value: value @ (Value::Integer(_) | Value::Decimal(_)), .. }) => Some(value.clone()),
        _ => None,
    };
    let numbers: Option<Vec<Value>> = arguments.iter().map(number).collect();
    let made = match numbers.as_deref() {
        Some([a]) => one(function, a),
        Some([a, b]) => two(function, a, b),
        _ => return Ok(Term::Call(function, arguments, place)),
    };
    match made {
        Made::Number(value) => Ok(Term::Value(Literal { value, place })),
        Made::Other => Ok(Term::Call(function, arguments, place)),
        Made::None => {
            let term = Term::Call(function, arguments, place);
            Err(error(format!("{term} is no number"), place.0))
        }
    }
}

/// What numbers make.
enum Made {
    Number(Value),
    None,
    /// The function is not of numbers, or no shorter for being known.
    Other,
}

fn real(value: &Value) -> f64 {
    match value {
        Value::Integer(whole) => *whole as f64,
        Value::Decimal(number) => *number,
        _ => f64::NAN,
    }
}

fn float(number: f64) -> Made {
    if number.is_finite() { Made::Number(Value::number(number)) } else { Made::None }
}

fn one(function: Function, a: &Value) -> Made {
    match (function, a) {
        (Function::Abs, Value::Integer(whole)) => Made::Number(Value::Integer(whole.abs())),
        (Function::Floor | Function::Ceil | Function::Round, Value::Integer(_)) => Made::Number(a.clone()),
        _ => lanes::float_of_one(function).map_or(Made::Other, |of| float(of(real(a)))),
    }
}

fn two(function: Function, a: &Value, b: &Value) -> Made {
    if let (Value::Integer(a), Value::Integer(b)) = (a, b) {
        let whole = match function {
            Function::Add => a.checked_add(*b),
            Function::Subtract => a.checked_sub(*b),
            Function::Multiply => a.checked_mul(*b),
            Function::Quotient => a.checked_div(*b),
            Function::Remainder => a.checked_rem(*b),
            _ => return lanes::float_of_two(function).map_or(Made::Other, |of| float(of(*a as f64, *b as f64))),
        };
        // As large as a literal may be.
        return whole
            .filter(|whole| whole.unsigned_abs() < 1 << 126)
            .map_or(Made::None, |whole| Made::Number(Value::Integer(whole)));
    }
    lanes::float_of_two(function).map_or(Made::Other, |of| float(of(real(a), real(b))))
}

/// The order of two values of one kind; `None` for two kinds. A date meets every time of its day.
pub(crate) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Integer(whole), Value::Decimal(number)) => Some(lanes::order(*whole, *number)),
        (Value::Decimal(number), Value::Integer(whole)) => Some(lanes::order(*whole, *number).reverse()),
        (Value::Time(a), Value::Time(b)) => Some(if a.last() < b.first() {
            Ordering::Less
        } else if a.first() > b.last() {
            Ordering::Greater
        } else {
            Ordering::Equal
        }),
        (Value::Integer(_), Value::Integer(_))
        | (Value::Decimal(_), Value::Decimal(_))
        | (Value::Text(_), Value::Text(_))
        | (Value::Boolean(_), Value::Boolean(_)) => Some(a.order(b)),
        _ => None,
    }
}
