//! Which edges of a tile's rings may meet: pairs whose boxes do.
//!
//! Those of whole rings in steps of the world, as they are given, too. Edges enter in the order of their rings, of which a few that follow one another lie close together: these share a box,
//! and boxes are swept from west to east. Each pair is visited once.

use crate::small::work::{Stopped, Toll};
use alloc::vec::Vec;

/// An edge from its first to its last end.
pub type Edge<C = i16> = [[C; 2]; 2];

/// Edges that share a box.
const SOME: usize = 8;
/// Boxes that are compared each with each.
const FEW: usize = 16;

/// Coordinates are within this of zero; bits of a chunk's number, which is below a coordinate in its order.
pub const FAR: i64 = 1 << 34;
const NUMBER: u32 = 29;

/// How visiting pairs came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All were visited.
    All,
    /// The visitor ended it.
    Early,
    /// More would have to be compared than may be, as of a thousand parts that lie on one another.
    Many,
}

/// West, north, east, south.
pub type Around<C = i16> = [C; 4];

/// Some edges of a ring, one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<C = i16> {
    pub around: Around<C>,
    pub start: u32,
    pub end: u32,
    pub ring: u32,
    /// Whether pairs of it have not been visited before.
    pub fresh: bool,
}

/// Boxes of edges, and space to sweep them.
#[derive(Clone, Debug, Default)]
pub struct Pairs<C = i16> {
    pub chunks: Vec<Chunk<C>>,
    order: Vec<u64>,
    open: Vec<u32>,
}

impl<C> Pairs<C> {
    /// Bytes held.
    pub fn size(&self) -> usize {
        self.chunks.capacity() * size_of::<Chunk<C>>() + self.order.capacity() * 8 + self.open.capacity() * 4
    }
}

/// The box of an edge.
#[inline]
pub fn around<C: Ord + Copy>([a, b]: Edge<C>) -> Around<C> {
    [a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])]
}

/// Whether a place lies in the box of an edge.
pub fn within<C: Ord + Copy>(place: [C; 2], edge: Edge<C>) -> bool {
    let [west, north, east, south] = around(edge);
    west <= place[0] && place[0] <= east && north <= place[1] && place[1] <= south
}

#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "one branch in the place of four that cannot be foreseen")]
fn meet<C: Ord + Copy>(a: Around<C>, b: Around<C>) -> bool {
    (a[0] <= b[2]) & (b[0] <= a[2]) & (a[1] <= b[3]) & (b[1] <= a[3])
}

impl<C: Ord + Copy + Into<i64>> Pairs<C> {
    /// Boxes edges, whose rings end at `ends`.
    pub fn gather(&mut self, edges: &[Edge<C>], ends: &[u32], fresh: impl Fn(usize) -> bool) {
        self.chunks.clear();
        let mut start = 0;
        for (ring, &end) in ends.iter().enumerate() {
            let mut from = start;
            for some in edges[start..end as usize].chunks(SOME) {
                let [mut west, mut north, mut east, mut south] = around(some[0]);
                for [_, b] in some {
                    (west, east) = (west.min(b[0]), east.max(b[0]));
                    (north, south) = (north.min(b[1]), south.max(b[1]));
                }
                let run = from..from + some.len();
                let fresh = run.clone().any(&fresh);
                let around = [west, north, east, south];
                self.chunks.push(Chunk {
                    around,
                    start: run.start as u32,
                    end: run.end as u32,
                    ring: ring as u32,
                    fresh,
                });
                from = run.end;
            }
            start = end as usize;
        }
    }

    /// Visits pairs of edges whose boxes meet and of which one is fresh: the edges and their rings. Ends when `visit` says
    /// `false`, and when more edges were compared than are `left`, from which they are taken.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn each(
        &mut self,
        edges: &[Edge<C>],
        left: &mut usize,
        toll: &mut Toll<'_>,
        mut visit: impl FnMut([usize; 2], [u32; 2]) -> bool,
    ) -> Result<Ended, Stopped> {
        let Self { chunks, order, open } = self;
        let mut look = |a: &Chunk<C>, b: &Chunk<C>, left: &mut usize, toll: &mut Toll<'_>| {
            if !meet(a.around, b.around) || !(a.fresh || b.fresh) {
                return Ok(Ended::All);
            }
            let mut compared = SOME;
            for at in a.start..a.end {
                let here = around(edges[at as usize]);
                if !meet(here, b.around) {
                    continue;
                }
                let from = if a.start == b.start { at + 1 } else { b.start };
                compared += (b.end - from) as usize;
                for (other, &edge) in (from..).zip(&edges[from as usize..b.end as usize]) {
                    if meet(here, around(edge)) && !visit([at as usize, other as usize], [a.ring, b.ring]) {
                        return Ok(Ended::Early);
                    }
                }
            }
            toll.pay(compared)?;
            *left = left.saturating_sub(compared);
            Ok(if *left == 0 { Ended::Many } else { Ended::All })
        };
        if chunks.len() <= FEW {
            for (at, chunk) in chunks.iter().enumerate() {
                toll.pay(SOME)?;
                for other in &chunks[at..] {
                    let ended = look(chunk, other, left, toll)?;
                    if ended != Ended::All {
                        return Ok(ended);
                    }
                }
            }
            return Ok(Ended::All);
        }
        order.clear();
        let west = |chunk: &Chunk<C>| (chunk.around[0].into() + FAR).cast_unsigned() << NUMBER;
        order.extend(chunks.iter().zip(0..).map(|(chunk, at): (_, u64)| west(chunk) | at));
        order.sort_unstable();
        open.clear();
        for &next in order.iter() {
            let next = (next & ((1 << NUMBER) - 1)) as u32;
            let chunk = &chunks[next as usize];
            open.retain(|&at| chunks[at as usize].around[2] >= chunk.around[0]);
            toll.pay(SOME + open.len() / 4)?;
            *left = left.saturating_sub(open.len());
            if *left == 0 {
                return Ok(Ended::Many);
            }
            open.push(next);
            for &other in open.iter() {
                let ended = look(&chunks[other as usize], chunk, left, toll)?;
                if ended != Ended::All {
                    return Ok(ended);
                }
            }
        }
        Ok(Ended::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small::work::Work;

    #[test]
    fn every_pair_whose_boxes_meet_is_visited_once() {
        let mut state = 3u32;
        let mut next = |below: i16| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 17) as i16 % below
        };
        for count in [0, 1, 3, 9, 40, 700] {
            let mut at = [next(900), next(900)];
            let edges: Vec<Edge> = (0..count)
                .map(|_| {
                    let from = at;
                    at = [at[0] + next(21) - 10, at[1] + next(21) - 10];
                    [from, at]
                })
                .collect();
            let ends: Vec<u32> = [count as u32 / 3, count as u32].into();
            for some in [false, true] {
                let fresh = |at: usize| !some || at.is_multiple_of(50);
                let mut pairs = Pairs::default();
                pairs.gather(&edges, &ends, fresh);
                let mut seen = Vec::new();
                let done =
                    pairs.each(&edges, &mut usize::MAX.clone(), &mut Work::free().toll(), |[a, b], [ring, other]| {
                        assert_eq!([ring, other], [a, b].map(|at| u32::from(at as u32 >= ends[0])));
                        seen.push([a.min(b), a.max(b)]);
                        true
                    });
                assert_eq!(done, Ok(Ended::All));
                seen.sort_unstable();
                let all = seen.len();
                seen.dedup();
                assert_eq!(seen.len(), all, "once");
                for a in 0..count {
                    for b in a + 1..count {
                        let due = meet(around(edges[a]), around(edges[b])) && (fresh(a) || fresh(b));
                        assert!(!due || seen.binary_search(&[a, b]).is_ok(), "{a} {b} of {count}");
                    }
                }
            }
        }
    }
}
