//! The columns of a subset: rows enter, Arrow's arrays leave.

use crate::engine::Refusal;
use duotile_core::{Codes, Column, Dictionary, Mask, Points, STEP, Scalar, Shapes, Stopped, Values, Work};
use polars_arrow::{
    array::{
        Array, BinaryArray, BooleanArray, MutableBinaryValuesArray, MutableUtf8ValuesArray, PrimitiveArray,
        TryPush as _, Utf8Array,
    },
    bitmap::Bitmap,
    datatypes::{ArrowDataType, ArrowSchema, Field, IntegerType, TimeUnit},
    io::ipc::IpcField,
    record_batch::RecordBatchT,
    types::NativeType,
};
use polars_core::error::PolarsResult;
use std::sync::Arc;

/// The column of outlines.
const OUTLINE: &str = "_outline";

/// A value column, as far as a subset has to know it before the first row.
#[derive(Debug)]
pub(super) struct Kept {
    /// Which column.
    pub index: usize,
    /// Of a text column the codes whose texts the dictionary holds: those of the rows, and those that the facts name.
    codes: Option<Mask>,
}

impl Kept {
    pub fn of(points: &Points<'_>, index: usize, rows: Option<&Mask>, work: &Work<'_>) -> Result<Self, Stopped> {
        let column = &points.columns()[index];
        let Values::Text(codes, texts) = column.values else { return Ok(Self { index, codes: None }) };
        let mut used = vec![0u64; texts.len().div_ceil(64)];
        // A code that has no text, as in a file that was damaged, is none.
        let mut mark = |code: usize| {
            if let Some(word) = used.get_mut(code / 64) {
                *word |= 1 << (code % 64);
            }
        };
        let named = column.facts.categories.iter().map(|&(value, _)| value);
        let named = named.chain(column.facts.range.into_iter().flat_map(|(min, max)| [min, max]));
        named.for_each(|value| {
            if let Scalar::Text(code) = value {
                mark(code as usize);
            }
        });
        let mut look = |row: usize| {
            if column.is_valid(row) {
                mark(codes.get(row));
            }
        };
        match rows {
            // Where few rows pass, words of bits are looked at and not rows.
            Some(rows) => {
                for start in (0..points.len()).step_by(STEP) {
                    let step = start..points.len().min(start + STEP);
                    work.pay(step.len() / 64 + rows.count(step.clone()))?;
                    rows.rows(step).for_each(&mut look);
                }
            }
            None => work.each_step(0..points.len(), |step| step.for_each(&mut look))?,
        }
        Ok(Self { index, codes: Some(Mask::new(0..texts.len(), used)) })
    }

    /// Bytes held: a bit for each text, and its ranks.
    pub fn size(&self) -> u64 {
        self.codes.as_ref().map_or(0, |codes| codes.span().len() as u64 / 5)
    }
}

/// Columns of a dataset that are told.
pub(super) struct Telling<'a> {
    pub points: &'a Points<'a>,
    pub columns: &'a [Kept],
}

impl<'a> Telling<'a> {
    /// The value columns, each with what is known of it.
    pub fn values(&self) -> impl Iterator<Item = (&'a Column<'a>, &'a Kept)> {
        self.columns.iter().map(|kept| (&self.points.columns()[kept.index], kept))
    }

    /// Whether longitudes and latitudes are told beside the keys.
    fn has_degrees(&self) -> bool {
        !self.values().any(|(column, _)| column.name == "lon" || column.name == "lat")
    }

    /// About how many bytes a batch of so many rows takes.
    pub fn width(&self, rows: usize) -> u64 {
        let width = |column: &Column<'_>, kept: &Kept| match column.values {
            Values::Bool(_) => 1,
            Values::I32(_) | Values::F32(_) => 4,
            Values::I64(_) | Values::F64(_) | Values::Time(_) => 8,
            Values::Text(..) => u64::from(kept.codes.as_ref().map_or(4, |codes| Codes::width(codes.total()) as u32)),
        };
        // Key, number, longitude and latitude, and the row itself; outlines are looked at elsewhere.
        let own = 8 + 4 + 16 + 4;
        let row = own + self.values().map(|(column, kept)| width(column, kept)).sum::<u64>();
        rows as u64 * row
    }

    /// The fields of all columns. Each is marked as nullable.
    pub fn schema(&self) -> (ArrowSchema, Vec<IpcField>) {
        let mut fields = vec![("_key", ArrowDataType::UInt64), ("_row", ArrowDataType::UInt32)];
        if self.has_degrees() {
            fields.extend([("lon", ArrowDataType::Float64), ("lat", ArrowDataType::Float64)]);
        }
        fields.extend(self.points.shapes().map(|_| (OUTLINE, ArrowDataType::Binary)));
        fields.extend(self.values().map(|(column, kept)| (column.name, dtype(column, kept))));
        let mut dictionaries = 0..;
        let ipc = fields.iter().map(|(_, dtype)| match dtype {
            ArrowDataType::Dictionary(..) => {
                IpcField { fields: vec![IpcField::default()], dictionary_id: dictionaries.next() }
            }
            _ => IpcField::default(),
        });
        let ipc = ipc.collect();
        let field = |(name, dtype): (&str, ArrowDataType)| Field::new(name.into(), dtype, true);
        (fields.into_iter().map(field).collect(), ipc)
    }

    /// The dictionaries.
    pub fn dictionaries(&self) -> impl Iterator<Item = Texts<'a>> {
        self.values().filter_map(|(column, kept)| match (column.values, &kept.codes) {
            (Values::Text(_, all), Some(codes)) => Some(Texts { all, codes }),
            _ => None,
        })
    }

    /// Some rows (positions in Morton order). Of texts just the codes: that is all that a batch holds of a dictionary.
    pub fn batch(&self, rows: &[u32]) -> PolarsResult<RecordBatchT<Box<dyn Array>>> {
        let keys = self.points.keys();
        let mut arrays =
            vec![gathered(rows, None, |row| keys[row]), gathered(rows, None, |row| self.points.rows()[row])];
        if self.has_degrees() {
            let degrees: Vec<_> = rows.iter().map(|&row| self.points.place(row as usize)).collect();
            arrays.push(PrimitiveArray::from_vec(degrees.iter().map(|&(lon, _)| lon).collect::<Vec<_>>()).boxed());
            arrays.push(PrimitiveArray::from_vec(degrees.iter().map(|&(_, lat)| lat).collect::<Vec<_>>()).boxed());
        }
        if let Some(shapes) = self.points.shapes() {
            arrays.push(outlines(shapes, rows)?.boxed());
        }
        arrays.extend(self.values().map(|(column, kept)| array(column, kept, rows)));
        let (schema, _) = self.schema();
        let schema =
            schema.into_iter().zip(&arrays).map(|((name, _), array)| Field::new(name, array.dtype().clone(), true));
        RecordBatchT::try_new(rows.len(), Arc::new(schema.collect()), arrays)
    }
}

/// The outlines of some rows, as core carries them.
fn outlines(shapes: &Shapes<'_>, rows: &[u32]) -> PolarsResult<BinaryArray<i32>> {
    let mut array = MutableBinaryValuesArray::<i32>::with_capacity(rows.len());
    let mut bytes = Vec::new();
    for &row in rows {
        bytes.clear();
        shapes.carry(row as usize, &mut bytes);
        array.try_push(&bytes)?;
    }
    Ok(array.into())
}

/// The texts of a column that are told.
pub(super) struct Texts<'a> {
    all: &'a Dictionary,
    codes: &'a Mask,
}

impl Texts<'_> {
    fn each(&self) -> impl Iterator<Item = &str> {
        self.codes.rows(0..self.all.len()).map(|code| self.all.get(code))
    }

    /// Their bytes.
    pub fn bytes(&self, work: &Work<'_>) -> Result<u64, Stopped> {
        let mut toll = work.toll();
        self.each().try_fold(0, |bytes, text| toll.pay(1).map(|()| bytes + text.len() as u64))
    }

    /// They as one array, where they are not too many bytes for its offsets.
    pub fn array(&self, work: &Work<'_>) -> Result<Utf8Array<i32>, Refusal> {
        let bytes = self.bytes(work)? as usize;
        let mut array = MutableUtf8ValuesArray::<i32>::with_capacities(self.codes.total(), bytes);
        let mut toll = work.toll();
        for text in self.each() {
            toll.pay(1)?;
            array.try_push(text).map_err(|error| Refusal::failed(&error))?;
        }
        Ok(array.into())
    }
}

/// How a column's values are told.
fn dtype(column: &Column<'_>, kept: &Kept) -> ArrowDataType {
    match column.values {
        Values::I32(_) => ArrowDataType::Int32,
        Values::I64(_) => ArrowDataType::Int64,
        Values::F32(_) => ArrowDataType::Float32,
        Values::F64(_) => ArrowDataType::Float64,
        Values::Time(_) => ArrowDataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Values::Bool(_) => ArrowDataType::Boolean,
        Values::Text(..) => {
            let codes = match Codes::width(kept.codes.as_ref().map_or(0, Mask::total)) {
                1 => IntegerType::UInt8,
                2 => IntegerType::UInt16,
                _ => IntegerType::UInt32,
            };
            ArrowDataType::Dictionary(codes, Box::new(ArrowDataType::Utf8), true)
        }
    }
}

/// The values of a column at some rows.
fn array(column: &Column<'_>, kept: &Kept, rows: &[u32]) -> Box<dyn Array> {
    let valid = (!column.is_full()).then(|| rows.iter().map(|&row| column.is_valid(row as usize)).collect::<Bitmap>());
    match column.values {
        Values::I32(v) => gathered(rows, valid, |row| v[row]),
        Values::I64(v) | Values::Time(v) => gathered(rows, valid, |row| v[row]),
        Values::F32(v) => gathered(rows, valid, |row| v[row]),
        Values::F64(v) => gathered(rows, valid, |row| v[row]),
        Values::Bool(bits) => {
            let bits = rows.iter().map(|&row| bits.get(row as usize)).collect::<Bitmap>();
            BooleanArray::new(ArrowDataType::Boolean, bits, valid).boxed()
        }
        Values::Text(codes, texts) => {
            let Some(kept) = &kept.codes else { return gathered(rows, valid, |_| 0u32) };
            let has_text = |row: usize| column.is_valid(row) && codes.get(row) < texts.len();
            let valid = match valid {
                None if rows.iter().all(|&row| has_text(row as usize)) => None,
                _ => Some(rows.iter().map(|&row| has_text(row as usize)).collect::<Bitmap>()),
            };
            // Where a text stands in the dictionary is how many of those before it are in there.
            let place = |row: usize| if has_text(row) { kept.count(0..codes.get(row)) } else { 0 };
            match Codes::width(kept.total()) {
                1 => gathered(rows, valid, |row| place(row) as u8),
                2 => gathered(rows, valid, |row| place(row) as u16),
                _ => gathered(rows, valid, |row| place(row) as u32),
            }
        }
    }
}

fn gathered<T: NativeType>(rows: &[u32], valid: Option<Bitmap>, value: impl Fn(usize) -> T) -> Box<dyn Array> {
    let values: Vec<T> = rows.iter().map(|&row| value(row as usize)).collect();
    PrimitiveArray::new(T::PRIMITIVE.into(), values.into(), valid).boxed()
}
