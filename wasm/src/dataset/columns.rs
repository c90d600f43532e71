//! Columns as they are given, and as they are held: every kind that core knows, in Morton order.

use super::{
    Dataset,
    bad::BadInput,
    order::{Order, bit},
};
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use duotile_core::{Bits, Codes, Column, Dictionary, Facts, Values, normal};

/// Values of a column as they are given: one for each position, in the order of these.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// 32-bit integers.
    I32(&'a [i32]),
    /// 64-bit integers.
    I64(&'a [i64]),
    /// Single floats. NaN and the infinities are nulls.
    F32(&'a [f32]),
    /// Double floats. NaN and the infinities are nulls.
    F64(&'a [f64]),
    /// Truth values, a bit each, least significant first.
    Bool(&'a [u8]),
    /// Microseconds since 1970 UTC.
    Time(&'a [i64]),
    /// Texts: codes into `words`, which may be in any order and repeat. A code beyond them is a null.
    Text {
        /// A code for each position.
        codes: &'a [u32],
        /// The words.
        words: Words<'a>,
    },
}

/// Words as Arrow has them: UTF-8, and where each begins and ends.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The text of all of them.
    pub bytes: &'a [u8],
    /// One more than there are words, ascending; none at all for no words.
    pub offsets: &'a [u32],
}

/// A column: what stands where `valid` is unset is never looked at.
#[derive(Debug)]
pub(super) struct Stored {
    pub name: String,
    pub values: Owned,
    pub valid: Option<Vec<u8>>,
    /// Of the rows that are held.
    pub held: Facts,
    /// Of the full dataset, where these are some of its rows.
    pub full: Option<Facts>,
}

#[derive(Debug)]
pub(super) enum Owned {
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Bool(Vec<u8>, usize),
    Time(Vec<i64>),
    Text8(Vec<u8>, Dictionary),
    Text16(Vec<u16>, Dictionary),
    Text32(Vec<u32>, Dictionary),
}

impl Dataset {
    /// Adds a column. `valid` is an Arrow validity bitmap over the given positions, a bit set where there is a value.
    ///
    /// # Errors
    /// [`BadInput`] when a length is not that of the positions, the name is taken, or words make no dictionary.
    pub fn add(&mut self, name: &str, given: Given<'_>, valid: Option<&[u8]>) -> Result<(), BadInput> {
        let expected = self.order.given;
        let length = |what, got| BadInput::Length { name: name.into(), what, got, expected };
        if self.columns.iter().any(|column| column.name == name) {
            return Err(BadInput::Taken(name.into()));
        }
        if given.len().is_some_and(|len| len != expected) {
            return Err(length("values", given.len().unwrap_or(0)));
        }
        if let Given::Bool(bits) = given
            && bits.len() * 8 < expected
        {
            return Err(length("bits of values", bits.len() * 8));
        }
        if let Some(bits) = valid
            && bits.len() * 8 < expected
        {
            return Err(length("bits of validity", bits.len() * 8));
        }
        let (values, valid) = Owned::of(&self.order, name, given, valid)?;
        let held = Facts::of(values.view(), valid.as_deref());
        self.columns.push(Stored { name: name.into(), values, valid, held, full: None });
        // A plan made before may now mean something else.
        self.recent.clear();
        Ok(())
    }
}

impl Given<'_> {
    /// Values; `None` for bits, which are only known to be enough.
    const fn len(&self) -> Option<usize> {
        Some(match self {
            Self::I32(values) => values.len(),
            Self::I64(values) | Self::Time(values) => values.len(),
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::Text { codes, .. } => codes.len(),
            Self::Bool(_) => return None,
        })
    }
}

impl Owned {
    /// Values in the order of the points, and which of these have one.
    fn of(
        order: &Order,
        name: &str,
        given: Given<'_>,
        valid: Option<&[u8]>,
    ) -> Result<(Self, Option<Vec<u8>>), BadInput> {
        let present = |row: usize| valid.is_none_or(|valid| bit(valid, row));
        let (values, valid) = match given {
            Given::I32(values) => (Self::I32(order.gather(|row| values[row])?), order.bits(&present)?),
            Given::I64(values) => (Self::I64(order.gather(|row| values[row])?), order.bits(&present)?),
            Given::Time(values) => (Self::Time(order.gather(|row| values[row])?), order.bits(&present)?),
            Given::Bool(bits) => {
                (Self::Bool(order.bits(&|row| bit(bits, row))?, order.keys.len()), order.bits(&present)?)
            }
            Given::F32(values) => {
                let finite = |row: usize| present(row) && values[row].is_finite();
                let normal = |row: usize| normal(values[row].into()).unwrap_or_default() as f32;
                (Self::F32(order.gather(normal)?), order.bits(&finite)?)
            }
            Given::F64(values) => {
                let finite = |row: usize| present(row) && values[row].is_finite();
                let normal = |row: usize| normal(values[row]).unwrap_or_default();
                (Self::F64(order.gather(normal)?), order.bits(&finite)?)
            }
            Given::Text { codes, words } => {
                let words = words.read(name)?;
                let (places, words) = dictionary(name, &words)?;
                let code = |row: usize| places.get(codes[row] as usize).copied().unwrap_or_default();
                let known = |row: usize| present(row) && (codes[row] as usize) < places.len();
                let valid = order.bits(&known)?;
                // As narrow as the words allow.
                let codes = match Codes::width(words.len()) {
                    1 => Self::Text8(order.gather(|row| code(row) as u8)?, words),
                    2 => Self::Text16(order.gather(|row| code(row) as u16)?, words),
                    _ => Self::Text32(order.gather(code)?, words),
                };
                (codes, valid)
            }
        };
        let full = valid.iter().map(|byte| byte.count_ones() as usize).sum::<usize>() == order.keys.len();
        Ok((values, Some(valid).filter(|_| !full)))
    }

    pub fn view(&self) -> Values<'_> {
        match self {
            Self::I32(values) => Values::I32(values),
            Self::I64(values) => Values::I64(values),
            Self::F32(values) => Values::F32(values),
            Self::F64(values) => Values::F64(values),
            Self::Bool(bytes, len) => Values::Bool(Bits { bytes, len: *len }),
            Self::Time(values) => Values::Time(values),
            Self::Text8(codes, words) => Values::Text(Codes::U8(codes), words),
            Self::Text16(codes, words) => Values::Text(Codes::U16(codes), words),
            Self::Text32(codes, words) => Values::Text(Codes::U32(codes), words),
        }
    }
}

impl Stored {
    /// As core sees it. It fits by construction.
    pub fn column(&self) -> Result<Column<'_>, BadInput> {
        let facts = self.full.as_ref().unwrap_or(&self.held);
        Column::new(&self.name, self.values.view(), self.valid.as_deref(), facts)
            .map_err(|error| BadInput::column(&self.name, error.to_string()))
    }
}

impl<'a> Words<'a> {
    /// The words as texts, in the order in which they are given.
    fn read(self, name: &str) -> Result<Vec<&'a str>, BadInput> {
        let Self { bytes, offsets } = self;
        offsets
            .windows(2)
            .enumerate()
            .map(|(word, ends)| {
                let text = bytes.get(ends[0] as usize..ends[1] as usize).ok_or_else(|| {
                    let (first, last, len) = (ends[0], ends[1], bytes.len());
                    let what =
                        format!("word {word} lies at {first}..{last} of {len} bytes, expected ascending offsets");
                    BadInput::column(name, what)
                })?;
                core::str::from_utf8(text)
                    .map_err(|_| BadInput::column(name, format!("word {word} is not UTF-8, expected UTF-8")))
            })
            .collect()
    }
}

/// The dictionary of some words, and the code of each of them in it.
fn dictionary(name: &str, words: &[&str]) -> Result<(Vec<u32>, Dictionary), BadInput> {
    let mut sorted = words.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let places = words.iter().map(|word| sorted.partition_point(|other| other < word) as u32).collect();
    let words = Dictionary::new(sorted).map_err(|error| BadInput::column(name, error.to_string()))?;
    Ok((places, words))
}
