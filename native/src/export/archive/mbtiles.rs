//! An `MBTiles` archive: a database of `SQLite`, in which tiles that are the same are held once.
//!
//! Source: the `MBTiles` specification, version 1.3; the tables beneath its view are those that mbutil has.

use super::{Place, Run, Summary};
use crate::pmtiles::hilbert;
use anyhow::{Context as _, Result};
use rusqlite::{Connection, params};
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
    pub fn open(part: &Path, written: u64) -> Result<Self> {
        let database = Connection::open(part)?;
        // What this process has handed over is safe from its own end; what the whole machine's end takes, --resume makes anew.
        database.pragma_update(None, "synchronous", "OFF")?;
        database.execute_batch(SCHEMA)?;
        database.execute("DELETE FROM map WHERE tile_id >= ?1", [written.cast_signed()])?;
        database.execute("DELETE FROM images WHERE tile_id >= ?1", [written.cast_signed()])?;
        database.execute_batch("BEGIN")?;
        Ok(Self { database, written, images: Vec::new(), runs: Vec::new() })
    }

    pub fn back(&mut self, written: u64, z: u8) -> Result<()> {
        self.database.execute("DELETE FROM map WHERE zoom_level >= ?1", [z])?;
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

    pub fn flush(&mut self) -> Result<()> {
        let mut insert = self.database.prepare("INSERT INTO images VALUES (?1, ?2)")?;
        for (number, bytes) in self.images.drain(..) {
            insert.execute(params![number.cast_signed(), bytes])?;
        }
        drop(insert);
        let mut insert = self.database.prepare("INSERT OR REPLACE INTO map VALUES (?1, ?2, ?3, ?4)")?;
        for run in self.runs.drain(..) {
            for tile in (run.id..run.id + run.count).filter_map(hilbert::tile) {
                // Rows are counted from the south.
                let row = (1u32 << tile.z()) - 1 - tile.y();
                insert.execute(params![tile.z(), tile.x(), row, run.place.offset.cast_signed()])?;
            }
        }
        drop(insert);
        Ok(self.database.execute_batch("COMMIT; BEGIN")?)
    }

    pub fn finish(mut self, summary: &Summary) -> Result<()> {
        self.flush()?;
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
