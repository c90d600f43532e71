//! Layers as the tiles of a zoom are cut from them, and what they know of tiles before they are cut, within a box.

use super::walk::{Occupancy, meets};
use crate::{
    plan::Plan,
    points::index::Points,
    small::work::{Stopped, Work},
    space::{frame::Frame, tile::TileId},
    tile::{
        cut::Selection,
        tiler::{Report, Scratch},
    },
};
use alloc::vec::Vec;
use core::ops::Range;

/// A layer as its tiles are cut from it.
#[derive(Clone, Copy, Debug)]
pub struct View<'s> {
    /// What is asked.
    pub plan: &'s Plan,
    /// Of which rows.
    pub points: Points<'s>,
    /// Which of them pass.
    pub selection: Selection<'s>,
}

/// What layers know of tiles.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'s> {
    /// The layers, as a zoom shows them.
    pub views: &'s [View<'s>],
    /// Pays for looks.
    pub work: &'s Work<'s>,
    /// What is wanted; all where nothing is said.
    pub within: Option<Frame>,
}

/// Rows of a tile.
#[derive(Clone, Debug)]
pub struct Part {
    /// Those of each layer.
    rows: Vec<Range<usize>>,
    /// How many of all pass.
    passing: usize,
}

impl View<'_> {
    /// Appends the layer of a tile.
    ///
    /// # Errors
    /// When it was told to end.
    pub fn cut(
        &self,
        tile: TileId,
        work: &Work<'_>,
        (scratch, out): (&mut Scratch, &mut Vec<u8>),
    ) -> Result<Report, Stopped> {
        self.plan.tile_into(&self.points, self.selection, tile, work, scratch, out)
    }
}

impl Seen<'_> {
    fn part(&self, rows: Vec<Range<usize>>) -> Part {
        let passing = |(view, rows): (&View<'_>, &Range<usize>)| {
            view.selection.mask.map_or(rows.len(), |mask| mask.count(rows.clone()))
        };
        let passing = self.views.iter().zip(&rows).map(passing).sum();
        Part { rows, passing }
    }
}

impl Occupancy for Seen<'_> {
    type Scratch = Scratch;
    type Part = Part;

    fn world(&self) -> Option<Part> {
        let part = self.part(self.views.iter().map(|view| 0..view.points.len()).collect());
        (part.passing > 0).then_some(part)
    }

    fn within(&self, tile: TileId, around: &Part) -> Option<Part> {
        if !meets(self.within, tile).0 {
            return None;
        }
        let rows = |(view, around): (&View<'_>, &Range<usize>)| view.points.range_within(tile, around.clone());
        let part = self.part(self.views.iter().zip(&around.rows).map(rows).collect());
        let reached = |view: &View<'_>| view.plan.reaches_into(&view.points, tile, view.selection.mask);
        (part.passing > 0 || self.views.iter().any(reached)).then_some(part)
    }

    fn rows(&self, part: &Part) -> usize {
        part.passing
    }

    fn alike(&self, (tile, part): (TileId, &Part), z: u8, scratch: &mut Scratch) -> Result<bool, Stopped> {
        if part.passing > 0 || !meets(self.within, tile).1 {
            return Ok(false);
        }
        for View { plan, points, selection } in self.views {
            if !plan.alike(points, *selection, tile, z, self.work, scratch)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
