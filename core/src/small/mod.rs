//! Small tools that know nothing of tiles: short sorts, a heap, decimals, near names, texts without case and accents, errors, numbers in few bytes, the bound on work.

pub mod decimal;
pub mod error;
pub mod fold;
pub(crate) mod heap;
pub mod nearest;
mod sort;
mod unicode;
pub mod varint;
pub mod work;

pub use sort::{sort, sort_by};
