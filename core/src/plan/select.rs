//! Which rows a query asks for: its filter, its interval of time and its box together.

use crate::{
    filter::{Filter, Test, all, inside_of},
    query::TileQuery,
    small::{error::QueryError, work::Work},
    table::{values::Kind, view::Table},
    time::Interval,
};
use alloc::{format, vec::Vec};

impl Filter {
    /// The rows of a query: its filter, its interval of time and its box together.
    ///
    /// # Errors
    /// As [`Filter::bind`]; also when there is an interval and the dataset has no time column, or the box is none.
    pub fn of(query: &TileQuery, table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        let mut parts = Vec::new();
        if let Some(expr) = &query.filter {
            parts.push(Self::bind(expr, table, work)?);
        }
        if let Some(interval) = query.datetime {
            parts.push(during(interval, table)?);
        }
        if let Some(sides) = query.bbox {
            parts.push(inside_of(sides, table).map_err(|message| QueryError::new("bbox", message))?);
        }
        Ok(all(parts))
    }
}

/// An interval over the time column.
fn during(interval: Interval, table: &Table<'_>) -> Result<Filter, QueryError> {
    if interval.start.is_none() && interval.end.is_none() {
        return Ok(Filter::Constant(true));
    }
    let Some(index) = table.roles().time else {
        let message = format!("the dataset \"{}\" has no time column", table.layer());
        let times = table.columns().iter().filter(|column| column.kind() == Kind::Time).map(|column| column.name);
        let hint = times.clone().next().map(|name| format!("use the filter, as in {name} >= DATE('2024-03-05')"));
        return Err(QueryError::new("datetime", message).hint(hint));
    };
    let (min, max) = (interval.start.unwrap_or(i64::MIN), interval.end.unwrap_or(i64::MAX));
    if min > max {
        return Ok(Filter::Constant(false));
    }
    Ok(Filter::Column(index, Test::Integers { min, max, not: false }))
}
