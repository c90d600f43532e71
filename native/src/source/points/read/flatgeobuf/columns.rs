//! Columns of a piece of a file as they are gathered, feature by feature.

use anyhow::Result;
use polars_core::prelude::{
    BinaryChunkedBuilder, BooleanChunkedBuilder, ChunkedBuilder as _, Column, DataType, Float64Type, Int64Type,
    IntoColumn as _, IntoSeries as _, PrimitiveChunkedBuilder, StringChunkedBuilder, UInt64Type,
};

/// One column.
pub(super) enum Gathered {
    Boolean(BooleanChunkedBuilder),
    Integer(PrimitiveChunkedBuilder<Int64Type>),
    Unsigned(PrimitiveChunkedBuilder<UInt64Type>),
    Float(PrimitiveChunkedBuilder<Float64Type>),
    Text(StringChunkedBuilder),
    Binary(BinaryChunkedBuilder),
}

impl Gathered {
    /// Room for values that become a type.
    pub fn new(name: &str, dtype: &DataType, rows: usize) -> Self {
        let name = name.into();
        match dtype {
            DataType::Boolean => Self::Boolean(BooleanChunkedBuilder::new(name, rows)),
            DataType::UInt64 => Self::Unsigned(PrimitiveChunkedBuilder::new(name, rows)),
            DataType::Float32 | DataType::Float64 => Self::Float(PrimitiveChunkedBuilder::new(name, rows)),
            DataType::Binary => Self::Binary(BinaryChunkedBuilder::new(name, rows)),
            dtype if dtype.is_integer() => Self::Integer(PrimitiveChunkedBuilder::new(name, rows)),
            _ => Self::Text(StringChunkedBuilder::new(name, rows)),
        }
    }

    /// The next feature has no value here.
    pub fn null(&mut self) {
        match self {
            Self::Boolean(values) => values.append_null(),
            Self::Integer(values) => values.append_null(),
            Self::Unsigned(values) => values.append_null(),
            Self::Float(values) => values.append_null(),
            Self::Text(values) => values.append_null(),
            Self::Binary(values) => values.append_null(),
        }
    }

    /// The column, of its type.
    ///
    /// # Errors
    /// When its values do not fit the type.
    pub fn finish(self, dtype: &DataType) -> Result<Column> {
        let series = match self {
            Self::Boolean(values) => values.finish().into_series(),
            Self::Integer(values) => values.finish().into_series(),
            Self::Unsigned(values) => values.finish().into_series(),
            Self::Float(values) => values.finish().into_series(),
            Self::Text(values) => values.finish().into_series(),
            Self::Binary(values) => values.finish().into_series(),
        };
        let casts = matches!(dtype, DataType::Float32) || dtype.is_integer();
        Ok(if casts { series.cast(dtype)? } else { series }.into_column())
    }
}
