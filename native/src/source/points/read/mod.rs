//! Files become a dataset: columns and positions, put in Morton order.
//!
//! What enters is paths and [`Options`]; what leaves is a [`Dataset`] and its report. Each format gives chunks of rows as
//! Polars frames; the rest of the way is the same for all. No row and no value is lost without a line that says so.

mod archive;
mod area;
mod arrow;
mod axes;
mod beside;
mod builtin;
mod choose;
mod civil;
mod clocks;
mod columns;
pub(crate) mod content;
mod coordinates;
mod crs;
mod csv;
mod days;
mod degrees;
mod field;
mod files;
mod flatgeobuf;
mod folded;
mod geojson;
mod geometry;
mod geopackage;
mod guarded;
mod half;
mod hours;
mod ids;
mod latitudes;
mod layers;
mod layout;
mod leaves;
mod load;
mod longitudes;
pub(crate) mod mark;
pub(crate) mod names;
mod numbers;
mod open;
mod pairs;
mod parquet;
mod parted;
mod parts;
mod positions;
mod reader;
mod roles;
mod shapefile;
mod sizes;
mod sort;
mod spelling;
mod spot;
mod stand;
mod tell;
mod uuid;
mod values;
mod words;
pub(crate) mod zone;

use crate::{dataset::Dataset, shown::shown, source::remote::Parts};
use anyhow::{Context, Error, Result, anyhow, bail};
pub use area::Area;
pub use builtin::{BUILTIN, builtin};
pub use civil::Order;
pub use crs::Crs;
use duotile_core::{EXTENT_BITS, TILE_FORMAT};
use files::{Format, Input};
pub(crate) use files::{is_named, is_parquet, name};
use folded::folded;
use layout::Opened;
pub(crate) use load::Whole;
use load::load;
use open::open;
pub(crate) use open::stranger;
pub(crate) use parts::{Part, Sink};
pub(crate) use sizes::{Size, measured};
pub(crate) use spelling::says_times;
pub use stand::Stand;
use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

/// How to load; the default finds everything out by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// The dataset's name; else the file's.
    pub name: Option<String>,
    /// What people call it.
    pub title: Option<String>,
    /// Whom to name on the map.
    pub attribution: Option<String>,
    /// Column of longitudes (or x); a geometry column too.
    pub lon: Option<String>,
    /// Column of latitudes (or y).
    pub lat: Option<String>,
    /// Column of cells of H3.
    pub h3: Option<String>,
    /// What the positions are given in.
    pub crs: Option<Crs>,
    /// Time column.
    pub time: Option<String>,
    /// What an integer time column counts.
    pub time_unit: Option<TimeUnit>,
    /// IANA name of the zone of times that name none; UTC unless given.
    pub timezone: Option<String>,
    /// IANA name of the zone whose clock days and hours go by, where a query names none.
    pub zone: Option<String>,
    /// Column of ids.
    pub id: Option<String>,
    /// Columns to leave out.
    pub hide: Vec<String>,
    /// Columns to keep; all if empty.
    pub keep: Vec<String>,
    /// What columns become, where it shall be something else than what their values say.
    pub types: Vec<(String, Type)>,
    /// Columns that are made of others, each a name, `=` and a formula.
    pub made: Vec<String>,
    /// The box in which rows are read; all if none.
    pub bbox: Option<Area>,
    /// Whether the latitude comes first in texts of two numbers.
    pub lat_first: Option<bool>,
    /// Whether a line or a value that does not fit is an error.
    pub strict: bool,
    /// The layer of a file that holds several.
    pub layer: Option<String>,
    /// How CSV files are written.
    pub csv: CsvOptions,
    /// Whether files are copied into memory before they are read, and not mapped.
    pub copy: bool,
    /// What is known of a file that was fetched, whose place and time say nothing.
    pub fetched: Option<Fetched>,
}

/// What is known of a file that was fetched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fetched {
    /// The same for the same bytes.
    pub stamp: String,
    /// What of the rows did not come along.
    pub lines: Vec<String>,
    /// What the file is called where it came from.
    pub name: Option<String>,
    /// Where its parts are fetched that are read, if it was not fetched whole.
    pub parts: Option<Parts>,
}

/// How CSV files are written, where it shall not be detected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CsvOptions {
    /// Between fields.
    pub delimiter: Option<u8>,
    /// Whether decimals have a comma.
    pub decimal_comma: Option<bool>,
    /// Encoding label as browsers know it, such as `utf-8`, `windows-1252`, `utf-16le`.
    pub encoding: Option<String>,
    /// What stands around fields that hold anything; `Some(None)` for nothing.
    pub quote: Option<Option<u8>>,
    /// What lines begin with that are no records.
    pub comment: Option<String>,
    /// Lines before the names of the columns.
    pub skip_lines: usize,
    /// What stands between thousands; `Some(None)` for nothing.
    pub thousands: Option<Option<char>>,
    /// Which of day and month comes first.
    pub dates: Option<Order>,
    /// The form of times, as strftime has it.
    pub time_format: Option<Arc<str>>,
}

/// What a column may be told to become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A time.
    Time,
}

/// What an integer time counts since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

/// Hears how far loading is.
pub trait Progress: Sync {
    /// A new stage begins; `total` is what `advance` will reach, where that is known.
    fn stage(&self, name: &str, total: Option<u64>);
    /// So much of the stage is done.
    fn advance(&self, done: u64);
    /// A sentence for the reader; each is also in the report.
    fn line(&self, text: &str);
}

/// Tells nobody.
impl Progress for () {
    fn stage(&self, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn line(&self, _: &str) {}
}

/// Reads files (or folders, or globs) as one dataset. A prepared file is none that is read: see [`crate::wanted::open`].
///
/// # Errors
/// One clear sentence when a file is missing, empty, damaged or without positions, or when an option does not fit.
pub fn read(paths: &[PathBuf], options: &Options, progress: &dyn Progress) -> Result<Dataset> {
    Inputs::of(paths, options)?.read(options, progress)
}

/// The files that some paths lead to.
pub(crate) struct Inputs<'p> {
    paths: &'p [PathBuf],
    found: Vec<Input>,
    told: Option<String>,
}

impl<'p> Inputs<'p> {
    /// Looks for them.
    ///
    /// # Errors
    /// When a file is missing, empty, or of no format that is read.
    pub fn of(paths: &'p [PathBuf], options: &Options) -> Result<Self> {
        let (found, told) = expanded(paths, options)?;
        Ok(Self { paths, found, told })
    }

    /// The prepared file, if that is all there is.
    pub fn prepared(&self) -> Option<&Path> {
        match &self.found[..] {
            [only] if only.format == Format::Prepared => Some(&only.path),
            _ => None,
        }
    }

    /// All of them, with those that lie beside them.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.found.iter().flat_map(Input::all)
    }

    /// Reads them.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(&self, options: &Options, progress: &dyn Progress) -> Result<Dataset> {
        look((&self.found, self.told.clone()), self.paths, options, None, progress)
            .and_then(|Files { opened, label, lines }| load(opened, options, label, lines, progress))
            .map_err(on_one_line)
    }
}

/// All files of some paths, each of a known format, and what is told of others.
fn expanded(paths: &[PathBuf], options: &Options) -> Result<(Vec<Input>, Option<String>)> {
    let name = options.fetched.as_ref().and_then(|fetched| fetched.name.as_deref());
    files::expand(paths, name.map(Path::new))
}

/// The same error without line breaks and the like: names out of files may hold anything, and a log has a line for each.
fn on_one_line(error: Error) -> Error {
    let text = format!("{error:#}");
    match shown(&text) {
        Cow::Borrowed(_) => error,
        Cow::Owned(shown) => anyhow!(shown),
    }
}

/// Reads files (or folders, or globs) in parts of about `limit` bytes, each sorted on its own. Gives what all of them
/// decide together, and the files that were read. What is compressed is unpacked into files of `folder`.
///
/// # Errors
/// As [`read`], and those of `sink`.
pub(crate) fn read_in_parts<'a>(
    paths: &[PathBuf],
    options: &'a Options,
    folder: &Path,
    limit: usize,
    progress: &'a dyn Progress,
    sink: &mut dyn Sink,
) -> Result<(Whole<'a>, Vec<PathBuf>)> {
    let (inputs, told) = expanded(paths, options)?;
    let Files { opened, label, lines } = look((&inputs, told), paths, options, Some(folder), progress)?;
    let files = inputs.iter().flat_map(Input::all).collect();
    Ok((load::in_parts(opened, options, label, lines, limit, progress, sink)?, files))
}

/// What a dataset is called and which version it is.
#[derive(Debug)]
pub(crate) struct Label {
    pub name: String,
    pub title: Option<String>,
    pub attribution: Option<String>,
    /// Whose clock days and hours go by.
    pub zone: Option<String>,
    pub version: String,
}

/// Files that were looked at.
struct Files {
    opened: Vec<Opened>,
    label: Label,
    lines: Vec<String>,
}

fn look(
    (inputs, told): (&[Input], Option<String>),
    paths: &[PathBuf],
    options: &Options,
    spool: Option<&Path>,
    progress: &dyn Progress,
) -> Result<Files> {
    let Some(first) = inputs.first() else { bail!("no files were given") };
    let mut version = Version::new(options);
    let mut lines = options.fetched.as_ref().map_or_else(Vec::new, |fetched| fetched.lines.clone());
    lines.extend(told);
    let mut told = Vec::with_capacity(inputs.len());
    let mut opened = Vec::with_capacity(inputs.len());
    progress.stage("look", None);
    for input in inputs {
        let label = input.path.display().to_string();
        let of_files = input.all().into_iter().filter(|_| options.fetched.is_none());
        let read = of_files.into_iter().try_for_each(|path| version.file(&path));
        let reader = read.and_then(|()| {
            let spool = spool.map(|folder| folder.join(format!("input.{}", opened.len())));
            let mut own = Vec::new();
            let reader = open(input, options, spool.as_deref(), &mut own, progress);
            told.push(own);
            reader
        });
        let reader = if inputs.len() > 1 { reader.with_context(|| label.clone())? } else { reader? };
        opened.push(Opened { label, reader, partitions: input.partitions.clone() });
    }
    lines.append(&mut folded(told));
    let name = options.name.clone().unwrap_or_else(|| name(paths.first().unwrap_or(&first.path)));
    let (title, attribution) = (options.title.clone(), options.attribution.clone());
    let label = Label { name, title, attribution, version: version.text(), zone: None };
    Ok(Files { opened, label, lines })
}

/// A hash of everything that may change the dataset: FNV-1a, 64 bits.
pub(crate) struct Version(u64);

impl Version {
    pub fn new(options: &Options) -> Self {
        Self::of_tiles(options, TILE_FORMAT)
    }

    /// With the format of tiles: an address with a version is kept for a year, so it must change when their bytes do.
    fn of_tiles(options: &Options, format: u32) -> Self {
        // What is copied is the same.
        let options = Options { copy: false, ..options.clone() };
        let mut version = Self(0xcbf2_9ce4_8422_2325);
        version.bytes(env!("CARGO_PKG_VERSION").as_bytes());
        version.bytes(format!("{options:?} {EXTENT_BITS} {format}").as_bytes());
        version
    }

    /// Where a file is, how large, and when it was changed.
    fn file(&mut self, path: &Path) -> Result<()> {
        let facts = path.metadata()?;
        let changed = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.bytes(format!("{} {} {changed:?}", place.display(), facts.len()).as_bytes());
        Ok(())
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    pub fn text(&self) -> String {
        format!("{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests;
