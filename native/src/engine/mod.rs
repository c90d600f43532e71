//! What answers from a dataset: queries are fitted, rows selected, tiles cut, legends walked; on a bounded pool, with what
//! is kept.

pub mod fit;
pub mod legend;
mod looks;
pub mod mask;
pub mod pack;
pub mod pool;
pub mod select;
