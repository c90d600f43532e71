//! What properties are, in words, so that no client parses a name.

use crate::{
    plan::{Plan, Property, PropertyKind, Source},
    query::{MeasureKind, Mode},
    table::{schema::TIME_UNIT, values::Kind, view::Table},
};
use alloc::borrow::Cow;

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
