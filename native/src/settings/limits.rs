//! What is bounded, and by how much.

use std::time::Duration;

/// The bounds of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What connections may do.
    pub connections: Connections,
    /// Jobs at once; as many as there are processors if 0.
    pub threads: usize,
    /// Jobs that may wait for a processor before others are refused.
    pub queue: usize,
    /// How long a job may wait for a processor before it is refused.
    pub patience: Duration,
    /// Most rows that one request may have looked at, each time that one is looked at counted.
    pub work: u64,
    /// Most rows of a subset.
    pub max_subset: usize,
    /// Bytes of answers that may be on their way to clients.
    pub outgoing: u64,
    /// Bytes of masks and summaries that are kept.
    pub mask_memory: u64,
    /// Bytes of finished tiles that are kept.
    pub tile_memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: Connections::default(),
            threads: 0,
            queue: 1000,
            patience: Duration::from_secs(15),
            work: 20_000_000_000,
            max_subset: 2_000_000,
            outgoing: 256 << 20,
            mask_memory: 512 << 20,
            tile_memory: 64 << 20,
        }
    }
}

/// What connections may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// How many there may be.
    pub most: usize,
    /// How long one may be without a request.
    pub idle: Duration,
    /// How long one may take none of an answer.
    pub stall: Duration,
    /// How long one may be without a request where all seats are taken.
    pub idle_in_crowd: Duration,
    /// How long one may take none of an answer where all seats are taken and nobody is without a request.
    pub stall_in_crowd: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: 800,
            // Longer than proxies keep theirs, so that these are the ones to close them.
            idle: Duration::from_secs(75),
            stall: Duration::from_secs(30),
            idle_in_crowd: Duration::from_secs(1),
            stall_in_crowd: Duration::from_secs(10),
        }
    }
}
