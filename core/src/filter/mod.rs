//! Filters: CQL2 to one tree, the tree fitted to a dataset, the fitted tree over rows to a mask.
//!
//! What a filter means:
//! - **Nulls.** Three-valued logic: a condition on a missing value is unknown, and unknown excludes, also under NOT.
//!   Only `IS NULL` sees that a value is missing.
//! - **Numbers** compare exactly: integers with decimals, `2.5` with an integer column (nothing equals it). A decimal is the
//!   double nearest to it; a single float is the number that it is shown as, so `0.1` meets the one shown as 0.1.
//! - **Texts** compare by their UTF-8 bytes. LIKE minds case: `%` is any run, `_` one Unicode scalar, `\` takes the next
//!   character literally. `CASEI(x)` is full case folding, `ACCENTI(x)` takes accents off; the literals beside
//!   them are folded alike, with or without the function around them (`core/src/small/fold.rs`).
//! - **Times.** `DATE('2024-03-05')` is the interval of its day in UTC: `=` is any time in it, `<=` includes it, `>` starts
//!   after it. `TIMESTAMP('…')` is one microsecond; without a zone it is UTC. A plain text of either form will do too.
//! - **Positions.** `lon` and `lat` are degrees (unless columns have these names);
//!   `S_INTERSECTS(geometry, BBOX(west, south, east, north))` is closed on all sides, and crosses the antimeridian where
//!   west > east. `geometry` is where rows are; what other geometries mean is said there (`core/src/geometry`).
//! - **Formulas** stand wherever a column or a value does (`core/src/formula`).

// Text and JSON to the tree, and back.
mod ast;
mod build;
mod like;
mod relation;
mod spatial;
mod temporal;

mod lex;
mod operand;
mod parse;
mod parser;
mod shape_text;

mod json;
mod parse_json;
mod shape_json;

mod print;

// The tree fitted to columns.
mod bind;
mod condition;
mod fitted;
mod formulas;
mod leaf;
mod place;
mod related;
mod texts;

// Over rows.
mod eval;
mod in_box;
mod lies;
pub(crate) mod mask;
mod outlined;
mod relate;

pub use crate::{
    formula::{Function, Literal, Place, Property, Term, Value},
    small::fold::Fold,
};
pub use ast::{Comparison, Expr};
pub use fitted::{Filter, Test};
pub use in_box::InBox;
pub use like::Pattern;
pub use relation::Relation;

pub(crate) use build::check_box;
pub(crate) use fitted::all;
pub(crate) use place::{Steps, inside_of};

use crate::small::error::QueryError;
use alloc::string::String;

/// Most bytes of a filter: a geometry of a thousand corners fits.
const MAX_TEXT: usize = 32 << 10;
/// Most levels of parentheses, NOT and functions.
const MAX_DEPTH: usize = 32;
/// Most conditions and operations.
const MAX_TERMS: usize = 256;
/// Most values in a list.
const MAX_ITEMS: usize = 1000;

/// A complaint about the filter, at a character of it.
fn error(message: impl Into<String>, place: usize) -> QueryError {
    QueryError::new("filter", message).at(place)
}
