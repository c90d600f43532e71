//! What is measured of a cell: numbers made of a column's values, and counts for each category.

pub mod category;
pub mod numbers;
