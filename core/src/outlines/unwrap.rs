//! Paths that go on over the antimeridian.
//!
//! Positions in degrees enter, a path in steps leaves that does not jump where longitudes do; rings round a pole are closed over
//! it; and paths are cut at meridians.

use crate::{
    outlines::{Role, Vertex, WORLD, divide, wind},
    space::mercator::{MAX_LATITUDE, NOISE, project_free},
};
use alloc::vec::Vec;

/// Projects positions to a path that does not jump where longitudes do: of two ways round the world the shorter is meant, unless
/// nothing of a ring or line is left by it, as of a box from −180 to 180; or by the longer, as of a ring between longitudes from 0 to 360
/// with a long edge over Greenwich. A ring is closed, without its first vertex at its end. Says whether it jumped; `None` for a position that
/// is none.
pub fn unwrap(positions: &[(f64, f64)], role: Role, path: &mut Vec<Vertex>) -> Option<bool> {
    let jumped = go(positions, role, is_jump, path)?;
    if !is_nothing(path, role) {
        return Some(jumped);
    }
    if jumped {
        go(positions, role, |_, _| false, path)?;
        return Some(false);
    }
    let to_360 = |from: f64, to: f64| (from - to).abs() > 180.0 && from.min(to) >= 0.0 && from.max(to) <= 360.0;
    if role.is_ring() && go(positions, role, to_360, path)? {
        return Some(true);
    }
    Some(false)
}

/// Whether nothing is left of a path: of a ring, that it goes back wherever it came. Halves of a bow tie may be as large as one another,
/// and are something.
fn is_nothing(path: &[Vertex], role: Role) -> bool {
    if !role.is_ring() {
        return path.len() < 2;
    }
    if wind::area2(path.iter().copied()) != 0 {
        return false;
    }
    // Where three vertices lie on one line, as they do where it turns back, the one between them is none.
    let mut left: Vec<Vertex> = Vec::with_capacity(path.len());
    for &vertex in path.iter().chain(path.iter().take(2)) {
        while let [.., a, b] = left[..]
            && wind::area2([a, b, vertex].into_iter()) == 0
        {
            left.pop();
        }
        if left.last() != Some(&vertex) {
            left.push(vertex);
        }
    }
    left.len() < 4
}

fn go(positions: &[(f64, f64)], role: Role, jumps: fn(f64, f64) -> bool, path: &mut Vec<Vertex>) -> Option<bool> {
    path.clear();
    let (mut before, mut turns, mut jumped) = (None::<(f64, f64)>, 0, false);
    // A ring comes back to its first position, over the antimeridian if that is the shorter way.
    let back = positions.first().filter(|_| role.is_ring());
    for &(lon, lat) in positions.iter().chain(back) {
        let [x, y] = project_free(lon, lat)?;
        // Along a pole nothing is to be seen, and both ways are one.
        if let Some((west, south)) = before
            && role != Role::Points
            && lat.abs().min(south.abs()) < MAX_LATITUDE
            && jumps(west, lon)
        {
            turns += if lon < west { 1 } else { -1 };
            jumped = true;
        }
        before = Some((lon, lat));
        let vertex = [x + turns * WORLD, y];
        if role == Role::Points || path.last() != Some(&vertex) {
            path.push(vertex);
        }
    }
    if role.is_ring() {
        close(path);
    }
    Some(jumped)
}

/// Whether the shorter way is meant: between longitudes from −180 to 180, and between such from 0 to 360 that are nearly a whole turn
/// apart, as where Greenwich is crossed. Else longitudes go on, beyond 180 too.
#[must_use]
pub fn is_jump(from: f64, to: f64) -> bool {
    let (low, high) = (from.min(to), from.max(to));
    let within = |west: f64, east: f64| west - NOISE <= low && high <= east + NOISE;
    (high - low > 180.0 && within(-180.0, 180.0)) || (high - low > 270.0 && within(0.0, 360.0))
}

/// Takes the repeated first vertex off the end of a ring. One that has gone round the world is closed over its pole, and begins
/// where it crosses the border of the world nearest to that: there the world ends, so its seam is none.
fn close(path: &mut Vec<Vertex>) {
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
        let start = begin_at_border(path, end - x, pole);
        path.extend([[start[0] + end - x, pole], [start[0], pole]]);
    }
}

/// Turns a path that goes once round the world so that it begins on a border of it, and gives where. An edge from world to world
/// crosses the last border that it reaches.
fn begin_at_border(path: &mut Vec<Vertex>, turn: i64, pole: i64) -> Vertex {
    let first = path.first().copied().unwrap_or_default();
    let crossed = path.windows(2).enumerate().filter_map(|(at, pair)| {
        let [a, b] = [pair[0], pair[1]];
        let [from, to] = [a, b].map(|v| v[0].div_euclid(WORLD));
        let border = from.max(to) * WORLD;
        (from != to).then(|| (at, [border, crossing(a, b, border)]))
    });
    let Some((at, start)) = crossed.min_by_key(|(_, vertex)| (vertex[1] - pole).abs()) else { return first };
    let before: Vec<Vertex> = path.drain(..=at).skip(1).map(|[x, y]| [x + turn, y]).collect();
    path.insert(0, start);
    path.extend(before);
    path.push([start[0] + turn, start[1]]);
    path.dedup();
    start
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
