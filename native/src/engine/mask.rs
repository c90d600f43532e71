//! A filter fitted to a dataset becomes a mask over its rows, made by all processors.
//!
//! `core` decides which rows pass, here as in the browser; what is added is only that blocks of rows are done at once.

use super::refusal::{Refusal, afford};
use crate::source::points::Dataset;
use duotile_core::{Filter, Mask, Stopped, Work};
use rayon::prelude::*;

/// Rows in a block at least.
const BLOCK: usize = 1 << 16;
/// Blocks for each processor: few, as the way to a geometry's border is gone for each; and so many that none waits long for another.
const SHARE: usize = 8;

/// Which rows of a dataset pass a filter that was fitted to it.
///
/// # Errors
/// When nobody waits for it any more, or it costs too much.
pub fn mask(dataset: &Dataset, filter: &Filter, work: &Work<'_>) -> Result<Mask, Refusal> {
    let (rows, price) = (dataset.len(), filter.price());
    afford(work, rows as u64 * price as u64)?;
    let words = dataset.with_points(|points| {
        // Whole words of bits.
        let size = (rows / (rayon::current_num_threads() * SHARE)).max(BLOCK).next_multiple_of(64);
        let blocks = (0..rows.div_ceil(size)).into_par_iter();
        let words = blocks.map(|block| {
            let rows = block * size..rows.min((block + 1) * size);
            filter.words(&points, points.keys(), rows, work)
        });
        Ok::<_, Stopped>(words.collect::<Result<Vec<_>, Stopped>>()?.concat())
    })?;
    Ok(Mask::new(0..rows, words))
}

#[cfg(test)]
mod tests;
