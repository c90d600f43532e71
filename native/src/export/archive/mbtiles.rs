//! An `MBTiles` archive: a database of `SQLite`, in which tiles that are the same are held once.
//!
//! Source: the `MBTiles` specification, version 1.3; the tables beneath its view are those that mbutil has.

use super::{Place, Run, Summary, are};
use anyhow::{Context as _, Result};
use duotile_core::{TileId, Work, archive::hilbert};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::{Value, json};
use std::path::Path;

const SCHEMA: &str = "
    PRAGMA application_id = 0x4d504258;
    CREATE TABLE IF NOT EXISTS metadata (name text, value text);
    CREATE UNIQUE INDEX IF NOT EXISTS name ON metadata (name);
    CREATE TABLE IF NOT EXISTS images (tile_id integer PRIMARY KEY, tile_data blob);
    CREATE TABLE IF NOT EXISTS map (zoom_level integer, tile_column integer, tile_row integer, tile_id integer,
        PRIMARY KEY (zoom_level, tile_column, tile_row)) WITHOUT ROWID;
    CREATE VIEW IF NOT EXISTS tiles AS SELECT map.zoom_level AS zoom_level, map.tile_column AS tile_column,
        map.tile_row AS tile_row, images.tile_data AS tile_data FROM map JOIN images ON images.tile_id = map.tile_id;";

/// What writing the address of a tile costs, in looks at rows.
const TILE: usize = 1 << 8;

/// An archive that is being written.
pub struct MbTiles {
    database: Connection,
    /// How many different tiles it has, with those that wait.
    written: u64,
    /// What is handed over at the next flush: bytes by their numbers, and runs of tiles.
    images: Vec<(u64, Vec<u8>)>,
    runs: Vec<Run>,
}

impl MbTiles {
    pub fn open(part: &Path, anew: bool) -> Result<Self> {
        let sound = |part: &Path| -> rusqlite::Result<bool> {
            let database = Connection::open(part)?;
            Ok(database.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))? == "ok")
        };
        // Of what the end of the whole machine left of one nothing is certain.
        if anew || !sound(part).unwrap_or(false) {
            for ending in ["", "-journal"] {
                let mut name = part.as_os_str().to_owned();
                name.push(ending);
                let _ = std::fs::remove_file(name);
            }
        }
        let database = Connection::open(part)?;
        // What this process has handed over is safe from its own end; what the whole machine's end takes, --resume makes anew.
        database.pragma_update(None, "synchronous", "OFF")?;
        database.execute_batch(SCHEMA)?;
        database.execute_batch("BEGIN")?;
        Ok(Self { database, written: 0, images: Vec::new(), runs: Vec::new() })
    }

    pub fn holds(&self, mut written: u64, runs: &[(Run, u128)]) -> Result<bool> {
        let mut tile = self.database.prepare(
            "SELECT tile_id FROM map WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3 AND tile_id = ?4",
        )?;
        let mut image = self.database.prepare("SELECT tile_data FROM images WHERE tile_id = ?1")?;
        for &(Run { id, count, place }, hash) in runs {
            let number = place.offset.cast_signed();
            if place.offset >= written {
                let same = |row: &Row<'_>| Ok(row.get_ref(0)?.as_bytes().is_ok_and(|bytes| are(bytes, hash)));
                if image.query_row([number], same).optional()? != Some(true) {
                    return Ok(false);
                }
                written = place.offset + 1;
            }
            // All of a run were handed over together.
            for tile_there in [id, id + count - 1].into_iter().filter_map(hilbert::tile) {
                let (z, x, row) = address(tile_there);
                if !tile.exists(params![z, x, row, number])? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    pub fn back(&mut self, written: u64, z: Option<u8>) -> Result<()> {
        if let Some(z) = z {
            self.database.execute("DELETE FROM map WHERE zoom_level >= ?1", [z])?;
        }
        self.database.execute("DELETE FROM map WHERE tile_id >= ?1", [written.cast_signed()])?;
        self.database.execute("DELETE FROM images WHERE tile_id >= ?1", [written.cast_signed()])?;
        self.written = written;
        self.images.clear();
        self.runs.clear();
        Ok(())
    }

    pub fn store(&mut self, bytes: &[u8]) -> Result<Place> {
        let length = u32::try_from(bytes.len()).context("a tile of more than 4 GB")?;
        let offset = self.written;
        self.images.push((offset, bytes.to_vec()));
        self.written += 1;
        Ok(Place { offset, length })
    }

    pub fn add(&mut self, run: Run) {
        self.runs.push(run);
    }

    pub fn flush(&mut self, work: &Work<'_>) -> Result<()> {
        let mut insert = self.database.prepare("INSERT INTO images VALUES (?1, ?2)")?;
        for (number, bytes) in self.images.drain(..) {
            insert.execute(params![number.cast_signed(), bytes])?;
        }
        drop(insert);
        let mut insert = self.database.prepare("INSERT OR REPLACE INTO map VALUES (?1, ?2, ?3, ?4)")?;
        for run in self.runs.drain(..) {
            for tile in (run.id..run.id + run.count).filter_map(hilbert::tile) {
                work.pay(TILE)?;
                let (z, x, row) = address(tile);
                insert.execute(params![z, x, row, run.place.offset.cast_signed()])?;
            }
        }
        drop(insert);
        Ok(self.database.execute_batch("COMMIT; BEGIN")?)
    }

    pub fn finish(mut self, summary: &Summary) -> Result<()> {
        // All that there was to stop is written.
        self.flush(&Work::free())?;
        {
            let mut insert = self.database.prepare("INSERT OR REPLACE INTO metadata VALUES (?1, ?2)")?;
            let joined = |numbers: &[f64]| numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
            let (lon, lat, z) = summary.center;
            let [shallowest, deepest] = summary.zooms;
            insert.execute(["minzoom", &shallowest.to_string()])?;
            insert.execute(["maxzoom", &deepest.to_string()])?;
            insert.execute(["bounds", &joined(&summary.bounds)])?;
            insert.execute(["center", &joined(&[lon, lat, z.into()])])?;
            let members = summary.metadata.as_object().into_iter().flatten();
            for (name, value) in members.clone() {
                if let Value::String(text) = value {
                    insert.execute([name, text])?;
                }
            }
            // The rest is one text.
            let rest: serde_json::Map<String, Value> = members
                .filter(|(_, value)| !value.is_string())
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            insert.execute(["json", &json!(rest).to_string()])?;
        }
        self.database.execute_batch("COMMIT")?;
        self.database.pragma_update(None, "synchronous", "FULL")?;
        // Something is written, so that it reaches the disk.
        self.database.execute_batch("PRAGMA user_version = 1")?;
        self.database.close().map_err(|(_, error)| error)?;
        Ok(())
    }
}

/// Zoom, column and row of a tile; rows are counted from the south.
const fn address(tile: TileId) -> (u8, u32, u32) {
    (tile.z(), tile.x(), (1 << tile.z()) - 1 - tile.y())
}
