//! What rings go round, pixel by pixel: for those that meet too often to be cut wherever they do.
//!
//! The pieces of a row's rings in a tile enter; the borders of all pixels about whose middle they wind leave, as edges that meet
//! in their ends only. A pixel is [`SIDE`] units wide and in the same place in every tile that has it. What it costs grows with
//! edges and with rows of pixels, not with crossings.

use super::pairs::Edge;
use crate::{
    shapes::{
        clip::{Pieces, Point},
        grid::{HIGH, LOW},
    },
    small::work::{Stopped, Toll},
};
use alloc::{vec, vec::Vec};

/// Units of a pixel's side, of which a tile is a multiple, and its buffer.
const SIDE: i32 = 8;
/// Pixels of a row, and rows.
const COUNT: usize = (HIGH - LOW) as usize / SIDE as usize;
/// The outermost coordinate.
const CORNER: i32 = LOW as i32;
/// Half a unit before the middle of a pixel nothing has a vertex: twice as far it is from the pixel's corner.
const MIDDLE: i32 = SIDE - 1;

/// Pixels of a tile and its buffer.
pub struct Raster {
    filled: Vec<bool>,
}

impl Raster {
    /// Fills what rings wind about more often than not at all.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn of(rings: &Pieces, toll: &mut Toll<'_>) -> Result<Self, Stopped> {
        toll.pay(COUNT * COUNT / 8)?;
        // What is added to the winding at a pixel and all behind it; one more than pixels in each row.
        let mut turns = vec![0i32; COUNT * (COUNT + 1)];
        for ring in rings.each() {
            let Some(&(mut before)) = ring.last() else { continue };
            for &here in ring {
                let rows = cross(before, here, |row, column, turn| turns[row * (COUNT + 1) + column] += turn);
                toll.pay(1 + rows / 8)?;
                before = here;
            }
        }
        let rows = turns.chunks(COUNT + 1);
        let filled = rows.flat_map(|row| {
            row[..COUNT].iter().scan(0, |winding, turn| {
                *winding += turn;
                Some(*winding > 0)
            })
        });
        Ok(Self { filled: filled.collect() })
    }

    /// How often what is filled winds about the pixel north-west of a corner.
    pub fn winding(&self, corner: Point) -> i32 {
        let [column, row] = corner.map(|at| ((i32::from(at) - CORNER) / SIDE) as usize);
        self.at(row, column).into()
    }

    /// The borders of what is filled, which lies on the right of each.
    pub fn borders(&self) -> Vec<Edge> {
        let mut borders = Vec::new();
        let corner = |at: usize| (CORNER + at as i32 * SIDE) as i16;
        for line in 0..=COUNT {
            let across = |at: usize| [self.at(line, at + 1), self.at(line + 1, at + 1)];
            each(across, |from, to, [_, south]| {
                let [from, to] = [from, to].map(|at| [corner(at), corner(line)]);
                borders.push(if south { [from, to] } else { [to, from] });
            });
            let along = |at: usize| [self.at(at + 1, line), self.at(at + 1, line + 1)];
            each(along, |from, to, [_, east]| {
                let [from, to] = [from, to].map(|at| [corner(line), corner(at)]);
                borders.push(if east { [to, from] } else { [from, to] });
            });
        }
        borders
    }

    /// Whether a pixel is filled, counted from one before the first.
    fn at(&self, row: usize, column: usize) -> bool {
        let inside = (1..=COUNT).contains(&row) && (1..=COUNT).contains(&column);
        inside && self.filled[(row - 1) * COUNT + column - 1]
    }
}

/// Visits the runs of a line along which the pixels on its two sides are the same two, if one of these alone is filled.
fn each(sides: impl Fn(usize) -> [bool; 2], mut visit: impl FnMut(usize, usize, [bool; 2])) {
    let (mut start, mut before) = (0, [false; 2]);
    for at in 0..=COUNT {
        let here = sides(at);
        if here != before {
            if before[0] != before[1] {
                visit(start, at, before);
            }
            (start, before) = (at, here);
        }
    }
}

/// Visits the rows through whose middle an edge goes: the first pixel whose middle lies behind it, and how the winding changes
/// there. Says how many there are.
fn cross(a: Point, b: Point, mut visit: impl FnMut(usize, usize, i32)) -> usize {
    let [a, b] = [a, b].map(|point| point.map(|at| i32::from(at) - CORNER));
    // What runs north has its inside in the east.
    let (north, south, turn) = if a[1] <= b[1] { (a, b, -1) } else { (b, a, 1) };
    // The first row whose middle, doubled, is beyond a place.
    let first = |at: i32| (2 * at - MIDDLE).div_euclid(2 * SIDE) + 1;
    let [across, down] = [0, 1].map(|axis| south[axis] - north[axis]);
    let rows = first(north[1])..first(south[1]);
    for row in rows.clone() {
        // Twice as far as the row's middle is from the northern end; then the place there, from its corner, twice and `down` times.
        let far = 2 * SIDE * row + MIDDLE - 2 * north[1];
        let place = 2 * down * north[0] + far * across;
        let column = (place - MIDDLE * down).div_euclid(2 * SIDE * down) + 1;
        visit(row as usize, column as usize, turn);
    }
    rows.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small::work::Work;

    #[test]
    fn a_pixel_is_filled_if_the_winding_about_its_middle_is_positive() {
        let mut state = 3u64;
        let mut next = |below: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as i64 % below) as i16
        };
        for round in 0..6 {
            let mut rings = Pieces::default();
            for _ in 0..=round {
                // To the outermost coordinates, too.
                let place = |next: &mut dyn FnMut(i64) -> i16| (next(4700) - 300).clamp(-128, 4224);
                for _ in 0..3 + next(40) {
                    let point = [place(&mut next), place(&mut next)];
                    rings.points.push(point);
                }
                rings.end(3);
            }
            let raster = Raster::of(&rings, &mut Work::free().toll()).expect("goes on");
            let mut filled = 0;
            for _ in 0..3000 {
                let [column, row] = [next(COUNT as i64), next(COUNT as i64)];
                // Angles that edges are seen at, added up: another way to wind. Not where one goes through the middle.
                let middle = [column, row].map(|at| f64::from(i32::from(at) * SIDE + CORNER) + f64::from(MIDDLE) / 2.0);
                let seen = |[a, b]: Edge| {
                    let [[ax, ay], [bx, by]] = [a, b].map(|p| [0, 1].map(|axis| f64::from(p[axis]) - middle[axis]));
                    libm::atan2(ax * by - ay * bx, ax * bx + ay * by)
                };
                let of =
                    |ring: &[Point]| (0..ring.len()).map(|at| seen([ring[at], ring[(at + 1) % ring.len()]])).collect();
                let seen: Vec<f64> = rings.each().flat_map(|ring| -> Vec<f64> { of(ring) }).collect();
                if seen.iter().any(|angle| angle.abs() > core::f64::consts::PI - 1e-6) {
                    continue;
                }
                let around: f64 = seen.iter().sum();
                let winding = libm::round(around / core::f64::consts::TAU);
                assert_eq!(raster.at(row as usize + 1, column as usize + 1), winding > 0.0, "{column} {row}: {around}");
                filled += usize::from(winding > 0.0);
            }
            assert!(filled > 50, "{filled}");
        }
    }

    #[test]
    fn borders_have_what_is_filled_on_their_right_and_meet_in_their_ends() {
        let mut rings = Pieces::default();
        rings.points.extend([[0, 0], [80, 0], [80, 80], [0, 80]]);
        rings.end(3);
        // A hole of a pixel, and a pixel that touches the square in a corner.
        rings.points.extend([[16, 16], [16, 24], [24, 24], [24, 16]]);
        rings.end(3);
        rings.points.extend([[80, 80], [88, 80], [88, 88], [80, 88]]);
        rings.end(3);
        let raster = Raster::of(&rings, &mut Work::free().toll()).expect("goes on");
        let mut borders = raster.borders();
        borders.sort_unstable();
        let mut expected = Vec::new();
        for ring in rings.each() {
            expected.extend((0..ring.len()).map(|at| [ring[at], ring[(at + 1) % ring.len()]]));
        }
        expected.sort_unstable();
        assert_eq!(borders, expected);
        assert_eq!([[8, 8], [24, 24], [88, 88], [0, 0]].map(|corner| raster.winding(corner)), [1, 0, 1, 0]);
        let whole = [[-128, -128], [4224, -128], [4224, 4224], [-128, 4224]];
        rings.clear();
        rings.points.extend(whole);
        rings.end(3);
        let raster = Raster::of(&rings, &mut Work::free().toll()).expect("goes on");
        assert_eq!(raster.borders().len(), 4);
    }
}
