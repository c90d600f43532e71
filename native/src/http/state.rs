//! What every request can reach: the datasets, the caches, the processors, the settings.

use super::{
    cors::Cors,
    legend::Legend,
    metrics::Metrics,
    prepare::Prepared,
    tile::{Finished, TileKey},
    urls::Origin,
    work::Pool,
};
use crate::{
    cache::{Budget, Masks},
    catalog::Catalog,
};
use axum::body::Bytes;
use quick_cache::{Weighter, sync::Cache};
use std::sync::{Arc, atomic::AtomicUsize};

/// What the operator decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How the public address is known.
    pub origin: Origin,
    /// Who may read from other origins.
    pub cors: Cors,
    /// Most rows of a subset.
    pub max_subset: usize,
    /// Bytes that caches may hold.
    pub budget: Budget,
    /// Jobs at once; as many as there are processors if 0.
    pub threads: usize,
    /// Jobs that may wait for a processor before others are refused.
    pub queue: usize,
    /// Whether `/metrics` is here, not on an address of its own.
    pub metrics_here: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            origin: Origin::default(),
            cors: Cors::Local,
            max_subset: 2_000_000,
            budget: Budget::default(),
            threads: 0,
            queue: 1000,
            metrics_here: true,
        }
    }
}

/// See [`State`].
pub type Shared = Arc<State>;

/// What every request can reach.
#[derive(Debug)]
pub struct State {
    /// The datasets.
    pub catalog: Catalog,
    /// Datasets that are still being read for the first time.
    pub reading: AtomicUsize,
    /// What is kept of filters.
    pub masks: Masks,
    /// Finished tiles.
    pub tiles: Cache<TileKey, Arc<Finished>, BySize>,
    /// Finished documents, by what they are of.
    pub documents: Cache<String, Bytes, BySize>,
    /// What cells carry, by query.
    pub legends: Cache<String, Arc<Legend>>,
    /// Queries that have been understood, by dataset and text.
    pub prepared: Cache<String, Arc<Prepared>>,
    /// The processors.
    pub pool: Pool,
    /// Counts and times.
    pub metrics: Metrics,
    /// What the operator decided.
    pub settings: Settings,
}

/// Weighs answers by their bytes.
#[derive(Clone, Copy, Debug)]
pub struct BySize;

impl Weighter<TileKey, Arc<Finished>> for BySize {
    fn weight(&self, _: &TileKey, tile: &Arc<Finished>) -> u64 {
        tile.bytes.len() as u64 + 200
    }
}

impl Weighter<String, Bytes> for BySize {
    fn weight(&self, key: &String, body: &Bytes) -> u64 {
        (key.len() + body.len()) as u64 + 100
    }
}

/// Bytes of finished documents that are kept.
const DOCUMENT_BYTES: u64 = 16 << 20;

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(catalog: Catalog, settings: Settings) -> Shared {
        let metrics = Metrics::default();
        catalog.all().iter().for_each(|entry| metrics.loaded(entry.dataset.name(), entry.dataset.len()));
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if settings.threads == 0 { processors } else { settings.threads };
        Arc::new(Self {
            catalog,
            reading: AtomicUsize::new(0),
            masks: Masks::new(settings.budget.masks),
            tiles: Cache::with_weighter(10_000, settings.budget.tiles, BySize),
            documents: Cache::with_weighter(1000, DOCUMENT_BYTES, BySize),
            legends: Cache::new(200),
            prepared: Cache::new(2000),
            pool: Pool::new(threads, settings.queue),
            metrics,
            settings,
        })
    }

    /// Puts a newer dataset in the place of the one with its name and forgets what was kept of the old.
    pub fn replace(&self, entry: crate::catalog::Entry) {
        self.metrics.loaded(entry.dataset.name(), entry.dataset.len());
        self.catalog.put(entry);
        self.masks.clear();
        self.tiles.clear();
        self.documents.clear();
        self.legends.clear();
        self.prepared.clear();
    }
}
