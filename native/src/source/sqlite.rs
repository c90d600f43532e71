//! A database of `SQLite`, opened for reading alone. It is from elsewhere, and may say anything in its schema.

use anyhow::{Context as _, Result, anyhow, bail};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig, limits::Limit};
use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// What would end the path in an address of a file.
const SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// What the journal of a change begins with that was not ended, and that `SQLite` takes back. Source: section 3 of its file format.
const JOURNAL: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
/// Bytes that a value may have while it is looked for, more than any that is taken.
const VALUE: i32 = 64 << 20;
/// Steps of `SQLite` between two looks at how many there were.
const STEPS: i32 = 10_000;
/// So many looks, at most, for one tile: some tenths of a second.
const LOOKS: u32 = 2000;
/// So many for all rows of a file, some seconds, and one more for each of so many of its bytes: that is 100 steps a byte, of which a
/// table takes a few.
const LOOKS_OF_ROWS: u32 = 10_000;
const BYTES_OF_LOOK: u64 = 100;

/// What stands beside a database and is put into whatever has its name, by who opens it next: the log of what was written, or the
/// journal of a change that was not ended.
pub(crate) fn beside(path: &Path) -> Option<PathBuf> {
    let named = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (log, journal) = (named("-wal"), named("-journal"));
    if log.metadata().is_ok_and(|facts| facts.len() > 0) {
        return Some(log);
    }
    let mut first = [0; 8];
    let is_hot = File::open(&journal).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == JOURNAL;
    is_hot.then_some(journal)
}

/// A database that looks no longer than it may for one answer, whatever its schema says.
#[derive(Debug)]
pub(crate) struct Bounded {
    pub database: Connection,
    looks: Arc<AtomicU32>,
}

impl Bounded {
    /// As [`open`], for one tile after the other.
    ///
    /// # Errors
    /// As there.
    pub fn of_tiles(path: &Path, what: &str) -> Result<Self> {
        Self::open(path, what, LOOKS)
    }

    /// As [`open`], for all rows of a table: as long as a file of its length may take.
    ///
    /// # Errors
    /// As there.
    pub fn of_rows(path: &Path, what: &str) -> Result<Self> {
        let bytes = path.metadata().map_or(0, |facts| facts.len());
        let more = u32::try_from(bytes / BYTES_OF_LOOK).unwrap_or(u32::MAX);
        Self::open(path, what, LOOKS_OF_ROWS.saturating_add(more))
    }

    fn open(path: &Path, what: &str, most: u32) -> Result<Self> {
        let (mut database, looks) = (open(path, what)?, Arc::new(AtomicU32::new(0)));
        let count = Arc::clone(&looks);
        database
            .progress_handler(STEPS, Some(move || count.fetch_add(1, Ordering::Relaxed) >= most))
            .map_err(|error| anyhow!("cannot read the {what}: {error}"))?;
        Ok(Self { database, looks })
    }

    /// The next answer has as long as the one before.
    pub fn again(&self) {
        self.looks.store(0, Ordering::Relaxed);
    }
}

/// Whether an answer took longer than it may.
pub(crate) fn took_long(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

/// Opens a database; `what` is what it is to be.
///
/// # Errors
/// When it is none, or somebody was ended who wrote it: what is in it then was not meant to stay.
fn open(path: &Path, what: &str) -> Result<Connection> {
    let place = path.canonicalize().with_context(|| format!("cannot open {}", path.display()))?;
    let place = place.to_str().with_context(|| format!("{} is a path that is no UTF-8", path.display()))?;
    // What others have written and not yet put into the file stands beside it. Where nothing does, nothing is locked or made there.
    let immutable = match beside(Path::new(place)) {
        None => "&immutable=1",
        Some(log) if log.extension().is_some_and(|ending| ending.to_string_lossy().ends_with("-wal")) => "",
        Some(journal) => bail!(
            "the {what} is being written, or who wrote it was ended: {} lies beside it. Open it once with the program that wrote it, which takes \
             back what was not whole",
            journal.display()
        ),
    };
    let address = format!("file:{}?mode=ro{immutable}", utf8_percent_encode(place, SPECIAL));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let database = Connection::open_with_flags(address, flags)?;
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        database.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE)?;
        database.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON")?;
        Ok(database)
    };
    open().map_err(|error| anyhow!("cannot read the {what}: {error}"))
}
