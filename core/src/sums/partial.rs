//! What the values of some rows add up to: how many, their sum, the smallest and the largest.
//!
//! What enters is a column and a run of rows, with a mask or without; what leaves is one total, the same bits whichever way
//! the rows were put together.

use crate::{
    filter::mask::Mask,
    sums::exact::{DoubleDouble, Total, ordered},
    table::{
        columns::Column,
        values::{Codes, Values},
    },
};
use core::ops::Range;

/// Words of an aggregate: values, the two of their sum, smallest, largest.
pub const WORDS: usize = 5;

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

/// A value that can be added up and compared.
pub(crate) trait Value: Copy {
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
    pub const EMPTY: Self = Self { present: 0, sum: T::ZERO, min: i64::MAX, max: i64::MIN };

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

    pub fn merge(&mut self, other: &Self) {
        self.present += other.present;
        self.sum.merge(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    pub fn to_words(self) -> [u64; WORDS] {
        let [low, high] = self.sum.to_words();
        [self.present, low, high, self.min.cast_unsigned(), self.max.cast_unsigned()]
    }

    pub fn from_words([present, low, high, min, max]: [u64; WORDS]) -> Self {
        Self { present, sum: T::from_words([low, high]), min: min.cast_signed(), max: max.cast_signed() }
    }
}

pub(crate) fn integers(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>, extremes: bool) -> Partial<i128> {
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
pub(crate) fn scan<V: Value>(
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
