//! A representative point for each row: a place inside a polygon, halfway along a line.
//!
//! An outline enters, a position leaves. Of a polygon it is the middle of the widest span that a few parallels have in its
//! largest part, holes left out; this is where labels stand, and by which rows are ordered.

use crate::{
    shapes::{Outlines, Role, Vertex, divide, first::length, narrow, wind::area2},
    space::mercator::World,
};
use alloc::vec::Vec;

/// Parallels that are tried, in so many parts of the height.
const PARTS: i64 = 4;

/// The representative point of a row; `None` without vertices.
#[must_use]
pub fn point(outlines: &Outlines<'_>, row: usize) -> Option<World> {
    let rings = outlines.rings_of(row);
    let first = rings.clone().next()?;
    let at = match outlines.role(first) {
        Role::Points => outlines.path(first).next()?,
        Role::Line => {
            let longest = rings.max_by_key(|&ring| (length(outlines.path(ring)), core::cmp::Reverse(ring)))?;
            halfway(outlines, longest)?
        }
        Role::Shell | Role::Hole => {
            let shells = rings.clone().filter(|&ring| outlines.role(ring) == Role::Shell);
            let largest =
                shells.max_by_key(|&ring| (area2(outlines.path(ring)), core::cmp::Reverse(ring))).unwrap_or(first);
            let end = (largest + 1..rings.end).find(|&ring| outlines.role(ring) == Role::Shell).unwrap_or(rings.end);
            widest(outlines, largest, end)?
        }
    };
    Some(World { x: narrow(at[0]), y: narrow(at[1]) })
}

/// The point of a line that has as much of it before as behind.
fn halfway(outlines: &Outlines<'_>, ring: usize) -> Option<Vertex> {
    let mut left = length(outlines.path(ring)) / 2;
    let mut path = outlines.path(ring);
    let mut before = path.next()?;
    for vertex in path {
        let edge = length([before, vertex].into_iter());
        if edge > left {
            let part = |axis: usize| {
                before[axis] + divide(i128::from(vertex[axis] - before[axis]) * left as i128, edge as i128)
            };
            return Some([part(0), part(1)]);
        }
        left -= edge;
        before = vertex;
    }
    Some(before)
}

/// The middle of the widest span of a polygon on a few parallels; its first vertex where it has no height.
fn widest(outlines: &Outlines<'_>, shell: usize, end: usize) -> Option<Vertex> {
    let (north, south) = outlines.path(shell).fold((i64::MAX, i64::MIN), |(n, s), v| (n.min(v[1]), s.max(v[1])));
    let mut crossings = Vec::new();
    let mut found: Option<(i64, Vertex)> = None;
    for part in 1..PARTS {
        // A parallel half a step south of this, on which there are no vertices.
        let y = north + (south - north) * part / PARTS;
        crossings.clear();
        for ring in shell..end {
            let mut before = outlines.path(ring).next_back()?;
            for vertex in outlines.path(ring) {
                if (before[1] <= y) != (vertex[1] <= y) {
                    let [across, down] = [0, 1].map(|axis| i128::from(vertex[axis] - before[axis]));
                    let along = i128::from(2 * (y - before[1]) + 1);
                    let turn = if vertex[1] > before[1] { -1 } else { 1 };
                    crossings.push((before[0] + divide(along * across, 2 * down), turn));
                }
                before = vertex;
            }
        }
        crossings.sort_unstable();
        let mut turns = 0;
        for span in crossings.windows(2) {
            let ((from, turn), (to, _)) = (span[0], span[1]);
            turns += turn;
            // Inside is where rings wind more often than not at all, as in tiles.
            if turns > 0 && found.is_none_or(|(widest, _)| to - from > widest) {
                found = Some((to - from, [from + (to - from) / 2, y]));
            }
        }
    }
    found.map(|(_, at)| at).or_else(|| outlines.path(shell).next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shapes::{Flat, nodes::tests::rings};

    fn at(flat: &Flat) -> Option<(u32, u32)> {
        point(&flat.view(), 0).map(|world| (world.x, world.y))
    }

    #[test]
    fn it_is_inside_a_horseshoe_and_beside_a_hole() {
        // Open to the south: its middle is outside, its widest span is at the top.
        let horseshoe = [[10, 10], [50, 10], [50, 50], [40, 50], [40, 22], [20, 22], [20, 50], [10, 50]];
        assert_eq!(at(&rings(Role::Shell, &[&horseshoe])), Some((30, 20)));
        let mut holed =
            rings(Role::Shell, &[&[[0, 0], [100, 0], [100, 100], [0, 100]], &[[10, 10], [10, 90], [60, 90], [60, 10]]]);
        holed.rows = Vec::from([2]);
        holed.roles[1] = Role::Hole;
        assert_eq!(at(&holed), Some((80, 25)));
        assert_eq!(at(&rings(Role::Shell, &[&[[5, 7], [9, 7], [7, 7]]])), Some((5, 7)));
        assert_eq!(at(&Flat { rows: Vec::from([0]), ..Flat::default() }), None);
    }

    #[test]
    fn it_is_halfway_along_the_longest_line() {
        let mut lines = rings(Role::Line, &[&[[0, 0], [5, 0]], &[[0, 10], [30, 10], [30, 20]], &[[9, 9], [9, 8]]]);
        lines.rows = Vec::from([3]);
        assert_eq!(at(&lines), Some((20, 10)));
        assert_eq!(at(&rings(Role::Points, &[&[[3, 4], [5, 6]]])), Some((3, 4)));
    }

    #[test]
    fn it_is_inside_whatever_ring_has_an_inside() {
        let mut state = 11u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 12
        };
        for _ in 0..2000 {
            // Corners of triangles: wound or not, never with a crossing.
            let triangle = [[next(), next()], [next(), next()], [next(), next()]];
            let flat = rings(Role::Shell, &[&triangle]);
            let (x, y) = at(&flat).expect("has vertices");
            let around = core::array::from_fn::<i64, 3, _>(|i| {
                let [a, b] = [triangle[i], triangle[(i + 1) % 3]].map(|v| v.map(i64::from));
                (b[0] - a[0]) * (i64::from(y) - a[1]) - (b[1] - a[1]) * (i64::from(x) - a[0])
            });
            // Up to half a step beside it, where it is thin.
            let slack = 1 << 21;
            assert!(
                around.iter().all(|&side| side > -slack) || around.iter().all(|&side| side < slack),
                "{triangle:?}"
            );
        }
    }
}
