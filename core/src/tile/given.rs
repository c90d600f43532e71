//! Cells that somebody else has grouped: a database, which has the rows.
//!
//! What enters is how many rows each cell has, and of each measure what is needed to finish it here: counts, exact sums, extremes,
//! the two values around a rank. What leaves are the bytes that the rows themselves would have given.

use crate::{
    measure::{
        category::Categories,
        numbers::{self, Measured, Measures},
    },
    plan::{Plan, Source},
    query::{MeasureKind, Shape},
    small::work::{Stopped, Toll, Work},
    space::{
        mercator::World,
        tile::{EXTENT_BITS, TileId},
    },
    sums::{
        aggregate::Aggregate,
        exact::{Total, ordered},
        partial::Partial,
    },
    table::{columns::Column, facts::Scalar, values::Values, view::Table},
    tile::{
        cells::{self, BLOCK, Drawn, Grid},
        cut::MAX_TILE_BYTES,
        grouped,
        layer::Layer,
        shown::Shown,
        tiler::{MAX_ID_LEVEL, Report, Scratch},
        values::Value,
    },
};
use alloc::vec::Vec;
use core::{fmt, ops::Range};

/// What was found out about cells for one measure, an entry for each cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Of a sum or a mean of integers, truth values or times: how many values, and their sum.
    Integers(Vec<(u64, i128)>),
    /// Of a sum or a mean of floats: how many values, and the double nearest to their sum.
    Floats(Vec<(u64, f64)>),
    /// The smallest, the largest, or the most frequent value, if there is any.
    Values(Vec<Option<Scalar>>),
    /// Of a percentile: how many values, and in ascending order the one at its rank ([`Found::rank`]) and the one after it, which is
    /// the same for the last.
    Ranks(Vec<Option<(u64, Scalar, Scalar)>>),
    /// How many distinct values.
    Counts(Vec<u64>),
}

/// Cells that were grouped elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The code of each cell, ascending, and how many rows it has, at least one.
    pub cells: Vec<(u64, u64)>,
    /// For each measure of the plan's properties, in their order.
    pub found: Vec<Found>,
    /// For each cell the rows of each category of the plan's properties.
    pub counts: Vec<u32>,
    /// The mean position of the rows of each cell, rounded down; only where the plan draws cells there.
    pub means: Vec<World>,
}

/// What was given does not make the cells of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadGiven {
    what: &'static str,
    got: usize,
    expected: usize,
}

impl fmt::Display for BadGiven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "got {} {}, expected {}", self.got, self.what, self.expected)
    }
}

impl core::error::Error for BadGiven {}

impl Found {
    /// The rank, from 0, of the value that a percentile in hundredths of a percent lies at or behind, among so many.
    #[must_use]
    pub fn rank(count: u64, hundredths: u16) -> u64 {
        numbers::rank(count.max(1), hundredths).0
    }

    const fn len(&self) -> usize {
        match self {
            Self::Integers(all) => all.len(),
            Self::Floats(all) => all.len(),
            Self::Values(all) => all.len(),
            Self::Ranks(all) => all.len(),
            Self::Counts(all) => all.len(),
        }
    }

    /// Whether it is what a measure of a column is made of.
    const fn is_of(&self, kind: MeasureKind, column: &Column<'_>) -> bool {
        let floats = matches!(column.values, Values::F32(_) | Values::F64(_));
        match (kind, self) {
            (MeasureKind::Sum | MeasureKind::Mean, Self::Floats(_)) => floats,
            (MeasureKind::Sum | MeasureKind::Mean, Self::Integers(_)) => !floats,
            (MeasureKind::Min | MeasureKind::Max | MeasureKind::Mode, Self::Values(_))
            | (MeasureKind::Percentile(_), Self::Ranks(_))
            | (MeasureKind::Distinct, Self::Counts(_)) => true,
            _ => false,
        }
    }

    /// The measure of a cell.
    fn value(&self, kind: MeasureKind, column: &Column<'_>, at: usize) -> Option<Measured> {
        match self {
            Self::Integers(all) => {
                let (present, sum) = all[at];
                numbers::of_sums(kind, column, &Aggregate::Integers(Partial { present, sum, ..Partial::EMPTY }))
            }
            Self::Floats(all) => {
                let (present, sum) = all[at];
                let sum = Total::from_words([sum.to_bits(), 0]);
                numbers::of_sums(kind, column, &Aggregate::Floats(Partial { present, sum, ..Partial::EMPTY }))
            }
            Self::Values(all) => all[at].map(|value| numbers::present(column, order(value))),
            Self::Ranks(all) => {
                let (count, low, high) = all[at]?;
                let MeasureKind::Percentile(hundredths) = kind else { return None };
                let below = Self::rank(count, hundredths);
                numbers::percentile(column, count, hundredths, |rank| order(if rank > below { high } else { low }))
            }
            Self::Counts(all) => Some(Measured::Integer(all[at] as i64)),
        }
    }
}

/// A value as an integer in the order of values.
const fn order(value: Scalar) -> i64 {
    match value {
        Scalar::Integer(value) | Scalar::Time(value) => value,
        Scalar::Boolean(value) => value as i64,
        Scalar::Text(code) => code as i64,
        // −0.0 is 0.0, as in every column.
        Scalar::Float(value) => ordered(value + 0.0),
    }
}

impl Given {
    /// Whether it is all that the cells of a plan are made of.
    ///
    /// # Errors
    /// [`BadGiven`] for what is missing, or is of something else. Cells of H3, and those that have the columns of their only row, are
    /// not given.
    pub fn check(&self, plan: &Plan, table: &Table<'_>) -> Result<(), BadGiven> {
        let bad = |what, got, expected| if got == expected { Ok(()) } else { Err(BadGiven { what, got, expected }) };
        let cells = self.cells.len();
        bad("cells in ascending order", usize::from(self.cells.is_sorted_by(|a, b| a.0 < b.0)), 1)?;
        bad("resolutions of H3", usize::from(plan.reaches_out()), 0)?;
        bad("columns of single rows", plan.lone().len(), 0)?;
        let measures = plan.properties().iter().filter_map(|property| match property.source {
            Source::Measure(column, kind) => Some((column, kind)),
            _ => None,
        });
        bad("measures", self.found.len(), measures.clone().count())?;
        for (found, (column, kind)) in self.found.iter().zip(measures) {
            bad("cells of a measure", found.len(), cells)?;
            let fits = table.columns().get(column).is_some_and(|column| found.is_of(kind, column));
            bad("kinds of a measure that fit it", usize::from(fits), 1)?;
        }
        bad(
            "counts of categories",
            self.counts.len(),
            cells * plan.categories.as_ref().map_or(0, |by| by.slots.len()),
        )?;
        bad("mean positions", self.means.len(), if plan.shape() == Shape::Centroid { cells } else { 0 })
    }
}

impl Given {
    /// The numbers that the cells carry, as [`Shown::numbers`].
    pub(crate) fn numbers(
        &self,
        plan: &Plan,
        table: &Table<'_>,
        toll: &mut Toll<'_>,
        emit: impl FnMut(usize, f64),
    ) -> Result<(), Stopped> {
        Part { given: self, table, cells: 0..self.cells.len() }.numbers(plan, toll, emit)
    }
}

/// Some of the cells.
struct Part<'g, 'a> {
    given: &'g Given,
    table: &'g Table<'a>,
    cells: Range<usize>,
}

impl Shown for Part<'_, '_> {
    fn len(&self) -> usize {
        self.cells.len()
    }

    fn cell(&self, at: usize) -> (u64, u64) {
        self.given.cells[self.cells.start + at]
    }

    fn measure(&mut self, _: &Measures, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        toll.pay(self.cells.len())
    }

    fn measured(&self, measures: &Measures, kind: usize, mut emit: impl FnMut(usize, Value<'_>)) {
        let (kind, property) = measures.kinds[kind];
        let column = &self.table.columns()[measures.column];
        // Measures stand behind the count.
        let Some(found) = property.checked_sub(1).and_then(|at| self.given.found.get(at)) else { return };
        for (at, cell) in self.cells.clone().enumerate() {
            if let Some(value) = found.value(kind, column, cell) {
                emit(at, grouped::told(column, &value));
            }
        }
    }

    fn count(
        &mut self,
        at: usize,
        by: &Categories,
        toll: &mut Toll<'_>,
        mut emit: impl FnMut(usize, u32),
    ) -> Result<(), Stopped> {
        toll.pay(1)?;
        let counts = self.given.counts.iter().skip((self.cells.start + at) * by.slots.len()).take(by.slots.len());
        counts.enumerate().filter(|&(_, &count)| count > 0).for_each(|(slot, &count)| emit(slot, count));
        Ok(())
    }

    fn lone(&mut self, _: usize, _: &mut Toll<'_>, _: impl FnMut(usize, Value<'_>)) -> Result<(), Stopped> {
        Ok(())
    }

    fn centroid(&self, at: usize, _: &mut Toll<'_>) -> Result<World, Stopped> {
        Ok(self.given.means.get(self.cells.start + at).copied().unwrap_or(World { x: 0, y: 0 }))
    }
}

impl Plan {
    /// Writes cells of a level that were grouped elsewhere as the tile that they are of, with ids or without, and appends its bytes to
    /// `out`. They must have been [checked](Given::check).
    ///
    /// # Errors
    /// [`Stopped`], as [`Plan::tile_into`].
    pub fn cells_into(
        &self,
        table: &Table<'_>,
        given: &Given,
        (tile, level, ids): (TileId, u8, bool),
        work: &Work<'_>,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) -> Result<Report, Stopped> {
        if given.cells.is_empty() {
            return Ok(Report::default());
        }
        let (toll, grid) = (&mut work.toll(), Grid { tile, level, ids: ids && level <= MAX_ID_LEVEL });
        let Scratch { buffers, cells: blocks, .. } = scratch;
        let mut layer = Layer::new(out, table.layer(), 1 << EXTENT_BITS, &self.names, buffers);
        let most = grouped::most(self) as u64;
        let (mut start, mut shown) = (0, 0);
        // The same cells together as where they are walked: values are numbered block by block.
        while start < given.cells.len() && layer.size() <= MAX_TILE_BYTES {
            let (mut end, mut rows) = (start, 0);
            while end < given.cells.len() && end - start < BLOCK && rows < most {
                rows += given.cells[end].1;
                end += 1;
            }
            let mut some = Part { given, table, cells: start..end };
            cells::write(self, Drawn::Squares(grid), &mut some, &mut layer, toll, blocks)?;
            (start, shown) = (end, shown + rows);
        }
        let rows: u64 = given.cells.iter().map(|&(_, rows)| rows).sum();
        Ok(Report { features: layer.finish(), rows, omitted: rows - shown, cells: true, corners: 0 })
    }
}

#[cfg(test)]
mod tests;
