//! From open files to a dataset: read every chunk once, gather, sort, put in order.
//!
//! Rows can be read in parts, each sorted on its own, where all of them do not fit in memory. What all rows decide
//! together is known when the last was read, and parts are then settled by it.

use super::{
    Options, Progress, TimeUnit,
    columns::{Gather, Rules, settle},
    layout::{Layout, NO_VALUE, Opened, layout},
    positions::Positions,
    roles,
    sort::sort,
    spelling::Spelling,
    tell::{self, Log},
    values::Numbers,
    zone::Zone,
};
use crate::dataset::{Dataset, Loaded, Parts, Report};
use crate::kind::Kind;
use anyhow::{Context, Result, bail};
use duotile_core::Roles;
use polars_core::prelude::DataFrame;
use rayon::prelude::*;

/// What a dataset is called and which version it is.
#[derive(Debug)]
pub(crate) struct Label {
    pub name: String,
    pub title: Option<String>,
    pub attribution: Option<String>,
    pub version: String,
}

/// Takes rows that come in parts.
pub(crate) trait Sink {
    /// Hears before any row is read how many there are, where that is known, and name and kind of each column, as far as
    /// these are known by then.
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
}

/// What is known when all rows were read.
pub(crate) struct Whole<'a> {
    pub label: Label,
    /// Name and kind of each column.
    pub columns: Vec<(String, Kind)>,
    /// The time column.
    pub time: Option<usize>,
    unit: TimeUnit,
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
    let mut sink = All(Part { keys: Vec::new(), rows: Vec::new(), columns: Vec::new() });
    let mut whole = in_parts(files, options, label, lines, usize::MAX, progress, &mut sink)?;
    let All(all) = sink;
    let settled = all.columns.into_par_iter().enumerate().map(|(at, column)| whole.settle(at, column));
    let (columns, lost): (Vec<_>, Vec<_>) = settled.collect();
    whole.tell_lost(&lost)?;
    let roles = whole.roles(&columns, &all.rows, usize::MAX)?;
    let Whole { label, log, .. } = whole;
    Dataset::new(Parts {
        name: label.name,
        title: label.title,
        attribution: label.attribution,
        version: label.version,
        keys: all.keys.into(),
        rows: all.rows.into(),
        columns,
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
    label: Label,
    lines: Vec<String>,
    limit: usize,
    progress: &'a dyn Progress,
    sink: &mut dyn Sink,
) -> Result<Whole<'a>> {
    let mut log = Log { progress, report: Report::default() };
    lines.into_iter().for_each(|line| log.line(line));
    let layout = layout(&files, options)?;
    tell::layout(&layout, &mut log);
    sink.begin(rows(&files)?, &layout.columns)?;
    let rules =
        Rules { zone: Zone::new(options.timezone.as_deref())?, unit: options.time_unit.or(Some(TimeUnit::Seconds)) };
    let usual = Spelling {
        numbers: Numbers {
            decimal_comma: options.csv.decimal_comma.unwrap_or(false),
            thousands: options.csv.thousands.flatten(),
        },
        order: options.csv.dates,
        format: options.csv.time_format.clone(),
    };
    let mut gathered = gather(&mut files, &layout, &rules, &usual, limit, progress, sink)?;
    log.report.bad_lines = files.iter().map(|file| file.reader.left_out()).sum();
    drop(files);
    gathered.positions.settle();
    tell::columns(&gathered.columns, &layout.whys, options, &mut log)?;
    tell::positions(&gathered.positions, &layout.choice.place, &mut log)?;
    let mut found = Vec::new();
    let time = roles::time(&gathered.columns, options, &mut found)?;
    if gathered.parts == 0 || gathered.rows() > 0 {
        sink.take(gathered.part(progress))?;
    }
    found.into_iter().for_each(|line| log.line(line));
    let mut columns: Vec<(String, Kind)> =
        gathered.columns.into_iter().map(|column| (column.name.clone(), column.kind())).collect();
    if let Some(time) = time {
        columns[time.column].1 = Kind::Time;
        if let Some(unit) = time.unit {
            log.report.columns[time.column].why =
                format!("its integers count {} since 1970 (--time-unit)", unit.name());
        }
        log.report.time = Some(columns[time.column].0.clone());
    }
    let unit = time.and_then(|time| time.unit).unwrap_or(TimeUnit::Seconds);
    Ok(Whole { label, columns, time: time.map(|time| time.column), unit, options, log })
}

impl Whole<'_> {
    /// A column of a part as it is in the whole, and how many of its integers are too large to be times.
    pub fn settle(&self, column: usize, loaded: Loaded) -> (Loaded, u64) {
        settle(loaded, self.columns[column].1, self.unit)
    }

    /// Tells how many integers of each column were too large to be times.
    ///
    /// # Errors
    /// When they are of the column that `--time` names.
    pub fn tell_lost(&mut self, lost: &[u64]) -> Result<()> {
        for ((name, _), &lost) in self.columns.iter().zip(lost).filter(|(_, lost)| **lost > 0) {
            let what = format!("{lost} of its integers are too large to be times in {}", self.unit.name());
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
        Ok(Roles { id, time: self.time })
    }

    /// What was chosen and lost.
    pub fn report(&self) -> &Report {
        &self.log.report
    }
}

/// Rows that are being gathered.
struct Gathered {
    columns: Vec<Gather>,
    positions: Positions,
    /// Parts given so far.
    parts: usize,
}

impl Gathered {
    /// Rows since the last part.
    fn rows(&self) -> u64 {
        self.positions.rows_read - u64::from(self.positions.first)
    }

    fn size(&self) -> usize {
        self.positions.keys.len() * 12 + self.columns.iter().map(Gather::size).sum::<usize>()
    }

    /// Takes the rows since the last part, sorted.
    fn part(&mut self, progress: &dyn Progress) -> Part {
        progress.stage("sort", None);
        self.parts += 1;
        let first = self.positions.first;
        let (mut keys, mut rows) = self.positions.take();
        sort(&mut keys, &mut rows);
        keys.shrink_to_fit();
        rows.shrink_to_fit();
        progress.stage("order columns", None);
        let columns: Vec<Gather> = self.columns.iter_mut().map(Gather::take).collect();
        let columns = columns.into_par_iter().map(|column| column.finish(&rows)).collect();
        rows.iter_mut().for_each(|row| *row += first);
        Part { keys, rows, columns }
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

fn gather(
    files: &mut [Opened],
    layout: &Layout,
    rules: &Rules,
    usual: &Spelling,
    limit: usize,
    progress: &dyn Progress,
    sink: &mut dyn Sink,
) -> Result<Gathered> {
    let total = rows(files)?;
    let width: usize = 12 + layout.columns.iter().map(|(_, kind)| kind.width()).sum::<usize>();
    let most = limit / width;
    let expected = (total.unwrap_or(0).min(u64::from(u32::MAX)) as usize).min(most);
    let columns = layout.columns.iter().map(|(name, kind)| Gather::new(name, *kind, expected)).collect();
    let mut gathered = Gathered { columns, positions: Positions::new(layout.choice.crs, expected)?, parts: 0 };
    progress.stage("read", total);
    let several = files.len() > 1;
    for file in files {
        let place = &layout.choice.place;
        let wanted: Vec<_> = file
            .reader
            .fields()
            .iter()
            .enumerate()
            .filter_map(|(at, field)| {
                let kind = layout.columns.iter().find(|(name, _)| *name == field.name).map(|(_, kind)| *kind);
                (kind.is_some() || place.columns().contains(&field.name.as_str())).then_some((at, kind))
            })
            .collect();
        for column in &mut gathered.columns {
            let field = file.reader.fields().iter().find(|field| field.name == column.name);
            column.spelling = field.and_then(|field| field.spelling.clone()).unwrap_or_else(|| usual.clone());
        }
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
