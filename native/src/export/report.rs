//! What became of an export, zoom by zoom.

use duotile_core::archive::{self, Bounds};
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
    /// What it has.
    #[serde(with = "numbers")]
    pub has: archive::Zoom,
    /// For each layer at this zoom its name, and what bounds it where that is less than its query says.
    pub bounded: Vec<(String, Logged)>,
    /// For each of its layers its name, and how many rows of it are left out.
    pub omitted: Vec<(String, u64)>,
}

/// What bounds a layer, as the log has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u32, u8, Option<u8>, i8)", into = "(u32, u8, Option<u8>, i8)")]
pub struct Logged(pub Bounds);

impl From<(u32, u8, Option<u8>, i8)> for Logged {
    fn from((limit, cell, res, detail): (u32, u8, Option<u8>, i8)) -> Self {
        Self(Bounds { limit, cell, res, detail })
    }
}

impl From<Logged> for (u32, u8, Option<u8>, i8) {
    fn from(Logged(Bounds { limit, cell, res, detail }): Logged) -> Self {
        (limit, cell, res, detail)
    }
}

/// A zoom as the log has it.
mod numbers {
    use duotile_core::archive::Zoom;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    type Numbers = (u8, [u64; 7], bool, bool);

    pub fn serialize<S: Serializer>(zoom: &Zoom, to: S) -> Result<S::Ok, S::Error> {
        let &Zoom { z, tiles, features, rows, omitted, bytes, largest, beyond, cells, reduced } = zoom;
        (z, [tiles, features, rows, omitted, bytes, largest, beyond], cells, reduced).serialize(to)
    }

    pub fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Zoom, D::Error> {
        let (z, [tiles, features, rows, omitted, bytes, largest, beyond], cells, reduced) = Numbers::deserialize(from)?;
        Ok(Zoom { z, tiles, features, rows, omitted, bytes, largest, beyond, cells, reduced })
    }
}

impl Report {
    /// What the last zoom has, where the first that has all was to be it.
    #[must_use]
    pub fn last_zoom(&self) -> String {
        let last = self.zooms.last().map_or(0, |zoom| zoom.has.z);
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
    /// One of some layers, of which nothing is written.
    #[must_use]
    pub fn of<'l>(z: u8, layers: impl Iterator<Item = &'l str>) -> Self {
        let omitted = layers.map(|name| (name.to_owned(), 0)).collect();
        Self { has: archive::Zoom { z, ..archive::Zoom::default() }, bounded: Vec::new(), omitted }
    }
}

impl fmt::Display for Zoom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = self.has;
        let what = if has.cells { "cells" } else { "rows" };
        let kilobytes = |bytes: f64| bytes / 1e3;
        write!(
            f,
            "{:>3} {:>10} {:>12} {what:<5} {:>12} {:>10} {:>10.1} {:>9.1}",
            has.z,
            has.tiles,
            has.features,
            has.rows,
            has.omitted,
            kilobytes(has.bytes as f64),
            kilobytes(has.largest as f64)
        )?;
        for (layer, Logged(bounds)) in &self.bounded {
            let (what, cells) = bounds.res.map_or(("cell", bounds.cell), |res| ("res", res));
            write!(f, "  {layer}: limit {}, {what} {cells}", bounds.limit)?;
            if bounds.detail != 0 {
                write!(f, ", detail {}", bounds.detail)?;
            }
        }
        // Of one layer alone the column says it.
        for (layer, omitted) in self.omitted.iter().filter(|(_, omitted)| self.omitted.len() > 1 && *omitted > 0) {
            write!(f, "  {layer}: {omitted} left out")?;
        }
        if has.beyond > 0 {
            write!(f, "  {} beyond the budget", has.beyond)?;
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
