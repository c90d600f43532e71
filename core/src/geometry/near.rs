//! The edges of a cell made ready for many of its rows, which are decided by a few sums each.
//!
//! The latitude of a row is a logarithm's inverse; within a cell the straight line between its top and bottom is near enough
//! to decide almost all rows, and how far it may be off is known. The others are left open.

use super::{
    cell::{Cell, line},
    parts::Edge,
    side::below,
};
use crate::space::{
    mercator::{World, longitude},
    morton,
};
use core::f64::consts::PI;

/// Degrees of a step along a parallel.
const STEP: f64 = 360.0 / 4_294_967_296.0;
/// How far a latitude or longitude may be off by rounding.
const HAIR: f64 = 1e-12;

/// An edge as rows of a cell meet it: all in steps from the cell's corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    /// Of a position, where it is to the line through the edge: east of it where the sum is above zero.
    x: f64,
    y: f64,
    more: f64,
    /// Up to where the sum says nothing.
    open: f64,
    /// Rows whose parallel it crosses in the cell.
    from: f64,
    to: f64,
    /// Rows that it has something of.
    top: f64,
    bottom: f64,
    /// The row of where it crosses the western side, but for so many around.
    meets: f64,
    around: f64,
    /// Rows after this are on the other side of it than the corner.
    turn: f64,
}

impl Near {
    pub fn new(edge: &Edge, cell: &Cell) -> Self {
        let (Edge { a, b, .. }, steps) = (edge, f64::from(cell.steps()));
        // A chord of the curve is off by its second derivative, at most a half, times an eighth of its square.
        let height = (steps + 1.0) / 4_294_967_296.0 * 2.0 * PI;
        let off = height * height / 16.0 * (180.0 / PI) + HAIR;
        let slope = (cell.south - cell.north) / steps;
        let up = if b[1] < a[1] { -1.0 } else { 1.0 };
        let (along, across) = ((b[1] - a[1]).abs(), (a[0] - b[0]) * up);
        let (lon, lat) = (longitude(cell.corner.x) - a[0], cell.north - a[1]);
        let far = along * (steps * STEP + lon.abs()) + across.abs() * (cell.north - cell.south + lat.abs());
        let row = |row: i64| (row - i64::from(cell.corner.y)) as f64;
        let mut near = Self {
            x: along * STEP,
            y: across * slope,
            more: along * lon + across * lat,
            open: along * HAIR + across.abs() * off + far * 2e-15,
            from: row(edge.top) + 1.0,
            to: row(edge.bottom),
            top: row(edge.top),
            bottom: row(edge.bottom),
            meets: f64::INFINITY,
            around: 0.0,
            turn: f64::INFINITY,
        };
        let west = line(cell.corner.x);
        if (a[0] > west) != (b[0] > west) {
            let met = a[1] + (west - a[0]) * (b[1] - a[1]) / (b[0] - a[0]);
            near.meets = (met - cell.north) / slope;
            // What of it is to the west of the cell is nothing to its rows.
            if (a[0] < b[0]) == (a[1] < b[1]) {
                near.to = near.to.min(near.meets);
            } else {
                near.from = near.from.max(near.meets);
            }
            near.around = off / slope.abs() + 0.01;
            // The path begins at the corner.
            if !below(edge, [west, cell.north]) {
                near.turn = near.meets;
            }
        }
        near
    }
}

/// Up to 64 rows of a cell, in steps from its corner.
pub(super) struct Rows {
    x: [f64; 64],
    y: [f64; 64],
    /// Above zero where so many edges of a part, an odd number, lie between corner and row.
    turned: [u64; 64],
    open: [u64; 64],
}

impl Rows {
    pub const NONE: Self = Self { x: [0.0; 64], y: [0.0; 64], turned: [0; 64], open: [0; 64] };

    pub fn fill(&mut self, keys: &[u64], cell: &Cell) {
        for (i, &key) in keys.iter().take(64).enumerate() {
            let World { x, y } = morton::position(key);
            self.x[i] = f64::from(x.wrapping_sub(cell.corner.x));
            self.y[i] = f64::from(y.wrapping_sub(cell.corner.y));
        }
        self.open = [0; 64];
    }

    /// Which of the first rows are inside a part whose corner is so, and has these edges: as bits; false where they are open.
    #[expect(clippy::needless_bitwise_bool, reason = "without a branch many rows are done at a time")]
    pub fn inside(&mut self, count: usize, corner: bool, edges: &[Near]) -> u64 {
        self.turned = [u64::from(corner); 64];
        for edge in edges {
            let rows = self.x[..count].iter().zip(&self.y).zip(self.turned.iter_mut().zip(&mut self.open));
            for ((x, y), (turned, open)) in rows {
                let sum = edge.x * x + edge.y * y + edge.more;
                let along = (*y >= edge.from) & (*y <= edge.to) & (sum > 0.0);
                *turned ^= u64::from(along) ^ u64::from(*y > edge.turn);
                let beside = (*y >= edge.top) & (*y <= edge.bottom) & (sum.abs() <= edge.open);
                *open |= u64::from(beside | ((y - edge.meets).abs() <= edge.around));
            }
        }
        bits(&self.turned)
    }

    /// Which of the first rows are open.
    pub fn open(&self) -> u64 {
        bits(&self.open)
    }
}

fn bits(flags: &[u64; 64]) -> u64 {
    flags.iter().rev().fold(0, |word, flag| word << 1 | flag)
}
