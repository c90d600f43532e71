//! What layers know of tiles before they are cut, within a box.

use super::{layer::Shown, walk::Known};
use duotile_core::{Scratch, Stopped, TileId, Work};

/// What layers know of tiles.
pub struct Seen<'s> {
    /// The layers, as a zoom shows them.
    pub here: &'s [Shown],
    /// Pays for looks.
    pub work: &'s Work<'s>,
    /// West, south, east, north in degrees of what is wanted; all where nothing is said.
    pub bounds: Option<[f64; 4]>,
}

/// Whether a tile meets a box, from west to east also over the antimeridian, and whether all of it lies within.
#[must_use]
pub fn meets(bounds: Option<[f64; 4]>, tile: TileId) -> (bool, bool) {
    let Some([west, south, east, north]) = bounds else { return (true, true) };
    let [left, bottom, right, top] = tile.bounds();
    let meets = |west: f64, east: f64| left <= east && right >= west;
    let within = |west: f64, east: f64| left >= west && right <= east;
    let (across, whole) = if west <= east {
        (meets(west, east), within(west, east))
    } else {
        (meets(west, 180.0) || meets(-180.0, east), within(west, 180.0) || within(-180.0, east))
    };
    (across && bottom <= north && top >= south, whole && bottom >= south && top <= north)
}

impl Known for Seen<'_> {
    type Scratch = Scratch;

    fn occupies(&self, tile: TileId) -> bool {
        meets(self.bounds, tile).0 && self.here.iter().any(|shown| shown.occupies(tile))
    }

    fn alike(&self, tile: TileId, z: u8, scratch: &mut Scratch) -> Result<bool, Stopped> {
        if !meets(self.bounds, tile).1 {
            return Ok(false);
        }
        for shown in self.here {
            if !shown.alike(tile, z, self.work, scratch)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
