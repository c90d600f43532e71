//! Why there is no answer: a closed list, so that whoever asked can say it in the words of its own protocol.

use crate::shown::shown;
use duotile_core::{QueryError, Stopped, Work};
use std::fmt;

/// Why there is no answer. Cheap to copy: everybody who waited for one thing is told the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The query cannot be understood, or does not fit the dataset.
    Query(QueryError),
    /// Nobody waits for the answer any more.
    Gone,
    /// Too many jobs wait already.
    Busy,
    /// No processor became free in time.
    Late,
    /// More rows pass than may be given out at once.
    Rows {
        /// Rows that pass.
        got: usize,
        /// Rows that may.
        most: usize,
    },
    /// More bytes of texts than can be told of a column.
    Bytes {
        /// Bytes they take.
        got: u64,
        /// Bytes they may.
        most: u64,
    },
    /// More rows would be looked at than an answer may cost.
    Dear {
        /// What it would cost, where that is known before.
        cost: Option<u64>,
        /// What it may.
        limit: u64,
    },
    /// What is asked has no rows: an archive of finished tiles, by its name.
    Finished(String),
    /// What is not asked of rows in a database yet.
    NotLive(&'static str),
    /// A database does not answer, or not in time, in a sentence: it may later.
    Away(String),
    /// A database is not as it was when it was looked at, in a sentence.
    Wrong(String),
    /// More would be read in a database than may be, in a sentence.
    Over(String),
    /// Something failed inside. The log says what.
    Failed,
}

impl Refusal {
    /// Something failed inside: the cause goes to the log, once, and not to whoever asked.
    #[must_use]
    pub fn failed(cause: &dyn fmt::Display) -> Self {
        tracing::error!("an answer failed: {}", shown(&cause.to_string()));
        Self::Failed
    }
}

/// Whether so many looks at rows may be spent, before any is.
///
/// # Errors
/// [`Refusal::Dear`], with the cost, when they may not.
pub(super) fn afford(work: &Work<'_>, cost: u64) -> Result<(), Refusal> {
    match work.affords(cost) {
        Err(Stopped::Dear(limit)) => Err(Refusal::Dear { cost: Some(cost), limit }),
        other => Ok(other?),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(error) => write!(f, "{error}"),
            Self::Gone => write!(f, "nobody waits for the answer any more"),
            Self::Busy => write!(f, "too many requests are waiting"),
            Self::Late => write!(f, "no processor became free in time"),
            Self::Rows { got, most } => {
                write!(f, "{got} rows pass the filter, expected at most {most}; a narrower filter helps")
            }
            Self::Bytes { got, most } => {
                write!(
                    f,
                    "the texts of a column take {got} bytes, expected at most {most}; a narrower filter or fewer columns help"
                )
            }
            Self::Dear { cost: Some(cost), limit } => {
                write!(f, "the answer takes {cost} looks at rows, expected at most {limit}; a simpler query helps")
            }
            Self::Dear { cost: None, limit } => {
                write!(f, "the answer takes more than {limit} looks at rows, which is the limit; a simpler query helps")
            }
            Self::Finished(name) => {
                write!(
                    f,
                    "{name} is an archive of finished tiles, which cannot be asked for rows, columns or another query; \
                     serve the file that its tiles were made of for that"
                )
            }
            Self::NotLive(what) => {
                write!(
                    f,
                    "{what} is not asked of a database yet; without live = true its rows are fetched, and all can be asked"
                )
            }
            Self::Away(sentence) | Self::Wrong(sentence) | Self::Over(sentence) => f.write_str(sentence),
            Self::Failed => write!(f, "something failed inside; the log says what"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error.stopped {
            Some(Stopped::Gone) => Self::Gone,
            _ => Self::Query(error),
        }
    }
}

impl From<Stopped> for Refusal {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Gone => Self::Gone,
            Stopped::Dear(limit) => Self::Dear { cost: None, limit },
        }
    }
}
