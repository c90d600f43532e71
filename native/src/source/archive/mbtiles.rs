//! Reads an `MBTiles` database.
//!
//! Source: the `MBTiles` specification, version 1.3. A table of tiles, or a view of one; the rest is metadata by their names.

use super::{Facts, Lying, MOST, Packing};
use crate::source::sqlite;
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use duotile_core::{MAX_ZOOM, TileId};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

const TILE: &str =
    "SELECT length(tile_data), tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";
/// Bytes that a value of the metadata may have.
const METADATA: i64 = 16 << 20;
/// Values that metadata may have.
const VALUES: usize = 1000;

/// A database that is open: as many times as there are tiles looked for at once.
#[derive(Debug)]
pub struct MbTiles {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl MbTiles {
    /// Opens a database.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(path: &Path) -> Result<(Self, Facts)> {
        let database = sqlite::open(path, "MBTiles")?;
        let facts = facts(&database)?;
        Ok((Self { path: path.to_owned(), idle: Mutex::new(vec![database]) }, facts))
    }

    /// The database once more, for who goes through all of it.
    ///
    /// # Errors
    /// When it is gone.
    pub fn open_again(&self) -> Result<Connection> {
        sqlite::open(&self.path, "MBTiles")
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// When the database is damaged there.
    pub fn tile(&self, tile: TileId) -> Result<Option<Lying>> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let database = known.map_or_else(|| sqlite::open(&self.path, "MBTiles"), Ok)?;
        let found = found(&database, tile);
        idle().push(database);
        found
    }
}

fn found(database: &Connection, tile: TileId) -> Result<Option<Lying>> {
    // Rows are counted from the south.
    let row = (1u32 << tile.z()) - 1 - tile.y();
    let mut statement = database.prepare(TILE).map_err(damaged)?;
    let mut rows = statement.query(params![tile.z(), tile.x(), row]).map_err(damaged)?;
    let Some(row) = rows.next().map_err(damaged)? else { return Ok(None) };
    let Some(length) = row.get::<_, Option<i64>>(0).map_err(damaged)? else { return Ok(None) };
    ensure!(length.unsigned_abs() <= MOST, "{length} bytes, expected at most {MOST}");
    let bytes = row.get_ref(1).map_err(damaged)?.as_bytes().context("it is a number, expected bytes")?.to_vec();
    let packing = Packing::seen(&bytes);
    Ok((!bytes.is_empty()).then_some(Lying { bytes, packing }))
}

/// What the metadata say, and what they leave to be found out.
fn facts(database: &Connection) -> Result<Facts> {
    let is_there = |name: &str, kinds: &str| -> Result<bool> {
        let query = format!("SELECT count(*) FROM sqlite_master WHERE lower(name) = ?1 AND type IN ({kinds})");
        Ok(database.query_row(&query, [name], |row| row.get::<_, i64>(0)).map_err(damaged)? > 0)
    };
    ensure!(
        is_there("tiles", "'table', 'view'")? && is_there("metadata", "'table'")?,
        "the SQLite database is no MBTiles: expected tables named metadata and tiles"
    );
    has_index(database)?;
    let mut told = metadata(database)?;
    let numbers = |text: Option<&Value>| -> Vec<f64> {
        let text = text.and_then(Value::as_str).unwrap_or_default();
        text.split(',').filter_map(|number| number.trim().parse().ok()).collect()
    };
    let bounds = <[f64; 4]>::try_from(numbers(told.get("bounds"))).unwrap_or_default();
    let center = match numbers(told.get("center"))[..] {
        [lon, lat] => (lon, lat, 0),
        [lon, lat, zoom] => (lon, lat, zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8),
        _ => (0.0, 0.0, 0),
    };
    let zoom = |name: &str| numbers(told.get(name)).first().map(|zoom| zoom.clamp(0.0, f64::from(MAX_ZOOM)) as u8);
    let zooms = match (zoom("minzoom"), zoom("maxzoom")) {
        (Some(first), Some(last)) if first <= last => [first, last],
        _ => filled(database)?,
    };
    let kind = match told.get("format").and_then(Value::as_str) {
        Some(kind) => kind.to_ascii_lowercase(),
        None => kind(database)?.into(),
    };
    // What is no text by itself is one text of JSON.
    if let Some(Value::String(text)) = told.remove("json")
        && let Ok(Value::Object(more)) = serde_json::from_str(&text)
    {
        for (name, value) in more {
            told.entry(name).or_insert(value);
        }
    }
    let kind = match kind.as_str() {
        "mvt" | "pbf" => "pbf".into(),
        other => format!("{other} pictures"),
    };
    Ok(Facts { kind, zooms, bounds, center, ..Facts::of(Value::Object(told)) }.sound())
}

/// Refuses a database in which all tiles would be looked at for each.
fn has_index(database: &Connection) -> Result<()> {
    let mut statement = database.prepare(&format!("EXPLAIN QUERY PLAN {TILE}")).map_err(damaged)?;
    let steps = statement.query_map(params![0, 0, 0], |row| row.get::<_, String>("detail")).map_err(damaged)?;
    for step in steps {
        let step = step.map_err(damaged)?;
        // A view of two tables is a search in each.
        if step.starts_with("SCAN") && !step.contains("CONSTANT ROW") || step.contains("RECURSIVE") {
            bail!(
                "its tiles have no index, so that all of them would be looked at for each; \
                 CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row) makes one"
            );
        }
    }
    Ok(())
}

fn metadata(database: &Connection) -> Result<Map<String, Value>> {
    let query = format!("SELECT name, value FROM metadata WHERE length(value) <= {METADATA} LIMIT {VALUES}");
    let mut statement = database.prepare(&query).map_err(damaged)?;
    let mut rows = statement.query([]).map_err(damaged)?;
    let mut map = Map::new();
    while let Some(row) = rows.next().map_err(damaged)? {
        let text = |at: usize| -> Result<Option<String>> {
            Ok(match plain(row.get(at).map_err(damaged)?) {
                Value::Null => None,
                Value::String(text) => Some(text),
                other => Some(other.to_string()),
            })
        };
        if let (Some(name), Some(value)) = (text(0)?, text(1)?) {
            map.insert(name, Value::String(value));
        }
    }
    Ok(map)
}

fn plain(value: rusqlite::types::Value) -> Value {
    match value {
        rusqlite::types::Value::Integer(number) => number.into(),
        rusqlite::types::Value::Real(number) => number.into(),
        rusqlite::types::Value::Text(text) => text.into(),
        rusqlite::types::Value::Null | rusqlite::types::Value::Blob(_) => Value::Null,
    }
}

/// The first and the last zoom that has tiles.
fn filled(database: &Connection) -> Result<[u8; 2]> {
    let mut some = Vec::new();
    for z in 0..=MAX_ZOOM {
        let query = "SELECT 1 FROM tiles WHERE zoom_level = ?1 LIMIT 1";
        let found = database.query_row(query, [z], |_| Ok(())).optional().map_err(damaged)?;
        some.extend(found.map(|()| z));
    }
    Ok([some.first().copied().unwrap_or(0), some.last().copied().unwrap_or(0)])
}

/// What tiles are, by the first of them.
fn kind(database: &Connection) -> Result<&'static str> {
    let first = database.query_row("SELECT tile_data FROM tiles LIMIT 1", [], |row| row.get::<_, Vec<u8>>(0));
    Ok(match first.optional().map_err(damaged)?.unwrap_or_default()[..] {
        [0x89, b'P', ..] => "png",
        [0xff, 0xd8, ..] => "jpg",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        _ => "pbf",
    })
}

#[expect(clippy::needless_pass_by_value, reason = "what errors are mapped by takes them")]
fn damaged(error: rusqlite::Error) -> anyhow::Error {
    anyhow!("the MBTiles are damaged or cut off: {error}")
}
