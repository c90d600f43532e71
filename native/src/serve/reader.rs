//! The files of a server: read at its start, and again when they changed or when it is told.
//!
//! A newer dataset takes the place of the old one whole, once it is read; one that cannot be read changes nothing and is
//! not tried again before its files change, or somebody says so.

use crate::{
    http::{Shared, metrics::Outcome},
    load::Source,
    progress::Terminal,
    read::Stand,
};
use anyhow::Result;
use std::{
    io::Write as _,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// How often files are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// How long a file that changed must stay as it is before it is read, so that one that is being written is left alone.
const QUIET: Duration = Duration::from_secs(2);

/// The sources of a server, and how they stand.
#[derive(Debug)]
pub(super) struct Reader {
    state: Shared,
    sources: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    source: Source,
    /// How its files stood when they were last read, well or not.
    read: Option<Stand>,
    /// Whether that went well, and files that stand the same are the same.
    settled: bool,
    /// What differs from that, and since when it has been so.
    changed: Option<(Stand, Instant)>,
}

impl Reader {
    /// Nothing is read yet.
    pub fn new(state: Shared, sources: Vec<Source>) -> Self {
        state.reading.store(sources.len(), Ordering::Release);
        let watched = |source| Watched { source, read: None, settled: false, changed: None };
        Self { state, sources: sources.into_iter().map(watched).collect() }
    }

    /// Reads everything for the first time.
    ///
    /// # Errors
    /// What is wrong with the first file that cannot be read.
    pub fn start(&mut self) -> Result<()> {
        for watched in &mut self.sources {
            watched.load(&self.state)?;
            self.state.reading.fetch_sub(1, Ordering::AcqRel);
        }
        Ok(())
    }

    /// Reads everything again but what is known to be the same. What goes wrong is logged and counted.
    pub fn again(&mut self) {
        for watched in &mut self.sources {
            let same = watched.settled && watched.read == Some(Stand::of(&watched.source.paths));
            if same {
                let _ = writeln!(std::io::stderr(), "{}: its files are the same", watched.source.name);
                self.state.metrics.reloaded(&watched.source.name, Outcome::Unchanged);
            } else {
                watched.reload(&self.state);
            }
        }
    }

    /// Looks at all files, and reads those that changed and have been quiet since.
    pub fn look(&mut self) {
        for watched in &mut self.sources {
            if watched.is_due(Stand::of(&watched.source.paths), Instant::now()) {
                watched.reload(&self.state);
            }
        }
    }
}

impl Watched {
    /// Whether files that stand like this are to be read now.
    fn is_due(&mut self, stand: Stand, now: Instant) -> bool {
        if self.read.as_ref() == Some(&stand) {
            self.changed = None;
            return false;
        }
        match &self.changed {
            Some((last, since)) if *last == stand => now.duration_since(*since) >= QUIET,
            _ => {
                self.changed = Some((stand, now));
                false
            }
        }
    }

    /// Reads it, and says how that went.
    fn load(&mut self, state: &Shared) -> Result<()> {
        let start = Instant::now();
        // Before they are read: what changes meanwhile is a change.
        let stand = Stand::of(&self.source.paths);
        let telling = stand.is_telling();
        (self.read, self.settled, self.changed) = (Some(stand), false, None);
        let entry = self.source.entry(&Terminal::new(&self.source.name))?;
        let dataset = &entry.dataset;
        let unusable = match dataset.report().unusable {
            0 => String::new(),
            count => format!(", {count} more without a position"),
        };
        let columns = dataset.with_points(|points| points.columns().len());
        let size = dataset.size() as f64 / f64::from(1 << 20);
        let line = format!(
            "{}: {} rows{unusable}, {columns} columns, {size:.0} MB, {} in {:.1} s",
            dataset.name(),
            dataset.len(),
            if dataset.is_mapped() { "mapped" } else { "read" },
            start.elapsed().as_secs_f64()
        );
        let _ = writeln!(std::io::stderr(), "{line}");
        state.replace(entry);
        self.settled = telling;
        Ok(())
    }

    /// Reads it again; the old one stays where that fails.
    fn reload(&mut self, state: &Shared) {
        let outcome = match self.load(state) {
            Ok(()) => Outcome::Replaced,
            Err(error) => {
                tracing::error!("{}: the old rows stay: {error:#}", self.source.name);
                Outcome::Failed
            }
        };
        state.metrics.reloaded(&self.source.name, outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Catalog, http::State, load::Load, settings::Settings};
    use std::fs;

    #[test]
    fn a_change_is_read_once_and_only_when_it_has_been_quiet() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let stand = |text: &str| {
            fs::write(&path, text).expect("written");
            Stand::of(std::slice::from_ref(&path))
        };
        let source = Source::parse(&path.display().to_string(), &Load::default()).expect("fine");
        let mut watched = Watched { source, read: Some(stand("1")), settled: true, changed: None };
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        watched.read = Some(stand("22"));
        let (same, half, whole) = (watched.read.clone().expect("set"), stand("333"), stand("4444"));
        assert!(!watched.is_due(same.clone(), after(1)));
        assert!(!watched.is_due(half.clone(), after(2)), "just changed");
        assert!(!watched.is_due(half, after(3)), "not for long");
        assert!(!watched.is_due(whole.clone(), after(9)), "changed again");
        assert!(watched.is_due(whole.clone(), after(11)), "quiet");
        watched.read = Some(whole.clone());
        assert!(!watched.is_due(whole, after(100)), "read, well or not");
    }

    #[test]
    fn what_is_kept_of_another_dataset_stays_when_one_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = |name: &str, rows: &str| {
            let path = folder.path().join(name);
            fs::write(&path, format!("lon,lat,n\n{rows}")).expect("written");
            Source::parse(&path.display().to_string(), &Load::default()).expect("fine")
        };
        let entries = [source("a.csv", "1,1,1\n"), source("b.csv", "2,2,2\n")].map(|source| source.entry(&()));
        let state = State::new(Catalog::new(entries.map(|entry| entry.expect("it reads"))), Settings::default());
        let old = state.catalog.get("a").expect("there");
        for entry in state.catalog.all() {
            let key = format!("{}\n{}\n", entry.dataset.name(), entry.dataset.version());
            state.documents.insert(key, axum::body::Bytes::new());
        }
        let mut reader = Reader::new(state.clone(), vec![source("a.csv", "1,1,1\n3,3,3\n")]);
        reader.start().expect("it reads");
        assert_eq!(state.catalog.get("a").expect("there").dataset.len(), 2);
        let kept: Vec<String> = state.documents.iter().map(|(key, _)| key).collect();
        assert_eq!(kept.len(), 1);
        assert!(kept[0].starts_with("b\n"));
        // Nobody holds the old rows any more.
        assert_eq!(std::sync::Arc::strong_count(&old), 1);
        fs::write(folder.path().join("a.csv"), "nothing\n").expect("written");
        reader.again();
        assert_eq!(state.catalog.get("a").expect("there").dataset.len(), 2);
        assert!(state.metrics.text(state.now()).contains("duotile_dataset_stale{dataset=\"a\"} 1"));
    }
}
