//! What is known of a whole column: how many values, their range, the most frequent ones.
//!
//! Facts are taken once, over every row of the full dataset, and then travel with the column (also into a subset for the
//! browser). They decide which properties a tile has and of what type, so they must not depend on filter or tile.

use crate::{
    small::{
        self,
        work::{Stopped, Work},
    },
    table::values::{Codes, Values},
};
use alloc::{vec, vec::Vec};
use core::{cmp::Ordering, ops::Range};

/// The largest integer that every client reads exactly, 2⁵³ − 1. Columns with larger ones go to tiles as texts.
pub const MAX_EXACT: i64 = (1 << 53) - 1;

/// Frequent values kept for each column.
pub const MAX_CATEGORIES: usize = 100;

/// Distinct integers looked for before a column no longer counts as categorical.
pub const MAX_DISTINCT_INTEGERS: usize = 1000;

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
    /// Whether it was measured on the outlines of rows: tiles have it where it is asked for.
    pub measured: bool,
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
        let mut tally = Tally::of(&values);
        tally.add(&values, 0..values.len(), valid);
        // What is free is not stopped.
        let facts = tally.facts(&values, &Work::free()).unwrap_or_default();
        Self { nulls: values.len() as u64 - facts.present, ..facts }
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

    /// Facts of values that are not counted one by one.
    #[must_use]
    pub fn new(range: Option<(Scalar, Scalar)>, present: u64) -> Self {
        Self { present, range, ..Self::default() }
    }

    /// Facts from the count of every value, in the order of the values. Of many, only the most frequent are held.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn counted(counts: impl IntoIterator<Item = (Scalar, u64)>, work: &Work<'_>) -> Result<Self, Stopped> {
        let mut toll = work.toll();
        let mut facts = Self { distinct: Some(0), ..Self::default() };
        let (categories, mut least) = (&mut facts.categories, 0);
        let before = |a: &(Scalar, u64), b: &(Scalar, u64)| b.1.cmp(&a.1).then_with(|| a.0.compare(b.0)).is_lt();
        for (value, count) in counts {
            toll.pay(1)?;
            if count == 0 {
                continue;
            }
            facts.present += count;
            facts.distinct = facts.distinct.map(|distinct| distinct + 1);
            facts.range = Some((facts.range.map_or(value, |(first, _)| first), value));
            // Of values as frequent, the smaller one stays.
            if count <= least {
                continue;
            }
            categories.push((value, count));
            // Twice as many as are kept, so that they are put in order once for as many that come.
            if categories.len() == 2 * MAX_CATEGORIES {
                small::sort_by(categories, before);
                categories.truncate(MAX_CATEGORIES);
                least = categories.last().map_or(0, |&(_, count)| count);
            }
        }
        small::sort_by(categories, before);
        categories.truncate(MAX_CATEGORIES);
        Ok(facts)
    }
}

/// What was seen of the values of a column.
pub(crate) enum Tally {
    /// How many, the smallest, the largest, and each with its count, until there are too many.
    Integers(u64, i64, i64, Vec<(i64, u64)>),
    Times(u64, i64, i64),
    Floats(u64, f64, f64),
    Booleans([u64; 2]),
    /// The count of each code.
    Texts(Vec<u32>),
}

impl Tally {
    pub fn of(values: &Values<'_>) -> Self {
        match values {
            Values::I32(_) | Values::I64(_) => Self::Integers(0, i64::MAX, i64::MIN, Vec::new()),
            Values::Time(_) => Self::Times(0, i64::MAX, i64::MIN),
            Values::F32(_) | Values::F64(_) => Self::Floats(0, f64::INFINITY, f64::NEG_INFINITY),
            Values::Bool(_) => Self::Booleans([0; 2]),
            Values::Text(_, words) => Self::Texts(vec![0; words.len()]),
        }
    }

    /// Looks at some rows; `valid` has a bit for each, from the first of them on.
    pub fn add(&mut self, values: &Values<'_>, rows: Range<usize>, valid: Option<&[u8]>) {
        let first = rows.start;
        let is_valid = |&row: &usize| valid.is_none_or(|bits| bits[(row - first) / 8] >> ((row - first) % 8) & 1 != 0);
        let rows = rows.filter(is_valid);
        match (self, values) {
            (Self::Integers(present, min, max, counts), Values::I32(v)) => {
                integers(rows.map(|row| v[row].into()), (present, min, max), counts);
            }
            (Self::Integers(present, min, max, counts), Values::I64(v)) => {
                integers(rows.map(|row| v[row]), (present, min, max), counts);
            }
            (Self::Times(present, min, max), Values::Time(v)) => extremes(rows.map(|row| v[row]), (present, min, max)),
            (Self::Floats(present, min, max), Values::F32(v)) => {
                floats(rows.map(|row| v[row].into()), (present, min, max));
            }
            (Self::Floats(present, min, max), Values::F64(v)) => {
                floats(rows.map(|row| v[row]), (present, min, max));
            }
            (Self::Booleans(counts), Values::Bool(bits)) => {
                rows.for_each(|row| counts[usize::from(bits.get(row))] += 1);
            }
            // A code that has no text, as in a file that was damaged, is no value.
            (Self::Texts(counts), Values::Text(codes, _)) => rows.for_each(|row| {
                if let Some(count) = counts.get_mut(codes.get(row)) {
                    *count += 1;
                }
            }),
            _ => {}
        }
    }

    /// What they add up to. There may be as many counts as there are texts.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn facts(self, values: &Values<'_>, work: &Work<'_>) -> Result<Facts, Stopped> {
        Ok(match self {
            Self::Integers(_, _, _, counts) if counts.len() <= MAX_DISTINCT_INTEGERS => {
                Facts::counted(counts.into_iter().map(|(value, count)| (Scalar::Integer(value), count)), work)?
            }
            Self::Integers(present, min, max, _) => {
                Facts::new((present > 0).then_some((Scalar::Integer(min), Scalar::Integer(max))), present)
            }
            Self::Times(present, min, max) => {
                Facts::new((present > 0).then_some((Scalar::Time(min), Scalar::Time(max))), present)
            }
            Self::Floats(present, min, max) => {
                Facts::new((present > 0).then_some((Scalar::Float(min), Scalar::Float(max))), present)
            }
            Self::Booleans(counts) => Facts::counted([false, true].map(Scalar::Boolean).into_iter().zip(counts), work)?,
            Self::Texts(counts) => {
                let (mut toll, mut text_bytes) = (work.toll(), 0);
                if let Values::Text(_, words) = values {
                    for (text, &count) in words.iter().zip(&counts) {
                        toll.pay(1)?;
                        text_bytes += text.len() as u64 * u64::from(count);
                    }
                }
                let counts = counts.into_iter().map(u64::from);
                Facts { text_bytes, ..Facts::counted((0..).map(Scalar::Text).zip(counts), work)? }
            }
        })
    }
}

fn integers(values: impl Iterator<Item = i64>, seen: (&mut u64, &mut i64, &mut i64), counts: &mut Vec<(i64, u64)>) {
    // Sorted: so few that putting one among them costs little.
    let counted = values.inspect(|&value| {
        if counts.len() <= MAX_DISTINCT_INTEGERS {
            match counts.binary_search_by_key(&value, |&(known, _)| known) {
                Ok(place) => counts[place].1 += 1,
                Err(place) => counts.insert(place, (value, 1)),
            }
        }
    });
    extremes(counted, seen);
}

fn extremes(values: impl Iterator<Item = i64>, (present, min, max): (&mut u64, &mut i64, &mut i64)) {
    for value in values {
        *present += 1;
        (*min, *max) = ((*min).min(value), (*max).max(value));
    }
}

fn floats(values: impl Iterator<Item = f64>, (present, min, max): (&mut u64, &mut f64, &mut f64)) {
    for value in values {
        *present += 1;
        (*min, *max) = (min.min(value), max.max(value));
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
    use crate::table::{dictionary::Dictionary, values::Bits};

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
    fn of_many_texts_the_most_frequent_are_kept() {
        let texts: Vec<alloc::string::String> = (0..5000).map(|i| alloc::format!("{i:05}")).collect();
        let words = Dictionary::new(texts.iter().map(|text| &**text)).expect("sorted");
        let codes: Vec<u16> = (0..40_000u32).map(|i| (i * i % 4999) as u16).collect();
        let facts = Facts::of(Values::Text(Codes::U16(&codes), &words), None);
        let mut counts = vec![0u64; 5000];
        codes.iter().for_each(|&code| counts[usize::from(code)] += 1);
        let mut expected: Vec<_> = (0..).zip(counts).filter(|&(_, count)| count > 0).collect();
        assert_eq!(facts.distinct, Some(expected.len() as u64));
        assert_eq!(facts.present, 40_000);
        expected.sort_by_key(|&(code, count)| (core::cmp::Reverse(count), code));
        let expected: Vec<_> = expected.into_iter().map(|(code, count)| (Scalar::Text(code), count)).collect();
        assert_eq!(facts.categories, expected[..MAX_CATEGORIES]);
    }

    #[test]
    fn many_integers_are_not_categories() {
        let many: Vec<i32> = (0..2000).collect();
        let facts = Facts::of(Values::I32(&many), None);
        assert_eq!((facts.present, facts.distinct, facts.categories.len()), (2000, None, 0));
    }
}
