//! What is wrong with a query: where, what was got, what was expected, and a hint where there is one.

use alloc::string::String;
use core::fmt;

/// A query that cannot be understood, or does not fit the dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// The parameter at fault, such as `filter` or `agg`.
    pub parameter: String,
    /// Where in the decoded text of that parameter, in characters from 0.
    pub position: Option<usize>,
    /// What was got and what was expected.
    pub message: String,
    /// How it may have been meant, such as a near name.
    pub hint: Option<String>,
}

impl QueryError {
    /// An error about a whole parameter.
    #[must_use]
    pub fn new(parameter: impl Into<String>, message: impl Into<String>) -> Self {
        Self { parameter: parameter.into(), position: None, message: message.into(), hint: None }
    }

    /// The same at a character of the parameter's text.
    #[must_use]
    pub fn at(self, position: usize) -> Self {
        Self { position: Some(position), ..self }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<Option<String>>) -> Self {
        Self { hint: hint.into(), ..self }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.parameter)?;
        if let Some(position) = self.position {
            write!(f, ", character {}", position + 1)?;
        }
        write!(f, ": {}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

impl core::error::Error for QueryError {}
