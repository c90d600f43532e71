//! What every request can reach: the datasets, the engine that answers from them, the settings.

use super::{
    connections::Seats,
    metrics::{Metrics, Now},
    outgoing::Outgoing,
    urls,
};
use crate::{
    cache::Keeper,
    catalog::{Catalog, Entry},
    engine::{self, Budget, Engine},
    settings::Settings,
};
use axum::http::HeaderMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, atomic::AtomicUsize};

/// See [`State`].
pub type Shared = Arc<State>;

/// What every request can reach.
#[derive(Debug)]
pub struct State {
    /// The datasets.
    pub catalog: Catalog,
    /// Datasets that are still being read for the first time.
    pub reading: AtomicUsize,
    /// What answers from them.
    pub engine: Arc<Engine>,
    /// Answers on their way.
    pub outgoing: Arc<Outgoing>,
    /// The seats for connections.
    pub seats: Arc<Seats>,
    /// Tiles as files, where the operator wants them.
    pub files: OnceLock<Keeper>,
    /// Counts and times.
    pub metrics: Metrics,
    settings: RwLock<Arc<Settings>>,
}

impl State {
    /// Puts the parts together.
    #[must_use]
    pub fn new(catalog: Catalog, settings: Settings) -> Shared {
        let metrics = Metrics::default();
        catalog.all().iter().for_each(|entry| metrics.loaded(entry.source.name(), entry.source.len()));
        let limits = &settings.limits;
        let of_engine = engine::Limits {
            budget: Budget { masks: limits.mask_memory, tiles: limits.tile_memory },
            threads: limits.threads,
            queue: limits.queue,
            patience: limits.patience,
            work: limits.work,
        };
        Arc::new(Self {
            catalog,
            reading: AtomicUsize::new(0),
            engine: Engine::new(of_engine),
            outgoing: Outgoing::new(limits.outgoing),
            seats: Seats::new(limits.connections),
            files: OnceLock::new(),
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
        self.engine.pool.set_budget(settings.limits.work);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }

    /// The base of the absolute addresses that a request is told, without a slash at its end.
    #[must_use]
    pub fn base(&self, headers: &HeaderMap) -> String {
        urls::base(&self.settings().origin, headers)
    }

    /// Puts a newer dataset in the place of the one with its name and forgets what was kept of that.
    pub fn replace(&self, entry: Entry) {
        self.metrics.loaded(entry.source.name(), entry.source.len());
        if let Some(old) = self.catalog.put(entry) {
            self.engine.keeps.forget(&old.edition);
        }
        self.tell_files();
    }

    /// Serves datasets of these names only, in their order, and forgets what was kept of the others, whose names are given.
    pub fn arrange(&self, names: &[&str]) -> Vec<String> {
        let gone = self.catalog.arrange(names).into_iter().map(|entry| {
            self.engine.keeps.forget(&entry.edition);
            self.metrics.gone(entry.source.name());
            entry.source.name().to_owned()
        });
        let gone = gone.collect();
        self.tell_files();
        gone
    }

    /// Says what is served to who keeps files of it.
    fn tell_files(&self) {
        if let Some(files) = self.files.get() {
            let named = |entry: &Arc<Entry>| (entry.source.name().to_owned(), entry.source.version().to_owned());
            files.serves(self.catalog.all().iter().map(named));
        }
    }

    /// How things stand, for `/metrics`.
    #[must_use]
    pub fn now(&self) -> Now {
        Now {
            caches: self.engine.keeps.sizes(),
            hits: self.engine.keeps.hits(),
            datasets: self
                .catalog
                .all()
                .iter()
                .map(|entry| (entry.source.name().to_owned(), entry.source.size() as u64))
                .collect(),
            queued: self.engine.pool.queued(),
            outgoing: self.outgoing.held(),
            connections: self.seats.open(),
            files: self.files.get().map(|files| files.counts.clone()),
        }
    }
}
