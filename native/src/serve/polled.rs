//! Databases, and servers of files, are asked whether their rows changed.

use crate::{http::metrics::Metrics, read::Progress, source::remote::Remote};
use anyhow::Result;
use std::time::{Duration, Instant};

/// How long to wait at most, once asking fails time after time.
const PATIENCE: Duration = Duration::from_mins(5);

/// What was told when rows were last read, and when to ask again.
#[derive(Debug, Default)]
pub(super) struct Polled {
    /// Its version then; `None` where nothing tells.
    read: Option<String>,
    /// When to ask next; at once if it never was.
    next: Option<Instant>,
    /// How often asking or reading failed since it last went well.
    failures: u32,
}

impl Polled {
    /// The version of rows that are about to be read, so that what changes meanwhile is a change.
    ///
    /// # Errors
    /// When the query that was given for it fails, or a server does not answer.
    pub fn before(&mut self, remote: &Remote, name: &str, progress: &dyn Progress) -> Result<Option<String>> {
        // Until it is read.
        self.failures += 1;
        match remote.version(name) {
            Err(error) if remote.must_tell() => Err(error),
            Err(error) => {
                tracing::warn!("{name}: nothing tells when its rows change: {error:#}");
                Ok(None)
            }
            Ok(None) => {
                progress.line(remote.untold());
                Ok(None)
            }
            Ok(version) => Ok(version),
        }
    }

    /// Rows of that version were read.
    pub fn read(&mut self, version: Option<String>) {
        self.read = version;
        self.failures = 0;
    }

    /// Whether rows are known to be those that were read.
    pub fn is_same(&self, remote: &Remote, name: &str) -> bool {
        self.read.is_some() && remote.version(name).is_ok_and(|version| version == self.read)
    }

    /// Whether they changed, if it is time to ask. That it cannot be asked is told once, and in the metrics for as long as it lasts.
    pub fn is_due(&mut self, remote: &Remote, name: &str, settled: bool, metrics: &Metrics) -> bool {
        if self.next.is_some_and(|next| Instant::now() < next) {
            return false;
        }
        self.wait(remote);
        match remote.version(name) {
            Ok(version) if version == self.read => {
                if settled {
                    self.failures = 0;
                    metrics.stale(name, false);
                }
                // Where nothing tells, it is read again only as long as it never was.
                !settled
            }
            Ok(_) => true,
            Err(error) => {
                if self.failures == 0 {
                    tracing::error!("{name}: the rows may be older than those where they come from: {error:#}");
                }
                self.failures += 1;
                self.wait(remote);
                metrics.stale(name, true);
                false
            }
        }
    }

    /// Asks again after a while, which grows with every failure.
    fn wait(&mut self, remote: &Remote) {
        let wait = remote.every().saturating_mul(1 << self.failures.min(16)).min(PATIENCE.max(remote.every()));
        self.next = Some(Instant::now() + wait);
    }
}
