//! The complaint about a column that is not there.

use crate::{
    small::{error::QueryError, nearest::did_you_mean},
    table::view::Table,
};
use alloc::{format, string::ToString as _, vec::Vec};

/// A column that the dataset does not have: names those it has, and the nearest one.
#[must_use]
pub fn unknown_column(table: &Table<'_>, parameter: &str, name: &str) -> QueryError {
    const LISTED: usize = 12;
    let columns = table.columns();
    let listed: Vec<&str> = columns.iter().take(LISTED).map(|column| column.name).collect();
    let expected = match columns.len() {
        0 => "it has none".to_string(),
        1..=LISTED => format!("expected one of {}", listed.join(", ")),
        many => format!("expected one of {} and {} more", listed.join(", "), many - LISTED),
    };
    let message = format!("the dataset \"{}\" has no column \"{name}\", {expected}", table.layer());
    QueryError::new(parameter, message).hint(did_you_mean(name, columns.iter().map(|column| column.name)))
}
