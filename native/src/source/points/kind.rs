//! Kinds of columns as they are stored, and the values of a column in buffers that can be shared.
//!
//! Core tells integers from numbers, truth values, texts and times; here each has its width too. Everything native that
//! depends on what a column holds goes by [`Kind`] or by [`Data`].

use crate::bits::Bits;
use duotile_core::{self as core, Dictionary, Values};
use polars_buffer::Buffer;

/// The kinds of columns in a dataset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    I32,
    I64,
    F32,
    F64,
    Bool,
    Text,
    Time,
}

/// The values of a column.
#[derive(Debug)]
pub(crate) enum Data {
    I32(Buffer<i32>),
    I64(Buffer<i64>),
    F32(Buffer<f32>),
    F64(Buffer<f64>),
    Bool(Bits),
    Text(Codes, Dictionary),
    /// Microseconds since 1970 UTC.
    Time(Buffer<i64>),
}

/// Codes as narrow as their dictionary allows.
#[derive(Debug)]
pub(crate) enum Codes {
    U8(Buffer<u8>),
    U16(Buffer<u16>),
    U32(Buffer<u32>),
}

impl Kind {
    /// What people call it.
    pub const fn plain(self) -> core::Kind {
        match self {
            Self::I32 | Self::I64 => core::Kind::Integer,
            Self::F32 | Self::F64 => core::Kind::Float,
            Self::Bool => core::Kind::Boolean,
            Self::Text => core::Kind::Text,
            Self::Time => core::Kind::Time,
        }
    }

    /// The name used in messages.
    pub const fn name(self) -> &'static str {
        self.plain().name()
    }

    /// Bytes of a value while it is read.
    pub const fn width(self) -> usize {
        match self {
            Self::I32 | Self::F32 | Self::Text => 4,
            Self::I64 | Self::F64 | Self::Time => 8,
            Self::Bool => 1,
        }
    }

    /// Whether it is numbers.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::I32 | Self::I64 | Self::F32 | Self::F64)
    }

    /// The kind that holds the values of both, where files differ.
    pub fn join(self, other: Self) -> Self {
        use Kind::{F32, F64, I32, I64, Text};
        match (self, other) {
            (a, b) if a == b => a,
            (I32 | I64, I32 | I64) => I64,
            (I32 | I64 | F32 | F64, I32 | I64 | F32 | F64) => F64,
            _ => Text,
        }
    }
}

impl Data {
    /// Texts by their codes, in the order of the rows.
    pub fn texts(codes: impl Iterator<Item = u32>, words: Dictionary) -> Self {
        let codes = match core::Codes::width(words.len()) {
            1 => Codes::U8(codes.map(|code| code as u8).collect()),
            2 => Codes::U16(codes.map(|code| code as u16).collect()),
            _ => Codes::U32(codes.collect()),
        };
        Self::Text(codes, words)
    }

    /// What they are.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::I32(_) => Kind::I32,
            Self::I64(_) => Kind::I64,
            Self::F32(_) => Kind::F32,
            Self::F64(_) => Kind::F64,
            Self::Bool(_) => Kind::Bool,
            Self::Text(..) => Kind::Text,
            Self::Time(_) => Kind::Time,
        }
    }

    /// As the core sees them.
    pub fn values(&self) -> Values<'_> {
        match self {
            Self::I32(values) => Values::I32(values),
            Self::I64(values) => Values::I64(values),
            Self::F32(values) => Values::F32(values),
            Self::F64(values) => Values::F64(values),
            Self::Bool(bits) => Values::Bool(core::Bits { bytes: bits.bytes(), len: bits.len() }),
            Self::Text(Codes::U8(codes), words) => Values::Text(core::Codes::U8(codes), words),
            Self::Text(Codes::U16(codes), words) => Values::Text(core::Codes::U16(codes), words),
            Self::Text(Codes::U32(codes), words) => Values::Text(core::Codes::U32(codes), words),
            Self::Time(values) => Values::Time(values),
        }
    }

    /// Their bytes, without those of a dictionary.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::I32(values) => bytemuck::cast_slice(values),
            Self::I64(values) | Self::Time(values) => bytemuck::cast_slice(values),
            Self::F32(values) => bytemuck::cast_slice(values),
            Self::F64(values) => bytemuck::cast_slice(values),
            Self::Bool(bits) => bits.bytes(),
            Self::Text(Codes::U8(codes), _) => codes,
            Self::Text(Codes::U16(codes), _) => bytemuck::cast_slice(codes),
            Self::Text(Codes::U32(codes), _) => bytemuck::cast_slice(codes),
        }
    }

    /// Bytes that they take.
    pub fn size(&self) -> usize {
        let words = if let Self::Text(_, words) = self { words.size() } else { 0 };
        self.bytes().len() + words
    }
}
