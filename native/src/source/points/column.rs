//! A column in Morton order: its values, held once, and what is known of them.

use super::{bits::Bits, kind::Data};
use anyhow::Result;
use duotile_core::{Column, Facts};
use polars_buffer::Buffer;

/// A column before it has facts.
#[derive(Debug)]
pub struct Loaded {
    pub name: String,
    pub data: Data,
    /// One bit a row from bit 0, set where there is a value; `None` where every row has one.
    pub valid: Option<Bits>,
}

/// A column of a dataset.
#[derive(Debug)]
pub struct Stored {
    pub loaded: Loaded,
    pub facts: Facts,
    /// Of its sums, where it has any.
    pub summary: Option<Buffer<u64>>,
}

impl Loaded {
    /// The validity as the core wants it: bytes from bit 0.
    pub fn valid(&self) -> Option<&[u8]> {
        self.valid.as_ref().map(Bits::bytes)
    }

    /// The first row without a value.
    pub fn first_null(&self) -> Option<usize> {
        self.valid.as_ref().and_then(Bits::first_unset)
    }

    fn size(&self) -> usize {
        self.data.size() + self.valid.as_ref().map_or(0, |bits| bits.len().div_ceil(8))
    }
}

impl Stored {
    /// As the core looks at it.
    ///
    /// # Errors
    /// When its parts do not fit together.
    pub fn column(&self) -> Result<Column<'_>> {
        let loaded = &self.loaded;
        Ok(Column::new(&loaded.name, loaded.data.values(), loaded.valid(), &self.facts)?)
    }

    /// Bytes of it.
    pub fn size(&self) -> usize {
        self.loaded.size() + self.summary.as_ref().map_or(0, |words| words.len() * 8)
    }
}
