//! Numbers that Polars is not built for: floats of 16 bits as floats of 32, decimals of 256 bits as texts.

use super::{field::Field, spelling::Spelling};
use anyhow::Result;
use polars_arrow::{
    array::{ArrayRef, FixedSizeBinaryArray, PrimitiveArray, Utf8Array},
    datatypes::{ArrowDataType, Field as ArrowField},
    types::{NativeType as _, i256},
};
use polars_core::prelude::{Column, DataType, Float32Chunked, IntoColumn as _, NewChunkedArray as _};
use polars_utils::float16::pf16;

/// Most digits that are believed behind a point, or zeros before one: 256 bits hold 76.
const MOST: i32 = 1000;

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

/// A column of decimals of 256 bits, which are given as texts: every digit is there.
pub(super) fn decimal(name: &str, wide: Wide) -> Field {
    let (digits, scale) = (wide.precision.unsigned_abs() as usize, wide.behind());
    let spelling = Some(Spelling { decimals: Some(scale), ..Spelling::default() });
    Field { spelling, ..Field::new(name, &DataType::Decimal(digits, scale)) }
}

/// An array of 32 bytes each, which are such decimals, with its field.
pub(super) fn decimals(field: ArrowField, array: &ArrayRef, wide: Wide) -> (ArrowField, ArrayRef) {
    let text = |bytes: &[u8]| Some(wide.written(&i256::from_le_bytes(bytes.try_into().ok()?).0.to_string()));
    let bytes = array.as_any().downcast_ref::<FixedSizeBinaryArray>();
    let texts: Utf8Array<i64> = bytes.into_iter().flatten().map(|bytes| bytes.and_then(text)).collect();
    (ArrowField { dtype: ArrowDataType::LargeUtf8, ..field }, texts.boxed())
}

/// How decimals of 256 bits are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wide {
    pub precision: i32,
    /// How many digits stand behind the point; below 0, how many zeros before it.
    pub scale: i32,
}

impl Wide {
    /// How many digits stand behind the point.
    fn behind(self) -> usize {
        self.scale.clamp(0, MOST) as usize
    }

    /// The digits of a whole number with their point.
    fn written(self, whole: &str) -> String {
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let zeros = "0".repeat((-self.scale).clamp(0, MOST) as usize);
        if self.scale <= 0 {
            return if digits == "0" { digits.into() } else { format!("{sign}{digits}{zeros}") };
        }
        let scale = self.behind();
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (before, behind) = digits.split_at(digits.len() - scale);
        format!("{sign}{before}.{behind}")
    }
}

/// An array with its field, where it is of floats of 16 bits as one of 32.
pub(super) fn widened(field: ArrowField, array: ArrayRef) -> (ArrowField, ArrayRef) {
    let Some(halves) = array.as_any().downcast_ref::<PrimitiveArray<pf16>>() else { return (field, array) };
    let values: PrimitiveArray<f32> =
        halves.iter().map(|half| half.map(|half| float(u16::from_le_bytes(half.to_le_bytes())))).collect();
    (ArrowField { dtype: ArrowDataType::Float32, ..field }, values.boxed())
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

    #[test]
    fn decimals_have_all_their_digits_and_no_others() {
        for (whole, scale, expected) in [
            ("12345", 2, "123.45"),
            ("-25", 2, "-0.25"),
            ("-5", 4, "-0.0005"),
            ("0", 3, "0.000"),
            ("12", 0, "12"),
            ("-12", -3, "-12000"),
            ("0", -3, "0"),
            ("12345678901234567890123456789012345678901234", 1, "1234567890123456789012345678901234567890123.4"),
        ] {
            assert_eq!(Wide { precision: 76, scale }.written(whole), expected);
        }
    }
}
