//! The properties of a feature become values of columns.

use super::columns::Gathered;
use anyhow::{Context as _, Result, bail};
use flatgeobuf::{ColumnType, Feature};
use polars_core::prelude::ChunkedBuilder as _;

/// Takes each value that a feature has, which has the number of its column before it, and marks the columns seen.
///
/// # Errors
/// When they are cut off, or do not fit the header.
pub(super) fn read(
    feature: &Feature<'_>,
    types: &[ColumnType],
    gathered: &mut [Option<Gathered>],
    seen: &mut [bool],
) -> Result<()> {
    if feature.columns().is_some() {
        bail!("it has columns of its own, which are not read");
    }
    let mut rest = feature.properties().map_or(&[][..], |properties| properties.bytes());
    // GDAL writes one byte too many behind binary values.
    while rest.len() > 1 {
        let column = usize::from(u16::from_le_bytes(take(&mut rest)?));
        let Some(&of) = types.get(column) else {
            bail!("they name column {column}, the header has {}", types.len());
        };
        // Of a column that is there twice the first value stays.
        let into = gathered[column].as_mut().filter(|_| !seen[column]);
        seen[column] = true;
        let mut integer = None;
        let mut float = None;
        match of {
            ColumnType::Byte => integer = Some(i64::from(i8::from_le_bytes(take(&mut rest)?))),
            ColumnType::UByte => integer = Some(i64::from(u8::from_le_bytes(take(&mut rest)?))),
            ColumnType::Short => integer = Some(i64::from(i16::from_le_bytes(take(&mut rest)?))),
            ColumnType::UShort => integer = Some(i64::from(u16::from_le_bytes(take(&mut rest)?))),
            ColumnType::Int => integer = Some(i64::from(i32::from_le_bytes(take(&mut rest)?))),
            ColumnType::UInt => integer = Some(i64::from(u32::from_le_bytes(take(&mut rest)?))),
            ColumnType::Long => integer = Some(i64::from_le_bytes(take(&mut rest)?)),
            ColumnType::Float => float = Some(f64::from(f32::from_le_bytes(take(&mut rest)?))),
            ColumnType::Double => float = Some(f64::from_le_bytes(take(&mut rest)?)),
            ColumnType::ULong => {
                let value = u64::from_le_bytes(take(&mut rest)?);
                if let Some(Gathered::Unsigned(values)) = into {
                    values.append_value(value);
                }
                continue;
            }
            ColumnType::Bool => {
                let [value] = take(&mut rest)?;
                if let Some(Gathered::Boolean(values)) = into {
                    values.append_value(value != 0);
                }
                continue;
            }
            ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
                let length = u32::from_le_bytes(take(&mut rest)?) as usize;
                let value = rest.split_off(..length).with_context(|| format!("column {column} is cut off"))?;
                if let Some(Gathered::Text(values)) = into {
                    let text = std::str::from_utf8(value).with_context(|| format!("column {column} is no UTF-8"))?;
                    values.append_value(text);
                }
                continue;
            }
            other => bail!("column {column} is of type {}, which is not known", other.0),
        }
        match (into, integer, float) {
            (Some(Gathered::Integer(values)), Some(integer), _) => values.append_value(integer),
            (Some(Gathered::Float(values)), _, Some(float)) => values.append_value(float),
            _ => {}
        }
    }
    Ok(())
}

/// The next bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N]> {
    let (bytes, more) = rest.split_first_chunk().context("they are cut off")?;
    *rest = more;
    Ok(*bytes)
}
