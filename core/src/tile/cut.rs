//! A tile being cut: its address, its rows, and which of them pass.

use crate::{
    filter::mask::Mask,
    points::{index::Points, profile::Profile},
    space::tile::TileId,
    sums::summary::Summary,
};
use core::ops::Range;

/// Changes when the same rows and query would give other bytes.
pub const TILE_FORMAT: u32 = 6;

/// A tile takes no further features past this size. Far beyond what a client can draw: a guard, not a tool.
pub const MAX_TILE_BYTES: usize = 16 << 20;

/// Which rows pass, and how full tiles are because of it.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// The rows that pass; `None` for all. It covers at least the range of the tiles that are cut with it.
    pub mask: Option<&'a Mask>,
    /// Fullness under that mask and the plan's limit; `Profile::default()` where the plan does not need one.
    pub profile: &'a Profile,
    /// Summaries of these rows, by column; `None`, or too few, where there is none.
    pub summaries: &'a [Option<Summary<'a>>],
}

impl<'a> Selection<'a> {
    /// The summary of a column, if there is one.
    pub(crate) fn summary(&self, column: usize) -> Option<Summary<'a>> {
        self.summaries.get(column).copied().flatten()
    }
}

/// A tile being cut: its address and its rows.
pub(crate) struct Cut<'p, 'a> {
    pub points: &'p Points<'a>,
    pub selection: Selection<'p>,
    pub tile: TileId,
    pub range: Range<usize>,
}
