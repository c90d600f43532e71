//! What lies elsewhere: databases by an [`Address`], files by a [`Link`]; each with a [`version`](Remote::version) that tells whether
//! rows changed, and [fetched](Remote::read) whole, or in parts.
//!
//! What is fetched is a file in a [`spool`], an Arrow IPC stream of a database or the file as it is, which the readers of files read: from
//! there on it is a file like any other, with the same columns, coordinate systems, times and flags. Nothing of a request ever comes
//! here: what is asked, and of whom, is the operator's.

mod address;
pub(super) mod clickhouse;
mod file;
mod postgres;
mod secret;
#[cfg(test)]
pub(crate) mod served;
mod spool;
mod wire;

use crate::read::Progress;
pub use address::{Address, Engine, Rows};
use anyhow::{Context as _, Result, anyhow, bail};
use file::Other;
pub(crate) use file::Ranged;
pub use file::{Link, Parts};
pub use secret::Secret;
pub(crate) use spool::Spool;
use std::{fmt, future::Future, time::Duration};

/// How often the version of a database is asked for, unless said, and that of a file.
const POLL: Duration = Duration::from_secs(10);
const POLL_FILE: Duration = Duration::from_mins(1);
/// How long it may take to tell one.
const VERSION: Duration = Duration::from_secs(20);
/// How long rows of a database may be on their way without a sign of them.
const SILENCE: Duration = Duration::from_mins(10);
/// How often a file is looked at that is another before it was read.
const TRIES: u32 = 5;

/// Rows that lie elsewhere, and how to tell that they changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where they are.
    pub place: Place,
    /// Of a database, a query of one value that changes when they do; for a table there is one of its engine's own.
    pub version: Option<String>,
    /// How often it is asked, if that was said.
    pub poll: Option<Duration>,
}

/// Where rows are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a database.
    Database(Address),
    /// In a file that a server has.
    File(Link),
}

impl fmt::Display for Remote {
    /// Where it is, without what nobody shall know.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Database(address) => address.fmt(f),
            Place::File(link) => link.fmt(f),
        }
    }
}

impl Remote {
    /// Whether a text is an address, and no path.
    #[must_use]
    pub fn is_address(text: &str) -> bool {
        let scheme = text.split_once("://").map_or("", |(scheme, _)| scheme);
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    }

    /// Reads an address, with what is said of it or not.
    ///
    /// # Errors
    /// One line with what is wrong in it, without its password.
    pub fn parse(text: &str) -> Result<Self> {
        if file::is_link(text) { file::parse(text) } else { address::parse(text) }
    }

    /// How often to ask whether rows changed.
    #[must_use]
    pub fn every(&self) -> Duration {
        let usual = if let Place::File(_) = self.place { POLL_FILE } else { POLL };
        self.poll.unwrap_or(usual)
    }

    /// A name for the dataset.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.place {
            Place::Database(Address { rows: Rows::Table { name, .. }, .. }) => name,
            Place::Database(address) => &address.database,
            Place::File(link) => link.name(),
        }
    }

    /// Whether not to be told its version is an error.
    #[must_use]
    pub const fn must_tell(&self) -> bool {
        self.version.is_some() || matches!(self.place, Place::File(_))
    }

    /// What to say where nothing tells its version.
    #[must_use]
    pub const fn untold(&self) -> &'static str {
        match self.place {
            Place::Database(_) => "nothing tells when its rows change; a version query would (version = \"SELECT …\")",
            Place::File(_) => {
                "its server does not tell when the file changes (neither ETag nor Last-Modified): it is fetched once"
            }
        }
    }

    /// What changes when the rows do. `None` where nothing is known that does: for a query without a version query of its own.
    ///
    /// # Errors
    /// One clear line when it cannot be asked.
    pub fn version(&self, dataset: &str) -> Result<Option<String>> {
        let asked = async {
            match &self.place {
                Place::Database(address) => {
                    let address = address.with_secret(dataset)?;
                    match address.engine {
                        Engine::Postgres => postgres::version(&address, self.version.as_deref()).await,
                        Engine::ClickHouse => clickhouse::version(&address, self.version.as_deref()).await,
                    }
                }
                Place::File(link) => file::version(&link.with_secret(dataset)?).await,
            }
        };
        let asked = async {
            let late = |_| Err(anyhow!("no answer within {} s", VERSION.as_secs()));
            tokio::time::timeout(VERSION, asked).await.unwrap_or_else(late)
        };
        block_on(asked)?.with_context(|| format!("{self}: its version"))
    }

    /// Reads what is fetched: anew, where the file is another by the time that a part of it is needed.
    ///
    /// # Errors
    /// Those of `read`, and one clear line when nobody answers there, or refuses, or has no such rows.
    pub(crate) fn read<T>(
        &self,
        dataset: &str,
        progress: &dyn Progress,
        mut read: impl FnMut(&Spool) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 1;
        loop {
            let (done, changed) = match self.fetch(dataset, progress) {
                Ok(spool) => (read(&spool), spool.fetched.parts.as_ref().is_some_and(Parts::changed)),
                Err(error) => {
                    let changed = error.is::<Other>();
                    (Err(error), changed)
                }
            };
            if done.is_ok() || !changed || tries == TRIES {
                return done;
            }
            progress.line("the file changed while it was fetched: it begins anew");
            tries += 1;
        }
    }

    /// Fetches all rows, or of a file what tells which parts of it are read.
    ///
    /// # Errors
    /// One clear line when nobody answers there, or refuses, or has no such rows.
    fn fetch(&self, dataset: &str, progress: &dyn Progress) -> Result<Spool> {
        let fetched = async {
            match &self.place {
                Place::Database(address) => {
                    let address = address.with_secret(dataset)?;
                    match address.engine {
                        Engine::Postgres => postgres::fetch(&address, progress).await,
                        Engine::ClickHouse => clickhouse::fetch(&address, progress).await,
                    }
                }
                Place::File(link) => file::fetch(&link.with_secret(dataset)?, progress).await,
            }
        };
        block_on(fetched)?.with_context(|| self.to_string())
    }
}

/// How much was fetched, in words.
fn so_far(rows: Option<u64>, bytes: u64) -> String {
    let rows = rows.map_or(String::new(), |rows| format!("{rows} rows, "));
    format!("fetched {rows}{:.1} MB", bytes as f64 / f64::from(1 << 20))
}

/// Waits on the network, on a thread that may wait.
pub(super) fn block_on<T>(what: impl Future<Output = Result<T>>) -> Result<Result<T>> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot wait on a network")?;
    Ok(runtime.block_on(what))
}

/// A query as it may stand in brackets: one that only reads, without the semicolon at its end.
///
/// # Errors
/// When it begins otherwise.
fn select(query: &str) -> Result<&str> {
    let query = query.trim().trim_end_matches(';').trim_end();
    let mut rest = query;
    // Comments may stand before it.
    let first = loop {
        rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == '(');
        let after = rest.strip_prefix("--").map(|rest| rest.split_once('\n'));
        match after.or_else(|| rest.strip_prefix("/*").map(|rest| rest.split_once("*/"))) {
            Some(Some((_, next))) => rest = next,
            Some(None) => break "",
            None => break rest.split(|char: char| !char.is_ascii_alphabetic()).next().unwrap_or(""),
        }
    };
    if !["select", "with", "values", "table"].contains(&first.to_ascii_lowercase().as_str()) {
        bail!(
            "the query begins with \"{}\", expected one that only reads: SELECT …",
            first.chars().take(20).collect::<String>()
        );
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_read() {
        for query in ["SELECT 1", " with a as (select 1) select * from a ; ", "-- x\n/* y */ (select 1)", "TABLE t;;"] {
            assert!(select(query).is_ok_and(|query| !query.ends_with(';')), "{query}");
        }
        for query in ["", "DROP TABLE t", "selection", "-- select 1", "/* select", "INSERT INTO t SELECT 1", "日本"] {
            assert!(select(query).expect_err(query).to_string().contains("expected one that only reads"), "{query}");
        }
    }
}
