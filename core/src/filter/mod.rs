//! Filters: CQL2 to one tree, the tree fitted to a dataset, the fitted tree over rows to a mask.

// Text and JSON to the tree, and back.
mod ast;
mod build;
mod json;
mod lex;
mod like;
mod parse;
mod parse_json;
mod print;

// The tree fitted to columns, and evaluated.
mod bind;
mod eval;
mod leaf;
mod place;

pub use ast::{Comparison, Expr, Literal, Place, Property, Value};
pub use bind::{Filter, Test};
pub use like::Pattern;

pub(crate) use build::check_box;

use crate::error::QueryError;
use alloc::string::String;

/// Most bytes of a filter.
const MAX_TEXT: usize = 4096;
/// Most levels of parentheses, NOT and functions.
const MAX_DEPTH: usize = 32;
/// Most conditions.
const MAX_TERMS: usize = 256;
/// Most values in a list.
const MAX_ITEMS: usize = 1000;

/// A complaint about the filter, at a character of it.
fn error(message: impl Into<String>, place: usize) -> QueryError {
    QueryError::new("filter", message).at(place)
}
