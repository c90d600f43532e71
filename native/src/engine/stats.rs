//! What is known of columns over the rows that pass: facts, quantiles, a histogram.

use super::{Engine, Fitted, Refusal, Size, refusal::afford, select::Selected};
use duotile_core::{Column, Facts, Mask, Property, Source as PropertySource, Stopped, Work, stats::Distribution};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Passes over the rows that statistics of a column take at least: facts, extremes, quantiles, a histogram.
const PASSES: u64 = 4;

/// Facts of the columns that features carry or measure, over the rows that pass.
#[derive(Clone, Debug, Default)]
pub struct ShownFacts {
    /// Rows that pass.
    pub rows: usize,
    /// By the position of the column.
    pub columns: BTreeMap<usize, Facts>,
}

/// Statistics of a column over the rows that pass.
#[derive(Clone, Debug)]
pub struct ColumnStats {
    /// Rows that pass.
    pub rows: usize,
    /// Of these, what is known of the column.
    pub facts: Facts,
    /// How its numbers are spread; `None` for what are no numbers, and for none.
    pub spread: Option<Distribution>,
}

impl Engine {
    /// Facts of the columns of a plan.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn facts(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<ShownFacts, Refusal> {
        let column = |(_, property): (usize, &Property)| match property.source {
            PropertySource::Column(column) | PropertySource::Measure(column, _) => Some(column),
            _ => None,
        };
        // Several measures of a column are told by one.
        let columns: BTreeSet<usize> = fitted.plan.shown().filter_map(column).collect();
        if let Some(live) = fitted.live() {
            let (rows, columns) = live.facts(&fitted.plan, &columns.into_iter().collect::<Vec<_>>()).await?;
            return Ok(ShownFacts { rows: usize::try_from(rows).unwrap_or(usize::MAX), columns });
        }
        let selected = self.select_rows(fitted).await?;
        let fitted = fitted.clone();
        let job = move |work: &Work<'_>| {
            let dataset = &fitted.dataset;
            let columns = dataset.with_points(|points| {
                let told = columns.into_par_iter().filter_map(|index| {
                    let column = points.columns().get(index)?;
                    Some(facts(column, selected.mask.as_deref(), work).map(|facts| (index, facts)))
                });
                told.collect::<Result<_, Stopped>>()
            })?;
            Ok(ShownFacts { rows: selected.total(dataset), columns })
        };
        self.pool.run(Size::Long, job).await
    }

    /// Statistics of a column, with a histogram of so many bins.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn stats(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        column: usize,
        bins: usize,
    ) -> Result<ColumnStats, Refusal> {
        let selected = self.select_rows(fitted).await?;
        let fitted = fitted.clone();
        let job = move |work: &Work<'_>| {
            let dataset = &fitted.dataset;
            dataset.with_points(|points| match points.columns().get(column) {
                Some(column) => of(column, &selected, bins, work),
                None => Err(Refusal::failed(&"statistics of a column that is not there")),
            })
        };
        self.pool.run(Size::Long, job).await
    }
}

fn facts(column: &Column<'_>, mask: Option<&Mask>, work: &Work<'_>) -> Result<Facts, Stopped> {
    if mask.is_some() { Facts::under(column, mask, work) } else { Ok(column.facts.clone()) }
}

pub(super) fn of(
    column: &Column<'_>,
    selected: &Selected,
    bins: usize,
    work: &Work<'_>,
) -> Result<ColumnStats, Refusal> {
    let mask = selected.mask.as_deref();
    afford(work, PASSES * column.len() as u64)?;
    Ok(ColumnStats {
        rows: mask.map_or(column.len(), Mask::total),
        facts: facts(column, mask, work)?,
        spread: Distribution::of(column, mask, bins, work)?,
    })
}
