//! Cells of the world: those that lie whole inside or outside a shape, and those on its border.

use crate::space::{
    mercator::{World, latitude, longitude},
    morton,
};
use alloc::vec::Vec;
use core::f64::consts::PI;

/// Where a position lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Inside,
    Border,
    Outside,
}

/// A cell in degrees: the positions of its outermost rows.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

impl Frame {
    /// Of the cell that begins with a key and is so many steps wide, as a power of two.
    pub fn of(key: u64, level: u32) -> Self {
        let World { x, y } = morton::position(key);
        let more = if level == 32 { u32::MAX } else { (1 << level) - 1 };
        Self { west: longitude(x), south: latitude(y | more), east: longitude(x | more), north: latitude(y) }
    }

    /// Of the four quarters of a cell, each so many steps wide.
    pub fn quarters(key: u64, level: u32) -> [Self; 4] {
        // Two opposite quarters have all their sides.
        let (first, last) = (Self::of(key, level), Self::of(key | 3 << (2 * level), level));
        let at = |x: Self, y: Self| Self { west: x.west, east: x.east, south: y.south, north: y.north };
        [first, at(last, first), at(first, last), last]
    }
}

/// A cell from its first key to before the first of the next: where it lies, or which border it is on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    pub first: u64,
    pub kind: Result<Location, u32>,
}

/// A cell on the border.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Border {
    pub north: f64,
    /// The first step of y, and degrees of latitude for each step after it, about.
    pub top: u32,
    pub slope: f64,
    /// How far a latitude may be off.
    pub off: f64,
    pub groups: Vec<Group>,
    pub edges: Vec<u32>,
}

/// The edges of a part in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Group {
    pub part: u32,
    /// Whether what lies to the west of the cell makes it inside.
    pub inside: bool,
    /// How many edges.
    pub edges: u32,
}

impl Border {
    pub fn new(key: u64, level: u32, groups: Vec<(Group, Vec<u32>)>) -> Self {
        let (frame, top) = (Frame::of(key, level), morton::position(key).y);
        let steps = if level == 32 { f64::from(u32::MAX) } else { f64::from((1u32 << level) - 1) };
        // A chord of the curve is off by its second derivative, at most a half, times an eighth of its square.
        let height = (steps + 1.0) / 4_294_967_296.0 * 2.0 * PI;
        let off = height * height / 16.0 * (180.0 / PI) + 1e-12;
        let slope = if steps > 0.0 { (frame.south - frame.north) / steps } else { 0.0 };
        let mut all = Vec::new();
        let groups = groups.into_iter().map(|(group, edges)| {
            let count = edges.len() as u32;
            all.extend(edges);
            Group { edges: count, ..group }
        });
        let groups = groups.collect();
        Self { north: frame.north, top, slope, off, groups, edges: all }
    }
}
