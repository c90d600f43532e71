//! What became of an export, zoom by zoom.

use duotile_core::archive::Bounds;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Metres around the world.
const EQUATOR: f64 = 40_075_016.686;

/// What an archive has.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Its zooms, from the first.
    pub zooms: Vec<Zoom>,
    /// Tiles of other bytes than any before.
    pub distinct: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// The zoom that is the last because it has all that there is, where that was asked for.
    pub overzoom: Option<u8>,
}

/// What a zoom has.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Zoom {
    /// Which it is.
    pub z: u8,
    /// Tiles that are not empty.
    pub tiles: u64,
    /// Features in them.
    pub features: u64,
    /// Rows that are features or counted in one.
    pub rows: u64,
    /// Rows that are not.
    pub omitted: u64,
    /// Bytes of all tiles, packed.
    pub bytes: u64,
    /// Of the largest.
    pub largest: usize,
    /// Tiles beyond the budget, of which nothing less can be shown.
    pub beyond: u64,
    /// Whether some features are cells.
    pub cells: bool,
    /// For each layer at this zoom its name, and what bounds it where that is less than its query says.
    pub bounded: Vec<(String, Logged)>,
}

/// What bounds a layer, as the log has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u8, Option<u8>)", into = "(u32, u8, Option<u8>)")]
pub struct Logged(pub Bounds);

impl From<(u32, u8, Option<u8>)> for Logged {
    fn from((limit, cell, res): (u32, u8, Option<u8>)) -> Self {
        Self(Bounds { limit, cell, res })
    }
}

impl From<Logged> for (u32, u8, Option<u8>) {
    fn from(Logged(Bounds { limit, cell, res }): Logged) -> Self {
        (limit, cell, res)
    }
}

impl Report {
    /// What the last zoom has, where the first that has all was to be it.
    #[must_use]
    pub fn last_zoom(&self) -> String {
        let last = self.zooms.last().map_or(0, |zoom| zoom.z);
        if self.overzoom.is_none() {
            return format!("even at zoom {last} something is left out or simplified");
        }
        let unit = EQUATOR / f64::from(1u32 << last) / 4096.0;
        format!(
            "zoom {last} has every row, with nothing simplified: deeper ones are drawn from it, with positions to {unit:.1} m"
        )
    }
}

impl Zoom {
    /// Whether all rows are features of their own.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.tiles > 0 && !self.cells && self.omitted == 0
    }
}

impl fmt::Display for Zoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.cells { "cells" } else { "rows" };
        let kilobytes = |bytes: f64| bytes / 1e3;
        write!(
            f,
            "{:>3} {:>10} {:>12} {what:<5} {:>12} {:>10} {:>10.1} {:>9.1}",
            self.z,
            self.tiles,
            self.features,
            self.rows,
            self.omitted,
            kilobytes(self.bytes as f64),
            kilobytes(self.largest as f64)
        )?;
        for (layer, Logged(bounds)) in &self.bounded {
            let (what, cells) = bounds.res.map_or(("cell", bounds.cell), |res| ("res", res));
            write!(f, "  {layer}: limit {}, {what} {cells}", bounds.limit)?;
        }
        if self.beyond > 0 {
            write!(f, "  {} beyond the budget", self.beyond)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  z      tiles     features            rows in   left out         kB   largest")?;
        self.zooms.iter().try_for_each(|zoom| writeln!(f, "{zoom}"))
    }
}
