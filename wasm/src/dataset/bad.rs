//! Input that makes no dataset: what was got and what was expected.

use alloc::{string::String, vec::Vec};
use core::fmt;

/// Input that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadInput {
    /// Longitudes and latitudes, or keys and row numbers, differ in number.
    Positions {
        /// What there is, of both.
        names: [&'static str; 2],
        /// How many of each.
        got: [usize; 2],
    },
    /// Numbers of which none is that of a cell of H3.
    Cells {
        /// How many.
        got: usize,
        /// The first of them.
        first: u64,
    },
    /// More positions than row numbers can tell apart.
    TooMany(usize),
    /// No memory for so many entries.
    Memory(usize),
    /// A column is longer or shorter than the positions.
    Length {
        /// Its name.
        name: String,
        /// What of it.
        what: &'static str,
        /// Entries it has.
        got: usize,
        /// Positions.
        expected: usize,
    },
    /// A column of that name is there.
    Taken(String),
    /// There is no column of that name.
    Missing {
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Outlines that are none.
    Outlines(String),
    /// Anything else about a column.
    Column {
        /// Its name.
        name: String,
        /// What was got and what was expected.
        what: String,
    },
}

impl BadInput {
    pub(super) fn column(name: &str, what: impl Into<String>) -> Self {
        Self::Column { name: name.into(), what: what.into() }
    }

    pub(super) fn outlines(what: impl Into<String>) -> Self {
        Self::Outlines(what.into())
    }
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Positions { names: [a, b], got: [first, second] } => {
                write!(f, "{first} {a} and {second} {b}, expected as many of each")
            }
            Self::Cells { got, first } => write!(f, "none of {got} rows has a cell of H3, got {first:x} first"),
            Self::TooMany(got) => write!(f, "{got} positions, expected at most {}", u32::MAX),
            Self::Memory(entries) => write!(f, "no memory for {entries} entries, expected fewer rows or columns"),
            Self::Length { name, what, got, expected } => {
                write!(f, "column {name} has {got} {what}, expected {expected}, one for each position")
            }
            Self::Taken(name) => write!(f, "column {name} is there already, expected another name"),
            Self::Missing { name, known } => {
                write!(f, "there is no column {name}, expected one of {}", known.join(", "))
            }
            Self::Outlines(what) => write!(f, "outlines: {what}"),
            Self::Column { name, what } => write!(f, "column {name}: {what}"),
        }
    }
}

impl core::error::Error for BadInput {}
