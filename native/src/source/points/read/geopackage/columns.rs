//! Columns of a piece as they are gathered, row by row.
//!
//! A column of the database may hold anything, whatever its type. As long as its values are of the type, they are gathered as such;
//! with the first that is not, all of the piece become texts, so that what does not fit is counted and shown where texts become
//! values.

use super::blob;
use crate::read::field::Field;
use polars_core::prelude::{Column, DataType, NamedFrom as _, PlSmallStr, Series};
use rusqlite::types::ValueRef;

/// One column.
#[derive(Debug)]
pub(super) struct Gathered {
    name: PlSmallStr,
    dtype: DataType,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Boolean(Vec<Option<bool>>),
    Integer(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
    Text(Vec<Option<String>>),
    Binary(Vec<Option<Vec<u8>>>),
}

impl Values {
    fn new(dtype: &DataType) -> Self {
        match dtype {
            DataType::Boolean => Self::Boolean(Vec::new()),
            DataType::Float64 => Self::Float(Vec::new()),
            DataType::Binary => Self::Binary(Vec::new()),
            dtype if dtype.is_integer() => Self::Integer(Vec::new()),
            _ => Self::Text(Vec::new()),
        }
    }

    /// The same as texts.
    fn texts(self) -> Vec<Option<String>> {
        fn of<T: ToString>(values: &[Option<T>]) -> Vec<Option<String>> {
            values.iter().map(|value| value.as_ref().map(ToString::to_string)).collect()
        }
        match self {
            Self::Boolean(values) => of(&values),
            Self::Integer(values) => of(&values),
            Self::Float(values) => of(&values),
            Self::Text(values) => values,
            Self::Binary(values) => vec![None; values.len()],
        }
    }
}

impl Gathered {
    /// No values of a column.
    pub fn new(field: &Field) -> Self {
        Self { name: field.name.as_str().into(), dtype: field.dtype.clone(), values: Values::new(&field.dtype) }
    }

    /// Adds a value. Says whether it is a text with bytes that are no UTF-8.
    pub fn push(&mut self, value: ValueRef<'_>) -> bool {
        match (&mut self.values, value) {
            (Values::Boolean(values), ValueRef::Null) => values.push(None),
            (Values::Integer(values), ValueRef::Null) => values.push(None),
            (Values::Float(values), ValueRef::Null) => values.push(None),
            (Values::Text(values), ValueRef::Null) => values.push(None),
            (Values::Binary(values), ValueRef::Blob(bytes)) => values.push(Some(bytes.to_vec())),
            (Values::Binary(values), _) => values.push(None),
            (Values::Boolean(values), ValueRef::Integer(bit @ (0 | 1))) => values.push(Some(bit == 1)),
            (Values::Integer(values), ValueRef::Integer(value)) => values.push(Some(value)),
            (Values::Float(values), ValueRef::Integer(value)) if value.unsigned_abs() <= 1 << 53 => {
                values.push(Some(value as f64));
            }
            (Values::Float(values), ValueRef::Real(value)) => values.push(Some(value)),
            (Values::Text(texts), value) => return text(texts, value),
            (values, value) => {
                let mut texts = std::mem::replace(values, Values::Text(Vec::new())).texts();
                let broken = text(&mut texts, value);
                *values = Values::Text(texts);
                return broken;
            }
        }
        false
    }

    /// Adds a geometry. Of what is damaged there are no bytes, which counts as such.
    pub fn geometry(&mut self, value: ValueRef<'_>) {
        if let Values::Binary(values) = &mut self.values {
            values.push(match value {
                ValueRef::Null => None,
                ValueRef::Blob(bytes) => Some(blob::binary(bytes).unwrap_or_default().to_vec()),
                _ => Some(Vec::new()),
            });
        }
    }

    /// The column, which is empty then.
    pub fn take(&mut self) -> Column {
        let name = self.name.clone();
        let series = match std::mem::replace(&mut self.values, Values::new(&self.dtype)) {
            Values::Boolean(values) => Series::new(name, values),
            // Of fewer bits only where they fit, else as they are: what they become does not depend on it.
            Values::Integer(values) => Series::new(name, values),
            Values::Float(values) => Series::new(name, values),
            Values::Text(values) => Series::new(name, values),
            Values::Binary(values) => Series::new(name, values),
        };
        series.into()
    }
}

fn text(texts: &mut Vec<Option<String>>, value: ValueRef<'_>) -> bool {
    let (text, broken) = match value {
        ValueRef::Null => (None, false),
        ValueRef::Integer(value) => (Some(value.to_string()), false),
        ValueRef::Real(value) => (Some(value.to_string()), false),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => (Some(text.to_owned()), false),
            Err(_) => (Some(String::from_utf8_lossy(bytes).into_owned()), true),
        },
        ValueRef::Blob(bytes) => (Some(format!("{} bytes", bytes.len())), false),
    };
    texts.push(text);
    broken
}
