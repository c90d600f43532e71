//! Masks, profiles and finished answers, kept within a budget of bytes; each is made once however many ask for it.
//!
//! A mask goes by the dataset's version and the canonical text of what decides which rows, so every tile, zoom and
//! measure under one filter shares it. What is kept changes no answer: only its time.

use crate::dataset::Dataset;
use anyhow::Result;
use duotile_core::{Mask, Plan, Points, Profile, Report, Scratch, Selection, TileId};
use quick_cache::{OptionsBuilder, Weighter, sync::Cache};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Ranges up to this many rows are tested row by row, where no mask over all rows is at hand and none is needed.
const SHORT: usize = 1 << 16;

/// How many bytes may be kept.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// For masks.
    pub masks: u64,
    /// For finished tiles.
    pub tiles: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { masks: 512 << 20, tiles: 64 << 20 }
    }
}

#[derive(Clone, Copy, Debug)]
struct ByMask;

impl Weighter<(Arc<str>, Arc<str>), Arc<Mask>> for ByMask {
    fn weight(&self, (_, filter): &(Arc<str>, Arc<str>), mask: &Arc<Mask>) -> u64 {
        (mask.size() + filter.len() + 200) as u64
    }
}

/// What is kept of the filters of all datasets, and space to cut tiles in.
#[derive(Debug)]
pub struct Masks {
    kept: Cache<(Arc<str>, Arc<str>), Arc<Mask>, ByMask>,
    profiles: Cache<(Arc<str>, Arc<str>, u32), Arc<Profile>>,
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
#[derive(Clone, Debug)]
pub struct Selected {
    /// The rows; `None` for all.
    pub mask: Option<Arc<Mask>>,
    /// How full tiles are.
    pub profile: Arc<Profile>,
}

impl Selected {
    /// As the core wants it.
    #[must_use]
    pub fn view(&self) -> Selection<'_> {
        Selection { mask: self.mask.as_deref(), profile: &self.profile }
    }
}

impl Masks {
    /// Keeps up to `bytes` of masks.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        // One shard: a mask may be as large as the budget, and looking it up is rare beside the work it saves.
        let options = OptionsBuilder::new().estimated_items_capacity(1000).weight_capacity(bytes).shards(1).build();
        let kept = match options {
            Ok(options) => Cache::with_options(
                options,
                ByMask,
                quick_cache::DefaultHashBuilder::default(),
                quick_cache::sync::DefaultLifecycle::default(),
            ),
            Err(_) => Cache::with_weighter(1000, bytes, ByMask),
        };
        Self { kept, profiles: Cache::new(10_000), scratch: Mutex::default() }
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.kept.weight()
    }

    /// Forgets everything, when a dataset is replaced.
    pub fn clear(&self) {
        self.kept.clear();
        self.profiles.clear();
    }

    /// Cuts a tile into `out`. `go_on` is asked between steps.
    ///
    /// # Errors
    /// What `go_on` says, or that the filter could not be evaluated.
    pub fn cut<E: From<anyhow::Error>>(
        &self,
        dataset: &Dataset,
        plan: &Plan,
        tile: TileId,
        go_on: impl Fn() -> Result<(), E>,
        out: &mut Vec<u8>,
    ) -> Result<Cut, E> {
        let start = Instant::now();
        let short = dataset.with_points(|points| self.short(dataset, plan, points, tile));
        let (selected, hit) = match short {
            Some(selected) => (selected, None),
            None => self.select(dataset, plan)?,
        };
        go_on()?;
        for column in plan.summaries() {
            let _ = dataset.summary(column);
        }
        let mask = start.elapsed();
        go_on()?;
        let mut scratch = self.take_scratch();
        let report = dataset.with_points(|points| plan.tile_into(&points, selected.view(), tile, &mut scratch, out));
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
                let mask = self.kept.get_or_insert_with(&(version.clone(), text.clone()), || {
                    hit = false;
                    crate::mask::mask(dataset, filter).map(Arc::new)
                })?;
                (Some(mask), Some(hit))
            }
        };
        let profile = if plan.needs_profile() {
            self.profiles.get_or_insert_with(&(version, text, plan.limit()), || {
                Ok::<_, anyhow::Error>(Arc::new(
                    dataset.with_points(|points| Profile::of(&points, mask.as_deref(), plan.limit())),
                ))
            })?
        } else {
            Arc::new(Profile::default())
        };
        Ok((Selected { mask, profile }, hit))
    }

    /// A mask over just the rows of a tile, where that is enough and less work.
    fn short(&self, dataset: &Dataset, plan: &Plan, points: Points<'_>, tile: TileId) -> Option<Selected> {
        let filter = plan.filter().filter(|_| !plan.needs_profile())?;
        let range = points.range(tile);
        let key = (Arc::from(dataset.version()), Arc::from(plan.filter_text()));
        if range.len() > SHORT || self.kept.contains_key(&key) {
            return None;
        }
        Some(Selected { mask: Some(Arc::new(filter.mask(&points, range))), profile: Arc::default() })
    }

    /// Space to cut in, warm where there is some.
    #[must_use]
    pub fn take_scratch(&self) -> Scratch {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Gives it back.
    pub fn give_scratch(&self, scratch: Scratch) {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }
}
