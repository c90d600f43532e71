//! The fitted filter over rows: 64 rows a word, a leaf at a time.

use super::bind::{Filter, Test};
use crate::{
    columns::{Codes, Column, Values},
    mask::Mask,
    mercator::World,
    morton,
    points::Points,
};
use alloc::vec::Vec;
use core::ops::Range;

impl Filter {
    /// Which rows of a range pass. The filter must have been bound to these points.
    #[must_use]
    pub fn mask(&self, points: &Points<'_>, rows: Range<usize>) -> Mask {
        let end = rows.end.min(points.len());
        let mut words: Vec<u64> =
            (rows.start..end).step_by(64).map(|row| self.word(points, row, end.min(row + 64))).collect();
        if let (Some(last), used @ 1..) = (words.last_mut(), (end - rows.start) % 64) {
            *last &= (1 << used) - 1;
        }
        Mask::new(rows, words)
    }

    /// Up to 64 rows as bits; bits from the end on are unspecified.
    fn word(&self, points: &Points<'_>, start: usize, end: usize) -> u64 {
        match self {
            Self::Constant(constant) => u64::from(*constant).wrapping_neg(),
            Self::All(parts) => parts
                .iter()
                .fold(u64::MAX, |word, part| if word == 0 { 0 } else { word & part.word(points, start, end) }),
            Self::Any(parts) => parts
                .iter()
                .fold(0, |word, part| if word == u64::MAX { word } else { word | part.word(points, start, end) }),
            Self::Column(index, test) => points.columns().get(*index).map_or(0, |column| test.word(column, start, end)),
            // Bits apart from each other keep their order, so a coordinate need not be put together again.
            Self::X(first, last) => {
                let key = |x| morton::key(World { x, y: 0 });
                within(&points.keys()[start..end], key(u32::MAX), key(*first), key(*last))
            }
            Self::Y(first, last) => {
                let key = |y| morton::key(World { x: 0, y });
                within(&points.keys()[start..end], key(u32::MAX), key(*first), key(*last))
            }
        }
    }
}

/// Keys whose bits of one coordinate lie from `first` to `last`, over the end of the world if `first` is above `last`.
fn within(keys: &[u64], coordinate: u64, first: u64, last: u64) -> u64 {
    if first <= last {
        bits(keys, |key| (first..=last).contains(&(key & coordinate)))
    } else {
        !bits(keys, |key| key & coordinate > last && key & coordinate < first)
    }
}

impl Test {
    fn word(&self, column: &Column<'_>, start: usize, end: usize) -> u64 {
        let valid = column.valid_word(start);
        if *self == Self::Null {
            return !valid;
        }
        if valid == 0 {
            return 0;
        }
        let rows = start..end;
        let passes = match (self, column.values) {
            (Self::Present, _) => u64::MAX,
            (Self::Boolean(true), Values::Bool(values)) => values.word(start),
            (Self::Boolean(false), Values::Bool(values)) => !values.word(start),
            (Self::Codes(set), Values::Text(codes, _)) => match codes {
                Codes::U8(codes) => bits(&codes[rows], |&code| member(set, code.into())),
                Codes::U16(codes) => bits(&codes[rows], |&code| member(set, code.into())),
                Codes::U32(codes) => bits(&codes[rows], |&code| member(set, code as usize)),
            },
            (_, Values::I32(values)) => self.integers(&values[rows]),
            (_, Values::I64(values) | Values::Time(values)) => self.integers(&values[rows]),
            (_, Values::F32(values)) => self.floats(&values[rows]),
            (_, Values::F64(values)) => self.floats(&values[rows]),
            // A test for another type: the filter was bound to other points.
            _ => 0,
        };
        passes & valid
    }

    fn integers<T: Copy + Into<i64>>(&self, values: &[T]) -> u64 {
        match self {
            Self::Integers { min, max, not } => {
                bits(values, |&value| (*min..=*max).contains(&value.into())) ^ u64::from(*not).wrapping_neg()
            }
            Self::IntegerSet { values: set, not } => {
                bits(values, |&value| set.binary_search(&value.into()).is_ok()) ^ u64::from(*not).wrapping_neg()
            }
            _ => 0,
        }
    }

    fn floats<T: Copy + Into<f64>>(&self, values: &[T]) -> u64 {
        match self {
            Self::Floats { min, max, not } => {
                bits(values, |&value| (*min..=*max).contains(&value.into())) ^ u64::from(*not).wrapping_neg()
            }
            Self::FloatSet { values: set, not } => {
                let contains = |value: f64| set.binary_search_by(|probe| probe.total_cmp(&value)).is_ok();
                bits(values, |&value| contains(value.into())) ^ u64::from(*not).wrapping_neg()
            }
            _ => 0,
        }
    }
}

/// A bit for each of up to 64 values. A full word has a fixed length, so that the loop can be unrolled.
fn bits<T>(values: &[T], test: impl Fn(&T) -> bool) -> u64 {
    fn gather<T>(values: &[T], test: impl Fn(&T) -> bool) -> u64 {
        values.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(test(value)) << bit)
    }
    match values.first_chunk::<64>() {
        Some(full) => gather(full, test),
        None => gather(values, test),
    }
}

fn member(set: &[u64], code: usize) -> bool {
    set.get(code / 64).is_some_and(|word| word >> (code % 64) & 1 != 0)
}
