//! A dataset of a server and its files: read, and read again whole beside the rows that answer meanwhile.

use super::quiet::Quiet;
use crate::{
    http::{Shared, metrics::Outcome},
    load::Wanted,
    progress::Terminal,
    read::Stand,
};
use anyhow::Result;
use std::{io::Write as _, time::Instant};

/// A source, and how its files stand.
#[derive(Debug)]
pub(super) struct Watched {
    /// Where its rows come from.
    pub source: Wanted,
    files: Quiet,
    /// Whether reading went well, and files that stand the same are the same.
    settled: bool,
}

impl Watched {
    /// Nothing is read yet.
    pub fn new(source: Wanted) -> Self {
        Self { source, files: Quiet::default(), settled: false }
    }

    /// Whether nothing was ever read.
    pub fn is_new(&self) -> bool {
        self.files.is_new()
    }

    /// Whether its files are known to be those that were read.
    pub fn is_same(&self) -> bool {
        self.settled && self.files.is_same(&self.stand())
    }

    /// Whether its files changed, and have been quiet since.
    pub fn is_due(&mut self) -> bool {
        self.files.is_due(self.stand(), Instant::now())
    }

    fn stand(&self) -> Stand {
        Stand::of(&self.source.paths)
    }

    /// Reads it, and says how that went.
    pub fn load(&mut self, state: &Shared) -> Result<()> {
        let start = Instant::now();
        // Before they are read: what changes meanwhile is a change.
        let stand = self.stand();
        let telling = stand.is_telling();
        self.files.read(stand);
        self.settled = false;
        let entry = self.source.entry(&Terminal::new(&self.source.name))?;
        let source = &entry.source;
        let (unusable, columns) = source.describe(|told| (told.unusable, told.columns.len()));
        let unusable = match unusable {
            0 => String::new(),
            count => format!(", {count} more without a position"),
        };
        let size = source.size() as f64 / f64::from(1 << 20);
        let line = format!(
            "{}: {} rows{unusable}, {columns} columns, {size:.0} MB, {} in {:.1} s",
            source.name(),
            source.len(),
            if source.is_mapped() { "mapped" } else { "read" },
            start.elapsed().as_secs_f64()
        );
        let _ = writeln!(std::io::stderr(), "{line}");
        state.replace(entry);
        self.settled = telling;
        Ok(())
    }

    /// Reads it again; the old one stays where that fails.
    pub fn reload(&mut self, state: &Shared) {
        let outcome = match self.load(state) {
            Ok(()) => Outcome::Replaced,
            Err(error) => {
                let name = &self.source.name;
                let stays = if state.catalog.get(name).is_some() { "the old rows stay" } else { "it is not served" };
                tracing::error!("{name}: {stays}: {error:#}");
                Outcome::Failed
            }
        };
        state.metrics.reloaded(&self.source.name, outcome);
    }
}
