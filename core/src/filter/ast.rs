//! The tree of a filter: what CQL2 text and CQL2 JSON both become, before it meets a dataset.
//!
//! Every node remembers the character of the text where a complaint about it should point. That place is no part of
//! what the node means: two trees are equal if they say the same.

use super::relation::Relation;
use crate::{
    formula::{Literal, Place, Property, Term},
    geometry::Shape,
};
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
    /// Two terms compared, other than a column with a value.
    Relate(Box<Term>, Comparison, Box<Term>),
    /// `IS NULL` of a term that is no column.
    Missing(Box<Term>),
    /// `LIKE`, with a pattern that [`crate::filter::Pattern`] takes.
    Like(Property, String),
    /// `S_INTERSECTS(geometry, BBOX(west, south, east, north))`, in degrees.
    Inside([f64; 4], Place),
    /// Any other spatial predicate of the position and a geometry.
    Spatial(Relation, Box<Shape>, Place),
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
            Self::Relate(left, ..) => left.place(),
            Self::Missing(term) => term.place(),
            Self::Inside(_, place) | Self::Spatial(_, _, place) => *place,
        }
    }
}
