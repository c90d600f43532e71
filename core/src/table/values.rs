//! Typed values: borrowed slices, and the kinds that people name them by.
//!
//! Natively the slices are the Arrow buffers that Polars sees, in WebAssembly they are owned by the module. Floats are
//! finite and −0.0 is 0.0: the loader makes it so ([`crate::normal`]), later stages see neither.

use crate::table::dictionary::Dictionary;

/// The values of a column.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// 32-bit integers.
    I32(&'a [i32]),
    /// 64-bit integers.
    I64(&'a [i64]),
    /// Single floats, all finite.
    F32(&'a [f32]),
    /// Double floats, all finite.
    F64(&'a [f64]),
    /// Truth values, a bit each, least significant first.
    Bool(Bits<'a>),
    /// Texts: codes into a dictionary.
    Text(Codes<'a>, &'a Dictionary),
    /// Points in time: microseconds since 1970-01-01T00:00:00Z.
    Time(&'a [i64]),
}

/// `len` bits, least significant first, as in Arrow.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    /// The bytes; at least `len` bits.
    pub bytes: &'a [u8],
    /// How many bits count.
    pub len: usize,
}

/// Codes as narrow as the dictionary allows.
#[derive(Clone, Copy, Debug)]
pub enum Codes<'a> {
    /// Up to 256 texts.
    U8(&'a [u8]),
    /// Up to 65,536 texts.
    U16(&'a [u16]),
    /// More.
    U32(&'a [u32]),
}

/// The type of a column, as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Integers of 32 or 64 bits.
    Integer,
    /// Floats of 32 or 64 bits.
    Float,
    /// Truth values.
    Boolean,
    /// Texts.
    Text,
    /// Points in time.
    Time,
}

impl Kind {
    /// The name used in messages and metadata.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Float => "number",
            Self::Boolean => "boolean",
            Self::Text => "text",
            Self::Time => "time",
        }
    }
}

impl Values<'_> {
    /// The type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::I32(_) | Self::I64(_) => Kind::Integer,
            Self::F32(_) | Self::F64(_) => Kind::Float,
            Self::Bool(_) => Kind::Boolean,
            Self::Text(..) => Kind::Text,
            Self::Time(_) => Kind::Time,
        }
    }

    /// Rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::I32(v) => v.len(),
            Self::I64(v) | Self::Time(v) => v.len(),
            Self::F32(v) => v.len(),
            Self::F64(v) => v.len(),
            Self::Bool(bits) => bits.len,
            Self::Text(codes, _) => codes.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Bits<'_> {
    /// The bit of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.bytes[row / 8] >> (row % 8) & 1 != 0
    }

    /// Up to 64 bits from `row`.
    #[must_use]
    pub fn word(&self, row: usize) -> u64 {
        word(self.bytes, row)
    }
}

impl Codes<'_> {
    /// Rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::U32(v) => v.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> usize {
        match self {
            Self::U8(v) => v[row].into(),
            Self::U16(v) => v[row].into(),
            Self::U32(v) => v[row] as usize,
        }
    }
}

/// 64 bits from bit `start` of a bitmap, zeros beyond its end.
pub(super) fn word(bytes: &[u8], start: usize) -> u64 {
    let (byte, shift) = (start / 8, start % 8);
    let mut sixteen = [0; 16];
    let tail = bytes.get(byte..).unwrap_or(&[]);
    let take = tail.len().min(9);
    sixteen[..take].copy_from_slice(&tail[..take]);
    let low = u128::from_le_bytes(sixteen) >> shift;
    low as u64
}

/// A time in microseconds as tiles and JSON carry it: whole milliseconds since 1970 UTC, rounded down.
#[must_use]
pub const fn milliseconds(micros: i64) -> i64 {
    micros.div_euclid(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_start_at_any_bit() {
        let bytes: [u8; 20] = core::array::from_fn(|i| (i * 37 + 11) as u8);
        let bit = |i: usize| bytes.get(i / 8).is_some_and(|byte| byte >> (i % 8) & 1 != 0);
        for start in 0..170 {
            let expected = (0..64).fold(0u64, |word, i| word | u64::from(bit(start + i)) << i);
            assert_eq!(word(&bytes, start), expected, "from bit {start}");
        }
    }
}
