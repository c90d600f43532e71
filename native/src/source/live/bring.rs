//! Rows that pass a query, fetched as a dataset of their own: for whoever lists them, writes them or looks at them closely.

use super::{
    Live,
    place::Place,
    rows::{self, Rows},
    values::Values,
};
use crate::{engine::Refusal, source::points::Dataset};
use duotile_core::{Plan, Within};

/// What is known of an answer before it is read.
#[derive(Debug)]
pub(crate) struct Brought(bytes::Bytes);

impl Live {
    /// How many rows pass within something.
    ///
    /// # Errors
    /// For what is not asked of a database yet, or when that does not answer.
    pub(crate) async fn matched(&self, plan: &Plan, within: Within) -> Result<u64, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let (tile, keys) = self.within(within)?;
        let answer = self.ask(&["count()".into()], &[&tile, &keys, &passing], "", &values).await?;
        super::binary::Binary(&answer).unsigned().map_err(|error| self.changed(&error))
    }

    /// Rows that pass within something, behind so many of them and at most so many, in the order of the map.
    ///
    /// # Errors
    /// For what is not asked of a database yet, or when that does not answer.
    pub(crate) async fn bring(
        &self,
        plan: &Plan,
        within: Within,
        (skip, most): (usize, usize),
    ) -> Result<Brought, Refusal> {
        let mut values = Values::default();
        let passing = self.passing(plan, &mut values)?;
        let (tile, keys) = self.within(within)?;
        let told = rows::asked(&self.columns, &self.all(), &self.numbers);
        let tail = format!("ORDER BY `key`, `number` LIMIT {most} OFFSET {skip}");
        self.ask(&told, &[&tile, &keys, &passing], &tail, &values).await.map(Brought)
    }

    /// The rows that were brought, with what is known of all.
    ///
    /// # Errors
    /// When rows came since they were looked at.
    pub(crate) fn dataset(&self, brought: &Brought) -> Result<Dataset, Refusal> {
        let known = self.schema.columns();
        let rows = Rows::read(&brought.0, &self.columns, &self.all(), (self.roles(), Some(&known)));
        let dataset = rows.and_then(|rows| rows.into_dataset(&self.schema));
        dataset.map_err(|error| self.changed(&error))
    }

    fn all(&self) -> Vec<usize> {
        (0..self.columns.len()).collect()
    }

    fn within(&self, within: Within) -> Result<(String, String), Refusal> {
        if within.hexagon.is_some() {
            return Err(Refusal::NotLive("rows of a cell of H3"));
        }
        let tile = within.tile.map_or_else(|| "1".into(), |tile| self.place.tile(tile));
        let keys = within.keys.map_or_else(|| "1".into(), Place::between);
        Ok((tile, keys))
    }
}
