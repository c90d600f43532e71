//! How rings wind about a place: a ray from it to the west, over chunks of their edges.
//!
//! A chunk that lies west of the place counts by its two ends alone, so only rings in whose box the place is are looked at,
//! and of these the few edges that it is level with.

use super::pairs::{Around, Chunk, Edge};
use crate::{
    shapes::{clean::meeting::side, clip::Point},
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;

/// Rings with their boxes.
#[derive(Debug, Default)]
pub struct Rings {
    /// The box of each, and its chunks.
    pub boxes: Vec<(Around, u32, u32)>,
}

impl Rings {
    /// Of chunks, which are those of one ring after the other.
    pub fn gather(&mut self, chunks: &[Chunk]) {
        self.boxes.clear();
        let mut start = 0;
        for some in chunks.chunk_by(|a, b| a.ring == b.ring) {
            let mut around = some[0].around;
            for chunk in &some[1..] {
                let more = chunk.around;
                around =
                    [around[0].min(more[0]), around[1].min(more[1]), around[2].max(more[2]), around[3].max(more[3])];
            }
            self.boxes.push((around, start, start + some.len() as u32));
            start += some.len() as u32;
        }
    }

    /// The number of times that rings wind about what lies just west of a place, on which there is no edge but of what begins
    /// there. What lies exactly level is taken as a hair north of it.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn about(&self, place: Point, chunks: &[Chunk], edges: &[Edge], toll: &mut Toll<'_>) -> Result<i32, Stopped> {
        toll.pay(1 + self.boxes.len() / 8)?;
        let [x, y] = place;
        let below = |p: Point| p[1] <= y;
        let mut sum = 0;
        for &([west, north, east, south], start, end) in &self.boxes {
            if west >= x || east < x || north > y || south < y {
                continue;
            }
            toll.pay((end - start) as usize / 8)?;
            for chunk in &chunks[start as usize..end as usize] {
                let [west, north, east, south] = chunk.around;
                if west >= x || north > y || south < y {
                    continue;
                }
                let some = &edges[chunk.start as usize..chunk.end as usize];
                if east < x {
                    sum += i32::from(below(some[some.len() - 1][1])) - i32::from(below(some[0][0]));
                    continue;
                }
                for &[a, b] in some {
                    match (below(a), below(b)) {
                        (true, false) => sum -= i32::from(side(a, b, place) < 0),
                        (false, true) => sum += i32::from(side(a, b, place) > 0),
                        _ => {}
                    }
                }
            }
        }
        Ok(sum)
    }
}
