//! The tables of an `MBTiles` database: whole, and with tiles that there are.

use super::Look;
use crate::source::archive::{
    Lying, MOST, Packing,
    mbtiles::{BYTES, MbTiles, damaged},
};
use anyhow::Result;
use duotile_core::TileId;
use rusqlite::types::ValueRef;
use std::collections::HashSet;

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
        self.progress.stage("looking at tiles", None);
        let query = format!("SELECT zoom_level, tile_column, tile_row, {BYTES} FROM tiles");
        let mut statement = database.prepare(&query).map_err(damaged)?;
        let mut rows = statement.query([]).map_err(damaged)?;
        let mut known = HashSet::new();
        while let Some(row) = rows.next().map_err(damaged)? {
            bounded.again();
            self.goes_on()?;
            let number = |at: usize| row.get::<_, i64>(at).map_err(damaged);
            let (z, x, south) = (number(0)?, number(1)?, number(2)?);
            let Some(tile) = address(z, x, south) else {
                self.found.fault(format!("tiles: there is none at zoom {z}, column {x}, row {south}"));
                continue;
            };
            self.found.tiles += 1;
            let [first, last] = self.archive.facts.zooms;
            if !(first..=last).contains(&tile.z()) {
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
        self.tiles()
    }
}

/// The tile of a row, which is counted from the south.
fn address(z: i64, x: i64, south: i64) -> Option<TileId> {
    let side = 1i64 << u32::try_from(z).ok().filter(|z| *z <= 22)?;
    let row = (0..side).contains(&south).then_some(side - 1 - south)?;
    TileId::new(z.try_into().ok()?, x.try_into().ok()?, row.try_into().ok()?).ok()
}
