//! Masks, the summaries and profiles of their rows, kept within a budget of bytes; each is made once however many ask.
//!
//! A mask goes by the dataset's version and the canonical text of what decides which rows, so every tile, zoom and
//! measure under one filter shares it. What is kept changes no answer: only its time.

use super::looks::Looks;
use crate::dataset::Dataset;
use anyhow::{Context as _, Result, bail};
use duotile_core::{CROWD, Mask, Plan, Points, Profile, Report, Scratch, Selection, Sums, TileId, Work};
use quick_cache::{OptionsBuilder, Weighter, sync::Cache};
use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Ranges up to this many rows are tested row by row, where no mask over all rows is at hand and none is needed.
const SHORT: usize = 1 << 16;
/// A part of the rows of a dataset that is this much smaller is scanned, where there is no summary of a filter's rows.
const SCANS: usize = 64;
/// Space to cut in that is larger than this is not kept.
const ROOMY: usize = 8 << 20;

/// A summary of a filter's rows may take about this part of what may be kept, so that there is room for some.
const SHARE: u64 = 8;

/// Bytes of profiles.
const PROFILE_BYTES: u64 = 8 << 20;

/// What a mask, or a summary of its rows, goes by: the dataset's version, the text of its filter, the column of the
/// summary.
type Key = (Arc<str>, Arc<str>, Option<usize>);

/// What is kept of a filter.
#[derive(Clone, Debug)]
enum Kept {
    Mask(Arc<Mask>),
    Sums(Arc<Sums>),
}

#[derive(Clone, Copy, Debug)]
struct BySize;

impl Weighter<Key, Kept> for BySize {
    fn weight(&self, (_, filter, _): &Key, kept: &Kept) -> u64 {
        let size = match kept {
            Kept::Mask(mask) => mask.size(),
            Kept::Sums(sums) => sums.size(),
        };
        (size + filter.len() + 200) as u64
    }
}

/// How many rows of a landmark must pass for it to be summed up: the more rows pass in all, the more, or a summary of very
/// many rows would be too large to be kept. An aggregate takes 40 bytes, and most landmarks have few rows.
fn crowd(passing: usize, budget: u64) -> usize {
    let most = (budget / SHARE / 40).max(1);
    CROWD.max((2 * passing as u64 / most) as usize)
}

/// What a profile goes by: the dataset's version, the text of its filter, the limit of rows in a tile.
type ProfileKey = (Arc<str>, Arc<str>, u32);

impl Weighter<ProfileKey, Arc<Profile>> for BySize {
    fn weight(&self, (_, filter, _): &ProfileKey, _: &Arc<Profile>) -> u64 {
        (size_of::<Profile>() + filter.len() + 200) as u64
    }
}

/// What is kept of the filters of all datasets, and space to cut tiles in.
#[derive(Debug)]
pub struct Masks {
    kept: Cache<Key, Kept, BySize>,
    profiles: Cache<ProfileKey, Arc<Profile>, BySize>,
    mask_looks: Looks,
    summary_looks: Looks,
    profile_looks: Looks,
    scratch: Mutex<Vec<Scratch>>,
}

/// A tile and how it came to be.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// What is in it.
    pub report: Report,
    /// Time to find out which rows pass.
    pub mask: Duration,
    /// Time to write it.
    pub tile: Duration,
    /// Whether the mask was at hand; `None` where none was needed.
    pub hit: Option<bool>,
}

/// The rows that pass, as a plan needs to know them.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The rows; `None` for all.
    pub mask: Option<Arc<Mask>>,
    /// How full tiles are.
    pub profile: Arc<Profile>,
    /// Summaries of just these rows, each with its column.
    summaries: Vec<(usize, Arc<Sums>)>,
}

impl Selected {
    /// Calls `f` with the points and with the rows as the core wants them: with the summaries of the columns that a plan
    /// measures, as far as these are at hand.
    pub fn with<R>(&self, dataset: &Dataset, plan: &Plan, f: impl FnOnce(Points<'_>, Selection<'_>) -> R) -> R {
        dataset.with_points(|points| {
            let mut summaries = vec![None; points.columns().len()];
            if self.mask.is_none() {
                plan.summaries().for_each(|column| summaries[column] = dataset.summary(column));
            }
            self.summaries.iter().for_each(|(column, sums)| summaries[*column] = Some(sums.view()));
            let selection = Selection { mask: self.mask.as_deref(), profile: &self.profile, summaries: &summaries };
            f(points, selection)
        })
    }
}

impl Masks {
    /// Keeps up to `bytes` of masks and summaries.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        // One shard: a mask may be as large as the budget, and looking it up is rare beside the work it saves.
        let options = OptionsBuilder::new().estimated_items_capacity(1000).weight_capacity(bytes).shards(1).build();
        let kept = match options {
            Ok(options) => Cache::with_options(
                options,
                BySize,
                quick_cache::DefaultHashBuilder::default(),
                quick_cache::sync::DefaultLifecycle::default(),
            ),
            Err(_) => Cache::with_weighter(1000, bytes, BySize),
        };
        Self {
            kept,
            profiles: Cache::with_weighter(10_000, PROFILE_BYTES, BySize),
            mask_looks: Looks::default(),
            summary_looks: Looks::default(),
            profile_looks: Looks::default(),
            scratch: Mutex::default(),
        }
    }

    /// Bytes of masks and summaries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.kept.weight()
    }

    /// Bytes of profiles.
    #[must_use]
    pub fn profiles_size(&self) -> u64 {
        self.profiles.weight()
    }

    /// How often masks, summaries and profiles were found, and how often not.
    #[must_use]
    pub fn looks(&self) -> [(&'static str, [u64; 2]); 3] {
        [
            ("masks", self.mask_looks.told()),
            ("summaries", self.summary_looks.told()),
            ("profiles", self.profile_looks.told()),
        ]
    }

    /// Forgets what is of a version of a dataset, when that is replaced.
    pub fn forget(&self, version: &str) {
        self.kept.retain(|key, _| &*key.0 != version);
        self.profiles.retain(|key, _| &*key.0 != version);
    }

    /// Cuts a tile into `out`. `go_on` is asked between steps.
    ///
    /// # Errors
    /// What `go_on` says.
    pub fn cut<E: From<anyhow::Error>>(
        &self,
        dataset: &Dataset,
        plan: &Plan,
        tile: TileId,
        go_on: impl Fn() -> Result<(), E>,
        out: &mut Vec<u8>,
    ) -> Result<Cut, E> {
        let start = Instant::now();
        let rows = dataset.with_points(|points| points.range(tile));
        let (mut selected, hit) = match self.short(dataset, plan, rows.clone()) {
            Some(selected) => (selected, None),
            None => self.select(dataset, plan)?,
        };
        go_on()?;
        self.summarise(dataset, plan, &mut selected, rows.len())?;
        let mask = start.elapsed();
        go_on()?;
        let mut scratch = self.take_scratch();
        let report = selected
            .with(dataset, plan, |points, selection| {
                plan.tile_into(&points, selection, tile, &Work::free(), &mut scratch, out)
            })
            .map_err(anyhow::Error::from)?;
        self.give_scratch(scratch);
        Ok(Cut { report, mask, tile: start.elapsed().saturating_sub(mask), hit })
    }

    /// The rows that pass and how full tiles are, and whether the mask was at hand.
    ///
    /// # Errors
    /// When the filter cannot be evaluated.
    pub fn select(&self, dataset: &Dataset, plan: &Plan) -> Result<(Selected, Option<bool>)> {
        let version: Arc<str> = dataset.version().into();
        let text: Arc<str> = plan.filter_text().into();
        let (mask, hit) = match plan.filter() {
            None => (None, None),
            Some(filter) => {
                let mut hit = true;
                let kept = self.kept.get_or_insert_with(&(version.clone(), text.clone(), None), || {
                    hit = false;
                    Ok::<_, anyhow::Error>(Kept::Mask(Arc::new(super::mask::mask(dataset, filter))))
                })?;
                self.mask_looks.count(hit);
                let Kept::Mask(mask) = kept else { bail!("a summary stands where a mask should") };
                (Some(mask), Some(hit))
            }
        };
        let profile = if plan.needs_profile() {
            let mut hit = true;
            let profile = self.profiles.get_or_insert_with(&(version, text, plan.limit()), || {
                hit = false;
                let profile =
                    dataset.with_points(|points| Profile::of(&points, mask.as_deref(), plan.limit(), &Work::free()))?;
                Ok::<_, anyhow::Error>(Arc::new(profile))
            })?;
            self.profile_looks.count(hit);
            profile
        } else {
            Arc::new(Profile::default())
        };
        Ok((Selected { mask, profile, summaries: Vec::new() }, hit))
    }

    /// A mask over just the rows of a tile, where that is enough and less work.
    fn short(&self, dataset: &Dataset, plan: &Plan, rows: Range<usize>) -> Option<Selected> {
        let filter = plan.filter().filter(|_| !plan.needs_profile())?;
        let key = (dataset.version().into(), plan.filter_text().into(), None);
        if rows.len() > SHORT || self.kept.contains_key(&key) {
            return None;
        }
        let mask = dataset.with_points(|points| filter.mask(&points, rows, &Work::free())).ok()?;
        Some(Selected { mask: Some(Arc::new(mask)), ..Selected::default() })
    }

    /// Adds the summaries of the rows that pass a filter, made now if `rows` of a tile are so many that scanning them
    /// would take about as long.
    ///
    /// # Errors
    /// None that could happen: what is kept is what was put there, and a plan measures columns that are there.
    pub fn summarise(&self, dataset: &Dataset, plan: &Plan, selected: &mut Selected, rows: usize) -> Result<()> {
        let Some(mask) = selected.mask.clone().filter(|_| rows > SHORT.max(dataset.len() / SCANS)) else {
            return Ok(());
        };
        let crowd = crowd(mask.total(), self.kept.capacity());
        for column in plan.summaries() {
            let key = (dataset.version().into(), plan.filter_text().into(), Some(column));
            let mut hit = true;
            let kept = self.kept.get_or_insert_with(&key, || {
                hit = false;
                let sums =
                    dataset.sums(column, Some(&mask), crowd).context("a plan measures a column that is not there")?;
                Ok::<_, anyhow::Error>(Kept::Sums(Arc::new(sums)))
            })?;
            self.summary_looks.count(hit);
            let Kept::Sums(sums) = kept else { bail!("a mask stands where a summary should") };
            selected.summaries.push((column, sums));
        }
        Ok(())
    }

    /// Space to cut in, warm where there is some.
    #[must_use]
    pub fn take_scratch(&self) -> Scratch {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Gives it back. What grew for a tile far larger than most is let go.
    pub fn give_scratch(&self, scratch: Scratch) {
        if scratch.size() <= ROOMY {
            self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
        }
    }
}
