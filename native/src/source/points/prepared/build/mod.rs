//! Builds a prepared file in bounded memory, whatever the size of its input.
//!
//! The input is read once, in parts that fit into memory; each is sorted and put on disk as a [run](runs). The [order](merge)
//! of all rows is found by merging the runs' keys, and each [column](columns), read or [made], is brought into it and written. The rest is
//! found out from the file itself, mapped. The file appears under its name when it is whole.

mod columns;
mod folder;
mod made;
mod memory;
mod merge;
mod outlines;
mod runs;
mod spill;

use super::{
    FORMATS, KEY, LAT, LON, ROW,
    checksum::Stretch,
    description::{Description, Origin},
    mapped, shortest, twin,
    view::view,
    writer::{Field, Writer, is_wide},
};
use crate::{
    dataset::{self, Dataset, Known, Loaded, Report},
    disk,
    kind::Kind,
    read::{self, Options, Part, Progress, Sink, content::Content},
};
use anyhow::{Context as _, Result, bail};
use columns::Column;
use duotile_core::{Roles, morton};
use folder::Folder;
pub use memory::half_of_free;
use merge::merge;
use polars_arrow::datatypes::ArrowDataType;
use rayon::prelude::*;
use runs::Runs;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How to build.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Memory to use, in bytes; reading has at least a few megabytes.
    pub memory: u64,
    /// Whether longitude and latitude are written too, for other tools.
    pub positions: bool,
}

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// Rows in it.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// Parts that were sorted on their own.
    pub runs: usize,
}

/// Bytes of rows that are sorted together at most. More memory makes fewer runs, but nothing faster: 100 million rows take
/// 41 s of processor time in 4 runs as in 8, and 44 s in 20.
const RUN: usize = 512 << 20;

/// Rows that a thread merges at a time, if memory allows.
const PIECE: usize = 1 << 20;

/// Reads files and writes one prepared file (`.arrow`), or the same rows in the same order as Parquet (`.parquet`).
///
/// # Errors
/// One clear line: what cannot be read, written, or does not fit.
pub fn build(
    paths: &[PathBuf],
    options: &Options,
    out: &Path,
    settings: Settings,
    progress: &dyn Progress,
) -> Result<Built> {
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !["arrow", "parquet"].contains(&ending.as_str()) {
        bail!("the ending of {} is not known, expected .arrow or .parquet", out.display());
    }
    let name = options.name.clone().unwrap_or_else(|| read::name(out));
    let options = &Options { name: Some(name), ..options.clone() };
    let folder = Folder::beside(out)?;
    let whole = folder.file("whole.arrow");
    let mut built = arrow(paths, options, out, &whole, settings, &folder, progress)?;
    let from = if ending == "parquet" {
        let twin = folder.file("whole.parquet");
        built.bytes = twin::write(&whole, &twin, progress)?;
        twin
    } else {
        whole
    };
    fs::rename(&from, out).with_context(|| format!("cannot write {}", out.display()))?;
    Ok(built)
}

/// Deletes what builds that are under way have put on disk: for a process that is told to end.
pub fn give_up() {
    folder::delete_all();
}

fn arrow(
    paths: &[PathBuf],
    options: &Options,
    out: &Path,
    path: &Path,
    settings: Settings,
    folder: &Folder,
    progress: &dyn Progress,
) -> Result<Built> {
    let memory = usize::try_from(settings.memory).unwrap_or(usize::MAX);
    let mut runs = Runs::new(folder);
    // Sorting and ordering take about as much again, and chunks of the input some more.
    let limit = (memory / 5 * 2).min(RUN);
    let mut sink = Parts { runs: &mut runs, folder, out, positions: settings.positions, options };
    let (mut whole, files) = read::read_in_parts(paths, options, folder.path(), limit, progress, &mut sink)?;
    if files.iter().any(|file| file.canonicalize().is_ok_and(|file| out.canonicalize().is_ok_and(|out| out == file))) {
        bail!("{} is one of the files that are read; give the output another name", out.display());
    }
    for run in (0..runs.all.len()).filter(|_| !whole.sizes.is_empty()) {
        let columns = read::measured(&whole.sizes, &outlines::of(&runs, run)?)?;
        columns.iter().try_for_each(|column| runs.push(run, column))?;
    }
    let lost = runs.settle(&whole)?;
    whole.tell_lost(&lost)?;
    let made = made::make(&mut runs, &whole, &options.made, progress)?;
    let read = whole.columns.len();
    let all = whole.columns.iter().map(|(name, _)| name).chain(made.iter().map(|(name, _)| name));
    let columns = all.enumerate().map(|(at, name)| Column::of(&runs, at, name));
    let columns: Vec<Column> = columns.collect::<Result<_>>()?;
    let rows = runs.rows() as u64;
    let shaped = runs.has_outlines();
    if shaped {
        outlines::fits(&runs, settings.memory)?;
        disk::has_room(folder.path(), outlines::bytes(&runs), &format!("writing the outlines of {}", out.display()))?;
    }
    let format = FORMATS[usize::from(shaped)];
    let (mut writer, mut words) = Writer::start(path, format, rows, &fields(rows, &columns, settings.positions))?;
    let first = words.len() - columns.len();
    let mut words = words.drain(first..);
    let mut description = Description {
        program: env!("CARGO_PKG_VERSION").into(),
        name: whole.label.name.clone(),
        title: whole.label.title.clone(),
        attribution: whole.label.attribution.clone(),
        zone: whole.label.zone.clone(),
        sources: files.iter().map(|file| Origin::of(file)).collect::<Result<_>>()?,
        rows,
        ..Description::default()
    };

    progress.stage("merge", Some(rows));
    let most = (memory / (64 * rayon::current_num_threads())).clamp(runs::STEP, PIECE);
    let mut done = 0;
    let order = merge(&runs, folder, most, |keys| {
        done += keys.len() as u64;
        progress.advance(done);
        writer.put(bytemuck::cast_slice(keys))
    })?;
    description.keys = writer.end_buffer()?;
    if !shaped {
        runs.delete(Runs::keys);
    }
    order.follow(
        |run, rows| spill::read::<u32>(&runs.row_numbers(run), rows),
        |rows| writer.put(bytemuck::cast_slice(rows)),
    )?;
    description.row_numbers = writer.end_buffer()?;
    runs.delete(Runs::row_numbers);
    if settings.positions {
        description.positions = Some(positions(&mut writer, path, &description.keys, most)?);
    }
    for (at, column) in columns.into_iter().enumerate() {
        let described = column.write(at, &runs, &order, words.next().flatten(), &mut writer, progress)?;
        description.columns.push(described);
    }
    writer.end_buffers()?;
    if shaped {
        let keys = view(&Content::open(path, false)?, &description.keys)?;
        description.outlines = Some(outlines::write(&runs, &order, &keys, &mut writer, progress)?);
        runs.delete(Runs::keys);
        (0..5).for_each(|at| runs.delete(|runs, run| runs.outlines(run)[at].clone()));
    }
    // What was made is no id.
    let sizes = whole.sizes.clone();
    let measured = |name: &str| sizes.iter().any(|size| size.name() == name);
    let roles = |columns: &[Loaded], rows: &[u32]| whole.roles(&columns[..read], rows, memory / 2);
    index(&mut writer, &mut description, path, roles, measured, progress)?;
    made.into_iter().for_each(|(_, line)| whole.tell(line));
    description.report = whole.report().clone();
    let bytes = writer.finish(&description)?;
    Ok(Built { rows, bytes, runs: runs.all.len() })
}

/// Parts of the input on their way to the disk.
struct Parts<'a, 'f> {
    runs: &'a mut Runs<'f>,
    folder: &'a Folder,
    out: &'a Path,
    positions: bool,
    options: &'a Options,
}

impl Sink for Parts<'_, '_> {
    fn begin(&mut self, rows: Option<u64>, columns: &[(String, Kind)]) -> Result<()> {
        self.runs.clear();
        let name = self.options.name.as_deref().unwrap_or_default();
        let made = made::names(&self.options.made, name, columns)?.into_iter().map(|name| (name, Kind::F64));
        let columns: Vec<(String, Kind)> = columns.iter().cloned().chain(made).collect();
        names(&columns, self.positions)?;
        let needed = rows.unwrap_or(0) * most_of_a_row(columns.iter().map(|(_, kind)| *kind), self.positions);
        disk::has_room(self.folder.path(), needed, &format!("building {}", self.out.display()))
    }

    fn take(&mut self, part: Part) -> Result<()> {
        if part.outlines.is_some() && self.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"))
        {
            bail!(
                "the input holds lines or polygons, of which {} would have the positions alone; expected a name that ends in \
                 .arrow",
                self.out.display()
            );
        }
        self.runs.add(part)
    }
}

/// Bytes of a row on disk when there are most of them, where its texts are few: either in its run, when its key is written
/// and its place among all rows, or in the file but for its last column.
fn most_of_a_row(columns: impl Iterator<Item = Kind> + Clone, positions: bool) -> u64 {
    let width = |kind: Kind| if kind == Kind::Text { 1 } else { kind.width() as u64 };
    let (key, number, place) = (8, 4, 1);
    let values: u64 = columns.clone().map(width).sum();
    let widest = columns.map(width).max().unwrap_or(0);
    let degrees = if positions { 16 } else { 0 };
    key + number + values + place + (degrees + widest).max(key)
}

/// Refuses names that the file has for itself.
fn names(columns: &[(String, Kind)], positions: bool) -> Result<()> {
    let taken: &[&str] = if positions { &[KEY, ROW, LON, LAT] } else { &[KEY, ROW] };
    match columns.iter().find(|(name, _)| taken.contains(&name.as_str())) {
        Some((name, _)) => {
            bail!("a prepared file has a column {name:?} of its own; leave out that of the input with --hide {name}")
        }
        None => Ok(()),
    }
}

fn fields(rows: u64, columns: &[Column], positions: bool) -> Vec<Field<'_>> {
    let own = |name, dtype, width: u64| Field { name, dtype, bytes: rows * width, nulls: 0, words: None };
    let mut fields = vec![own(KEY, ArrowDataType::UInt64, 8), own(ROW, ArrowDataType::UInt32, 4)];
    if positions {
        fields.extend([LON, LAT].map(|name| own(name, ArrowDataType::Float64, 8)));
    }
    fields.extend(columns.iter().map(|column| {
        let words = column.texts.as_ref().map(|(words, _)| words);
        Field {
            name: &column.name,
            dtype: column.stored.arrow(words.is_some_and(is_wide)),
            bytes: column.stored.bytes(rows),
            nulls: column.nulls,
            words,
        }
    }));
    fields
}

/// Writes longitudes and latitudes, from the keys that were written.
fn positions(writer: &mut Writer, path: &Path, keys: &Stretch, most: usize) -> Result<[Stretch; 2]> {
    writer.flush()?;
    let (first, end) = (keys.at as usize / 8, (keys.at + keys.bytes) as usize / 8);
    let mut write = |axis: fn((f64, f64)) -> f64| {
        for start in (first..end).step_by(most.max(1)) {
            let keys = spill::read::<u64>(path, start..end.min(start + most))?;
            let degrees: Vec<f64> =
                keys.into_par_iter().map(|key| axis(shortest::degrees(morton::position(key)))).collect();
            writer.put(bytemuck::cast_slice(&degrees))?;
        }
        writer.end_buffer()
    };
    Ok([write(|(lon, _)| lon)?, write(|(_, lat)| lat)?])
}

/// Looks at the columns that were written, and adds what is known of all rows together.
fn index(
    writer: &mut Writer,
    description: &mut Description,
    path: &Path,
    roles: impl FnOnce(&[Loaded], &[u32]) -> Result<Roles>,
    measured: impl Fn(&str) -> bool,
    progress: &dyn Progress,
) -> Result<()> {
    progress.stage("look at columns", None);
    let file = Content::open(path, false)?;
    let columns = description.columns.iter().map(|column| mapped::column(&file, column, description.rows));
    let columns: Vec<Loaded> = columns.collect::<Result<_>>()?;
    let (keys, rows) = (view(&file, &description.keys)?, view(&file, &description.row_numbers)?);
    let roles = roles(&columns, &rows)?;
    let mut known = Known::of(&keys, &columns, roles.latitude);
    known.mark(&columns, measured);
    description.set_known(&known, roles);
    description.landmarks = writer.section(&known.landmarks)?;
    // From here on it is looked at where it lies, too.
    writer.flush()?;
    known.landmarks = view(&Content::open(path, false)?, &description.landmarks)?;
    let dataset = Dataset::new(dataset::Parts {
        name: description.name.clone(),
        title: None,
        attribution: None,
        zone: None,
        version: String::new(),
        keys,
        rows,
        columns,
        outlines: None,
        roles,
        report: Report::default(),
        known: Some(known),
        ground: None,
    })?;
    // What is measured most. The summary of another column is built when it is asked for.
    let measured = |kind: Kind| !matches!(kind, Kind::Bool | Kind::Text);
    let total = description.columns.len() as u64;
    progress.stage("summarise columns", Some(total));
    for (at, column) in description.columns.iter_mut().enumerate() {
        if measured(column.stored.kind) && roles.id != Some(at) {
            column.summary = Some(writer.section(&dataset.summarise(at))?);
        }
        progress.advance(at as u64 + 1);
    }
    writer.flush()?;
    description.sample(Content::open(path, false)?.as_ref())
}
