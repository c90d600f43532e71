//! What was gathered is looked at as a whole, then put in the order of the points in its final form.

use super::{Gather, Values};
use crate::{bits::Bits, dataset::Loaded, kind::Data};
use duotile_core::time;
use polars_arrow::bitmap::{Bitmap, MutableBitmap};

impl Gather {
    /// Smallest and largest number of a column of integers or doubles so far, without what stands behind their points.
    pub fn whole_range(&self) -> Option<(i64, i64)> {
        fn range<T: Copy + Ord + Into<i64>>(values: &[T], valid: Option<&MutableBitmap>) -> Option<(i64, i64)> {
            let (min, max) = match valid {
                None => (values.iter().min(), values.iter().max()),
                Some(valid) => {
                    let present =
                        || values.iter().enumerate().filter(|(row, _)| valid.get(*row)).map(|(_, value)| value);
                    (present().min(), present().max())
                }
            };
            min.zip(max).map(|(&min, &max)| (min.into(), max.into()))
        }
        let here = match &self.values {
            Values::I32(values) => range(values, self.valid.as_ref()),
            Values::I64(values) => range(values, self.valid.as_ref()),
            Values::F64(values) => {
                let present = values.iter().enumerate().filter(|(row, _)| self.is_valid(*row));
                present.map(|(_, &value)| value as i64).fold(None, |range, value| match range {
                    Some((min, max)) => Some((value.min(min), value.max(max))),
                    None => Some((value, value)),
                })
            }
            _ => None,
        };
        match (self.range, here) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        }
    }

    /// Whether it is texts that are all times. Most columns of texts are left at the first.
    pub fn looks_like_times(&self) -> bool {
        let Values::Text(_, words) = &self.values else { return false };
        let is_time = |text: &str| text.len() >= 8 && time::read(text.trim().as_bytes()).is_ok();
        let mut texts = (0..words.len()).map(|code| words.get(code)).filter(|text| !text.is_empty()).peekable();
        texts.peek().is_some() && texts.all(is_time)
    }

    /// One of its texts or whole numbers.
    pub fn example(&self) -> Option<String> {
        match &self.values {
            Values::Text(_, words) => (0..words.len())
                .map(|code| words.get(code))
                .find(|text| !text.is_empty())
                .map(|text| text.chars().take(40).collect()),
            _ => self.whole_range().map(|(least, _)| least.to_string()),
        }
    }

    /// The rows of `order`, in that order, in their final form. What stands where there is no value is zero, and a
    /// dictionary holds the texts of these rows only: the bytes follow from the values alone.
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
            Values::Bool(values) => Data::Bool(bits(&values).into()),
            Values::Text(codes, words) => {
                let code = |&row: &u32| {
                    let present = self.valid.as_ref().is_none_or(|valid| valid.get(row as usize));
                    present.then(|| codes[row as usize] as usize)
                };
                let mut used = vec![false; words.len()];
                order.iter().filter_map(code).for_each(|code| used[code] = true);
                let (dictionary, places) = words.sorted(&used);
                let picked = order.iter().map(|row| code(row).map_or(0, |code| places[code]));
                Data::texts(picked, dictionary)
            }
        };
        Loaded { name: self.name, data, valid: valid.map(Bits::from) }
    }
}
