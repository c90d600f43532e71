//! A column of numbers or texts becomes the coordinates of its rows.

use super::{degrees, numbers::Numbers, values::is_missing};
use anyhow::{Context as _, Result, bail};
use polars_core::prelude::{Column, DataType};

/// What was met in texts.
pub(super) struct Texts {
    /// How numbers are written, where a sign in them may stand between thousands.
    pub numbers: Option<Numbers>,
    /// The first that is no coordinate, and its column.
    pub first: Option<(String, String)>,
    /// How many are more than a number.
    pub dressed: u64,
}

/// A column of numbers, or of texts that are coordinates; NaN where there is none.
pub(super) fn coordinates(column: &Column, is_lat: bool, met: &mut Texts) -> Result<Vec<f64>> {
    let name = column.name();
    if let DataType::String = column.dtype() {
        let texts = column.str()?;
        let mut read = |text: Option<&str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty())?;
            if let Some(value) = met.numbers.and_then(|numbers| numbers.grouped(text.as_bytes())) {
                return Some(value);
            }
            let read = degrees::read(text).filter(|read| read.is_lat.is_none_or(|lat| lat == is_lat));
            met.dressed += u64::from(read.is_some_and(|read| read.dressed));
            if read.is_none() && !is_missing(text.as_bytes()) {
                met.first.get_or_insert_with(|| (name.to_string(), text.chars().take(40).collect()));
            }
            read.map(|read| read.value)
        };
        return Ok(texts.iter().map(|text| read(text).unwrap_or(f64::NAN)).collect());
    }
    if let DataType::Null = column.dtype() {
        return Ok(vec![f64::NAN; column.len()]);
    }
    if !column.dtype().is_numeric() && !matches!(column.dtype(), DataType::Decimal(..)) {
        bail!("column {name:?} is {}, expected numbers as coordinates", column.dtype());
    }
    let floats = column.cast(&DataType::Float64).with_context(|| format!("column {name:?}"))?;
    let mut values = Vec::with_capacity(floats.len());
    for array in floats.f64()?.downcast_iter() {
        if array.validity().is_none() {
            values.extend_from_slice(array.values());
        } else {
            values.extend(array.iter().map(|value| value.copied().unwrap_or(f64::NAN)));
        }
    }
    Ok(values)
}
