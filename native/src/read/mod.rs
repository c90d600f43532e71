//! Files become a dataset: columns and positions, put in Morton order.
//!
//! What enters is paths and [`Options`]; what leaves is a [`Dataset`] and its report. Each format gives chunks of rows as
//! Polars frames; the rest of the way is the same for all. No row and no value is lost without a line that says so.

use crate::dataset::Dataset;
use anyhow::Result;
use std::path::PathBuf;

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
    /// What the positions are given in.
    pub crs: Option<Crs>,
    /// Time column.
    pub time: Option<String>,
    /// What an integer time column counts.
    pub time_unit: Option<TimeUnit>,
    /// IANA name of the zone of times that name none; UTC unless given.
    pub timezone: Option<String>,
    /// Column of ids.
    pub id: Option<String>,
    /// Columns to leave out.
    pub hide: Vec<String>,
    /// Columns to keep; all if empty.
    pub keep: Vec<String>,
    /// How CSV files are written.
    pub csv: CsvOptions,
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
}

/// Coordinate reference systems of positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Crs {
    /// EPSG:4326, degrees.
    Degrees,
    /// EPSG:3857, Web Mercator metres.
    Metres,
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

/// Reads files (or folders, or globs) of one kind as one dataset.
///
/// # Errors
/// One clear sentence when a file is missing, empty, damaged or without positions, or when an option does not fit.
pub fn read(paths: &[PathBuf], options: &Options, progress: &dyn Progress) -> Result<Dataset> {
    progress.line(&format!("{} files, {options:?}", paths.len()));
    anyhow::bail!("reading is being written")
}

/// The data the program brings along: places of the world from GeoNames.
///
/// # Errors
/// Only when the program is damaged.
pub fn builtin(progress: &dyn Progress) -> Result<Dataset> {
    read(&[], &Options::default(), progress)
}
