//! Cells of the world with the edges that run through them, and where a position of a cell lies.
//!
//! What is known of a cell for each part of a shape is whether its north-west corner is inside, and which edges touch it. From
//! there to any position leads a path down the western side and then along the parallel; who crosses an odd number of edges
//! on it is on the other side. So no edge beside a cell matters to it, however many there are. The western side is
//! a meridian between steps, on which no corner lies, and the path is a hair above its parallel: where it is exactly at a
//! corner or on an edge is decided in one way for all.

use super::{
    Position,
    parts::{Edge, Part},
    side::{below, on, west_of},
};
use crate::space::{
    mercator::{World, latitude, longitude},
    morton,
};

/// Where a position lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Inside,
    Border,
    Outside,
}

/// The meridian before a step, between it and the one before.
pub(super) fn line(x: u32) -> f64 {
    f64::from(x) / 4_294_967_296.0 * 360.0 - 180.0
}

/// A square of steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Its first key.
    pub first: u64,
    /// Its width in steps, as a power of two.
    pub level: u32,
    pub corner: World,
    /// The latitudes of its first and its last row.
    pub north: f64,
    pub south: f64,
}

impl Cell {
    pub fn world() -> Self {
        let corner = World { x: 0, y: 0 };
        Self { first: 0, level: 32, corner, north: latitude(0), south: latitude(u32::MAX) }
    }

    pub fn contains(&self, key: u64) -> bool {
        (key ^ self.first).checked_shr(2 * self.level).unwrap_or(0) == 0
    }

    /// The position at its corner: on its western side, in its first row.
    pub fn corner_position(&self) -> Position {
        [line(self.corner.x), self.north]
    }

    /// The last key in it.
    pub fn last(&self) -> u64 {
        self.first | (1u64.checked_shl(2 * self.level).unwrap_or(0)).wrapping_sub(1)
    }

    /// Steps from its first to its last.
    pub fn steps(&self) -> u32 {
        1u32.checked_shl(self.level).unwrap_or(0).wrapping_sub(1)
    }

    /// The latitudes of the last row of its northern half and of the first of its southern.
    pub fn middle(&self) -> [f64; 2] {
        let y = self.corner.y | ((self.steps() >> 1) + 1);
        [latitude(y - 1), latitude(y)]
    }

    /// The quarter that holds a key.
    pub fn quarter(&self, key: u64, [above, under]: [f64; 2]) -> Self {
        let level = self.level - 1;
        let quarter = key >> (2 * level) & 3;
        let first = self.first | quarter << (2 * level);
        let (north, south) = if quarter & 2 == 0 { (self.north, above) } else { (under, self.south) };
        Self { first, level, corner: morton::position(first), north, south }
    }

    /// Whether nothing of a frame is in a quarter of it, or between its own corner and that of the quarter.
    pub fn is_beside(&self, quarter: &Self, [west, south, east, north]: [f64; 4]) -> bool {
        let [left, top] = quarter.corner_position();
        let (right, bottom) = (longitude(quarter.corner.x | quarter.steps()), quarter.south);
        let beside = east < left || west > right || north < bottom || south > top;
        beside && (east < line(self.corner.x) || west > left || north < top || south > self.north)
    }

    /// Whether an edge may run through it or along it: never no where it does.
    pub fn touches(&self, Edge { a, b, .. }: &Edge) -> bool {
        let (west, east) = (line(self.corner.x), longitude(self.corner.x | self.steps()));
        let beside = a[0].max(b[0]) < west || a[0].min(b[0]) > east;
        if beside || a[1].max(b[1]) < self.south || a[1].min(b[1]) > self.north {
            return false;
        }
        // How far its line is from the centre, against the corner that is nearest to it.
        let centre = [west.midpoint(east), self.south.midpoint(self.north)];
        let (left, right) = ((a[0] - centre[0]) * (b[1] - centre[1]), (a[1] - centre[1]) * (b[0] - centre[0]));
        let (width, height) = ((b[0] - a[0]).abs(), (b[1] - a[1]).abs());
        let reach = width * (self.north - self.south) / 2.0 + height * (east - west) / 2.0;
        (left - right).abs() <= reach + (width + height) * 1e-12 + (left.abs() + right.abs()) * 1e-15
    }

    /// Whether an edge lies between the north-west corner and a position, so that one is inside where the other is not.
    pub fn parts(&self, edge: &Edge, row: u32, p: Position) -> bool {
        let west = line(self.corner.x);
        let down =
            (edge.a[0] > west) != (edge.b[0] > west) && below(edge, [west, p[1]]) && !below(edge, [west, self.north]);
        let along =
            edge.top < row.into() && edge.bottom >= row.into() && west_of(edge, p) && !west_of(edge, [west, p[1]]);
        down != along
    }

    /// Where a position in it lies, exactly.
    pub fn locate<'p>(
        &self,
        world: World,
        groups: impl Iterator<Item = (&'p Part, bool, &'p [u32])>,
        all: &[Edge],
    ) -> Location {
        let p = [longitude(world.x), latitude(world.y)];
        let mut on_border = false;
        for (part, corner, edges) in groups {
            let edges = || edges.iter().map(|&edge| &all[edge as usize]);
            let met = edges().any(|edge| on(edge, p));
            match (part.area, met) {
                (true, true) => on_border = true,
                (true, false) => {
                    if edges().fold(corner, |inside, edge| inside != self.parts(edge, world.y, p)) {
                        return Location::Inside;
                    }
                }
                (false, true) if part.ends.contains(&p) => on_border = true,
                (false, true) => return Location::Inside,
                (false, false) => {}
            }
        }
        if on_border { Location::Border } else { Location::Outside }
    }
}
