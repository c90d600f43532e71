//! Rows of open files in parts: chunks are gathered, and sorted each time that enough of them are there.

use super::{
    Crs, Progress,
    columns::{Gather, Rules},
    geometry::Encoding,
    latitudes::latitudes,
    layout::{Layout, NO_VALUE, Opened},
    positions::{Place, Positions},
    sort::sort,
    spelling::Spelling,
};
use crate::{dataset::Loaded, kind::Kind};
use anyhow::{Context, Result, bail};
use duotile_core::{Flat, InBox};
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

/// What all rows decide together of their positions.
#[derive(Default)]
pub(super) struct Known {
    /// Whether longitudes above 180 are marks of rows without a position.
    pub marks: Option<bool>,
    /// The column of latitudes, where some rows lie beyond the edge of the map.
    pub latitudes: Option<String>,
}

impl Known {
    pub fn of(positions: &Positions, layout: &Layout) -> Self {
        let taken = |name: &str| layout.columns.iter().any(|(known, _)| known == name);
        let free = std::iter::once("latitude".to_owned()).chain((2..).map(|number| format!("latitude_{number}")));
        let name = free.into_iter().find(|name| !taken(name)).filter(|name| !layout.hides(name));
        let latitudes = if positions.beyond_edge > 0 { name } else { None };
        Self { marks: positions.longitudes.verdict(), latitudes }
    }

    /// Whether parts that were given away were made so.
    pub fn agrees(&self, gathered: &Gathered) -> bool {
        let decided = gathered.positions.longitudes.decided;
        (decided.is_none() || decided == self.marks) && self.latitudes == gathered.latitudes
    }
}

/// Rows that are being gathered.
pub(super) struct Gathered {
    pub columns: Vec<Gather>,
    pub positions: Positions,
    /// The column of latitudes that parts get.
    pub latitudes: Option<String>,
    /// Parts given so far.
    pub parts: usize,
    /// The box in which rows are read, and how many were not in it.
    within: Option<InBox>,
    pub outside: usize,
}

impl Gathered {
    /// Rows since the last part.
    pub fn rows(&self) -> u64 {
        self.positions.rows_read - u64::from(self.positions.first)
    }

    /// Leaves out the rows that are not in the box.
    fn leave_out(&mut self, keys: &mut Vec<u64>, rows: &mut Vec<u32>) {
        let Some(within) = self.within else { return };
        let outlines = self.positions.outlined.as_ref().map(|outlined| outlined.flat.view());
        let is_in = |(&key, &row): (&u64, &u32)| match &outlines {
            Some(outlines) => within.meets(outlines, row as usize),
            None => within.has(key),
        };
        let is_in: Vec<bool> = keys.par_iter().zip(rows.par_iter()).map(is_in).collect();
        let mut each = is_in.iter();
        keys.retain(|_| each.next() == Some(&true));
        let mut each = is_in.iter();
        rows.retain(|_| each.next() == Some(&true));
        self.outside += is_in.len() - keys.len();
    }

    fn size(&self) -> usize {
        let outlines = self.positions.outlined.as_ref().map_or(0, |outlined| {
            let Flat { rows, rings, x, .. } = &outlined.flat;
            rows.len() * 4 + rings.len() * 5 + x.len() * 8
        });
        self.positions.keys.len() * 12 + outlines + self.columns.iter().map(Gather::size).sum::<usize>()
    }

    /// Takes the rows since the last part, sorted.
    pub fn part(&mut self, progress: &dyn Progress) -> Part {
        progress.stage("sort", None);
        self.parts += 1;
        let first = self.positions.first;
        let (mut keys, mut rows, beyond) = self.positions.take();
        self.leave_out(&mut keys, &mut rows);
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
pub(super) fn rows(files: &[Opened]) -> Result<Option<u64>> {
    let total: Option<u64> = files.iter().map(|file| file.reader.rows()).sum();
    match total {
        Some(rows) if rows > u64::from(u32::MAX) => {
            bail!("{rows} rows are more than one dataset can hold ({}); split the files", u32::MAX)
        }
        total => Ok(total),
    }
}

#[expect(clippy::too_many_arguments, reason = "what is read, by what, how much of it at a time and for whom")]
pub(super) fn gather(
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
    let column = |(name, kind): &(String, Kind)| Gather::new(name, *kind, expected).counting(layout.duration(name));
    let columns = layout.columns.iter().map(column).collect();
    let positions = Positions::new(expected);
    let mut gathered = Gathered {
        columns,
        positions,
        latitudes: known.latitudes.clone(),
        parts: 0,
        within: layout.within,
        outside: 0,
    };
    gathered.positions.longitudes.decided = known.marks;
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
                let is_place = place.columns().contains(&field.name.as_str());
                let whole = matches!(field.kind, Ok(Kind::I32 | Kind::I64));
                // All digits of a cell's number count.
                let cells = is_place && whole && matches!(place, Place::Geometry(_, Encoding::H3));
                let kind = kinds.get(field.name.as_str()).copied().or(cells.then_some(Kind::I64));
                (kind.is_some() || is_place).then_some((at, kind))
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
        file.reader.bring(&wanted, progress)?;
        progress.stage("read", total);
        progress.advance(gathered.positions.rows_read);
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
