//! UUIDs, 16 bytes each, as the texts that people write: RFC 9562, section 4.

use super::field::Field;
use anyhow::Result;
use polars_arrow::{
    array::{ArrayRef, FixedSizeBinaryArray, Utf8Array},
    datatypes::{ArrowDataType, Field as ArrowField},
};
use polars_core::prelude::{Column, DataType, IntoColumn as _, NewChunkedArray as _, StringChunked};

/// What a column of them becomes.
pub(super) fn field(name: &str) -> Field {
    Field { why: "the file has UUIDs there".into(), ..Field::new(name, &DataType::String) }
}

/// A column of 16 bytes each.
///
/// # Errors
/// When it is none.
pub(super) fn of_bytes(column: &Column) -> Result<Column> {
    let texts = column.binary()?.iter().map(|bytes| bytes.and_then(text));
    Ok(StringChunked::from_iter_options(column.name().clone(), texts).into_column())
}

/// Whether a column of Arrow says that it is of them.
pub(super) fn is(field: &ArrowField) -> bool {
    match &field.dtype {
        ArrowDataType::Extension(extension) => extension.name == "arrow.uuid",
        ArrowDataType::FixedSizeBinary(16) => {
            let said = field.metadata.as_deref().and_then(|metadata| metadata.get("ARROW:extension:name"));
            said.is_some_and(|name| name == "arrow.uuid")
        }
        _ => false,
    }
}

/// An array of 16 bytes each, with its field.
pub(super) fn written(field: ArrowField, array: &ArrayRef) -> (ArrowField, ArrayRef) {
    let bytes = array.as_any().downcast_ref::<FixedSizeBinaryArray>();
    let texts: Utf8Array<i64> = bytes.into_iter().flatten().map(|bytes| bytes.and_then(text)).collect();
    (ArrowField { dtype: ArrowDataType::LargeUtf8, metadata: None, ..field }, texts.boxed())
}

fn text(bytes: &[u8]) -> Option<String> {
    let digits = format!("{:032x}", u128::from_be_bytes(bytes.try_into().ok()?));
    Some([&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-"))
}
