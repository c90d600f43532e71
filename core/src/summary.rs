//! What each landmark's rows add up to, so that a cell with many rows costs no more than one with few.
//!
//! What enters is a column and the rows that pass; what leaves is an aggregate for each of the [landmarks](crate::Landmarks)
//! as flat words, which can lie in a file. A cell that is a landmark finds its aggregate there; any other has few rows,
//! which are scanned. Under a filter, landmarks with few passing rows have none either, and zeros stand in their places:
//! the more selective a filter, the sooner its summary is made. It serves every tile under the filter.

use crate::{
    aggregate::{Partial, WORDS, integers, scan},
    columns::{Column, Values},
    exact::Total,
    landmarks::Landmarks,
    mask::Mask,
    sweep::{Piece, is_crowded},
};
use alloc::{vec, vec::Vec};
use core::ops::Range;

/// Pieces that the work falls into, about: many more than processors, as some have many more rows than others.
const PIECES: usize = 64;

/// An aggregate of a column for each landmark, over the rows that pass; a view of words as [`Summary::build`] makes them.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a>(&'a [[u64; WORDS]]);

impl<'a> Summary<'a> {
    /// The words of the summary of a column over the rows that pass. Texts are summarised by code, which gives their
    /// extremes.
    #[must_use]
    pub fn build(landmarks: Landmarks<'_>, column: &Column<'_>, mask: Option<&Mask>) -> Vec<u64> {
        Self::build_by(landmarks, column, mask, |pieces| pieces.into_iter().for_each(Piece::fill))
    }

    /// The same, where `fill` fills the pieces in any order, or at once.
    #[must_use]
    pub fn build_by(
        landmarks: Landmarks<'_>,
        column: &Column<'_>,
        mask: Option<&Mask>,
        fill: impl FnOnce(Vec<Piece<'_>>),
    ) -> Vec<u64> {
        let mut words = vec![0; landmarks.len() * WORDS];
        let (nodes, _) = words.as_chunks_mut();
        let (mut pieces, mut above) = (Vec::new(), Vec::new());
        let (mut at, mut rest) = (0, &mut *nodes);
        while at < landmarks.len() {
            let skip = landmarks.get(at).skip;
            let large = (skip - at) * PIECES > landmarks.len();
            let (here, behind) = rest.split_at_mut(if large { 1 } else { skip - at });
            if large {
                above.push(at);
            } else {
                pieces.push(Piece { landmarks, column, mask, at, nodes: here });
            }
            (at, rest) = (if large { at + 1 } else { skip }, behind);
        }
        fill(pieces);
        for &at in above.iter().rev().filter(|&&at| is_crowded(&landmarks.get(at), mask)) {
            nodes[at] = match column.values {
                Values::F32(v) => around(landmarks, at, nodes, |run| scan(column, v, run, mask, true)),
                Values::F64(v) => around(landmarks, at, nodes, |run| scan(column, v, run, mask, true)),
                _ => around(landmarks, at, nodes, |run| integers(column, run, mask, true)),
            };
        }
        words
    }

    /// Takes words that [`Summary::build`] made. Of a landmark that they do not reach, the rows are scanned.
    #[must_use]
    pub fn new(words: &'a [u64]) -> Self {
        Self(words.as_chunks().0)
    }

    /// The words of a landmark's aggregate, if it is there.
    #[inline]
    pub(crate) fn find(&self, at: usize) -> Option<&'a [u64; WORDS]> {
        self.0.get(at).filter(|words| is_known(words))
    }
}

/// Whether there is an aggregate. One of no values has a smallest that is not 0.
const fn is_known(&[present, _, _, min, _]: &[u64; WORDS]) -> bool {
    present != 0 || min != 0
}

/// The aggregate of a landmark from those of the landmarks inside it and the few rows between them.
fn around<T: Total>(
    landmarks: Landmarks<'_>,
    at: usize,
    nodes: &[[u64; WORDS]],
    scan: impl Fn(Range<usize>) -> Partial<T>,
) -> [u64; WORDS] {
    let landmark = landmarks.get(at);
    let (mut row, mut inside, mut total) = (landmark.start, at + 1, Partial::EMPTY);
    while inside < landmark.skip {
        let child = landmarks.get(inside);
        if is_known(&nodes[inside]) {
            total.merge(&scan(row..child.start));
            total.merge(&Partial::from_words(nodes[inside]));
            row = child.end;
        }
        inside = child.skip;
    }
    total.merge(&scan(row..landmark.end));
    total.to_words()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        aggregate::Aggregate,
        cells,
        facts::Facts,
        landmarks::{CROWD, Keys},
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
                for mask in [None, Some(&mask)] {
                    let column = Column::new("v", values, valid, &facts).expect("fits");
                    let built = Summary::build(landmarks, &column, mask);
                    let summary = Summary::new(&built);
                    let mut known = 0;
                    for level in 0..=32 {
                        cells::walk(Keys { keys: &keys, landmarks }, mask, 0..n, level, |cell| {
                            let facts = |a: Aggregate| (a.present(), a.sum().to_bits(), a.extremes());
                            let here = facts(Aggregate::of(&column, Some(summary), &cell, mask, true));
                            assert_eq!(here, facts(Aggregate::of(&column, None, &cell, mask, true)));
                            let crowded = cell.landmark.is_some() && cell.count > CROWD;
                            assert_eq!(cell.landmark.is_some_and(|at| summary.find(at).is_some()), crowded);
                            known += usize::from(crowded);
                            true
                        });
                    }
                    assert!(known > landmarks.len() / 4);
                    assert_eq!(built.len(), WORDS * landmarks.len());
                }
            }
        }
    }
}
