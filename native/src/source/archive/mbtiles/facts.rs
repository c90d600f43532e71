//! What a database says of itself, and whether tiles are found in it.

use super::{BYTES, WHERE, damaged};
use crate::source::archive::{self, Facts};
use anyhow::{Result, bail, ensure};
use duotile_core::MAX_ZOOM;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Map, Value};

/// Bytes that the metadata may have, all values together.
const METADATA: usize = 16 << 20;
/// Values that metadata may have.
const VALUES: usize = 1000;

/// What the metadata say, and what they leave to be found out.
pub fn facts(database: &Connection) -> Result<Facts> {
    let is_there = |name: &str, kinds: &str| -> Result<bool> {
        let query = format!("SELECT count(*) FROM sqlite_master WHERE lower(name) = ?1 AND type IN ({kinds})");
        Ok(database.query_row(&query, [name], |row| row.get::<_, i64>(0)).map_err(damaged)? > 0)
    };
    ensure!(
        is_there("tiles", "'table', 'view'")? && is_there("metadata", "'table'")?,
        "the SQLite database is no MBTiles: expected tables named metadata and tiles"
    );
    has_index(database)?;
    is_by_numbers(database)?;
    let told = metadata(database)?;
    let kind = match told.get("format").and_then(Value::as_str) {
        Some(kind) => kind.to_ascii_lowercase(),
        None => kind(database)?.into(),
    };
    let facts = Facts::named(told, || filled(database))?;
    Ok(Facts { kind: archive::kind(&kind), ..facts }.sound())
}

/// Refuses a database in which all tiles would be looked at for each.
fn has_index(database: &Connection) -> Result<()> {
    let mut statement = database.prepare(&format!("EXPLAIN QUERY PLAN SELECT {BYTES} {WHERE}")).map_err(damaged)?;
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

/// Refuses a database whose first tile is not found by its numbers: in columns without a type a text is none.
fn is_by_numbers(database: &Connection) -> Result<()> {
    let columns = ["zoom_level", "tile_column", "tile_row"];
    let numbers = columns.map(|column| format!("CAST({column} AS INTEGER)")).join(", ");
    let first = database.query_row(&format!("SELECT {numbers} FROM tiles LIMIT 1"), [], |row| {
        Ok([row.get::<_, Option<i64>>(0)?, row.get(1)?, row.get(2)?])
    });
    let Some(first) = first.optional().map_err(damaged)? else { return Ok(()) };
    let found = database.query_row(&format!("SELECT 1 {WHERE}"), first, |_| Ok(())).optional().map_err(damaged)?;
    if found.is_none() && first.iter().all(Option::is_some) {
        let cast = columns.map(|column| format!("{column} = CAST({column} AS INTEGER)")).join(", ");
        bail!(
            "its tiles have texts for zooms, columns or rows, expected integers, by which they are found; UPDATE tiles SET {cast} makes them"
        );
    }
    Ok(())
}

fn metadata(database: &Connection) -> Result<Map<String, Value>> {
    let sizes = format!("SELECT octet_length(name) + octet_length(value) AS size FROM metadata LIMIT {VALUES}");
    let size = database.query_row(&format!("SELECT total(size) FROM ({sizes})"), [], |row| row.get::<_, f64>(0));
    let size = size.map_err(damaged)?;
    ensure!(size <= METADATA as f64, "its metadata are {size} bytes, expected at most {METADATA}");
    let query = format!("SELECT name, value FROM metadata LIMIT {VALUES}");
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
    let first = "SELECT substr(tile_data, 1, 4) FROM tiles LIMIT 1";
    let first = database.query_row(first, [], |row| row.get::<_, Vec<u8>>(0));
    Ok(match first.optional().map_err(damaged)?.unwrap_or_default()[..] {
        [0x89, b'P', ..] => "png",
        [0xff, 0xd8, ..] => "jpg",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        _ => "pbf",
    })
}
