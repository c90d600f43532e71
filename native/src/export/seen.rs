//! What layers know of tiles before they are cut, within a box.

use super::layer::View;
use duotile_core::{
    Scratch, Stopped, TileId, Work,
    archive::{Occupancy, meets},
};
use std::ops::Range;

/// What layers know of tiles.
pub struct Seen<'s> {
    /// The layers, as a zoom shows them.
    pub here: &'s [View<'s>],
    /// Pays for looks.
    pub work: &'s Work<'s>,
    /// West, south, east, north in degrees of what is wanted; all where nothing is said.
    pub bounds: Option<[f64; 4]>,
}

/// Rows of a tile.
#[derive(Clone, Debug)]
pub struct Part {
    /// Those of each layer.
    rows: Vec<Range<usize>>,
    /// How many of all pass.
    passing: usize,
}

impl Seen<'_> {
    fn part(&self, rows: Vec<Range<usize>>) -> Part {
        let passing = self.here.iter().zip(&rows).map(|(view, rows)| view.passing(rows)).sum();
        Part { rows, passing }
    }
}

impl Occupancy for Seen<'_> {
    type Scratch = Scratch;
    type Part = Part;

    fn world(&self) -> Option<Part> {
        let part = self.part(self.here.iter().map(View::all).collect());
        (part.passing > 0).then_some(part)
    }

    fn within(&self, tile: TileId, around: &Part) -> Option<Part> {
        if !meets(self.bounds, tile).0 {
            return None;
        }
        let part =
            self.part(self.here.iter().zip(&around.rows).map(|(view, around)| view.rows(tile, around)).collect());
        let is_occupied = part.passing > 0 || self.here.iter().any(|view| view.reaches_into(tile));
        is_occupied.then_some(part)
    }

    fn rows(&self, part: &Part) -> usize {
        part.passing
    }

    fn alike(&self, (tile, part): (TileId, &Part), z: u8, scratch: &mut Scratch) -> Result<bool, Stopped> {
        if part.passing > 0 || !meets(self.bounds, tile).1 {
            return Ok(false);
        }
        for view in self.here {
            if !view.alike(tile, z, self.work, scratch)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
