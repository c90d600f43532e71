//! Columns made of columns: formulas and a table enter, a column more for each leaves.
//!
//! Core says what a formula gives; what is added is only that blocks of rows are done at once.

use super::{
    dataset::{Dataset, Loaded},
    kind::Data,
};
use crate::{bits::Bits, read::Progress, source::zones};
use anyhow::{Error, anyhow};
use duotile_core::{Let, Made, MadeValues, QueryError, Stopped, Table, Work};
use rayon::prelude::*;

/// Rows in a block: whole bytes of bits.
const BLOCK: usize = 1 << 16;
/// What a value costs beside its formula, in looks at rows: what is known of the column is found out.
const FACTS: usize = 8;

/// A column for good: as it was said, a name, `=` and a formula; and what that means.
pub(crate) struct NewColumn<'t> {
    text: &'t str,
    pub made: Let,
}

impl<'t> NewColumn<'t> {
    /// Reads all of them, by the clock of a dataset.
    ///
    /// # Errors
    /// For what is no formula.
    pub fn all(texts: &'t [String], zone: Option<&str>) -> anyhow::Result<Vec<Self>> {
        let read = |text: &'t String| {
            let made = Let::parse(text).map_err(|error| told(text, &error))?.in_zone(zone);
            Ok(Self { text, made })
        };
        texts.iter().map(read).collect()
    }

    /// Its values for the rows of a table.
    ///
    /// # Errors
    /// For a formula that does not fit, and a name that is taken.
    pub fn values(&self, table: Table<'_>, keys: &[u64]) -> anyhow::Result<Loaded> {
        values(&self.made, table, keys, &Work::free()).map_err(|error| self.told(&error))
    }

    /// Says of it what it is.
    pub fn line(&self) -> String {
        format!("the column {} is {}", self.made.name, self.made.term)
    }

    fn told(&self, error: &QueryError) -> Error {
        told(self.text, error)
    }
}

fn told(text: &str, error: &QueryError) -> Error {
    match &error.hint {
        Some(hint) => anyhow!("--column '{text}': {} ({hint})", error.message),
        None => anyhow!("--column '{text}': {}", error.message),
    }
}

impl Dataset {
    /// The same with columns that a query makes.
    ///
    /// # Errors
    /// For a formula that does not fit, and a name that is taken; when nobody waits for it any more, or it costs too much.
    pub fn with_made(&self, lets: &[Let], work: &Work<'_>) -> Result<Self, QueryError> {
        let made = lets.iter().map(|made| self.with_points(|points| values(made, *points, points.keys(), work)));
        self.and(made.collect::<Result<_, _>>()?, work)
    }

    /// The same with columns for good, each a name, `=` and a formula.
    ///
    /// # Errors
    /// For what is no formula or does not fit.
    pub fn with_columns(self, texts: &[String], progress: &dyn Progress) -> anyhow::Result<Self> {
        if texts.is_empty() {
            return Ok(self);
        }
        let columns = NewColumn::all(texts, self.zone())?;
        progress.stage("making columns", None);
        let mut dataset = self;
        // One after the other, so that a formula may speak of those before it.
        for column in &columns {
            let values = dataset.with_points(|points| column.values(*points, points.keys()))?;
            dataset = dataset.and(vec![values], &Work::free()).map_err(|error| column.told(&error))?;
        }
        let lines: Vec<String> = columns.iter().map(NewColumn::line).collect();
        lines.iter().for_each(|line| progress.line(line));
        let version = format!("{:08x}", crc32fast::hash(texts.join("\n").as_bytes()));
        Ok(dataset.settled(&version, lines.into_iter()))
    }
}

/// The values of a column for the rows of a table, whose keys these are.
fn values(made: &Let, table: Table<'_>, keys: &[u64], work: &Work<'_>) -> Result<Loaded, QueryError> {
    let rows = keys.len();
    let given_up = |stopped: Stopped| {
        QueryError::new("let", format!("the column {} was given up: {stopped}", made.name)).because(stopped)
    };
    let zones = made.clocks(table.columns(), zones::clock);
    let formula = made.fit(&table.with_zones(&zones), work)?;
    work.affords(rows as u64 * (FACTS + formula.price()) as u64).map_err(given_up)?;
    let blocks = (0..rows.div_ceil(BLOCK).max(1)).into_par_iter().map(|block| {
        let run = block * BLOCK..rows.min((block + 1) * BLOCK);
        work.pay(run.len() * FACTS)?;
        formula.values(&table, keys, run, work)
    });
    let blocks: Vec<Made> = blocks.collect::<Result<_, _>>().map_err(given_up)?;
    let whole = blocks.into_iter().reduce(|mut all, next| {
        all.append(next);
        all
    });
    let whole = whole.ok_or_else(|| QueryError::new("let", "no rows were looked at"))?;
    Ok(loaded(made.name.clone(), whole, rows))
}

fn loaded(name: String, made: Made, rows: usize) -> Loaded {
    let full = made.is_full();
    let data = match made.values {
        MadeValues::Integers(values) => Data::I64(values.into()),
        MadeValues::Floats(values) => Data::F64(values.into()),
        MadeValues::Times(values) => Data::Time(values.into()),
        MadeValues::Booleans(bytes, len) => Data::Bool(Bits::Mapped(bytes.into(), len)),
    };
    Loaded { name, data, valid: (!full).then(|| Bits::Mapped(made.valid.into(), rows)) }
}
