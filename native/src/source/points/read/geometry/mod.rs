//! Geometries: WKB, WKT, `GeoJSON` or pairs of numbers in one column become x and y, or, where they are more than points,
//! outlines; what a file says of its geometry column decides which and in what coordinates.

mod declared;

// One geometry.
mod binary;
mod nested;
mod sketch;
mod text;
mod wkt;

// All of a chunk, as outlines.
mod outlines;

use super::field::Field;
use anyhow::Result;
pub(super) use declared::{Declared, declared};
use duotile_core::h3;
pub(super) use nested::Nested;
pub(super) use outlines::Outlined;
use polars_core::prelude::{Column, DataType, IntoColumn as _};
pub(super) use text::{begins, begins_outline, pair};

/// How a column holds points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Well-known binary, also `PostGIS`'s with an SRID, also as hexadecimal text.
    Wkb,
    /// Well-known text, `POINT (1 2)`, or `GeoJSON`.
    Wkt,
    /// A struct with fields x and y.
    Struct,
    /// A list of one such struct.
    Structs,
    /// A list or array of two numbers or more.
    Pair,
    /// Lists of positions, as deep as lines and polygons have them.
    Nested(Nested),
    /// A cell of H3, as a number or in hexadecimal digits: its middle.
    H3,
    /// A text of two numbers, latitude first or not.
    Text {
        /// Whether latitude comes first.
        lat_first: bool,
    },
}

/// What a geometry turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Found {
    Point {
        x: f64,
        y: f64,
        /// The number of its coordinate system, 0 for none.
        srid: u32,
    },
    /// A line, a polygon, or several of anything.
    Outline {
        /// The same.
        srid: u32,
    },
    /// What gives no position.
    Other(&'static str),
    Damaged,
}

/// A geometry of which nothing is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Odd {
    /// Its row, from 0 on.
    pub row: u64,
    /// What it is.
    pub what: String,
}

impl Odd {
    /// The same with so many rows before it.
    pub fn behind(self, rows: u64) -> Self {
        Self { row: self.row + rows, ..self }
    }
}

/// Coordinates of a chunk; NaN where there is no point.
#[derive(Debug, Default)]
pub(super) struct Points {
    pub xs: Vec<f64>,
    pub ys: Vec<f64>,
    /// Whether some are lines, polygons, or several of anything: then all of the chunk are read as outlines.
    pub outlines: bool,
    /// Geometries that give no position, or are damaged.
    pub others: u64,
    pub first_other: Option<Odd>,
    /// The numbers of coordinate systems that points name, the first three that differ; 0 for none, which may stand beside one.
    pub srids: Vec<u32>,
}

impl Encoding {
    /// How a column could hold points, by its type alone.
    pub fn of(dtype: &DataType) -> Option<Self> {
        match dtype {
            DataType::Binary | DataType::BinaryOffset => Some(Self::Wkb),
            DataType::String => Some(Self::Wkt),
            DataType::Struct(fields) => {
                let has = |name: &str| fields.iter().any(|field| field.name() == name && field.dtype().is_float());
                (has("x") && has("y")).then_some(Self::Struct)
            }
            DataType::List(inner) if Self::of(inner) == Some(Self::Struct) => Some(Self::Structs),
            DataType::Array(inner, width) if *width >= 2 && inner.is_float() => Some(Self::Pair),
            DataType::List(inner) if inner.is_float() => Some(Self::Pair),
            DataType::Extension(_, inner) => Self::of(inner),
            _ => None,
        }
    }

    /// How a column that goes by one of the usual names holds points.
    pub fn by_name(field: &Field) -> Option<Self> {
        const NAMES: [&str; 12] = [
            "geometry",
            "geom",
            "the_geom",
            "wkb_geometry",
            "wkb",
            "wkt",
            "geo",
            "point",
            "geometry_wkb",
            "geojson",
            "ewkt",
            "ewkb",
        ];
        NAMES.contains(&field.name.to_ascii_lowercase().as_str()).then(|| Self::of(&field.dtype)).flatten()
    }

    /// Whether a column can hold cells of H3, by its type alone.
    pub fn is_cells(dtype: &DataType) -> bool {
        matches!(dtype, DataType::String | DataType::Int64 | DataType::UInt64)
    }

    /// Whether a column that can hold cells of H3 goes by one of the names that these have.
    pub fn is_named_cells(field: &Field) -> bool {
        const NAMES: [&str; 8] = ["h3", "h3_index", "h3index", "h3_cell", "h3_id", "h3id", "h3_address", "h3_hex"];
        NAMES.contains(&field.name.to_ascii_lowercase().as_str()) && Self::is_cells(&field.dtype)
    }

    /// How a column holds the geometries that its file declares.
    pub fn declared(dtype: &DataType, declared: &Declared) -> Option<Self> {
        match declared.nested {
            Some(nested) => nested.dimensions(dtype).map(|_| Self::Nested(nested)),
            None => Self::of(dtype),
        }
    }

    /// The points of a chunk. Where all are read as outlines anyway, only what systems they name.
    ///
    /// # Errors
    /// When the column is not of the type this encoding needs.
    pub fn points(self, column: &Column, outlined: bool) -> Result<Points> {
        let column = match column.dtype() {
            DataType::Extension(..) => column.to_physical_repr(),
            _ => column.clone(),
        };
        let mut points = Points::default();
        match self {
            Self::Nested(nested) if outlined || !nested.may_be_points() => points.outlines = true,
            Self::Nested(nested) => return Self::Wkb.points(&nested.binary(&column)?, outlined),
            Self::Wkb => {
                let column = if matches!(column.dtype(), DataType::BinaryOffset) {
                    column.cast(&DataType::Binary)?
                } else {
                    column
                };
                for bytes in column.binary()?.iter() {
                    points.push(bytes, binary::read);
                    points.name(bytes, binary::name);
                }
            }
            Self::Wkt => {
                // GeoJSON names no system.
                let read = |text: &str| {
                    let skips = outlined && text.starts_with('{');
                    if skips { Found::Outline { srid: 0 } } else { text::read(text) }
                };
                for text in column.str()?.iter() {
                    let text = text.map(str::trim).filter(|text| !text.is_empty());
                    points.push(text, read);
                    points.name(text, text::name);
                }
            }
            Self::Struct => {
                for point in of_structs(&column)? {
                    points.push(point, Found::of);
                }
            }
            Self::Structs => {
                for list in column.list()?.amortized_iter() {
                    points.push(list, |list| {
                        let all = of_structs(&list.as_ref().clone().into_column()).unwrap_or_default();
                        match all[..] {
                            [Some(point)] => Found::of(point),
                            _ => Found::Other("list of several positions, expected one, or lines and polygons as WKB"),
                        }
                    });
                }
            }
            Self::Text { lat_first } => {
                for text in column.str()?.iter() {
                    points.push(text.filter(|text| !text.trim().is_empty()), |text| {
                        text::place(text, lat_first).map_or(Found::Damaged, Found::of)
                    });
                }
            }
            Self::H3 => {
                let place = |index: Option<u64>| index.and_then(h3::place).map_or(Found::Damaged, Found::of);
                if let DataType::String = column.dtype() {
                    for text in column.str()?.iter() {
                        points.push(text.map(str::trim).filter(|text| !text.is_empty()), |text| place(h3::read(text)));
                    }
                } else {
                    for index in column.cast(&DataType::UInt64)?.u64()?.iter() {
                        points.push(index, |index| place(Some(index)));
                    }
                }
            }
            Self::Pair => {
                let lists = match column.dtype() {
                    DataType::Array(..) => column.cast(&DataType::List(Box::new(DataType::Float64)))?,
                    _ => column,
                };
                for list in lists.list()?.amortized_iter() {
                    points.push(list, |list| {
                        let list = list.as_ref().cast(&DataType::Float64).ok();
                        let both = list.and_then(|list| {
                            let values = list.f64().ok()?;
                            values.get(0).zip(values.get(1))
                        });
                        both.map_or(Found::Damaged, Found::of)
                    });
                }
            }
        }
        Ok(points)
    }
}

/// The points of a column of structs with x and y.
fn of_structs(column: &Column) -> Result<Vec<Option<(f64, f64)>>> {
    let fields = column.struct_()?;
    let nulls = column.is_null();
    let (x, y) = (fields.field_by_name("x")?, fields.field_by_name("y")?);
    let (x, y) = (x.cast(&DataType::Float64)?, y.cast(&DataType::Float64)?);
    let both = x.f64()?.iter().zip(y.f64()?.iter()).zip(nulls.iter());
    Ok(both.map(|((x, y), null)| x.zip(y).filter(|_| null != Some(true))).collect())
}

impl Found {
    const fn of((x, y): (f64, f64)) -> Self {
        Self::Point { x, y, srid: 0 }
    }
}

impl Points {
    fn push<T>(&mut self, value: Option<T>, read: impl FnOnce(T) -> Found) {
        let (x, y) = match value.map(read) {
            Some(Found::Point { x, y, srid }) => {
                if !x.is_nan() {
                    self.meet(srid);
                }
                (x, y)
            }
            Some(Found::Outline { srid }) => {
                self.outlines = true;
                self.meet(srid);
                (f64::NAN, f64::NAN)
            }
            None => (f64::NAN, f64::NAN),
            Some(other) => {
                self.others += 1;
                if let Found::Other(name) = other {
                    let row = self.xs.len() as u64;
                    self.first_other.get_or_insert_with(|| Odd { row, what: format!("a {name}") });
                }
                (f64::NAN, f64::NAN)
            }
        };
        self.xs.push(x);
        self.ys.push(y);
    }

    /// Says what the last is, if it is the first that gives no position.
    fn name<T>(&mut self, value: Option<T>, name: impl FnOnce(T) -> String) {
        if let Some(value) = value.filter(|_| self.others > 0 && self.first_other.is_none()) {
            self.first_other = Some(Odd { row: self.xs.len() as u64 - 1, what: name(value) });
        }
    }

    fn meet(&mut self, srid: u32) {
        if self.srids.len() < 3 && !self.srids.contains(&srid) {
            self.srids.push(srid);
        }
    }
}
