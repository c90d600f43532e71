//! How often very many edges go round a position, without looking at all that a ray meets.
//!
//! The parallels of all ends divide the map into slabs, and slabs are halves of larger ones. An edge belongs to the few largest that it
//! runs through from top to bottom. The edges of one stand from the west to the east, where they do not cross in it, so those to the
//! east of a position are found by halves and what they come to is known. Where some cross, the edges of that slab are looked
//! at one by one.

use super::{
    edges::Edge,
    ray::{LOOK, cross, way},
};
use crate::{
    outlines::Vertex,
    small::{
        self,
        work::{Stopped, Toll},
    },
};
use alloc::{vec, vec::Vec};
use core::cmp::Ordering;

/// What it costs to put an edge in order among others, in looks at rows.
const ORDER: usize = 64;

/// Edges of all slabs together, which take 8 bytes each: 64 MB. As many long ones as half a million would be more.
const HELD: usize = if cfg!(test) { 1 << 18 } else { 1 << 23 };

/// The edges of each slab.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Slabs {
    /// Where slabs begin and end, in order.
    ys: Vec<i64>,
    /// For each slab the end of its edges: the whole first, then its halves, and so on to the smallest.
    ends: Vec<u32>,
    edges: Vec<u32>,
    /// How often all edges of the slab up to each go round what is west of them.
    turns: Vec<i32>,
    /// Whether edges cross in it.
    crossed: Vec<bool>,
}

impl Slabs {
    /// Puts edges of areas in order; `None` where they would be too many.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn of(all: &[Edge], is_area: impl Fn(&Edge) -> bool, toll: &mut Toll<'_>) -> Result<Option<Self>, Stopped> {
        let used = || all.iter().zip(0u32..).filter(|(edge, _)| edge.a[1] != edge.b[1] && is_area(edge));
        toll.pay(all.len() * ORDER)?;
        let mut ys: Vec<i64> = used().flat_map(|(edge, _)| [edge.a[1], edge.b[1]]).collect();
        ys.sort_unstable();
        ys.dedup();
        let width = ys.len().saturating_sub(1).next_power_of_two();
        // How many edges a slab has, then where they begin, then where they end.
        let (mut ends, mut held) = (vec![0u32; 2 * width], 0);
        used().for_each(|(edge, _)| each(edge, &ys, width, |slab| ends[slab] += 1));
        for end in &mut ends {
            held += core::mem::replace(end, held as u32) as usize;
        }
        if held > HELD {
            return Ok(None);
        }
        toll.pay(held * ORDER)?;
        let mut slabs = Self { ys, ends, edges: vec![0; held], turns: vec![0; held], crossed: vec![false; 2 * width] };
        for (edge, at) in used() {
            each(edge, &slabs.ys, width, |slab| {
                slabs.edges[slabs.ends[slab] as usize] = at;
                slabs.ends[slab] += 1;
            });
        }
        for slab in 1..2 * width {
            let run = slabs.ends[slab - 1] as usize..slabs.ends[slab] as usize;
            if run.is_empty() {
                continue;
            }
            let [top, bottom] = slabs.range(slab, width);
            let order = &mut slabs.edges[run.clone()];
            let along = |a: u32, b: u32, y: i64| compare(&all[a as usize], &all[b as usize], y);
            small::sort_by(order, |&a, &b| along(a, b, top).then_with(|| along(a, b, bottom)).is_lt());
            slabs.crossed[slab] = order.windows(2).any(|pair| along(pair[0], pair[1], bottom).is_gt());
            let mut sum = 0;
            for (turns, &at) in slabs.turns[run].iter_mut().zip(&*order) {
                sum += turn(&all[at as usize]);
                *turns = sum;
            }
        }
        Ok(Some(slabs))
    }

    /// Bytes held, about.
    pub const fn size(&self) -> usize {
        self.edges.len() * 8 + self.ys.len() * 8 + self.ends.len() * 5
    }

    /// The parallels of a slab of so many smallest.
    fn range(&self, slab: usize, width: usize) -> [i64; 2] {
        let below = width.trailing_zeros() - slab.ilog2();
        let first = (slab << below) - width;
        let end = (first + (1 << below)).min(self.ys.len() - 1);
        [self.ys[first], self.ys[end]]
    }

    /// How often areas go round a position, as [`winding`](super::ray::winding) tells it.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn winding(
        &self,
        all: &[Edge],
        from: Vertex,
        [first, second]: [Vertex; 2],
        toll: &mut Toll<'_>,
    ) -> Result<i32, Stopped> {
        let is_down = first[1] > 0 || (first[1] == 0 && second[1] > 0);
        let before = self.ys.partition_point(|&y| y < from[1] || (y == from[1] && is_down));
        if before == 0 || before == self.ys.len() {
            return Ok(0);
        }
        let is_east = |at: u32| {
            let edge = &all[at as usize];
            let along = way(edge.a, edge.b);
            let sides = [cross(along, way(edge.a, from)), cross(along, first), cross(along, second)];
            let side = sides.into_iter().find(|side| *side != 0).unwrap_or(0);
            (side > 0) == (edge.a[1] < edge.b[1])
        };
        let (mut slab, mut sum) = (self.ends.len() / 2 + before - 1, 0);
        while slab > 0 {
            let run = self.ends[slab - 1] as usize..self.ends[slab] as usize;
            let (edges, turns) = (&self.edges[run.clone()], &self.turns[run]);
            if self.crossed[slab] {
                toll.pay(LOOK * edges.len())?;
                sum += edges.iter().filter(|&&at| is_east(at)).map(|&at| turn(&all[at as usize])).sum::<i32>();
            } else if let Some(whole) = turns.last() {
                toll.pay(LOOK * (1 + edges.len().ilog2() as usize))?;
                let west = edges.partition_point(|&at| !is_east(at));
                sum += whole - west.checked_sub(1).map_or(0, |last| turns[last]);
            }
            slab /= 2;
        }
        Ok(sum)
    }
}

/// Visits the slabs of an edge, of so many smallest.
fn each(edge: &Edge, ys: &[i64], width: usize, mut visit: impl FnMut(usize)) {
    let place = |y: i64| width + ys.partition_point(|&before| before < y);
    let (mut from, mut to) = (place(edge.a[1].min(edge.b[1])), place(edge.a[1].max(edge.b[1])));
    while from < to {
        if from % 2 == 1 {
            visit(from);
            from += 1;
        }
        if to % 2 == 1 {
            to -= 1;
            visit(to);
        }
        (from, to) = (from / 2, to / 2);
    }
}

/// How often an edge goes round what is west of it.
const fn turn(edge: &Edge) -> i32 {
    if edge.a[1] < edge.b[1] { 1 } else { -1 }
}

/// Which of two edges is farther in the west on a parallel that both meet.
fn compare(a: &Edge, b: &Edge, y: i64) -> Ordering {
    // A numerator below 2⁶⁸ and a denominator below 2³⁴.
    let [(of, by), (other, per)] = [a, b].map(|edge| {
        let [x, down] = way(edge.a, edge.b).map(i128::from);
        let of = i128::from(edge.a[0]) * down + x * i128::from(y - edge.a[1]);
        if down < 0 { (-of, -down) } else { (of, down) }
    });
    (of * per).cmp(&(other * by))
}
