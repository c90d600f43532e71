//! `let`: columns made of columns, for one query. As written, and fitted to a table.

use super::text::{named, parts};
use crate::{
    filter::Term,
    formula::{Formula, Place, name::is_bare},
    small::{self, error::QueryError, work::Work},
    table::view::Table,
};
use alloc::{format, string::String, vec::Vec};
use core::fmt;

/// Most columns that a query makes.
const MAX_LETS: usize = 16;

/// Names that are something else already.
const TAKEN: [&str; 4] = ["lon", "lat", "geometry", "geom"];

/// A column that a query makes of others: `rate:fare / distance`.
#[derive(Clone, Debug, PartialEq)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub term: Term,
    /// The character of the formula.
    at: Place,
}

impl Let {
    /// Reads a definition such as `rate = fare / distance`, as people write it outside of queries.
    ///
    /// # Errors
    /// [`QueryError`] that says what was expected.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let (name, rest) = named(text, '=').ok_or_else(|| {
            QueryError::new(
                "let",
                format!("got {text:?}, expected a name, =, and a formula, as in rate = fare / distance"),
            )
        })?;
        Self::of(name, rest, text.chars().count() - rest.chars().count())
    }

    pub(super) fn of(name: String, formula: &str, at: usize) -> Result<Self, QueryError> {
        if name.is_empty() {
            return Err(QueryError::new("let", "got no name, expected one before the formula").at(at.saturating_sub(1)));
        }
        if TAKEN.contains(&name.as_str()) {
            return Err(QueryError::new("let", format!("\"{name}\" is the position, expected another name")).at(at));
        }
        let term = Term::parse(formula).map_err(|error| said_of(&error, at))?;
        Ok(Self { name, term, at: Place(at) })
    }

    /// The names of the columns that it speaks of.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.term.each_leaf(&mut |leaf| {
            if let Term::Column(property) = leaf {
                names.push(property.name.as_str());
            }
        });
        names
    }

    /// Fits it to the columns of a table.
    ///
    /// # Errors
    /// [`QueryError`] when the name is that of a column, and for what does not fit in the formula.
    pub fn fit(&self, table: &Table<'_>, work: &Work<'_>) -> Result<Formula, QueryError> {
        if table.column(&self.name).is_some() {
            let message = format!(
                "the dataset \"{}\" has a column \"{}\" already, expected another name",
                table.layer(),
                self.name
            );
            return Err(QueryError::new("let", message));
        }
        Formula::of(&self.term, table, work).map_err(|error| said_of(&error, self.at.0))
    }
}

/// A complaint about a formula that stands at a character of `let`.
fn said_of(error: &QueryError, at: usize) -> QueryError {
    let said = QueryError::new("let", error.message.clone()).hint(error.hint.clone());
    let said = match error.position {
        Some(position) => said.at(at + position),
        None => said,
    };
    match error.stopped {
        Some(stopped) => said.because(stopped),
        None => said,
    }
}

/// As `let` writes it.
impl fmt::Display for Let {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_bare(&self.name) && !self.name.contains(':') {
            write!(f, "{}:{}", self.name, self.term)
        } else {
            write!(f, "\"{}\":{}", self.name.replace('"', "\"\""), self.term)
        }
    }
}

/// The columns of a query, by name.
pub(super) fn lets(text: &str) -> Result<Vec<Let>, QueryError> {
    let mut lets: Vec<Let> = Vec::new();
    if text.trim_matches(' ').is_empty() {
        return Ok(lets);
    }
    for (part, place) in parts(text) {
        let wrong = || {
            let message = format!("got {part:?}, expected a name, a colon and a formula, as in rate:fare/distance");
            QueryError::new("let", message).at(place)
        };
        let (name, rest) = named(part, ':').ok_or_else(wrong)?;
        let made = Let::of(name, rest, place + part.chars().count() - rest.chars().count())?;
        if lets.iter().any(|known| known.name == made.name) {
            return Err(QueryError::new("let", format!("the name \"{}\" stands here twice", made.name)).at(place));
        }
        lets.push(made);
    }
    if lets.len() > MAX_LETS {
        return Err(QueryError::new("let", format!("got {} columns, expected at most {MAX_LETS}", lets.len())));
    }
    small::sort_by(&mut lets, |a, b| a.name < b.name);
    Ok(lets)
}
