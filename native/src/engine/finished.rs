//! A finished tile: its bytes as they are sent, what is in it, and how long each step took.

use super::{keep::Weigh, pack::Packed};
use duotile_core::Report;
use std::{sync::Arc, time::Duration};

/// A finished tile.
#[derive(Debug)]
pub struct Tile {
    /// Its bytes; none for an empty tile.
    pub packed: Packed,
    /// What is in it.
    pub report: Report,
    /// Bytes before they were compressed.
    pub size: usize,
    /// How long each step took.
    pub times: Times,
}

/// How long each step of making a tile took.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// To wait for a processor.
    pub wait: Duration,
    /// To find out which rows pass, and what they add up to.
    pub select: Duration,
    /// To write it.
    pub cut: Duration,
    /// To compress it.
    pub pack: Duration,
}

impl Weigh for Arc<Tile> {
    fn weight(&self) -> usize {
        self.packed.bytes.len()
    }
}
