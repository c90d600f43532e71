//! Rows as lines and polygons: which meet the tile, and what each is there.

use crate::{
    points::index::Points,
    shapes::{
        Shapes,
        draw::{self, Drawing},
        grid::Grid,
    },
    small::work::{Stopped, Toll},
    space::morton,
    tile::{layer::Geometry, rows::Drawn},
};
use alloc::vec::Vec;
use core::ops::Range;

/// Draws rows of a tile.
pub struct Outlined<'p, 'a> {
    points: &'p Points<'a>,
    shapes: &'p Shapes<'a>,
    grid: Grid,
    drawing: &'p mut Drawing,
    /// Rows whose representative point is in the tile, and how many of these were drawn.
    own: Range<usize>,
    pub shown: u64,
    /// Corners of all that was drawn.
    pub corners: u64,
}

impl<'p, 'a> Outlined<'p, 'a> {
    pub fn new(
        points: &'p Points<'a>,
        shapes: &'p Shapes<'a>,
        grid: Grid,
        own: Range<usize>,
        drawing: &'p mut Drawing,
    ) -> Self {
        Self { points, shapes, grid, drawing, own, shown: 0, corners: 0 }
    }
}

impl Drawn for Outlined<'_, '_> {
    fn take(
        &mut self,
        rows: &mut impl Iterator<Item = usize>,
        most: usize,
        block: &mut Vec<u32>,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        self.drawing.clear();
        for row in rows {
            let point = morton::position(self.points.keys()[row]);
            let drawn = self.drawing.draw(self.shapes, row, point, &self.grid, self.grid.z, toll)?;
            if drawn == draw::Drawn::Paths {
                self.shown += u64::from(self.own.contains(&row));
                block.push(row as u32);
                if block.len() == most {
                    break;
                }
            }
        }
        self.corners += self.drawing.corners();
        Ok(())
    }

    fn geometry(&self, at: usize, _: usize) -> Geometry<'_> {
        Geometry::Paths(self.drawing.paths(at))
    }
}
