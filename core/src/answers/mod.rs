//! What is told beside tiles: legends, statistics, pages of rows.

pub mod stats;
mod under;

pub mod legend;
pub mod page;
