//! The edges of a geometry on the map, with boxes around runs of them, so that those near a box are found without looking at all.

use super::slabs::Slabs;
use crate::{
    outlines::{Outlines, Role, Vertex, WORLD},
    small::{
        self,
        work::{Stopped, Toll},
    },
    space::{mercator::World, morton},
};
use alloc::vec::Vec;

/// West, north, east, south in steps, all inside.
pub(super) type Box4 = [i64; 4];

/// The box of nothing.
const NONE: Box4 = [i64::MAX, i64::MAX, i64::MIN, i64::MIN];

/// So many edges, or boxes, have a box.
const FAN: usize = 16;

/// What an edge costs that is put together, in looks at rows.
const EDGE: usize = 4;

/// So many looks at other boxes a box may take.
const LOOKS: usize = 64;

/// Edges of areas that overlap, from which on they are found by where they lie and not by their rings: fewer in tests, whose pairs
/// are small; and up to so many.
pub(super) const MANY: usize = if cfg!(test) { 9 } else { 256 };
const MOST: usize = 1 << 19;

/// What edges are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Of a point, which is an edge that ends where it begins.
    Point,
    Line,
    /// Of an area, which lies on the side to which the cross product with the edge is above zero.
    Area,
}

/// An edge of a run of them, of which each begins where the one before ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Edge {
    pub a: Vertex,
    pub b: Vertex,
    pub run: u32,
}

/// The dimensions of a geometry and of its boundary; −1 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub dimension: i8,
    pub boundary: i8,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Edges {
    all: Vec<Edge>,
    kinds: Vec<Kind>,
    /// Where an odd number of lines ends, in order.
    ends: Vec<Vertex>,
    /// Numbers of edges in the order in which they have boxes, if that is not their own.
    order: Vec<u32>,
    /// Boxes of edges, boxes of these, and so on up to few.
    boxes: Vec<Vec<Box4>>,
    /// What areas go round, where there are many that overlap.
    slabs: Option<Slabs>,
    /// Whether these are of a row: there a place is inside where rings wind more often than not at all, as in tiles. In a geometry as
    /// written it is wherever they wind.
    is_row: bool,
    /// The boxes of its shells, until all is there.
    shells: Vec<Box4>,
    /// Whether those of some meet, so that what is an edge of one may be none of all.
    is_overlaid: bool,
}

impl Edges {
    /// Those of a row.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn of_row(outlines: &Outlines<'_>, row: usize, toll: &mut Toll<'_>) -> Result<Self, Stopped> {
        let mut edges = Self { is_row: true, ..Self::default() };
        for ring in outlines.rings_of(row) {
            toll.pay(outlines.vertices_of(ring).len() * EDGE)?;
            edges.add(outlines.role(ring), outlines.path(ring));
        }
        edges.finish();
        Ok(edges)
    }

    /// Adds a run of vertices; rings are not closed by repeating the first, and run as their roles say.
    pub(super) fn add(&mut self, role: Role, path: impl Iterator<Item = Vertex> + Clone) {
        let run = self.kinds.len() as u32;
        if role == Role::Shell {
            self.shells.push(path.clone().fold(NONE, |all, [x, y]| join(all, [x, y, x, y])));
        }
        self.kinds.push(match role {
            Role::Points => Kind::Point,
            Role::Line => Kind::Line,
            Role::Shell | Role::Hole => Kind::Area,
        });
        if role == Role::Points {
            self.all.extend(path.map(|a| Edge { a, b: a, run }));
            return;
        }
        let first = path.clone().next().filter(|_| role.is_ring());
        let pairs = path.clone().zip(path.skip(1).chain(first)).map(|(a, b)| Edge { a, b, run });
        self.all.extend(pairs.filter(|edge| edge.a != edge.b));
    }

    /// Makes what is known of all.
    pub(super) fn finish(&mut self) {
        let mut ends = Vec::new();
        let mut rest = &self.all[..];
        while let Some(first) = rest.first() {
            let len = rest.iter().take_while(|edge| edge.run == first.run).count();
            if self.kinds[first.run as usize] == Kind::Line {
                ends.extend([around(first.a), around(rest[len - 1].b)]);
            }
            rest = &rest[len..];
        }
        self.ends = odd(ends);
        self.is_overlaid = some_meet(core::mem::take(&mut self.shells));
        self.pile();
    }

    /// Makes ready for what is asked of each of many edges where areas overlap; costs more than a few questions do.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(super) fn index(&mut self, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        if self.is_overlaid && (MANY..=MOST).contains(&self.all.len()) {
            self.slabs = Slabs::of(&self.all, |edge| self.kinds[edge.run as usize] == Kind::Area, toll)?;
            self.order = nearby(&self.all);
            self.pile();
        }
        Ok(())
    }

    /// Puts boxes around edges, and around boxes.
    fn pile(&mut self) {
        self.boxes.clear();
        let joined = |boxes: &[Box4]| boxes.iter().fold(NONE, |a, b| join(a, *b));
        let count = self.all.len();
        let some = (0..count).step_by(FAN).map(|at| at..count.min(at + FAN));
        let edges = some.map(|some| some.map(|at| boxed(&self.all[self.in_order(at)])).fold(NONE, join)).collect();
        self.boxes.push(edges);
        while let Some(last) = self.boxes.last().filter(|last| last.len() > 1) {
            let next = last.chunks(FAN).map(joined).collect();
            self.boxes.push(next);
        }
    }

    /// The number of the edge whose box is the next.
    fn in_order(&self, at: usize) -> usize {
        self.order.get(at).map_or(at, |&edge| edge as usize)
    }

    /// How often areas go round a position, if that is known for all.
    pub(super) fn slabs(&self) -> Option<(&Slabs, &[Edge])> {
        self.slabs.as_ref().map(|slabs| (slabs, &self.all[..]))
    }

    pub(super) fn get(&self, at: usize) -> Edge {
        self.all[at]
    }

    /// Whether a place is inside that areas go round so often.
    pub(super) const fn is_inside(&self, turns: i32) -> bool {
        turns > 0 || (turns < 0 && !self.is_row)
    }

    pub(super) fn kind(&self, at: usize) -> Kind {
        self.kinds[self.all[at].run as usize]
    }

    pub(super) fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Bytes held, about.
    pub fn size(&self) -> usize {
        self.all.len() * (size_of::<Edge>() + 3) + self.order.len() * 4 + self.slabs.as_ref().map_or(0, Slabs::size)
    }

    /// Whether areas of it may overlap or lie side by side.
    pub(super) const fn is_overlaid(&self) -> bool {
        self.is_overlaid
    }

    /// The edges before and behind one in its ring.
    pub(super) fn are_neighbours(&self, at: usize, other: usize) -> bool {
        let (a, b) = (self.all[at], self.all[other]);
        a.run == b.run && (at.abs_diff(other) <= 1 || a.a == b.b || a.b == b.a)
    }

    pub(super) fn frame(&self) -> Box4 {
        self.boxes.last().and_then(|top| top.first()).copied().unwrap_or(NONE)
    }

    /// Where an odd number of lines ends, which is the boundary of lines.
    pub(super) fn ends(&self) -> &[Vertex] {
        &self.ends
    }

    pub(super) fn is_end(&self, vertex: Vertex) -> bool {
        self.ends.binary_search(&around(vertex)).is_ok()
    }

    pub(super) fn extent(&self) -> Extent {
        let dimension = self.kinds.iter().max().map_or(-1, |kind| *kind as i8);
        Extent { dimension, boundary: boundary(dimension, !self.ends.is_empty()) }
    }

    /// That of a row, without its edges.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(super) fn extent_of(outlines: &Outlines<'_>, row: usize, toll: &mut Toll<'_>) -> Result<Extent, Stopped> {
        let (mut dimension, mut ends) = (-1, Vec::new());
        for ring in outlines.rings_of(row) {
            toll.pay(EDGE)?;
            let mut path = outlines.path(ring);
            match outlines.role(ring) {
                Role::Points => dimension = dimension.max(0),
                Role::Line => {
                    dimension = dimension.max(1);
                    let first = path.next();
                    ends.extend(first.into_iter().chain(path.next_back().or(first)).map(around));
                }
                Role::Shell | Role::Hole => return Ok(Extent { dimension: 2, boundary: 1 }),
            }
        }
        Ok(Extent { dimension, boundary: boundary(dimension, !odd(ends).is_empty()) })
    }

    /// The numbers of edges that meet a box, in order.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(super) fn near(&self, frame: Box4, out: &mut Vec<usize>, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        out.clear();
        let mut stack: Vec<(usize, usize)> = Vec::new();
        if let Some(top) = self.boxes.len().checked_sub(1) {
            stack.extend((0..self.boxes[top].len()).rev().map(|at| (top, at)));
        }
        while let Some((level, at)) = stack.pop() {
            toll.pay(1)?;
            if !meet(self.boxes[level][at], frame) {
                continue;
            }
            let below = at * FAN;
            if let Some(under) = level.checked_sub(1) {
                stack.extend((below..self.boxes[under].len().min(below + FAN)).rev().map(|at| (under, at)));
            } else {
                toll.pay(FAN)?;
                let all = (below..self.all.len().min(below + FAN)).map(|at| self.in_order(at));
                out.extend(all.filter(|&at| meet(boxed(&self.all[at]), frame) && passes(&self.all[at], frame)));
            }
        }
        if !self.order.is_empty() {
            toll.pay(out.len())?;
            out.sort_unstable();
        }
        Ok(())
    }
}

/// Edges by where their middles are, so that those of a box lie near one another.
fn nearby(all: &[Edge]) -> Vec<u32> {
    let middle = |edge: &Edge, axis: usize| (i64::midpoint(edge.a[axis], edge.b[axis])).clamp(0, WORLD - 1) as u32;
    let key = |edge: &Edge| morton::key(World { x: middle(edge, 0), y: middle(edge, 1) });
    let mut order: Vec<(u64, u32)> = all.iter().map(key).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

/// Whether boxes have anything in common.
pub(super) const fn meet(a: Box4, b: Box4) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

/// Whether any two boxes meet; of very many whether they may.
fn some_meet(mut boxes: Vec<Box4>) -> bool {
    small::sort_by(&mut boxes, |a, b| a[0] < b[0]);
    let mut left = LOOKS * boxes.len();
    boxes.iter().enumerate().any(|(at, first)| {
        let beside = boxes[at + 1..].iter().take_while(|next| next[0] <= first[2]);
        beside
            .take_while(|_| {
                left.checked_sub(1).is_some_and(|less| {
                    left = less;
                    true
                })
            })
            .any(|next| meet(*first, *next))
            || left == 0
    })
}

/// Whether the line through an edge has something of a box, whose corners are not all on one side of it.
fn passes(edge: &Edge, [west, north, east, south]: Box4) -> bool {
    let product = |a: i64, b: i64| i128::from(a) * i128::from(b);
    let along = [edge.b[0] - edge.a[0], edge.b[1] - edge.a[1]];
    let down = [north, south].map(|at| product(along[0], at - edge.a[1]));
    let over = [west, east].map(|at| product(along[1], at - edge.a[0]));
    down[0].min(down[1]) <= over[0].max(over[1]) && down[0].max(down[1]) >= over[0].min(over[1])
}

/// The box of an edge.
pub(super) fn boxed(edge: &Edge) -> Box4 {
    let Edge { a, b, .. } = edge;
    [a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])]
}

fn join(a: Box4, b: Box4) -> Box4 {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

const fn boundary(dimension: i8, ends: bool) -> i8 {
    match dimension {
        2 => 1,
        1 if ends => 0,
        _ => -1,
    }
}

/// A vertex as ends of lines are counted: both edges of the world are one.
const fn around([x, y]: Vertex) -> Vertex {
    [if x == WORLD { 0 } else { x }, y]
}

/// Those that are there an odd number of times, in order.
fn odd(mut ends: Vec<Vertex>) -> Vec<Vertex> {
    small::sort(&mut ends);
    ends.chunk_by(|a, b| a == b).filter(|same| same.len() % 2 == 1).map(|same| same[0]).collect()
}
