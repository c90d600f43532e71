//! What is asked of a dataset before a query: what its columns are, and whether a query fits them.

use super::Dataset;
use crate::{
    about::{About, Said},
    source::zones,
};
use duotile_core::{ColumnInfo, Plain, Plan, QueryError, TileQuery, Times, Work, range};

/// What is known of a dataset as a whole.
#[derive(Clone, Debug)]
pub struct Description<'a> {
    /// Rows that are not in it because they have no position.
    pub unusable: u64,
    /// Its columns.
    pub columns: Vec<ColumnInfo<'a>>,
    /// The column of ids.
    pub id: Option<&'a str>,
    /// The column that `datetime` speaks of.
    pub time: Option<&'a str>,
    /// Its first and last moment.
    pub time_range: Option<[Plain<'a>; 2]>,
}

impl Dataset {
    /// Fits a query to it.
    ///
    /// # Errors
    /// For a column that is not there or of the wrong type, with a near name where there is one; when nobody waits for it any
    /// more, or finding out what it means costs too much.
    pub fn fit(&self, query: &TileQuery, work: &Work<'_>) -> Result<Plan, QueryError> {
        self.with_points(|points| {
            let zones = query.clocks(points.columns(), zones::clock);
            query.plan(&points.with_zones(&zones), work)
        })
    }

    /// Calls `f` with what is known of it.
    pub fn describe<R>(&self, f: impl FnOnce(Description<'_>) -> R) -> R {
        let unusable = self.report().unusable;
        self.with_points(|points| {
            let named = |role: Option<usize>| role.and_then(|index| points.columns().get(index));
            let (id, time) = (named(points.roles().id), named(points.roles().time));
            f(Description {
                unusable,
                columns: (0..points.columns().len()).filter_map(|index| ColumnInfo::of(&points, index)).collect(),
                id: id.map(|column| column.name),
                time: time.map(|column| column.name),
                time_range: time.and_then(|column| range(column, column.facts, Times::Iso)),
            })
        })
    }

    /// The position of a column by its name.
    ///
    /// # Errors
    /// The names of all columns, where there is none of this name.
    pub fn column(&self, name: &str) -> Result<usize, Vec<String>> {
        self.with_points(|points| {
            let names = || points.columns().iter().map(|column| column.name.to_owned()).collect();
            points.column(name).ok_or_else(names)
        })
    }

    /// What is known of its columns that were measured.
    #[must_use]
    pub fn about(&self) -> About {
        let measured = self.report().columns.iter().filter(|column| column.unit.is_some());
        let said =
            |column: &super::dataset::Chosen| Said { unit: column.unit.clone(), description: Some(column.why.clone()) };
        measured.map(|column| (column.name.clone(), said(column))).collect()
    }
}
