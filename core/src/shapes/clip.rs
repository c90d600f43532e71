//! Runs are cut to a tile with its buffer.
//!
//! Vertices on the tile's grid enter, pieces in reach of the tile leave. Every edge that crosses an edge of the tile, or of
//! its buffer, gets a vertex there, found from the whole edge and the same from both of its ends: two tiles find the same
//! integer. After that each piece of an edge lies on one side of every line, and to cut a ring is to move what lies outside
//! to the nearest place of the box: the way round every place within stays what it was.

use crate::shapes::{
    Vertex, divide,
    grid::{BUFFER, EXTENT, HIGH, LOW},
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A vertex in units of a tile, in reach of it.
pub type Point = [i16; 2];

/// The lines at which lines are cut: those of the buffer and of the tile.
const EDGES: &[i64] = &[LOW, 0, EXTENT, HIGH];
/// Those of rings: with the lines of the neighbours' buffers, for between these, neighbours have the same pieces; and whether
/// a ring has to be mended there, and how, they find alike.
const STRIPS: &[i64] = &[LOW, 0, BUFFER, EXTENT - BUFFER, EXTENT, HIGH];

/// Pieces of runs, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces {
    pub points: Vec<Point>,
    /// The point after the last of each.
    pub ends: Vec<u32>,
}

impl Pieces {
    /// Forgets all.
    pub fn clear(&mut self) {
        self.points.clear();
        self.ends.clear();
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        (self.points.capacity() + self.ends.capacity()) * 4
    }

    /// The points of each piece.
    pub fn each(&self) -> impl ExactSizeIterator<Item = &[Point]> {
        let start = |at: usize| at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        (0..self.ends.len()).map(move |at| &self.points[start(at)..self.ends[at] as usize])
    }

    /// How many pieces.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Takes all pieces back but so many.
    pub fn truncate(&mut self, len: usize) {
        self.ends.truncate(len);
        self.points.truncate(self.start());
    }

    /// Ends a piece, unless it has too few points: then it is taken back.
    pub fn end(&mut self, least: usize) {
        let start = self.start();
        if self.points.len() < start + least {
            self.points.truncate(start);
        } else {
            self.ends.push(self.points.len() as u32);
        }
    }

    /// Has a ring that fills a tile to the edge of its buffer begin at its first corner, and not anywhere: all tiles that are filled
    /// have the same bytes.
    pub fn turn(&mut self) {
        let is_corner = |point: &Point| point.iter().all(|&at| [LOW, HIGH].contains(&at.into()));
        if self.ends == [4] && self.points.iter().all(is_corner) {
            let first = self.points.iter().position(|&point| point.map(i64::from) == [LOW; 2]);
            self.points.rotate_left(first.unwrap_or(0));
        }
    }

    fn start(&self) -> usize {
        self.ends.last().map_or(0, |&end| end as usize)
    }
}

/// Cuts a ring. `world` says which edges of the tile are the world's: what lies along these is moved out to the edge of the
/// buffer, so that it is filled up to there and has no outline at the end of the world.
pub fn ring(path: &[Vertex], world: [bool; 4], out: &mut Pieces) {
    let Some(&last) = path.last() else { return };
    let start = out.start();
    if path.iter().all(is_inner) {
        out.points.extend(path.iter().map(|vertex| vertex.map(|at| at as i16)));
        return out.end(3);
    }
    let (mut before, mut was_inner) = (last, is_inner(&last));
    for (at, &vertex) in path.iter().enumerate() {
        let inner = is_inner(&vertex);
        if was_inner && inner {
            let point = vertex.map(|at| at as i16);
            if out.points.len() == start || out.points.last() != Some(&point) {
                out.points.push(point);
            }
        } else if along(before, vertex, world) {
            push(out, start, outwards(before, vertex, before));
            push(out, start, outwards(before, vertex, vertex));
            // Round a corner of the world, or on.
            let next = path[if at + 1 < path.len() { at + 1 } else { 0 }];
            if along(vertex, next, world) {
                push(out, start, outwards(vertex, next, outwards(before, vertex, vertex)));
            } else {
                push(out, start, vertex);
            }
        } else if beyond(before, vertex) {
            push(out, start, vertex);
        } else {
            cuts(before, vertex, STRIPS, |cut| push(out, start, cut));
            push(out, start, vertex);
        }
        (before, was_inner) = (vertex, inner);
    }
    close(out, start);
    out.end(3);
}

/// Cuts a line into pieces of at most `most` points.
pub fn line(path: &[Vertex], most: usize, out: &mut Pieces) {
    let inside = |v: Vertex| v.iter().all(|at| (LOW..=HIGH).contains(at));
    let mut pen = None;
    for edge in path.windows(2) {
        let (a, b) = (edge[0], edge[1]);
        let mut before = a;
        if !beyond(a, b) {
            let mut step = |to: Vertex| {
                if inside(before) && inside(to) && before != to {
                    if pen != Some(before) || out.points.len() >= out.start() + most {
                        out.end(2);
                        out.points.push(before.map(|at| at as i16));
                    }
                    out.points.push(to.map(|at| at as i16));
                    pen = Some(to);
                }
                before = to;
            };
            cuts(a, b, EDGES, &mut step);
            step(b);
        }
    }
    out.end(2);
}

/// Whether a vertex lies within all strips: between two such nothing is cut.
fn is_inner(vertex: &Vertex) -> bool {
    vertex.iter().all(|at| (BUFFER..=EXTENT - BUFFER).contains(at))
}

/// Whether an edge lies beyond one side of the box, or on it.
fn beyond(a: Vertex, b: Vertex) -> bool {
    (0..2).any(|axis| (a[axis] <= LOW && b[axis] <= LOW) || (a[axis] >= HIGH && b[axis] >= HIGH))
}

/// Whether an edge lies along an edge of the world.
fn along(a: Vertex, b: Vertex, world: [bool; 4]) -> bool {
    world.contains(&true)
        && (0..4).any(|side| {
            let edge = if side < 2 { 0 } else { EXTENT };
            world[side] && a[side % 2] == edge && b[side % 2] == edge
        })
}

/// Whether a ring has an edge along a meridian.
pub fn follows(path: &[Vertex], meridian: i64) -> bool {
    let ends = path.iter().zip(path.iter().cycle().skip(1));
    ends.into_iter().any(|(a, b)| a[0] == meridian && b[0] == meridian)
}

/// A vertex of an edge along an edge of the world, at the edge of the buffer.
fn outwards(a: Vertex, b: Vertex, mut v: Vertex) -> Vertex {
    for axis in 0..2 {
        if a[axis] == b[axis] {
            v[axis] = if a[axis] == 0 { LOW } else { HIGH };
        }
    }
    v
}

/// Visits the places where an edge crosses lines, from its first end to its last.
#[inline]
fn cuts(a: Vertex, b: Vertex, lines: &[i64], visit: impl FnMut(Vertex)) {
    let crosses = |axis: usize| {
        let (low, high) = (a[axis].min(b[axis]), a[axis].max(b[axis]));
        lines.iter().any(|&line| low < line && line < high)
    };
    if crosses(0) || crosses(1) {
        all_cuts(a, b, lines, visit);
    }
}

#[inline(never)]
fn all_cuts(a: Vertex, b: Vertex, lines: &[i64], mut visit: impl FnMut(Vertex)) {
    let (mut found, mut count) = ([(0i64, 1i64, [0; 2]); 12], 0);
    for axis in 0..2 {
        let length = (b[axis] - a[axis]).abs();
        for &line in lines {
            if a[axis].min(b[axis]) < line && line < a[axis].max(b[axis]) {
                found[count] = ((line - a[axis]).abs(), length, crossing(a, b, axis, line));
                count += 1;
            }
        }
    }
    let found = &mut found[..count];
    let before = |a: &(i64, i64, Vertex), b: &(i64, i64, Vertex)| {
        (i128::from(a.0) * i128::from(b.1)).cmp(&(i128::from(b.0) * i128::from(a.1))) == Ordering::Less
    };
    // A dozen at most.
    for end in 1..found.len() {
        let mut at = end;
        while at > 0 && before(&found[at], &found[at - 1]) {
            found.swap(at, at - 1);
            at -= 1;
        }
    }
    found.iter().for_each(|&(_, _, cut)| visit(cut));
}

/// Where an edge crosses a line, rounded to the grid: the same from both of its ends.
fn crossing(a: Vertex, b: Vertex, axis: usize, line: i64) -> Vertex {
    let other = 1 - axis;
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let along = i128::from(line - a[axis]) * i128::from(b[other] - a[other]);
    let mut cut = [line; 2];
    cut[other] = a[other] + divide(along, (b[axis] - a[axis]).into());
    cut
}

/// Appends the place of the box that is nearest to a vertex. Of what runs along a side only the ends are kept.
#[inline]
fn push(out: &mut Pieces, start: usize, vertex: Vertex) {
    let point = vertex.map(|at| at.clamp(LOW, HIGH) as i16);
    let points = &mut out.points;
    if points.len() > start && points[points.len() - 1] == point {
        return;
    }
    if points.len() > start + 1 && on_a_side([points[points.len() - 2], points[points.len() - 1], point]) {
        points.pop();
        // There and back.
        if points.last() == Some(&point) {
            return;
        }
    }
    points.push(point);
}

/// The same for what runs along a side at the end and the beginning of a ring.
fn close(out: &mut Pieces, start: usize) {
    let points = &mut out.points;
    while points.len() > start + 2 {
        let last = points.len() - 1;
        if points[last] == points[start] || on_a_side([points[last - 1], points[last], points[start]]) {
            points.pop();
        } else if on_a_side([points[last], points[start], points[start + 1]]) {
            points.remove(start);
        } else {
            break;
        }
    }
}

fn on_a_side(three: [Point; 3]) -> bool {
    let [low, high] = [LOW as i16, HIGH as i16];
    (0..2).any(|axis| [low, high].iter().any(|&side| three.iter().all(|point| point[axis] == side)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(path: &[Vertex], world: [bool; 4]) -> Vec<Vec<Point>> {
        let mut out = Pieces::default();
        ring(path, world, &mut out);
        out.each().map(<[Point]>::to_vec).collect()
    }

    #[test]
    fn a_square_at_a_corner_is_cut_to_the_buffer_with_vertices_at_the_edge() {
        let square = [[-1000, -1000], [10, -1000], [10, 10], [-1000, 10]];
        let expected = [[-128, -128], [10, -128], [10, 0], [10, 10], [0, 10], [-128, 10]];
        assert_eq!(cut(&square, [false; 4]), [expected]);
        let all = [[-9000, -9000], [90_000, -9000], [90_000, 9000], [-9000, 9000]];
        assert_eq!(cut(&all, [false; 4]), [[[-128, -128], [4224, -128], [4224, 4224], [-128, 4224]]]);
        let none = [[-9000, -9000], [-200, -9000], [-200, 9000], [-9000, 9000]];
        assert_eq!(cut(&none, [false; 4]), <[Vec<Point>; 0]>::default());
        // One that lies about the tile on three sides only.
        let about = [[-900, -900], [5000, -900], [5000, 5000], [4500, 5000], [4500, -500], [-900, -500]];
        assert_eq!(cut(&about, [false; 4]).len(), 0);
    }

    #[test]
    fn along_the_edge_of_the_world_rings_reach_the_edge_of_the_buffer() {
        let square = [[0, 100], [50, 100], [50, 200], [0, 200]];
        let expected = [[-128, 200], [-128, 100], [0, 100], [50, 100], [50, 128], [50, 200], [0, 200]];
        assert_eq!(cut(&square, [true, false, false, false]), [expected]);
        let expected = [[0, 128], [0, 100], [50, 100], [50, 128], [50, 200], [0, 200]];
        assert_eq!(cut(&square, [false; 4]), [expected]);
        let south = [[7, 4000], [9, 4096], [5, 4096]];
        let [ring] = &cut(&south, [false, false, false, true])[..] else { panic!("one") };
        assert_eq!(ring.iter().map(|point| point[1]).max(), Some(4224));
    }

    #[test]
    fn a_line_is_cut_into_what_lies_inside() {
        let mut out = Pieces::default();
        let path = [[-500, 50], [100, 50], [100, -500], [300, -500], [300, 90], [310, 90]];
        line(&path, 4, &mut out);
        let expected: [&[Point]; 4] = [
            &[[-128, 50], [0, 50], [100, 50], [100, 0]],
            &[[100, 0], [100, -128]],
            &[[300, -128], [300, 0], [300, 90], [310, 90]],
            &[],
        ];
        assert!(out.each().eq(expected[..3].iter().copied()), "{out:?}");
    }

    #[test]
    fn cutting_keeps_the_winding_of_every_place_within() {
        let mut state = 3u64;
        let mut next = |below: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % below
        };
        let winding = |path: &[Vertex], [x, y]: Vertex| -> i64 {
            (0..path.len())
                .map(|at| {
                    let (a, b) = (path[at], path[(at + 1) % path.len()]);
                    if (a[1] <= y) == (b[1] <= y) {
                        return 0;
                    }
                    let cross = i128::from(b[0] - a[0]) * i128::from(2 * (y - a[1]) + 1)
                        - 2 * i128::from(b[1] - a[1]) * i128::from(x - a[0]);
                    if b[1] > a[1] { -i64::from(cross < 0) } else { i64::from(cross > 0) }
                })
                .sum()
        };
        for round in 0..2000 {
            let size = [5000, 20_000, 1 << 33][round % 3];
            let path: Vec<Vertex> = (0..3 + next(9)).map(|_| [next(size) - size / 4, next(size) - size / 3]).collect();
            let pieces = cut(&path, [false; 4]);
            let pieces: Vec<Vec<Vertex>> =
                pieces.iter().map(|piece| piece.iter().map(|point| point.map(i64::from)).collect()).collect();
            for _ in 0..20 {
                let place = [next(4096), next(4096)];
                // Vertices at lines are rounded: not where an edge passes close by.
                let near = |path: &[Vertex]| [-2, 2].map(|off| winding(path, [place[0] + off, place[1]]));
                let near = [near(&path), [-2, 2].map(|off| winding(&path, [place[0], place[1] + off]))].concat();
                if near.iter().any(|&w| w != near[0]) {
                    continue;
                }
                let got: i64 = pieces.iter().map(|piece| winding(piece, place)).sum();
                assert_eq!(got, near[0], "{path:?} at {place:?}");
            }
        }
    }

    #[test]
    fn two_tiles_find_the_same_place_on_their_common_edge() {
        let mut state = 9u64;
        let mut next = |below: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as i64 % below
        };
        for _ in 0..3000 {
            let (a, b) = ([next(4096), next(4096)], [4097 + next(1 << 20), next(1 << 20) - (1 << 19)]);
            let there = crossing(a, b, 0, 4096);
            let turned = crossing(b, a, 0, 4096);
            let east = |v: Vertex| [v[0] - 4096, v[1]];
            let here = crossing(east(a), east(b), 0, 0);
            assert_eq!((there, east(there)), (turned, here));
            let exact = a[1] as f64 + (4096 - a[0]) as f64 * (b[1] - a[1]) as f64 / (b[0] - a[0]) as f64;
            assert!((there[1] as f64 - exact).abs() <= 0.5 + 1e-6);
        }
    }
}
