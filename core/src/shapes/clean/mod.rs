//! Valid rings, whatever the rings were.
//!
//! The pieces of a row's rings in a tile enter; polygons leave whose rings do not cross, do not touch themselves, and lie in
//! one another as shells and holes do. Nearly always nothing meets, and looking is all. Otherwise edges are cut where they
//! cross or touch, on the grid, until none does ([`meeting`]); the rings that are touched are traced anew round all that is
//! wound more often than not at all ([`graph`]), the others stay what they are; and holes are put behind their shells
//! ([`nest`]). Where too many meet, the same is done pixel by pixel ([`raster`]): a row costs what it may, and is drawn.

pub(super) mod graph;
mod meeting;
mod nest;
pub(super) mod pairs;
mod raster;
mod rays;
mod spans;

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
use meeting::Meeting;
use pairs::{Edge, Ended, Pairs};

/// Times that edges are cut where others were moved to; three are enough for real borders.
const ROUNDS: usize = 40;
/// Edges of a row that are compared with others in a tile, before its rings are filled pixel by pixel.
const COMPARED: usize = 1 << 23;
/// Places at which edges of a row are cut in a tile.
const CUT: usize = 1 << 18;

/// Space for looking and mending.
#[derive(Debug, Default)]
pub struct Clean {
    edges: Vec<Edge>,
    /// The edge after the last of each ring.
    ends: Vec<u32>,
    pairs: Pairs<i16>,
    rays: rays::Rings,
    graph: graph::Graph,
    /// Whether edges were cut in the last round.
    fresh: Vec<bool>,
    /// Rings that meet themselves or others.
    met: Vec<bool>,
    cuts: Vec<(u32, i32, Point)>,
    whole: (Vec<Edge>, Vec<bool>),
    rings: Pieces,
}

impl Clean {
    /// Bytes held, about.
    pub fn size(&self) -> usize {
        let edges = self.edges.capacity() + self.whole.0.capacity();
        let flags = self.fresh.capacity() + self.met.capacity() + self.whole.1.capacity();
        edges * size_of::<Edge>()
            + flags
            + self.ends.capacity() * 4
            + self.cuts.capacity() * size_of::<(u32, i32, Point)>()
            + self.rings.size()
            + self.pairs.size()
            + self.graph.size()
    }

    /// Makes rings valid and puts their polygons into `out`. Of rings that meet nowhere but where edges join, the first round is
    /// all.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn mend(&mut self, pieces: &Pieces, toll: &mut Toll<'_>, out: &mut Pieces) -> Result<(), Stopped> {
        // A ring alone that meets nothing is a polygon, or none.
        let alone = |out: &mut Pieces| {
            out.points.extend_from_slice(&pieces.points);
            out.ends.extend_from_slice(&pieces.ends);
        };
        out.clear();
        toll.pay(1 + pieces.points.len() / 8)?;
        if pieces.len() == 1 && is_convex(&pieces.points) {
            alone(out);
            return Ok(());
        }
        if self.part(pieces, toll)? {
            if self.met == [false] {
                if small_area2(&pieces.points) > 0 {
                    alone(out);
                }
                return Ok(());
            }
            return self.polygons(toll, out);
        }
        let raster = raster::Raster::of(pieces, toll)?;
        self.rings.clear();
        let about = |place, _: &mut Toll<'_>| Ok(raster.winding(place));
        self.graph.trace(raster.borders().into_iter(), toll, about, &mut self.rings)?;
        nest::order(&self.rings, toll, out)
    }

    /// Cuts edges until they meet in their ends only; `false` where that is too much.
    fn part(&mut self, pieces: &Pieces, toll: &mut Toll<'_>) -> Result<bool, Stopped> {
        let (mut compared, mut parted) = (COMPARED, 0);
        self.gather(pieces);
        self.fresh.clear();
        self.fresh.resize(self.edges.len(), true);
        self.met.clear();
        self.met.resize(self.ends.len(), false);
        for round in 0..ROUNDS {
            let Self { edges, ends, pairs, fresh, met, cuts, .. } = self;
            pairs.gather(edges, ends, |edge| fresh[edge]);
            cuts.clear();
            let ended = pairs.each(edges, &mut compared, toll, |[a, b], [ring, other]| {
                let meets = match meeting::of(edges[a], edges[b]) {
                    Meeting::Apart => false,
                    Meeting::End => ring != other || (round == 0 && !joined(ends, ring, a, b)),
                    Meeting::Same => true,
                    Meeting::Cut(places) => {
                        for (edge, places) in [a, b].into_iter().zip(places) {
                            let [from, to] = edges[edge];
                            cuts.extend(places.into_iter().flatten().map(|at| (edge as u32, along(from, to, at), at)));
                        }
                        true
                    }
                };
                if meets {
                    met[ring as usize] = true;
                    met[other as usize] = true;
                }
                parted + cuts.len() < CUT
            })?;
            if ended != Ended::All {
                return Ok(false);
            }
            if cuts.is_empty() {
                return Ok(true);
            }
            parted += cuts.len();
            toll.pay(self.cuts.len() + self.edges.len() / 8)?;
            self.cut();
        }
        Ok(false)
    }

    /// Takes rings apart into edges.
    fn gather(&mut self, pieces: &Pieces) {
        self.edges.clear();
        self.ends.clear();
        for ring in pieces.each() {
            let joins = ring.windows(2).map(|edge| [edge[0], edge[1]]);
            self.edges.extend(joins.chain([[ring[ring.len() - 1], ring[0]]]));
            self.ends.push(self.edges.len() as u32);
        }
    }

    /// Cuts edges at their places.
    fn cut(&mut self) {
        let Self { edges, ends, fresh, cuts, whole, .. } = self;
        small::sort(cuts);
        core::mem::swap(edges, &mut whole.0);
        core::mem::swap(fresh, &mut whole.1);
        edges.clear();
        fresh.clear();
        let (mut cuts, mut start) = (cuts.iter().peekable(), 0);
        for end in &mut *ends {
            for edge in start..*end {
                let [mut from, to] = whole.0[edge as usize];
                let mut cut = false;
                while let Some(&(_, _, at)) = cuts.next_if(|&&(of, ..)| of == edge) {
                    cut = true;
                    if at != from {
                        edges.push([from, at]);
                        fresh.push(true);
                        from = at;
                    }
                }
                if from != to {
                    edges.push([from, to]);
                    fresh.push(cut);
                }
            }
            start = core::mem::replace(end, edges.len() as u32);
        }
    }

    /// The polygons of edges that meet in their ends only, of which boxes are known from looking.
    fn polygons(&mut self, toll: &mut Toll<'_>, out: &mut Pieces) -> Result<(), Stopped> {
        let Self { edges, ends, pairs, rays, graph, met, rings, .. } = self;
        rings.clear();
        // Of one ring, too: what runs both ways goes, and may leave a part of it within another.
        rays.gather(&pairs.chunks, toll)?;
        let mut start = 0;
        for (ring, &end) in ends.iter().enumerate() {
            let ring = if met[ring] { &[][..] } else { &edges[start as usize..end as usize] };
            start = end;
            let Some(&[west, _]) = ring.iter().min_by_key(|edge| graph::pack(edge[0])) else { continue };
            let about = rays.about(west, &pairs.chunks, edges, toll)?;
            let first = rings.points.len();
            rings.points.extend(ring.iter().map(|edge| edge[0]));
            let within = about + small_area2(&rings.points[first..]).signum() as i32;
            if (about > 0) == (within > 0) {
                rings.points.truncate(first);
            }
            rings.end(3);
        }
        if met.contains(&true) {
            let mut start = 0;
            let of_met = ends.iter().zip(&*met).flat_map(|(&end, &met)| {
                let ring = core::mem::replace(&mut start, end)..end;
                if met { ring } else { 0..0 }
            });
            let of_met = of_met.map(|edge| edges[edge as usize]);
            let about = |place, toll: &mut Toll<'_>| rays.about(place, &pairs.chunks, edges, toll);
            graph.trace(of_met, toll, about, rings)?;
        }
        nest::order(rings, toll, out)
    }
}

/// Whether a ring turns the way of shells at each of its points, and once in all: nothing of it meets.
fn is_convex(ring: &[Point]) -> bool {
    let [.., mut before, mut from] = *ring else { return false };
    // To the south, or due east.
    let late = |from: Point, to: Point| (to[1], to[0]) > (from[1], from[0]);
    let (mut was_late, mut turns) = (late(before, from), 0);
    for &to in ring {
        if meeting::side(before, from, to) <= 0 {
            return false;
        }
        let is_late = late(from, to);
        turns += i32::from(is_late && !was_late);
        (before, from, was_late) = (from, to, is_late);
    }
    turns == 1
}

/// Whether two edges of a ring follow one another.
fn joined(ends: &[u32], ring: u32, a: usize, b: usize) -> bool {
    let start = ring.checked_sub(1).map_or(0, |before| ends[before as usize]) as usize;
    let last = ends[ring as usize] as usize - 1;
    a.abs_diff(b) == 1 || (a.min(b), a.max(b)) == (start, last)
}

/// How far along an edge a place is, for its order among others.
fn along(from: Point, to: Point, at: Point) -> i32 {
    let [dx, dy, x, y] = [to[0] - from[0], to[1] - from[1], at[0] - from[0], at[1] - from[1]].map(i32::from);
    dx * x + dy * y
}

#[cfg(test)]
mod tests;
