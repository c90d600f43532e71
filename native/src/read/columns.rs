//! Chunks of a column, as Polars gives them, are gathered into one buffer of the type it becomes, then put in order.
//!
//! Whatever cannot be kept is counted: nothing is lost silently. Floats leave here finite and without −0.0.

use super::{
    kind::{Kind, describe},
    times::{self, Zone},
    values,
    words::Words,
};
use crate::{
    dataset::{Data, Loaded},
    read::TimeUnit,
};
use anyhow::{Result, bail};
use duotile_core::Codes;
use polars_arrow::{
    array::Array,
    bitmap::{Bitmap, MutableBitmap},
};
use polars_core::prelude::{ChunkedArray, Column, DataType, PolarsNumericType, TimeUnit as Unit};

/// How values are read that can be read in several ways.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub zone: Zone,
    /// What integers count where they become times.
    pub unit: Option<TimeUnit>,
}

/// A column being gathered.
#[derive(Debug)]
pub(super) struct Gather {
    pub name: String,
    values: Values,
    /// `None` while every row has a value.
    valid: Option<MutableBitmap>,
    len: usize,
    /// NaN and infinite values that became null.
    pub non_finite: u64,
    /// Values that could not be read as what the column becomes, and the first of them.
    pub unreadable: u64,
    pub first_unreadable: Option<String>,
    /// Times with a part below the microsecond.
    pub trimmed: u64,
    /// Whether integers too large for 64 bits turned it into text.
    pub overflowed: bool,
}

#[derive(Debug)]
enum Values {
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bool(MutableBitmap),
    Text(Vec<u32>, Words),
    Time(Vec<i64>),
}

impl Gather {
    /// An empty column for about `rows` rows.
    pub fn new(name: &str, kind: Kind, rows: usize) -> Self {
        let values = match kind {
            Kind::I32 => Values::I32(Vec::with_capacity(rows)),
            Kind::I64 => Values::I64(Vec::with_capacity(rows)),
            Kind::F32 => Values::F32(Vec::with_capacity(rows)),
            Kind::F64 => Values::F64(Vec::with_capacity(rows)),
            Kind::Bool => Values::Bool(MutableBitmap::with_capacity(rows)),
            Kind::Text => Values::Text(Vec::with_capacity(rows), Words::new()),
            Kind::Time => Values::Time(Vec::with_capacity(rows)),
        };
        Self {
            name: name.to_owned(),
            values,
            valid: None,
            len: 0,
            non_finite: 0,
            unreadable: 0,
            first_unreadable: None,
            trimmed: 0,
            overflowed: false,
        }
    }

    /// What it becomes.
    pub fn kind(&self) -> Kind {
        match self.values {
            Values::I32(_) => Kind::I32,
            Values::I64(_) => Kind::I64,
            Values::F32(_) => Kind::F32,
            Values::F64(_) => Kind::F64,
            Values::Bool(_) => Kind::Bool,
            Values::Text(..) => Kind::Text,
            Values::Time(_) => Kind::Time,
        }
    }

    /// Adds rows without a value.
    pub fn append_nulls(&mut self, rows: usize) {
        for _ in 0..rows {
            self.push_null();
        }
    }

    /// Adds the same value for many rows, given as text.
    pub fn append_constant(&mut self, value: Option<&str>, rows: usize, rules: &Rules) {
        for _ in 0..rows {
            match value {
                Some(text) => self.push_text(text, rules),
                None => self.push_null(),
            }
        }
    }

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
                for array in column.str()?.downcast_iter() {
                    for text in array.iter() {
                        self.push(text, |column, text| column.push_text(text, rules));
                    }
                }
            }
            DataType::Categorical(..) | DataType::Enum(..) => {
                let texts = column.cast(&DataType::String)?;
                return self.append(&texts, rules);
            }
            DataType::Boolean => {
                for array in column.bool()?.downcast_iter() {
                    for value in array.iter() {
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
            DataType::Float32 => self.append_floats(column.f32()?, rules),
            DataType::Float64 => self.append_floats(column.f64()?, rules),
            DataType::Decimal(..) => self.append_floats(column.cast(&DataType::Float64)?.f64()?, rules),
            DataType::Date => {
                let days = column.to_physical_repr().cast(&DataType::Int64)?;
                self.append_times(days.i64()?, |days| (i64::from(days as i32) * 86_400 * times::SECOND, false));
            }
            DataType::Datetime(unit, zone) => {
                let physical = column.to_physical_repr();
                let mut to_utc = rules.zone.to_utc();
                let naive = zone.is_none();
                self.append_times(physical.i64()?, |value| {
                    let (micros, trimmed) = match unit {
                        Unit::Nanoseconds => (value.div_euclid(1000), value.rem_euclid(1000) != 0),
                        Unit::Microseconds => (value, false),
                        Unit::Milliseconds => (value.saturating_mul(1000), false),
                    };
                    (if naive { to_utc(micros) } else { micros }, trimmed)
                });
            }
            DataType::Duration(_) => self.append_integers(column.to_physical_repr().i64()?, rules),
            DataType::Time => {
                for array in column.to_physical_repr().i64()?.downcast_iter() {
                    for nanos in array.iter() {
                        self.push(nanos, |column, &nanos| column.push_text(&time_of_day(nanos), rules));
                    }
                }
            }
            DataType::Null => self.append_nulls(column.len()),
            other => bail!("column {:?} is {}, which cannot become {}", self.name, describe(other), self.kind().name()),
        }
        Ok(())
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
                    for value in array.iter() {
                        self.push(value, |column, &value| column.push_integer(value.into(), rules));
                    }
                    continue;
                }
            }
            self.extend_valid(slice.len());
        }
    }

    fn append_unsigned(&mut self, column: &Column, rules: &Rules) -> Result<()> {
        for array in column.u64()?.downcast_iter() {
            for value in array.iter() {
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
                    self.push_text(&value.to_string(), rules);
                }
            }
        }
        Ok(())
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
                    for value in array.iter() {
                        self.push(value, |column, &value| column.push_float(value.into(), rules));
                    }
                    continue;
                }
            }
            self.extend_valid(slice.len());
        }
    }

    fn append_times(
        &mut self,
        chunk: &ChunkedArray<polars_core::prelude::Int64Type>,
        mut to_micros: impl FnMut(i64) -> (i64, bool),
    ) {
        for array in chunk.downcast_iter() {
            for value in array.iter() {
                let Some(&value) = value else {
                    self.push_null();
                    continue;
                };
                let (micros, trimmed) = to_micros(value);
                self.trimmed += u64::from(trimmed);
                self.push_time(micros);
            }
        }
    }

    fn push<T>(&mut self, value: Option<T>, push: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => push(self, value),
            None => self.push_null(),
        }
    }

    fn push_text(&mut self, text: &str, rules: &Rules) {
        if let Values::Text(codes, words) = &mut self.values {
            codes.push(words.code(text));
            self.extend_valid(1);
            return;
        }
        let field = text.trim().as_bytes();
        if field.is_empty() || values::is_missing(field) {
            return self.push_null();
        }
        let read = match self.kind() {
            Kind::I32 | Kind::I64 => values::integer(field).map(|value| self.push_integer(value, rules)),
            Kind::F32 | Kind::F64 => values::number(field).map(|value| self.push_float(value, rules)),
            Kind::Bool => values::boolean(field).map(|value| self.push_bool(value, rules)),
            Kind::Text | Kind::Time => times::parse(field).map(|time| {
                let micros = if time.zoned { time.micros } else { rules.zone.to_utc()(time.micros) };
                self.push_time(micros);
            }),
        };
        if read.is_none() {
            self.push_unreadable(text);
        }
    }

    fn push_integer(&mut self, value: i64, rules: &Rules) {
        match &mut self.values {
            Values::I32(values) => match i32::try_from(value) {
                Ok(value) => values.push(value),
                Err(_) => return self.push_unreadable(&value.to_string()),
            },
            Values::I64(values) => values.push(value),
            Values::F32(values) => values.push(value as f32),
            Values::F64(values) => values.push(value as f64),
            Values::Bool(_) => return self.push_unreadable(&value.to_string()),
            Values::Text(codes, words) => codes.push(words.code(&value.to_string())),
            Values::Time(values) => {
                let micros = match rules.unit {
                    Some(TimeUnit::Seconds) | None => value.checked_mul(times::SECOND),
                    Some(TimeUnit::Milliseconds) => value.checked_mul(1000),
                    Some(TimeUnit::Microseconds) => Some(value),
                    Some(TimeUnit::Nanoseconds) => Some(value.div_euclid(1000)),
                };
                match micros {
                    Some(micros) => values.push(micros),
                    None => return self.push_unreadable(&value.to_string()),
                }
            }
        }
        self.extend_valid(1);
    }

    fn push_float(&mut self, value: f64, rules: &Rules) {
        let Some(normal) = duotile_core::normal(value) else {
            self.non_finite += 1;
            return self.push_null();
        };
        match &mut self.values {
            Values::F32(values) => values.push(normal as f32),
            Values::F64(values) => values.push(normal),
            Values::Text(codes, words) => codes.push(words.code(&normal.to_string())),
            // Integers and times that were written as decimals.
            _ if normal.fract() == 0.0 && normal.abs() < 9e15 => return self.push_integer(normal as i64, rules),
            _ => return self.push_unreadable(&normal.to_string()),
        }
        self.extend_valid(1);
    }

    fn push_bool(&mut self, value: bool, rules: &Rules) {
        match &mut self.values {
            Values::Bool(bits) => bits.push(value),
            Values::Text(..) => return self.push_text(if value { "true" } else { "false" }, rules),
            _ => return self.push_unreadable(if value { "true" } else { "false" }),
        }
        self.extend_valid(1);
    }

    fn push_time(&mut self, micros: i64) {
        match &mut self.values {
            Values::Time(values) | Values::I64(values) => values.push(micros),
            Values::Text(codes, words) => codes.push(words.code(&times::print(micros))),
            _ => return self.push_unreadable(&times::print(micros)),
        }
        self.extend_valid(1);
    }

    fn push_unreadable(&mut self, text: &str) {
        self.unreadable += 1;
        self.first_unreadable.get_or_insert_with(|| text.to_owned());
        self.push_null();
    }

    fn push_null(&mut self) {
        match &mut self.values {
            Values::I32(values) => values.push(0),
            Values::I64(values) | Values::Time(values) => values.push(0),
            Values::F32(values) => values.push(0.0),
            Values::F64(values) => values.push(0.0),
            Values::Bool(bits) => bits.push(false),
            Values::Text(codes, _) => codes.push(0),
        }
        let len = self.len;
        self.valid.get_or_insert_with(|| MutableBitmap::from_len_set(len)).push(false);
        self.len += 1;
    }

    fn extend_valid(&mut self, rows: usize) {
        if let Some(valid) = &mut self.valid {
            valid.extend_constant(rows, true);
        }
        self.len += rows;
    }

    fn is_valid(&self, row: usize) -> bool {
        self.valid.as_ref().is_none_or(|valid| valid.get(row))
    }

    fn turn_into_text(&mut self) {
        let mut words = Words::new();
        let codes = (0..self.len)
            .map(|row| match &self.values {
                _ if !self.is_valid(row) => 0,
                Values::I32(values) => words.code(&values[row].to_string()),
                Values::I64(values) => words.code(&values[row].to_string()),
                _ => 0,
            })
            .collect();
        self.values = Values::Text(codes, words);
    }

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
        let mut ids: Vec<i64> = order.iter().map(|&row| value(row)).collect();
        if let Some(bad) = ids.iter().find(|id| !(0..=duotile_core::MAX_EXACT).contains(id)) {
            return Err(format!("has the value {bad}, outside 0…2⁵³−1"));
        }
        ids.sort_unstable();
        match ids.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("has the value {} more than once", pair[0])),
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

/// Nanoseconds since midnight as text.
fn time_of_day(nanos: i64) -> String {
    let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { text } else { format!("{text}.{}", format!("{fraction:09}").trim_end_matches('0')) }
}
