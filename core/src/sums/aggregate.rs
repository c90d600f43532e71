//! What the rows of a cell add up to, whatever the type of their values. A [`Summary`] that knows the cell answers without
//! looking at its rows.

use crate::{
    filter::mask::Mask,
    points::cells::Cell,
    sums::{
        exact::{DoubleDouble, Total as _},
        partial::{Partial, integers, scan},
        summary::Summary,
    },
    table::{columns::Column, values::Values},
};

/// The aggregate of some rows: integers (also codes, truth values and times), or floats.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aggregate {
    Integers(Partial<i128>),
    Floats(Partial<DoubleDouble>),
}

impl Aggregate {
    /// The aggregate of the rows of a cell that pass a mask: from the summary of these rows where the cell is a landmark.
    /// Where extremes are not asked for, they may be missing.
    pub fn of(
        column: &Column<'_>,
        summary: Option<Summary<'_>>,
        cell: &Cell,
        mask: Option<&Mask>,
        extremes: bool,
    ) -> Self {
        let known = summary.zip(cell.landmark).and_then(|(summary, at)| summary.find(at));
        match (column.values, known) {
            (Values::F32(_) | Values::F64(_), Some(&words)) => Self::Floats(Partial::from_words(words)),
            (_, Some(&words)) => Self::Integers(Partial::from_words(words)),
            (Values::F32(v), None) => Self::Floats(scan(column, v, cell.run.clone(), mask, extremes)),
            (Values::F64(v), None) => Self::Floats(scan(column, v, cell.run.clone(), mask, extremes)),
            (_, None) => Self::Integers(integers(column, cell.run.clone(), mask, extremes)),
        }
    }

    /// Whether a summary holds the aggregate of a cell, so that no row is looked at.
    pub fn is_known(summary: Option<Summary<'_>>, cell: &Cell) -> bool {
        summary.zip(cell.landmark).is_some_and(|(summary, at)| summary.find(at).is_some())
    }

    /// How many values there are.
    pub const fn present(&self) -> u64 {
        match self {
            Self::Integers(partial) => partial.present,
            Self::Floats(partial) => partial.present,
        }
    }

    /// The sum rounded to a double.
    pub fn sum(&self) -> f64 {
        match self {
            Self::Integers(partial) => partial.sum.rounded(),
            Self::Floats(partial) => partial.sum.rounded(),
        }
    }

    /// Smallest and largest, as ordered integers.
    pub const fn extremes(&self) -> (i64, i64) {
        match self {
            Self::Integers(partial) => (partial.min, partial.max),
            Self::Floats(partial) => (partial.min, partial.max),
        }
    }
}
