//! What each landmark's rows add up to, so that a cell with many rows costs no more than one with few.
//!
//! What enters is a column and the rows that pass; what leaves is an aggregate for each of the [landmarks](crate::Landmarks)
//! as flat words, which can lie in a file. A cell that is a landmark finds its aggregate there; any other has few rows,
//! which are scanned. Under a filter only landmarks with many passing rows have one, found by its rank among them: the
//! more selective a filter, the smaller and the sooner made is its summary, which serves every tile under it.

use crate::{
    filter::mask::Mask,
    points::landmarks::{CROWD, Landmarks},
    small::work::{Stopped, Work},
    sums::{
        exact::Total,
        partial::{Partial, WORDS, integers, scan},
        sweep::{Piece, is_crowded},
    },
    table::{columns::Column, values::Values},
};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// Pieces that the work falls into, about: many more than processors, as some have many more rows than others.
const PIECES: usize = 64;

/// The aggregates of a column over the rows that pass.
#[derive(Clone, Debug)]
pub struct Sums {
    /// The landmarks that have one; `None` for all.
    known: Option<Mask>,
    words: Vec<u64>,
}

/// A view of [`Sums`], or of words of sums over all rows.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    known: Option<&'a Mask>,
    nodes: &'a [[u64; WORDS]],
}

impl Sums {
    /// Adds up a column over the rows that pass. Texts are added up by code, which gives their extremes.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn build(
        landmarks: Landmarks<'_>,
        column: &Column<'_>,
        mask: Option<&Mask>,
        work: &Work<'_>,
    ) -> Result<Self, Stopped> {
        Self::build_by(landmarks, column, mask, CROWD, work, |pieces| pieces.iter_mut().for_each(Piece::fill))
    }

    /// The same, where `fill` fills the pieces in any order, or at once. Under a mask, landmarks of which no more than
    /// `crowd` rows pass are left out, so that a higher number gives a smaller summary with more to scan beside it.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn build_by(
        landmarks: Landmarks<'_>,
        column: &Column<'_>,
        mask: Option<&Mask>,
        crowd: usize,
        work: &Work<'_>,
        fill: impl FnOnce(&mut [Piece<'_>]),
    ) -> Result<Self, Stopped> {
        let (mut pieces, mut above, mut at) = (Vec::new(), Vec::new(), 0);
        while at < landmarks.len() {
            let skip = landmarks.get(at).skip;
            if (skip - at) * PIECES <= landmarks.len() {
                pieces.push(Piece::new(landmarks, column, mask, crowd, at, work));
                at = skip;
                continue;
            }
            if is_crowded(&landmarks.get(at), mask, crowd) {
                above.push(at);
            }
            at += 1;
        }
        fill(&mut pieces);
        pieces.iter().try_for_each(|piece| piece.stopped.map_or(Ok(()), Err))?;
        let mut bits = vec![0u64; landmarks.len().div_ceil(64)];
        let all = above.iter().chain(pieces.iter().flat_map(|piece| &piece.known));
        all.for_each(|at| bits[at / 64] |= 1 << (at % 64));
        let known = Mask::new(0..landmarks.len(), bits);
        let mut words = vec![0; known.total() * WORDS];
        let (nodes, _) = words.as_chunks_mut();
        for Piece { known: of_piece, nodes: found, .. } in pieces {
            if let Some(&first) = of_piece.first() {
                let first = known.rank(first);
                nodes[first..first + found.len()].copy_from_slice(&found);
            }
        }
        for &at in above.iter().rev() {
            let tree = Tree { landmarks, known: &known, nodes };
            nodes[known.rank(at)] = match column.values {
                Values::F32(v) => tree.around(at, |run| scan(column, v, run, mask, true)),
                Values::F64(v) => tree.around(at, |run| scan(column, v, run, mask, true)),
                _ => tree.around(at, |run| integers(column, run, mask, true)),
            };
        }
        Ok(Self { known: mask.map(|_| known), words })
    }

    /// As tiles use them.
    #[must_use]
    pub fn view(&self) -> Summary<'_> {
        Summary { known: self.known.as_ref(), ..Summary::new(&self.words) }
    }

    /// The words; of sums over all rows, they are what [`Summary::new`] takes.
    #[must_use]
    pub fn into_words(self) -> Vec<u64> {
        self.words
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.words.capacity() * 8 + self.known.as_ref().map_or(0, Mask::size)
    }
}

impl<'a> Summary<'a> {
    /// Takes the words of [`Sums`] over all rows. Of a landmark that they do not reach, the rows are scanned.
    #[must_use]
    pub fn new(words: &'a [u64]) -> Self {
        Self { known: None, nodes: words.as_chunks().0 }
    }

    /// The words of a landmark's aggregate, if it is there.
    #[inline]
    pub(crate) fn find(&self, at: usize) -> Option<&'a [u64; WORDS]> {
        match self.known {
            None => self.nodes.get(at),
            Some(known) => known.get(at).then(|| self.nodes.get(known.rank(at))).flatten(),
        }
    }
}

/// Landmarks, some of which have an aggregate.
struct Tree<'t> {
    landmarks: Landmarks<'t>,
    known: &'t Mask,
    nodes: &'t [[u64; WORDS]],
}

impl Tree<'_> {
    /// The aggregate of a landmark from those of the landmarks inside it and the few rows between them.
    fn around<T: Total>(&self, at: usize, scan: impl Fn(Range<usize>) -> Partial<T>) -> [u64; WORDS] {
        let landmark = self.landmarks.get(at);
        let (mut row, mut inside, mut total) = (landmark.start, at + 1, Partial::EMPTY);
        while inside < landmark.skip {
            let child = self.landmarks.get(inside);
            if self.known.get(inside) {
                total.merge(&scan(row..child.start));
                total.merge(&Partial::from_words(self.nodes[self.known.rank(inside)]));
                row = child.end;
            }
            inside = child.skip;
        }
        total.merge(&scan(row..landmark.end));
        total.to_words()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        points::cells,
        points::landmarks::{CROWD, Keys},
        sums::aggregate::Aggregate,
        table::facts::Facts,
    };

    #[test]
    fn a_landmark_adds_up_to_its_rows_one_by_one() {
        let facts = Facts::default();
        let mut keys: Vec<u64> =
            (0..5000u64).map(|i| (i * i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 60)).collect();
        keys.extend([9; 100]);
        keys.sort_unstable();
        let n = keys.len();
        let words = Landmarks::build(&keys);
        let landmarks = Landmarks::new(&words, n);
        let floats: Vec<f64> = (0..n).map(|i| f64::from((i as i32).wrapping_mul(7919) % 10_007) / 8.0).collect();
        let wide: Vec<i64> = (0..n as i64).map(|i| i.wrapping_mul(i64::MAX / 3)).collect();
        let valid: Vec<u8> = (0..n.div_ceil(8)).map(|i| (i * 31) as u8).collect();
        let mask = Mask::new(0..n, (0..n as u64 / 64).map(|i| i.wrapping_mul(0xd134_2543_de82_ef95)).collect());
        for values in [Values::F64(&floats), Values::I64(&wide)] {
            for valid in [None, Some(&valid[..])] {
                for (mask, crowd) in [(None, CROWD), (Some(&mask), CROWD), (Some(&mask), 200)] {
                    let column = Column::new("v", values, valid, &facts).expect("fits");
                    let backwards = |pieces: &mut [Piece<'_>]| pieces.iter_mut().rev().for_each(Piece::fill);
                    let work = Work::free();
                    let sums = Sums::build_by(landmarks, &column, mask, crowd, &work, backwards).expect("goes on");
                    let summary = sums.view();
                    let mut known = 0;
                    for level in 0..=32 {
                        let sorted = Keys { keys: &keys, landmarks };
                        let walked = cells::walk(sorted, mask, 0..n, level, &mut work.toll(), |cell, _| {
                            let facts = |a: Aggregate| (a.present(), a.sum().to_bits(), a.extremes());
                            let of = |summary| Aggregate::of(&column, summary, &cell, mask, true, |_| Ok(()));
                            let here = facts(of(Some(summary)).expect("goes on"));
                            assert_eq!(here, facts(of(None).expect("goes on")));
                            let crowded = cell.landmark.is_some() && cell.count > crowd;
                            assert_eq!(cell.landmark.is_some_and(|at| summary.find(at).is_some()), crowded);
                            known += usize::from(crowded);
                            Ok(true)
                        });
                        assert_eq!(walked, Ok(true));
                    }
                    assert!(known > if crowd == CROWD { landmarks.len() / 4 } else { 8 });
                    let words = sums.into_words().len() / WORDS;
                    assert!(if mask.is_some() { words < landmarks.len() } else { words == landmarks.len() });
                }
            }
        }
    }
}
