//! The tiles of a zoom in which something may be, in the order of their numbers: those that are the same beside each other at once.
//!
//! From one tile downwards, without what is empty; of each tile is known what is known of the one around it. A walk borrows nothing between
//! two steps, so that it can rest.

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
    /// Rows that are in the first.
    pub rows: usize,
}

/// What is known of tiles before they are cut.
pub trait Occupancy {
    /// Space to look.
    type Scratch: Default;
    /// What is known of a tile, by which the tiles in it are looked at.
    type Part;

    /// Of the world; `None` where nothing is anywhere.
    fn world(&self) -> Option<Self::Part>;

    /// Of a tile in another one; `None` where nothing may be in it.
    fn within(&self, tile: TileId, around: &Self::Part) -> Option<Self::Part>;

    /// How many rows are in a tile.
    fn rows(&self, part: &Self::Part) -> usize;

    /// Whether all tiles of a zoom within a tile have the same bytes.
    ///
    /// # Errors
    /// When it was told to end.
    fn alike(&self, tile: (TileId, &Self::Part), z: u8, scratch: &mut Self::Scratch) -> Result<bool, Stopped>;
}

/// Tiles of a zoom.
#[derive(Clone, Debug)]
pub struct Walk<P> {
    z: u8,
    /// Tiles in which something may be, of which those within were not looked at; the last is the next. None before the first look.
    open: Option<Vec<(TileId, P)>>,
}

impl<P> Walk<P> {
    /// Of the tiles of a zoom.
    #[must_use]
    pub const fn of(z: u8) -> Self {
        Self { z, open: None }
    }

    /// Of those within a tile in which something may be.
    #[must_use]
    pub fn within(tile: (TileId, P), z: u8) -> Self {
        Self { z, open: Some(vec![tile]) }
    }

    /// The next tiles in which, as in all that they lie in, something may be.
    ///
    /// # Errors
    /// When it was told to end.
    pub fn next<K: Occupancy<Part = P>>(
        &mut self,
        known: &K,
        scratch: &mut K::Scratch,
    ) -> Result<Option<Alike>, Stopped> {
        let world = || known.world().map(|part| (TileId::WORLD, part)).into_iter().collect();
        let open = self.open.get_or_insert_with(world);
        while let Some((tile, part)) = open.pop() {
            if tile.z() >= self.z {
                return Ok(Some(Alike { first: tile, count: 1, rows: known.rows(&part) }));
            }
            if tile.z() + DEEP >= self.z && known.alike((tile, &part), self.z, scratch)? {
                return Ok(all(tile, self.z, known.rows(&part)));
            }
            open.extend(backwards(known, tile, &part));
        }
        Ok(None)
    }
}

/// Of the four tiles within one those in which something may be, the last first.
pub fn backwards<K: Occupancy>(known: &K, tile: TileId, part: &K::Part) -> impl Iterator<Item = (TileId, K::Part)> {
    let mut children = tile.children().unwrap_or([tile; 4]).map(|child| (hilbert::id(child), child));
    children.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
    let deeper = children.into_iter().map(|(_, child)| child).filter(move |child| child.z() > tile.z());
    deeper.filter_map(move |child| Some((child, known.within(child, part)?)))
}

/// All tiles of a zoom within a tile.
fn all(tile: TileId, z: u8, rows: usize) -> Option<Alike> {
    let count = 1 << (2 * (z - tile.z()));
    let first = hilbert::before(z) + (hilbert::id(tile) - hilbert::before(tile.z())) * count;
    Some(Alike { first: hilbert::tile(first)?, count, rows })
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
