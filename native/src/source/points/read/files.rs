//! Paths, folders and patterns become a list of files, each of a known format.

use super::{
    mark::{self, ARROW},
    shapefile,
};
use crate::source::sqlite;
use anyhow::{Context, Result, bail};
use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

/// Formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Parquet,
    Arrow,
    FlatGeobuf,
    /// A collection of features, or a feature a line.
    GeoJson,
    GeoPackage,
    /// The shapes, with other files beside them.
    Shapefile,
    /// A Shapefile in an archive.
    Zip,
    /// What `build` writes.
    Prepared,
}

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub path: PathBuf,
    pub format: Format,
    /// `key=value` folders on the way to it.
    pub partitions: Partitions,
}

impl Input {
    /// All files that it is: a Shapefile is several.
    pub fn all(&self) -> Vec<PathBuf> {
        all(&self.path)
    }
}

/// All files that the file of a path is.
pub(super) fn all(path: &Path) -> Vec<PathBuf> {
    let others = if by_name(path) == Some(Format::Shapefile) { shapefile::beside(path) } else { Vec::new() };
    // What a database's writer has not yet put into it.
    std::iter::once(path.to_owned()).chain(others).chain(sqlite::beside(path)).collect()
}

/// Names and values.
type Partitions = Vec<(String, String)>;

/// What files are called that are read.
const EXPECTED: &str = "expected .csv, .tsv, .txt, .dat, .rdb, .geojson or .geojsonl (also with .gz or .zst), .parquet, .arrow, .feather, .ipc, .fgb, .gpkg, .shp or .zip";

/// All files of the given paths, in order: files as they are, folders with all they hold, patterns with what they match. One that
/// was fetched is `named` as where it came from. Also what is told of those that are passed over.
///
/// # Errors
/// When a path leads nowhere, a folder holds nothing to read, or a file is empty or of an unknown format.
pub(super) fn expand(paths: &[PathBuf], named: Option<&Path>) -> Result<(Vec<Input>, Option<String>)> {
    let input = |found: Found| {
        let format = format(&found.path, named.unwrap_or(&found.path))?;
        Ok(Input { format, path: found.path, partitions: found.partitions })
    };
    let (empty, found): (Vec<_>, Vec<_>) = find(paths)?.into_iter().partition(|found| found.is_empty);
    let told = empty.first().map(|first| match empty.len() {
        1 => format!("{} is empty and is passed over", first.path.display()),
        count => format!("{count} files are empty and are passed over, such as {}", first.path.display()),
    });
    Ok((found.into_iter().map(input).collect::<Result<_>>()?, told))
}

/// A file that was found, not looked into.
pub(super) struct Found {
    pub path: PathBuf,
    partitions: Partitions,
    /// Whether it lies in a folder and holds nothing.
    is_empty: bool,
}

/// As [`expand`], without opening a file.
///
/// # Errors
/// When a path leads nowhere, or a folder holds nothing to read.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in paths {
        let text = path.to_string_lossy();
        if path.is_dir() {
            let files = folder(path)?;
            if files.iter().all(|file| file.is_empty) {
                bail!("the folder {} holds no file to read, {EXPECTED}", path.display());
            }
            found.extend(files);
        } else if path.exists() {
            found.push(Found { path: path.clone(), partitions: partitions(path), is_empty: false });
        } else if text.contains(['*', '?', '[']) {
            let matches = glob::glob(&text).with_context(|| format!("the pattern {text} cannot be understood"))?;
            let mut matches: Vec<PathBuf> =
                matches.collect::<Result<_, _>>().with_context(|| format!("the pattern {text}"))?;
            matches.retain(|path| path.is_file());
            matches.sort();
            if matches.is_empty() {
                bail!("no file matches {text}");
            }
            found.extend(matches.into_iter().map(|path| Found {
                partitions: partitions(&path),
                path,
                is_empty: false,
            }));
        } else if path.is_symlink() {
            bail!("{} is a link that leads nowhere", path.display());
        } else {
            bail!("there is no file {}{}", path.display(), near(path));
        }
    }
    Ok(found)
}

/// A walk through a folder with all that lies in it.
#[derive(Default)]
struct Walk {
    found: Vec<Found>,
    /// Folders and files that were come to, by the names that they have without links.
    seen: HashSet<PathBuf>,
    /// Links that were met, with the partitions on the way to them.
    links: Vec<(PathBuf, Partitions)>,
}

/// All files of a folder in the order of their names, each once: what links lead to besides is read where it lies, and a link
/// that leads back up leads nowhere new.
fn folder(path: &Path) -> Result<Vec<Found>> {
    let mut walk = Walk::default();
    walk.enter(path, &Vec::new())?;
    let mut at = 0;
    while let Some((link, partitions)) = walk.links.get(at).cloned() {
        walk.take(link, &partitions)?;
        at += 1;
    }
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(walk.found)
}

impl Walk {
    fn enter(&mut self, path: &Path, partitions: &Partitions) -> Result<()> {
        let shown = path.display();
        let place = path.canonicalize().with_context(|| format!("cannot look into {shown}"))?;
        if !self.seen.insert(place) {
            return Ok(());
        }
        let entries = fs::read_dir(path).with_context(|| format!("cannot look into {shown}"))?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()
            .with_context(|| format!("cannot look into {shown}"))?;
        paths.sort();
        for path in paths {
            if path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().starts_with(['.', '_']) {
                continue;
            }
            if path.is_symlink() {
                self.links.push((path, partitions.clone()));
            } else {
                self.take(path, partitions)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: PathBuf, partitions: &Partitions) -> Result<()> {
        if path.is_dir() {
            let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
            let mut inner = partitions.clone();
            inner.extend(partition(&name));
            return self.enter(&path, &inner);
        }
        // An archive may be of the very files beside it.
        let is_read = by_name(&path).is_some_and(|format| format != Format::Zip);
        if let Some(facts) = path.metadata().ok().filter(|_| is_read) {
            let place = path.canonicalize().unwrap_or_else(|_| path.clone());
            if self.seen.insert(place) {
                self.found.push(Found { partitions: partitions.clone(), path, is_empty: facts.len() == 0 });
            }
        }
        Ok(())
    }
}

/// The partitions that a path names itself.
fn partitions(path: &Path) -> Partitions {
    let parts = path.parent().into_iter().flat_map(Path::components);
    parts.filter_map(|part| partition(&part.as_os_str().to_string_lossy())).collect()
}

/// `key=value`, where the value may be percent-encoded.
fn partition(name: &str) -> Option<(String, String)> {
    let (key, value) = name.split_once('=')?;
    if key.is_empty() {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|two| byte == b'%' && two.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(decoded) => (bytes.push(decoded), rest = &tail[2..]).1,
            None => (bytes.push(byte), rest = tail).1,
        }
    }
    Some((key.to_owned(), String::from_utf8(bytes).unwrap_or_else(|_| value.to_owned())))
}

/// The format by the first bytes, else by the ending of its name.
fn format(path: &Path, name: &Path) -> Result<Format> {
    let shown = path.display();
    // To open a pipe would be to wait for who writes to it.
    if path.metadata().is_ok_and(|facts| !facts.is_file()) {
        bail!("{shown} is a pipe, a device or a folder, expected a file");
    }
    let mut start = Vec::new();
    let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    file.take(16).read_to_end(&mut start).with_context(|| format!("cannot read {shown}"))?;
    if start.is_empty() {
        bail!("{shown} is empty");
    }
    // The second is what encrypted ones begin with, which is said where they are opened.
    if start.starts_with(b"PAR1") || start.starts_with(b"PARE") {
        return Ok(Format::Parquet);
    }
    if start.starts_with(ARROW) {
        return Ok(if mark::is_prepared(path)? { Format::Prepared } else { Format::Arrow });
    }
    // A stream of it begins with the mark of a message.
    if start.starts_with(&[0xff; 4]) {
        return Ok(Format::Arrow);
    }
    if start.starts_with(b"fgb") {
        return Ok(Format::FlatGeobuf);
    }
    if start.starts_with(&[0, 0, 0x27, 0x0a]) {
        return Ok(Format::Shapefile);
    }
    if start.starts_with(b"SQLite format 3") {
        return Ok(Format::GeoPackage);
    }
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Format::Zip);
    }
    by_name(name).with_context(|| format!("{shown} is of no format that is read, {EXPECTED}"))
}

/// Whether a name tells that a file is Parquet.
pub(crate) fn is_parquet(path: &Path) -> bool {
    by_name(path) == Some(Format::Parquet)
}

/// Whether a name tells what a file is.
pub(crate) fn is_named(path: &Path) -> bool {
    by_name(path).is_some()
}

fn by_name(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    match name.rsplit_once('.')?.1 {
        "csv" | "tsv" | "tab" | "txt" | "psv" | "dat" | "rdb" => Some(Format::Csv),
        "parquet" | "geoparquet" | "pq" | "parq" => Some(Format::Parquet),
        "arrow" | "arrows" | "feather" | "ipc" => Some(Format::Arrow),
        "fgb" => Some(Format::FlatGeobuf),
        "gpkg" => Some(Format::GeoPackage),
        "shp" => Some(Format::Shapefile),
        "zip" | "shz" => Some(Format::Zip),
        "geojson" | "json" | "geojsonl" | "geojsons" | "geojsonseq" | "ndgeojson" | "ndjson" | "jsonl" => {
            Some(Format::GeoJson)
        }
        _ => None,
    }
}

/// Files in the same folder that are called nearly so.
fn near(path: &Path) -> String {
    let parent = path.parent().unwrap_or(Path::new(""));
    let folder = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let Ok(entries) = fs::read_dir(folder) else {
        return format!(" (nor a folder {})", folder.display());
    };
    let wanted = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default().to_lowercase();
    let mut names: Vec<(u64, String)> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .map(|name| ((strsim::jaro_winkler(&name.to_lowercase(), &wanted) * 1e6) as u64, name))
        .filter(|(score, _)| *score > 850_000)
        .collect();
    names.sort_by(|a, b| b.cmp(a));
    let names: Vec<String> =
        names.into_iter().take(3).map(|(_, name)| parent.join(name).display().to_string()).collect();
    if names.is_empty() { String::new() } else { format!(" (did you mean {}?)", names.join(" or ")) }
}

/// The name of a dataset that comes from this path: the file's without endings, with nothing that an address or a layer
/// name could stumble over.
pub(crate) fn name(path: &Path) -> String {
    let parts = path.components().rev().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let plain = parts.into_iter().find(|part| !part.contains(['*', '?', '[', '=']) && !part.starts_with('.'));
    let part = plain.unwrap_or_default();
    let stem = part.find('.').map_or(part.as_str(), |dot| &part[..dot]);
    let safe: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if safe.trim_matches('_').is_empty() { "points".into() } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_fit_for_addresses() {
        for (path, expected) in [
            ("/a/trips.parquet", "trips"),
            ("My trips 2024.csv.gz", "My_trips_2024"),
            ("data/*.parquet", "data"),
            ("/data/trips/year=2024/*.parquet", "trips"),
            ("日本.csv", "points"),
        ] {
            assert_eq!(name(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    fn folders_give_their_files_in_order_with_partitions() {
        let root = tempfile::tempdir().expect("a folder");
        for (path, bytes) in [
            ("b.csv", "x"),
            ("a.parquet", "PAR1"),
            ("year=2024/city=S%C3%A3o%20Paulo/c.tsv", "x"),
            ("_SUCCESS", "x"),
            (".hidden.csv", "x"),
            ("notes.md", "x"),
            ("empty.csv", ""),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("inside")).expect("made");
            fs::write(path, bytes).expect("written");
        }
        let (inputs, told) = expand(&[root.path().to_owned()], None).expect("files");
        assert!(told.is_some_and(|told| told.ends_with("empty.csv is empty and is passed over")));
        let names: Vec<_> = inputs.iter().map(|input| input.path.file_name().expect("a name").to_owned()).collect();
        assert_eq!(names, ["a.parquet", "b.csv", "c.tsv"]);
        let expected = [("year".to_owned(), "2024".to_owned()), ("city".into(), "São Paulo".into())];
        assert_eq!(inputs[2].partitions, expected);
        let pattern = expand(&[root.path().join("*.csv")], None).expect_err("one of them is empty").to_string();
        assert!(pattern.contains("empty.csv is empty"), "{pattern}");
        let missing = expand(&[root.path().join("a.parkuet")], None).expect_err("missing").to_string();
        assert!(missing.contains("did you mean") && missing.contains("a.parquet"), "{missing}");
        let nothing = expand(&[root.path().join("notes.md")], None).expect_err("unknown").to_string();
        assert!(nothing.contains("expected .csv"), "{nothing}");
        fs::create_dir(root.path().join("void")).expect("made");
        let nothing = expand(&[root.path().join("void")], None).expect_err("empty").to_string();
        assert!(nothing.contains("holds no file to read"), "{nothing}");
    }
    #[test]
    #[cfg(unix)]
    fn what_links_lead_to_is_read_once_and_circles_end() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().expect("a folder");
        let at = |path: &str| root.path().join(path);
        for path in ["day=1/a.csv", "day=2/b.csv", "day=2/deep/c.csv"] {
            fs::create_dir_all(at(path).parent().expect("inside")).expect("made");
            fs::write(at(path), "x").expect("written");
        }
        let outside = tempfile::tempdir().expect("a folder");
        fs::write(outside.path().join("d.csv"), "x").expect("written");
        // Two links back to the top double the ways with every step down: there is no end to them.
        for (link, to) in [
            ("again", "."),
            ("day=1/up", ".."),
            ("a_latest", "day=2"),
            ("day=2/same.csv", "b.csv"),
            ("gone.csv", "void"),
        ] {
            symlink(to, at(link)).expect("linked");
        }
        symlink(outside.path(), at("day=3")).expect("linked");
        let (inputs, told) = expand(&[root.path().to_owned()], None).expect("files");
        assert_eq!(told, None);
        let found: Vec<_> = inputs
            .iter()
            .map(|input| {
                let path = input.path.strip_prefix(root.path()).expect("inside").display().to_string();
                (path, input.partitions.iter().map(|(_, day)| day.as_str()).collect::<String>())
            })
            .collect();
        let found: Vec<_> = found.iter().map(|(path, day)| (path.as_str(), day.as_str())).collect();
        assert_eq!(
            found,
            [("day=1/a.csv", "1"), ("day=2/b.csv", "2"), ("day=2/deep/c.csv", "2"), ("day=3/d.csv", "3")]
        );
    }
}
