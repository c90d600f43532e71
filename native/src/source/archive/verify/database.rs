//! The tables of an `MBTiles` database: whole, and with tiles that there are, each once.

use super::Look;
use crate::source::{
    archive::{
        Lying, MOST, Packing,
        mbtiles::{BYTES, MbTiles, damaged},
    },
    sqlite::Bounded,
};
use anyhow::Result;
use duotile_core::TileId;
use rusqlite::{Row, types::ValueRef};
use std::collections::HashSet;

/// What is told of a text where a number is expected.
const TOLD: usize = 20;

impl Look<'_> {
    /// Goes through all rows.
    ///
    /// # Errors
    /// When the database cannot be read, or it was told to end.
    pub(super) fn database(&mut self, reader: &MbTiles) -> Result<()> {
        let bounded = reader.open_again()?;
        let database = &bounded.database;
        self.progress.stage("looking at the database", None);
        let whole: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(damaged)?;
        if whole != "ok" {
            self.found.fault(format!("database: {whole}"));
        }
        self.twice(&bounded)?;
        self.progress.stage("looking at tiles", None);
        let query = format!("SELECT zoom_level, tile_column, tile_row, {BYTES} FROM tiles");
        let mut statement = database.prepare(&query).map_err(damaged)?;
        let mut rows = statement.query([]).map_err(damaged)?;
        let mut known = HashSet::new();
        while let Some(row) = rows.next().map_err(damaged)? {
            bounded.again();
            self.goes_on()?;
            let tile = match address(row)? {
                Ok(tile) => tile,
                Err(fault) => {
                    self.found.fault(fault);
                    continue;
                }
            };
            self.found.tiles += 1;
            self.at(tile.z());
            let [first, last] = self.archive.facts.zooms;
            let z = tile.z();
            if !(first..=last).contains(&z) {
                self.found
                    .fault(format!("tile {tile}: zoom {z}, expected {first} to {last}, as the metadata have them"));
            }
            let length = row.get::<_, Option<i64>>(3).map_err(damaged)?.unwrap_or(0).unsigned_abs();
            match row.get_ref(4).map_err(damaged)? {
                _ if length > MOST => {
                    self.found.fault(format!("tile {tile}: {length} bytes, expected at most {MOST}"));
                }
                ValueRef::Blob(bytes) if known.insert(xxhash_rust::xxh3::xxh3_128(bytes)) => {
                    self.tile(tile, Lying { bytes: bytes.to_vec(), packing: Packing::seen(bytes) })?;
                }
                ValueRef::Blob(_) => {}
                _ => self.found.fault(format!("tile {tile}: it is no bytes")),
            }
        }
        self.done()
    }

    /// Tells which addresses several rows have, of which one is found: in their order, in which those that are the same stand together.
    fn twice(&mut self, bounded: &Bounded) -> Result<()> {
        let query = "SELECT zoom_level, tile_column, tile_row FROM tiles ORDER BY zoom_level, tile_column, tile_row";
        let mut statement = bounded.database.prepare(query).map_err(damaged)?;
        bounded.again();
        let mut rows = statement.query([]).map_err(damaged)?;
        let mut before = None;
        while let Some(row) = rows.next().map_err(damaged)? {
            bounded.again();
            self.goes_on()?;
            let tile = address(row)?.ok();
            if let Some(tile) = tile.filter(|_| tile == before) {
                self.found.fault(format!("tile {tile}: it comes again"));
            }
            before = tile;
        }
        Ok(())
    }
}

/// The tile of a row, which is counted from the south; or what is wrong with its numbers.
fn address(row: &Row<'_>) -> Result<Result<TileId, String>> {
    let value = |at: usize| row.get_ref(at).map_err(damaged);
    let all = [value(0)?, value(1)?, value(2)?];
    let place = || {
        let [z, x, south] = all.map(told);
        format!("zoom {z}, column {x}, row {south}")
    };
    let [ValueRef::Integer(z), ValueRef::Integer(x), ValueRef::Integer(south)] = all else {
        return Ok(Err(format!("tiles: {}, expected integers, by which they are found", place())));
    };
    let tile = || {
        let side = 1i64 << u32::try_from(z).ok().filter(|z| *z <= 22)?;
        let row = (0..side).contains(&south).then_some(side - 1 - south)?;
        TileId::new(z.try_into().ok()?, x.try_into().ok()?, row.try_into().ok()?).ok()
    };
    Ok(tile().ok_or_else(|| format!("tiles: there is none at {}", place())))
}

fn told(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "none".into(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => format!("{:?}", String::from_utf8_lossy(&text[..text.len().min(TOLD)])),
        ValueRef::Blob(_) => "bytes".into(),
    }
}
