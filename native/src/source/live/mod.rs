//! Tables of `ClickHouse` that are not fetched: each tile is asked for when somebody wants it, grouped there and written here.
//!
//! What is known of all rows is taken once for each version, as a [`Dataset`] without rows: queries are fitted to it as to any other.
//! Then cells are [grouped](cells) by the database, and where few rows are in a tile these are [fetched](rows); core makes of both the
//! bytes that a file with these rows would give. Nothing of a request is ever part of a statement but names of columns that the table
//! has: every value is [bound](values).

mod binary;
mod bring;
mod cells;
mod columns;
mod crowds;
mod facts;
mod filter;
mod limbs;
mod open;
mod place;
mod rows;
mod stats;
mod tile;
mod values;

pub(crate) use bring::Brought;

use super::{
    points::Dataset,
    remote::{Address, clickhouse},
};
use crate::engine::Refusal;
use bytes::Bytes;
use columns::Column;
use duotile_core::{Facts, Plan, Roles, Scalar};
use limbs::Limbs;
use place::{KEY, Place};
use rows::Numbers;
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use values::Values;

/// Statements at once.
const AT_ONCE: usize = 8;
/// How long a statement may wait for its turn, and then take.
const TURN: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(30);
/// Bytes of an answer.
const MOST: usize = 256 << 20;

/// A table that is asked live.
#[derive(Debug)]
pub struct Live {
    address: Address,
    /// How often it is asked whether its rows changed.
    every: Duration,
    /// Its columns and what is known of them, without rows.
    schema: Arc<Dataset>,
    rows: u64,
    from: String,
    place: Place,
    columns: Vec<Column>,
    limbs: Vec<Option<Limbs>>,
    /// For each column whether its integers can be added up in 64 bits.
    short: Vec<bool>,
    numbers: Numbers,
    seats: Semaphore,
}

impl Live {
    /// Its columns and what is known of them, as a dataset without rows.
    #[must_use]
    pub const fn schema(&self) -> &Arc<Dataset> {
        &self.schema
    }

    /// Rows, when they were last looked at.
    #[must_use]
    pub fn len(&self) -> usize {
        usize::try_from(self.rows).unwrap_or(usize::MAX)
    }

    /// Whether there were none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How often it is asked whether its rows changed: for so long a tile may be older than they are.
    #[must_use]
    pub const fn every(&self) -> Duration {
        self.every
    }

    /// The rows that pass a plan's filter, as a condition.
    fn passing(&self, plan: &Plan, values: &mut Values) -> Result<String, Refusal> {
        let Some(passes) = plan.filter() else { return Ok("1".into()) };
        let known = self.schema.columns();
        filter::condition(passes, &filter::Of { columns: &self.columns, known: &known }, values)
    }

    /// Asks for something of the rows that meet all of some conditions.
    async fn ask(&self, told: &[String], conditions: &[&str], tail: &str, values: &Values) -> Result<Bytes, Refusal> {
        self.answer(&self.statement(told, conditions, tail), values).await
    }

    /// Asks for something of what another question gives.
    async fn ask_of(
        &self,
        told: &[String],
        (inner, conditions, tail): (&[String], &[&str], &str),
        values: &Values,
    ) -> Result<Bytes, Refusal> {
        let inner = self.statement(inner, conditions, tail);
        self.answer(&format!("SELECT {} FROM ({inner})", told.join(", ")), values).await
    }

    async fn answer(&self, statement: &str, values: &Values) -> Result<Bytes, Refusal> {
        let statement = format!("{statement} FORMAT RowBinary");
        let turn = tokio::time::timeout(TURN, self.seats.acquire()).await;
        let _turn = turn.map_err(|_| Refusal::Late)?.map_err(|closed| Refusal::failed(&closed))?;
        let answer = clickhouse::bytes(&self.address, &statement, &values.0, (ANSWER, MOST)).await;
        answer.map_err(|error| self.refused(&error))
    }

    fn statement(&self, told: &[String], conditions: &[&str], tail: &str) -> String {
        let valid = self.place.valid();
        let all: Vec<&str> = std::iter::once(valid.as_str())
            .chain(conditions.iter().copied())
            .filter(|condition| *condition != "1")
            .collect();
        let all = if all.is_empty() { "1".into() } else { all.join(" AND ") };
        let (key, told) = (self.place.key(), told.join(", "));
        format!("WITH {key} AS {KEY} SELECT {told} FROM {} WHERE {all} {tail}", self.from)
    }

    /// Why a database did not answer, for the log; and in a sentence for who asked.
    fn refused(&self, error: &anyhow::Error) -> Refusal {
        let name = self.schema.name();
        tracing::warn!("{name}: {}: {error:#}", self.address);
        match clickhouse::code(error) {
            Some(158 | 307 | 396) => Refusal::Over(format!(
                "the answer takes more rows of {name} than may be read at once; zoom in, or filter"
            )),
            Some(159 | 160 | 209) => Refusal::Away(format!("the database of {name} takes too long for this answer")),
            Some(202 | 241) => Refusal::Away(format!("the database of {name} has too much to do")),
            Some(_) => {
                Refusal::Wrong(format!("the database of {name} does not answer as it did when it was looked at"))
            }
            None => Refusal::Away(format!("the database of {name} does not answer")),
        }
    }

    /// What came was not as it should be: rows came since they were looked at.
    fn changed(&self, error: &anyhow::Error) -> Refusal {
        let name = self.schema.name();
        tracing::warn!("{name}: {}: {error:#}", self.address);
        Refusal::Away(format!("the rows of {name} changed, and are being looked at"))
    }

    fn roles(&self) -> Roles {
        self.schema.roles()
    }
}

/// Whether integers of a column can be added up in 64 bits, however they are chosen.
fn is_short(facts: &Facts) -> bool {
    let magnitude = match facts.range {
        Some((Scalar::Integer(low), Scalar::Integer(high)) | (Scalar::Time(low), Scalar::Time(high))) => {
            low.unsigned_abs().max(high.unsigned_abs())
        }
        Some((Scalar::Boolean(_), _)) | None => 1,
        // Not added up.
        Some(_) => return false,
    };
    // Rows may come before they are looked at again: room for as many once more.
    u128::from(magnitude) * u128::from(facts.present) * 2 < 1 << 63
}
