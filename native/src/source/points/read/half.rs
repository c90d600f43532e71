//! Numbers that Polars is not built for: floats of 16 bits as floats of 32, decimals of 256 bits as floats of 64.

use anyhow::Result;
use polars_arrow::{
    array::{ArrayRef, PrimitiveArray},
    datatypes::{ArrowDataType, Field},
    types::i256,
};
use polars_core::prelude::{Column, DataType, Float32Chunked, IntoColumn as _, NewChunkedArray as _};
use polars_utils::float16::pf16;

/// What floats of 16 bits become.
pub(super) const FIELD: DataType = DataType::Float32;

/// What a column of such numbers becomes; `None` for any other.
pub(super) const fn becomes(dtype: &ArrowDataType) -> Option<DataType> {
    match dtype {
        ArrowDataType::Float16 => Some(FIELD),
        ArrowDataType::Decimal256(..) => Some(DataType::Float64),
        _ => None,
    }
}

/// A column of two bytes each, the lower first.
///
/// # Errors
/// When it is none.
pub(super) fn of_bytes(column: &Column) -> Result<Column> {
    let values = column.binary()?.iter().map(|bytes| {
        let two: [u8; 2] = bytes?.try_into().ok()?;
        Some(float(u16::from_le_bytes(two)))
    });
    Ok(Float32Chunked::from_iter_options(column.name().clone(), values).into_column())
}

/// An array with its field; one of such numbers as what they become.
pub(super) fn fitted(field: Field, array: ArrayRef) -> (Field, ArrayRef) {
    if let (ArrowDataType::Decimal256(_, scale), Some(wide)) =
        (&field.dtype, array.as_any().downcast_ref::<PrimitiveArray<i256>>())
    {
        let parts = 10f64.powi(i32::try_from(*scale).unwrap_or(i32::MAX));
        let values: PrimitiveArray<f64> = wide.iter().map(|wide| wide.map(|wide| wide.0.as_f64() / parts)).collect();
        return (Field { dtype: ArrowDataType::Float64, ..field }, values.boxed());
    }
    let Some(halves) = array.as_any().downcast_ref::<PrimitiveArray<pf16>>() else { return (field, array) };
    let values: PrimitiveArray<f32> =
        halves.iter().map(|half| half.map(|half| float(u16::from_le_bytes(half.to_le_bytes())))).collect();
    (Field { dtype: ArrowDataType::Float32, ..field }, values.boxed())
}

/// IEEE 754: a sign, 5 bits of the exponent, 10 of the fraction.
fn float(bits: u16) -> f32 {
    let (exponent, fraction) = (bits >> 10 & 31, f32::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2f32.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_what_the_standard_says() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(float(bits), expected, "{bits:04x}");
        }
        assert!(float(0x7e00).is_nan() && float(0x8000).is_sign_negative());
    }
}
