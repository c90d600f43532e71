//! A chunk of a column, as Polars has it, is added to what was gathered: whole slices where nothing can be lost, value by
//! value where something may have to be counted.

use super::{Gather, Rules, Values, views::Met};
use crate::{
    kind::Kind,
    read::{field::describe, numbers},
};
use anyhow::{Result, bail};
use polars_arrow::{
    array::{Array, Utf8ViewArray, View},
    bitmap::MutableBitmap,
};
use polars_core::prelude::{
    CategoricalMapping, ChunkedArray, Column, DataType, Int64Type, PolarsNumericType, TimeUnit as Unit, UInt32Chunked,
};

/// Digits of decimals that are the same as doubles.
const EXACT: usize = 15;

impl Gather {
    /// Adds a chunk of rows.
    ///
    /// # Errors
    /// When the chunk is of a type that cannot become this column.
    pub fn append(&mut self, column: &Column, rules: &Rules) -> Result<()> {
        let column = match column.dtype() {
            DataType::Extension(..) => column.to_physical_repr(),
            _ => column.clone(),
        };
        match column.dtype() {
            DataType::String => {
                let decimals = self.spelling.decimals;
                for array in column.str()?.downcast_iter() {
                    match decimals {
                        Some(scale) => array
                            .iter()
                            .for_each(|text| self.push(text, |column, text| column.push_decimal(text, scale, rules))),
                        None => self.append_texts(array, rules),
                    }
                }
            }
            DataType::Categorical(_, texts) | DataType::Enum(_, texts) => {
                let numbers = column.to_physical_repr().cast(&DataType::UInt32)?;
                self.append_categories(numbers.u32()?, texts, rules);
            }
            DataType::Boolean => {
                for array in column.bool()?.downcast_iter() {
                    for value in array {
                        self.push(value, |column, value| column.push_bool(value, rules));
                    }
                }
            }
            DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => {
                self.append_integers(column.cast(&DataType::Int32)?.i32()?, rules);
            }
            DataType::Int32 => self.append_integers(column.i32()?, rules),
            DataType::UInt32 => self.append_integers(column.cast(&DataType::Int64)?.i64()?, rules),
            DataType::Int64 => self.append_integers(column.i64()?, rules),
            DataType::UInt64 => self.append_unsigned(&column, rules)?,
            // As texts they are what they are written as, and not what a double makes of them.
            DataType::Float32 if self.kind() == Kind::Text => {
                for array in column.f32()?.downcast_iter() {
                    for value in array {
                        self.push(value, |column, &value| column.push_single(value, rules));
                    }
                }
            }
            DataType::Decimal(..) if self.kind() == Kind::Text => {
                let texts = column.cast(&DataType::String)?;
                return self.append(&texts, rules);
            }
            &DataType::Decimal(precision, scale)
                if precision > EXACT || matches!(self.values, Values::I32(_) | Values::I64(_)) =>
            {
                for array in column.cast(&DataType::String)?.str()?.downcast_iter() {
                    for text in array {
                        self.push(text, |column, text| column.push_decimal(text, scale, rules));
                    }
                }
            }
            DataType::Float32 => self.append_floats(column.f32()?, rules),
            DataType::Float64 => self.append_floats(column.f64()?, rules),
            DataType::Decimal(..) => self.append_floats(column.cast(&DataType::Float64)?.f64()?, rules),
            DataType::Date => {
                let days = column.to_physical_repr().cast(&DataType::Int64)?;
                let mut begin = rules.days.begin();
                self.append_times(days.i64()?, |day| Some((begin(day)?, false)));
            }
            DataType::Datetime(unit, zone) => {
                let physical = column.to_physical_repr();
                let mut to_utc = rules.zone.to_utc();
                let naive = zone.is_none();
                self.append_times(physical.i64()?, |value| {
                    let (micros, trimmed) = match unit {
                        Unit::Nanoseconds => (value.div_euclid(1000), value.rem_euclid(1000) != 0),
                        Unit::Microseconds => (value, false),
                        Unit::Milliseconds => (value.checked_mul(1000)?, false),
                    };
                    Some((if naive { to_utc(micros) } else { micros }, trimmed))
                });
            }
            &DataType::Duration(unit) => {
                let physical = column.to_physical_repr();
                match self.duration.map_or(1, |finest| per_second(finest) / per_second(unit)) {
                    1 => self.append_integers(physical.i64()?, rules),
                    times => self.append_times_over(physical.i64()?, times, rules),
                }
            }
            DataType::Time => {
                for array in column.to_physical_repr().i64()?.downcast_iter() {
                    for nanos in array {
                        self.push(nanos, |column, &nanos| column.push_text(&time_of_day(nanos), rules));
                    }
                }
            }
            DataType::Null => self.append_nulls(column.len()),
            other => bail!("column {:?} is {}, which cannot become {}", self.name, describe(other), self.kind().name()),
        }
        Ok(())
    }

    /// Adds texts as they are, or what is read of them.
    fn append_texts(&mut self, array: &Utf8ViewArray, rules: &Rules) {
        let Values::Text(codes, words) = &mut self.values else {
            return array.iter().for_each(|text| self.push(text, |column, text| column.push_text(text, rules)));
        };
        let mut met = Met::default();
        let mut code = |(text, view): (Option<&str>, &View)| text.map_or(0, |text| met.code(view, || words.code(text)));
        codes.extend(array.iter().zip(array.views().iter()).map(&mut code));
        match array.validity().filter(|valid| valid.unset_bits() > 0) {
            None => self.extend_valid(array.len()),
            Some(valid) => {
                let len = self.len;
                self.valid.get_or_insert_with(|| MutableBitmap::from_len_set(len)).extend_from_bitmap(valid);
                self.present += valid.set_bits() as u64;
                self.len += array.len();
            }
        }
    }

    /// Adds texts that are given by their numbers. Each is looked at once, and none is written out for each row.
    fn append_categories(&mut self, numbers: &UInt32Chunked, texts: &CategoricalMapping, rules: &Rules) {
        let mut known: Vec<Option<u32>> = Vec::new();
        for number in numbers.downcast_iter().flatten() {
            let text = number.and_then(|&number| Some((number as usize, texts.cat_to_str(number)?)));
            match (text, &mut self.values) {
                (Some((number, text)), Values::Text(codes, words)) => {
                    if known.len() <= number {
                        known.resize(number + 1, None);
                    }
                    codes.push(*known[number].get_or_insert_with(|| words.code(text)));
                    self.extend_valid(1);
                }
                (text, _) => self.push(text, |column, (_, text)| column.push_text(text, rules)),
            }
        }
    }

    fn append_integers<T>(&mut self, chunk: &ChunkedArray<T>, rules: &Rules)
    where
        T: PolarsNumericType,
        T::Native: Into<i64>,
    {
        for array in chunk.downcast_iter() {
            let full = array.null_count() == 0;
            let slice = array.values().as_slice();
            match &mut self.values {
                Values::I64(values) if full => values.extend(slice.iter().map(|&value| value.into())),
                Values::I32(values) if full && size_of::<T::Native>() == 4 => {
                    values.extend(slice.iter().map(|&value| value.into() as i32));
                }
                _ => {
                    for value in array {
                        self.push(value, |column, &value| column.push_integer(value.into(), rules));
                    }
                    continue;
                }
            }
            self.extend_valid(slice.len());
        }
    }

    /// Each so many times, as files with a finer unit have them.
    fn append_times_over(&mut self, chunk: &ChunkedArray<Int64Type>, times: i64, rules: &Rules) {
        for value in chunk.downcast_iter().flatten() {
            self.push(value, |column, &value| match value.checked_mul(times) {
                Some(value) => column.push_integer(value, rules),
                None => column.push_unreadable(&value.to_string()),
            });
        }
    }

    fn append_unsigned(&mut self, column: &Column, rules: &Rules) -> Result<()> {
        for array in column.u64()?.downcast_iter() {
            for value in array {
                let Some(&value) = value else {
                    self.push_null();
                    continue;
                };
                if let Ok(value) = i64::try_from(value) {
                    self.push_integer(value, rules);
                } else {
                    if matches!(self.values, Values::I32(_) | Values::I64(_)) {
                        self.turn_into_text();
                        self.overflowed = true;
                    }
                    if let Values::F64(_) = self.values
                        && value as f64 as u128 != u128::from(value)
                    {
                        self.see_rounded(&value.to_string());
                    }
                    self.push_text(&value.to_string(), rules);
                }
            }
        }
        Ok(())
    }

    /// A decimal with so many digits behind its point. Whole ones that 64 bits do not hold turn a column of integers into text.
    fn push_decimal(&mut self, text: &str, scale: usize, rules: &Rules) {
        match (&self.values, text.parse::<i64>()) {
            (_, Ok(value)) => self.push_integer(value, rules),
            (Values::I32(_) | Values::I64(_), Err(_)) if scale == 0 => {
                self.turn_into_text();
                self.overflowed = true;
                self.push_text(text, rules);
            }
            (Values::F32(_) | Values::F64(_), _) => {
                let value = text.parse::<f64>().ok();
                if value.and_then(|value| numbers::printed(value, scale)).is_none_or(|same| same != text) {
                    self.see_rounded(text);
                }
                self.push(value, |column, value| column.push_float(value, rules));
            }
            _ => self.push_text(text, rules),
        }
    }

    fn push_single(&mut self, value: f32, rules: &Rules) {
        if value.is_finite() {
            self.push_text(&(value + 0.0).to_string(), rules);
        } else {
            self.non_finite += 1;
            self.push_null();
        }
    }

    fn append_floats<T>(&mut self, chunk: &ChunkedArray<T>, rules: &Rules)
    where
        T: PolarsNumericType,
        T::Native: Into<f64>,
    {
        for array in chunk.downcast_iter() {
            let slice = array.values().as_slice();
            let full = array.null_count() == 0 && slice.iter().all(|&value| value.into().is_finite());
            match &mut self.values {
                Values::F64(values) if full => values.extend(slice.iter().map(|&value| value.into() + 0.0)),
                Values::F32(values) if full => values.extend(slice.iter().map(|&value| value.into() as f32 + 0.0)),
                _ => {
                    for value in array {
                        self.push(value, |column, &value| column.push_float(value.into(), rules));
                    }
                    continue;
                }
            }
            self.extend_valid(slice.len());
        }
    }

    /// Times by what `to_micros` makes of them, and whether something was cut off; `None` where they are beyond what can be told.
    fn append_times(&mut self, chunk: &ChunkedArray<Int64Type>, mut to_micros: impl FnMut(i64) -> Option<(i64, bool)>) {
        for array in chunk.downcast_iter() {
            for value in array {
                let Some(&value) = value else {
                    self.push_null();
                    continue;
                };
                // DuckDB and Postgres have times before and after all others, at the ends of what 64 bits hold.
                if value == i64::MAX || value <= -i64::MAX {
                    self.non_finite += 1;
                    self.push_null();
                    continue;
                }
                let Some((micros, trimmed)) = to_micros(value) else {
                    self.push_unreadable(&value.to_string());
                    continue;
                };
                self.trimmed += u64::from(trimmed);
                self.push_time(micros);
            }
        }
    }
}

/// How many of a unit are a second.
const fn per_second(unit: Unit) -> i64 {
    match unit {
        Unit::Nanoseconds => 1_000_000_000,
        Unit::Microseconds => 1_000_000,
        Unit::Milliseconds => 1000,
    }
}

/// Nanoseconds since midnight as text.
fn time_of_day(nanos: i64) -> String {
    let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { text } else { format!("{text}.{}", format!("{fraction:09}").trim_end_matches('0')) }
}
