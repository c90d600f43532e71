//! What was gathered is looked at as a whole, then put in the order of the points in its final form.

use super::{Gather, Rules, Values};
use crate::{
    dataset::{Data, Loaded},
    read::kind::Kind,
};
use duotile_core::Codes;
use polars_arrow::bitmap::{Bitmap, MutableBitmap};
use rayon::prelude::*;

impl Gather {
    /// Whether all of some rows have a value and no two the same, within what an id can be; else why not.
    pub fn check_ids(&self, order: &[u32]) -> Result<(), String> {
        let value = |row: u32| -> i64 {
            match &self.values {
                Values::I32(values) => values[row as usize].into(),
                Values::I64(values) => values[row as usize],
                _ => -1,
            }
        };
        if !matches!(self.values, Values::I32(_) | Values::I64(_)) {
            return Err(format!("is {}, not integer", self.kind().name()));
        }
        if let Some(row) = order.iter().find(|&&row| !self.is_valid(row as usize)) {
            return Err(format!("has no value in row {row}"));
        }
        let ids = || order.iter().map(|&row| value(row));
        if let Some(bad) = ids().find(|id| !(0..=duotile_core::MAX_EXACT).contains(id)) {
            return Err(format!("has the value {bad}, outside 0…2⁵³−1"));
        }
        match repeated(&ids, order.len()) {
            Some(id) => Err(format!("has the value {id} more than once")),
            None => Ok(()),
        }
    }

    /// Smallest and largest integer of a column.
    pub fn integer_range(&self) -> Option<(i64, i64)> {
        let rows = (0..self.len).filter(|&row| self.is_valid(row));
        let (min, max) = match &self.values {
            Values::I32(v) => (rows.clone().map(|row| v[row].into()).min(), rows.map(|row| v[row].into()).max()),
            Values::I64(v) => (rows.clone().map(|row| v[row]).min(), rows.map(|row| v[row]).max()),
            _ => (None, None),
        };
        min.zip(max)
    }

    /// The same column with its integers taken as times.
    pub fn into_times(mut self, rules: &Rules) -> Self {
        let mut times = Self::new(&self.name, Kind::Time, self.len);
        for row in 0..self.len {
            match &self.values {
                _ if !self.is_valid(row) => times.push_null(),
                Values::I32(values) => times.push_integer(values[row].into(), rules),
                Values::I64(values) => times.push_integer(values[row], rules),
                _ => times.push_null(),
            }
        }
        self.values = Values::Bool(MutableBitmap::new());
        times
    }

    /// The rows of `order`, in that order, in their final form.
    pub fn finish(self, order: &[u32]) -> Loaded {
        fn pick<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
            order.iter().map(|&row| values[row as usize]).collect()
        }
        let bits = |bits: &MutableBitmap| -> Bitmap {
            let mut picked = MutableBitmap::with_capacity(order.len());
            order.iter().for_each(|&row| picked.push(bits.get(row as usize)));
            picked.into()
        };
        let valid = self.valid.as_ref().map(bits).filter(|valid| valid.unset_bits() > 0);
        let data = match self.values {
            Values::I32(values) => Data::I32(pick(&values, order).into()),
            Values::I64(values) => Data::I64(pick(&values, order).into()),
            Values::F32(values) => Data::F32(pick(&values, order).into()),
            Values::F64(values) => Data::F64(pick(&values, order).into()),
            Values::Time(values) => Data::Time(pick(&values, order).into()),
            Values::Bool(values) => Data::Bool(bits(&values)),
            Values::Text(codes, words) => {
                let (dictionary, places) = words.sorted();
                let place = |&row: &u32| places.get(codes[row as usize] as usize).copied().unwrap_or(0);
                let picked = order.iter().map(place);
                match Codes::width(dictionary.len()) {
                    1 => Data::Text8(picked.map(|code| code as u8).collect(), dictionary),
                    2 => Data::Text16(picked.map(|code| code as u16).collect(), dictionary),
                    _ => Data::Text32(picked.collect(), dictionary),
                }
            }
        };
        Loaded { name: self.name, data, valid }
    }
}

/// The smallest of some numbers that is there more than once; they are not negative.
fn repeated<I: Iterator<Item = i64>>(numbers: &impl Fn() -> I, count: usize) -> Option<i64> {
    let (Some(min), Some(max)) = (numbers().min(), numbers().max()) else { return None };
    let span = (max - min) as usize;
    if span / 32 > count {
        let mut sorted: Vec<i64> = numbers().collect();
        sorted.par_sort_unstable();
        return sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    }
    // Close together, as most ids are: a bit for each takes less than a copy of them.
    let mut seen = vec![0u64; span / 64 + 1];
    let twice = numbers().filter(|number| {
        let at = (number - min) as usize;
        let bit = 1 << (at % 64);
        let known = seen[at / 64] & bit != 0;
        seen[at / 64] |= bit;
        known
    });
    twice.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_repeat_are_found_however_far_apart_they_lie() {
        for factor in [1, 3, 1_000_000_007] {
            let mut all: Vec<i64> = (0..5000).map(|i| (i * 7919 % 5000) * factor).collect();
            assert_eq!(repeated(&|| all.iter().copied(), all.len()), None, "{factor}");
            all.extend([4000 * factor, 30 * factor]);
            assert_eq!(repeated(&|| all.iter().copied(), all.len()), Some(30 * factor), "{factor}");
        }
        assert_eq!(repeated(&|| [].into_iter(), 0), None);
        let max = duotile_core::MAX_EXACT;
        assert_eq!(repeated(&|| [max, 0, max].into_iter(), 3), Some(max));
    }
}
