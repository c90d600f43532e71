//! Partial aggregates of a column over blocks of rows, so that a long run costs little more than a short one.
//!
//! A shallow tree: the lowest level has a node for every [`BLOCK`] rows, each level above one for every [`FAN`] nodes.
//! A run takes whole nodes as high as they fit and scans the rows at its two ragged ends.

use crate::{
    columns::{Column, Values},
    exact::{DoubleDouble, Total, ordered},
    mask::Mask,
};
use alloc::vec::Vec;
use core::ops::Range;

/// Rows under a node of the lowest level.
const BLOCK: usize = 128;
/// Nodes under a node of a higher level.
const FAN: usize = 16;

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

/// Block summary of a column; made once, borrowed by [`Column::summary`].
#[derive(Clone, Debug)]
pub struct Summary(Tree);

#[derive(Clone, Debug)]
enum Tree {
    Integers(Vec<Vec<Partial<i128>>>),
    Floats(Vec<Vec<Partial<DoubleDouble>>>),
}

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
        self.min = self.min.min(value.order());
        self.max = self.max.max(value.order());
    }

    fn merge(&mut self, other: &Self) {
        self.present += other.present;
        self.sum.merge(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// The aggregate of a run from a tree and, at its ends, from the rows.
    fn of_run(tree: &[Vec<Self>], run: Range<usize>, scan: impl Fn(Range<usize>) -> Self) -> Self {
        let (mut lo, mut hi) = (run.start.div_ceil(BLOCK), run.end / BLOCK);
        if lo >= hi {
            return scan(run);
        }
        let mut total = scan(run.start..lo * BLOCK);
        total.merge(&scan(hi * BLOCK..run.end));
        for level in tree {
            let (up_lo, up_hi) = (lo.div_ceil(FAN), hi / FAN);
            let whole = if up_lo < up_hi { up_lo * FAN..up_hi * FAN } else { hi..hi };
            level[lo..whole.start].iter().chain(&level[whole.end..hi]).for_each(|node| total.merge(node));
            if whole.is_empty() {
                break;
            }
            (lo, hi) = (up_lo, up_hi);
        }
        total
    }
}

impl Summary {
    /// Builds the summary of a column. Texts are summarised by code, which gives their extremes.
    #[must_use]
    pub fn of(column: &Column<'_>) -> Self {
        fn grow<T: Total>(rows: usize, block: impl Fn(Range<usize>) -> Partial<T>) -> Vec<Vec<Partial<T>>> {
            let lowest = (0..rows / BLOCK).map(|i| block(i * BLOCK..(i + 1) * BLOCK)).collect();
            let mut levels: Vec<Vec<Partial<T>>> = Vec::from([lowest]);
            while let Some(below) = levels.last().filter(|below| below.len() >= FAN) {
                let level = below.chunks_exact(FAN).map(|nodes| {
                    let mut total = Partial::EMPTY;
                    nodes.iter().for_each(|node| total.merge(node));
                    total
                });
                levels.push(level.collect());
            }
            levels
        }
        Self(match column.values {
            Values::F32(v) => Tree::Floats(grow(v.len(), |run| scan(column, v, run, None))),
            Values::F64(v) => Tree::Floats(grow(v.len(), |run| scan(column, v, run, None))),
            _ => Tree::Integers(grow(column.len(), |run| integers(column, run, None))),
        })
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        fn bytes<T>(levels: &[Vec<T>]) -> usize {
            levels.iter().map(|level| level.capacity() * size_of::<T>()).sum()
        }
        match &self.0 {
            Tree::Integers(levels) => bytes(levels),
            Tree::Floats(levels) => bytes(levels),
        }
    }
}

impl Aggregate {
    /// The aggregate of the rows of a run that pass a mask; from the column's summary where every row passes.
    pub fn of(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>) -> Self {
        let tree = column.summary.map(|summary| &summary.0).filter(|_| mask.is_none());
        match (column.values, tree) {
            (Values::F32(v), Some(Tree::Floats(tree))) => {
                Self::Floats(Partial::of_run(tree, run, |run| scan(column, v, run, None)))
            }
            (Values::F64(v), Some(Tree::Floats(tree))) => {
                Self::Floats(Partial::of_run(tree, run, |run| scan(column, v, run, None)))
            }
            (Values::F32(v), _) => Self::Floats(scan(column, v, run, mask)),
            (Values::F64(v), _) => Self::Floats(scan(column, v, run, mask)),
            (_, Some(Tree::Integers(tree))) => {
                Self::Integers(Partial::of_run(tree, run, |run| integers(column, run, None)))
            }
            _ => Self::Integers(integers(column, run, mask)),
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

fn integers(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>) -> Partial<i128> {
    use crate::columns::Codes;
    match column.values {
        Values::I32(v) => scan(column, v, run, mask),
        Values::I64(v) | Values::Time(v) => scan(column, v, run, mask),
        Values::Text(Codes::U8(v), _) => scan(column, v, run, mask),
        Values::Text(Codes::U16(v), _) => scan(column, v, run, mask),
        Values::Text(Codes::U32(v), _) => scan(column, v, run, mask),
        Values::Bool(bits) => {
            let mut total = Partial::EMPTY;
            each_row(column, run, mask, |row| total.take(bits.get(row)));
            total
        }
        Values::F32(_) | Values::F64(_) => Partial::EMPTY,
    }
}

/// Aggregates the rows of a run one by one.
fn scan<V: Value>(column: &Column<'_>, values: &[V], run: Range<usize>, mask: Option<&Mask>) -> Partial<V::Sum> {
    let mut total = Partial::EMPTY;
    if mask.is_none() && column.is_full() {
        values[run].iter().for_each(|&value| total.take(value));
    } else {
        each_row(column, run, mask, |row| total.take(values[row]));
    }
    total
}

/// Visits the rows of a run that pass the mask and have a value, in order.
#[inline]
pub(crate) fn each_row(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>, mut visit: impl FnMut(usize)) {
    match mask {
        Some(mask) => mask.rows(run).filter(|&row| column.is_valid(row)).for_each(visit),
        None if column.is_full() => run.for_each(visit),
        None => run.filter(|&row| column.is_valid(row)).for_each(&mut visit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;

    #[test]
    fn a_run_from_the_tree_is_the_run_row_by_row() {
        let facts = Facts::default();
        let n = BLOCK * FAN * FAN * 2 + 777;
        let floats: Vec<f64> = (0..n).map(|i| f64::from((i as i32).wrapping_mul(7919) % 10_007) / 8.0).collect();
        let wide: Vec<i64> = (0..n as i64).map(|i| i.wrapping_mul(i64::MAX / 3)).collect();
        let valid: Vec<u8> = (0..n.div_ceil(8)).map(|i| (i * 31) as u8).collect();
        for values in [Values::F64(&floats), Values::I64(&wide)] {
            for valid in [None, Some(&valid[..])] {
                let column = Column::new("v", values, valid, &facts).expect("fits");
                let summary = Summary::of(&column);
                let with = column.with_summary(Some(&summary));
                let ends = [0, 1, BLOCK - 1, BLOCK, BLOCK * FAN, BLOCK * FAN * FAN + 5, n - 1, n];
                for start in ends {
                    for end in ends.into_iter().filter(|&end| end >= start) {
                        let run = start..end;
                        let facts = |a: Aggregate| (a.present(), a.sum().to_bits(), a.extremes());
                        let tree = facts(Aggregate::of(&with, run.clone(), None));
                        assert_eq!(tree, facts(Aggregate::of(&column, run, None)));
                    }
                }
            }
        }
    }
}
