//! Values as JSON has them, for everything that is told beside tiles: statistics, columns, rows.

use crate::{
    small::decimal,
    table::{
        columns::Column,
        facts::{MAX_EXACT, Scalar},
        values::Values,
    },
    time,
};
use alloc::{borrow::Cow, format, string::ToString as _};

/// A value as JSON has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain<'a> {
    /// No value.
    Null,
    /// A whole number that every reader reads exactly.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// A text.
    Text(Cow<'a, str>),
}

/// How points in time are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Milliseconds since 1970 UTC, as in tiles.
    Milliseconds,
    /// As `2024-01-31T12:00:00Z`.
    Iso,
}

impl<'a> Plain<'a> {
    /// A value of a column. Integers beyond ±(2⁵³ − 1) are texts, because most readers of JSON would round them.
    #[must_use]
    pub fn of(column: &Column<'a>, value: Scalar, times: Times) -> Self {
        match value {
            Scalar::Integer(value) => Self::integer(value),
            Scalar::Float(value) if matches!(column.values, Values::F32(_)) => Self::Number(told(value as f32)),
            Scalar::Float(value) => Self::Number(value),
            Scalar::Boolean(value) => Self::Boolean(value),
            Scalar::Text(code) => match column.values {
                Values::Text(_, words) => Self::Text(words.get(code as usize).into()),
                _ => Self::Integer(code.into()),
            },
            Scalar::Time(micros) => match times {
                Times::Milliseconds => Self::Integer(micros.div_euclid(1000)),
                Times::Iso => Self::iso(micros),
            },
        }
    }

    /// The value of a row; null where there is none.
    #[must_use]
    pub fn cell(column: &Column<'a>, row: usize, times: Times) -> Self {
        if column.is_valid(row) { Self::of(column, column.values.get(row), times) } else { Self::Null }
    }

    /// An integer; a text where a reader may round it.
    #[must_use]
    pub fn integer(value: i64) -> Self {
        if value.unsigned_abs() <= MAX_EXACT.unsigned_abs() {
            Self::Integer(value)
        } else {
            Self::Text(value.to_string().into())
        }
    }

    /// Microseconds since 1970 as ISO 8601 in UTC.
    #[must_use]
    pub fn iso(micros: i64) -> Self {
        Self::Text(time::print(micros).into())
    }
}

/// The number that a single float stands for: its own shortest digits, not those of the double it widens to.
#[must_use]
pub fn told(value: f32) -> f64 {
    decimal::parse(&format!("{value}")).unwrap_or_else(|| value.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{table::dictionary::Dictionary, table::facts::Facts, table::values::Codes};

    #[test]
    fn values_are_written_so_that_nobody_misreads_them() {
        let facts = Facts::default();
        let words = Dictionary::new(["a", "b"]).expect("sorted");
        let text = Column::new("t", Values::Text(Codes::U8(&[1]), &words), None, &facts).expect("fits");
        assert_eq!(Plain::cell(&text, 0, Times::Iso), Plain::Text("b".into()));
        let float = Column::new("f", Values::F32(&[0.1]), None, &facts).expect("fits");
        assert_eq!(Plain::cell(&float, 0, Times::Iso), Plain::Number(0.1));
        let time = Column::new("z", Values::Time(&[1_704_067_200_000_000]), None, &facts).expect("fits");
        assert_eq!(Plain::cell(&time, 0, Times::Iso), Plain::Text("2024-01-01T00:00:00Z".into()));
        assert_eq!(Plain::cell(&time, 0, Times::Milliseconds), Plain::Integer(1_704_067_200_000));
        assert_eq!(Plain::integer(MAX_EXACT + 1), Plain::Text("9007199254740992".into()));
        let null = Column::new("n", Values::I32(&[7]), Some(&[0]), &facts).expect("fits");
        assert_eq!(Plain::cell(&null, 0, Times::Iso), Plain::Null);
    }
}
