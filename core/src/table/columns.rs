//! Columns: a name, values, which of them are present, and what is known of the whole; checked once.

use crate::table::{
    facts::Facts,
    values::{Kind, Values, word},
};
use core::fmt;

/// One column: a name, its values, which of them are present, and what is known of the whole of it.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// The name it has in the file, in filters and in tiles.
    pub name: &'a str,
    /// The values; what stands where a value is absent is never looked at.
    pub values: Values<'a>,
    valid: Option<&'a [u8]>,
    /// Facts of the full dataset, which decide names and types of properties.
    pub facts: &'a Facts,
}

/// Buffers of a column that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadColumn {
    rows: usize,
    got: usize,
    what: &'static str,
}

impl fmt::Display for BadColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hold {} entries, expected {}", self.what, self.got, self.rows)
    }
}

impl core::error::Error for BadColumn {}

impl<'a> Column<'a> {
    /// Checks that the buffers fit together. `valid` has a bit per row, set where there is a value; `None` means all.
    ///
    /// # Errors
    /// [`BadColumn`] when the validity (or the bits of a boolean column) is shorter than the values.
    pub fn new(
        name: &'a str,
        values: Values<'a>,
        valid: Option<&'a [u8]>,
        facts: &'a Facts,
    ) -> Result<Self, BadColumn> {
        let rows = values.len();
        if let Some(bytes) = valid
            && bytes.len() * 8 < rows
        {
            return Err(BadColumn { rows, got: bytes.len() * 8, what: "validity bits" });
        }
        if let Values::Bool(bits) = values
            && bits.bytes.len() * 8 < rows
        {
            return Err(BadColumn { rows, got: bits.bytes.len() * 8, what: "boolean bits" });
        }
        Ok(Self { name, values, valid, facts })
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every row has a value for certain, so that validity need not be looked at.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.valid.is_none()
    }

    /// Whether a row has a value.
    #[must_use]
    pub fn is_valid(&self, row: usize) -> bool {
        self.valid.is_none_or(|bytes| bytes[row / 8] >> (row % 8) & 1 != 0)
    }

    /// Validity of up to 64 rows from `row`, as bits; bits beyond the column are not cleared.
    #[must_use]
    pub fn valid_word(&self, row: usize) -> u64 {
        self.valid.map_or(u64::MAX, |bytes| word(bytes, row))
    }

    /// The type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.values.kind()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_validity_is_refused_with_the_numbers() {
        let facts = Facts::default();
        let error = Column::new("a", Values::I32(&[1; 9]), Some(&[0xff]), &facts).expect_err("8 bits for 9 rows");
        assert_eq!(alloc::format!("{error}"), "validity bits hold 8 entries, expected 9");
    }
}
