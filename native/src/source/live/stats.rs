//! What is told of all rows that pass a query: what columns hold, and what the cells of a zoom carry.

use super::{Live, binary::Binary, facts, values::Values};
use crate::engine::Refusal;
use anyhow::Result;
use duotile_core::{Dictionary, Facts, Given, Plan, TileId, Values as CoreValues};
use std::collections::BTreeMap;

/// Numbers that the cells of a zoom may carry together, for it to be told; the first is told in any case.
const NUMBERS: usize = 1 << 19;

impl Live {
    /// How many rows pass, and what is known of some columns over these.
    ///
    /// # Errors
    /// For a filter that is not asked of a database, or when that does not answer.
    pub(crate) async fn facts(&self, plan: &Plan, wanted: &[usize]) -> Result<(u64, BTreeMap<usize, Facts>), Refusal> {
        let known = self.schema.columns();
        if plan.filter().is_none() {
            let all = wanted.iter().filter_map(|&at| Some((at, known.get(at)?.facts.clone())));
            return Ok((self.rows, all.collect()));
        }
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let mut told = vec!["count()".into()];
        let columns = || wanted.iter().filter_map(|&at| Some((at, self.columns.get(at)?)));
        columns().for_each(|(_, column)| facts::ask(column, &mut told));
        let answer = self.ask(&told, &[&passing], "", &values).await?;
        let mut row = Binary(&answer);
        let rows = row.unsigned().map_err(|error| self.changed(&error))?;
        let mut all = BTreeMap::new();
        for (at, column) in columns() {
            let told = facts::told(&mut row, column).map_err(|error| self.changed(&error))?;
            let own = if let Some(facts) = told.facts {
                facts
            } else {
                let (told, tail) = facts::counted(column);
                let answer = self.ask(&told, &[&passing, &column.present()], &tail, &values).await?;
                let words = known.get(at).and_then(|column| words(&column.values));
                counted(&answer, words).map_err(|error| self.changed(&error))?
            };
            all.insert(at, own);
        }
        Ok((rows, all))
    }

    /// All cells of a zoom, unless they are too many.
    ///
    /// # Errors
    /// For what is not asked of a database, or when that does not answer.
    pub(crate) async fn world(&self, plan: &Plan, z: u8) -> Result<Option<Given>, Refusal> {
        let most = if z == 0 { usize::MAX } else { NUMBERS / plan.measured().count().max(1) };
        let given = self.cells(plan, TileId::WORLD, z + plan.grid(), Some(most)).await?;
        Ok((given.cells.len() <= most).then_some(given))
    }
}

const fn words<'a>(values: &CoreValues<'a>) -> Option<&'a Dictionary> {
    if let CoreValues::Text(_, words) = values { Some(words) } else { None }
}

fn counted(answer: &[u8], words: Option<&Dictionary>) -> Result<Facts> {
    match words {
        Some(words) => facts::known_texts(answer, words),
        None => facts::integers(answer, 0),
    }
}
