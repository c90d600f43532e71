//! Rows of a tile: fetched as they are, and cut as those of a file.

use super::{binary::Binary, columns::Column, place::KEY};
use crate::{
    bits::Bits,
    dataset::{Known, Loaded, Parts},
    kind::{Data, Kind},
    source::points::Dataset,
};
use anyhow::{Result, anyhow};
use duotile_core::{Dictionary, Facts, Landmarks, Points, Roles, Values};

/// What rows are numbered by, which says which of them stay where there are too many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Numbers(String);

impl Numbers {
    /// By their ids where they have such, which are from 0 on; else by all that they hold.
    pub fn of(columns: &[Column], id: Option<(usize, u64)>) -> Self {
        Self(match id.and_then(|(at, most)| Some((columns.get(at)?, most))) {
            Some((column, most)) if u32::try_from(most).is_ok() => format!("toUInt64({})", column.raw()),
            Some((column, _)) => {
                let id = format!("toUInt64({})", column.raw());
                format!("bitAnd(bitXor({id}, bitShiftRight({id}, 32)), 4294967295)")
            }
            None => {
                let all: Vec<String> = columns.iter().map(|column| format!(", {}", column.raw())).collect();
                format!("bitAnd(sipHash64({KEY}{}), 4294967295)", all.concat())
            }
        })
    }

    /// Whether the scrambled number of a row is below a bound: what core's `scramble` does.
    pub fn below(&self, bound: u64) -> String {
        let number = &self.0;
        let low = |value: String| format!("bitAnd({value}, 4294967295)");
        let mixed = |h: &str, by: u32, factor: u64| low(format!("bitXor({h}, bitShiftRight({h}, {by})) * {factor}"));
        let first = format!("bitXor({number}, 2654435769)");
        let second = mixed(&first, 16, 0x85eb_ca6b);
        let third = mixed(&second, 13, 0xc2b2_ae35);
        format!("bitXor({third}, bitShiftRight({third}, 16)) < {bound}")
    }
}

/// What is asked of each row: its key, its number, and of each column that is wanted whether there is a value, and which.
pub(super) fn asked(columns: &[Column], wanted: &[usize], numbers: &Numbers) -> Vec<String> {
    let mut told = vec![format!("{KEY} AS `key`"), format!("{} AS `number`", numbers.0)];
    for column in wanted.iter().filter_map(|&at| columns.get(at)) {
        let value = column.value();
        let value = if column.kind == Kind::Bool { format!("toUInt8({value})") } else { value };
        told.extend([format!("toUInt8({})", column.present()), format!("assumeNotNull({value})")]);
    }
    told
}

/// Rows that were fetched.
#[derive(Debug)]
pub(crate) struct Rows {
    keys: Vec<u64>,
    numbers: Vec<u32>,
    columns: Vec<Loaded>,
    roles: Roles,
}

/// A column that is being read.
enum Reading {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Truths(Vec<bool>),
    Texts(Vec<String>),
}

impl Rows {
    /// Reads the answer. Columns that were not wanted hold nothing that is looked at. With `known`, texts have the codes that they have
    /// there.
    pub(super) fn read(
        answer: &[u8],
        columns: &[Column],
        wanted: &[usize],
        (roles, known): (Roles, Option<&[duotile_core::Column<'_>]>),
    ) -> Result<Self> {
        let mut row = Binary(answer);
        let (mut keys, mut numbers) = (Vec::new(), Vec::new());
        let reading = |at: &usize| match columns[*at].kind {
            Kind::I32 | Kind::I64 | Kind::Time => Reading::Integers(Vec::new()),
            Kind::F32 | Kind::F64 => Reading::Floats(Vec::new()),
            Kind::Bool => Reading::Truths(Vec::new()),
            Kind::Text => Reading::Texts(Vec::new()),
        };
        let mut read: Vec<(Vec<bool>, Reading)> = wanted.iter().map(|at| (Vec::new(), reading(at))).collect();
        while !row.is_empty() {
            keys.push(row.unsigned()?);
            numbers.push(row.unsigned()? as u32);
            for (valid, reading) in &mut read {
                valid.push(row.truth()?);
                match reading {
                    Reading::Integers(all) => all.push(row.integer()?),
                    Reading::Floats(all) => all.push(row.float()?),
                    Reading::Truths(all) => all.push(row.truth()?),
                    Reading::Texts(all) => all.push(row.text()?),
                }
            }
        }
        let mut read = wanted.iter().zip(read).peekable();
        let words = |at: usize| match known?.get(at)?.values {
            Values::Text(_, words) => Some(words),
            _ => None,
        };
        let columns = columns.iter().enumerate().map(|(at, column)| {
            let name = column.name.clone();
            let Some((_, (valid, reading))) = read.next_if(|(wanted, _)| **wanted == at) else {
                let data = Data::Bool(vec![false; keys.len()].into_iter().collect::<Bits>());
                return Ok(Loaded { name, data, valid: None });
            };
            let valid: Option<Bits> = valid.contains(&false).then(|| valid.into_iter().collect());
            Ok(Loaded { name, data: data(column.kind, reading, (words(at), valid.as_ref()))?, valid })
        });
        let columns = columns.collect::<Result<_>>()?;
        Ok(Self { keys, numbers, columns, roles })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Calls `f` with them as core has them, with what is known of all rows of their dataset.
    pub fn with_points<R>(&self, schema: &Dataset, f: impl FnOnce(Points<'_>) -> R) -> Result<R> {
        let known = schema.columns();
        let columns = self.columns.iter().zip(&known).map(|(loaded, known)| {
            Ok(duotile_core::Column::new(&loaded.name, loaded.data.values(), loaded.valid(), known.facts)?)
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let points = Points::new(schema.name(), &self.keys, &self.numbers, &columns, self.roles)?;
        Ok(f(points.without_numbers()))
    }
}

impl Rows {
    /// A dataset of just these, of which is known what is known of all.
    pub(super) fn into_dataset(self, schema: &Dataset) -> Result<Dataset> {
        let Self { keys, numbers, columns, roles } = self;
        let facts: Vec<Facts> = schema.columns().iter().map(|column| column.facts.clone()).collect();
        let known = Known {
            summaries: vec![None; facts.len()],
            facts,
            bounds: schema.bounds(),
            focus: schema.focus(),
            landmarks: Landmarks::build(&keys).into(),
        };
        let dataset = Dataset::new(Parts {
            name: schema.name().into(),
            title: schema.title().map(Into::into),
            attribution: schema.attribution().map(Into::into),
            version: schema.version().into(),
            zone: schema.zone().map(Into::into),
            keys: keys.into(),
            rows: numbers.into(),
            columns,
            outlines: None,
            roles,
            report: schema.report().clone(),
            known: Some(known),
            ground: None,
        })?;
        Ok(dataset.without_numbers())
    }
}

/// The values of a column, as datasets have them.
fn data(kind: Kind, reading: Reading, (known, valid): (Option<&Dictionary>, Option<&Bits>)) -> Result<Data> {
    Ok(match (reading, kind) {
        (Reading::Integers(all), Kind::I32) => Data::I32(all.into_iter().map(|value| value as i32).collect()),
        (Reading::Integers(all), Kind::Time) => Data::Time(all.into()),
        (Reading::Integers(all), _) => Data::I64(all.into()),
        (Reading::Floats(all), Kind::F32) => Data::F32(all.into_iter().map(|value| value as f32).collect()),
        (Reading::Floats(all), _) => Data::F64(all.into()),
        (Reading::Truths(all), _) => Data::Bool(all.into_iter().collect()),
        (Reading::Texts(all), _) if let Some(words) = known => {
            let code = |(row, text): (usize, String)| match words.code(&text) {
                Ok(code) => Ok(code as u32),
                Err(_) if valid.is_some_and(|valid| !valid.get(row)) => Ok(0),
                Err(_) => Err(anyhow!("a text that was not there when it was looked at")),
            };
            let codes = all.into_iter().enumerate().map(code).collect::<Result<Vec<_>>>()?;
            Data::texts(codes.into_iter(), words.clone())
        }
        (Reading::Texts(all), _) => {
            let mut sorted: Vec<&str> = all.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            sorted.dedup();
            let words = Dictionary::new(sorted).unwrap_or_default();
            let codes = all.iter().map(|text| words.code(text).unwrap_or(0) as u32);
            Data::texts(codes.collect::<Vec<_>>().into_iter(), words)
        }
    })
}
