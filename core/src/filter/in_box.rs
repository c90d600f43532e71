//! A box in which rows are or not, before there is a table of them.

use super::{eval::meeting, place::Steps};
use crate::{
    outlines::{Outlines, frame_of},
    space::{boxes, mercator::World, morton},
};
use alloc::{string::String, vec::Vec};

/// A box of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InBox(Steps);

impl InBox {
    /// Of west, south, east and north in degrees; west above east runs over the antimeridian.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn of(sides: [f64; 4]) -> Result<Self, String> {
        Steps::of(sides).map(Self)
    }

    /// Whether the position of a key is in it.
    #[must_use]
    pub fn has(self, key: u64) -> bool {
        let World { x, y } = morton::position(key);
        self.meets_some(&[[x, y, x, y]])
    }

    /// Whether the box of a row has something in common with it; of a row that was cut at ±180° that of one of its parts.
    #[must_use]
    pub fn meets(self, outlines: &Outlines<'_>, row: usize) -> bool {
        let parts: Vec<_> = outlines.rings_of(row).map(|run| frame_of(outlines, run)).collect();
        let all = parts.iter().copied().fold(boxes::NOTHING, boxes::join);
        let round = all[0] == 0 && all[2] == u32::MAX;
        self.meets_some(&[all]) && (!round || parts.chunks(64).any(|parts| self.meets_some(parts)))
    }

    fn meets_some(self, boxes: &[[u32; 4]]) -> bool {
        let (x, y) = self.0.sides();
        meeting(boxes, x, y) != 0
    }
}
