//! The interchange twin of a prepared file: the same rows in the same order as Parquet, with longitude and latitude.

use super::{
    LAT, LON, ROW, mapped,
    open::{Whole, checked},
    shortest,
    view::view,
};
use crate::{dataset::Loaded, read::Progress};
use anyhow::{Context as _, Result};
use duotile_core::{Dictionary, Values, morton};
use polars_core::prelude::{
    Column, DataFrame, DataType, IntoColumn, NamedFrom, Series, StringChunkedBuilder, TimeUnit, TimeZone,
};
use polars_io::parquet::write::ParquetWriter;
use rayon::prelude::*;
use std::{fs::File, io::BufWriter, ops::Range, path::Path};

/// Rows of a row group.
const GROUP: usize = 1 << 19;

/// Writes the twin of a prepared file. Gives its length.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn write(prepared: &Path, twin: &Path, progress: &dyn Progress) -> Result<u64> {
    let Whole { file, description, .. } = checked(prepared, false)?;
    let rows = description.rows as usize;
    let keys = view::<u64>(&file, &description.keys)?;
    let numbers = view::<u32>(&file, &description.row_numbers)?;
    let columns = description.columns.iter().map(|column| mapped::column(&file, column, description.rows));
    let columns: Vec<Loaded> = columns.collect::<Result<_>>()?;
    // Of rows beyond the edge of the map.
    let latitudes = match description.latitude.map(|at| columns[at].data.values()) {
        Some(Values::F64(values)) => Some(values),
        _ => None,
    };
    // A name that the input has for something else stays with that.
    let free = |name: &str| {
        let mut name = name.to_owned();
        while columns.iter().any(|column| column.name == name) {
            name.insert(0, '_');
        }
        name
    };
    let (lon, lat, row) = (free(LON), free(LAT), free(ROW));
    let group = |span: Range<usize>| -> Result<DataFrame> {
        let degrees = span.clone().into_par_iter().map(|row| {
            let world = morton::position(keys[row]);
            let (lon, lat) = shortest::degrees(world);
            let beyond = latitudes.filter(|_| matches!(world.y, 0 | u32::MAX)).map(|values| values[row]);
            (lon, beyond.unwrap_or(lat))
        });
        let (lons, lats): (Vec<f64>, Vec<f64>) = degrees.unzip();
        let mut all = vec![
            Series::new(lon.as_str().into(), lons).into_column(),
            Series::new(lat.as_str().into(), lats).into_column(),
            Series::new(row.as_str().into(), &numbers[span.clone()]).into_column(),
        ];
        for column in &columns {
            all.push(values(column, span.clone())?);
        }
        Ok(DataFrame::new(span.len(), all)?)
    };
    let cannot = || format!("cannot write {}", twin.display());
    let out = BufWriter::with_capacity(1 << 20, File::create(twin).with_context(cannot)?);
    let mut writer = ParquetWriter::new(out).batched(group(0..0)?.schema()).with_context(cannot)?;
    progress.stage("write Parquet", Some(description.rows));
    for start in (0..rows).step_by(GROUP) {
        let end = rows.min(start + GROUP);
        writer.write_batch(&group(start..end)?).with_context(cannot)?;
        progress.advance(end as u64);
    }
    writer.finish().with_context(cannot)?;
    Ok(twin.metadata().with_context(cannot)?.len())
}

/// Some values of a column as other tools know them: texts are texts, times are timestamps.
fn values(column: &Loaded, span: Range<usize>) -> Result<Column> {
    fn plain<T: Copy>(values: &[T], valid: &impl Fn(usize) -> bool, span: Range<usize>) -> Vec<Option<T>> {
        span.map(|row| valid(row).then(|| values[row])).collect()
    }
    let texts = |codes: &dyn Fn(usize) -> usize, words: &Dictionary, valid: &dyn Fn(usize) -> bool| {
        let mut texts = StringChunkedBuilder::new(column.name.as_str().into(), span.len());
        span.clone().for_each(|row| texts.append_option(valid(row).then(|| words.get(codes(row)))));
        texts.finish().into_column()
    };
    let valid = |row: usize| column.valid.as_ref().is_none_or(|valid| valid.get(row));
    let name = || column.name.as_str().into();
    Ok(match column.data.values() {
        Values::I32(values) => Series::new(name(), plain(values, &valid, span)).into_column(),
        Values::I64(values) => Series::new(name(), plain(values, &valid, span)).into_column(),
        Values::F32(values) => Series::new(name(), plain(values, &valid, span)).into_column(),
        Values::F64(values) => Series::new(name(), plain(values, &valid, span)).into_column(),
        Values::Time(values) => Series::new(name(), plain(values, &valid, span))
            .into_column()
            .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))?,
        Values::Bool(bits) => {
            let bits: Vec<Option<bool>> = span.map(|row| valid(row).then(|| bits.get(row))).collect();
            Series::new(name(), bits).into_column()
        }
        Values::Text(codes, words) => texts(&|row| codes.get(row), words, &valid),
    })
}
