//! A database of `SQLite`, opened for reading alone. It is from elsewhere, and may say anything in its schema.

use anyhow::{Context as _, Result, anyhow};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::path::Path;

/// What would end the path in an address of a file.
const SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// Opens a database; `what` is what it is to be.
///
/// # Errors
/// When it is none.
pub(crate) fn open(path: &Path, what: &str) -> Result<Connection> {
    let place = path.canonicalize().with_context(|| format!("cannot open {}", path.display()))?;
    let place = place.to_str().with_context(|| format!("{} is a path that is no UTF-8", path.display()))?;
    // What others have written and not yet put into the file stands beside it. Where nothing does, nothing is locked or made there.
    let log = std::fs::metadata(format!("{place}-wal")).is_ok_and(|facts| facts.len() > 0);
    let immutable = if log { "" } else { "&immutable=1" };
    let address = format!("file:{}?mode=ro{immutable}", utf8_percent_encode(place, SPECIAL));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let database = Connection::open_with_flags(address, flags)?;
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        database.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON")?;
        Ok(database)
    };
    open().map_err(|error| anyhow!("cannot read the {what}: {error}"))
}
