//! A term as written: a column, a value, or a function of terms.

use super::{
    function::Function,
    value::{Literal, Place, Property},
};
use alloc::vec::Vec;

/// What stands on a side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// The value of a column.
    Column(Property),
    /// The same for all rows.
    Value(Literal),
    /// A function of other terms, and where it stands.
    Call(Function, Vec<Term>, Place),
}

impl Term {
    /// The place where a complaint about the whole of it should point.
    #[must_use]
    pub const fn place(&self) -> Place {
        match self {
            Self::Column(property) => property.place,
            Self::Value(literal) => literal.place,
            Self::Call(_, _, place) => *place,
        }
    }

    /// Looks at every column and value of it.
    pub(crate) fn each_leaf<'t>(&'t self, look: &mut dyn FnMut(&'t Self)) {
        match self {
            Self::Call(_, arguments, _) => arguments.iter().for_each(|argument| argument.each_leaf(look)),
            leaf => look(leaf),
        }
    }
}
