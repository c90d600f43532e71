//! From open files to a dataset: read every chunk once, gather, sort, put in order.
//!
//! Rows can be read in parts, each sorted on its own, where all of them do not fit in memory. What all rows decide
//! together is known when the last was read, and parts are then settled by it.

use super::{
    Crs, Label, Options, Progress, TimeUnit,
    columns::{Gather, Rules, settle},
    latitudes::latitudes,
    layout::{self, Layout, NO_VALUE, Opened, layout},
    positions::Positions,
    roles,
    sort::sort,
    spelling::Spelling,
    tell::{self, Log},
    zone::{self, Zone},
};
use crate::dataset::{Chosen, Dataset, Loaded, Parts, Report};
use crate::kind::Kind;
use crate::shapes::Outlines;
use anyhow::{Context, Result, bail};
use duotile_core::{Flat, Roles};
use polars_core::prelude::DataFrame;
use rayon::prelude::*;
use std::collections::HashMap;

/// Takes rows that come in parts.
pub(crate) trait Sink {
    /// Hears before any row is read how many there are, where that is known, and name and kind of each column, as far as
    /// these are known by then. It may hear so again: then all rows come once more, and what was taken is void.
    ///
    /// # Errors
    /// When they cannot be taken.
    fn begin(&mut self, rows: Option<u64>, columns: &[(String, Kind)]) -> Result<()>;

    /// Takes a part.
    ///
    /// # Errors
    /// When it cannot be taken.
    fn take(&mut self, part: Part) -> Result<()>;
}

/// The one part that is all rows.
struct All(Part);

impl Sink for All {
    fn begin(&mut self, _: Option<u64>, _: &[(String, Kind)]) -> Result<()> {
        Ok(())
    }

    fn take(&mut self, part: Part) -> Result<()> {
        self.0 = part;
        Ok(())
    }
}

/// Rows in Morton order with their columns: all rows, or a run of those in the files.
#[derive(Debug)]
pub(crate) struct Part {
    /// Ascending.
    pub keys: Vec<u64>,
    /// Numbers of the rows over all files; those of equal keys ascend.
    pub rows: Vec<u32>,
    /// In the order of [`Whole::columns`], not settled yet.
    pub columns: Vec<Loaded>,
    /// The outlines of the rows, where they are more than points.
    pub outlines: Option<Flat>,
}

/// What is known when all rows were read.
pub(crate) struct Whole<'a> {
    pub label: Label,
    /// Name and kind of each column.
    pub columns: Vec<(String, Kind)>,
    /// The time column.
    pub time: Option<usize>,
    /// The column of latitudes, where some rows lie beyond the edge of the map.
    pub latitude: Option<usize>,
    /// What the integers of each column count, where they are times.
    units: Vec<TimeUnit>,
    options: &'a Options,
    log: Log<'a>,
}

/// Reads open files as one dataset.
///
/// # Errors
/// When they are damaged, have no usable positions, or an option does not fit them.
pub(super) fn load(
    files: Vec<Opened>,
    options: &Options,
    label: Label,
    lines: Vec<String>,
    progress: &dyn Progress,
) -> Result<Dataset> {
    let mut sink = All(Part { keys: Vec::new(), rows: Vec::new(), columns: Vec::new(), outlines: None });
    let mut whole = in_parts(files, options, label, lines, usize::MAX, progress, &mut sink)?;
    let All(all) = sink;
    let settled = all.columns.into_par_iter().enumerate().map(|(at, column)| whole.settle(at, column));
    let (columns, lost): (Vec<_>, Vec<_>) = settled.collect();
    whole.tell_lost(&lost)?;
    let roles = whole.roles(&columns, &all.rows, usize::MAX)?;
    let outlines = all.outlines.map(|flat| Outlines::of(flat, &all.keys, progress)).transpose()?;
    let Whole { label, log, .. } = whole;
    Dataset::new(Parts {
        name: label.name,
        title: label.title,
        attribution: label.attribution,
        version: label.version,
        zone: label.zone,
        keys: all.keys.into(),
        rows: all.rows.into(),
        columns,
        outlines,
        roles,
        report: log.report,
        known: None,
        ground: None,
    })
}

/// Reads open files in parts, each as soon as it holds `limit` bytes; there is always at least one.
///
/// # Errors
/// When they are damaged, have no usable positions, or an option does not fit them; and those of `sink`.
pub(super) fn in_parts<'a>(
    mut files: Vec<Opened>,
    options: &'a Options,
    mut label: Label,
    lines: Vec<String>,
    limit: usize,
    progress: &'a dyn Progress,
    sink: &mut dyn Sink,
) -> Result<Whole<'a>> {
    let mut log = Log { progress, report: Report::default() };
    lines.into_iter().for_each(|line| log.line(line));
    layout::settle(&mut files)?;
    let layout = layout(&files, options)?;
    tell::layout(&layout, &mut log);
    let rules =
        Rules { zone: Zone::new(options.timezone.as_deref())?, unit: options.time_unit.or(Some(TimeUnit::Seconds)) };
    let usual = Spelling::said(&options.csv);
    let mut known = Known::default();
    let mut gathered = loop {
        let columns = layout.columns.iter().cloned().chain(known.latitudes.clone().map(|name| (name, Kind::F64)));
        sink.begin(rows(&files)?, &columns.collect::<Vec<_>>())?;
        let mut gathered = gather(&mut files, &layout, &rules, &usual, &known, limit, progress, sink)?;
        let all = Known::of(&gathered.positions, &layout, options);
        if gathered.parts == 0 || all.agrees(&gathered) {
            gathered.latitudes = all.latitudes;
            break gathered;
        }
        // What only all rows decide, parts that were given away did not know: they are made once more.
        known = all;
    };
    tell::files(&files, &mut log);
    drop(files);
    gathered.positions.settle();
    tell::columns(&gathered.columns, &layout.whys, options, &mut log)?;
    tell::positions(&gathered.positions, &layout.choice.place, gathered.latitudes.as_deref(), &mut log)?;
    let mut found = Vec::new();
    let mut units = roles::units(&gathered.columns, options)?;
    let time = roles::time(&gathered.columns, &units, options, &mut found)?;
    if gathered.parts == 0 || gathered.rows() > 0 {
        sink.take(gathered.part(progress))?;
    }
    found.into_iter().for_each(|line| log.line(line));
    let mut columns: Vec<(String, Kind)> =
        gathered.columns.into_iter().map(|column| (column.name.clone(), column.kind())).collect();
    let latitude = gathered.latitudes.map(|name| {
        let why = "some rows lie beyond the edge of the map and keep their latitude here".into();
        log.report.columns.push(Chosen { name: name.clone(), why, ..Chosen::default() });
        columns.push((name, Kind::F64));
        columns.len() - 1
    });
    if let Some(time) = time {
        units[time.column] = time.unit;
        log.report.time = Some(columns[time.column].0.clone());
    }
    let said = zone::of(options, log.report.time.as_ref().and_then(|time| layout.zone_of(time)))?;
    said.iter().filter(|_| time.is_some()).for_each(|said| log.line(said.to_string()));
    label.zone = said.map(|said| said.name);
    for ((column, chosen), unit) in columns.iter_mut().zip(&mut log.report.columns).zip(&units) {
        if let Some(unit) = unit {
            column.1 = Kind::Time;
            chosen.why = format!("its integers count {} since 1970 (--time-unit)", unit.name());
        }
    }
    let units = units.into_iter().chain(latitude.map(|_| None)).map(|unit| unit.unwrap_or(TimeUnit::Seconds)).collect();
    Ok(Whole { label, columns, time: time.map(|time| time.column), latitude, units, options, log })
}

impl Whole<'_> {
    /// A column of a part as it is in the whole, and how many of its integers are too large to be times.
    pub fn settle(&self, column: usize, loaded: Loaded) -> (Loaded, u64) {
        settle(loaded, self.columns[column].1, self.units[column])
    }

    /// Tells how many integers of each column were too large to be times.
    ///
    /// # Errors
    /// When they are of the column that `--time` names.
    pub fn tell_lost(&mut self, lost: &[u64]) -> Result<()> {
        for (((name, _), unit), lost) in self.columns.iter().zip(&self.units).zip(lost).filter(|(_, lost)| **lost > 0) {
            let what = format!("{lost} of its integers are too large to be times in {}", unit.name());
            if self.options.time.as_ref() == Some(name) {
                bail!("--time {name}: {what}");
            }
            self.log.line(format!("column {name:?}: {what} and are left out"));
        }
        Ok(())
    }

    /// Finds the id column among all columns in Morton order, with `memory` bytes to look for ids that are there twice.
    ///
    /// # Errors
    /// When `--id` names a column that cannot give ids.
    pub fn roles(&mut self, columns: &[Loaded], rows: &[u32], memory: usize) -> Result<Roles> {
        let mut found = Vec::new();
        let id = roles::id(columns, rows, memory, self.options, &mut found)?;
        found.into_iter().for_each(|line| self.log.line(line));
        self.log.report.id = id.map(|at| columns[at].name.clone());
        Ok(Roles { id, time: self.time, latitude: self.latitude })
    }

    /// Says something, and keeps it.
    pub fn tell(&mut self, line: String) {
        self.log.line(line);
    }

    /// What was chosen and lost.
    pub fn report(&self) -> &Report {
        &self.log.report
    }
}

/// What all rows decide together of their positions.
#[derive(Default)]
struct Known {
    /// Whether longitudes above 180 are marks of rows without a position.
    marks: Option<bool>,
    /// The column of latitudes, where some rows lie beyond the edge of the map.
    latitudes: Option<String>,
}

impl Known {
    fn of(positions: &Positions, layout: &Layout, options: &Options) -> Self {
        let taken = |name: &str| layout.columns.iter().any(|(known, _)| known == name);
        let free = std::iter::once("latitude".to_owned()).chain((2..).map(|number| format!("latitude_{number}")));
        let name = free.into_iter().find(|name| !taken(name)).filter(|name| !options.hide.contains(name));
        let latitudes = if positions.beyond_edge > 0 { name } else { None };
        Self { marks: positions.longitudes.verdict(), latitudes }
    }

    /// Whether parts that were given away were made so.
    fn agrees(&self, gathered: &Gathered) -> bool {
        let decided = gathered.positions.longitudes.decided;
        (decided.is_none() || decided == self.marks) && self.latitudes == gathered.latitudes
    }
}

/// Rows that are being gathered.
struct Gathered {
    columns: Vec<Gather>,
    positions: Positions,
    /// The column of latitudes that parts get.
    latitudes: Option<String>,
    /// Parts given so far.
    parts: usize,
}

impl Gathered {
    /// Rows since the last part.
    fn rows(&self) -> u64 {
        self.positions.rows_read - u64::from(self.positions.first)
    }

    fn size(&self) -> usize {
        let outlines = self.positions.outlined.as_ref().map_or(0, |outlined| {
            let Flat { rows, rings, x, .. } = &outlined.flat;
            rows.len() * 4 + rings.len() * 5 + x.len() * 8
        });
        self.positions.keys.len() * 12 + outlines + self.columns.iter().map(Gather::size).sum::<usize>()
    }

    /// Takes the rows since the last part, sorted.
    fn part(&mut self, progress: &dyn Progress) -> Part {
        progress.stage("sort", None);
        self.parts += 1;
        let first = self.positions.first;
        let (mut keys, mut rows, beyond) = self.positions.take();
        sort(&mut keys, &mut rows);
        keys.shrink_to_fit();
        rows.shrink_to_fit();
        progress.stage("order columns", None);
        let columns: Vec<Gather> = self.columns.iter_mut().map(Gather::take).collect();
        let mut columns: Vec<Loaded> = columns.into_par_iter().map(|column| column.finish(&rows)).collect();
        columns.extend(self.latitudes.as_ref().map(|name| latitudes(name, &keys, &rows, &beyond)));
        let outlines = self.positions.outlined.as_mut().map(|outlined| {
            progress.stage("order outlines", None);
            std::mem::take(&mut outlined.flat).pick(&rows)
        });
        rows.iter_mut().for_each(|row| *row += first);
        Part { keys, rows, columns, outlines }
    }
}

/// The rows of all files, where that is known.
fn rows(files: &[Opened]) -> Result<Option<u64>> {
    let total: Option<u64> = files.iter().map(|file| file.reader.rows()).sum();
    match total {
        Some(rows) if rows > u64::from(u32::MAX) => {
            bail!("{rows} rows are more than one dataset can hold ({}); split the files", u32::MAX)
        }
        total => Ok(total),
    }
}

#[expect(clippy::too_many_arguments, reason = "what is read, by what, how much of it at a time and for whom")]
fn gather(
    files: &mut [Opened],
    layout: &Layout,
    rules: &Rules,
    usual: &Spelling,
    known: &Known,
    limit: usize,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<Gathered> {
    let total = rows(files)?;
    let width: usize = 12 + layout.columns.iter().map(|(_, kind)| kind.width()).sum::<usize>();
    let most = limit / width;
    let expected = (total.unwrap_or(0).min(u64::from(u32::MAX)) as usize).min(most);
    let columns = layout.columns.iter().map(|(name, kind)| Gather::new(name, *kind, expected)).collect();
    let positions = Positions::new(expected);
    let mut gathered = Gathered { columns, positions, latitudes: known.latitudes.clone(), parts: 0 };
    gathered.positions.longitudes.decided = known.marks;
    progress.stage("read", total);
    let several = files.len() > 1;
    let kinds: HashMap<&str, Kind> = layout.columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    for (file, (place, crs)) in files.iter_mut().zip(&layout.places) {
        gathered.positions.enter(*crs)?;
        // In degrees a comma is that of decimals, unless something else was said.
        let grouped = crs.is_some_and(Crs::is_grid) || layout.grouped;
        let wanted: Vec<_> = file
            .reader
            .fields()
            .iter()
            .enumerate()
            .filter_map(|(at, field)| {
                let kind = kinds.get(field.name.as_str()).copied();
                (kind.is_some() || place.columns().contains(&field.name.as_str())).then_some((at, kind))
            })
            .collect();
        let fields = file.reader.fields().iter();
        let spellings = fields.filter_map(|field| Some((field.name.as_str(), field.spelling.as_ref()?)));
        let spellings: HashMap<&str, &Spelling> = spellings.collect();
        for column in &mut gathered.columns {
            column.spelling = spellings.get(column.name.as_str()).map_or_else(|| usual.clone(), |own| (*own).clone());
        }
        let [x, ..] = place.columns()[..] else { continue };
        let spelling = spellings.get(x).copied().unwrap_or(usual);
        gathered.positions.numbers = grouped.then_some(spelling.numbers);
        let (partitions, label) = (&file.partitions, &file.label);
        let mut add = |chunk: DataFrame| {
            gathered.positions.append(&chunk, place)?;
            gathered.columns.par_iter_mut().try_for_each(|column| append(column, &chunk, partitions, rules))?;
            progress.advance(gathered.positions.rows_read);
            if gathered.size() >= limit {
                sink.take(gathered.part(progress))?;
                progress.stage("read", total);
                progress.advance(gathered.positions.rows_read);
            }
            Ok(())
        };
        let mut pieces = |chunk: DataFrame| {
            // A chunk may itself be much of what memory holds.
            let rows = (most / 8).max(1);
            (0..chunk.height()).step_by(rows).try_for_each(|start| add(chunk.slice(start as i64, rows)))
        };
        let read = file.reader.chunks(&wanted, &mut pieces);
        if several { read.with_context(|| label.clone()) } else { read }?;
    }
    Ok(gathered)
}

fn append(column: &mut Gather, chunk: &DataFrame, partitions: &[(String, String)], rules: &Rules) -> Result<()> {
    if let Ok(values) = chunk.column(&column.name) {
        return column.append(values, rules);
    }
    match partitions.iter().find(|(key, _)| *key == column.name) {
        Some((_, value)) => {
            let value = Some(value.as_str()).filter(|value| *value != NO_VALUE);
            column.append_constant(value, chunk.height(), rules);
        }
        None => column.append_nulls(chunk.height()),
    }
    Ok(())
}
