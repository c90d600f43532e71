//! Which files make which dataset: what is asked for, and what becomes of it.

use crate::{
    about::{self, About},
    catalog::{self, Entry},
    dataset::Dataset,
    disk,
    load::Load,
    prepared,
    read::{self, Inputs, Options, Progress},
    source::{
        archive::{Archive, Low},
        live::Live,
        remote::{Link, Place, Remote},
    },
};
use anyhow::{Context as _, Result, bail, ensure};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A dataset that is wanted, before it is read: its name, where it comes from, how to read it, what of it may leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its name in addresses.
    pub name: String,
    /// Files, folders or patterns; none for the built-in data.
    pub paths: Vec<PathBuf>,
    /// A database, or a file that lies elsewhere, in their place.
    pub remote: Option<Remote>,
    /// That it is asked live, and how.
    pub live: Option<Asked>,
    /// How to read it.
    pub load: Load,
    /// Whether its rows may be listed, and taken as files. Tiles tell values all the same: what nobody may know is hidden.
    pub rows: bool,
    /// Whether subsets of it may be downloaded.
    pub subset: bool,
    /// What is said of its columns.
    pub about: About,
    /// An archive of its default query, from which the zooms that it has are sent.
    pub low_zooms: Option<PathBuf>,
}

/// How a database is asked live.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Its column of keys: x and y of the position, bit by bit, from which a tile is one range.
    pub key: Option<String>,
}

/// Files (or folders, or globs) as one dataset: a prepared file is opened as it lies, all else is read.
///
/// # Errors
/// One clear sentence when a file is missing, empty, damaged or without positions, or when an option does not fit.
pub fn open(paths: &[PathBuf], options: &Options, progress: &dyn Progress) -> Result<Dataset> {
    let inputs = Inputs::of(paths, options)?;
    let dataset = match inputs.prepared() {
        Some(path) => prepared::open(path, options, progress),
        None => inputs.read(options, progress),
    }?;
    dataset.with_columns(&options.made, progress)
}

impl Wanted {
    /// Built-in data, by its name.
    #[must_use]
    pub fn builtin(name: &str) -> Self {
        Self {
            name: name.into(),
            paths: Vec::new(),
            remote: None,
            live: None,
            load: Load::default(),
            rows: true,
            subset: true,
            about: About::new(),
            low_zooms: None,
        }
    }

    /// Whether it is that.
    #[must_use]
    pub const fn is_builtin(&self) -> bool {
        self.paths.is_empty() && self.remote.is_none()
    }

    /// Reads `NAME=PATH` or `PATH`.
    ///
    /// # Errors
    /// For a name that cannot stand in an address.
    pub fn parse(text: &str, load: &Load) -> Result<Self> {
        // A path may hold an equals sign itself, as the folders of a Hive table do.
        let named =
            text.split_once('=').filter(|(name, _)| !name.contains(['/', '\\', '*']) && !Path::new(text).exists());
        let (name, path) = named.map_or((None, text), |(name, path)| (Some(name), path));
        if let Some(name) = name {
            catalog::check_name(name).map_err(anyhow::Error::msg)?;
        }
        let load = load.clone();
        if Remote::is_address(path) {
            let remote = Remote::parse(path)?;
            let name = name.map_or_else(|| catalog::slug(remote.name()), str::to_owned);
            return Ok(Self { name, remote: Some(remote), load, ..Self::builtin("") });
        }
        let name = name.map_or_else(|| catalog::slug(text), str::to_owned);
        Ok(Self { name, paths: vec![path.into()], load, ..Self::builtin("") })
    }

    /// Sources with names that differ: a later one of the same name gets a number.
    #[must_use]
    pub fn distinct(sources: Vec<Self>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::with_capacity(sources.len());
        for mut source in sources {
            source.name = catalog::free_name(&source.name, |name| all.iter().any(|known| known.name == name));
            all.push(source);
        }
        all
    }

    /// Reads it.
    ///
    /// # Errors
    /// One clear line that names the file.
    pub fn read(&self, progress: &dyn Progress) -> Result<Dataset> {
        if let Some(shown) = self.archive() {
            bail!("{shown} is an archive of finished tiles, expected a file of rows");
        }
        if let Some(remote) = &self.remote {
            return self.fetch(remote, progress);
        }
        let Some(first) = self.paths.first() else { return read::builtin(&self.name, progress) };
        let options = self.load.options(&self.name)?;
        let named = first.display().to_string();
        // Most errors name the file themselves.
        open(&self.paths, &options, progress)
            .map_err(|error| if format!("{error:#}").contains(&named) { error } else { error.context(named) })
    }

    /// Whether a file is among those that it is read from.
    ///
    /// # Errors
    /// When one of these is missing, empty, or of no format that is read.
    pub(crate) fn reads(&self, file: &Path) -> Result<bool> {
        if !file.exists() || self.paths.is_empty() || self.archive().is_some() {
            return Ok(false);
        }
        let inputs = Inputs::of(&self.paths, &self.load.options(&self.name)?)?;
        Ok(inputs.files().any(|path| disk::same(&path, file)))
    }

    /// Fetches what lies elsewhere, and reads it.
    fn fetch(&self, remote: &Remote, progress: &dyn Progress) -> Result<Dataset> {
        let options = self.load.options(&self.name)?;
        remote.read(&self.name, progress, |spool| {
            let options = Options { fetched: Some(spool.fetched.clone()), ..options.clone() };
            let path = spool.path();
            let (shown, address) = (path.display().to_string(), remote.to_string());
            // What readers say of a file is said of where it came from.
            open(&[path], &options, progress).map_err(|error| {
                let mut said = format!("{error:#}").replace(&shown, &address);
                if said.contains("invalid utf") && matches!(remote.place, Place::Database(_)) {
                    said.push_str("; a query can make texts of such bytes: toValidUTF8(column)");
                }
                let named = said.contains(&address);
                let said = anyhow::Error::msg(said);
                if named { said } else { said.context(address) }
            })
        })
    }

    /// Looks at a table that is asked live.
    fn live(&self, remote: &Remote, asked: &Asked, progress: &dyn Progress) -> Result<Live> {
        let Load { title, attribution, lon, lat, time, zone, id, hide, columns, .. } = self.load.clone();
        let mut load = Load { title, attribution, lon, lat, time, zone, id, hide, columns, ..Load::default() };
        ensure!(
            self.load == load,
            "live takes lon, lat, time, id, hide, columns, zone, title and attribution alone of what says how to read: its rows are \
             as the database has them"
        );
        ensure!(self.low_zooms.is_none(), "live and low-zooms, expected one of both");
        load.hide.extend(asked.key.clone());
        let sample = Self { load, ..self.clone() }.fetch(&remote.sample()?, progress)?;
        Live::open(remote, &self.name, &sample, asked.key.as_deref(), progress)
    }

    /// Where the archive of tiles lies that it is.
    #[must_use]
    pub fn archive(&self) -> Option<String> {
        let here = self.paths.iter().find(|path| Archive::is_one(path)).map(|path| path.display().to_string());
        here.or_else(|| self.link().map(Link::to_string))
    }

    /// The archive that lies elsewhere.
    fn link(&self) -> Option<&Link> {
        match self.remote.as_ref().map(|remote| &remote.place) {
            Some(Place::File(link)) if link.is_archive() => Some(link),
            _ => None,
        }
    }

    /// Opens the archive of tiles that it is.
    ///
    /// # Errors
    /// When it is none, or is damaged, or is to be read otherwise.
    pub fn opened(&self) -> Result<Archive> {
        let Load { title, attribution, .. } = self.load.clone();
        let read = Load { title: title.clone(), attribution: attribution.clone(), ..Load::default() };
        let alone = self.paths.len() == usize::from(self.remote.is_none());
        ensure!(alone, "an archive of tiles is a dataset by itself, expected one path");
        ensure!(
            self.load == read,
            "an archive of tiles takes --title and --attribution alone; what else is to be read otherwise has a [[dataset]] \
             of its own in a configuration file"
        );
        let archive = match (self.link(), self.paths.first()) {
            (Some(link), _) => Archive::elsewhere(&self.name, link)?,
            (None, Some(path)) => Archive::open(&self.name, path)?,
            (None, None) => bail!("it is no archive"),
        };
        Ok(archive.called(title, attribution))
    }

    /// Opens the archive that its low zooms are sent from.
    fn low(&self, path: &Path, entry: &Entry, progress: &dyn Progress) -> Result<Arc<Low>> {
        let dataset = entry.source.dataset().context("a dataset that is an archive has all of its tiles")?;
        let low = Low::of(Archive::open(&self.name, path)?, dataset)?;
        progress.line(&format!("zooms {} are sent from {}", low.told(), path.display()));
        Ok(Arc::new(low))
    }

    /// Reads it for the catalogue.
    ///
    /// # Errors
    /// As [`Wanted::read`].
    pub fn entry(&self, progress: &dyn Progress) -> Result<Entry> {
        let entry = match self.archive() {
            Some(shown) => Entry::open(self.opened().context(shown)?),
            None => match (&self.remote, &self.live) {
                (Some(remote), Some(asked)) => Entry::open(self.live(remote, asked, progress)?),
                _ => Entry::open(self.read(progress)?),
            },
        };
        about::check(&self.about, &entry.source)?;
        let about = entry.about.iter().chain(&self.about).map(|(name, said)| (name.clone(), said.clone())).collect();
        let low = self
            .low_zooms
            .as_deref()
            .map(|path| self.low(path, &entry, progress).with_context(|| format!("--low-zooms {}", path.display())));
        let low = low.transpose()?;
        Ok(Entry { low, rows: entry.rows && self.rows, subset: entry.subset && self.subset, about, ..entry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_from_paths_but_hive_folders_are_not() {
        let load = Load::default();
        let read = |text| Wanted::parse(text, &load).map(|source| (source.name, source.paths));
        assert_eq!(read("a=b/c.csv").expect("fine"), ("a".into(), vec!["b/c.csv".into()]));
        assert_eq!(read("b/year=2020/c.csv").expect("fine"), ("c".into(), vec!["b/year=2020/c.csv".into()]));
        assert!(read("a b=c.csv").is_err());
    }

    #[test]
    fn clashing_names_get_numbers() {
        let source = |text| Wanted::parse(text, &Load::default()).expect("fine");
        let names = Wanted::distinct(vec![source("x/a.csv"), source("y/a.csv"), source("a.parquet")]);
        assert_eq!(names.iter().map(|source| source.name.as_str()).collect::<Vec<_>>(), ["a", "a-2", "a-3"]);
    }
}
