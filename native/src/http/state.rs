//! What every request can reach: the datasets, the caches, the processors, the settings.

use super::{
    connections::Seats,
    metrics::{Metrics, Now},
    outgoing::Outgoing,
    prepare::Prepared,
    tile::{Finished, TileKey},
    urls,
    work::Pool,
};
use crate::{cache::Masks, catalog::Catalog, settings::Settings};
use axum::{body::Bytes, http::HeaderMap};
use duotile_core::Legend;
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use std::{
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, atomic::AtomicUsize},
};

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
    pub legends: Cache<String, Arc<Legend>, BySize>,
    /// Queries that have been understood, by dataset and text.
    pub prepared: Cache<String, Arc<Prepared>, BySize>,
    /// The processors.
    pub pool: Pool,
    /// Answers on their way.
    pub outgoing: Arc<Outgoing>,
    /// The seats for connections.
    pub seats: Arc<Seats>,
    /// Counts and times.
    pub metrics: Metrics,
    settings: RwLock<Arc<Settings>>,
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

impl Weighter<String, Arc<Legend>> for BySize {
    fn weight(&self, key: &String, legend: &Arc<Legend>) -> u64 {
        (key.len() + legend.size()) as u64 + 100
    }
}

impl Weighter<String, Arc<Prepared>> for BySize {
    fn weight(&self, key: &String, prepared: &Arc<Prepared>) -> u64 {
        (key.len() + prepared.size()) as u64 + 100
    }
}

/// Bytes of finished documents that are kept.
const DOCUMENT_BYTES: u64 = 16 << 20;
/// Bytes of legends.
const LEGEND_BYTES: u64 = 16 << 20;
/// Bytes of queries that have been understood.
const PREPARED_BYTES: u64 = 32 << 20;

/// A cache of about so many items and at most so many bytes, the largest an eighth of that: whatever the number of
/// processors, of which the default makes many small parts.
fn cache<K: Eq + Hash, V: Clone>(items: usize, bytes: u64) -> Cache<K, V, BySize>
where
    BySize: Weighter<K, V>,
{
    match OptionsBuilder::new().estimated_items_capacity(items).weight_capacity(bytes).shards(8).build() {
        Ok(options) => Cache::with_options(options, BySize, DefaultHashBuilder::default(), DefaultLifecycle::default()),
        Err(_) => Cache::with_weighter(items, bytes, BySize),
    }
}

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(catalog: Catalog, settings: Settings) -> Shared {
        let metrics = Metrics::default();
        catalog.all().iter().for_each(|entry| metrics.loaded(entry.dataset.name(), entry.dataset.len()));
        let limits = &settings.limits;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = if limits.threads == 0 { processors } else { limits.threads };
        Arc::new(Self {
            catalog,
            reading: AtomicUsize::new(0),
            masks: Masks::new(limits.mask_memory),
            tiles: cache(10_000, limits.tile_memory),
            documents: cache(1000, DOCUMENT_BYTES),
            legends: cache(1000, LEGEND_BYTES),
            prepared: cache(10_000, PREPARED_BYTES),
            pool: Pool::new(threads, limits.queue, limits.patience),
            outgoing: Outgoing::new(limits.outgoing),
            seats: Seats::new(limits.connections),
            metrics,
            settings: RwLock::new(Arc::new(settings)),
        })
    }

    /// What the operator decided, as it is now: taken once for a request, so that it does not change under it.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Other settings from now on, whole. What is made of limits at the start stays as it was made.
    pub fn set(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// The base of the absolute addresses that a request is told, without a slash at its end.
    #[must_use]
    pub fn base(&self, headers: &HeaderMap) -> String {
        urls::base(&self.settings().origin, headers)
    }

    /// Puts a newer dataset in the place of the one with its name and forgets what was kept of that.
    pub fn replace(&self, entry: crate::catalog::Entry) {
        let old = self.catalog.get(entry.dataset.name());
        self.metrics.loaded(entry.dataset.name(), entry.dataset.len());
        self.catalog.put(entry);
        if let Some(old) = old {
            self.forget(old.dataset.version());
        }
    }

    /// Serves datasets of these names only, in their order, and forgets what was kept of the others, whose names are given.
    pub fn arrange(&self, names: &[&str]) -> Vec<String> {
        let gone = self.catalog.arrange(names).into_iter().map(|entry| {
            self.forget(entry.dataset.version());
            self.metrics.gone(entry.dataset.name());
            entry.dataset.name().to_owned()
        });
        gone.collect()
    }

    /// Drops what is kept of a version of a dataset. Every key holds it, and no two datasets have the same.
    fn forget(&self, version: &str) {
        self.masks.forget(version);
        self.tiles.retain(|key, _| !key.is_of(version));
        self.documents.retain(|key, _| !key.contains(version));
        self.legends.retain(|key, _| !key.contains(version));
        self.prepared.retain(|key, _| !key.contains(version));
    }

    /// How things stand, for `/metrics`.
    #[must_use]
    pub fn now(&self) -> Now {
        Now {
            caches: vec![
                ("masks", self.masks.size()),
                ("profiles", self.masks.profiles_size()),
                ("tiles", self.tiles.weight()),
                ("documents", self.documents.weight()),
                ("legends", self.legends.weight()),
                ("queries", self.prepared.weight()),
            ],
            looks: self.masks.looks(),
            datasets: self
                .catalog
                .all()
                .iter()
                .map(|entry| (entry.dataset.name().to_owned(), entry.dataset.size() as u64))
                .collect(),
            queued: self.pool.queued(),
            outgoing: self.outgoing.held(),
            connections: self.seats.open(),
        }
    }
}
