//! Kinds of data.

pub mod points;
