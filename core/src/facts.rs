//! What is known of a whole column: how many values, their range, the most frequent ones.
//!
//! Facts are taken once, over every row of the full dataset, and then travel with the column (also into a subset for the
//! browser). They decide which properties a tile has and of what type, so they must not depend on filter or tile.

use crate::{
    columns::{Codes, Values},
    small,
};
use alloc::{vec, vec::Vec};
use core::cmp::Ordering;

/// The largest integer that every client reads exactly, 2⁵³ − 1. Columns with larger ones go to tiles as texts.
pub const MAX_EXACT: i64 = (1 << 53) - 1;

/// Frequent values kept for each column.
pub const MAX_CATEGORIES: usize = 100;

/// Distinct integers looked for before a column no longer counts as categorical.
const MAX_DISTINCT_INTEGERS: usize = 1000;

/// One value of a column. Texts are codes into the column's dictionary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// An integer.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A truth value.
    Boolean(bool),
    /// The code of a text.
    Text(u32),
    /// Microseconds since 1970 UTC.
    Time(i64),
}

/// Facts of a column over every row of the full dataset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Rows that have a value.
    pub present: u64,
    /// Rows that have none.
    pub nulls: u64,
    /// Smallest and largest value; `None` where no row has one.
    pub range: Option<(Scalar, Scalar)>,
    /// Distinct values; `None` where they were not counted (floats, times, many integers).
    pub distinct: Option<u64>,
    /// The most frequent values with their counts, ties by the smaller value; at most [`MAX_CATEGORIES`]. Empty where
    /// `distinct` is `None`.
    pub categories: Vec<(Scalar, u64)>,
    /// Bytes of all texts together.
    pub text_bytes: u64,
}

impl Scalar {
    /// The order of two values of one column.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) | (Self::Time(a), Self::Time(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(&b),
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(&b),
            (Self::Text(a), Self::Text(b)) => a.cmp(&b),
            _ => Ordering::Equal,
        }
    }
}

impl Values<'_> {
    /// The value of a row, whether it is valid or not.
    #[must_use]
    pub fn get(&self, row: usize) -> Scalar {
        match self {
            Self::I32(v) => Scalar::Integer(v[row].into()),
            Self::I64(v) => Scalar::Integer(v[row]),
            Self::F32(v) => Scalar::Float(v[row].into()),
            Self::F64(v) => Scalar::Float(v[row]),
            Self::Bool(bits) => Scalar::Boolean(bits.get(row)),
            Self::Text(codes, _) => Scalar::Text(codes.get(row) as u32),
            Self::Time(v) => Scalar::Time(v[row]),
        }
    }
}

impl Facts {
    /// Takes the facts of a column: `valid` as in [`crate::Column::new`].
    #[must_use]
    pub fn of(values: Values<'_>, valid: Option<&[u8]>) -> Self {
        let facts = Self::of_present(values, valid);
        Self { nulls: values.len() as u64 - facts.present, ..facts }
    }

    fn of_present(values: Values<'_>, valid: Option<&[u8]>) -> Self {
        let rows = (0..values.len()).filter(|row| valid.is_none_or(|bits| bits[row / 8] >> (row % 8) & 1 != 0));
        match values {
            Values::I32(v) => Self::integers(rows.map(|row| v[row].into())),
            Values::I64(v) => Self::integers(rows.map(|row| v[row])),
            Values::Time(v) => Self::extremes(rows.map(|row| v[row]), Scalar::Time),
            Values::F32(v) => Self::floats(rows.map(|row| v[row].into())),
            Values::F64(v) => Self::floats(rows.map(|row| v[row])),
            Values::Bool(bits) => {
                let mut counts = [0; 2];
                rows.for_each(|row| counts[usize::from(bits.get(row))] += 1);
                Self::counted([(Scalar::Boolean(false), counts[0]), (Scalar::Boolean(true), counts[1])])
            }
            Values::Text(codes, words) => {
                let mut counts = vec![0u64; words.len()];
                rows.for_each(|row| counts[codes.get(row)] += 1);
                let text_bytes = words.iter().zip(&counts).map(|(text, count)| text.len() as u64 * count).sum();
                Self { text_bytes, ..Self::counted((0..).map(Scalar::Text).zip(counts)) }
            }
        }
    }

    /// Whether values go to tiles and JSON as texts, because some are beyond ±(2⁵³ − 1).
    #[must_use]
    pub fn is_wide(&self) -> bool {
        matches!(self.range, Some((Scalar::Integer(min), Scalar::Integer(max))) if min < -MAX_EXACT || max > MAX_EXACT)
    }

    /// Whether sums go to tiles and JSON as texts: by the bound, largest magnitude times rows with a value.
    #[must_use]
    pub fn is_sum_wide(&self) -> bool {
        let Some((Scalar::Integer(min), Scalar::Integer(max))) = self.range else { return false };
        u128::from(min.unsigned_abs().max(max.unsigned_abs())) * u128::from(self.present)
            > u128::from(MAX_EXACT.unsigned_abs())
    }

    /// Bytes of a text on average.
    #[must_use]
    pub fn mean_text_bytes(&self) -> u64 {
        self.text_bytes.checked_div(self.present).unwrap_or(0)
    }

    fn integers(values: impl Iterator<Item = i64>) -> Self {
        // Sorted: so few that putting one among them costs little.
        let mut counts: Vec<(i64, u64)> = Vec::new();
        let facts = Self::extremes(
            values.inspect(|&value| {
                if counts.len() <= MAX_DISTINCT_INTEGERS {
                    match counts.binary_search_by_key(&value, |&(known, _)| known) {
                        Ok(place) => counts[place].1 += 1,
                        Err(place) => counts.insert(place, (value, 1)),
                    }
                }
            }),
            Scalar::Integer,
        );
        if counts.len() > MAX_DISTINCT_INTEGERS {
            return facts;
        }
        Self::counted(counts.into_iter().map(|(value, count)| (Scalar::Integer(value), count)))
    }

    fn extremes(values: impl Iterator<Item = i64>, scalar: impl Fn(i64) -> Scalar) -> Self {
        let (mut present, mut min, mut max) = (0, i64::MAX, i64::MIN);
        for value in values {
            present += 1;
            min = min.min(value);
            max = max.max(value);
        }
        Self { present, range: (present > 0).then(|| (scalar(min), scalar(max))), ..Self::default() }
    }

    fn floats(values: impl Iterator<Item = f64>) -> Self {
        let (mut present, mut min, mut max) = (0, f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            present += 1;
            min = min.min(value);
            max = max.max(value);
        }
        Self { present, range: (present > 0).then_some((Scalar::Float(min), Scalar::Float(max))), ..Self::default() }
    }

    /// Facts from the count of every value, in the order of the values.
    fn counted(counts: impl IntoIterator<Item = (Scalar, u64)>) -> Self {
        let mut categories: Vec<(Scalar, u64)> = counts.into_iter().filter(|&(_, count)| count > 0).collect();
        let range = categories.first().zip(categories.last()).map(|(first, last)| (first.0, last.0));
        let present = categories.iter().map(|&(_, count)| count).sum();
        let distinct = Some(categories.len() as u64);
        small::sort_by(&mut categories, |a, b| b.1.cmp(&a.1).then_with(|| a.0.compare(b.0)).is_lt());
        categories.truncate(MAX_CATEGORIES);
        Self { present, range, distinct, categories, ..Self::default() }
    }
}

impl Codes<'_> {
    /// The code width in bytes that a dictionary of `texts` entries needs.
    #[must_use]
    pub const fn width(texts: usize) -> usize {
        match texts {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{columns::Bits, dictionary::Dictionary};

    #[test]
    fn nulls_do_not_count_and_ties_take_the_smaller() {
        let facts = Facts::of(Values::I64(&[7, 7, -3, -3, 99]), Some(&[0b0_1111]));
        assert_eq!((facts.present, facts.nulls), (4, 1));
        assert_eq!(facts.range, Some((Scalar::Integer(-3), Scalar::Integer(7))));
        assert_eq!(facts.categories, [(Scalar::Integer(-3), 2), (Scalar::Integer(7), 2)]);
        assert_eq!(Facts::of(Values::F64(&[1.0]), Some(&[0])).range, None);
    }

    #[test]
    fn texts_are_counted_by_code() {
        let words = Dictionary::new(["a", "bb", "unused"]).expect("sorted");
        let facts = Facts::of(Values::Text(Codes::U8(&[1, 0, 1]), &words), None);
        assert_eq!(facts.categories, [(Scalar::Text(1), 2), (Scalar::Text(0), 1)]);
        assert_eq!((facts.distinct, facts.text_bytes), (Some(2), 5));
        let facts = Facts::of(Values::Bool(Bits { bytes: &[0b101], len: 3 }), None);
        assert_eq!(facts.categories, [(Scalar::Boolean(true), 2), (Scalar::Boolean(false), 1)]);
    }

    #[test]
    fn width_is_decided_by_the_bound() {
        assert!(!Facts::of(Values::I64(&[MAX_EXACT, -MAX_EXACT]), None).is_wide());
        assert!(Facts::of(Values::I64(&[i64::MIN]), None).is_wide());
        assert!(Facts::of(Values::I64(&[MAX_EXACT, 0]), None).is_sum_wide());
        assert!(!Facts::of(Values::I64(&[MAX_EXACT]), None).is_sum_wide());
    }

    #[test]
    fn many_integers_are_not_categories() {
        let many: Vec<i32> = (0..2000).collect();
        let facts = Facts::of(Values::I32(&many), None);
        assert_eq!((facts.present, facts.distinct, facts.categories.len()), (2000, None, 0));
    }
}
