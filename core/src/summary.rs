//! What each landmark's rows add up to, so that a cell with many rows costs no more than one with few.
//!
//! What enters is a column and the rows that pass; what leaves is an aggregate for each of the [landmarks](crate::Landmarks)
//! as flat words, which can lie in a file. A cell that is a landmark finds its aggregate there; any other has few rows,
//! which are scanned. The summary of a filter's rows serves every tile under it.

use crate::{
    cells::Cell,
    columns::{Codes, Column, Values},
    exact::{DoubleDouble, Total, ordered},
    landmarks::Landmarks,
    mask::Mask,
};
use alloc::vec::Vec;
use core::ops::Range;

/// Words of an aggregate: values, the two of their sum, smallest, largest.
const WORDS: usize = 5;

/// What the present values of some rows add up to. Extremes are kept as ordered integers: see [`ordered`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partial<T> {
    /// Values.
    pub present: u64,
    /// Their sum.
    pub sum: T,
    /// Their smallest, `i64::MAX` for none.
    pub min: i64,
    /// Their largest, `i64::MIN` for none.
    pub max: i64,
}

/// The aggregate of some rows: integers (also codes, truth values and times), or floats.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aggregate {
    Integers(Partial<i128>),
    Floats(Partial<DoubleDouble>),
}

/// An aggregate of a column for each landmark, over the rows that pass; a view of words as [`Summary::build`] makes them.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a>(&'a [[u64; WORDS]]);

/// A value that can be added up and compared.
trait Value: Copy {
    type Sum: Total;
    fn order(self) -> i64;
    fn add(self, sum: &mut Self::Sum);
}

macro_rules! integer_value {
    ($($type:ty),*) => {$(
        impl Value for $type {
            type Sum = i128;
            #[inline]
            fn order(self) -> i64 {
                self.into()
            }
            #[inline]
            fn add(self, sum: &mut i128) {
                *sum += i128::from(self);
            }
        }
    )*};
}
integer_value!(bool, u8, u16, u32, i32, i64);

macro_rules! float_value {
    ($($type:ty),*) => {$(
        impl Value for $type {
            type Sum = DoubleDouble;
            #[inline]
            fn order(self) -> i64 {
                ordered(self.into())
            }
            #[inline]
            fn add(self, sum: &mut DoubleDouble) {
                sum.add(self.into());
            }
        }
    )*};
}
float_value!(f32, f64);

impl<T: Total> Partial<T> {
    const EMPTY: Self = Self { present: 0, sum: T::ZERO, min: i64::MAX, max: i64::MIN };

    #[inline]
    fn take(&mut self, value: impl Value<Sum = T>) {
        self.present += 1;
        value.add(&mut self.sum);
        self.bound(value);
    }

    #[inline]
    fn bound(&mut self, value: impl Value<Sum = T>) {
        self.min = self.min.min(value.order());
        self.max = self.max.max(value.order());
    }

    fn merge(&mut self, other: &Self) {
        self.present += other.present;
        self.sum.merge(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    fn to_words(self) -> [u64; WORDS] {
        let [low, high] = self.sum.to_words();
        [self.present, low, high, self.min.cast_unsigned(), self.max.cast_unsigned()]
    }

    fn from_words([present, low, high, min, max]: [u64; WORDS]) -> Self {
        Self { present, sum: T::from_words([low, high]), min: min.cast_signed(), max: max.cast_signed() }
    }
}

impl<'a> Summary<'a> {
    /// The words of the summary of a column over the rows that pass. Texts are summarised by code, which gives their
    /// extremes. The same as [`Summary::sparse`] of all landmarks, then [`Summary::join`].
    #[must_use]
    pub fn build(landmarks: Landmarks<'_>, column: &Column<'_>, mask: Option<&Mask>) -> Vec<u64> {
        Self::join(landmarks, column, Self::sparse(landmarks, column, mask, 0..landmarks.len()))
    }

    /// The aggregates of some landmarks, of only those of their rows that no landmark inside them has: what takes the
    /// time, and can be done in parts at once. The parts are put together in their order.
    #[must_use]
    pub fn sparse(landmarks: Landmarks<'_>, column: &Column<'_>, mask: Option<&Mask>, part: Range<usize>) -> Vec<u64> {
        let own = part.flat_map(|at| match column.values {
            Values::F32(v) => landmarks.own(at, |run| scan(column, v, run, mask, true)).to_words(),
            Values::F64(v) => landmarks.own(at, |run| scan(column, v, run, mask, true)).to_words(),
            _ => landmarks.own(at, |run| integers(column, run, mask, true)).to_words(),
        });
        own.collect()
    }

    /// Adds to each landmark's aggregate those of the landmarks inside it.
    #[must_use]
    pub fn join(landmarks: Landmarks<'_>, column: &Column<'_>, mut sparse: Vec<u64>) -> Vec<u64> {
        let (nodes, _) = sparse.as_chunks_mut();
        match column.values {
            Values::F32(_) | Values::F64(_) => landmarks.join::<DoubleDouble>(nodes),
            _ => landmarks.join::<i128>(nodes),
        }
        sparse
    }

    /// Takes words that [`Summary::build`] made. Of a landmark that they do not reach, the rows are scanned.
    #[must_use]
    pub fn new(words: &'a [u64]) -> Self {
        Self(words.as_chunks().0)
    }
}

impl Landmarks<'_> {
    /// The aggregate of a landmark's rows without those of the landmarks inside it.
    fn own<T: Total>(&self, at: usize, scan: impl Fn(Range<usize>) -> Partial<T>) -> Partial<T> {
        let landmark = self.get(at);
        let (mut row, mut inside, mut total) = (landmark.start, at + 1, Partial::EMPTY);
        while inside < landmark.skip {
            let child = self.get(inside);
            // Often one begins where the one before ends.
            if row < child.start {
                total.merge(&scan(row..child.start));
            }
            (row, inside) = (child.end, child.skip);
        }
        if row < landmark.end {
            total.merge(&scan(row..landmark.end));
        }
        total
    }

    fn join<T: Total>(&self, nodes: &mut [[u64; WORDS]]) {
        for at in (0..nodes.len().min(self.len())).rev() {
            let (mut inside, mut total) = (at + 1, Partial::<T>::from_words(nodes[at]));
            while inside < self.get(at).skip {
                total.merge(&Partial::from_words(nodes[inside]));
                inside = self.get(inside).skip;
            }
            nodes[at] = total.to_words();
        }
    }
}

impl Aggregate {
    /// The aggregate of the rows of a cell that pass a mask: from the summary of these rows where the cell is a landmark.
    /// Where extremes are not asked for, they may be missing.
    pub fn of(
        column: &Column<'_>,
        summary: Option<Summary<'_>>,
        cell: &Cell,
        mask: Option<&Mask>,
        extremes: bool,
    ) -> Self {
        let known = summary.zip(cell.landmark).and_then(|(summary, at)| summary.0.get(at));
        match (column.values, known) {
            (Values::F32(_) | Values::F64(_), Some(&words)) => Self::Floats(Partial::from_words(words)),
            (_, Some(&words)) => Self::Integers(Partial::from_words(words)),
            (Values::F32(v), None) => Self::Floats(scan(column, v, cell.run.clone(), mask, extremes)),
            (Values::F64(v), None) => Self::Floats(scan(column, v, cell.run.clone(), mask, extremes)),
            (_, None) => Self::Integers(integers(column, cell.run.clone(), mask, extremes)),
        }
    }

    /// How many values there are.
    pub const fn present(&self) -> u64 {
        match self {
            Self::Integers(partial) => partial.present,
            Self::Floats(partial) => partial.present,
        }
    }

    /// The sum rounded to a double.
    pub fn sum(&self) -> f64 {
        match self {
            Self::Integers(partial) => partial.sum.rounded(),
            Self::Floats(partial) => partial.sum.rounded(),
        }
    }

    /// Smallest and largest, as ordered integers.
    pub const fn extremes(&self) -> (i64, i64) {
        match self {
            Self::Integers(partial) => (partial.min, partial.max),
            Self::Floats(partial) => (partial.min, partial.max),
        }
    }
}

fn integers(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>, extremes: bool) -> Partial<i128> {
    match column.values {
        Values::I32(v) => scan(column, v, run, mask, extremes),
        Values::I64(v) | Values::Time(v) => scan(column, v, run, mask, extremes),
        Values::Text(Codes::U8(v), _) => scan(column, v, run, mask, extremes),
        Values::Text(Codes::U16(v), _) => scan(column, v, run, mask, extremes),
        Values::Text(Codes::U32(v), _) => scan(column, v, run, mask, extremes),
        Values::Bool(bits) => {
            let mut total = Partial::EMPTY;
            each_row(column, run, mask, |row| total.take(bits.get(row)));
            total
        }
        Values::F32(_) | Values::F64(_) => Partial::EMPTY,
    }
}

/// Aggregates the rows of a run one by one; where all count, first their sum, which is waited for value by value.
fn scan<V: Value>(
    column: &Column<'_>,
    values: &[V],
    run: Range<usize>,
    mask: Option<&Mask>,
    extremes: bool,
) -> Partial<V::Sum> {
    let mut total = Partial::EMPTY;
    if mask.is_none() && column.is_full() {
        let values = &values[run];
        total.present = values.len() as u64;
        values.iter().for_each(|&value| value.add(&mut total.sum));
        if extremes {
            values.iter().for_each(|&value| total.bound(value));
        }
    } else {
        each_row(column, run, mask, |row| total.take(values[row]));
    }
    total
}

/// Visits the rows of a run that pass the mask and have a value, in order.
#[inline]
pub(crate) fn each_row(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>, mut visit: impl FnMut(usize)) {
    let Some(mask) = mask else {
        if column.is_full() {
            run.for_each(visit);
        } else {
            run.filter(|&row| column.is_valid(row)).for_each(visit);
        }
        return;
    };
    // Most runs are shorter than a word, so that one look at the bits is all there is to do beside the rows.
    let Range { mut start, end } = run;
    while start < end {
        let within = u64::MAX >> (64 - (end - start).min(64));
        let mut bits = mask.word(start) & column.valid_word(start) & within;
        while bits != 0 {
            visit(start + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
        start += 64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cells, facts::Facts, landmarks::Keys};

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
                    let cut = landmarks.len() / 3;
                    let parts = [0..cut, cut..landmarks.len()];
                    let parts = parts.map(|part| Summary::sparse(landmarks, &column, mask, part)).concat();
                    assert_eq!(Summary::join(landmarks, &column, parts), built);
                    let mut known = 0;
                    for level in 0..=32 {
                        cells::walk(Keys { keys: &keys, landmarks }, mask, 0..n, level, |cell| {
                            let facts = |a: Aggregate| (a.present(), a.sum().to_bits(), a.extremes());
                            let here = facts(Aggregate::of(&column, Some(summary), &cell, mask, true));
                            assert_eq!(here, facts(Aggregate::of(&column, None, &cell, mask, true)));
                            known += usize::from(cell.landmark.is_some());
                            true
                        });
                    }
                    assert!(known > landmarks.len() / 2);
                    assert_eq!(built.len(), WORDS * landmarks.len());
                }
            }
        }
    }
}
