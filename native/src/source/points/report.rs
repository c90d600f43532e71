//! What is told of a dataset that was read: what was chosen, and what was lost.

use serde::{Deserialize, Serialize};

/// What loading chose and what it lost.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Report {
    /// Everything worth telling, a sentence each, in the order it was found out.
    pub lines: Vec<String>,
    /// Rows in the files.
    pub rows_read: u64,
    /// Rows without a usable position, which are not in the dataset.
    pub unusable: u64,
    /// The columns that gave the position: longitude and latitude, or one geometry column twice.
    pub position: (String, String),
    /// The time column.
    pub time: Option<String>,
    /// The column that gives ids.
    pub id: Option<String>,
    /// Columns that a tile cannot carry, each with the reason.
    pub dropped: Vec<(String, String)>,
    /// NaN and infinite values that became null.
    pub non_finite: u64,
    /// Lines of CSV files that were left out.
    pub bad_lines: u64,
    /// What became of each column, and why; of files that were built before this was kept, nothing.
    #[serde(default)]
    pub columns: Vec<Chosen>,
}

/// What became of a column.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Chosen {
    /// Its name.
    pub name: String,
    /// On what evidence.
    pub why: String,
    /// What its numbers count, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Values that did not fit, and have no value.
    pub misfits: u64,
    /// The first of them.
    pub examples: Vec<String>,
}
