//! Counts and times for Prometheus.

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{fmt, sync::atomic::AtomicU64};

/// A kind of request and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: &'static str,
    status: u16,
}

/// One of the caches, and what was found there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Look {
    cache: &'static str,
    found: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cache {
    cache: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Dataset {
    dataset: String,
}

/// All of them.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answer, Counter>,
    looks: Family<Look, Counter>,
    cache_bytes: Family<Cache, Gauge>,
    rows: Family<Dataset, Gauge>,
    reloads: Family<Outcome, Counter>,
    tile_seconds: Histogram,
    tile_bytes: Counter,
    features: Counter,
    in_flight: Gauge,
    queued: Gauge,
    build: Gauge<f64, AtomicU64>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// Counts a request as in flight until dropped.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let seconds = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0];
        let mut all = Self {
            registry: Registry::with_prefix("duotile"),
            requests: Family::default(),
            looks: Family::default(),
            cache_bytes: Family::default(),
            rows: Family::default(),
            reloads: Family::default(),
            tile_seconds: Histogram::new(seconds),
            tile_bytes: Counter::default(),
            features: Counter::default(),
            in_flight: Gauge::default(),
            queued: Gauge::default(),
            build: Gauge::default(),
        };
        let registry = &mut all.registry;
        registry.register("requests", "Answers by route and status", all.requests.clone());
        registry.register("cache_looks", "Looks into a cache, by what was found", all.looks.clone());
        registry.register_with_unit("cache_size", "Bytes held by a cache", Unit::Bytes, all.cache_bytes.clone());
        registry.register("dataset_rows", "Rows with a position, by dataset", all.rows.clone());
        registry.register("reloads", "Datasets read again, by outcome", all.reloads.clone());
        registry.register_with_unit("tile_work", "Time to cut a tile", Unit::Seconds, all.tile_seconds.clone());
        registry.register_with_unit(
            "tile_size",
            "Bytes of tiles before compression",
            Unit::Bytes,
            all.tile_bytes.clone(),
        );
        registry.register("tile_features", "Features written to tiles", all.features.clone());
        registry.register("requests_in_flight", "Requests being answered", all.in_flight.clone());
        registry.register("jobs_waiting", "Jobs that wait for a processor", all.queued.clone());
        registry.register_with_unit(
            "start_time",
            "When the server started, since 1970",
            Unit::Seconds,
            all.build.clone(),
        );
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        all.build.set(now.as_secs_f64());
        all
    }
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, route: &'static str, status: u16) {
        self.requests.get_or_create(&Answer { route, status }).inc();
    }

    /// A request is being answered.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Somebody looked into a cache.
    pub fn looked(&self, cache: &'static str, hit: bool) {
        self.looks.get_or_create(&Look { cache, found: if hit { "hit" } else { "miss" } }).inc();
    }

    /// A tile was cut.
    pub fn cut(&self, seconds: f64, bytes: usize, features: usize) {
        self.tile_seconds.observe(seconds);
        self.tile_bytes.inc_by(bytes as u64);
        self.features.inc_by(features as u64);
    }

    /// A dataset holds this many rows.
    pub fn loaded(&self, dataset: &str, rows: usize) {
        self.rows.get_or_create(&Dataset { dataset: dataset.into() }).set(rows as i64);
    }

    /// A dataset was read again, or could not be.
    pub fn reloaded(&self, fine: bool) {
        self.reloads.get_or_create(&Outcome { outcome: if fine { "replaced" } else { "failed" } }).inc();
    }

    /// The text that Prometheus reads, with the sizes of caches as they are now.
    #[must_use]
    pub fn text(&self, caches: &[(&'static str, u64)], queued: usize) -> String {
        for &(cache, bytes) in caches {
            self.cache_bytes.get_or_create(&Cache { cache }).set(bytes as i64);
        }
        self.queued.set(queued as i64);
        let mut out = String::new();
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}
