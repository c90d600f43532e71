//! The engine: whatever kind of data a source is, questions enter here and answers leave, or a [`Refusal`] does.
//!
//! A query is [fitted](fit) to a source, its rows are [selected](select), and from these follow [tiles](tile),
//! [legends](legend), [facts and statistics](stats) and [rows](rows). All work is done on a bounded [pool], off the async
//! threads; what is worth it is [kept](keeps). Nothing here knows of HTTP.

pub mod archived;
pub mod fit;
pub mod fitted;
mod lets;
pub mod select;

pub mod documents;
pub mod finished;
pub mod legend;
pub(crate) mod live;
pub mod rows;
pub mod stats;
pub mod tile;

mod hits;
mod keep;
pub mod keeps;
pub mod mask;
pub mod pack;
pub mod pool;
pub mod refusal;
pub(crate) mod scratch;
#[cfg(test)]
mod tests;

pub use fitted::{Fitted, rows_of, schema_of};
pub use keeps::{Budget, Keeps};
pub use pool::{Pool, Size};
pub use refusal::Refusal;

use scratch::Scratches;
use std::{sync::Arc, time::Duration};

/// Tiles that come from elsewhere at once: who waits on a network needs no processor.
const ELSEWHERE: usize = 32;

/// What the operator decides of it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes that may be kept.
    pub budget: Budget,
    /// Jobs at once; as many as there are processors if 0.
    pub threads: usize,
    /// Jobs that may wait for a processor before others are refused.
    pub queue: usize,
    /// How long a job may wait for a processor before it is refused.
    pub patience: Duration,
    /// Rows that a job may look at.
    pub work: u64,
}

/// Answers questions about sources.
#[derive(Debug)]
pub struct Engine {
    /// The processors.
    pub pool: Pool,
    /// Threads that wait for what lies elsewhere.
    pub elsewhere: Pool,
    /// What is kept.
    pub keeps: Keeps,
    scratches: Scratches,
    /// Whether finished tiles are kept at all.
    keeps_tiles: bool,
}

impl Engine {
    /// Puts the parts together.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if limits.threads == 0 { processors } else { limits.threads };
        Arc::new(Self {
            pool: Pool::new(threads, limits.queue, limits.patience, limits.work),
            elsewhere: Pool::new(ELSEWHERE, limits.queue, limits.patience, limits.work),
            keeps: Keeps::new(limits.budget),
            scratches: Scratches::default(),
            keeps_tiles: limits.budget.tiles > 0,
        })
    }
}
