//! What layers know of tiles before they are cut, within a box.

use super::layer::Shown;
use duotile_core::{
    Scratch, Stopped, TileId, Work,
    archive::{Known, meets},
};

/// What layers know of tiles.
pub struct Seen<'s> {
    /// The layers, as a zoom shows them.
    pub here: &'s [Shown],
    /// Pays for looks.
    pub work: &'s Work<'s>,
    /// West, south, east, north in degrees of what is wanted; all where nothing is said.
    pub bounds: Option<[f64; 4]>,
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
