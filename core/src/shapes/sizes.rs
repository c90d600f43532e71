//! How large rows are on the ground: outlines enter, square metres and metres leave.
//!
//! On a sphere of the Earth's mean radius. Areas are of what is drawn, with edges that are straight on the map: what lies between one and
//! the pole is an integral that has a primitive. Lengths are haversines (Sinnott, "Virtues of the Haversine", 1984), the shorter way from
//! vertex to vertex: an edge of half a turn or more, which the map draws the long way, is taken in pieces of a quarter at most. The length of a polygon is that of its rings. What runs along the edge of the
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
                area = slabs;
            }
            sizes.areas.push((area * RADIUS * RADIUS).max(0.0));
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

    /// The area between an edge and the south pole, in radians of the sphere; positive eastwards.
    ///
    /// Along it the sine of the latitude is tanh y, whose primitive is ln cosh y; y grows evenly from end to end. Where that is hardly at
    /// all, it is tanh y of the middle, with the next term of the series.
    fn beneath(&self, to: &Self) -> f64 {
        let half = PI * (self.vertex[1] - to.vertex[1]) as f64 / WORLD as f64;
        let mean = if half.abs() > SMALL {
            libm::log(self.cos / to.cos) / (2.0 * half)
        } else {
            let middle = (self.sin * to.cos + to.sin * self.cos) / (self.cos + to.cos);
            middle * (1.0 - half * half * (1.0 - middle * middle) / 3.0)
        };
        (to.lon - self.lon) * (1.0 + mean)
    }

    /// How long the edge to another is, in radians.
    fn along(&self, to: &Self) -> f64 {
        // A step more: both ends were rounded down.
        let across = (to.vertex[0] - self.vertex[0]).abs() + 1;
        if 2 * across < WORLD {
            return self.far(to);
        }
        let pieces = (4 * (across - 2) + WORLD - 1) / WORLD;
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

/// Below this the next terms of the series are beyond what doubles hold, or what matters of an area: 0.4 degrees, which most edges are
/// shorter than.
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
    use geo::{Haversine, Length as _, LineString};

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

    /// The area on the sphere of a ring whose edges are straight on the map, by walking along each in small steps.
    fn walked(ring: &[(f64, f64)]) -> f64 {
        const STEPS: u32 = 1000;
        let up = |lat: f64| libm::log(libm::tan(PI / 4.0 + lat.to_radians() / 2.0));
        let edges = ring.iter().zip(ring.iter().cycle().skip(1));
        let beneath = edges.map(|(a, b)| {
            let (from, to, across) = (up(a.1), up(b.1), (b.0 - a.0).to_radians() / f64::from(STEPS));
            let lat = |step: u32| {
                let y = from + (to - from) * (f64::from(step) + 0.5) / f64::from(STEPS);
                2.0 * libm::atan(libm::exp(y)) - PI / 2.0
            };
            (0..STEPS).map(|step| across * libm::sin(lat(step))).sum::<f64>()
        });
        beneath.sum::<f64>().abs() * RADIUS * RADIUS
    }

    // The sines of `geo` are the C library's, of which the emulator has not all instructions.
    #[cfg_attr(target_arch = "powerpc", ignore = "the C library's sines")]
    #[test]
    fn sizes_are_those_that_another_library_finds_and_walking_along_edges() {
        let mut state = 3u64;
        let mut next = |below: f64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 * below
        };
        for round in 0..300 {
            let size = if round % 2 == 0 { 1.0 + next(19.0) } else { 0.1 + next(0.6) };
            let (lon, lat) = (next(300.0) - 150.0, next(120.0) - 60.0);
            let triangle = [(lon, lat), (lon + size, lat + next(size)), (lon + next(size / 2.0), lat + size)];
            let found = sizes(&[&[(Role::Shell, &triangle)], &[(Role::Line, &triangle)]]);
            let line = LineString::from(triangle.to_vec());
            let mut ring = line.clone();
            ring.close();
            // Of the smallest triangles a step of the grid is a millionth.
            let near = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-6 + 3e-7 / size;
            assert!(near(found.areas[0], walked(&triangle)), "{triangle:?}: {found:?} {}", walked(&triangle));
            assert!(near(found.lengths[0], Haversine.length(&ring)), "{triangle:?}: {found:?}");
            assert!(near(found.lengths[1], Haversine.length(&line)), "{triangle:?}: {found:?}");
            assert_eq!(found.areas[1].to_bits(), 0);
        }
    }

    #[cfg_attr(target_arch = "powerpc", ignore = "the C library's sines")]
    #[test]
    fn an_area_is_the_same_alone_twice_with_a_speck_and_over_the_antimeridian() {
        let at = |lon: f64| [(lon, 0.0), (lon + 30.0, 0.0), (lon + 30.0, 30.0)];
        let (alone, over) = (at(0.0), at(165.0));
        let speck = [(50.0, 0.0), (50.001, 0.0), (50.0, 0.001)];
        let row = |shape: &[(f64, f64)]| sizes(&[&[(Role::Shell, shape)]]).areas[0];
        let twice = sizes(&[&[(Role::Shell, &alone), (Role::Shell, &alone)]]).areas[0];
        let with = sizes(&[&[(Role::Shell, &alone), (Role::Shell, &speck)]]).areas[0];
        // π/6 · ln(1 / cos 30°) / artanh(sin 30°) of the square of the radius.
        assert!((walked(&alone) / 5.5652e12 - 1.0).abs() < 2e-5, "{}", walked(&alone));
        for (found, most) in [(row(&alone), 1e-6), (row(&over), 1e-6), (with, 1e-6), (twice, 1e-4)] {
            assert!((found / walked(&alone) - 1.0).abs() < most, "{found} {}", walked(&alone));
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
    fn half_a_turn_is_as_long_wherever_it_begins() {
        // Two quarters along 60°, each with a chord of cos 60° · √2.
        let expected = 2.0 * 2.0 * libm::asin(libm::cos(PI / 3.0) * libm::sin(PI / 4.0)) * RADIUS;
        for start in 0..=900 {
            let lon = -180.0 + f64::from(start) / 5.0;
            let turns = [[(lon, 60.0), (lon + 180.0, 60.0)], [(lon + 180.0, 60.0), (lon, 60.0)]];
            let found = sizes(&[&[(Role::Line, &turns[0])], &[(Role::Line, &turns[1])]]).lengths;
            assert!(found.iter().all(|length| (length / expected - 1.0).abs() < 1e-7), "{lon}: {found:?} {expected}");
        }
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
