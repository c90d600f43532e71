//! Counts and times for Prometheus.

use crate::cache::keeper::Counts;
use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

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
struct Cache {
    cache: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Dataset {
    dataset: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reload {
    dataset: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kept {
    outcome: &'static str,
}

/// How a dataset that was to be read again came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Newer rows took the place of the old.
    Replaced,
    /// They could not be read; the old rows stay.
    Failed,
    /// Its files are the same as before.
    Unchanged,
}

/// What is looked at only when somebody asks.
#[derive(Clone, Debug)]
pub struct Now {
    /// Bytes that each cache holds.
    pub caches: Vec<(&'static str, u64)>,
    /// How often something was found in a cache, and how often not.
    pub hits: Vec<(&'static str, [u64; 2])>,
    /// Bytes that each dataset holds.
    pub datasets: Vec<(String, u64)>,
    /// Jobs that wait for a processor.
    pub queued: usize,
    /// Bytes of answers on their way.
    pub outgoing: u64,
    /// Open connections.
    pub connections: usize,
    /// What was counted of tiles as files, where there are any.
    pub files: Option<Arc<Counts>>,
}

/// All of them.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answer, Counter>,
    looks: Family<Look, Counter>,
    cache_bytes: Family<Cache, Gauge>,
    rows: Family<Dataset, Gauge>,
    dataset_bytes: Family<Dataset, Gauge>,
    read_at: Family<Dataset, Gauge<f64, AtomicU64>>,
    stale: Family<Dataset, Gauge>,
    reloads: Family<Reload, Counter>,
    configuration_stale: Gauge,
    refused: Family<Reason, Counter>,
    tile_seconds: Histogram,
    tile_bytes: Counter,
    features: Counter,
    in_flight: Gauge,
    queued: Gauge,
    outgoing: Gauge,
    connections: Gauge,
    files: Family<Kept, Counter>,
    files_bytes: Gauge,
    files_off: Gauge,
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
            dataset_bytes: Family::default(),
            read_at: Family::default(),
            stale: Family::default(),
            reloads: Family::default(),
            configuration_stale: Gauge::default(),
            refused: Family::default(),
            tile_seconds: Histogram::new(seconds),
            tile_bytes: Counter::default(),
            features: Counter::default(),
            in_flight: Gauge::default(),
            queued: Gauge::default(),
            outgoing: Gauge::default(),
            connections: Gauge::default(),
            files: Family::default(),
            files_bytes: Gauge::default(),
            files_off: Gauge::default(),
            build: Gauge::default(),
        };
        let registry = &mut all.registry;
        registry.register("requests", "Answers by route and status", all.requests.clone());
        registry.register("cache_looks", "Looks into a cache, by what was found", all.looks.clone());
        registry.register_with_unit("cache_size", "Bytes held by a cache", Unit::Bytes, all.cache_bytes.clone());
        registry.register("dataset_rows", "Rows with a position, by dataset", all.rows.clone());
        registry.register_with_unit("dataset_size", "Bytes held by a dataset", Unit::Bytes, all.dataset_bytes.clone());
        registry.register_with_unit(
            "dataset_read_time",
            "When the rows of a dataset were read, since 1970",
            Unit::Seconds,
            all.read_at.clone(),
        );
        registry.register(
            "dataset_stale",
            "1 where a dataset could not be read again, or its database not asked, so that older rows may be served",
            all.stale.clone(),
        );
        registry.register("reloads", "Datasets read again, by outcome", all.reloads.clone());
        registry.register(
            "configuration_stale",
            "1 where the configuration could not be read again, so that the one before holds",
            all.configuration_stale.clone(),
        );
        registry.register("refused", "Requests answered 503, by what was used up", all.refused.clone());
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
        registry.register_with_unit("answers_held", "Answers on their way", Unit::Bytes, all.outgoing.clone());
        registry.register("connections", "Open connections", all.connections.clone());
        registry.register(
            "file_cache_tiles",
            "Tiles to be written as files, by what became of them",
            all.files.clone(),
        );
        registry.register_with_unit("file_cache_size", "Files of tiles", Unit::Bytes, all.files_bytes.clone());
        registry.register("file_cache_off", "1 where no tiles can be written as files for now", all.files_off.clone());
        registry.register_with_unit(
            "start_time",
            "When the server started, since 1970",
            Unit::Seconds,
            all.build.clone(),
        );
        all.build.set(since_1970());
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

    /// A tile was cut.
    pub fn cut(&self, seconds: f64, bytes: usize, features: usize) {
        self.tile_seconds.observe(seconds);
        self.tile_bytes.inc_by(bytes as u64);
        self.features.inc_by(features as u64);
    }

    /// A dataset was read, and holds this many rows.
    pub fn loaded(&self, dataset: &str, rows: usize) {
        let dataset = Dataset { dataset: dataset.into() };
        self.rows.get_or_create(&dataset).set(rows as i64);
        self.read_at.get_or_create(&dataset).set(since_1970());
        self.stale.get_or_create(&dataset).set(0);
    }

    /// A dataset was to be read again.
    pub fn reloaded(&self, dataset: &str, outcome: Outcome) {
        let name = match outcome {
            Outcome::Replaced => "replaced",
            Outcome::Failed => "failed",
            Outcome::Unchanged => "unchanged",
        };
        self.reloads.get_or_create(&Reload { dataset: dataset.into(), outcome: name }).inc();
        if outcome == Outcome::Failed {
            self.stale(dataset, true);
        }
    }

    /// Whether older rows may be served than there are.
    pub fn stale(&self, dataset: &str, stale: bool) {
        self.stale.get_or_create(&Dataset { dataset: dataset.into() }).set(i64::from(stale));
    }

    /// A dataset is served no more.
    pub fn gone(&self, dataset: &str) {
        let dataset = Dataset { dataset: dataset.into() };
        self.rows.remove(&dataset);
        self.dataset_bytes.remove(&dataset);
        self.read_at.remove(&dataset);
        self.stale.remove(&dataset);
    }

    /// The configuration was read again, well or not.
    pub fn configured(&self, well: bool) {
        self.configuration_stale.set(i64::from(!well));
    }

    /// A request was answered 503.
    pub fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Reason { reason }).inc();
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn text(&self, now: Now) -> String {
        for (cache, bytes) in now.caches {
            self.cache_bytes.get_or_create(&Cache { cache }).set(bytes as i64);
        }
        for (cache, [hits, misses]) in now.hits {
            for (found, count) in [("hit", hits), ("miss", misses)] {
                self.looks.get_or_create(&Look { cache, found }).inner().store(count, Ordering::Relaxed);
            }
        }
        for (dataset, bytes) in now.datasets {
            self.dataset_bytes.get_or_create(&Dataset { dataset }).set(bytes as i64);
        }
        self.queued.set(now.queued as i64);
        self.outgoing.set(now.outgoing as i64);
        self.connections.set(now.connections as i64);
        if let Some(counts) = now.files {
            let Counts { written, there, dropped, failed, removed, bytes, off, .. } = &*counts;
            let outcomes = [
                ("written", written),
                ("there", there),
                ("dropped", dropped),
                ("failed", failed),
                ("removed", removed),
            ];
            for (outcome, count) in outcomes {
                self.files
                    .get_or_create(&Kept { outcome })
                    .inner()
                    .store(count.load(Ordering::Relaxed), Ordering::Relaxed);
            }
            self.files_bytes.set(bytes.load(Ordering::Relaxed) as i64);
            self.files_off.set(off.load(Ordering::Relaxed).into());
        }
        let mut out = String::new();
        let _ = text::encode(&mut out, &self.registry);
        out
    }
}

fn since_1970() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
