//! A shape as rows meet it: on the grid, with what is known of it at the corner of the world.

use super::{
    Shape,
    cell::line,
    parts::{Edge, Parts},
    side::west_of,
    walk::Group,
};
use crate::{
    small::work::{Stopped, Work},
    space::mercator::latitude,
};
use alloc::vec::Vec;

/// What an edge costs, in looks at rows.
const EDGE: usize = 8;

/// A shape fitted to the grid. Rows meet it on a [`Walk`](super::Walk).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Region {
    pub(super) parts: Parts,
    /// All parts with all their edges.
    pub(super) groups: Vec<Group>,
    pub(super) edges: Vec<u32>,
    /// Of each part its frame: west, south, east, north.
    pub(super) frames: Vec<[f64; 4]>,
}

impl Region {
    /// Puts a shape on the grid.
    ///
    /// # Errors
    /// [`Stopped`] when that costs too much, or nobody waits.
    pub fn of(shape: &Shape, work: &Work<'_>) -> Result<Self, Stopped> {
        work.pay(shape.positions() * EDGE)?;
        let parts = Parts::of(shape);
        let corner = [line(0), latitude(0)];
        let groups = parts.parts.iter().zip(0..).map(|(found, part)| {
            let edges = &parts.edges[found.edges.clone()];
            let west = edges.iter().filter(|edge| edge.top < 0 && edge.bottom >= 0 && west_of(edge, corner));
            Group { part, inside: found.area && west.count() % 2 == 1, edges: edges.len() as u32 }
        });
        let groups = groups.collect();
        let edges = (0..parts.edges.len() as u32).collect();
        let frames = parts.parts.iter().map(|part| frame(&parts.edges[part.edges.clone()])).collect();
        Ok(Self { parts, groups, edges, frames })
    }

    /// Bytes held, about.
    pub fn size(&self) -> usize {
        self.parts.edges.len() * (size_of::<Edge>() + 4) + self.groups.len() * 64
    }
}

/// The frame of some edges.
fn frame(edges: &[Edge]) -> [f64; 4] {
    let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    edges.iter().flat_map(|edge| [edge.a, edge.b]).fold(none, |[west, south, east, north], [lon, lat]| {
        [west.min(lon), south.min(lat), east.max(lon), north.max(lat)]
    })
}
