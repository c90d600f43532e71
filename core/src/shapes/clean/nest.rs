//! Rings that neither cross nor overlap become polygons: each shell, and behind it the holes in it.

use super::{meeting::side, pairs::Around, spans::Spans};
use crate::{
    shapes::{
        clip::{Pieces, Point},
        wind::small_area2,
    },
    small::{
        self,
        work::{Stopped, Toll},
    },
};
use alloc::vec::Vec;

/// So many shells are looked at one by one.
const FEW: usize = 32;

/// A ring and what is known of it.
#[derive(Clone, Copy, Debug)]
struct Ring {
    start: u32,
    end: u32,
    around: Around,
    /// Twice its area.
    area2: i64,
    /// The shell it belongs to, by its place.
    shell: u32,
}

/// Puts rings in order. Those without an area go, and holes in no shell.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn order(rings: &Pieces, toll: &mut Toll<'_>, out: &mut Pieces) -> Result<(), Stopped> {
    out.clear();
    let mut start = 0;
    let mut all: Vec<Ring> = Vec::with_capacity(rings.ends.len());
    for (ring, points) in rings.each().enumerate() {
        toll.pay(1 + points.len() / 8)?;
        let first = points[0];
        let mut around = [first[0], first[1], first[0], first[1]];
        for point in points {
            around =
                [around[0].min(point[0]), around[1].min(point[1]), around[2].max(point[0]), around[3].max(point[1])];
        }
        let area2 = small_area2(points);
        let end = rings.ends[ring];
        if area2 != 0 {
            all.push(Ring { start, end, around, area2, shell: ring as u32 });
        }
        start = end;
    }
    let shells: Vec<Ring> = all.iter().copied().filter(|ring| ring.area2 > 0).collect();
    if shells.len() < all.len() {
        let mut spans = Spans::default();
        if shells.len() > FEW {
            spans.gather(shells.iter().map(|shell| [shell.around[1], shell.around[3]]));
        }
        let mut near: Vec<Ring> = Vec::new();
        for hole in all.iter_mut().filter(|ring| ring.area2 < 0) {
            let mut looked = 1;
            near.clear();
            let mut look = |shell: Ring| {
                looked += 1;
                let within = |axis: usize| {
                    shell.around[axis] <= hole.around[axis] && hole.around[axis + 2] <= shell.around[axis + 2]
                };
                if within(0) && within(1) {
                    near.push(shell);
                }
            };
            if shells.len() > FEW {
                spans.each(hole.around[1], |at| look(shells[at]));
            } else {
                shells.iter().for_each(|&shell| look(shell));
            }
            if near.len() > 1 {
                let edge = [rings.points[hole.start as usize], rings.points[hole.start as usize + 1]];
                // The first that is found is the one, from the smallest on.
                small::sort_by(&mut near, |a, b| (a.area2, a.start) < (b.area2, b.start));
                let about = |shell: &Ring| {
                    looked += (shell.end - shell.start) as usize;
                    inside(edge, &rings.points[shell.start as usize..shell.end as usize])
                };
                let found = near.iter().copied().find(about);
                near.clear();
                near.extend(found);
            }
            toll.pay(looked / 8)?;
            hole.shell = near.first().map_or(u32::MAX, |shell| shell.shell);
        }
        small::sort_by(&mut all, |a, b| (a.shell, a.area2 < 0, a.start) < (b.shell, b.area2 < 0, b.start));
    }
    for ring in all.iter().filter(|ring| ring.shell != u32::MAX) {
        out.points.extend_from_slice(&rings.points[ring.start as usize..ring.end as usize]);
        out.ends.push(out.points.len() as u32);
    }
    Ok(())
}

/// Whether the middle of an edge lies inside a ring; it is not on it.
fn inside(edge: [Point; 2], ring: &[Point]) -> bool {
    // All twice as large: the middle is on the grid.
    let twice = |point: Point| point.map(|at| at * 2);
    let middle = [0, 1].map(|axis| edge[0][axis] + edge[1][axis]);
    let mut inside = false;
    let mut before = twice(ring[ring.len() - 1]);
    for &point in ring {
        let point = twice(point);
        if (before[1] <= middle[1]) != (point[1] <= middle[1]) {
            let [a, b] = if before[1] < point[1] { [before, point] } else { [point, before] };
            inside ^= side(a, b, middle) < 0;
        }
        before = point;
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small::work::Work;

    #[test]
    fn a_hole_stands_behind_the_smallest_shell_about_it() {
        let square = |at: i16, side: i16| [[at, at], [at + side, at], [at + side, at + side], [at, at + side]];
        let hole = |at: i16, side: i16| {
            let mut ring = square(at, side);
            ring.reverse();
            ring
        };
        // An island in a lake on an island in a lake; a lake elsewhere; one outside of all; and nothing but a line.
        let rings =
            [hole(30, 10), hole(10, 60), square(0, 100), square(20, 30), square(200, 50), hole(210, 5), hole(500, 5)];
        let mut given = Pieces::default();
        for ring in rings {
            given.points.extend(ring);
            given.end(3);
        }
        given.points.extend([[0, 0], [5, 5], [9, 9]]);
        given.end(3);
        let mut out = Pieces::default();
        assert_eq!(order(&given, &mut Work::free().toll(), &mut out), Ok(()));
        let expected = [square(0, 100), hole(10, 60), square(20, 30), hole(30, 10), square(200, 50), hole(210, 5)];
        assert!(out.each().eq(expected.iter().map(|ring| &ring[..])), "{out:?}");
    }
}
