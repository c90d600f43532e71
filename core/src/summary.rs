//! Partial aggregates over blocks of rows.

/// Partial aggregates of a column.
#[derive(Clone, Debug, Default)]
pub struct Summary {}
