//! From open files to a dataset: read every chunk once, gather, sort, put in order.
//!
//! Rows can be read in parts, each sorted on its own, where all of them do not fit in memory. What all rows decide
//! together is known when the last was read, and parts are then settled by it.

use super::{
    Label, Options, Progress, TimeUnit,
    columns::{Rules, settle},
    days::Days,
    layout::{self, Opened, layout},
    parts::{Known, Part, Sink, gather, rows},
    roles,
    sizes::{Size, measured},
    spelling::Spelling,
    tell::{self, Log},
    zone::{self, Zone},
};
use crate::dataset::{self, Chosen, Dataset, Loaded, Parts, Report};
use crate::kind::Kind;
use crate::made::NewColumn;
use crate::shapes::Outlines;
use anyhow::{Error, Result, anyhow, bail};
use duotile_core::{Flat, Roles};
use rayon::prelude::*;

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

/// What is known when all rows were read.
pub(crate) struct Whole<'a> {
    pub label: Label,
    /// Name and kind of each column.
    pub columns: Vec<(String, Kind)>,
    /// The time column.
    pub time: Option<usize>,
    /// The column of latitudes, where some rows lie beyond the edge of the map.
    pub latitude: Option<usize>,
    /// What is measured of rows: the last columns, which parts have not.
    pub sizes: Vec<Size>,
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
    let All(mut all) = sink;
    all.columns.extend(measured(&whole.sizes, all.outlines.as_ref().unwrap_or(&Flat::default()))?);
    let settled = all.columns.into_par_iter().enumerate().map(|(at, column)| whole.settle(at, column));
    let (columns, lost): (Vec<_>, Vec<_>) = settled.collect();
    whole.tell_lost(&lost)?;
    let roles = whole.roles(&columns, &all.rows, usize::MAX)?;
    let outlines = all.outlines.map(|flat| Outlines::of(flat, &all.keys, progress)).transpose()?;
    let mut known = dataset::Known::of(&all.keys, &columns, roles.latitude);
    known.mark(&columns, |name| whole.sizes.iter().any(|size| size.name() == name));
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
        known: Some(known),
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
    layout::unname(&mut files)?;
    layout::settle(&mut files)?;
    let dates = files.iter().flat_map(|file| file.reader.fields()).any(|field| field.dates);
    let layout = layout(&files, options).map_err(|error| advised(error, &log.report.lines))?;
    tell::layout(&layout, &mut log);
    if let Some(area) = options.bbox {
        files.iter_mut().zip(&layout.places).for_each(|(file, (place, crs))| file.reader.restrict(area, place, *crs));
    }
    let rules = Rules {
        zone: Zone::new(options.timezone.as_deref())?,
        days: Days::of(options, &layout.zones)?,
        unit: options.time_unit,
    };
    let usual = Spelling::said(&options.csv);
    let mut known = Known::default();
    let mut gathered = loop {
        let columns = layout.columns.iter().cloned().chain(known.latitudes.clone().map(|name| (name, Kind::F64)));
        sink.begin(rows(&files)?, &columns.collect::<Vec<_>>())?;
        let mut gathered = gather(&mut files, &layout, &rules, &usual, &known, limit, progress, sink)?;
        let all = Known::of(&gathered.positions, &layout);
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
    let (place, latitudes) = (&layout.choice.place, gathered.latitudes.as_deref());
    let told = tell::positions(&gathered.positions, place, latitudes, options.strict, &mut log);
    told.map_err(|error| advised(error, &log.report.lines))?;
    let mut found = Vec::new();
    let mut units = roles::units(&gathered.columns, options)?;
    let time = roles::time(&gathered.columns, &units, options, &mut found)?;
    if gathered.parts == 0 || gathered.rows() > 0 {
        sink.take(gathered.part(progress))?;
    }
    if layout.within.is_some() {
        let (kept, outside) = (gathered.positions.kept, gathered.outside);
        log.line(format!("{outside} of {kept} rows that were read lie outside of --bbox and are left out"));
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
    let own = NewColumn::all(&options.made, None)?;
    let adds = |name: &str| layout.adds(name) && own.iter().all(|column| column.made.name != name);
    let sizes = Size::of(gathered.positions.outlined.as_ref().and_then(|outlined| outlined.highest), adds);
    for size in &sizes {
        let (name, unit, why) = (size.name().to_owned(), Some(size.unit().to_owned()), size.why().to_owned());
        log.report.columns.push(Chosen { name: name.clone(), unit, why, ..Chosen::default() });
        columns.push((name, Kind::F64));
    }
    let said = zone::of(options, log.report.time.as_ref().and_then(|time| layout.zone_of(time)))?;
    said.iter().filter(|_| time.is_some()).for_each(|said| log.line(said.to_string()));
    rules.days.told().into_iter().filter(|_| dates).for_each(|told| log.line(told));
    label.zone = said.map(|said| said.name);
    for ((column, chosen), unit) in columns.iter_mut().zip(&mut log.report.columns).zip(&units) {
        if let Some(unit) = unit {
            column.1 = Kind::Time;
            chosen.why = format!("its numbers count {} since 1970 (--time-unit)", unit.name());
        }
    }
    let added = latitude.map(|_| None).into_iter().chain(sizes.iter().map(|_| None));
    let units = units.into_iter().chain(added).map(|unit| unit.unwrap_or(TimeUnit::Seconds)).collect();
    Ok(Whole { label, columns, time: time.map(|time| time.column), latitude, sizes, units, options, log })
}

/// An error with what was told before and may be the way out: nobody sees the lines of files that are refused.
fn advised(error: Error, lines: &[String]) -> Error {
    let helps = |line: &&String| {
        ["(else say --encoding)", "--encoding gbk", "before the names of the columns are passed over"]
            .iter()
            .any(|part| line.contains(part))
            || line.starts_with("positions could")
    };
    let lines: Vec<&str> = lines.iter().filter(helps).map(String::as_str).collect();
    if lines.is_empty() { error } else { anyhow!("{error:#}; {}", lines.join("; ")) }
}

impl Whole<'_> {
    /// A column of a part as it is in the whole, and how many of its numbers are too large to be times.
    pub fn settle(&self, column: usize, loaded: Loaded) -> (Loaded, u64) {
        settle(loaded, self.columns[column].1, self.units[column])
    }

    /// Tells how many numbers of each column were too large to be times.
    ///
    /// # Errors
    /// When they are of the column that `--time` names.
    pub fn tell_lost(&mut self, lost: &[u64]) -> Result<()> {
        for (((name, _), unit), lost) in self.columns.iter().zip(&self.units).zip(lost).filter(|(_, lost)| **lost > 0) {
            let what = format!("{lost} of its numbers are too large to be times in {}", unit.name());
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
