//! Rings of a polygon that were cut at a border of the world, or moved to it, joined anew along it.
//!
//! A shell and a hole of it that both reach over a border have a stretch of it in common, which is an edge of neither: what is
//! inside ends at the border where rings come in and go on where they leave. So stretches are taken off, and where a ring comes to
//! the border it goes on with the next that leaves it.

use crate::outlines::{Flat, Role, Vertex, WORLD, narrow, wind};
use alloc::vec::Vec;

/// A ring with its role: shells run clockwise on the screen.
pub(crate) type Ring = (Role, Vec<Vertex>);

/// Joins the rings of a polygon, in one world, along its borders; shells before holes. Rings that do not run as those of
/// polygons do stay as they are.
pub(crate) fn join(rings: &mut Vec<Ring>) {
    for border in [0, WORLD] {
        join_along(rings, Border { axis: 0, at: border });
        join_along(rings, Border { axis: 1, at: border });
    }
}

/// The same for the runs of a polygon, which are the last.
pub(crate) fn join_runs(flat: &mut Flat, first: usize) {
    let (view, runs) = (flat.view(), first..flat.rings.len());
    let given: Vec<Ring> = runs.map(|run| (view.role(run), view.path(run).collect())).collect();
    let mut rings = given.clone();
    join(&mut rings);
    if rings == given {
        return;
    }
    let vertices = first.checked_sub(1).map_or(0, |before| flat.rings[before] as usize);
    flat.rings.truncate(first);
    flat.roles.truncate(first);
    flat.x.truncate(vertices);
    flat.y.truncate(vertices);
    for (role, ring) in rings {
        flat.x.extend(ring.iter().map(|v| narrow(v[0])));
        flat.y.extend(ring.iter().map(|v| narrow(v[1])));
        flat.rings.push(flat.x.len() as u32);
        flat.roles.push(role);
    }
}

/// A border of the world: where a coordinate is 0 or as large as it can be.
#[derive(Clone, Copy)]
struct Border {
    axis: usize,
    at: i64,
}

impl Border {
    fn is_along(self, a: Vertex, b: Vertex) -> bool {
        a[self.axis] == self.at && b[self.axis] == self.at
    }

    /// How far along it a vertex is, the way that shells run: clockwise round the world.
    const fn along(self, vertex: Vertex) -> i64 {
        if (self.axis == 0) == (self.at == 0) { -vertex[1 - self.axis] } else { vertex[1 - self.axis] }
    }
}

/// How many edges of a ring run along a border.
fn stretches(ring: &[Vertex], border: Border) -> usize {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).filter(|(a, b)| border.is_along(**a, **b)).count()
}

fn join_along(rings: &mut Vec<Ring>, border: Border) {
    let counts: Vec<usize> = rings.iter().map(|(_, ring)| stretches(ring, border)).collect();
    if counts.iter().sum::<usize>() < 2 {
        return;
    }
    let (mut chains, mut kept) = (Vec::new(), Vec::new());
    for ((role, ring), &count) in rings.iter().zip(&counts) {
        if count == 0 {
            kept.push((*role, ring.clone()));
        } else {
            cut(ring, border, &mut chains);
        }
    }
    let Some(next) = pairs(&chains, border) else { return };
    kept.extend(closed(&chains, &next));
    if kept.iter().any(|(role, _)| *role == Role::Shell) {
        // In their order.
        let (shells, holes): (Vec<Ring>, Vec<Ring>) = kept.into_iter().partition(|(role, _)| *role == Role::Shell);
        *rings = shells.into_iter().chain(holes).collect();
    }
}

/// The pieces of a ring that do not run along a border: each from it and back to it.
fn cut(ring: &[Vertex], border: Border, chains: &mut Vec<Vec<Vertex>>) {
    let at = |at: usize| ring[at % ring.len()];
    let Some(start) = (0..ring.len()).find(|&i| border.is_along(at(i), at(i + 1))) else { return };
    let mut chain: Vec<Vertex> = Vec::new();
    for i in start + 1..=start + ring.len() {
        let (a, b) = (at(i), at(i + 1));
        if !border.is_along(a, b) {
            if chain.is_empty() {
                chain.push(a);
            }
            chain.push(b);
        } else if !chain.is_empty() {
            chains.push(core::mem::take(&mut chain));
        }
    }
}

/// Which chain goes on where one ends: what is inside lies beside the border from there to where the next leaves it.
fn pairs(chains: &[Vec<Vertex>], border: Border) -> Option<Vec<usize>> {
    let mut meets: Vec<(i64, bool, usize)> = Vec::with_capacity(2 * chains.len());
    for (at, chain) in chains.iter().enumerate() {
        let (first, last) = (chain.first()?, chain.last()?);
        meets.extend([(border.along(*last), false, at), (border.along(*first), true, at)]);
    }
    crate::small::sort(&mut meets);
    let (mut open, mut next) = (Vec::new(), alloc::vec![0; chains.len()]);
    for (_, leaves, at) in meets {
        if leaves {
            next[open.pop()?] = at;
        } else {
            open.push(at);
        }
    }
    Some(next)
}

/// The rings that chains make, each with the role that it runs as; those of nothing are left out.
fn closed(chains: &[Vec<Vertex>], next: &[usize]) -> Vec<Ring> {
    let (mut rings, mut seen) = (Vec::new(), alloc::vec![false; chains.len()]);
    for first in 0..chains.len() {
        let (mut ring, mut at): (Vec<Vertex>, usize) = (Vec::new(), first);
        while !core::mem::replace(&mut seen[at], true) {
            ring.extend_from_slice(&chains[at]);
            at = next[at];
        }
        ring.dedup();
        while ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        let area = wind::area2(ring.iter().copied());
        if area != 0 {
            rings.push((if area > 0 { Role::Shell } else { Role::Hole }, ring));
        }
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(role: Role, of: &[[i64; 2]]) -> Ring {
        let mut path: Vec<Vertex> = of.iter().map(|[west, y]| [WORLD - west, *y]).collect();
        wind::wind(&mut path, role);
        (role, path)
    }

    /// Twice what is inside, and how many rings.
    fn told(rings: &[Ring]) -> (i128, usize) {
        (rings.iter().map(|(_, ring)| wind::area2(ring.iter().copied())).sum(), rings.len())
    }

    #[test]
    fn what_a_shell_and_its_holes_have_of_a_border_in_common_is_an_edge_of_neither() {
        let shell = ring(Role::Shell, &[[0, 0], [0, 100], [50, 100], [50, 0]]);
        let hole = ring(Role::Hole, &[[0, 20], [0, 40], [10, 40], [10, 20]]);
        let within = ring(Role::Hole, &[[20, 20], [20, 40], [30, 40], [30, 20]]);
        let mut rings = Vec::from([shell.clone(), within.clone(), hole.clone()]);
        join(&mut rings);
        assert_eq!(told(&rings), (2 * (5000 - 200 - 200), 2));
        assert_eq!(rings[1], within);
        // 0 to 20 and 40 to 100 are left of the border.
        let left = rings[0].1.iter().filter(|v| v[0] == WORLD).map(|v| v[1]);
        let mut left: Vec<i64> = left.collect();
        left.sort_unstable();
        assert_eq!(left, [0, 20, 40, 100]);
        // A hole along all of it leaves nothing of it, and one through all of the shell two parts.
        let all = ring(Role::Hole, &[[0, 0], [0, 100], [10, 90], [10, 10]]);
        let mut rings = Vec::from([shell.clone(), all]);
        join(&mut rings);
        assert_eq!(told(&rings), (2 * (5000 - 900), 1));
        // A shell with a bay, and its other part beyond the border, cut with an edge there and back.
        let path = [[0, 0], [0, 40], [20, 40], [20, 60], [0, 60], [0, 100], [50, 100], [50, 0]];
        let mut rings = Vec::from([ring(Role::Shell, &path)]);
        join(&mut rings);
        assert_eq!(told(&rings), (2 * (5000 - 400), 1));
        let mut rings =
            Vec::from([ring(Role::Shell, &[[0, 0], [0, 10], [0, 90], [0, 100], [5, 95], [0, 90], [0, 10], [5, 5]])]);
        join(&mut rings);
        assert_eq!(told(&rings), (2 * (25 + 25), 2));
        let mut alone = Vec::from([shell.clone()]);
        join(&mut alone);
        assert_eq!(alone, [shell]);
        // A hole alone is no polygon.
        let mut none = Vec::from([hole.clone(), hole]);
        join(&mut none);
        assert_eq!(none.len(), 2);
    }

    #[test]
    fn a_coast_that_was_moved_to_the_edge_of_the_map_is_none() {
        // All of the south, but for a bay that reached beyond the map.
        let coast = [[0, 90], [30, 90], [30, 0], [40, 0], [40, 90], [WORLD, 90], [WORLD, 0], [0, 0]];
        let mut path: Vec<Vertex> = coast.iter().map(|[x, north]| [*x, WORLD - north]).collect();
        wind::wind(&mut path, Role::Shell);
        let before = wind::area2(path.iter().copied());
        for turn in [false, true] {
            // And of the north.
            let turned = |v: &Vertex| if turn { [WORLD - v[0], WORLD - v[1]] } else { *v };
            let mut rings = Vec::from([(Role::Shell, path.iter().map(turned).collect::<Vec<_>>())]);
            join(&mut rings);
            assert_eq!(told(&rings), (before, 2), "{rings:?}");
        }
    }
}
