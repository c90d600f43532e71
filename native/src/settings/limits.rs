//! What is bounded, and by how much.

use std::time::Duration;

/// What connections may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// How many there may be.
    pub most: usize,
    /// How long one may be without a request.
    pub idle: Duration,
    /// How long one may take none of an answer.
    pub stall: Duration,
    /// How long one may be without a request where all places are taken.
    pub idle_in_crowd: Duration,
    /// How long one may take none of an answer where all places are taken and nobody is without a request.
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
