//! What the rows of a cell add up to, whatever the type of their values. A [`Summary`] that knows the cell answers without
//! looking at its rows.

use crate::{
    filter::mask::Mask,
    points::cells::Cell,
    small::work::Stopped,
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
    /// The aggregate of the rows of a cell that pass a mask: from the summary of these rows where the cell is a landmark that
    /// it knows; else `look` is asked before so many rows are looked at. Where extremes are not asked for, they may be missing.
    ///
    /// # Errors
    /// That of `look`.
    #[inline]
    pub fn of(
        column: &Column<'_>,
        summary: Option<Summary<'_>>,
        cell: &Cell,
        mask: Option<&Mask>,
        extremes: bool,
        look: impl FnOnce(usize) -> Result<(), Stopped>,
    ) -> Result<Self, Stopped> {
        if let Some(&words) = summary.zip(cell.landmark).and_then(|(summary, at)| summary.find(at)) {
            let floats = matches!(column.values, Values::F32(_) | Values::F64(_));
            return Ok(if floats {
                Self::Floats(Partial::from_words(words))
            } else {
                Self::Integers(Partial::from_words(words))
            });
        }
        look(cell.run.len())?;
        Ok(match column.values {
            Values::F32(v) => Self::Floats(scan(column, v, cell.run.clone(), mask, extremes)),
            Values::F64(v) => Self::Floats(scan(column, v, cell.run.clone(), mask, extremes)),
            _ => Self::Integers(integers(column, cell.run.clone(), mask, extremes)),
        })
    }

    /// Adds another of the same column.
    pub fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Integers(partial), Self::Integers(other)) => partial.merge(other),
            (Self::Floats(partial), Self::Floats(other)) => partial.merge(other),
            // Not of one column.
            _ => {}
        }
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
