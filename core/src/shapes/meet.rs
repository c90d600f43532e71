//! Which rows meet a box: the walk over landmarks.
//!
//! A box for each row, and for each landmark the box of its rows and the first zoom of any, are made once. Landmarks whose
//! box misses, or of whose rows none passes or shows yet, are passed over whole; what is left is looked at row by row. Rows
//! come out in their order. A tile at the antimeridian asks for two boxes at once, the other beyond it. No tree of boxes is kept beside: this one is there already, and finds as fast
//! (`points/landmarks`).

use crate::{
    filter::mask::Mask,
    points::landmarks::Landmarks,
    shapes::{Frame, NOWHERE, first::shows},
    small::work::{Stopped, Toll},
};
use alloc::{vec, vec::Vec};

/// What is known of the rows of each landmark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The box around their boxes.
    pub boxes: Vec<Frame>,
    /// The first rank from which any of them shows.
    pub firsts: Vec<u8>,
}

impl Around {
    /// Looks at all rows: at their boxes, ranks and the zooms from which they are drawn as themselves.
    #[must_use]
    pub fn of(landmarks: Landmarks<'_>, boxes: &[Frame], (ranks, wholes): (&[u8], &[u8])) -> Self {
        let count = landmarks.len();
        let mut around = Self { boxes: vec![NOWHERE; count], firsts: vec![u8::MAX; count] };
        let mut open: Vec<usize> = Vec::new();
        let mut next = 0;
        for row in 0..boxes.len() {
            while open.pop_if(|at| landmarks.get(*at).end <= row).is_some() {}
            while let Some(landmark) = landmarks.find(next).filter(|landmark| landmark.start <= row) {
                if landmark.end > row {
                    open.push(next);
                }
                next += 1;
            }
            if let Some(&at) = open.last() {
                grow(&mut around.boxes[at], boxes[row]);
                around.firsts[at] = around.firsts[at].min(shows(ranks[row], wholes[row]));
            }
        }
        // Rows were added to the innermost; those around them stand before them.
        for at in (0..count).rev() {
            let mut inside = at + 1;
            while inside < landmarks.get(at).skip {
                let (frame, first) = (around.boxes[inside], around.firsts[inside]);
                grow(&mut around.boxes[at], frame);
                around.firsts[at] = around.firsts[at].min(first);
                inside = landmarks.get(inside).skip.max(inside + 1);
            }
        }
        around
    }
}

/// Rows with their boxes, and what their landmarks know of them.
#[derive(Clone, Copy, Debug)]
pub struct Met<'a> {
    pub landmarks: Landmarks<'a>,
    /// Of landmarks.
    pub around: (&'a [Frame], &'a [u8]),
    pub boxes: &'a [Frame],
    pub ranks: &'a [u8],
    /// The zoom from which each row is drawn as itself.
    pub wholes: &'a [u8],
}

impl Met<'_> {
    /// Visits the rows that pass a mask, show from a rank at most on and whose box meets one of others, in their order.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn each(
        &self,
        frames: &[Frame],
        most: u8,
        mask: Option<&Mask>,
        toll: &mut Toll<'_>,
        mut visit: impl FnMut(usize),
    ) -> Result<(), Stopped> {
        let (boxes, firsts) = self.around;
        let (mut row, mut at) = (0, 0);
        while let Some(landmark) = self.landmarks.find(at).filter(|_| at < boxes.len().min(firsts.len())) {
            toll.pay(1)?;
            if landmark.start > row {
                self.between(row..landmark.start, frames, most, mask, toll, &mut visit)?;
                row = landmark.start;
            }
            let passes =
                any(boxes[at], frames) && firsts[at] <= most && mask.is_none_or(|mask| mask.count(landmark.run()) > 0);
            if passes {
                at += 1;
            } else {
                row = row.max(landmark.end);
                at = landmark.skip;
            }
        }
        self.between(row..self.boxes.len(), frames, most, mask, toll, &mut visit)
    }

    /// Whether any row that passes a mask has a box that meets one of others.
    pub fn some(&self, frames: &[Frame], mask: Option<&Mask>) -> bool {
        let (boxes, (mut row, mut at)) = (self.around.0, (0, 0));
        let passes = |row: usize| any(self.boxes[row], frames) && mask.is_none_or(|mask| mask.get(row));
        while let Some(landmark) = self.landmarks.find(at).filter(|_| at < boxes.len()) {
            if (row..landmark.start).any(passes) {
                return true;
            }
            row = row.max(landmark.start);
            if any(boxes[at], frames) && mask.is_none_or(|mask| mask.count(landmark.run()) > 0) {
                at += 1;
            } else {
                row = row.max(landmark.end);
                at = landmark.skip;
            }
        }
        (row..self.boxes.len()).any(passes)
    }

    fn between(
        &self,
        rows: core::ops::Range<usize>,
        frames: &[Frame],
        most: u8,
        mask: Option<&Mask>,
        toll: &mut Toll<'_>,
        visit: &mut impl FnMut(usize),
    ) -> Result<(), Stopped> {
        toll.each_step(rows, |rows| {
            let zooms = self.ranks[rows.clone()].iter().zip(&self.wholes[rows.clone()]);
            for (row, (&here, (&rank, &whole))) in (rows.start..).zip(self.boxes[rows].iter().zip(zooms)) {
                if any(here, frames) && shows(rank, whole) <= most && mask.is_none_or(|mask| mask.get(row)) {
                    visit(row);
                }
            }
        })
    }
}

fn grow(frame: &mut Frame, by: Frame) {
    *frame = [frame[0].min(by[0]), frame[1].min(by[1]), frame[2].max(by[2]), frame[3].max(by[3])];
}

#[inline]
fn any(a: Frame, frames: &[Frame]) -> bool {
    frames.iter().any(|&frame| meets(a, frame))
}

/// Whether two boxes have a step in common.
#[expect(clippy::needless_bitwise_bool, reason = "one branch in the place of four that cannot be foreseen")]
const fn meets(a: Frame, b: Frame) -> bool {
    (a[0] <= b[2]) & (b[0] <= a[2]) & (a[1] <= b[3]) & (b[1] <= a[3])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        shapes::first::BEFORE,
        small::work::Work,
        space::{mercator::World, morton},
    };

    #[test]
    fn the_rows_that_meet_a_box_are_those_that_asking_each_finds() {
        let mut state = 3u32;
        let mut next = |bits: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> (32 - bits)
        };
        for rows in [0, 1, 40, 3000] {
            // Clusters of small boxes, and a few of any size.
            let mut boxes: Vec<Frame> = (0..rows)
                .map(|i| {
                    let [x, y] = [next(5) << 27 | next(20), next(4) << 28 | next(18)];
                    let side = if i % 50 == 0 { next(31) } else { next(12) };
                    [x, y, x.saturating_add(side), y.saturating_add(side / 2)]
                })
                .collect();
            let key = |b: &Frame| morton::key(World { x: b[0] / 2 + b[2] / 2, y: b[1] / 2 + b[3] / 2 });
            boxes.sort_by_key(key);
            let keys: Vec<u64> = boxes.iter().map(key).collect();
            let ranks: Vec<u8> = (0..rows).map(|_| (next(5) + 2) as u8).collect();
            let wholes: Vec<u8> = (0..rows).map(|_| next(4) as u8).collect();
            let words = Landmarks::build(&keys);
            let landmarks = Landmarks::new(&words, keys.len());
            let around = Around::of(landmarks, &boxes, (&ranks, &wholes));
            let around = (&around.boxes[..], &around.firsts[..]);
            let met = Met { landmarks, around, boxes: &boxes, ranks: &ranks, wholes: &wholes };
            let half = Mask::new(0..rows, alloc::vec![0xff00_0ff0_1234_0000; rows / 64 + 1]);
            for round in 0..300 {
                let [x, y, side] = [next(32), next(32), next(4 + round % 28)];
                let frame = [x, y, x.saturating_add(side), y.saturating_add(side)];
                let [x, y] = [next(32), next(32)];
                let frames = [frame, [x, y, x.saturating_add(side), y.saturating_add(side)]];
                let frames = &frames[..=round as usize % 2];
                let z = 2 + next(5) as u8;
                for mask in [None, Some(&half)] {
                    let mut found = Vec::new();
                    let done = met.each(frames, z, mask, &mut Work::free().toll(), |row| found.push(row));
                    assert_eq!(done, Ok(()));
                    let expected = (0..rows).filter(|&row| {
                        let [west, north, east, south] = boxes[row];
                        let misses =
                            |frame: &Frame| west > frame[2] || east < frame[0] || north > frame[3] || south < frame[1];
                        let shown = ranks[row] <= z || wholes[row] + BEFORE <= z;
                        !frames.iter().all(misses) && shown && mask.is_none_or(|mask| mask.get(row))
                    });
                    assert_eq!(found, expected.collect::<Vec<_>>());
                    // The same of rows of any rank.
                    let any = (0..rows).any(|row| {
                        let [west, north, east, south] = boxes[row];
                        let meets = |frame: &Frame| {
                            west <= frame[2] && east >= frame[0] && north <= frame[3] && south >= frame[1]
                        };
                        frames.iter().any(meets) && mask.is_none_or(|mask| mask.get(row))
                    });
                    assert_eq!(met.some(frames, mask), any);
                }
            }
        }
    }
}
