//! What columns and properties are, in words, so that no client parses a name.

use crate::{
    columns::{Column, Kind},
    facts::Facts,
    plain::{Plain, Times},
    plan::{Plan, Property, PropertyKind, Source},
    query::{MeasureKind, Mode},
    table::Table,
};
use alloc::{borrow::Cow, vec::Vec};

/// How points in time are told in tiles.
pub const TIME_UNIT: &str = "milliseconds since 1970-01-01T00:00:00Z";

/// Frequent values that are told of a column.
const TOLD_CATEGORIES: usize = 20;

/// What a property means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyInfo<'a> {
    /// Its name in tiles.
    pub name: &'a str,
    /// `Number`, `String` or `Boolean`.
    pub kind: &'static str,
    /// What is made of rows, for a property of cells.
    pub measure: Option<Cow<'static, str>>,
    /// The column it comes from.
    pub column: Option<&'a str>,
    /// Whether it says again, for another tool, what another property says.
    pub alias: bool,
    /// `rows` or `cells`.
    pub on: &'static str,
    /// [`TIME_UNIT`] where its numbers are points in time.
    pub unit: Option<&'static str>,
}

/// What is known of a column over all rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnInfo<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type.
    pub kind: &'static str,
    /// What its values are in tiles.
    pub in_tiles: &'static str,
    /// Rows that have a value.
    pub present: u64,
    /// Rows that have none.
    pub nulls: u64,
    /// Smallest and largest value, but of texts.
    pub range: Option<[Plain<'a>; 2]>,
    /// Distinct values, where they were counted.
    pub distinct: Option<u64>,
    /// The most frequent of these with their counts.
    pub categories: Vec<(Plain<'a>, u64)>,
    /// `id` or `time`.
    pub role: Option<&'static str>,
}

impl Plan {
    /// The properties that features of the plan's tiles may carry in its mode, with their positions among all of them.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &Property)> {
        let mode = self.mode();
        self.properties().iter().enumerate().filter(move |(_, property)| match property.source {
            Source::Column(_) => mode != Mode::Cells,
            _ => mode != Mode::Points,
        })
    }

    /// Of these, what is a number made of the rows of a cell.
    pub fn measured(&self) -> impl Iterator<Item = (usize, &Property)> {
        let measured = |source: &Source| matches!(source, Source::Count | Source::Measure(..) | Source::Category(..));
        self.shown().filter(move |(_, property)| measured(&property.source))
    }

    /// What each of these means.
    pub fn describe<'a>(&'a self, table: &'a Table<'a>) -> impl Iterator<Item = PropertyInfo<'a>> {
        self.shown().map(|(_, property)| property.describe(table))
    }
}

impl Property {
    /// The type of its values: `Number`, `String` or `Boolean`.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        match self.kind {
            PropertyKind::Integer | PropertyKind::Number => "Number",
            PropertyKind::Text => "String",
            PropertyKind::Boolean => "Boolean",
        }
    }

    fn describe<'a>(&'a self, table: &Table<'a>) -> PropertyInfo<'a> {
        let (measure, column) = match &self.source {
            Source::Count => (Some("count".into()), None),
            Source::Measure(column, kind) => (Some(kind.name()), Some(*column)),
            Source::Category(column, _) => (Some("count".into()), Some(*column)),
            Source::Extra(_) => (None, None),
            Source::Column(column) => (None, Some(*column)),
        };
        let column = column.and_then(|column| table.columns().get(column));
        let keeps = match self.source {
            Source::Column(_) => true,
            Source::Measure(_, kind) => !matches!(kind, MeasureKind::Sum | MeasureKind::Distinct),
            _ => false,
        };
        PropertyInfo {
            name: &self.name,
            kind: self.type_name(),
            measure,
            column: column.map(|column| column.name),
            alias: matches!(self.source, Source::Extra(_)),
            on: if matches!(self.source, Source::Column(_)) { "rows" } else { "cells" },
            unit: column.filter(|column| keeps && column.kind() == Kind::Time).map(|_| TIME_UNIT),
        }
    }
}

impl<'a> ColumnInfo<'a> {
    /// Tells of the column at a place; `None` where there is none.
    #[must_use]
    pub fn of(table: &Table<'a>, index: usize) -> Option<Self> {
        let column = table.columns().get(index)?;
        let (facts, roles) = (column.facts, table.roles());
        let categories = facts.categories.iter().take(TOLD_CATEGORIES);
        Some(Self {
            name: column.name,
            kind: column.kind().name(),
            in_tiles: match column.kind() {
                Kind::Time => TIME_UNIT,
                Kind::Text => "text",
                Kind::Integer if facts.is_wide() => "text",
                Kind::Boolean => "boolean",
                Kind::Integer | Kind::Float => "number",
            },
            present: facts.present,
            nulls: facts.nulls,
            range: range(column, facts, Times::Iso).filter(|_| column.kind() != Kind::Text),
            distinct: facts.distinct,
            categories: categories.map(|&(value, count)| (Plain::of(column, value, Times::Iso), count)).collect(),
            role: match Some(index) {
                at if at == roles.id => Some("id"),
                at if at == roles.time => Some("time"),
                _ => None,
            },
        })
    }
}

/// Smallest and largest value.
#[must_use]
pub fn range<'a>(column: &Column<'a>, facts: &Facts, times: Times) -> Option<[Plain<'a>; 2]> {
    let (min, max) = facts.range?;
    Some([min, max].map(|value| Plain::of(column, value, times)))
}
