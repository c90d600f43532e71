//! Cells of H3 as a tile draws them, and their ids.

use crate::{
    hex::{
        sketch::{Sketch, middle},
        steps,
    },
    query::Shape,
    space::tile::TileId,
    tile::{grouped::Group, layer::Geometry},
};

/// In the place of the sketch of a cell that is not in the tile.
pub const AWAY: u32 = u32::MAX;

/// A cell that was met.
#[derive(Clone, Copy, Debug)]
pub struct Met {
    /// Its sketch, or [`AWAY`].
    pub sketch: u32,
    /// Its pieces, then where the next of them goes.
    pub pieces: u32,
    /// Its rows that pass.
    pub count: u64,
    /// Those of them that are in the tile.
    pub own: u64,
}

/// Some cells of a tile.
#[derive(Clone, Copy)]
pub struct Sketched<'b> {
    /// The tile.
    pub tile: TileId,
    /// The cells.
    pub groups: &'b [Group],
    /// All that were met.
    pub met: &'b [Met],
    /// What is drawn of them.
    pub sketch: &'b Sketch,
}

impl<'b> Sketched<'b> {
    /// The id of the feature of a cell.
    pub const fn id(code: u64) -> u64 {
        steps::id(code)
    }

    /// A cell, by its place among these.
    pub fn geometry(self, shape: Shape, at: usize) -> Geometry<'b> {
        let Group { code, number, .. } = self.groups[at];
        if shape == Shape::Polygon {
            return Geometry::Paths(self.sketch.paths(self.met[number as usize].sketch));
        }
        let cell = h3o::CellIndex::try_from(code).ok();
        let [x, y] = cell.and_then(|cell| middle(cell, self.tile)).unwrap_or_default();
        Geometry::Point { x, y }
    }
}
