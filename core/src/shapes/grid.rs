//! The grid of a tile: world steps enter, units of the tile leave, with what lies about its edges.
//!
//! Vertices are put on the grid of the zoom before anything is cut, so two tiles have the same vertices. 4096 units are a
//! tile; [`BUFFER`] more on each side are cut with it, for the outlines of what lies there.

use crate::{
    shapes::{Frame, Vertex, levels::QUARTERS, narrow, wide},
    space::tile::{EXTENT_BITS, TileId},
};

/// Units about a tile that are cut with it: lines up to 32 pixels wide are whole at its edge.
pub const BUFFER: i64 = 128;
/// Units of a tile.
pub const EXTENT: i64 = 1 << EXTENT_BITS;
/// The last level that can be asked for: what looks at eight levels at once takes them below 128.
const MOST: u8 = i8::MAX.cast_unsigned();
/// Units of the world at zoom 0.
const WORLD_UNITS: i64 = EXTENT;
/// The outermost coordinates of what is cut.
pub const LOW: i64 = -BUFFER;
/// The same in the east and south.
pub const HIGH: i64 = EXTENT + BUFFER;

/// A tile, as outlines are put on it.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    pub z: u8,
    /// Of the tile in units of the zoom.
    corner: Vertex,
    /// Vertices of a higher level are not drawn.
    pub most: u8,
    /// All steps that lie on the tile or its buffer.
    pub reach: Frame,
    /// Whether the edge of the tile is the world's: west, north, east, south.
    pub world: [bool; 4],
}

impl Grid {
    /// The grid of a tile.
    #[must_use]
    pub fn of(tile: TileId) -> Self {
        Self::over(tile, tile.z())
    }

    /// The grid of the first of the tiles of a zoom that a tile is made of, in reach of all of them. `z` is not before the tile's.
    #[must_use]
    pub fn over(tile: TileId, z: u8) -> Self {
        let deeper = z - tile.z();
        let corner = [tile.x(), tile.y()].map(|at| i64::from(at) << (EXTENT_BITS + deeper));
        let (last, side) = ((1u32 << tile.z()) - 1, EXTENT << deeper);
        let mut grid = Self {
            z,
            corner,
            most: QUARTERS * z,
            reach: [0; 4],
            world: [tile.x() == 0, tile.y() == 0, tile.x() == last, tile.y() == last],
        };
        let [first, last] = [LOW, side + BUFFER + 1].map(|unit| corner.map(|corner| grid.step(corner + unit)));
        grid.reach = [narrow(first[0]), narrow(first[1]), narrow(last[0] - 1), narrow(last[1] - 1)];
        grid
    }

    /// The grid of the whole world at a zoom not beyond this one's, of which nothing is out of reach, with the same detail.
    #[must_use]
    pub const fn whole(&self, z: u8) -> Self {
        let most = self.most.saturating_sub(QUARTERS * (self.z - z));
        Self { z, corner: [0; 2], most, reach: [0, 0, u32::MAX, u32::MAX], world: [false; 4] }
    }

    /// The same with outlines so many quarters of a zoom more detailed; the tolerance of zoom z + 1 is half of that of z.
    #[must_use]
    pub fn detailed(self, quarters: i8) -> Self {
        let most = i16::from(self.most) + i16::from(quarters);
        Self { most: most.clamp(0, MOST.into()) as u8, ..self }
    }

    /// The same tile as the worlds beside this one come into its buffer: from the west in the first column, from the east in the
    /// last.
    pub fn copies(&self) -> impl Iterator<Item = Self> + use<> {
        let (grid, [first, _, last, _]) = (*self, self.world);
        let around = WORLD_UNITS << self.z;
        let west = first.then(|| (around, [narrow(grid.step(around + LOW)), u32::MAX]));
        let east = last.then(|| (-around, [0, narrow(grid.step(BUFFER + 1) - 1)]));
        west.into_iter().chain(east).map(move |(moved, [from, to])| {
            let [_, north, _, south] = grid.reach;
            let corner = [grid.corner[0] + moved, grid.corner[1]];
            let world = [false, grid.world[1], false, grid.world[3]];
            Self { corner, reach: [from, north, to, south], world, ..grid }
        })
    }

    /// Where the edge of the world is that a copy comes over.
    #[must_use]
    pub const fn border(&self) -> i64 {
        if self.corner[0] > 0 { 0 } else { EXTENT }
    }

    /// The first step in a unit of the zoom or behind it.
    const fn step(&self, unit: i64) -> i64 {
        if self.z <= 20 { unit << (20 - self.z) } else { (unit + (1 << (self.z - 20)) - 1) >> (self.z - 20) }
    }

    /// A vertex in units of the tile.
    #[inline]
    #[must_use]
    pub const fn local(&self, [x, y]: Vertex) -> Vertex {
        let [west, north] = self.corner;
        if self.z <= 20 {
            [(x >> (20 - self.z)) - west, (y >> (20 - self.z)) - north]
        } else {
            [(x << (self.z - 20)) - west, (y << (self.z - 20)) - north]
        }
    }

    /// Whether all of a box lies beyond one side of what is cut.
    #[must_use]
    pub const fn misses(&self, frame: Frame) -> bool {
        frame[2] < self.reach[0] || frame[0] > self.reach[2] || frame[3] < self.reach[1] || frame[1] > self.reach[3]
    }

    /// Whether all of a box lies beyond one side of what is cut, by more than so many units.
    #[must_use]
    pub const fn is_beyond(&self, [west, north, east, south]: Frame, more: i64) -> bool {
        let (first, last) = (self.local([wide(west), wide(north)]), self.local([wide(east), wide(south)]));
        last[0] < LOW - more || first[0] > HIGH + more || last[1] < LOW - more || first[1] > HIGH + more
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::WORLD;
    use alloc::vec::Vec;

    #[test]
    fn the_reach_of_a_tile_is_all_that_lies_on_it_or_its_buffer() {
        for (z, x, y) in
            [(0, 0, 0), (1, 1, 0), (5, 31, 0), (5, 12, 30), (20, 5, 77), (22, 1 << 21, 3), (22, (1 << 22) - 1, 0)]
        {
            let grid = Grid::of(TileId::new(z, x, y).expect("valid"));
            for axis in 0..2 {
                let [first, last] = [grid.reach[axis], grid.reach[axis + 2]];
                let at = |step: i64| grid.local([step; 2])[axis];
                assert!(at(first.into()) >= LOW && (first == 0 || at(i64::from(first) - 1) < LOW), "{z}/{x}/{y}");
                let last = wide(last);
                assert!(at(last) <= HIGH && (last == WORLD || at(last + 1) > HIGH), "{z}/{x}/{y}");
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_antimeridian_is_moved_by_a_world() {
        for z in [0, 1, 7, 20, 22] {
            let last = (1u32 << z) - 1;
            let first = Grid::of(TileId::new(z, 0, last / 2).expect("valid"));
            let [west, rest @ ..] = &first.copies().collect::<Vec<_>>()[..] else { panic!("one in the west") };
            assert_eq!((rest.len(), west.border()), (usize::from(z == 0), 0));
            assert_eq!(west.local([WORLD, 0])[0], 0);
            let at = |step: u32| west.local([wide(step), 0])[0];
            assert!(at(west.reach[0]) >= LOW && at(west.reach[0] - 1) < LOW && west.reach[2] == u32::MAX);
            let far = Grid::of(TileId::new(z, last, 0).expect("valid"));
            let east = far.copies().last().expect("one in the east");
            assert_eq!((east.local([0, 0])[0], east.border()), (EXTENT, EXTENT));
            let at = |step: u32| east.local([wide(step), 0])[0];
            assert!(at(east.reach[2]) <= HIGH && at(east.reach[2] + 1) > HIGH && east.reach[0] == 0);
        }
        assert_eq!(Grid::of(TileId::new(2, 1, 0).expect("valid")).copies().count(), 0);
    }

    #[test]
    fn the_far_edge_of_the_world_is_that_of_its_last_tile() {
        for z in [0, 3, 20, 21, 22] {
            let last = (1u32 << z) - 1;
            let grid = Grid::of(TileId::new(z, last, last).expect("valid"));
            assert_eq!(grid.local([WORLD, WORLD]), [EXTENT, EXTENT]);
            assert_eq!(grid.world, [z == 0, z == 0, true, true]);
        }
    }
}
