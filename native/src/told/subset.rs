//! Rows of a dataset as an Arrow IPC stream in Morton order, for the browser: keys and row numbers as they are here, so
//! that positions and ids match without projecting again, and the facts of the full dataset as metadata.
//!
//! Columns: `_key` (u64), `_row` (u32), `lon`, `lat` (degrees, for other tools; left out where a column has that name),
//! then the value columns: integers, floats, booleans, times as timestamps in microseconds UTC, texts as a dictionary in
//! byte order. Schema metadata `duotile` is JSON, see [`facts`].

use crate::{
    engine::{Fitted, Refusal, select::Selected},
    source::{Source, points::Dataset},
};
use anyhow::{Context as _, Result};
use duotile_core::{Codes, Column, MAX_EXACT, Points, Scalar, Stopped, Values, Work, mercator, morton};
use polars_arrow::{
    array::{Array, BooleanArray, DictionaryArray, DictionaryKey, PrimitiveArray, Utf8Array},
    bitmap::Bitmap,
    datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit},
    io::ipc::write::{StreamWriter, WriteOptions},
    record_batch::RecordBatchT,
    types::NativeType,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The subset's version of this layout.
const FORMAT: u32 = 1;

/// Writes the rows that pass a query, with the columns that it tells of, where that takes at most so many bytes.
///
/// # Errors
/// [`Refusal::Bytes`] when it would take more; when nobody waits for it any more.
pub fn of(fitted: &Fitted, selected: &Selected, most: u64, work: &Work<'_>) -> Result<Vec<u8>, Refusal> {
    let Source::Points(dataset) = &fitted.entry.source;
    let mut rows: Vec<u32> = Vec::with_capacity(selected.total(dataset));
    work.each_step(0..dataset.len(), |step| match selected.mask.as_deref() {
        Some(mask) => rows.extend(mask.rows(step).map(|row| row as u32)),
        None => rows.extend(step.map(|row| row as u32)),
    })?;
    let columns = dataset.with_points(|points| {
        let mut columns = fitted.query.told_columns(&fitted.plan, &points);
        // Without these, ids and what `datetime` speaks of would be others than here.
        let roles = [points.roles().id, points.roles().time];
        columns.extend(roles.into_iter().flatten());
        columns.sort_unstable();
        columns.dedup();
        columns
    });
    let got = size(dataset, rows.len(), &columns);
    if got > most {
        return Err(Refusal::Bytes { got, most });
    }
    write(dataset, &rows, &columns, fitted.plan.filter_text(), work).map_err(|error| {
        match error.downcast::<Stopped>() {
            Ok(stopped) => stopped.into(),
            Err(error) => Refusal::failed(&format!("{error:#}")),
        }
    })
}

/// About how many bytes rows take with some of the columns: their values, not the texts that these name.
fn size(dataset: &Dataset, rows: usize, columns: &[usize]) -> u64 {
    let width = |column: &Column<'_>| match column.values {
        Values::Bool(_) | Values::Text(Codes::U8(_), _) => 1,
        Values::Text(Codes::U16(_), _) => 2,
        Values::I32(_) | Values::F32(_) | Values::Text(Codes::U32(_), _) => 4,
        Values::I64(_) | Values::F64(_) | Values::Time(_) => 8,
    };
    // Key, number, longitude and latitude.
    let own = 8 + 4 + 16;
    let widths =
        dataset.with_points(|points| columns.iter().map(|&index| width(&points.columns()[index])).sum::<u64>());
    rows as u64 * (own + widths)
}

/// Writes rows (ascending positions in Morton order) with some of the columns. `query` is the canonical text of what
/// selected them.
fn write(dataset: &Dataset, rows: &[u32], columns: &[usize], query: &str, work: &Work<'_>) -> Result<Vec<u8>> {
    dataset.with_points(|points| {
        let keys = points.keys();
        let mut fields: Vec<(&str, Box<dyn Array>)> = vec![
            ("_key", Box::new(PrimitiveArray::from_vec(gather(rows, work, |row| keys[row])?))),
            ("_row", Box::new(PrimitiveArray::from_vec(gather(rows, work, |row| points.rows()[row])?))),
        ];
        let degrees = |row: usize| mercator::unproject(morton::position(keys[row]));
        let taken = |name: &str| columns.iter().any(|&index| points.columns()[index].name == name);
        if !taken("lon") && !taken("lat") {
            fields.push(("lon", Box::new(PrimitiveArray::from_vec(gather(rows, work, |row| degrees(row).0)?))));
            fields.push(("lat", Box::new(PrimitiveArray::from_vec(gather(rows, work, |row| degrees(row).1)?))));
        }
        for &index in columns {
            let column = &points.columns()[index];
            fields.push((column.name, array(column, rows, work)?));
        }
        let schema: ArrowSchema =
            fields.iter().map(|(name, array)| Field::new((*name).into(), array.dtype().clone(), true)).collect();
        let arrays = fields.into_iter().map(|(_, array)| array).collect();
        let mut out = Vec::new();
        let mut writer = StreamWriter::new(&mut out, WriteOptions { compression: None });
        let facts = facts(dataset, &points, columns, query).to_string();
        writer.set_custom_schema_metadata(Arc::new([("duotile".into(), facts.into())].into_iter().collect()));
        writer.start(&schema, None)?;
        writer.write(&RecordBatchT::try_new(rows.len(), Arc::new(schema), arrays)?, None)?;
        writer.finish()?;
        Ok(out)
    })
}

fn gather<T>(rows: &[u32], work: &Work<'_>, value: impl Fn(usize) -> T) -> Result<Vec<T>, Stopped> {
    let mut all = Vec::with_capacity(rows.len());
    work.each_step(0..rows.len(), |step| all.extend(rows[step].iter().map(|&row| value(row as usize))))?;
    Ok(all)
}

/// The values of a column at some rows.
fn array(column: &Column<'_>, rows: &[u32], work: &Work<'_>) -> Result<Box<dyn Array>> {
    let valid = (!column.is_full()).then(|| rows.iter().map(|&row| column.is_valid(row as usize)).collect::<Bitmap>());
    let times = || ArrowDataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Ok(match column.values {
        Values::I32(v) => primitive(rows, v, valid, work)?,
        Values::I64(v) => primitive(rows, v, valid, work)?,
        Values::F32(v) => primitive(rows, v, valid, work)?,
        Values::F64(v) => primitive(rows, v, valid, work)?,
        Values::Time(v) => Box::new(PrimitiveArray::new(times(), gather(rows, work, |row| v[row])?.into(), valid)),
        Values::Bool(bits) => {
            let bits = rows.iter().map(|&row| bits.get(row as usize)).collect::<Bitmap>();
            Box::new(BooleanArray::new(ArrowDataType::Boolean, bits, valid))
        }
        Values::Text(codes, words) => {
            let kept = kept_codes(column, (codes, words.len()), rows, work)?;
            let texts = Utf8Array::<i32>::from_iter_values(kept.iter().map(|&code| words.get(code as usize)));
            let has_text = |row: usize| column.is_valid(row) && codes.get(row) < words.len();
            let valid = match valid {
                None if rows.iter().all(|&row| has_text(row as usize)) => None,
                _ => Some(rows.iter().map(|&row| has_text(row as usize)).collect::<Bitmap>()),
            };
            let place =
                |row: usize| if has_text(row) { kept.binary_search(&(codes.get(row) as u32)).unwrap_or(0) } else { 0 };
            match Codes::width(kept.len()) {
                1 => dictionary(gather(rows, work, |row| place(row) as u8)?, valid, texts)?,
                2 => dictionary(gather(rows, work, |row| place(row) as u16)?, valid, texts)?,
                _ => dictionary(gather(rows, work, |row| place(row) as u32)?, valid, texts)?,
            }
        }
    })
}

fn primitive<T: NativeType>(
    rows: &[u32],
    values: &[T],
    valid: Option<Bitmap>,
    work: &Work<'_>,
) -> Result<Box<dyn Array>, Stopped> {
    let values = gather(rows, work, |row| values[row])?;
    Ok(Box::new(PrimitiveArray::new(T::PRIMITIVE.into(), values.into(), valid)))
}

fn dictionary<K: DictionaryKey>(codes: Vec<K>, valid: Option<Bitmap>, texts: Utf8Array<i32>) -> Result<Box<dyn Array>> {
    let dtype = ArrowDataType::Dictionary(K::KEY_TYPE, Box::new(ArrowDataType::Utf8), true);
    let codes = PrimitiveArray::new(K::PRIMITIVE.into(), codes.into(), valid);
    Ok(Box::new(DictionaryArray::try_new(dtype, codes, Box::new(texts)).context("codes do not fit their texts")?))
}

/// The codes of the texts that the subset's dictionary holds, ascending: those of its rows, and those that the facts name.
fn kept_codes(
    column: &Column<'_>,
    (codes, texts): (Codes<'_>, usize),
    rows: &[u32],
    work: &Work<'_>,
) -> Result<Vec<u32>, Stopped> {
    let named = column.facts.categories.iter().map(|&(value, _)| value);
    let named = named.chain(column.facts.range.into_iter().flat_map(|(min, max)| [min, max]));
    let named = named.filter_map(|value| if let Scalar::Text(code) = value { Some(code) } else { None });
    let mut used = vec![0u64; texts.div_ceil(64)];
    // A code that has no text, as in a file that was damaged, is none.
    let mut mark = |code: usize| {
        if let Some(word) = used.get_mut(code / 64) {
            *word |= 1 << (code % 64);
        }
    };
    named.for_each(|code| mark(code as usize));
    work.each_step(0..rows.len(), |step| {
        let rows = rows[step].iter().map(|&row| row as usize);
        rows.filter(|&row| column.is_valid(row)).for_each(|row| mark(codes.get(row)));
    })?;
    Ok((0..texts).filter(|code| used[code / 64] >> (code % 64) & 1 != 0).map(|code| code as u32).collect())
}

/// What the browser must know of the full dataset to cut the same tiles: name, version, roles, facts of each column.
///
/// Integers beyond ±(2⁵³ − 1) are texts; times are microseconds since 1970.
fn facts(dataset: &Dataset, points: &Points<'_>, columns: &[usize], query: &str) -> Value {
    let scalar = |column: &Column<'_>, value: Scalar| match (value, column.values) {
        (Scalar::Integer(value) | Scalar::Time(value), _) if value.unsigned_abs() > MAX_EXACT.unsigned_abs() => {
            json!(value.to_string())
        }
        (Scalar::Integer(value) | Scalar::Time(value), _) => json!(value),
        (Scalar::Float(value), _) => json!(value),
        (Scalar::Boolean(value), _) => json!(value),
        (Scalar::Text(code), Values::Text(_, words)) => json!(words.get(code as usize)),
        (Scalar::Text(code), _) => json!(code),
    };
    let told = columns.iter().map(|&index| {
        let column = &points.columns()[index];
        let facts = column.facts;
        let mut map = Map::new();
        map.insert("name".into(), json!(column.name));
        map.insert("kind".into(), json!(column.kind().name()));
        map.insert("present".into(), json!(facts.present));
        map.insert("range".into(), json!(facts.range.map(|(min, max)| [scalar(column, min), scalar(column, max)])));
        map.insert("distinct".into(), json!(facts.distinct));
        let categories = facts.categories.iter().map(|&(value, count)| json!([scalar(column, value), count]));
        map.insert("categories".into(), categories.collect());
        map.insert("text_bytes".into(), json!(facts.text_bytes));
        Value::Object(map)
    });
    let place = |role: Option<usize>| role.map(|index| points.columns()[index].name);
    json!({
        "format": FORMAT,
        "name": dataset.name(),
        "title": dataset.title(),
        "attribution": dataset.attribution(),
        "version": dataset.version(),
        "rows_total": dataset.len(),
        "bounds": dataset.bounds(),
        "query": query,
        "id": place(points.roles().id),
        "time": place(points.roles().time),
        "columns": told.collect::<Value>(),
    })
}
