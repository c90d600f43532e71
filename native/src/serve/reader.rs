//! What a server reads: its configuration and its files, at its start, and again when they changed or when it is told.
//!
//! A newer dataset takes the place of the old one whole, once it is read; one that cannot be read changes nothing and is
//! not tried again before its files change, or somebody says so. So does a configuration: settings change whole, datasets
//! come, go and change one by one, and where it is wrong the one before holds.

use super::{quiet::Quiet, watched::Watched};
use crate::{
    http::{Shared, metrics::Outcome},
    read::Stand,
    settings::{
        config::{Config, Serve},
        serving::Serving,
    },
};
use anyhow::{Result, ensure};
use std::{
    io::Write as _,
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// How often files are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// What a server was asked for, and what it serves.
#[derive(Debug)]
pub(super) struct Reader {
    state: Shared,
    args: Serve,
    /// Whether it listens to this machine only.
    local: bool,
    /// The settings that hold.
    serving: Serving,
    /// The configuration file.
    file: Quiet,
    sources: Vec<Watched>,
}

impl Reader {
    /// Nothing is read yet but the configuration.
    pub fn new(state: Shared, args: Serve, config: Config, local: bool) -> Self {
        let Config { serving, sources } = config;
        state.reading.store(sources.len(), Ordering::Release);
        let mut reader = Self { state, args, local, serving, file: Quiet::default(), sources: Vec::new() };
        reader.file.read(reader.stand());
        reader.sources.extend(sources.into_iter().map(Watched::new));
        reader
    }

    /// Reads every file for the first time.
    ///
    /// # Errors
    /// What is wrong with the first that cannot be read.
    pub fn start(&mut self) -> Result<()> {
        for watched in &mut self.sources {
            watched.load(&self.state)?;
            self.state.reading.fetch_sub(1, Ordering::AcqRel);
        }
        Ok(())
    }

    /// Reads everything again but files that are known to be the same. What goes wrong is logged and counted.
    pub fn again(&mut self) {
        self.configure();
        for watched in &mut self.sources {
            if watched.is_same() {
                let what = if watched.source.remote.is_some() { "rows" } else { "files" };
                let _ = writeln!(std::io::stderr(), "{}: its {what} are the same", watched.source.name);
                self.state.metrics.reloaded(&watched.source.name, Outcome::Unchanged);
            } else {
                watched.reload(&self.state);
            }
        }
        self.arrange();
    }

    /// Looks at all files, where that is asked for, and reads those that changed and have been quiet since; asks databases whether
    /// their rows changed.
    pub fn look(&mut self) {
        let watch = self.serving.watch.unwrap_or(false);
        let configured = watch && self.file.is_due(self.stand(), Instant::now());
        if configured {
            self.configure();
        }
        for watched in &mut self.sources {
            if watched.is_due(watch, &self.state) {
                watched.reload(&self.state);
            }
        }
        if configured {
            self.arrange();
        }
    }

    /// How the configuration file stands.
    fn stand(&self) -> Stand {
        Stand::of(self.args.config.as_slice())
    }

    /// Reads the configuration again. What it says of the server holds from now on, but for what cannot change while it
    /// runs; datasets that it asks for otherwise than before are to be read.
    fn configure(&mut self) {
        let Some(path) = self.args.config.clone() else { return };
        // Before it is read: what changes meanwhile is a change.
        self.file.read(self.stand());
        let done = self.take();
        self.state.metrics.configured(done.is_ok());
        match done {
            Ok(()) => {
                let _ = writeln!(std::io::stderr(), "{}: read again", path.display());
            }
            Err(error) => tracing::error!("the configuration before holds: {error:#}"),
        }
    }

    /// Takes the configuration as it is now, all of it or nothing.
    fn take(&mut self) -> Result<()> {
        let Config { serving, sources } = self.args.whole()?;
        let others = self.sources.iter().any(|watched| !watched.source.is_builtin());
        // As after a full disk, or while another program writes it.
        ensure!(!others || sources.iter().any(|source| !source.is_builtin()), "it names no dataset any more");
        let (serving, kept) = serving.under(&self.serving)?;
        self.state.set(serving.settings(self.local)?);
        if self.serving.watch == Some(true) && serving.watch != Some(true) {
            tracing::warn!("files are not watched any more; SIGHUP reads them and the configuration again");
        }
        self.serving = serving;
        for name in kept {
            tracing::warn!("{name} cannot change while the server runs; it will when it is started again");
        }
        let mut before = std::mem::take(&mut self.sources);
        let known = |source| match before.iter().position(|watched| watched.source == source) {
            Some(place) => before.swap_remove(place),
            None => Watched::new(source),
        };
        self.sources = sources.into_iter().map(known).collect();
        // What was never served stands in the metrics, too, as what could not be read.
        let names = |name: &str| self.sources.iter().any(|watched| watched.source.name == name);
        let left = before.iter().map(|watched| watched.source.name.as_str()).filter(|name| !names(name));
        left.for_each(|name| self.state.metrics.gone(name));
        Ok(())
    }

    /// Serves what the configuration names, in its order, and nothing else.
    fn arrange(&self) {
        let names: Vec<&str> = self.sources.iter().map(|watched| watched.source.name.as_str()).collect();
        for gone in self.state.arrange(&names) {
            let _ = writeln!(std::io::stderr(), "{gone}: no longer served");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Catalog, engine::pack::Coding, http::State, load::Load, settings::Settings, wanted::Wanted};
    use std::fs;

    #[test]
    fn what_is_kept_of_another_dataset_stays_when_one_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = |name: &str, rows: &str| {
            let path = folder.path().join(name);
            fs::write(&path, format!("lon,lat,n\n{rows}")).expect("written");
            Wanted::parse(&path.display().to_string(), &Load::default()).expect("fine")
        };
        let entries = [source("a.csv", "1,1,1\n"), source("b.csv", "2,2,2\n")].map(|source| source.entry(&()));
        let state = State::new(Catalog::new(entries.map(|entry| entry.expect("it reads"))), Settings::default());
        let old = state.catalog.get("a").expect("there");
        let keep = |name: &str| {
            let entry = state.catalog.get(name).expect("there");
            let make = |_| async { Ok(vec![0; 100]) };
            let kept = state.engine.document(&entry, "x", Coding::Identity, make);
            tokio::runtime::Runtime::new().expect("threads").block_on(kept).expect("made");
        };
        keep("a");
        keep("b");
        let size =
            || state.engine.keeps.sizes().into_iter().find(|(name, _)| *name == "documents").map(|(_, size)| size);
        let both = size().expect("documents are kept");
        let config = Config { sources: vec![source("a.csv", "1,1,1\n3,3,3\n")], ..Config::default() };
        let mut reader = Reader::new(state.clone(), Serve::default(), config, true);
        reader.start().expect("it reads");
        assert_eq!(state.catalog.get("a").expect("there").source.len(), 2);
        assert_eq!(size(), Some(both / 2));
        // Nobody holds the old rows any more.
        assert_eq!(std::sync::Arc::strong_count(&old), 1);
        fs::write(folder.path().join("a.csv"), "nothing\n").expect("written");
        reader.again();
        assert_eq!(state.catalog.get("a").expect("there").source.len(), 2);
        assert!(state.metrics.text(state.now()).contains("duotile_dataset_stale{dataset=\"a\"} 1"));
    }

    #[test]
    fn a_file_that_lies_elsewhere_is_read_again_when_its_tag_changes_and_served_while_it_is_away() {
        use crate::source::remote::served::Server;
        let rows = |count: usize| format!("lon,lat\n{}", "1,2\n".repeat(count)).into_bytes();
        let far = Server::of(&rows(2));
        let source = Wanted::parse(&far.url("a.csv"), &Load::default()).expect("fine");
        let state = State::new(Catalog::default(), Settings::default());
        let config = Config { sources: vec![source], ..Config::default() };
        let mut reader = Reader::new(state.clone(), Serve::default(), config, true);
        reader.start().expect("it reads");
        let now = || {
            let entry = state.catalog.get("a").expect("there");
            let is_old = state.metrics.text(state.now()).contains("duotile_dataset_stale{dataset=\"a\"} 1\n");
            (entry.source.len(), is_old)
        };
        assert_eq!(now(), (2, false));
        let sent = far.now().sent;
        reader.again();
        assert_eq!((now(), far.now().sent), ((2, false), sent + 1), "a byte is asked for");
        // It is not asked unless that is said: no look is due.
        reader.look();
        assert_eq!(far.now().sent, sent + 1);
        (far.now().bytes, far.now().etag) = (rows(3), Some("\"2\"".into()));
        reader.again();
        assert_eq!(now(), (3, false));
        far.fails();
        reader.again();
        assert_eq!(now(), (3, true));
        far.now().instead = None;
        reader.again();
        assert_eq!(now(), (3, false));
    }

    #[test]
    fn a_configuration_is_taken_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("written");
        };
        for (name, rows) in [("a.csv", "1,1,1\n"), ("b.csv", "2,2,2\n3,3,3\n"), ("c.csv", "4,4,4\n")] {
            write(name, &format!("lon,lat,n\n{rows}"));
        }
        write("d.toml", "[[dataset]]\npath = \"a.csv\"\n[[dataset]]\npath = \"b.csv\"\n");
        let args = Serve { config: Some(folder.path().join("d.toml")), ..Serve::default() };
        let config = args.whole().expect("fine");
        let settings = config.serving.settings(true).expect("fine");
        let state = State::new(Catalog::default(), settings);
        let mut reader = Reader::new(state.clone(), args, config, true);
        reader.start().expect("it reads");
        let now = || {
            let all = state.catalog.all();
            let told = |entry: &std::sync::Arc<crate::catalog::Entry>| {
                (entry.source.name().to_owned(), entry.source.len(), entry.rows)
            };
            (all.iter().map(told).collect::<Vec<_>>(), state.settings().limits.max_subset)
        };
        let row = |name: &str, len, rows| (name.to_owned(), len, rows);
        let first = (vec![row("a", 1, true), row("b", 2, true)], 2_000_000);
        assert_eq!(now(), first);

        // Wrong in its text, in a setting, in a table: nothing of it is taken.
        for broken in [
            "max-subset = 5\nport =",
            "max-subset = 5\ncors = \"somebody\"\n[[dataset]]\npath = \"c.csv\"",
            "max-subset = 5\n[[dataset]]\nroad = \"c.csv\"",
        ] {
            write("d.toml", broken);
            reader.again();
            assert_eq!(now(), first, "{broken}");
            assert!(state.metrics.text(state.now()).contains("duotile_configuration_stale 1\n"), "{broken}");
        }

        for empty in ["", "max-subset = 5\n"] {
            write("d.toml", empty);
            reader.again();
            assert_eq!(now(), first, "{empty:?}");
        }

        // One goes, one changes, one comes and is the first; one that cannot be read is not served.
        let next = "max-subset = 5\nport = 7\n[[dataset]]\npath = \"c.csv\"\n[[dataset]]\npath = \"missing.csv\"\n\
            [[dataset]]\npath = \"b.csv\"\nrows = false\n";
        write("d.toml", next);
        reader.again();
        assert_eq!(now(), (vec![row("c", 1, true), row("b", 2, false)], 5));
        let metrics = state.metrics.text(state.now());
        assert!(metrics.contains("duotile_configuration_stale 0\n"), "{metrics}");
        assert!(!metrics.contains("duotile_dataset_rows{dataset=\"a\"}"), "{metrics}");

        // What another path of the same name cannot give, the old rows do.
        write("d.toml", "[[dataset]]\nname = \"b\"\npath = \"missing.csv\"\n");
        reader.again();
        assert_eq!(now(), (vec![row("b", 2, false)], 2_000_000));
        assert!(state.metrics.text(state.now()).contains("duotile_dataset_stale{dataset=\"b\"} 1\n"));
    }
}
