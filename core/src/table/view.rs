//! A table: named columns of equal length, some with a part of their own. All that a query is fitted to.
//!
//! [`Points`](crate::Points) are a table with an index. A table without rows, but with columns of the right types and
//! their facts, is enough to find out what a query means: rows may lie elsewhere.

use crate::{
    outlines::{Frame, Outlines},
    table::columns::Column,
    time::Zone,
};
use core::fmt;

/// A view of columns; cheap to make and to copy.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    layer: &'a str,
    columns: &'a [Column<'a>],
    roles: Roles,
    zones: &'a [Zone],
    /// The outlines of rows that are more than points, and the box of each.
    outlined: Option<(Outlines<'a>, &'a [Frame])>,
}

/// Columns with a special part, by their position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    /// The column that gives feature ids: unique integers in 0…2⁵³−1. Without one, the original row number is the id.
    pub id: Option<usize>,
    /// The column that `datetime` speaks of.
    pub time: Option<usize>,
    /// The column of latitudes, where some rows lie beyond the edge of the map and are drawn at it: of floats of 64 bits.
    pub latitude: Option<usize>,
}

/// Columns that do not make a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadTable {
    /// Fewer or more values in a column than rows.
    Length {
        /// The position of the column.
        column: usize,
        /// Values it has.
        got: usize,
        /// Rows.
        expected: usize,
    },
    /// A role names a column that is not there.
    Role(usize),
}

impl fmt::Display for BadTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length { column, got, expected } => write!(f, "column {column} has {got} values for {expected} rows"),
            Self::Role(column) => write!(f, "a role names column {column}, which is not there"),
        }
    }
}

impl core::error::Error for BadTable {}

impl<'a> Table<'a> {
    /// Puts the parts together. `layer` is the name of the dataset, and of its layer in tiles.
    ///
    /// # Errors
    /// [`BadTable`] when a column has not as many values as there are rows, or a role names no column.
    pub fn new(layer: &'a str, rows: usize, columns: &'a [Column<'a>], roles: Roles) -> Result<Self, BadTable> {
        if let Some((column, got)) = columns.iter().map(Column::len).enumerate().find(|&(_, got)| got != rows) {
            return Err(BadTable::Length { column, got, expected: rows });
        }
        if let Some(role) =
            [roles.id, roles.time, roles.latitude].into_iter().flatten().find(|&role| role >= columns.len())
        {
            return Err(BadTable::Role(role));
        }
        Ok(Self { layer, columns, roles, zones: &[], outlined: None })
    }

    /// The name of the dataset, which is the name of its layer in tiles.
    #[must_use]
    pub const fn layer(&self) -> &'a str {
        self.layer
    }

    /// Value columns.
    #[must_use]
    pub const fn columns(&self) -> &'a [Column<'a>] {
        self.columns
    }

    /// Columns with a special part.
    #[must_use]
    pub const fn roles(&self) -> Roles {
        self.roles
    }

    /// The same with the zones that a query may name.
    #[must_use]
    pub const fn with_zones(self, zones: &'a [Zone]) -> Self {
        Self { zones, ..self }
    }

    /// The same with the outlines of its rows, which are more than points, and the box of each.
    #[must_use]
    pub(crate) const fn with_outlines(self, outlines: Outlines<'a>, boxes: &'a [Frame]) -> Self {
        Self { outlined: Some((outlines, boxes)), ..self }
    }

    /// The outlines of its rows, where they are more than points, and the box of each in steps.
    pub(crate) const fn outlined(&self) -> Option<(Outlines<'a>, &'a [Frame])> {
        self.outlined
    }

    /// The zone of a name.
    #[must_use]
    pub fn zone(&self, name: &str) -> Option<&'a Zone> {
        self.zones.iter().find(|zone| zone.name() == name)
    }

    /// The position of the column that a formula or a condition means: for `lat`, where some rows lie beyond the edge of the
    /// map, that of their latitudes.
    #[must_use]
    pub(crate) fn meant(&self, name: &str) -> Option<usize> {
        self.column(name).or_else(|| self.roles.latitude.filter(|_| name == "lat"))
    }

    /// The position of the column of a name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{query::TileQuery, small::work::Work, table::facts::Facts, table::values::Values};

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let facts = Facts::default();
        let columns = [Column::new("a", Values::I32(&[1, 2]), None, &facts).expect("fits")];
        let error = Table::new("t", 3, &columns, Roles::default()).expect_err("too short");
        assert_eq!(alloc::format!("{error}"), "column 0 has 2 values for 3 rows");
        let time = Roles { time: Some(1), ..Roles::default() };
        assert_eq!(Table::new("t", 2, &columns, time).expect_err("no such column"), BadTable::Role(1));
    }

    #[test]
    fn a_query_fits_a_table_whose_rows_lie_elsewhere() {
        let facts = Facts { present: 7, ..Facts::default() };
        let columns = [Column::new("fare", Values::F64(&[]), None, &facts).expect("fits")];
        let table = Table::new("trips", 0, &columns, Roles::default()).expect("fits");
        let fit = |query| TileQuery::parse(query).expect("parses").plan(&table, &Work::free());
        let plan = fit("agg=mean:fare&filter=fare+>+2").expect("fits");
        assert_eq!(
            plan.properties().iter().map(|p| &*p.name).collect::<alloc::vec::Vec<_>>(),
            ["point_count", "fare_mean", "fare"]
        );
        assert!(fit("agg=mean:fair").is_err());
    }
}
