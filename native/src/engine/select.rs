//! Which rows pass, how full tiles are because of it, and what columns add up to over these rows.
//!
//! A mask goes by the text of what decides which rows, so every tile, zoom and measure under one filter shares it; so
//! does a summary, made in one sweep where scanning the rows of a tile would take about as long.

use super::{Engine, Fitted, Refusal, Size, keeps::OfRows, lets::LEAST, mask::mask, refusal::afford};
use crate::source::points::Dataset;
use duotile_core::{
    CROWD, Mask, Plan, Points, Profile, QueryError, RANKED_ROW, Ranks, Report, Scratch, Selection, Stopped, Summary,
    Sums, TileId, Work,
};
use std::{ops::Range, sync::Arc};

/// Ranges up to this many rows are tested row by row, where no mask over all rows is at hand and none is needed.
const SHORT: usize = 1 << 16;
/// A part of the rows of a dataset that is this much smaller is scanned, where there is no summary of its rows.
const SCANS: usize = 64;
/// A summary may take about this part of what may be kept, so that there is room for some.
const SHARE: u64 = 16;
/// Bytes of an aggregate.
const AGGREGATE: u64 = 40;

/// The rows that pass, as a plan needs to know them.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The rows; `None` for all.
    pub mask: Option<Arc<Mask>>,
    /// How full tiles are.
    pub profile: Arc<Profile>,
    /// Which rows show first, where a column says so.
    ranks: Option<Arc<Ranks>>,
    /// Summaries of just these rows, each with its column.
    summaries: Vec<(usize, Arc<Sums>)>,
}

impl Selected {
    /// Made now, and not kept. Summaries are left to be added.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    pub fn of(dataset: &Dataset, plan: &Plan, work: &Work<'_>) -> Result<Self, Refusal> {
        let mask = plan.filter().map(|filter| mask(dataset, filter, work).map(Arc::new)).transpose()?;
        let ranks = plan.rank().map(|column| rank(dataset, column, work).map(Arc::new)).transpose()?;
        let profile = if plan.needs_profile() {
            profile(dataset, plan, (mask.as_deref(), ranks.as_deref()), work)?
        } else {
            Profile::default()
        };
        Ok(Self { mask, profile: Arc::new(profile), ranks, summaries: Vec::new() })
    }

    /// Adds the summaries that a plan measures by, if a tile has so many rows that they are worth it.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    pub fn summarise(&mut self, dataset: &Dataset, plan: &Plan, rows: usize, work: &Work<'_>) -> Result<(), Refusal> {
        for column in plan.summaries().filter(|_| is_many(rows, dataset)) {
            if let Some(sums) = self.sums(dataset, column, u64::MAX, work)? {
                self.summaries.push((column, Arc::new(sums)));
            }
        }
        Ok(())
    }

    /// The rows that pass of a range alone, which is enough where tiles do not depend on a profile.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    pub fn few(dataset: &Dataset, plan: &Plan, rows: Range<usize>, work: &Work<'_>) -> Result<Self, Refusal> {
        let Some(filter) = plan.filter() else { return Ok(Self::default()) };
        let mask = dataset.with_points(|points| filter.mask(&points, rows, work))?;
        Ok(Self { mask: Some(Arc::new(mask)), ..Self::default() })
    }

    /// Rows that pass.
    #[must_use]
    pub fn total(&self, dataset: &Dataset) -> usize {
        self.mask.as_ref().map_or(dataset.len(), |mask| mask.total())
    }

    /// Calls `f` with the points and with the rows as the core wants them: with the summaries of the columns that a plan
    /// measures, as far as these are at hand.
    pub fn with<R>(&self, dataset: &Dataset, plan: &Plan, f: impl FnOnce(Points<'_>, Selection<'_>) -> R) -> R {
        let summaries = self.summaries(dataset, plan);
        dataset.with_points(|points| {
            let (points, selection) = self.view(&points, &summaries);
            f(points, selection)
        })
    }

    /// The points and the rows as the core wants them.
    #[must_use]
    pub fn view<'a>(
        &'a self,
        points: &Points<'a>,
        summaries: &'a [Option<Summary<'a>>],
    ) -> (Points<'a>, Selection<'a>) {
        let selection = Selection { mask: self.mask.as_deref(), profile: &self.profile, summaries };
        (ranked(points, self.ranks.as_deref()), selection)
    }

    /// For each column its summary, if a plan measures it and there is one at hand.
    #[must_use]
    pub fn summaries<'a>(&'a self, dataset: &'a Dataset, plan: &Plan) -> Vec<Option<Summary<'a>>> {
        let mut summaries = Vec::new();
        let mut put = |column: usize, summary| {
            summaries.resize(summaries.len().max(column + 1), None);
            summaries[column] = summary;
        };
        if self.mask.is_none() {
            plan.summaries().for_each(|column| put(column, dataset.summary(column)));
        }
        self.summaries.iter().for_each(|(column, sums)| put(*column, Some(sums.view())));
        summaries
    }

    /// Cuts a tile of a plan and appends its bytes to `out`.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    pub fn cut(
        &self,
        dataset: &Dataset,
        plan: &Plan,
        tile: TileId,
        work: &Work<'_>,
        (scratch, out): (&mut Scratch, &mut Vec<u8>),
    ) -> Result<Report, Stopped> {
        self.with(dataset, plan, |points, selection| plan.tile_into(&points, selection, tile, work, scratch, out))
    }

    /// What a column adds up to over these rows, in a summary that may be kept where `budget` bytes may: the more rows
    /// pass, the more of a landmark's rows must for it to be summed up. `None` where the file has it.
    fn sums(&self, dataset: &Dataset, column: usize, budget: u64, work: &Work<'_>) -> Result<Option<Sums>, Refusal> {
        let most = (budget / SHARE / AGGREGATE).max(1);
        let crowd = |rows: usize| CROWD.max((2 * rows as u64 / most) as usize);
        let all;
        let (mask, crowd) = match self.mask.as_deref() {
            Some(mask) => (Some(mask), crowd(mask.total())),
            None if dataset.summary(column).is_some() => return Ok(None),
            None if dataset.landmarks() as u64 <= most => (None, CROWD),
            // Landmarks are left out under a mask alone.
            None => {
                all = Mask::new(0..dataset.len(), vec![u64::MAX; dataset.len().div_ceil(64)]);
                (Some(&all), crowd(dataset.len()))
            }
        };
        afford(work, mask.map_or(dataset.len(), Mask::total) as u64)?;
        Ok(dataset.sums(column, mask, crowd, work)?)
    }
}

/// Whether a tile has so many rows that adding up those of the whole dataset, for all tiles to come, takes about as long as
/// scanning them.
fn is_many(rows: usize, dataset: &Dataset) -> bool {
    rows > SHORT.max(dataset.len() / SCANS)
}

/// Whether it is enough, and less work than a mask over all rows, to test the rows of a tile alone.
pub(super) fn is_few(plan: &Plan, rows: usize) -> bool {
    plan.filter().is_some() && !plan.needs_profile() && !plan.reaches_out() && rows <= SHORT
}

fn profile(
    dataset: &Dataset,
    plan: &Plan,
    (mask, ranks): (Option<&Mask>, Option<&Ranks>),
    work: &Work<'_>,
) -> Result<Profile, Refusal> {
    Ok(dataset.with_points(|points| {
        let points = plan.drawn(&ranked(&points, ranks));
        Profile::of(&points, mask, plan.limit(), work)
    })?)
}

/// Whether the rows of a query are here.
fn here(fitted: &Fitted) -> Result<(), Refusal> {
    let elsewhere = Refusal::NotLive("a legend, a statistic or what else is made of all rows");
    if fitted.live().is_some() { Err(elsewhere) } else { Ok(()) }
}

fn ranked<'a>(points: &Points<'a>, ranks: Option<&'a Ranks>) -> Points<'a> {
    ranks.map_or(*points, |ranks| points.with_ranks(ranks))
}

fn rank(dataset: &Dataset, column: usize, work: &Work<'_>) -> Result<Ranks, Refusal> {
    afford(work, (dataset.len() * RANKED_ROW) as u64)?;
    Ok(dataset.with_points(|points| Ranks::of(&points, column, work))?)
}

/// Refuses ranks that could not be kept, and would be made anew for each request.
fn has_room(bytes: u64, kept: u64) -> Result<(), QueryError> {
    let most = kept.max(LEAST);
    if bytes > most {
        let what = format!("the ranks of its rows would take {bytes} bytes, expected at most {most}");
        return Err(QueryError::new("rank", format!("{what} (a quarter of --mask-memory)")));
    }
    Ok(())
}

impl Engine {
    /// The rows that pass and how full tiles are.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn select(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<Selected, Refusal> {
        here(fitted)?;
        let (mask, ranks) = (self.mask(fitted).await?, self.ranks(fitted).await?);
        let profile = if fitted.plan.needs_profile() {
            let make = || {
                let (engine, fitted, mask, ranks) = (self.clone(), fitted.clone(), mask.clone(), ranks.clone());
                async move {
                    let job = move |work: &Work<'_>| {
                        let dataset = &fitted.dataset;
                        profile(dataset, &fitted.plan, (mask.as_deref(), ranks.as_deref()), work)
                    };
                    engine.pool.run(Size::Short, job).await.map(Arc::new)
                }
            };
            let drawn = (fitted.plan.limit(), fitted.plan.geometry(), fitted.plan.rank());
            self.keeps.profiles.get_or_make(fitted.of_rows(drawn), make).await?.0
        } else {
            Arc::default()
        };
        Ok(Selected { mask, profile, ranks, summaries: Vec::new() })
    }

    /// How full tiles are, where tiles of a query depend on that.
    ///
    /// # Errors
    /// When too much waits, or a database does not answer.
    pub async fn profile(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<Option<Arc<Profile>>, Refusal> {
        let profile = match fitted.live() {
            Some(live) => self.crowds(fitted, live).await?,
            None => self.select(fitted).await?.profile,
        };
        Ok(fitted.plan.needs_profile().then_some(profile))
    }

    /// Which rows show first; `None` where no column says so.
    async fn ranks(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<Option<Arc<Ranks>>, Refusal> {
        let Some(column) = fitted.plan.rank() else { return Ok(None) };
        let dataset = &fitted.dataset;
        let each = if dataset.outlines().is_some() { 2 } else { 1 };
        has_room(dataset.len() as u64 * each, self.keeps.ranks.capacity())?;
        let make = || {
            let (engine, fitted) = (self.clone(), fitted.clone());
            async move {
                let job = move |work: &Work<'_>| {
                    let dataset = &fitted.dataset;
                    rank(dataset, column, work)
                };
                engine.pool.run(Size::Long, job).await.map(Arc::new)
            }
        };
        self.keeps.ranks.get_or_make(fitted.of_column(column), make).await.map(|(ranks, _)| Some(ranks))
    }

    /// The rows that pass alone, for what does not depend on how full tiles are.
    ///
    /// # Errors
    /// When too much waits.
    pub async fn select_rows(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<Selected, Refusal> {
        here(fitted)?;
        Ok(Selected { mask: self.mask(fitted).await?, ..Selected::default() })
    }

    /// The mask of the rows that pass; `None` for all rows.
    async fn mask(self: &Arc<Self>, fitted: &Arc<Fitted>) -> Result<Option<Arc<Mask>>, Refusal> {
        if fitted.plan.filter().is_none() {
            return Ok(None);
        }
        let make = || {
            let (engine, fitted) = (self.clone(), fitted.clone());
            async move {
                let job = move |work: &Work<'_>| match fitted.plan.filter() {
                    Some(filter) => mask(&fitted.dataset, filter, work),
                    None => Ok(Mask::default()),
                };
                engine.pool.run(Size::Short, job).await.map(|mask| OfRows::Mask(Arc::new(mask)))
            }
        };
        match self.keeps.rows.get_or_make(fitted.of_rows(None), make).await?.0 {
            OfRows::Mask(mask) => Ok(Some(mask)),
            OfRows::Sums(_) => Err(Refusal::failed(&"a summary stands where a mask should")),
        }
    }

    /// Whether the mask of a query is at hand.
    pub(super) fn has_mask(&self, fitted: &Fitted) -> bool {
        self.keeps.rows.get(&fitted.of_rows(None)).is_some()
    }

    /// Adds summaries of the rows that pass: those that are kept, and the others if a tile has so many rows that they are
    /// worth it.
    ///
    /// # Errors
    /// When too much waits.
    pub(super) async fn summarise(
        self: &Arc<Self>,
        fitted: &Arc<Fitted>,
        selected: &mut Selected,
        rows: usize,
    ) -> Result<(), Refusal> {
        let dataset = &fitted.dataset;
        for column in fitted.plan.summaries() {
            if selected.mask.is_none() && dataset.summary(column).is_some() {
                continue;
            }
            let key = fitted.of_rows(Some(column));
            let kept = if is_many(rows, dataset) {
                let make = || {
                    let (engine, fitted, selected) = (self.clone(), fitted.clone(), selected.clone());
                    async move {
                        let budget = engine.keeps.rows.capacity();
                        let job = move |work: &Work<'_>| {
                            let dataset = &fitted.dataset;
                            selected.sums(dataset, column, budget, work)
                        };
                        let sums = engine.pool.run(Size::Short, job).await?;
                        let none = || Refusal::failed(&"a plan measures a column that is not there");
                        sums.map(|sums| OfRows::Sums(Arc::new(sums))).ok_or_else(none)
                    }
                };
                Some(self.keeps.rows.counted(key, &self.keeps.summary_hits, make).await?.0)
            } else {
                self.keeps.rows.get(&key)
            };
            match kept {
                Some(OfRows::Sums(sums)) => selected.summaries.push((column, sums)),
                Some(OfRows::Mask(_)) => return Err(Refusal::failed(&"a mask stands where a summary should")),
                None => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_that_cannot_be_kept_are_refused() {
        assert!(has_room(LEAST, 0).is_ok() && has_room(3 * LEAST, 3 * LEAST).is_ok());
        let error = has_room(LEAST + 1, 1000).expect_err("too many");
        assert_eq!(error.parameter, "rank");
        assert!(error.message.contains("would take 67108865 bytes, expected at most 67108864"), "{}", error.message);
    }
}
