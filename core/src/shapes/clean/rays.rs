//! How rings wind about a place: a ray from it to the west, over chunks of their edges.
//!
//! A chunk that lies west of the place counts by its two ends alone. Of few chunks, those of the rings in whose box the place
//! is are looked at, of many those that are level with it ([`super::spans`]): what a place costs does not grow with the rings
//! elsewhere.

use super::{
    pairs::{Around, Chunk, Edge},
    spans::Spans,
};
use crate::{
    shapes::{clean::meeting::side, clip::Point},
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;

/// So many chunks are few.
const FEW: usize = 256;

/// Rings with their boxes.
#[derive(Debug, Default)]
pub struct Rings {
    /// The box of each, and its chunks, where these are few.
    boxes: Vec<(Around, u32, u32)>,
    /// From north to south, where they are many.
    spans: Spans,
}

impl Rings {
    /// Of chunks, which are those of one ring after the other.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn gather(&mut self, chunks: &[Chunk], toll: &mut Toll<'_>) -> Result<(), Stopped> {
        toll.pay(chunks.len())?;
        if chunks.len() > FEW {
            self.spans.gather(chunks.iter().map(|chunk| [chunk.around[1], chunk.around[3]]));
            return Ok(());
        }
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
        Ok(())
    }

    /// The number of times that rings wind about what lies just west of a place, on which there is no edge but of what begins
    /// there. What lies exactly level is taken as a hair north of it.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn about(&self, place: Point, chunks: &[Chunk], edges: &[Edge], toll: &mut Toll<'_>) -> Result<i32, Stopped> {
        let [x, y] = place;
        let (mut sum, mut looked) = (0, 1);
        let mut look = |chunk: &Chunk| {
            looked += 1;
            let [west, north, _, south] = chunk.around;
            if west < x && north <= y && y <= south {
                sum += crossed(place, chunk, edges);
            }
        };
        if chunks.len() > FEW {
            self.spans.each(y, |at| look(&chunks[at]));
        } else {
            for &([west, north, east, south], start, end) in &self.boxes {
                if west < x && x <= east && north <= y && y <= south {
                    chunks[start as usize..end as usize].iter().for_each(&mut look);
                }
            }
        }
        toll.pay(looked / 8)?;
        Ok(sum)
    }
}

/// How often the edges of a chunk go round a place, which is not beyond it in the west, north or south.
fn crossed(place: Point, chunk: &Chunk, edges: &[Edge]) -> i32 {
    let below = |p: Point| p[1] <= place[1];
    let some = &edges[chunk.start as usize..chunk.end as usize];
    if chunk.around[2] < place[0] {
        return i32::from(below(some[some.len() - 1][1])) - i32::from(below(some[0][0]));
    }
    let each = some.iter().map(|&[a, b]| match (below(a), below(b)) {
        (true, false) => -i32::from(side(a, b, place) < 0),
        (false, true) => i32::from(side(a, b, place) > 0),
        _ => 0,
    });
    each.sum()
}
