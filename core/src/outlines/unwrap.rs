//! Paths that go on over the antimeridian.
//!
//! Positions in degrees enter, a path in steps leaves that does not jump where longitudes do; rings round a pole are closed over
//! it; and paths are cut at meridians.

use crate::{
    outlines::{Role, Vertex, WORLD, divide},
    space::mercator::{MAX_LATITUDE, project_free},
};
use alloc::vec::Vec;

/// Projects positions to a path that does not jump where longitudes do: of two ways round the world the shorter is meant.
/// `false` for a position that is none.
pub fn unwrap(
    positions: impl IntoIterator<Item = (f64, f64)>,
    role: Role,
    path: &mut Vec<Vertex>,
    crosses: &mut bool,
) -> bool {
    let (mut first, mut before, mut turns) = (None, None::<(f64, f64)>, 0);
    let mut positions = positions.into_iter().fuse();
    // A ring comes back to its first position, over the antimeridian if that is the shorter way.
    while let Some((lon, lat)) = positions.next().or_else(|| if role.is_ring() { first.take() } else { None }) {
        let Some([x, y]) = project_free(lon, lat) else { return false };
        if let Some((west, south)) = before {
            let is_jump = (lon - west).abs() > 180.0 && lon.abs().max(west.abs()) <= 180.0;
            // Along a pole nothing is to be seen, and both ways are one.
            if is_jump && role != Role::Points && lat.abs().min(south.abs()) < MAX_LATITUDE {
                turns += if lon < west { 1 } else { -1 };
                *crosses = true;
            }
        } else {
            first = Some((lon, lat));
        }
        before = Some((lon, lat));
        let vertex = [x + turns * WORLD, y];
        if role == Role::Points || path.last() != Some(&vertex) {
            path.push(vertex);
        }
    }
    true
}

/// Takes the repeated first vertex off the end of a ring. One that has gone round the world is closed over its pole.
pub fn close(path: &mut Vec<Vertex>) {
    let Some(&[x, y]) = path.first() else { return };
    while path.len() > 1 && path.last() == Some(&[x, y]) {
        path.pop();
    }
    if let Some(&[end, last]) = path.last()
        && last == y
        && (end - x).abs() == WORLD
    {
        let middle = path.iter().map(|vertex| i128::from(vertex[1] - WORLD / 2)).sum::<i128>();
        let pole = if middle < 0 { 0 } else { WORLD };
        path.extend([[end, pole], [x, pole]]);
    }
}

/// The part of a ring on one side of a meridian: east of it with `side` 1, west of it with −1.
pub fn clip(path: &[Vertex], meridian: i64, side: i64, out: &mut Vec<Vertex>) {
    let inside = |v: Vertex| (v[0] - meridian) * side >= 0;
    let Some(&last) = path.last() else { return };
    let mut before = last;
    for &vertex in path {
        if inside(before) != inside(vertex) {
            out.push([meridian, crossing(before, vertex, meridian)]);
        }
        if inside(vertex) {
            out.push(vertex);
        }
        before = vertex;
    }
}

/// Where an edge crosses a meridian, the same from both of its ends.
pub fn crossing(a: Vertex, b: Vertex, x: i64) -> i64 {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let [across, down, along] = [b[0] - a[0], b[1] - a[1], x - a[0]].map(i128::from);
    a[1] + divide(along * down, across)
}
