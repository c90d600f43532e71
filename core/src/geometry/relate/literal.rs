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
    /// Those of a geometry as written, with points and lines on ±180° at the western end of the world; and once more with these at the
    /// eastern end, if there are any.
    ///
    /// # Errors
    /// [`Stopped`] when that costs too much, or nobody waits.
    pub fn of(shape: &Shape, work: &Work<'_>) -> Result<(Self, Option<Self>), Stopped> {
        let end = |east| -> Result<_, Stopped> {
            work.pay(shape.positions() * POSITION)?;
            let mut edges = Self::default();
            let some = edges.shape(shape, east);
            edges.finish();
            edges.index(&mut work.toll())?;
            Ok((edges, some))
        };
        let (west, some) = end(false)?;
        Ok((west, if some { Some(end(true)?.0) } else { None }))
    }

    /// Says whether some of it is points or lines on ±180°.
    fn shape(&mut self, shape: &Shape, east: bool) -> bool {
        match shape {
            Shape::Points(points) => {
                let place = |[x, y]: Vertex| match x.rem_euclid(WORLD) {
                    0 if east => [WORLD, y],
                    x => [x, y],
                };
                let points: Vec<Vertex> = path(points).into_iter().map(place).collect();
                self.add(Role::Points, points.iter().copied());
                return points.iter().any(|&[x, _]| x == 0);
            }
            Shape::Lines(lines) => {
                // All of them.
                return lines.iter().filter(|line| self.line(&path(line), east)).count() > 0;
            }
            Shape::Polygons(polygons) => polygons.iter().for_each(|rings| {
                let roles = core::iter::once(Role::Shell).chain(core::iter::repeat(Role::Hole));
                self.polygon(roles.zip(rings.iter().map(|ring| path(ring))).collect());
            }),
            Shape::Collection(shapes) => {
                return shapes.iter().filter(|shape| self.shape(shape, east)).count() > 0;
            }
            Shape::Box([west, south, east, north]) => {
                let east = if west > east { east + 360.0 } else { *east };
                let ring = [[*west, *south], [east, *south], [east, *north], [*west, *north]];
                self.polygon(Vec::from([(Role::Shell, path(&ring))]));
            }
        }
        false
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

    /// The pieces of a line in each world that it reaches; says whether some run along ±180°.
    fn line(&mut self, line: &[Vertex], east: bool) -> bool {
        let mut some = false;
        for corner in [-WORLD, 0, WORLD] {
            let mut piece: Vec<Vertex> = Vec::new();
            for (&a, &b) in line.iter().zip(line.iter().skip(1)) {
                let (low, high) = (a[0].min(b[0]), a[0].max(b[0]));
                some |= low == high && low == corner && a != b;
                let along = low == high && low == if east { corner } else { corner + WORLD };
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
        some
    }
}

/// Positions in steps; those that filters let through are positions.
fn path(positions: &[Position]) -> Vec<Vertex> {
    positions.iter().filter_map(|[lon, lat]| project_free(*lon, *lat)).collect()
}
