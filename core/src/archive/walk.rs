//! The tiles of a zoom in which something may be, in the order of their numbers: those that are the same beside each other at once.
//!
//! From one tile downwards, without what is empty. A walk borrows nothing between two steps, so that it can rest.

use super::hilbert;
use crate::{small::work::Stopped, space::tile::TileId};
use alloc::{vec, vec::Vec};

/// So many zooms above that of the walk, and no higher, it is asked whether all tiles within one are the same.
pub const DEEP: u8 = 6;

/// Tiles beside each other that have the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alike {
    /// The first of them.
    pub first: TileId,
    /// How many.
    pub count: u64,
}

/// What is known of tiles before they are cut.
pub trait Known {
    /// Space to look.
    type Scratch: Default;

    /// Whether anything may be in a tile.
    fn occupies(&self, tile: TileId) -> bool;

    /// Whether all tiles of a zoom within a tile have the same bytes.
    ///
    /// # Errors
    /// When it was told to end.
    fn alike(&self, tile: TileId, z: u8, scratch: &mut Self::Scratch) -> Result<bool, Stopped>;
}

/// Tiles of a zoom.
#[derive(Clone, Debug)]
pub struct Walk {
    z: u8,
    /// Tiles that were not looked at; the last is the next.
    open: Vec<TileId>,
}

impl Walk {
    /// Of the tiles of a zoom within a tile.
    #[must_use]
    pub fn within(tile: TileId, z: u8) -> Self {
        Self { z, open: vec![tile] }
    }

    /// The next tiles in which, as in all that they lie in, something may be.
    ///
    /// # Errors
    /// When it was told to end.
    pub fn next<K: Known>(&mut self, known: &K, scratch: &mut K::Scratch) -> Result<Option<Alike>, Stopped> {
        while let Some(tile) = self.open.pop() {
            if !known.occupies(tile) {
                continue;
            }
            if tile.z() >= self.z {
                return Ok(Some(Alike { first: tile, count: 1 }));
            }
            if tile.z() + DEEP >= self.z && known.alike(tile, self.z, scratch)? {
                return Ok(all(tile, self.z));
            }
            self.open.extend(backwards(tile));
        }
        Ok(None)
    }
}

/// The four tiles within one, the last first.
pub fn backwards(tile: TileId) -> impl Iterator<Item = TileId> {
    let mut children = tile.children().unwrap_or([tile; 4]);
    children.sort_unstable_by_key(|&child| core::cmp::Reverse(hilbert::id(child)));
    children.into_iter().filter(move |child| child.z() > tile.z())
}

/// All tiles of a zoom within a tile.
fn all(tile: TileId, z: u8) -> Option<Alike> {
    let count = 1 << (2 * (z - tile.z()));
    let first = hilbert::before(z) + (hilbert::id(tile) - hilbert::before(tile.z())) * count;
    Some(Alike { first: hilbert::tile(first)?, count })
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
