//! Chunks of a column, as Polars gives them, are gathered into one buffer of the type it becomes, then put in order.
//!
//! Whatever cannot be kept is counted: nothing is lost silently. Floats leave here finite and without −0.0.

mod chunks;
mod order;
mod settle;
mod views;

use super::{days::Days, numbers, reader::room, spelling::Spelling, values, words::Words, zone::Zone};
use crate::kind::Kind;
use crate::read::TimeUnit;
use duotile_core::time::{self, Written};
use polars_arrow::bitmap::MutableBitmap;
use polars_core::prelude::TimeUnit as Unit;
pub(super) use settle::settle;

/// How values are read that can be read in several ways.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub zone: Zone,
    /// When dates begin.
    pub days: Days,
    /// What numbers count where they become times beside others that are; if it was not said, they are none.
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
    /// How its texts are read, in the file that is being read.
    pub spelling: Spelling,
    /// What its durations count, whatever they do in the file that is being read.
    pub duration: Option<Unit>,
    /// Words for no value, and the first of them.
    pub missing: u64,
    pub first_missing: Option<String>,
    /// Which pair of words for true and false its texts have.
    truths: Option<usize>,
    /// Values there are.
    pub present: u64,
    /// Values that could not be read as what the column becomes, and the first of them.
    pub unreadable: u64,
    pub examples: Vec<String>,
    /// Times with a part below the microsecond.
    pub trimmed: u64,
    /// Whole numbers of which digits are lost among floats, and the first.
    pub rounded: u64,
    pub first_rounded: Option<String>,
    /// Whether integers too large for 64 bits turned it into text.
    pub overflowed: bool,
    /// Smallest and largest number of what was taken away, without what stands behind their points.
    range: Option<(i64, i64)>,
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
        Self {
            name: name.to_owned(),
            values: Values::new(kind, rows),
            valid: None,
            len: 0,
            non_finite: 0,
            spelling: Spelling::default(),
            duration: None,
            missing: 0,
            first_missing: None,
            truths: None,
            present: 0,
            unreadable: 0,
            examples: Vec::new(),
            trimmed: 0,
            rounded: 0,
            first_rounded: None,
            overflowed: false,
            range: None,
        }
    }

    /// The same where durations count this, whatever they do in a file.
    pub const fn counting(mut self, duration: Option<Unit>) -> Self {
        self.duration = duration;
        self
    }

    /// Takes away what was gathered. The column is empty then, with room for as much again, but keeps what it counted and
    /// what it has become.
    pub fn take(&mut self) -> Self {
        self.range = self.whole_range();
        let len = std::mem::take(&mut self.len);
        let empty = Values::new(self.kind(), len);
        let values = std::mem::replace(&mut self.values, empty);
        Self { values, valid: self.valid.take(), len, ..Self::new(&self.name, Kind::Bool, 0) }
    }

    /// Bytes of what was gathered.
    pub fn size(&self) -> usize {
        let values = match &self.values {
            Values::I32(_) | Values::F32(_) => self.len * 4,
            Values::I64(_) | Values::F64(_) | Values::Time(_) => self.len * 8,
            Values::Bool(_) => self.len.div_ceil(8),
            Values::Text(_, words) => self.len * 4 + words.size(),
        };
        values + self.valid.as_ref().map_or(0, |_| self.len.div_ceil(8))
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
        let trimmed = text.trim();
        let field = trimmed.as_bytes();
        if field.is_empty() {
            return self.push_null();
        }
        if values::is_missing(field) {
            self.missing += 1;
            self.first_missing.get_or_insert_with(|| trimmed.to_owned());
            return self.push_null();
        }
        let read = match self.kind() {
            Kind::I32 | Kind::I64 => match self.spelling.integer(field) {
                Some(value) => {
                    self.push_integer(value, rules);
                    Some(())
                }
                None => self.spelling.number(field).map(|value| self.push_float(value, rules)),
            },
            // All whole numbers of fewer digits are doubles.
            Kind::F64 if field.len() > 15 && numbers::integer(field).is_some() => {
                numbers::integer(field).map(|value| self.push_integer(value, rules))
            }
            Kind::F32 | Kind::F64 => self.spelling.number(field).map(|value| self.push_float(value, rules)),
            Kind::Bool => self.truth(field).map(|value| self.push_bool(value, rules)),
            Kind::Text | Kind::Time => match (self.spelling.time(field), rules.unit) {
                (Some(written), _) => {
                    self.trimmed += u64::from(values::is_finer(field));
                    match written {
                        // No day of a text is beyond what can be told.
                        Written::Date(day) => self.push_time(rules.days.begin()(day.into()).unwrap_or_default()),
                        Written::Clock(..) => {
                            let micros = written.first(|shown| self.spelling.to_utc(shown, &rules.zone));
                            self.push_time(micros);
                        }
                    }
                    Some(())
                }
                (None, Some(_)) if self.spelling.format.is_none() => match numbers::integer(field) {
                    Some(value) => {
                        self.push_integer(value, rules);
                        Some(())
                    }
                    None => numbers::float(field, false).map(|value| self.push_float(value, rules)),
                },
                _ => None,
            },
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
            Values::F64(values) => {
                values.push(value as f64);
                if value as f64 as i128 != i128::from(value) {
                    self.see_rounded(&value.to_string());
                }
            }
            Values::Bool(_) => match self.truth(value.to_string().as_bytes()) {
                Some(value) => return self.push_bool(value, rules),
                None => return self.push_unreadable(&value.to_string()),
            },
            Values::Text(codes, words) => codes.push(words.code(&value.to_string())),
            Values::Time(_) if self.spelling.format.is_some() => return self.push_text(&value.to_string(), rules),
            Values::Time(values) => match rules.unit.and_then(|unit| unit.micros(value)) {
                Some(micros) => values.push(micros),
                None => return self.push_unreadable(&value.to_string()),
            },
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
            Values::Time(values) if normal.fract() != 0.0 && rules.unit.is_some() => {
                match rules.unit.and_then(|unit| unit.nearest_micros(normal)) {
                    Some(micros) => values.push(micros),
                    None => return self.push_unreadable(&normal.to_string()),
                }
            }
            // Integers and times that were written as decimals.
            _ if normal.fract() == 0.0 && normal.abs() < 9e15 => return self.push_integer(normal as i64, rules),
            _ => return self.push_unreadable(&normal.to_string()),
        }
        self.extend_valid(1);
    }

    /// A word for true or false, of the pair that the first was of.
    fn truth(&mut self, field: &[u8]) -> Option<bool> {
        let (pair, value) = values::truth(field)?;
        (*self.truths.get_or_insert(pair) == pair).then_some(value)
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
            Values::Text(codes, words) => codes.push(words.code(&time::print(micros))),
            _ => return self.push_unreadable(&time::print(micros)),
        }
        self.extend_valid(1);
    }

    fn push_unreadable(&mut self, text: &str) {
        /// Values shown of those that do not fit.
        const SHOWN: usize = 3;
        self.unreadable += 1;
        if self.examples.len() < SHOWN && !self.examples.iter().any(|known| known == text) {
            self.examples.push(text.chars().take(60).collect());
        }
        self.push_null();
    }

    fn see_rounded(&mut self, text: &str) {
        self.rounded += 1;
        self.first_rounded.get_or_insert_with(|| text.to_owned());
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
        self.present += rows as u64;
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
}

impl Values {
    fn new(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::I32 => Self::I32(room(rows)),
            Kind::I64 => Self::I64(room(rows)),
            Kind::F32 => Self::F32(room(rows)),
            Kind::F64 => Self::F64(room(rows)),
            Kind::Bool => Self::Bool(MutableBitmap::new()),
            Kind::Text => Self::Text(room(rows), Words::new()),
            Kind::Time => Self::Time(room(rows)),
        }
    }
}

impl TimeUnit {
    /// Microseconds of so many of it; `None` where 64 bits do not hold them.
    fn micros(self, value: i64) -> Option<i64> {
        match self {
            Self::Seconds => value.checked_mul(time::SECOND),
            Self::Milliseconds => value.checked_mul(1000),
            Self::Microseconds => Some(value),
            Self::Nanoseconds => Some(value.div_euclid(1000)),
        }
    }

    /// The nearest microsecond to so many of it with a fraction.
    fn nearest_micros(self, value: f64) -> Option<i64> {
        let micros = match self {
            Self::Seconds => value * time::SECOND as f64,
            Self::Milliseconds => value * 1000.0,
            Self::Microseconds => value,
            Self::Nanoseconds => value / 1000.0,
        };
        (micros.abs() < i64::MAX as f64).then(|| micros.round() as i64)
    }
}
