//! The tree.

/// A filter as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {}
