//! Columns and values as they are written: what formulas and conditions are made of, before they meet a dataset.
//!
//! Each remembers the character of the text where a complaint about it should point. That place is no part of what it
//! means: two are equal if they say the same.

use crate::{
    small::{decimal, fold::Fold},
    time::Moment,
};
use alloc::string::String;
use core::cmp::Ordering;

/// A column, perhaps inside `CASEI(…)` or `ACCENTI(…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The name of the column.
    pub name: String,
    /// What of its texts does not count; the literals beside it are folded in the same way already.
    pub fold: Fold,
    /// Where it stands.
    pub place: Place,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
}

/// The value of a literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number, exact, also beyond 64 bits.
    Integer(i128),
    /// Any other finite number, or one too large for [`Value::Integer`].
    Decimal(f64),
    /// A text.
    Text(String),
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// `DATE('…')` or `TIMESTAMP('…')`.
    Time(Moment),
}

/// A character of the text, from 0. All places are equal, so that trees compare by what they mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place(pub usize);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

/// Whole numbers below this (in size) stay exact; a double comes and goes there without loss.
const WHOLE: i128 = 1 << 126;

/// Doubles below this (in size) without a fraction are whole numbers: `2.0` and `2` are one value.
const WHOLE_DOUBLE: f64 = 9_223_372_036_854_775_808.0;

impl Value {
    /// A finite number; what has no fraction is an [`Value::Integer`], unless it is huge.
    #[must_use]
    pub fn number(number: f64) -> Self {
        let whole = number as i128;
        #[expect(clippy::float_cmp, reason = "whether the cast lost anything is an exact question")]
        if number.abs() < WHOLE_DOUBLE && whole as f64 == number { Self::Integer(whole) } else { Self::Decimal(number) }
    }

    /// A number as written, sign and exponent included; `None` if it is none, or beyond the range of doubles.
    #[must_use]
    pub fn parse_number(text: &str) -> Option<Self> {
        match text.parse::<i128>() {
            Ok(whole) if whole.abs_diff(0) < WHOLE.abs_diff(0) => Some(Self::Integer(whole)),
            _ => decimal::parse(text).filter(|number| number.is_finite()).map(Self::number),
        }
    }

    /// An order over all values that puts equal ones beside each other.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Integer(_) | Self::Decimal(_) => 0,
            Self::Text(_) => 1,
            Self::Boolean(_) => 2,
            Self::Time(_) => 3,
        };
        let real = |value: &Self| match value {
            Self::Integer(whole) => *whole as f64,
            Self::Decimal(number) => *number,
            _ => 0.0,
        };
        rank(self).cmp(&rank(other)).then_with(|| match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            // Equal as doubles but not the same: the integer first, so that the order is total.
            _ => real(self)
                .total_cmp(&real(other))
                .then_with(|| matches!(other, Self::Integer(_)).cmp(&matches!(self, Self::Integer(_)))),
        })
    }
}
