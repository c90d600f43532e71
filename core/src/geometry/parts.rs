//! A shape on the grid: edges in degrees between centres of steps, in parts that are areas or lines.

use super::{Position, Shape};
use crate::space::mercator::{MAX_LATITUDE, latitude, project};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// Steps around the world.
const AROUND: i64 = 1 << 32;

/// An edge from a position to another; that of a point begins and ends there.
pub(super) type Edge = [Position; 2];

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
                .map(|pair| [placed(pair[0], shift, true), placed(pair[1], shift, true)]);
            (edges.filter(|[a, b]| a != b).collect(), Vec::new())
        });
    }

    fn lines(&mut self, lines: &[&[Position]], ends: bool) {
        self.both_sides(false, |shift| {
            let (mut edges, mut odd): (Vec<Edge>, Vec<Position>) = (Vec::new(), Vec::new());
            for line in lines {
                let placed: Vec<Position> = line.iter().map(|position| placed(*position, shift, ends)).collect();
                match placed[..] {
                    [only] => edges.push([only; 2]),
                    _ => edges.extend(placed.windows(2).map(|pair| [pair[0], pair[1]])),
                }
                let both = if ends { vec![placed[0], placed[placed.len() - 1]] } else { Vec::new() };
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
            let reaches = |edge: &Edge| edge.iter().any(|position| position[0] >= -180.0);
            if shift != 0 && !edges.iter().any(reaches) {
                return;
            }
            let start = self.edges.len();
            self.edges.extend(edges);
            self.parts.push(Part { edges: start..self.edges.len(), area, ends });
        }
    }
}

/// A position as rows have it: the centre of its step, so many steps to the east. Corners beyond the square world keep
/// their latitude, points lie at its edge as rows do.
fn placed([lon, lat]: Position, shift: i64, corner: bool) -> Position {
    // As positions are projected, but not wrapped.
    let x = ((lon + 180.0) / 360.0 * AROUND as f64) as i64 + shift;
    let centre = (x as f64 + 0.5) / AROUND as f64 * 360.0 - 180.0;
    let step = project(0.0, lat).filter(|_| !corner || lat.abs() <= MAX_LATITUDE);
    [centre, step.map_or(lat, |world| latitude(world.y))]
}
