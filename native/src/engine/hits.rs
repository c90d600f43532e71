//! How often something was looked for, and found or not: what caches count by themselves, for whoever asks.

use std::sync::atomic::{AtomicU64, Ordering};

/// Hits and misses.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Hits {
    /// Counts a look-up.
    pub fn count(&self, hit: bool) {
        let counter = if hit { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Hits and misses so far.
    pub fn told(&self) -> [u64; 2] {
        [self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed)]
    }
}
