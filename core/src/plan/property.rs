//! The properties that features carry: what they tell, of what type they are, how they are named.

use crate::{
    measure::category::{Calendar, Category},
    query::{Alias, MeasureKind},
    table::{
        columns::Column,
        facts::Scalar,
        values::{Kind, Values},
    },
    time,
};
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// A property that features of a tile may carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its name in tiles.
    pub name: String,
    /// The type of its values.
    pub kind: PropertyKind,
    /// Where they come from.
    pub source: Source,
}

/// The type of a property's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// Whole numbers, exact in every client. Times are milliseconds since 1970 UTC.
    Integer,
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Truth values.
    Boolean,
}

/// What a property tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Of a cell: the number of its rows.
    Count,
    /// Of a cell: a measure of a column.
    Measure(usize, MeasureKind),
    /// Of a cell: the rows of a category of a column.
    Category(usize, Category),
    /// Of a cell: something made of its code or count.
    Extra(Extra),
    /// Of a row: the value of a column.
    Column(usize),
}

/// What else is made of the code or the count of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// `h3`: the index of a cell of H3 in hexadecimal digits.
    H3,
    /// `quadbin`: the index of a square in hexadecimal digits.
    Quadbin,
    /// `point_count_log`: the logarithm to base 10.
    Log,
    /// `cluster`: true.
    Cluster,
    /// `cluster_id`: the feature id.
    ClusterId,
    /// `point_count_abbreviated`: `950`, `1.2k`, `15k`.
    Abbreviated,
    /// `clustered`: true.
    Clustered,
    /// `sqrt_point_count`: the square root to two decimals.
    Sqrt,
}

impl Alias {
    pub(super) const fn extras(self) -> &'static [Extra] {
        match self {
            Self::Carto => &[],
            Self::Quadbin => &[Extra::Quadbin],
            Self::Supercluster => &[Extra::Cluster, Extra::ClusterId, Extra::Abbreviated],
            Self::Tippecanoe => &[Extra::Clustered, Extra::Sqrt],
        }
    }
}

/// Properties with names that differ.
#[derive(Default)]
pub(super) struct Names {
    pub properties: Vec<Property>,
}

impl Names {
    /// Adds a property. A name that is taken gets a number: `name_2`. A cell's measure and a row's column may share a
    /// name only if it is not `point_count`, which tells cells from rows.
    pub fn add(&mut self, name: String, kind: PropertyKind, source: Source) -> usize {
        let taken = |name: &str| self.properties.iter().any(|property| property.name == name);
        // One more than the properties there are must be free.
        let numbered = (2..self.properties.len() + 3).map(|n| format!("{name}_{n}"));
        let name = core::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name);
        self.properties.push(Property { name, kind, source });
        self.properties.len() - 1
    }

    pub fn extra(&mut self, extra: Extra) -> usize {
        let (name, kind) = match extra {
            Extra::H3 => ("h3", PropertyKind::Text),
            Extra::Quadbin => ("quadbin", PropertyKind::Text),
            Extra::Log => ("point_count_log", PropertyKind::Number),
            Extra::Cluster => ("cluster", PropertyKind::Boolean),
            Extra::ClusterId => ("cluster_id", PropertyKind::Integer),
            Extra::Abbreviated => ("point_count_abbreviated", PropertyKind::Text),
            Extra::Clustered => ("clustered", PropertyKind::Boolean),
            Extra::Sqrt => ("sqrt_point_count", PropertyKind::Number),
        };
        self.add(name.into(), kind, Source::Extra(extra))
    }
}

pub(super) fn category_name(column: &Column<'_>, category: &Category, calendar: Option<&Calendar>) -> String {
    let name = escape(column.name);
    match *category {
        Category::Period(start) => {
            format!("point_count|{}", calendar.map_or_else(|| time::print(start), |calendar| calendar.label(start)))
        }
        Category::Value(value) => format!("{name}_{}", escape(&text(column, value))),
        Category::Other => format!("{name}_other"),
        Category::Null if calendar.is_some() => "point_count_null".into(),
        Category::Null => format!("{name}_null"),
    }
}

/// A value as text.
pub(crate) fn text(column: &Column<'_>, value: Scalar) -> String {
    match (value, column.values) {
        (Scalar::Integer(value), _) => value.to_string(),
        (Scalar::Float(value), _) => value.to_string(),
        (Scalar::Boolean(value), _) => value.to_string(),
        (Scalar::Time(value), _) => time::print(value),
        (Scalar::Text(code), Values::Text(_, words)) => words.get(code as usize).into(),
        (Scalar::Text(code), _) => code.to_string(),
    }
}

/// `|` is kept for periods of time: elsewhere it is written as in URLs.
pub(super) fn escape(name: &str) -> String {
    name.replace('|', "%7C")
}

pub(super) fn column_kind(column: &Column<'_>) -> PropertyKind {
    match column.kind() {
        Kind::Integer if column.facts.is_wide() => PropertyKind::Text,
        Kind::Integer | Kind::Time => PropertyKind::Integer,
        Kind::Float => PropertyKind::Number,
        Kind::Boolean => PropertyKind::Boolean,
        Kind::Text => PropertyKind::Text,
    }
}

pub(super) fn measured_kind(measure: MeasureKind, column: &Column<'_>) -> PropertyKind {
    match (measure, column.kind()) {
        (MeasureKind::Sum, Kind::Integer) if column.facts.is_sum_wide() => PropertyKind::Text,
        (MeasureKind::Distinct, _)
        | (MeasureKind::Sum, Kind::Integer | Kind::Boolean)
        | (MeasureKind::Mean | MeasureKind::Percentile(_), Kind::Time) => PropertyKind::Integer,
        (MeasureKind::Sum | MeasureKind::Mean | MeasureKind::Percentile(_), _) => PropertyKind::Number,
        (MeasureKind::Min | MeasureKind::Max | MeasureKind::Mode, _) => column_kind(column),
    }
}
