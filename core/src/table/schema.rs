//! What columns are, in words.

use crate::table::{
    columns::Column,
    facts::Facts,
    plain::{Plain, Times},
    values::Kind,
    view::Table,
};
use alloc::vec::Vec;

/// How points in time are told in tiles.
pub const TIME_UNIT: &str = "milliseconds since 1970-01-01T00:00:00Z";

/// Frequent values that are told of a column.
const TOLD_CATEGORIES: usize = 20;

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
