//! Rows as `GeoParquet` 1.1: geometries as well-known binary, a column of their boxes, then the values.
//!
//! <https://geoparquet.org/releases/v1.1.0/>. Each batch of rows is a row group. Rows are in the order of the map, so the boxes of a row
//! group are near each other, and readers that ask for a box pass over the others.

use super::{flat::Flat, free, passing::Passing};
use crate::engine::{Fitted, Refusal};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use duotile_core::{Column as CoreColumn, Points, Values, Work};
use polars_arrow::{
    datatypes::{ArrowDataType, ArrowSchema, Field as ArrowField},
    io::ipc::{IpcField, write::schema_to_bytes},
};
use polars_core::prelude::{
    BinaryChunked, BooleanChunked, Column, CompatLevel, DataFrame, DataType, IntoColumn as _, IntoSeries as _,
    NamedFrom as _, NewChunkedArray as _, PlSmallStr, PolarsError, PolarsResult, Series, StringChunkedBuilder,
    TimeUnit, TimeZone,
};
use polars_io::parquet::write::{BatchedWriter, KeyValueMetadata, ParquetWriter};
use serde_json::json;
use std::{
    collections::BTreeSet,
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// Rows of a row group.
const GROUP: usize = 1 << 16;
/// Positions of a row group, and bytes of its texts, unless a row has more.
const POSITIONS: usize = 1 << 20;
const TEXTS: usize = 16 << 20;

/// The key under which that is looked for.
const ARROW: &str = "ARROW:schema";

/// The columns that are ours, where no other is called so.
const GEOMETRY: &str = "geometry";
const BOX: &str = "bbox";
/// The sides of a box, in the order of [`Flat::bounds`].
const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// How far a file is written.
pub(super) struct Parquet {
    fitted: Arc<Fitted>,
    columns: Vec<usize>,
    /// What the columns of geometries and of boxes are called.
    own: [String; 2],
    pub passing: Passing,
    stage: Stage,
    written: Sink,
}

enum Stage {
    /// Rows are looked at for what the metadata say of them: the writer takes that before the first row.
    Measuring(Seen),
    Writing(Box<BatchedWriter<Sink>>),
    Done,
}

/// What the metadata say of the geometries.
#[derive(Debug, Default)]
struct Seen {
    kinds: BTreeSet<&'static str>,
    bounds: Option<[f64; 4]>,
}

/// What was written and is not on its way yet.
#[derive(Clone, Debug, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Parquet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parquet")
            .field("columns", &self.columns)
            .field("passing", &self.passing)
            .finish_non_exhaustive()
    }
}

impl Parquet {
    /// Nothing is written yet.
    pub fn new(fitted: Arc<Fitted>) -> Self {
        let (columns, own) = fitted.dataset.with_points(|points| {
            let columns = fitted.query.told_columns(&fitted.plan, &points);
            let names: Vec<&str> = columns.iter().map(|&index| points.columns()[index].name).collect();
            (columns, [GEOMETRY, BOX].map(|name| free(name, &names)))
        });
        let (passing, stage) = (Passing::default(), Stage::Measuring(Seen::default()));
        Self { fitted, columns, own, passing, stage, written: Sink::default() }
    }

    /// About how many bytes a row group takes while it is made: its values, and what they are packed from.
    pub fn holds(&self) -> u64 {
        let outlines = if self.fitted.dataset.with_points(|points| points.shapes().is_some()) { POSITIONS } else { 0 };
        2 * (GROUP * (24 + 32 + 16 * self.columns.len()) + 16 * outlines + TEXTS) as u64
    }

    /// A row group, or the end; nothing while rows are looked at.
    pub fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        let fitted = self.fitted.clone();
        let dataset = &fitted.dataset;
        let last = dataset.with_points(|points| -> Result<bool, Refusal> {
            let Self { columns, own, passing, stage, written, .. } = self;
            let (mut flat, mut toll) = (Flat::default(), work.toll());
            match stage {
                Stage::Measuring(seen) => {
                    let mut looked = 0;
                    let last = passing.each(&fitted, &points, work, |row| {
                        seen.add(&points, row, &mut flat);
                        toll.pay(1 + flat.positions())?;
                        looked += flat.positions();
                        Ok(looked < POSITIONS)
                    })?;
                    if last {
                        let empty = Group::default().frame(&points, columns, own);
                        let writer = empty.and_then(|empty| seen.writer(written.clone(), own, &empty));
                        *stage = Stage::Writing(Box::new(writer.map_err(|error| Refusal::failed(&error))?));
                        *passing = Passing::default();
                    }
                    Ok(false)
                }
                Stage::Writing(writer) => {
                    let mut group = Group::default();
                    let last = passing.each(&fitted, &points, work, |row| {
                        group.take(&points, columns, row, &mut flat);
                        toll.pay(columns.len() + flat.positions())?;
                        Ok(group.rows.len() < GROUP && group.positions < POSITIONS && group.texts < TEXTS)
                    })?;
                    let mut write = || {
                        if !group.rows.is_empty() {
                            writer.write_batch(&group.frame(&points, columns, own)?)?;
                        }
                        if last { writer.finish().map(|_| ()) } else { Ok(()) }
                    };
                    write().map_err(|error: PolarsError| Refusal::failed(&error))?;
                    if last {
                        *stage = Stage::Done;
                    }
                    Ok(last)
                }
                Stage::Done => Ok(true),
            }
        })?;
        let bytes = std::mem::take(&mut *self.written.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((bytes, last))
    }
}

impl Seen {
    fn add(&mut self, points: &Points<'_>, row: usize, flat: &mut Flat) {
        if flat.take(points, row) {
            self.kinds.insert(flat.kind.name());
            let [west, south, east, north] = flat.bounds();
            let [w, s, e, n] = self.bounds.unwrap_or([west, south, east, north]);
            self.bounds = Some([w.min(west), s.min(south), e.max(east), n.max(north)]);
        }
    }

    fn writer(&self, out: Sink, own: &[String; 2], empty: &DataFrame) -> PolarsResult<BatchedWriter<Sink>> {
        let geo = self.told(&own[0], &own[1]);
        let metadata = KeyValueMetadata::from_static(vec![("geo".into(), geo), (ARROW.into(), arrow_schema(empty))]);
        ParquetWriter::new(out).with_key_value_metadata(Some(metadata)).batched(empty.schema())
    }

    /// The value of the key `geo`. Without a `crs` positions are longitudes and latitudes of WGS 84.
    fn told(&self, geometry: &str, boxes: &str) -> String {
        let covering: serde_json::Map<_, _> =
            SIDES.iter().map(|side| ((*side).to_owned(), json!([boxes, side]))).collect();
        let mut column = json!({
            "encoding": "WKB",
            "geometry_types": self.kinds,
            "orientation": "counterclockwise",
            "covering": { "bbox": covering },
        });
        if let Some(bounds) = self.bounds {
            column["bbox"] = json!(bounds);
        }
        let columns: serde_json::Map<_, _> = [(geometry.to_owned(), column)].into_iter().collect();
        json!({ "version": "1.1.0", "primary_column": geometry, "columns": columns }).to_string()
    }
}

/// Arrow's schema as writers put it beside that of Parquet. Polars would name types of views there, which many readers can read but not
/// filter.
fn arrow_schema(frame: &DataFrame) -> String {
    let fields = frame.columns().iter().map(|column| {
        let name = column.name().clone();
        let dtype = match column.dtype() {
            DataType::Binary => ArrowDataType::Binary,
            DataType::String => ArrowDataType::Utf8,
            other => other.to_arrow(CompatLevel::oldest()),
        };
        (name.clone(), ArrowField::new(name, dtype, true))
    });
    let schema: ArrowSchema = fields.collect();
    let parts = |field: &ArrowField| match &field.dtype {
        ArrowDataType::Struct(fields) => vec![IpcField::default(); fields.len()],
        _ => Vec::new(),
    };
    let ipc: Vec<IpcField> =
        schema.iter_values().map(|field| IpcField { fields: parts(field), dictionary_id: None }).collect();
    let schema = schema_to_bytes(&schema, &ipc, None);
    // A message of a stream: a mark, the length, the schema.
    let mut message = vec![0xff; 4];
    message.extend_from_slice(&(schema.len() as u32).to_le_bytes());
    message.extend_from_slice(&schema);
    STANDARD.encode(message)
}

/// Rows of a row group.
#[derive(Default)]
struct Group {
    rows: Vec<usize>,
    geometries: Vec<Option<Vec<u8>>>,
    boxes: Vec<Option<[f64; 4]>>,
    positions: usize,
    /// Bytes of its texts.
    texts: usize,
}

impl Group {
    fn take(&mut self, points: &Points<'_>, columns: &[usize], row: usize, flat: &mut Flat) {
        self.rows.push(row);
        for column in columns.iter().map(|&index| &points.columns()[index]) {
            if let Values::Text(codes, words) = column.values
                && column.is_valid(row)
            {
                self.texts += words.get(codes.get(row)).len();
            }
        }
        if flat.take(points, row) {
            let mut bytes = Vec::with_capacity(9 + 8 * flat.xy.len());
            flat.well_known(&mut bytes);
            self.geometries.push(Some(bytes));
            self.boxes.push(Some(flat.bounds()));
            self.positions += flat.positions();
        } else {
            self.geometries.push(None);
            self.boxes.push(None);
        }
    }

    fn frame(&self, points: &Points<'_>, columns: &[usize], own: &[String; 2]) -> PolarsResult<DataFrame> {
        let geometries = self.geometries.iter().map(Option::as_deref);
        let geometries = BinaryChunked::from_iter_options(own[0].as_str().into(), geometries).into_column();
        let side = |at: usize| {
            let values: Vec<Option<f64>> = self.boxes.iter().map(|sides| sides.map(|sides| sides[at])).collect();
            Series::new(SIDES[at].into(), values).into_column()
        };
        let boxes = DataFrame::new(self.rows.len(), (0..4).map(side).collect())?;
        let boxes = boxes.into_struct(own[1].as_str().into()).into_series().into_column();
        let mut all = vec![geometries, boxes];
        for &index in columns {
            all.push(values(&points.columns()[index], &self.rows)?);
        }
        DataFrame::new(self.rows.len(), all)
    }
}

/// Values of a column as other tools know them: texts are texts, times are timestamps.
fn values(column: &CoreColumn<'_>, rows: &[usize]) -> PolarsResult<Column> {
    fn plain<T: Copy>(column: &CoreColumn<'_>, values: &[T], rows: &[usize]) -> Vec<Option<T>> {
        rows.iter().map(|&row| column.is_valid(row).then(|| values[row])).collect()
    }
    let name = PlSmallStr::from(column.name);
    Ok(match column.values {
        Values::I32(values) => Series::new(name, plain(column, values, rows)).into_column(),
        Values::I64(values) => Series::new(name, plain(column, values, rows)).into_column(),
        Values::F32(values) => Series::new(name, plain(column, values, rows)).into_column(),
        Values::F64(values) => Series::new(name, plain(column, values, rows)).into_column(),
        Values::Time(values) => Series::new(name, plain(column, values, rows))
            .cast(&DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)))?
            .into_column(),
        Values::Bool(bits) => {
            let bits = rows.iter().map(|&row| column.is_valid(row).then(|| bits.get(row)));
            BooleanChunked::from_iter_options(name, bits).into_column()
        }
        Values::Text(codes, words) => {
            let mut texts = StringChunkedBuilder::new(name, rows.len());
            for &row in rows {
                texts.append_option(column.is_valid(row).then(|| words.get(codes.get(row))));
            }
            texts.finish().into_column()
        }
    })
}
