//! Native encodings of `GeoArrow` and `GeoParquet`: lists of positions, as deep as the kind of the geometry has them, become well-known
//! binary. Positions are structs with x and y, or arrays of two numbers or more.

use crate::wkb::{self, Kind};
use anyhow::{Context as _, Result, bail};
use polars_arrow::array::{Array, FixedSizeListArray, ListArray, PrimitiveArray, StructArray};
use polars_core::prelude::{BinaryChunkedBuilder, Column, DataType, IntoColumn as _, IntoSeries as _};
use std::ops::Range;

/// What all geometries of a column are, which its type alone does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::points::read) struct Nested(Kind);

impl Nested {
    /// By the name that the metadata has for the encoding, such as `multipolygon`; points alone are read by their type.
    pub fn named(name: &str) -> Option<Self> {
        Some(Self(match name {
            "linestring" => Kind::LineString,
            "polygon" => Kind::Polygon,
            "multipoint" => Kind::MultiPoint,
            "multilinestring" => Kind::MultiLineString,
            "multipolygon" => Kind::MultiPolygon,
            _ => return None,
        }))
    }

    /// That name.
    pub fn name(self) -> String {
        format!("{:?}", self.0).to_lowercase()
    }

    /// Whether all geometries of a chunk may be points.
    pub const fn may_be_points(self) -> bool {
        matches!(self.0, Kind::MultiPoint)
    }

    /// How many lists there are around positions.
    const fn depth(self) -> usize {
        match self.0 {
            Kind::LineString | Kind::MultiPoint => 1,
            Kind::Polygon | Kind::MultiLineString => 2,
            _ => 3,
        }
    }

    /// The numbers of each position, if a column of a type holds such geometries.
    pub fn dimensions(self, dtype: &DataType) -> Option<usize> {
        let mut inner = dtype;
        let mut depth = self.depth();
        loop {
            inner = match inner {
                DataType::Extension(_, storage) => storage,
                DataType::List(within) if depth > 0 => {
                    depth -= 1;
                    within
                }
                _ => break,
            };
        }
        match inner {
            _ if depth > 0 => None,
            DataType::Struct(fields) => {
                let has =
                    |name: &str| fields.iter().any(|field| field.name() == name && *field.dtype() == DataType::Float64);
                (has("x") && has("y")).then_some(fields.len())
            }
            DataType::Array(within, width) if **within == DataType::Float64 && *width >= 2 => Some(*width),
            _ => None,
        }
    }

    /// A column of well-known binary of the same geometries.
    ///
    /// # Errors
    /// When the column is of another type.
    pub fn binary(self, column: &Column) -> Result<Column> {
        let series = column.as_materialized_series().to_physical_repr().rechunk();
        let outer = series.chunks().first().context("a column without values")?.as_ref();
        let mut offsets = Vec::with_capacity(self.depth());
        let mut inner = outer;
        for _ in 0..self.depth() {
            let list: &ListArray<i64> = inner.as_any().downcast_ref().context("no lists of positions")?;
            offsets.push(list.offsets().as_slice());
            inner = list.values().as_ref();
        }
        let lists = Lists { offsets, positions: Positions::of(inner)? };
        let mut values = BinaryChunkedBuilder::new(column.name().clone(), outer.len());
        let mut out = Vec::new();
        for row in 0..outer.len() {
            if outer.is_null(row) {
                values.append_null();
                continue;
            }
            out.clear();
            lists.write(self.0, 0, row, &mut out);
            values.append_value(&out);
        }
        Ok(values.finish().into_series().into_column())
    }
}

/// Lists within lists, and the positions in the innermost.
struct Lists<'a> {
    offsets: Vec<&'a [i64]>,
    positions: Positions<'a>,
}

impl Lists<'_> {
    /// What one of the lists of a depth holds; nothing where there is no such list.
    fn range(&self, depth: usize, at: usize) -> Range<usize> {
        let place =
            |at: usize| self.offsets.get(depth).and_then(|offsets| offsets.get(at)).map_or(0, |&place| place as usize);
        place(at)..place(at + 1)
    }

    fn write(&self, kind: Kind, depth: usize, at: usize, out: &mut Vec<u8>) {
        let inner = self.range(depth, at);
        wkb::head(out, kind);
        wkb::count(out, inner.len());
        let part = match kind {
            Kind::MultiPoint => Kind::Point,
            Kind::MultiLineString => Kind::LineString,
            Kind::MultiPolygon => Kind::Polygon,
            _ => kind,
        };
        for at in inner {
            match (kind, part) {
                (Kind::LineString, _) => wkb::position(out, self.positions.get(at)),
                (Kind::Polygon, _) => {
                    let ring = self.range(depth + 1, at);
                    wkb::count(out, ring.len());
                    ring.for_each(|at| wkb::position(out, self.positions.get(at)));
                }
                (_, Kind::Point) => {
                    wkb::head(out, Kind::Point);
                    wkb::position(out, self.positions.get(at));
                }
                _ => self.write(part, depth + 1, at, out),
            }
        }
    }
}

/// Positions, as structs or arrays.
enum Positions<'a> {
    Separated(&'a [f64], &'a [f64]),
    Interleaved(&'a [f64], usize),
}

impl<'a> Positions<'a> {
    fn of(array: &'a dyn Array) -> Result<Self> {
        let numbers = |array: &'a dyn Array| -> Result<&'a [f64]> {
            let numbers: &PrimitiveArray<f64> =
                array.as_any().downcast_ref().context("positions are no 64-bit floats")?;
            Ok(numbers.values())
        };
        if let Some(list) = array.as_any().downcast_ref::<FixedSizeListArray>() {
            return Ok(Self::Interleaved(numbers(list.values().as_ref())?, list.size()));
        }
        let Some(both) = array.as_any().downcast_ref::<StructArray>() else { bail!("no positions of x and y") };
        let field = |name: &str| {
            let at = both.fields().iter().position(|field| field.name == name);
            at.and_then(|at| both.values().get(at)).with_context(|| format!("positions have no {name}"))
        };
        Ok(Self::Separated(numbers(field("x")?.as_ref())?, numbers(field("y")?.as_ref())?))
    }

    /// NaN where there is none.
    fn get(&self, at: usize) -> [f64; 2] {
        let number = |numbers: &[f64], at: usize| numbers.get(at).copied().unwrap_or(f64::NAN);
        match self {
            Self::Separated(x, y) => [number(x, at), number(y, at)],
            Self::Interleaved(all, width) => [number(all, at * width), number(all, at * width + 1)],
        }
    }
}
