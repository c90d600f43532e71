//! What a column of a file becomes: one of the kinds that a dataset has, or nothing, with the reason.

use super::{guarded::guarded, numbers::is_share, spelling::Spelling};
use crate::kind::Kind;
use polars_arrow::{
    array::{ArrayRef, PrimitiveArray, StructArray},
    datatypes::{ArrowDataType, Field as ArrowField},
};
use polars_core::prelude::{DataType, TimeUnit, UnknownKind};

/// A column as its file has it, and what it becomes.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    /// The type in which its file gives it; for texts to be converted, still text.
    pub dtype: DataType,
    /// What it becomes, or why it is left out.
    pub kind: Result<Kind, String>,
    /// What a reader should know of the conversion.
    pub note: Option<String>,
    /// On what evidence it becomes that.
    pub why: String,
    /// How its texts are read, where its file tells.
    pub spelling: Option<Spelling>,
    /// Of a column of texts of two numbers each.
    pub pair: Option<Pairs>,
    /// Whether its texts begin as geometries do, and whether some of them are lines or polygons.
    pub geometries: bool,
    pub outlined: bool,
    /// What its numbers lose as such, if any does.
    pub lost: Option<String>,
    /// Whether its times are dates.
    pub dates: bool,
}

/// What texts of two numbers each say of which is which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    /// How many have more than 90 as the first, and as the second.
    pub over: (u64, u64),
    /// Whether letters of the compass stand in all of them.
    pub lettered: bool,
}

impl Pairs {
    /// What two columns of them say together.
    pub const fn and(self, other: Self) -> Self {
        let over = (self.over.0 + other.over.0, self.over.1 + other.over.1);
        Self { over, lettered: self.lettered && other.lettered }
    }
}

impl Field {
    /// A column of a file with an Arrow schema. Types that Polars does not know are left out.
    pub fn from_arrow(field: &ArrowField) -> Self {
        let known = ArrowField { dtype: known(&field.dtype), ..field.clone() };
        match guarded(|| Ok(DataType::from_arrow_field(&known))) {
            Ok(dtype) => Self::new(&field.name, &dtype).told_of(&field.dtype),
            Err(_) => Self::left_out(&field.name, format!("{:?} is not known here", field.dtype)),
        }
    }

    /// With a word on a zone that is an offset of no whole hours, by whose clock no days are counted.
    pub fn told_of(self, dtype: &ArrowDataType) -> Self {
        match dtype {
            ArrowDataType::Timestamp(_, Some(zone)) if is_odd(zone) => {
                let note = format!(
                    "column {:?}: days and hours go by UTC, not by {zone}, which the file names (--zone NAME has those of a zone)",
                    self.name
                );
                Self { why: format!("the file has times of {zone} there"), note: Some(note), ..self }
            }
            _ => self,
        }
    }

    /// What it becomes, or what it is.
    pub fn type_name(&self) -> String {
        self.kind.as_ref().map_or_else(|_| describe(&self.dtype), |kind| kind.name().to_owned())
    }

    /// The zone that the file names with its times.
    pub fn zone(&self) -> Option<String> {
        if let DataType::Datetime(_, Some(zone)) = &self.dtype { Some(zone.to_string()) } else { None }
    }

    /// What its durations count.
    pub const fn duration(&self) -> Option<TimeUnit> {
        if let DataType::Duration(unit) = self.dtype { Some(unit) } else { None }
    }

    /// The sign of money or of shares that stands at its numbers.
    pub fn sign(&self) -> Option<char> {
        self.spelling.as_ref()?.numbers.mark
    }

    /// Whether its numbers cannot be those of another file, by their signs: of two kinds of money, or shares and none.
    pub fn sign_differs(&self, other: &Self) -> bool {
        match (self.sign(), other.sign()) {
            (Some(one), Some(other)) => one != other,
            (one, other) => one.or(other).is_some_and(is_share),
        }
    }

    /// A column that cannot be read.
    pub fn left_out(name: &str, reason: String) -> Self {
        Self::plain(name, DataType::Unknown(UnknownKind::Any), Err(reason))
    }

    /// A column of which nothing else is known.
    pub fn plain(name: &str, dtype: DataType, kind: Result<Kind, String>) -> Self {
        let (name, why) = (name.to_owned(), String::new());
        let dates = dtype == DataType::Date;
        let (geometries, outlined) = (false, false);
        Self { name, dtype, kind, note: None, why, spelling: None, pair: None, geometries, outlined, lost: None, dates }
    }

    /// A column of a typed file.
    pub fn new(name: &str, dtype: &DataType) -> Self {
        let (kind, note) = fate(dtype);
        let note = note.map(|note| format!("column {name:?} ({}) becomes {note}", describe(dtype)));
        let kind = kind.map_err(|reason| format!("{} {reason}", describe(dtype)));
        let why = format!("the file has {} there", values(dtype));
        Self { note, why, ..Self::plain(name, dtype.clone(), kind) }
    }
}

/// The finer of two units.
pub(super) const fn finer(one: TimeUnit, other: TimeUnit) -> TimeUnit {
    match (one, other) {
        (TimeUnit::Nanoseconds, _) | (_, TimeUnit::Nanoseconds) => TimeUnit::Nanoseconds,
        (TimeUnit::Microseconds, _) | (_, TimeUnit::Microseconds) => TimeUnit::Microseconds,
        _ => TimeUnit::Milliseconds,
    }
}

/// Whether a zone is an offset that Polars does not know: one that is not of whole hours.
fn is_odd(zone: &str) -> bool {
    zone.starts_with(['+', '-']) && !zone.ends_with("00")
}

/// Whether times are in such a zone, those of a part of a struct, too.
pub(super) fn has_odd(dtype: &ArrowDataType) -> bool {
    match dtype {
        ArrowDataType::Timestamp(_, Some(zone)) => is_odd(zone),
        ArrowDataType::Struct(parts) => parts.iter().any(|part| has_odd(&part.dtype)),
        _ => false,
    }
}

/// Times in such a zone are the same in UTC.
fn known(dtype: &ArrowDataType) -> ArrowDataType {
    let part = |part: &ArrowField| ArrowField { dtype: known(&part.dtype), ..part.clone() };
    match dtype {
        ArrowDataType::Timestamp(unit, Some(zone)) if is_odd(zone) => {
            ArrowDataType::Timestamp(*unit, Some("UTC".into()))
        }
        ArrowDataType::Struct(parts) => ArrowDataType::Struct(parts.iter().map(part).collect()),
        _ => dtype.clone(),
    }
}

/// A column whose times are in such a zone, in UTC.
pub(super) fn in_utc(field: ArrowField, array: ArrayRef) -> (ArrowField, ArrayRef) {
    fn converted(array: &ArrayRef) -> ArrayRef {
        let (dtype, any) = (known(array.dtype()), array.as_any());
        if let Some(times) = any.downcast_ref::<PrimitiveArray<i64>>() {
            return times.clone().to(dtype).boxed();
        }
        let Some(parts) = any.downcast_ref::<StructArray>() else { return array.clone() };
        let values = parts.values().iter().map(converted).collect();
        StructArray::new(dtype, parts.len(), values, parts.validity().cloned()).boxed()
    }
    if !has_odd(&field.dtype) {
        return (field, array);
    }
    (ArrowField { dtype: known(&field.dtype), ..field }, converted(&array))
}

/// What a type becomes, and what is worth saying about it.
fn fate(dtype: &DataType) -> (Result<Kind, &'static str>, Option<&'static str>) {
    match dtype {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => {
            (Ok(Kind::I32), None)
        }
        // An unsigned column turns into text on the way, should a value be too large.
        DataType::UInt32 | DataType::Int64 | DataType::UInt64 => (Ok(Kind::I64), None),
        DataType::Float32 => (Ok(Kind::F32), None),
        DataType::Float64 => (Ok(Kind::F64), None),
        // As an unsigned one does.
        DataType::Decimal(_, 0) => (Ok(Kind::I64), Some("an integer")),
        DataType::Decimal(..) => (Ok(Kind::F64), Some("a 64-bit float")),
        DataType::Boolean => (Ok(Kind::Bool), None),
        DataType::String | DataType::Categorical(..) | DataType::Enum(..) => (Ok(Kind::Text), None),
        DataType::Date => (Ok(Kind::Time), Some("a time, the beginning of its day")),
        DataType::Datetime(..) => (Ok(Kind::Time), None),
        DataType::Time => (Ok(Kind::Text), Some("a text, HH:MM:SS")),
        DataType::Duration(TimeUnit::Milliseconds) => (Ok(Kind::I64), Some("an integer of milliseconds")),
        DataType::Duration(TimeUnit::Microseconds) => (Ok(Kind::I64), Some("an integer of microseconds")),
        DataType::Duration(TimeUnit::Nanoseconds) => (Ok(Kind::I64), Some("an integer of nanoseconds")),
        DataType::Null => (Err("holds no values"), None),
        DataType::Binary | DataType::BinaryOffset => (Err("cannot be shown"), None),
        DataType::List(_) | DataType::Array(..) | DataType::Struct(_) => {
            (Err("is nested, which tiles cannot carry"), None)
        }
        DataType::Extension(_, inner) => fate(inner),
        _ => (Err("is not known here"), None),
    }
}

/// The values of a type as people name them.
fn values(dtype: &DataType) -> String {
    let bits = match dtype {
        DataType::Int8 | DataType::UInt8 => 8,
        DataType::Int16 | DataType::UInt16 => 16,
        DataType::Int32 | DataType::UInt32 | DataType::Float32 => 32,
        _ => 64,
    };
    match dtype {
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => format!("integers of {bits} bits"),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => {
            format!("integers of {bits} bits without a sign")
        }
        DataType::Float32 | DataType::Float64 => format!("floats of {bits} bits"),
        DataType::Boolean => "truth values".into(),
        DataType::String => "texts".into(),
        DataType::Date => "dates".into(),
        DataType::Time => "times of day".into(),
        DataType::Datetime(_, None) => "times without a zone".into(),
        DataType::Datetime(_, Some(zone)) => format!("times of {zone}"),
        DataType::Duration(_) => "durations".into(),
        DataType::Categorical(..) | DataType::Enum(..) => "categories".into(),
        other => describe(other),
    }
}

/// A type as people name it.
pub(super) fn describe(dtype: &DataType) -> String {
    match dtype {
        DataType::List(inner) => format!("list of {}", describe(inner)),
        DataType::Array(inner, width) => format!("array of {width} {}", describe(inner)),
        DataType::Struct(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).take(4).collect();
            format!("struct of {}{}", names.join(", "), if fields.len() > names.len() { ", …" } else { "" })
        }
        DataType::Decimal(precision, scale) => format!("decimal({precision}, {scale})"),
        DataType::Extension(_, inner) => describe(inner),
        DataType::Categorical(..) | DataType::Enum(..) => "categorical".into(),
        DataType::Binary | DataType::BinaryOffset => "binary".into(),
        DataType::Duration(_) => "duration".into(),
        DataType::Time => "time of day".into(),
        DataType::Date => "date".into(),
        other => other.to_string(),
    }
}
