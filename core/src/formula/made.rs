//! A column made of columns: a formula fitted to a table, and its values over rows.

use super::{
    error,
    fit::Fitting,
    lanes::{LANES, Lanes},
    program::Program,
    term::Term,
};
use crate::{
    small::{
        error::QueryError,
        work::{Stopped, Work},
    },
    table::{
        values::{Bits, Kind, Values},
        view::Table,
    },
};
use alloc::{format, vec::Vec};
use core::ops::Range;

/// A formula that fits a table, and gives a column.
#[derive(Clone, Debug)]
pub struct Formula {
    program: Program,
    kind: Kind,
    wide: bool,
}

/// Values of a column that was made, and which rows have one: a bit each, least significant first.
#[derive(Clone, Debug)]
pub struct Made {
    /// The values; anything where there is none.
    pub values: MadeValues,
    /// The bits.
    pub valid: Vec<u8>,
}

/// Values that a formula can make.
#[derive(Clone, Debug)]
pub enum MadeValues {
    /// Integers of 64 bits.
    Integers(Vec<i64>),
    /// Finite doubles, none of them −0.0.
    Floats(Vec<f64>),
    /// Truth values, a bit each, and how many.
    Booleans(Vec<u8>, usize),
    /// Microseconds since 1970 UTC.
    Times(Vec<i64>),
}

impl Formula {
    pub(crate) fn of(term: &Term, table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        let mut fitting = Fitting::new(&[term], table, work)?;
        let fit = fitting.term(term)?;
        let fit = fitting.finite(fit);
        if fit.kind == Kind::Text {
            let message = format!("{term} is text, expected a number, a time or a truth value");
            return Err(error(message, term.place().0));
        }
        Ok(Self { program: fitting.finish(), kind: fit.kind, wide: fit.wide })
    }

    /// What a row costs, in looks at rows.
    #[must_use]
    pub fn price(&self) -> usize {
        2 + self.program.price()
    }

    /// Values of some rows of the table that it was fitted to; `keys` are those of all its rows.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn values(
        &self,
        table: &Table<'_>,
        keys: &[u64],
        rows: Range<usize>,
        work: &Work<'_>,
    ) -> Result<Made, Stopped> {
        let count = rows.len();
        let mut made = Made { values: MadeValues::with_capacity(self.kind, count), valid: Vec::new() };
        let (mut stack, mut toll) = (Vec::new(), work.toll());
        for start in rows.clone().step_by(LANES) {
            let run = start..rows.end.min(start + LANES);
            toll.pay(run.len() * self.price())?;
            self.program.run(table, keys, &run, &mut stack);
            if let Some(lanes) = stack.first() {
                made.values.push(lanes, run.len(), self.wide);
                made.valid.extend(&lanes.valid.to_le_bytes()[..run.len().div_ceil(8)]);
            }
        }
        Ok(made)
    }
}

impl Made {
    /// As a column has them.
    #[must_use]
    pub fn view(&self) -> Values<'_> {
        match &self.values {
            MadeValues::Integers(values) => Values::I64(values),
            MadeValues::Floats(values) => Values::F64(values),
            MadeValues::Booleans(bytes, len) => Values::Bool(Bits { bytes, len: *len }),
            MadeValues::Times(values) => Values::Time(values),
        }
    }

    /// Whether all rows have a value.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let rows = self.view().len();
        (0..rows).step_by(8).zip(&self.valid).all(|(row, byte)| {
            let wanted = if rows - row < 8 { (1u8 << (rows - row)) - 1 } else { u8::MAX };
            byte & wanted == wanted
        })
    }

    /// Adds the values of the rows after these; but for the last, pieces are of whole bytes of bits.
    pub fn append(&mut self, mut next: Self) {
        self.valid.append(&mut next.valid);
        match (&mut self.values, next.values) {
            (MadeValues::Integers(all), MadeValues::Integers(mut more))
            | (MadeValues::Times(all), MadeValues::Times(mut more)) => all.append(&mut more),
            (MadeValues::Floats(all), MadeValues::Floats(mut more)) => all.append(&mut more),
            (MadeValues::Booleans(all, len), MadeValues::Booleans(mut more, rows)) => {
                all.append(&mut more);
                *len += rows;
            }
            // Pieces of one formula are of one kind.
            _ => {}
        }
    }
}

impl MadeValues {
    fn with_capacity(kind: Kind, rows: usize) -> Self {
        match kind {
            Kind::Integer => Self::Integers(Vec::with_capacity(rows)),
            Kind::Time => Self::Times(Vec::with_capacity(rows)),
            Kind::Boolean => Self::Booleans(Vec::with_capacity(rows.div_ceil(8)), 0),
            Kind::Float | Kind::Text => Self::Floats(Vec::with_capacity(rows)),
        }
    }

    fn push(&mut self, lanes: &Lanes, rows: usize, wide: bool) {
        let bits = &lanes.bits[..rows];
        let whole = |&bits: &u64| if wide { bits.cast_signed() } else { f64::from_bits(bits) as i64 };
        match self {
            Self::Integers(values) | Self::Times(values) => values.extend(bits.iter().map(whole)),
            // What is added makes 0.0 of −0.0, and nothing else.
            Self::Floats(values) => values.extend(bits.iter().map(|&bits| f64::from_bits(bits) + 0.0)),
            Self::Booleans(bytes, len) => {
                let word = lanes.test(|bits| f64::from_bits(bits) != 0.0);
                bytes.extend(&word.to_le_bytes()[..rows.div_ceil(8)]);
                *len += rows;
            }
        }
    }
}
