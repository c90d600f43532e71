//! The datasets that are served, by name. The first is the default.
//!
//! A dataset never changes; a newer one takes its place whole, and requests that hold the old one finish with it.

use crate::{
    about::About,
    source::{Source, archive::Low},
};
use duotile_core::nearest;
use std::{
    hash::{Hash, Hasher},
    path::Path,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// A source and what of it may leave.
#[derive(Debug)]
pub struct Entry {
    /// The source.
    pub source: Source,
    /// Whether its rows may be listed.
    pub rows: bool,
    /// Whether subsets of it may be downloaded.
    pub subset: bool,
    /// What the operator says of its columns, and what is known of those that were measured.
    pub about: About,
    /// What some of its tiles are sent from, where they need not be cut.
    pub low: Option<Arc<Low>>,
    /// What is kept goes by this.
    pub edition: Edition,
}

impl Entry {
    /// A source of which everything may leave that there is.
    #[must_use]
    pub fn open(source: impl Into<Source>) -> Self {
        let source = source.into();
        let about = source.schema().map(|dataset| dataset.about()).unwrap_or_default();
        let (rows, subset) = (source.schema().is_some(), source.dataset().is_some());
        Self { source, rows, subset, about, low: None, edition: Edition::default() }
    }
}

/// A source as it was read once. Read again it is another, even where the version, which goes by its content, is the same.
#[derive(Clone, Debug, Default)]
pub struct Edition(Arc<AtomicBool>);

impl Edition {
    /// Another took its place, or it is not served any more.
    pub fn end(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl PartialEq for Edition {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Edition {}

impl Hash for Edition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// All datasets.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: RwLock<Vec<Arc<Entry>>>,
}

impl Catalog {
    /// Datasets in their order. Of two with one name, the later takes the place of the earlier.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Self {
        let catalog = Self::default();
        entries.into_iter().for_each(|entry| drop(catalog.put(entry)));
        catalog
    }

    /// Adds a dataset, or puts it in the place of the one with its name.
    ///
    /// What was there comes back.
    pub fn put(&self, entry: Entry) -> Option<Arc<Entry>> {
        let entry = Arc::new(entry);
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = entries.iter_mut().find(|old| old.source.name() == entry.source.name()) {
            return Some(std::mem::replace(old, entry));
        }
        entries.push(entry);
        None
    }

    /// Keeps those of these names, in their order, and gives the others.
    pub fn arrange(&self, names: &[&str]) -> Vec<Arc<Entry>> {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let place = |entry: &Arc<Entry>| names.iter().position(|name| *name == entry.source.name());
        let (mut kept, gone): (Vec<_>, Vec<_>) = entries.drain(..).partition(|entry| place(entry).is_some());
        kept.sort_by_key(place);
        *entries = kept;
        gone
    }

    /// The dataset of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<Entry>> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.iter().find(|entry| entry.source.name() == name).cloned()
    }

    /// The default dataset.
    #[must_use]
    pub fn first(&self) -> Option<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The name most like one that is not there, if it is like it at all.
    #[must_use]
    pub fn near(&self, name: &str) -> Option<String> {
        let all = self.all();
        nearest(name, all.iter().map(|entry| entry.source.name())).map(str::to_owned)
    }
}

/// A name for addresses from a path: the stem of the file (or the folder before a pattern) in plain letters and digits.
///
/// ```
/// assert_eq!(duotile::catalog::slug("data/Trips 2014.csv.gz"), "trips-2014");
/// assert_eq!(duotile::catalog::slug("data/year=*/*.parquet"), "data");
/// ```
#[must_use]
pub fn slug(path: &str) -> String {
    let plain = |part: &str| {
        let mut slug = String::new();
        for c in part.chars().flat_map(char::to_lowercase) {
            if c.is_alphanumeric() || c == '_' {
                slug.push(c);
            } else if !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.trim_matches('-').to_owned()
    };
    let parts = Path::new(path).components().rev();
    let named = parts.filter_map(|part| part.as_os_str().to_str()).filter(|part| !part.contains(['*', '?', '[']));
    let stem = |part: &str| {
        let lower = part.to_lowercase();
        let part = [".gz", ".zst", ".zstd"].iter().find_map(|end| lower.strip_suffix(end)).unwrap_or(&lower);
        plain(part.rsplit_once('.').map_or(part, |(stem, _)| if stem.is_empty() { part } else { stem }))
    };
    named.map(stem).find(|slug| !slug.is_empty()).unwrap_or_else(|| "data".into())
}

/// Checks a name that was given: what can stand in an address without being written differently.
///
/// # Errors
/// One line that says what a name may hold.
pub fn check_name(name: &str) -> Result<(), String> {
    let fine = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) && !name.starts_with('.');
    if name.is_empty() || !fine {
        return Err(format!("\"{name}\" cannot name a dataset: expected letters, digits, -, _ and ."));
    }
    Ok(())
}

/// The same name, or with `-2`, `-3` … where it is taken.
#[must_use]
pub fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(name) {
        return name.to_owned();
    }
    (2..u32::MAX).map(|n| format!("{name}-{n}")).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain_and_never_empty() {
        for (path, expected) in [
            ("points.parquet", "points"),
            ("/data/NYC Pickups (2014).CSV", "nyc-pickups-2014"),
            ("trips/*.parquet", "trips"),
            ("trips/", "trips"),
            ("a.b.csv.zst", "a-b"),
            ("Orte_Zürich.csv", "orte_zürich"),
            ("*.csv", "data"),
            (".csv", "csv"),
        ] {
            assert_eq!(slug(path), expected, "{path}");
        }
    }

    #[test]
    fn taken_names_get_a_number() {
        let taken = ["a", "a-2"];
        assert_eq!(free_name("a", |name| taken.contains(&name)), "a-3");
        assert_eq!(free_name("b", |name| taken.contains(&name)), "b");
        assert!(check_name("a/b").is_err() && check_name("").is_err() && check_name("Ünï-1.b").is_ok());
    }
}
