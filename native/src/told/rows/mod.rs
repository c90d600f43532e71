//! All rows that pass a query as a file, in the order of the map, made piece by piece: a file may be larger than memory.
//!
//! A query enters; the bytes of a file leave. `passing` gives the rows; `text` writes them as CSV or GeoJSON, `flat` holds a geometry as
//! `flatgeobuf` and `parquet` write it.

mod flat;
mod flatgeobuf;
mod parquet;
mod passing;
mod text;
mod text_file;

use super::pieces::Pieces;
use crate::{
    engine::{Fitted, Refusal},
    percent,
};
use duotile_core::{PARAMETERS, QueryError, Work};
use flatgeobuf::FlatGeobuf;
use parquet::Parquet;
use std::sync::Arc;
use text::Form;
use text_file::{PIECE, TextFile};

/// What a file of rows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// A line for each row.
    Csv,
    /// A feature collection.
    GeoJson,
    /// A feature on each line.
    GeoJsonLines,
    /// Version 3, with an index of boxes.
    FlatGeobuf,
    /// `GeoParquet` 1.1, with a column of boxes.
    GeoParquet,
}

impl RowFormat {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Csv, Self::GeoJson, Self::GeoJsonLines, Self::FlatGeobuf, Self::GeoParquet];

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::GeoJson => "application/geo+json",
            Self::GeoJsonLines => "application/x-ndjson",
            Self::FlatGeobuf => "application/flatgeobuf",
            Self::GeoParquet => "application/vnd.apache.parquet",
        }
    }

    /// How names of files end.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
            Self::GeoJsonLines => "geojsonl",
            Self::FlatGeobuf => "fgb",
            Self::GeoParquet => "parquet",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::GeoJson => "GeoJSON",
            Self::GeoJsonLines => "lines of GeoJSON",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::GeoParquet => "GeoParquet",
        }
    }

    /// Whether its bytes are packed already.
    #[must_use]
    pub const fn is_packed(self) -> bool {
        matches!(self, Self::GeoParquet)
    }
}

/// A file of rows, and how far it is written.
#[derive(Debug)]
pub struct RowFile(Kind);

#[derive(Debug)]
enum Kind {
    Text(TextFile),
    FlatGeobuf(Box<FlatGeobuf>),
    Parquet(Box<Parquet>),
}

impl RowFile {
    /// Nothing is written yet. `rows` is how many pass, and `memory` what an index of them may take, in bytes: where there are more, a
    /// `FlatGeobuf` has none.
    #[must_use]
    pub fn new(fitted: Arc<Fitted>, format: RowFormat, rows: usize, memory: u64) -> Self {
        Self(match format {
            RowFormat::Csv => Kind::Text(TextFile::new(fitted, Form::Csv)),
            RowFormat::GeoJson => Kind::Text(TextFile::new(fitted, Form::Collection)),
            RowFormat::GeoJsonLines => Kind::Text(TextFile::new(fitted, Form::Lines)),
            RowFormat::FlatGeobuf => Kind::FlatGeobuf(Box::new(FlatGeobuf::new(fitted, rows, memory))),
            RowFormat::GeoParquet => Kind::Parquet(Box::new(Parquet::new(fitted))),
        })
    }

    /// About how many bytes of memory it takes while it is on its way, beside a piece.
    #[must_use]
    pub fn holds(&self) -> u64 {
        match &self.0 {
            Kind::Text(_) => PIECE as u64,
            Kind::FlatGeobuf(file) => file.holds(),
            Kind::Parquet(file) => file.holds(),
        }
    }

    /// How many rows of the dataset were looked at. Binary formats look at all of them twice.
    #[must_use]
    pub fn looked(&self) -> usize {
        match &self.0 {
            Kind::Text(file) => file.passing.looked(),
            Kind::FlatGeobuf(file) => file.passing.looked(),
            Kind::Parquet(file) => file.passing.looked(),
        }
    }
}

impl Pieces for RowFile {
    fn piece(&mut self, work: &Work<'_>) -> Result<(Vec<u8>, bool), Refusal> {
        match &mut self.0 {
            Kind::Text(file) => file.piece(work),
            Kind::FlatGeobuf(file) => file.piece(work),
            Kind::Parquet(file) => file.piece(work),
        }
    }
}

/// What of a query says which rows and columns a file has.
const TAKEN: [&str; 7] = ["bbox", "datetime", "filter", "filter-lang", "let", "properties", "rank"];

/// Refuses what says how tiles are drawn: a file has all rows that pass, whatever it says.
///
/// # Errors
/// Of the first parameter that has no effect.
pub fn check(query: &str) -> Result<(), QueryError> {
    let names = query.split('&').filter_map(|pair| percent::decode_query(pair.split('=').next().unwrap_or(pair)));
    match names.into_iter().find(|name| PARAMETERS.contains(&&**name) && !TAKEN.contains(&&**name)) {
        Some(name) => {
            let said = format!(
                "a file has all rows that pass, which {name} does not change; expected {} alone",
                TAKEN.join(", ")
            );
            Err(QueryError::new(name, said))
        }
        None => Ok(()),
    }
}

/// A name that none of the columns has: with lines before it until it is free. Many readers do not tell case.
fn free(name: &str, taken: &[&str]) -> String {
    let mut name = name.to_owned();
    while taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ours_give_way_to_those_of_columns() {
        assert_eq!(free("lon", &["lat", "x"]), "lon");
        assert_eq!(free("id", &["ID", "_id"]), "__id");
    }
}
