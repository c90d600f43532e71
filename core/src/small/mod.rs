//! Small tools that know nothing of tiles: short sorts, decimals, near names, errors, the bound on work.

pub mod decimal;
pub mod error;
pub mod nearest;
mod sort;
pub mod work;

pub use sort::{sort, sort_by};
