//! Properties of features become columns: of the type that holds all of their values, in the order in which they were met.

use super::document::Feature;
use crate::{
    kind::Kind,
    read::{field::Field, names::typed},
};
use anyhow::Result;
use duotile_core::MAX_EXACT;
use polars_core::prelude::{
    BinaryChunked, BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoColumn as _,
    NewChunkedArray as _, StringChunked,
};
use serde_json::Value;
use std::collections::HashMap;

/// The column of the ids of features.
const ID: &str = "id";

/// What was seen of all properties.
#[derive(Debug, Default)]
pub(super) struct Seen {
    names: Vec<String>,
    kinds: Vec<Kinds>,
    places: HashMap<String, usize>,
    /// The column of the ids of features, of which some have no property that is called so.
    ids: Option<usize>,
    /// What ids of features are, whether they have such a property or not.
    of_ids: Kinds,
}

/// What values of a property are.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says of itself whether a kind of value was met")]
struct Kinds {
    integers: bool,
    wide: bool,
    numbers: bool,
    booleans: bool,
    texts: bool,
    /// Whole numbers that a double does not keep.
    huge: bool,
    nested: bool,
}

impl Seen {
    /// Sees the properties of a feature, and its id, unless a property is called so.
    pub fn see(&mut self, feature: Feature) {
        let own = feature.properties.iter().any(|(name, _)| name == ID);
        if let Some(id) = &feature.id {
            self.of_ids.see(id);
            if !own && self.ids.is_none() {
                self.ids = Some(self.names.len());
                self.names.push(ID.into());
                self.kinds.push(Kinds::default());
            }
        }
        for (name, value) in feature.properties {
            let at = *self.places.entry(name).or_insert_with_key(|name| {
                self.names.push(name.clone());
                self.kinds.push(Kinds::default());
                self.names.len() - 1
            });
            self.kinds[at].see(&value);
        }
    }

    /// Tells ids of features from properties of that name, when all features were seen.
    pub fn settle(&mut self, lines: &mut Vec<String>) {
        let Some(at) = self.ids else { return };
        self.kinds[at] = self.of_ids;
        if self.places.contains_key(ID) {
            let free = (2..=self.places.len() + 2)
                .map(|number| format!("{ID}_{number}"))
                .find(|name| !self.places.contains_key(name));
            self.names[at] = free.unwrap_or_default();
            lines.push(format!(
                "some features have a property {ID:?} and others only an id of their own: these are {:?} here",
                self.names[at]
            ));
        }
        self.places.insert(self.names[at].clone(), at);
    }

    /// A name that no property has.
    pub fn free(&self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1;
        while self.places.contains_key(&free) {
            free = format!("{name}_{number}");
            number += 1;
        }
        free
    }

    /// What columns these are.
    pub fn fields(&self) -> Vec<Field> {
        let field = |(name, kinds): (&String, &Kinds)| {
            let mut field = Field::new(name, &kinds.dtype());
            if kinds.is_mixed() {
                field.note = Some(format!("column {name:?} holds values of several types, and becomes text"));
            } else if kinds.nested {
                field.note = Some(format!("column {name:?} holds lists or objects, and becomes text: their JSON"));
            } else if kinds.huge && kinds.numbers {
                let flag = typed(&format!("{name}=text"));
                field.lost =
                    Some("whole numbers beyond 2^53 lose digits, as others have decimals or are beyond 2^63".into());
                field.note = Some(format!(
                    "column {name:?}: whole numbers beyond 2^53 lose digits, as others have decimals or are beyond 2^63 (--type {flag} keeps the digits)"
                ));
            }
            field
        };
        self.names.iter().zip(&self.kinds).map(field).collect()
    }
}

impl Kinds {
    fn see(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(_) => self.booleans = true,
            Value::Number(number) => {
                if let Some(integer) = number.as_i64() {
                    self.integers = true;
                    self.wide |= i32::try_from(integer).is_err();
                    self.huge |= integer.unsigned_abs() > MAX_EXACT.unsigned_abs();
                } else {
                    self.numbers = true;
                    self.huge |= number.is_u64();
                }
            }
            Value::String(_) => self.texts = true,
            Value::Array(_) | Value::Object(_) => self.nested = true,
        }
    }

    const fn is_mixed(self) -> bool {
        let numbers = self.integers || self.numbers;
        (numbers as u8 + self.booleans as u8 + self.texts as u8 + self.nested as u8) > 1
    }

    fn dtype(self) -> DataType {
        match self {
            _ if self.is_mixed() || self.texts || self.nested => DataType::String,
            Self { booleans: true, .. } => DataType::Boolean,
            Self { numbers: true, .. } => DataType::Float64,
            Self { integers: true, wide: false, .. } => DataType::Int32,
            Self { integers: true, .. } => DataType::Int64,
            _ => DataType::Null,
        }
    }
}

/// Columns that are being filled.
pub(super) struct Columns<'s> {
    seen: &'s Seen,
    /// The column of each property that is wanted.
    wanted: Vec<Option<usize>>,
    filled: Vec<(usize, DataType, Vec<Value>)>,
    geometry: &'s str,
    geometries: Vec<Option<Vec<u8>>>,
    bytes: usize,
}

impl<'s> Columns<'s> {
    /// Nothing yet; `wanted` are places among the fields, and what they become: texts have all that is written.
    pub fn new(seen: &'s Seen, geometry: &'s str, wanted: &[(usize, Option<Kind>)]) -> Self {
        let mut of = vec![None; seen.names.len()];
        let mut filled = Vec::new();
        for &(at, kind) in wanted.iter().filter(|(at, _)| *at < seen.names.len()) {
            of[at] = Some(filled.len());
            let dtype = if kind == Some(Kind::Text) { DataType::String } else { seen.kinds[at].dtype() };
            filled.push((at, dtype, Vec::new()));
        }
        Self { seen, wanted: of, filled, geometry, geometries: Vec::new(), bytes: 0 }
    }

    pub fn rows(&self) -> usize {
        self.geometries.len()
    }

    /// Bytes of the geometries.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn push(&mut self, feature: Feature) {
        let row = self.geometries.len();
        let id = self.seen.ids.zip(feature.id);
        let properties = feature.properties.into_iter();
        let properties = properties.filter_map(|(name, value)| Some((*self.seen.places.get(&name)?, value)));
        for (at, value) in id.into_iter().chain(properties) {
            let Some(at) = self.wanted[at] else { continue };
            let values = &mut self.filled[at].2;
            values.resize(row, Value::Null);
            values.push(value);
        }
        let geometry = feature.geometry.map(|geometry| {
            let mut out = Vec::new();
            // What does not fit leaves a geometry that is damaged, and counted as such.
            if geometry.write(&mut out).is_none() {
                out.clear();
            }
            self.bytes += out.len();
            out
        });
        self.geometries.push(geometry);
    }

    /// The rows so far.
    ///
    /// # Errors
    /// None that is known.
    pub fn take(&mut self) -> Result<DataFrame> {
        let rows = self.geometries.len();
        let mut columns = Vec::with_capacity(self.filled.len() + 1);
        for (at, dtype, values) in &mut self.filled {
            values.resize(rows, Value::Null);
            columns.push(column(&self.seen.names[*at], dtype, values));
            values.clear();
        }
        let geometries = BinaryChunked::from_iter_options(self.geometry.into(), self.geometries.drain(..));
        columns.push(geometries.into_column());
        self.bytes = 0;
        Ok(DataFrame::new(rows, columns)?)
    }
}

fn column(name: &str, dtype: &DataType, values: &[Value]) -> Column {
    let name = name.into();
    match dtype {
        DataType::Boolean => BooleanChunked::from_iter_options(name, values.iter().map(Value::as_bool)).into_column(),
        DataType::Float64 => Float64Chunked::from_iter_options(name, values.iter().map(Value::as_f64)).into_column(),
        DataType::Int32 | DataType::Int64 => {
            Int64Chunked::from_iter_options(name, values.iter().map(Value::as_i64)).into_column()
        }
        _ => {
            let text = |value: &Value| match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                other => Some(other.to_string()),
            };
            StringChunked::from_iter_options(name, values.iter().map(text)).into_column()
        }
    }
}
