//! A dataset of a server and its files: read, and read again whole beside the rows that answer meanwhile.

use super::{polled::Polled, quiet::Quiet};
use crate::{
    http::{Shared, metrics::Outcome},
    progress::Terminal,
    read::Stand,
    shown::shown,
    source::{Source, archive::Archive, points::Dataset},
    wanted::Wanted,
};
use anyhow::{Result, anyhow};
use std::{
    io::Write as _,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
    time::Instant,
};

/// A source, and how its files stand.
#[derive(Debug)]
pub(super) struct Watched {
    /// Where its rows come from.
    pub source: Wanted,
    files: Quiet,
    /// What its database said, where it is one.
    polled: Polled,
    /// Whether reading went well, and files that stand the same are the same.
    settled: bool,
}

impl Watched {
    /// Nothing is read yet.
    pub fn new(source: Wanted) -> Self {
        Self { source, files: Quiet::default(), polled: Polled::default(), settled: false }
    }

    /// Whether its files or rows are known to be those that were read.
    pub fn is_same(&self) -> bool {
        match &self.source.remote {
            Some(remote) => self.settled && self.polled.is_same(remote, &self.source.name),
            None => self.settled && self.files.is_same(&self.stand()),
        }
    }

    /// Whether it is to be read: its files changed, where they are watched, and have been quiet since; or its database says so.
    pub fn is_due(&mut self, watch: bool, state: &Shared) -> bool {
        match &self.source.remote {
            Some(remote) if watch || remote.poll.is_some() || self.source.live.is_some() => {
                self.polled.is_due(remote, &self.source.name, self.settled, &state.metrics)
            }
            Some(_) => false,
            None => watch && (self.files.is_new() || self.files.is_due(self.stand(), Instant::now())),
        }
    }

    fn stand(&self) -> Stand {
        let files = self.source.paths.iter().chain(&self.source.low_zooms);
        // Of a folder of tiles, which are many, what tells of them is looked at.
        let file = |path: &PathBuf| if Archive::is_one(path) { Archive::file_of(path) } else { path.clone() };
        Stand::of(&files.map(file).collect::<Vec<_>>())
    }

    /// Reads it, and says how that went.
    pub fn load(&mut self, state: &Shared) -> Result<()> {
        let start = Instant::now();
        // Before they are read: what changes meanwhile is a change.
        let stand = self.stand();
        let telling = stand.is_telling();
        self.files.read(stand);
        self.settled = false;
        let progress = Terminal::new(&self.source.name);
        let version = match &self.source.remote {
            Some(remote) => self.polled.before(remote, &self.source.name, &progress)?,
            None => None,
        };
        let entry = self.source.entry(&progress)?;
        self.polled.read(version);
        let (name, seconds) = (entry.source.name(), start.elapsed().as_secs_f64());
        let size = entry.source.size() as f64 / f64::from(1 << 20);
        let told = match &entry.source {
            Source::Points(dataset) => rows(dataset, size),
            Source::Archive(archive) => tiles(archive),
            Source::Live(live) => {
                format!("{} rows, {} columns, asked live, looked at", live.len(), live.schema().columns().len())
            }
        };
        let _ = writeln!(std::io::stderr(), "{name}: {} in {seconds:.1} s", shown(&told));
        state.replace(entry);
        self.settled = telling || self.source.remote.is_some();
        Ok(())
    }

    /// Reads it again; the old one stays where that fails.
    pub fn reload(&mut self, state: &Shared) {
        // What panics on one file leaves the others watched; the panic itself has said where it was.
        let done = panic::catch_unwind(AssertUnwindSafe(|| self.load(state)));
        let outcome = match done.unwrap_or_else(|_| Err(anyhow!("reading it panicked"))) {
            Ok(()) => Outcome::Replaced,
            Err(error) => {
                let name = &self.source.name;
                let stays = if state.catalog.get(name).is_some() { "the old rows stay" } else { "it is not served" };
                tracing::error!("{name}: {stays}: {}", shown(&format!("{error:#}")));
                Outcome::Failed
            }
        };
        state.metrics.reloaded(&self.source.name, outcome);
    }
}

fn rows(dataset: &Dataset, size: f64) -> String {
    let (unusable, columns) = dataset.describe(|told| (told.unusable, told.columns.len()));
    let unusable = match unusable {
        0 => String::new(),
        count => format!(", {count} more without a position"),
    };
    let how = if dataset.is_mapped() { "mapped" } else { "read" };
    format!("{} rows{unusable}, {columns} columns, {size:.0} MB, {how}", dataset.len())
}

fn tiles(archive: &Archive) -> String {
    let facts = archive.facts();
    let size = archive.size().map_or(String::new(), |bytes| format!(" {:.0} MB,", bytes as f64 / f64::from(1 << 20)));
    let count = facts.tiles.map_or(String::new(), |count| format!("{count} "));
    let layers: Vec<&str> = facts.layers().collect();
    let layers = if layers.is_empty() { "layers that it does not tell".into() } else { layers.join(", ") };
    let [first, last] = facts.zooms;
    format!("an archive of {count}tiles, zooms {first} to {last}, {layers},{size} opened")
}
