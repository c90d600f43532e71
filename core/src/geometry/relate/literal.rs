//! A geometry as a filter writes it, on the map: degrees become whole steps, and what goes over ±180° is cut there, as rows are.

use super::edges::Edges;
use crate::{
    geometry::{Position, Shape},
    outlines::{
        Role, Vertex, WORLD, seam,
        unwrap::{clip, crossing},
        wind::wind,
    },
    small::work::{Stopped, Work},
    space::mercator::project_free,
};
use alloc::vec::Vec;

/// What a position costs, in looks at rows.
const POSITION: usize = 16;

impl Edges {
    /// Those of a geometry as written.
    ///
    /// # Errors
    /// [`Stopped`] when that costs too much, or nobody waits.
    pub fn of(shape: &Shape, work: &Work<'_>) -> Result<Self, Stopped> {
        work.pay(shape.positions() * POSITION)?;
        let mut edges = Self::default();
        edges.shape(shape);
        edges.finish();
        Ok(edges)
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Points(points) => {
                // The far edge of the world is the near one.
                let place = |at: Vertex| [at[0].rem_euclid(WORLD), at[1]];
                let points: Vec<Vertex> = path(points).into_iter().map(place).collect();
                self.add(Role::Points, points.iter().copied());
            }
            Shape::Lines(lines) => lines.iter().for_each(|line| self.line(&path(line))),
            Shape::Polygons(polygons) => polygons.iter().for_each(|rings| {
                let roles = core::iter::once(Role::Shell).chain(core::iter::repeat(Role::Hole));
                self.polygon(roles.zip(rings.iter().map(|ring| path(ring))).collect());
            }),
            Shape::Collection(shapes) => shapes.iter().for_each(|shape| self.shape(shape)),
            Shape::Box([west, south, east, north]) => {
                let east = if west > east { east + 360.0 } else { *east };
                let ring = [[*west, *south], [east, *south], [east, *north], [*west, *north]];
                self.polygon(Vec::from([(Role::Shell, path(&ring))]));
            }
        }
    }

    /// A polygon in each world that it reaches.
    fn polygon(&mut self, mut rings: Vec<seam::Ring>) {
        for (role, ring) in &mut rings {
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            wind(ring, *role);
        }
        let mut cut = Vec::new();
        for corner in [0, WORLD] {
            let mut parts = Vec::with_capacity(rings.len());
            for (role, ring) in &rings {
                let mut inside = Vec::new();
                cut.clear();
                clip(ring, corner, 1, &mut cut);
                clip(&cut, corner + WORLD, -1, &mut inside);
                let some = inside.iter().any(|v| v[0] > corner) && inside.iter().any(|v| v[0] < corner + WORLD);
                if some {
                    inside.iter_mut().for_each(|v| v[0] -= corner);
                    inside.dedup();
                    parts.push((*role, inside));
                }
            }
            seam::join(&mut parts);
            parts.iter().for_each(|(role, ring)| self.add(*role, ring.iter().copied()));
        }
    }

    /// The pieces of a line in each world that it reaches.
    fn line(&mut self, line: &[Vertex]) {
        for corner in [0, WORLD] {
            let mut piece: Vec<Vertex> = Vec::new();
            for (&a, &b) in line.iter().zip(line.iter().skip(1)) {
                let (low, high) = (a[0].min(b[0]), a[0].max(b[0]));
                let along = low == high && low == corner + WORLD;
                if a == b
                    || high < corner
                    || low > corner + WORLD
                    || along
                    || (low < high && (high == corner || low == corner + WORLD))
                {
                    continue;
                }
                let ends = [a, b].map(|v| {
                    let x = v[0].clamp(corner, corner + WORLD);
                    [x - corner, if x == v[0] { v[1] } else { crossing(a, b, x) }]
                });
                if piece.last() != Some(&ends[0]) {
                    self.add(Role::Line, piece.iter().copied());
                    piece.clear();
                    piece.push(ends[0]);
                }
                piece.push(ends[1]);
            }
            if piece.len() > 1 {
                self.add(Role::Line, piece.iter().copied());
            }
        }
    }
}

/// Positions in steps; those that filters let through are positions.
fn path(positions: &[Position]) -> Vec<Vertex> {
    positions.iter().filter_map(|[lon, lat]| project_free(*lon, *lat)).collect()
}
