//! What is wrong with a query: where, what was got, what was expected, and a hint where there is one.

use crate::small::work::Stopped;
use alloc::{boxed::Box, string::String};
use core::{fmt, ops::Deref};

/// A query that cannot be understood, or does not fit the dataset. One word, because it travels beside every answer that
/// goes well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError(Box<Complaint>);

/// What a [`QueryError`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The parameter at fault, such as `filter` or `agg`.
    pub parameter: String,
    /// Where in the decoded text of that parameter, in characters from 0.
    pub position: Option<usize>,
    /// What was got and what was expected.
    pub message: String,
    /// How it may have been meant, such as a near name.
    pub hint: Option<String>,
    /// Where the query is not wrong: why finding out what it means was given up.
    pub stopped: Option<Stopped>,
}

impl Deref for QueryError {
    type Target = Complaint;

    fn deref(&self) -> &Complaint {
        &self.0
    }
}

impl QueryError {
    /// An error about a whole parameter.
    #[must_use]
    pub fn new(parameter: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(parameter.into(), message.into())
    }

    #[cold]
    #[inline(never)]
    fn of(parameter: String, message: String) -> Self {
        let (parameter, message) = (one_line(parameter), one_line(message));
        Self(Box::new(Complaint { parameter, position: None, message, hint: None, stopped: None }))
    }

    /// The same at a character of the parameter's text.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.0.position = Some(position);
        self
    }

    /// The same about another parameter, whose text holds the one it was about.
    #[must_use]
    pub fn of_parameter(mut self, parameter: &str) -> Self {
        self.0.parameter = parameter.into();
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<Option<String>>) -> Self {
        self.with_hint(hint.into())
    }

    /// The same of a query that was given up.
    #[must_use]
    pub fn because(mut self, stopped: Stopped) -> Self {
        self.0.stopped = Some(stopped);
        self
    }

    #[cold]
    #[inline(never)]
    fn with_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint.map(one_line);
        self
    }
}

/// One line of bounded length, whatever text is quoted in it: control characters are escaped, and of much too much the
/// middle goes, since what was expected stands at the end.
fn one_line(text: String) -> String {
    const MOST: usize = 400;
    let escape = |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    let length = text.chars().count();
    if length <= MOST {
        return if text.contains(char::is_control) { text.chars().map(escape).collect() } else { text };
    }
    let (head, tail) = (text.chars().take(MOST / 2), text.chars().skip(length - MOST / 2));
    head.chain([' ', '…', ' ']).chain(tail).map(escape).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString as _};

    #[test]
    fn an_error_is_one_line_that_says_what_was_expected_whatever_is_quoted_in_it() {
        let error = QueryError::new("filter", format!("got '{}', expected a number", "x\n\u{7}".repeat(2000)))
            .at(3)
            .hint("write\tit".to_string());
        let text = error.to_string();
        assert!(text.starts_with("filter, character 4: got 'x\\n\\u{7}x") && text.contains(" … "), "{text}");
        assert!(text.ends_with("', expected a number (write\\tit)"), "{text}");
        assert!(text.chars().count() < 2000 && !text.contains(char::is_control));
        assert_eq!(QueryError::new("a", "short").to_string(), "a: short");
    }
}
