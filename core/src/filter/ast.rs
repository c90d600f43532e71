//! The tree of a filter: what CQL2 text and CQL2 JSON both become, before it meets a dataset.
//!
//! Every node remembers the character of the text where a complaint about it should point. That place is no part of
//! what the node means: two trees are equal if they say the same.

use crate::{small::decimal, time::Moment};
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cmp::Ordering;

/// A filter as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `TRUE` or `FALSE`.
    Constant(bool),
    /// All of these.
    And(Vec<Expr>),
    /// Any of these.
    Or(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A boolean column by itself.
    Holds(Property),
    /// `IS NULL`.
    IsNull(Property),
    /// `=` and the like.
    Compare(Property, Comparison, Literal),
    /// `BETWEEN`, both ends included.
    Between(Property, Literal, Literal),
    /// `IN`.
    In(Property, Vec<Literal>),
    /// `LIKE`, with a pattern that [`crate::filter::Pattern`] takes.
    Like(Property, String),
    /// `S_INTERSECTS(geometry, BBOX(west, south, east, north))`, in degrees.
    Inside([f64; 4], Place),
}

/// A column, perhaps inside `CASEI(…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The name of the column.
    pub name: String,
    /// `CASEI(name)`: lower case is compared; the literals beside it are in lower case already.
    pub fold: bool,
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

/// The six comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
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

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::Less, Self::LessOrEqual, Self::Greater, Self::GreaterOrEqual];

    /// As CQL2 writes it.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// The one that is true where this one is false.
    #[must_use]
    pub const fn negate(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }

    /// The one that says the same with its sides exchanged.
    #[must_use]
    pub const fn turn(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    /// Whether it holds for two values in this order.
    #[must_use]
    pub const fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

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
    pub(super) fn order(&self, other: &Self) -> Ordering {
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

impl Expr {
    /// The place where a complaint about the whole of it should point.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Self::Constant(_) => Place(0),
            Self::And(list) | Self::Or(list) => list.first().map_or(Place(0), Self::place),
            Self::Not(inner) => inner.place(),
            Self::Holds(property)
            | Self::IsNull(property)
            | Self::Compare(property, ..)
            | Self::Between(property, ..)
            | Self::In(property, _)
            | Self::Like(property, _) => property.place,
            Self::Inside(_, place) => *place,
        }
    }
}
