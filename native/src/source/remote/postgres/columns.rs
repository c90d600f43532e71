//! Columns of `PostgreSQL` as those of Arrow: what each becomes, its values as they are sent, batches of them as a stream.

use super::numeric;
use crate::{
    read::names::distinct,
    source::remote::spool::{Spool, Spooling},
};
use anyhow::{Context as _, Result, anyhow};
use polars_arrow::{
    array::{
        Array, MutableArray as _, MutableBinaryArray, MutableBooleanArray, MutablePrimitiveArray, MutableUtf8Array,
    },
    datatypes::{ArrowDataType, ArrowSchema, ExtensionType, Field, TimeUnit},
    io::ipc::write::{StreamWriter, WriteOptions},
    record_batch::RecordBatch,
};
use std::sync::Arc;
use tokio_postgres::types::{FromSql, Kind, Type};

/// Days and microseconds from 1970 to 2000, where `PostgreSQL` counts from.
const DAYS: i32 = 10_957;
const MICROSECONDS: i64 = 946_684_800_000_000;

/// A value as it is sent, whatever its type.
pub(super) struct Raw<'r>(pub &'r [u8]);

impl<'r> FromSql<'r> for Raw<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Values of one type.
enum Values {
    Bool(MutableBooleanArray),
    I16(MutablePrimitiveArray<i16>),
    I32(MutablePrimitiveArray<i32>),
    I64(MutablePrimitiveArray<i64>),
    U32(MutablePrimitiveArray<u32>),
    F32(MutablePrimitiveArray<f32>),
    F64(MutablePrimitiveArray<f64>),
    /// Any number, to the nearest double.
    Numeric(MutablePrimitiveArray<f64>),
    /// Whole numbers of at most 18 digits.
    Whole(MutablePrimitiveArray<i64>),
    Date(MutablePrimitiveArray<i32>),
    Time(MutablePrimitiveArray<i64>),
    Text(MutableUtf8Array<i64>),
    /// What its type is not known to be, as the server writes it.
    Written(MutableUtf8Array<i64>),
    Bytes(MutableBinaryArray<i64>),
}

/// A column.
pub(super) struct Column {
    /// What it is called.
    pub name: String,
    /// About how many bytes of it wait to be written.
    pub bytes: usize,
    field: Field,
    values: Values,
    /// Values that are no time or number here, and have become none.
    lost: u64,
    text: String,
}

impl Column {
    /// What a column becomes, or a line that says why it is left out.
    pub fn of(column: &tokio_postgres::Column) -> Result<Self, String> {
        let name = column.name().to_owned();
        let mut inner = column.type_();
        while let Kind::Domain(beneath) = inner.kind() {
            inner = beneath;
        }
        let modifier = column.type_modifier();
        let micros = |zone: Option<&str>| ArrowDataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into));
        let (dtype, values) = match inner {
            &Type::BOOL => (ArrowDataType::Boolean, Values::Bool(MutableBooleanArray::new())),
            &Type::INT2 => (ArrowDataType::Int16, Values::I16(MutablePrimitiveArray::new())),
            &Type::INT4 => (ArrowDataType::Int32, Values::I32(MutablePrimitiveArray::new())),
            &Type::INT8 => (ArrowDataType::Int64, Values::I64(MutablePrimitiveArray::new())),
            &Type::OID => (ArrowDataType::UInt32, Values::U32(MutablePrimitiveArray::new())),
            &Type::FLOAT4 => (ArrowDataType::Float32, Values::F32(MutablePrimitiveArray::new())),
            &Type::FLOAT8 => (ArrowDataType::Float64, Values::F64(MutablePrimitiveArray::new())),
            &Type::NUMERIC if is_whole(modifier) => (ArrowDataType::Int64, Values::Whole(MutablePrimitiveArray::new())),
            &Type::NUMERIC => (ArrowDataType::Float64, Values::Numeric(MutablePrimitiveArray::new())),
            &Type::DATE => (ArrowDataType::Date32, Values::Date(MutablePrimitiveArray::new())),
            &Type::TIMESTAMP => (micros(None), Values::Time(MutablePrimitiveArray::new())),
            &Type::TIMESTAMPTZ => (micros(Some("UTC")), Values::Time(MutablePrimitiveArray::new())),
            &(Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME) => {
                (ArrowDataType::LargeUtf8, Values::Text(MutableUtf8Array::new()))
            }
            &Type::BYTEA => (ArrowDataType::LargeBinary, Values::Bytes(MutableBinaryArray::new())),
            other => match other.name() {
                "geometry" | "geography" => {
                    // What is sent is well-known binary, with the number of its coordinate system in it.
                    let about = if other.name() == "geography" { "{\"edges\":\"spherical\"}" } else { "{}" };
                    let kind = ExtensionType {
                        name: "geoarrow.wkb".into(),
                        inner: ArrowDataType::LargeBinary,
                        metadata: Some(about.into()),
                    };
                    (ArrowDataType::Extension(Box::new(kind)), Values::Bytes(MutableBinaryArray::new()))
                }
                kind @ ("raster" | "tsvector" | "tsquery") => {
                    return Err(format!("column {name:?} is left out: {kind} cannot be shown"));
                }
                _ => (ArrowDataType::LargeUtf8, Values::Written(MutableUtf8Array::new())),
            },
        };
        let field = Field::new(name.as_str().into(), dtype, true);
        Ok(Self { name, bytes: 0, field, values, lost: 0, text: String::new() })
    }

    /// How it is asked for, by its name there.
    pub fn asked(&self, name: &str) -> String {
        match self.values {
            Values::Written(_) => format!("{name}::text"),
            _ => name.to_owned(),
        }
    }

    /// Takes a value as it was sent.
    pub fn push(&mut self, raw: Option<&[u8]>) -> Result<()> {
        self.bytes += 8 + raw.map_or(0, <[u8]>::len);
        let mut gone = false;
        match &mut self.values {
            Values::Bool(all) => all.push(raw.map(fixed).transpose()?.map(|[byte]: [u8; 1]| byte != 0)),
            Values::I16(all) => all.push(raw.map(fixed).transpose()?.map(i16::from_be_bytes)),
            Values::I32(all) => all.push(raw.map(fixed).transpose()?.map(i32::from_be_bytes)),
            Values::I64(all) => all.push(raw.map(fixed).transpose()?.map(i64::from_be_bytes)),
            Values::U32(all) => all.push(raw.map(fixed).transpose()?.map(u32::from_be_bytes)),
            Values::F32(all) => all.push(raw.map(fixed).transpose()?.map(f32::from_be_bytes)),
            Values::F64(all) => all.push(raw.map(fixed).transpose()?.map(f64::from_be_bytes)),
            Values::Numeric(all) => all.push(raw.map(|raw| numeric::double(raw, &mut self.text)).transpose()?),
            Values::Whole(all) => {
                let value = raw.map(numeric::whole).transpose()?.flatten();
                gone = raw.is_some() && value.is_none();
                all.push(value);
            }
            Values::Date(all) => {
                let days = raw.map(fixed).transpose()?.map(i32::from_be_bytes);
                let value =
                    days.filter(|&days| days != i32::MIN && days != i32::MAX).and_then(|days| days.checked_add(DAYS));
                gone = raw.is_some() && value.is_none();
                all.push(value);
            }
            Values::Time(all) => {
                let time = raw.map(fixed).transpose()?.map(i64::from_be_bytes);
                let finite = time.filter(|&time| time != i64::MIN && time != i64::MAX);
                let value = finite.and_then(|time| time.checked_add(MICROSECONDS));
                gone = raw.is_some() && value.is_none();
                all.push(value);
            }
            Values::Text(all) | Values::Written(all) => {
                all.push(raw.map(|raw| std::str::from_utf8(raw).context("a text that is no UTF-8")).transpose()?);
            }
            Values::Bytes(all) => all.push(raw),
        }
        self.lost += u64::from(gone);
        Ok(())
    }

    /// What a reader should know.
    pub fn told(&self) -> Option<String> {
        let what =
            if matches!(self.values, Values::Whole(_)) { "that are no number" } else { "beyond all times (infinity)" };
        (self.lost > 0).then(|| format!("column {:?} has {} values {what}, which become none", self.name, self.lost))
    }

    /// The values since the last time.
    fn take(&mut self) -> Box<dyn Array> {
        self.bytes = 0;
        let dtype = self.field.dtype.clone();
        match &mut self.values {
            Values::Bool(all) => std::mem::take(all).as_box(),
            Values::I16(all) => std::mem::take(all).as_box(),
            Values::I32(all) => std::mem::take(all).as_box(),
            Values::I64(all) | Values::Whole(all) | Values::Time(all) => std::mem::take(all).to(dtype).as_box(),
            Values::U32(all) => std::mem::take(all).as_box(),
            Values::F32(all) => std::mem::take(all).as_box(),
            Values::F64(all) | Values::Numeric(all) => std::mem::take(all).as_box(),
            Values::Date(all) => std::mem::take(all).to(dtype).as_box(),
            Values::Text(all) | Values::Written(all) => std::mem::take(all).as_box(),
            Values::Bytes(all) => std::mem::take(all).as_box(),
        }
    }
}

/// Gives columns of one name others, as those of a join.
pub(super) fn tell_apart(columns: &mut [Column], lines: &mut Vec<String>) {
    let names = columns.iter().map(|column| column.name.clone()).collect();
    for (column, name) in columns.iter_mut().zip(distinct(names, lines)) {
        column.field.name = name.as_str().into();
        column.name = name;
    }
}

/// Whether a `numeric` of these digits is a whole number of 64 bits.
fn is_whole(modifier: i32) -> bool {
    // Precision and scale, in 16 bits each, from 4 on; the scale has a sign in its 11th bit.
    let bits = modifier - 4;
    let scale = bits & 0x7ff;
    modifier >= 4 && scale == 0 && bits >> 16 <= 18
}

fn fixed<const N: usize>(raw: &[u8]) -> Result<[u8; N]> {
    raw.try_into().map_err(|_| anyhow!("{} bytes, expected {N}", raw.len()))
}

/// Batches as a stream.
pub(super) struct Writer {
    /// Rows that wait to be written.
    pub rows: usize,
    /// Bytes of values that were.
    pub bytes: u64,
    schema: Arc<ArrowSchema>,
    out: StreamWriter<Spooling>,
}

impl Writer {
    /// An empty stream of these columns.
    pub fn start(spool: Spooling, columns: &[Column]) -> Result<Self> {
        let schema: Arc<ArrowSchema> = Arc::new(columns.iter().map(|column| column.field.clone()).collect());
        let mut out = StreamWriter::new(spool, WriteOptions { compression: None });
        out.start(&schema, None)?;
        Ok(Self { rows: 0, bytes: 0, schema, out })
    }

    /// Writes what waits.
    pub fn write(&mut self, columns: &mut [Column]) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        if rows > 0 {
            self.bytes += columns.iter().map(|column| column.bytes as u64).sum::<u64>();
            let arrays = columns.iter_mut().map(Column::take).collect();
            self.out.write(&RecordBatch::try_new(rows, self.schema.clone(), arrays)?, None)?;
        }
        Ok(())
    }

    /// Ends the stream.
    pub fn finish(mut self, lines: Vec<String>) -> Result<Result<Spool, String>> {
        self.out.finish()?;
        self.out.into_inner().finish_stream(lines)
    }
}
