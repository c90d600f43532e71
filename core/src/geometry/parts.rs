//! A shape on the grid: edges in degrees between centres of steps, in parts that are areas or lines.

use super::{Position, Shape};
use crate::space::mercator::{MAX_LATITUDE, latitude, project};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// Steps around the world.
const AROUND: i64 = 1 << 32;

/// An edge from a position to another; that of a point begins and ends there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub a: Position,
    pub b: Position,
    /// The rows of steps of its upper and its lower end; beyond the world one more.
    pub top: i64,
    pub bottom: i64,
}

impl Edge {
    fn new((a, from): (Position, i64), (b, to): (Position, i64)) -> Self {
        Self { a, b, top: from.min(to), bottom: from.max(to) }
    }
}

/// Edges that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub edges: Range<usize>,
    /// A polygon, inside where rays cross an odd number of edges. Else points or lines.
    pub area: bool,
    /// Where lines end: the boundary of them, as far as an odd number ends there.
    pub ends: Vec<Position>,
}

/// All parts with their edges.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Parts {
    pub edges: Vec<Edge>,
    pub parts: Vec<Part>,
}

impl Parts {
    /// Puts a shape on the grid.
    pub fn of(shape: &Shape) -> Self {
        let mut parts = Self::default();
        parts.add(shape);
        parts
    }

    fn add(&mut self, shape: &Shape) {
        match shape {
            Shape::Points(points) => self.lines(&points.iter().map(core::slice::from_ref).collect::<Vec<_>>(), false),
            Shape::Lines(lines) => self.lines(&lines.iter().map(Vec::as_slice).collect::<Vec<_>>(), true),
            Shape::Polygons(polygons) => polygons.iter().for_each(|rings| self.polygon(rings)),
            Shape::Collection(shapes) => shapes.iter().for_each(|shape| self.add(shape)),
            Shape::Box([west, south, east, north]) => {
                let east = if west > east { east + 360.0 } else { *east };
                let ring = [[*west, *south], [east, *south], [east, *north], [*west, *north], [*west, *south]];
                self.polygon(&[ring.to_vec()]);
            }
        }
    }

    fn polygon(&mut self, rings: &[Vec<Position>]) {
        self.both_sides(true, |shift| {
            let edges = rings
                .iter()
                .flat_map(|ring| ring.windows(2))
                .map(|pair| Edge::new(placed(pair[0], shift, true), placed(pair[1], shift, true)));
            (edges.filter(|edge| edge.a != edge.b).collect(), Vec::new())
        });
    }

    fn lines(&mut self, lines: &[&[Position]], ends: bool) {
        self.both_sides(false, |shift| {
            let (mut edges, mut odd): (Vec<Edge>, Vec<Position>) = (Vec::new(), Vec::new());
            for line in lines {
                let placed: Vec<_> = line.iter().map(|position| placed(*position, shift, ends)).collect();
                match placed[..] {
                    [only] => edges.push(Edge::new(only, only)),
                    _ => edges.extend(placed.windows(2).map(|pair| Edge::new(pair[0], pair[1]))),
                }
                let both = if ends { vec![placed[0].0, placed[placed.len() - 1].0] } else { Vec::new() };
                for end in both {
                    match odd.iter().position(|known| *known == end) {
                        Some(at) => drop(odd.swap_remove(at)),
                        None => odd.push(end),
                    }
                }
            }
            (edges, odd)
        });
    }

    /// A part where it is, and again once around the world to the west if it reaches beyond the antimeridian.
    fn both_sides(&mut self, area: bool, made: impl Fn(i64) -> (Vec<Edge>, Vec<Position>)) {
        for shift in [0, -AROUND] {
            let (edges, ends) = made(shift);
            let reaches = |edge: &Edge| edge.a[0].max(edge.b[0]) >= -180.0;
            if shift != 0 && !edges.iter().any(reaches) {
                return;
            }
            let start = self.edges.len();
            self.edges.extend(edges);
            self.parts.push(Part { edges: start..self.edges.len(), area, ends });
        }
    }
}

/// A position as rows have it: the centre of its step, so many steps to the east, and its row. Corners beyond the square
/// world keep their latitude, points lie at its edge as rows do.
fn placed([lon, lat]: Position, shift: i64, corner: bool) -> (Position, i64) {
    // As positions are projected, but not wrapped.
    let x = ((lon + 180.0) / 360.0 * AROUND as f64) as i64 + shift;
    let centre = (x as f64 + 0.5) / AROUND as f64 * 360.0 - 180.0;
    let beyond = if lat > 0.0 { -1 } else { AROUND };
    match project(0.0, lat).filter(|_| !corner || lat.abs() <= MAX_LATITUDE) {
        Some(world) => ([centre, latitude(world.y)], world.y.into()),
        None => ([centre, lat], beyond),
    }
}
