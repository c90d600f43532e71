//! Numbers that Polars is not built for: floats of 16 bits as floats of 32, decimals of 256 bits as floats of 64.

use anyhow::Result;
use polars_arrow::{
    array::{ArrayRef, FixedSizeBinaryArray, PrimitiveArray},
    datatypes::{ArrowDataType, Field},
    types::{NativeType as _, i256},
};
use polars_core::prelude::{Column, DataType, Float32Chunked, IntoColumn as _, NewChunkedArray as _};
use polars_utils::float16::pf16;

/// What floats of 16 bits become.
pub(super) const FIELD: DataType = DataType::Float32;

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

/// An array of 32 bytes each, which are decimals of so many digits behind the point, with its field.
pub(super) fn decimals(field: Field, array: &ArrayRef, scale: i32) -> (Field, ArrayRef) {
    let number = |bytes: &[u8]| Some(i256::from_le_bytes(bytes.try_into().ok()?).0.as_f64() / 10f64.powi(scale));
    let bytes = array.as_any().downcast_ref::<FixedSizeBinaryArray>();
    let values: PrimitiveArray<f64> = bytes.into_iter().flatten().map(|bytes| bytes.and_then(number)).collect();
    (Field { dtype: ArrowDataType::Float64, ..field }, values.boxed())
}

/// An array with its field, where it is of floats of 16 bits as one of 32.
pub(super) fn widened(field: Field, array: ArrayRef) -> (Field, ArrayRef) {
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
