//! Filters: CQL2 to one tree, the tree fitted to a dataset, the fitted tree over rows to a mask.

mod ast;
mod bind;

pub use ast::Expr;
pub use bind::{Filter, Test};
