//! Reads an `MBTiles` database.
//!
//! Source: the `MBTiles` specification, version 1.3. A table of tiles, or a view of one; the rest is metadata by their names.

mod facts;

use super::{Facts, Lying, MOST, Packing};
use crate::source::sqlite::Bounded;
use anyhow::{Context as _, Result, anyhow, ensure};
use duotile_core::TileId;
use facts::facts;
use rusqlite::{Connection, params};
use std::{
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, PoisonError},
    time::SystemTime,
};

/// How many bytes a tile has, and these, unless they are too many to be made room for: 32 MB, as [`MOST`] has it.
pub const BYTES: &str = "length(tile_data), CASE WHEN length(tile_data) <= 33554432 THEN tile_data END";
const WHERE: &str = "FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";

/// A database that is open: as many times as there are tiles looked for at once.
#[derive(Debug)]
pub struct MbTiles {
    path: PathBuf,
    /// The file that was opened.
    id: Option<FileId>,
    idle: Mutex<Vec<Bounded>>,
    /// Whether one of those that are at work is idle again.
    back: Condvar,
}

impl MbTiles {
    /// Opens a database.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(path: &Path) -> Result<(Self, Facts)> {
        let id = file_id(path);
        let database = Bounded::of_tiles(path, "MBTiles")?;
        let facts = facts(&database.database)?;
        let idle = Mutex::new(vec![database]);
        Ok((Self { path: path.to_owned(), id, idle, back: Condvar::new() }, facts))
    }

    /// The database once more, for who goes through all of it.
    ///
    /// # Errors
    /// When it is gone.
    pub fn open_again(&self) -> Result<Bounded> {
        Bounded::of_rows(&self.path, "MBTiles")
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// When the database is damaged there.
    pub fn tile(&self, tile: TileId) -> Result<Option<Lying>> {
        let database = self.idle()?;
        database.again();
        let found = found(&database.database, tile);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(database);
        self.back.notify_one();
        found
    }

    /// A database that nobody reads: one more, as long as the file in its place is the one that was opened, and else whichever is idle
    /// next. Another file that was moved there has other tiles.
    fn idle(&self) -> Result<Bounded> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(database) = idle.pop() {
                return Ok(database);
            }
            let database = Bounded::of_tiles(&self.path, "MBTiles");
            // Looked at behind the opening: what is there now was there before.
            if self.id.is_some() && file_id(&self.path) == self.id {
                return database;
            }
            idle = self.back.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// What tells a file from one that was moved into its place.
type FileId = (u64, u64, SystemTime);

fn file_id(path: &Path) -> Option<FileId> {
    let about = path.metadata().ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&about);
    #[cfg(not(unix))]
    let number = 0;
    Some((number, about.len(), about.modified().ok()?))
}

fn found(database: &Connection, tile: TileId) -> Result<Option<Lying>> {
    // Rows are counted from the south.
    let row = (1u32 << tile.z()) - 1 - tile.y();
    let mut statement = database.prepare(&format!("SELECT {BYTES} {WHERE}")).map_err(damaged)?;
    let mut rows = statement.query(params![tile.z(), tile.x(), row]).map_err(damaged)?;
    let Some(row) = rows.next().map_err(damaged)? else { return Ok(None) };
    let Some(length) = row.get::<_, Option<i64>>(0).map_err(damaged)? else { return Ok(None) };
    ensure!(length.unsigned_abs() <= MOST, "{length} bytes, expected at most {MOST}");
    let bytes = row.get_ref(1).map_err(damaged)?.as_bytes().context("it is a number, expected bytes")?.to_vec();
    let packing = Packing::seen(&bytes);
    Ok((!bytes.is_empty()).then_some(Lying { bytes, packing }))
}

#[expect(clippy::needless_pass_by_value, reason = "what errors are mapped by takes them")]
pub fn damaged(error: rusqlite::Error) -> anyhow::Error {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => {
            return anyhow!("it takes too long to find: what the MBTiles call tiles is no table that has an index");
        }
        Some(rusqlite::ErrorCode::TooBig) => return anyhow!("a value of it is beyond 64 MB"),
        _ => {}
    }
    anyhow!("the MBTiles are damaged or cut off: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread, time::Duration};

    fn made(path: &Path, tile: &[u8]) -> Connection {
        let database = Connection::open(path).expect("a database");
        let schema = "CREATE TABLE metadata (name text, value text); INSERT INTO metadata VALUES ('format', 'pbf');
             CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob,
                 PRIMARY KEY (zoom_level, tile_column, tile_row));";
        database.execute_batch(schema).expect("made");
        database.execute("INSERT INTO tiles VALUES (0, 0, 0, ?1)", [tile]).expect("made");
        database
    }

    #[test]
    fn a_file_that_was_moved_into_its_place_is_not_read_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other) = (folder.path().join("a.mbtiles"), folder.path().join("b.mbtiles"));
        made(&path, b"old");
        made(&other, b"new");
        let (reader, _) = MbTiles::open(&path).expect("it opens");
        let bytes = |reader: &MbTiles| reader.tile(TileId::WORLD).expect("sound").expect("a tile").bytes;
        // Two at once are two connections.
        let [first, second] = [reader.idle(), reader.idle()].map(|idle| idle.expect("it opens"));
        drop(second);
        std::fs::rename(&other, &path).expect("moved");
        thread::scope(|scope| {
            let asked = scope.spawn(|| bytes(&reader));
            thread::sleep(Duration::from_millis(20));
            reader.idle.lock().expect("whole").push(first);
            reader.back.notify_one();
            assert_eq!(asked.join().expect("no panic"), b"old");
        });
        assert_eq!(bytes(&MbTiles::open(&path).expect("it opens").0), b"new");
    }

    #[test]
    fn no_room_is_made_for_what_is_too_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.mbtiles");
        let database = made(&path, &[]);
        database.execute("UPDATE tiles SET tile_data = zeroblob(?1)", [MOST.cast_signed() + 1]).expect("changed");
        let given: Option<Vec<u8>> =
            database.query_row(&format!("SELECT {BYTES} FROM tiles"), [], |row| row.get(1)).expect("SQL");
        assert_eq!(given, None);
        let (reader, _) = MbTiles::open(&path).expect("it opens");
        let error = format!("{:#}", reader.tile(TileId::WORLD).expect_err("too large"));
        assert!(error.contains("33554433 bytes, expected at most 33554432"), "{error}");
        // No value is too large, but all together are.
        for name in ["a", "b"] {
            database.execute("INSERT INTO metadata VALUES (?1, zeroblob(9000000))", [name]).expect("changed");
        }
        let error = format!("{:#}", MbTiles::open(&path).expect_err("much"));
        assert!(error.contains("its metadata are 18000011 bytes, expected at most 16777216"), "{error}");
    }

    /// A text is no number where a column has no type; where it has one, it becomes one.
    #[test]
    fn tiles_that_no_number_finds_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.mbtiles");
        let database = made(&path, b"x");
        let again = |types: [&str; 2]| {
            let [kind, values] = types;
            let schema = format!(
                "DROP TABLE tiles; CREATE TABLE tiles (zoom_level {kind}, tile_column {kind}, tile_row {kind}, tile_data);
                 CREATE UNIQUE INDEX i ON tiles (zoom_level, tile_column, tile_row);
                 INSERT INTO tiles VALUES ({values}, x'1a00');"
            );
            database.execute_batch(&schema).expect("made");
            MbTiles::open(&path).and_then(|(reader, _)| reader.tile(TileId::new(3, 1, 2)?))
        };
        for fine in [["text", "'3', '1', '5'"], ["integer", "'3', '1', '5'"], ["", "3, 1, 5"]] {
            assert!(again(fine).expect("it opens").is_some(), "{fine:?}");
        }
        let error = format!("{:#}", again(["", "'3', '1', '5'"]).expect_err("texts"));
        assert!(error.contains("UPDATE tiles SET zoom_level = CAST(zoom_level AS INTEGER), tile_column"), "{error}");
    }

    /// What is left of a change that was not ended is no tile, and a table that looks like one may not look for ever.
    #[test]
    fn what_a_writer_left_and_tables_without_end_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.mbtiles");
        let database = made(&path, b"old");
        let journal = folder.path().join("a.mbtiles-journal");
        for (bytes, refused) in [(&[0; 512][..], false), (b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\0\0", true)] {
            std::fs::write(&journal, bytes).expect("written");
            let opened = MbTiles::open(&path).map(|_| ()).map_err(|error| format!("{error:#}"));
            assert_eq!(opened.is_err(), refused, "{opened:?}");
            assert!(opened.err().is_none_or(|error| error.contains("a.mbtiles-journal lies beside it")));
        }
        std::fs::remove_file(&journal).expect("removed");
        let endless = "ALTER TABLE tiles RENAME TO t; CREATE TABLE n (k integer primary key);
             WITH RECURSIVE c(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM c WHERE k < 3000) INSERT INTO n SELECT k FROM c;
             CREATE VIEW tiles AS SELECT zoom_level, tile_column, tile_row, tile_data FROM t
                 WHERE (SELECT count(*) FROM n a JOIN n b ON b.k > a.k JOIN n c ON c.k > b.k) > 0;";
        database.execute_batch(endless).expect("made");
        drop(database);
        let error = format!("{:#}", MbTiles::open(&path).expect_err("endless"));
        assert!(error.contains("no index") || error.contains("takes too long"), "{error}");
    }
}
