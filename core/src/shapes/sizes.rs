//! How large rows are on the ground: outlines enter, square metres and metres leave.
//!
//! On a sphere of the Earth's mean radius. Areas are those of Chamberlain and Duquette, "Some Algorithms for Polygons on a
//! Sphere" (JPL Publication 07-03, 2007), lengths are haversines (Sinnott, "Virtues of the Haversine", 1984): both differ from
//! those of an ellipsoid by up to half a percent. Haversines are the shorter way round: an edge of half a turn or more, which the map
//! draws the long way, is taken in pieces of a quarter at most. The length of a polygon is that of its rings. What runs along the edge of the
//! world, where outlines are cut at the antimeridian, is no length; what lies beyond 85.05° is not counted.

use crate::{
    shapes::{Outlines, Role, Vertex, WORLD, covered},
    small::work::{Stopped, Work},
};
use alloc::vec::Vec;
use core::{
    f64::consts::{PI, TAU},
    ops::Range,
};

/// The mean radius of the Earth in metres: a third of the sum of WGS 84's axes (IUGG).
pub const RADIUS: f64 = 6_371_008.771_415;

/// What looking at a vertex costs.
const VERTEX: usize = 32;

/// Sizes of each row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sizes {
    /// Square metres; 0 of lines and points.
    pub areas: Vec<f64>,
    /// Metres; 0 of points.
    pub lengths: Vec<f64>,
}

impl Sizes {
    /// Looks at all rows.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn of(outlines: &Outlines<'_>, work: &Work<'_>) -> Result<Self, Stopped> {
        Self::of_rows(outlines, 0..outlines.len(), work)
    }

    /// Looks at some rows.
    ///
    /// # Errors
    /// As [`Sizes::of`].
    pub fn of_rows(outlines: &Outlines<'_>, rows: Range<usize>, work: &Work<'_>) -> Result<Self, Stopped> {
        let (mut sizes, toll) = (Self::default(), &mut work.toll());
        for row in rows {
            let (mut area, mut length) = (0.0, 0.0);
            for ring in outlines.rings_of(row) {
                work.pay(1 + VERTEX * outlines.vertices_of(ring).len())?;
                let role = outlines.role(ring);
                if role == Role::Points {
                    continue;
                }
                let path = outlines.path(ring);
                let mut before = if role.is_ring() { path.clone().next_back().map(Place::of) } else { None };
                for here in path.map(Place::of) {
                    if let Some(before) = before {
                        area += if role.is_ring() { before.beneath(&here) } else { 0.0 };
                        length += before.along(&here);
                    }
                    before = Some(here);
                }
            }
            // Shells run round their inside, holes round their outside.
            let mut slabs = 0.0;
            let slab = |north, south, width| {
                let [north, south] = [north, south].map(|y| Place::of([0, y]).sin);
                slabs += TAU * width / WORLD as f64 * (north - south);
            };
            if covered::slabs(outlines, row, toll, slab)? {
                area = 2.0 * slabs;
            }
            sizes.areas.push((area * RADIUS * RADIUS / 2.0).max(0.0));
            sizes.lengths.push(length * RADIUS);
        }
        Ok(sizes)
    }
}

/// A vertex on the sphere.
struct Place {
    vertex: Vertex,
    lon: f64,
    sin: f64,
    cos: f64,
}

impl Place {
    fn of(vertex: Vertex) -> Self {
        let [x, y] = vertex.map(|at| at as f64 / WORLD as f64);
        // Mercator's y is the inverse of the Gudermannian: sin φ = tanh y and cos φ = 1 / cosh y.
        let exp = libm::exp(PI * (1.0 - 2.0 * y));
        let squared = exp * exp;
        Self { vertex, lon: TAU * x, sin: (squared - 1.0) / (squared + 1.0), cos: 2.0 * exp / (squared + 1.0) }
    }

    /// Twice the area between an edge and the south pole, in radians of the sphere; positive eastwards.
    fn beneath(&self, to: &Self) -> f64 {
        (to.lon - self.lon) * (2.0 + self.sin + to.sin)
    }

    /// How long the edge to another is, in radians.
    fn along(&self, to: &Self) -> f64 {
        let turns = (to.lon - self.lon).abs() / TAU;
        if turns < 0.5 {
            return self.far(to);
        }
        let pieces = libm::ceil(turns * 4.0) as i64;
        let at = |piece: i64| {
            let axis = |axis: usize| {
                let [from, to] = [self.vertex[axis], to.vertex[axis]];
                from + (to - from) * piece / pieces
            };
            Self::of([axis(0), axis(1)])
        };
        (0..pieces).map(|piece| at(piece).far(&at(piece + 1))).sum()
    }

    /// How far it is to another, in radians.
    fn far(&self, to: &Self) -> f64 {
        let (a, b) = (self.vertex, to.vertex);
        if (0..2).any(|axis| a[axis] == b[axis] && (a[axis] == 0 || a[axis] == WORLD)) {
            return 0.0;
        }
        // sin² of half the difference of latitudes, by sines and cosines of these.
        let turn = sin((to.lon - self.lon) / 2.0);
        let cross = self.sin * to.cos - self.cos * to.sin;
        let down = cross * cross / (2.0 * (1.0 + self.cos * to.cos + self.sin * to.sin));
        2.0 * asin(libm::sqrt((down + self.cos * to.cos * turn * turn).min(1.0)))
    }
}

/// Below this the next terms of the series are beyond what doubles hold: 0.4 degrees, which most edges are shorter than.
const SMALL: f64 = 7e-3;

fn sin(angle: f64) -> f64 {
    if angle.abs() > SMALL {
        return libm::sin(angle);
    }
    let square = angle * angle;
    angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)))
}

fn asin(sine: f64) -> f64 {
    if sine > SMALL {
        return libm::asin(sine);
    }
    let square = sine * sine;
    sine * (1.0 + square * (1.0 / 6.0 + square * (3.0 / 40.0 + square * (15.0 / 336.0))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::gather::Gather;
    use geo::{ChamberlainDuquetteArea as _, Haversine, Length as _, LineString, Polygon};

    /// A part of a row.
    type Part<'p> = (Role, &'p [(f64, f64)]);

    fn sizes(rows: &[&[Part<'_>]]) -> Sizes {
        let mut gather = Gather::default();
        for row in rows {
            row.iter().for_each(|(role, part)| gather.part(*role, part.iter().copied()));
            gather.end_row();
        }
        Sizes::of(&gather.finish().0.view(), &Work::free()).expect("goes on")
    }

    #[test]
    fn short_ways_are_the_long_ones() {
        for step in 0..20_000 {
            let angle = f64::from(step) * SMALL / 10_000.0;
            assert!((sin(angle) - libm::sin(angle)).abs() <= 2e-18 + angle * 3e-16, "{angle}");
            assert!((asin(angle) - libm::asin(angle)).abs() <= 2e-18 + angle * 3e-16, "{angle}");
            assert!((sin(-angle) + sin(angle)).abs() < f64::MIN_POSITIVE);
        }
    }

    // The sines of `geo` are the C library's, of which the emulator has not all instructions.
    #[cfg_attr(target_arch = "powerpc", ignore = "the C library's sines")]
    #[test]
    fn sizes_are_those_that_another_library_finds() {
        let mut state = 3u64;
        let mut next = |below: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 * below
        };
        for _ in 0..300 {
            let (lon, lat, size) = (next(300.0) - 150.0, next(120.0) - 60.0, 1.0 + next(19.0));
            let triangle = [(lon, lat), (lon + size, lat + next(size)), (lon + next(size / 2.0), lat + size)];
            let found = sizes(&[&[(Role::Shell, &triangle)], &[(Role::Line, &triangle)]]);
            let line = LineString::from(triangle.to_vec());
            let polygon = Polygon::new(line.clone(), Vec::new());
            // Theirs is of the equatorial radius.
            let area = polygon.chamberlain_duquette_unsigned_area() * (RADIUS / 6_378_137.0) * (RADIUS / 6_378_137.0);
            let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-6;
            assert!(near(found.areas[0], area), "{triangle:?}: {found:?} {area}");
            assert!(near(found.lengths[0], Haversine.length(polygon.exterior())), "{triangle:?}: {found:?}");
            assert!(near(found.lengths[1], Haversine.length(&line)), "{triangle:?}: {found:?}");
            assert_eq!(found.areas[1].to_bits(), 0);
        }
    }

    #[cfg_attr(target_arch = "powerpc", ignore = "the C library's sines")]
    #[test]
    fn edges_of_half_a_turn_and_more_are_as_long_as_with_vertices_between() {
        let round = |lat: f64, vertices: u32| -> Vec<(f64, f64)> {
            (0..=vertices).map(|at| (-180.0 + 360.0 / f64::from(vertices) * f64::from(at), lat)).collect()
        };
        let found = sizes(&[
            &[(Role::Line, &round(10.0, 1))],
            &[(Role::Line, &[(0.0, 60.0), (180.0, 60.0)])],
            &[(Role::Line, &[(-180.0, 0.0), (180.0, 0.0)])],
        ]);
        for (row, expected) in [(0, round(10.0, 4)), (1, alloc::vec![(0.0, 60.0), (90.0, 60.0), (180.0, 60.0)])] {
            let expected = Haversine.length(&LineString::from(expected));
            assert!((found.lengths[row] / expected - 1.0).abs() < 1e-6, "{found:?} {expected}");
        }
        assert!((found.lengths[2] / (TAU * RADIUS) - 1.0).abs() < 1e-9, "{found:?}");
    }

    #[cfg_attr(target_arch = "powerpc", ignore = "the C library's sines")]
    #[test]
    fn an_octant_a_hole_and_what_goes_over_the_antimeridian_have_known_sizes() {
        let globe = 4.0 * PI * RADIUS * RADIUS;
        let world = [(-180.0, 0.0), (0.0, 0.0), (180.0, 0.0), (180.0, 90.0), (-180.0, 90.0)];
        let strip = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 30.0), (170.0, 30.0)];
        let hole = [(172.0, 0.0), (-172.0, 0.0), (-172.0, 30.0), (172.0, 30.0)];
        let found = sizes(&[
            &[(Role::Shell, &world)],
            &[(Role::Shell, &strip)],
            &[(Role::Shell, &strip), (Role::Hole, &hole)],
            &[(Role::Line, &[(170.0, 0.0), (-170.0, 0.0)])],
            &[(Role::Points, &[(1.0, 1.0)])],
        ]);
        // To 85.05°: sin of it is tanh π.
        let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-7;
        assert!(near(found.areas[0], globe / 2.0 * libm::tanh(PI)), "{found:?}");
        // sin 30° is a half: a strip of a eighteenth of the way round.
        assert!(near(found.areas[1], globe / 2.0 / 18.0 / 2.0), "{found:?}");
        assert!(near(found.areas[2], globe / 2.0 / 18.0 / 2.0 / 5.0), "{found:?}");
        assert!(near(found.lengths[3], TAU * RADIUS / 18.0), "{found:?}");
        // Cut at the antimeridian, its edges along a parallel are two each.
        let cut = [(170.0, 0.0), (180.0, 0.0), (190.0, 0.0), (190.0, 30.0), (180.0, 30.0), (170.0, 30.0), (170.0, 0.0)];
        assert!(near(found.lengths[1], Haversine.length(&LineString::from(cut.to_vec()))), "{found:?}");
        assert_eq!((found.areas[4].to_bits(), found.lengths[4].to_bits()), (0, 0));
    }
}
