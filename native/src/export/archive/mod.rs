//! Archives of tiles, written tile by tile in the order of their numbers.

mod folder;
mod mbtiles;
mod pmtiles;

use folder::Folder;
use mbtiles::MbTiles;
use pmtiles::PmTiles;

use anyhow::{Context as _, Result, bail};
use duotile_core::{
    Work,
    archive::{Place, Run, Runs},
};
use serde_json::Value;
use std::path::Path;

/// Kinds of archives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One file that is read by ranges.
    PmTiles,
    /// A database of `SQLite`.
    MbTiles,
    /// A file for each tile.
    Folder,
}

impl Kind {
    /// By the ending of a name; one that ends in a slash is a folder.
    ///
    /// # Errors
    /// For another ending, with those that there are.
    pub fn of(path: &Path) -> Result<Self> {
        let is_folder = path.as_os_str().to_string_lossy().ends_with(['/', '\\']);
        match path.extension().and_then(|ending| ending.to_str()) {
            _ if is_folder => Ok(Self::Folder),
            Some("pmtiles") => Ok(Self::PmTiles),
            Some("mbtiles") => Ok(Self::MbTiles),
            _ => bail!(
                "{}: what kind of archive is that? Expected a name that ends in .pmtiles or .mbtiles, or a folder with a / at its end",
                path.display()
            ),
        }
    }

    /// Whether tiles lie in it as gzip packed them.
    #[must_use]
    pub const fn is_packed(self) -> bool {
        !matches!(self, Self::Folder)
    }

    /// Bytes of tiles, or different ones, up to the end of a place.
    #[must_use]
    pub const fn end(self, place: Place) -> u64 {
        match self {
            Self::PmTiles => place.offset + place.length as u64,
            Self::MbTiles | Self::Folder => place.offset + 1,
        }
    }
}

/// What is known of an archive at its end.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The first and the last zoom that has tiles.
    pub zooms: [u8; 2],
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// The first view: longitude, latitude, zoom.
    pub center: (f64, f64, u8),
    /// What is told of its layers, as TileJSON has it.
    pub metadata: Value,
}

/// Whether bytes are those of a hash.
fn are(bytes: &[u8], hash: u128) -> bool {
    xxhash_rust::xxh3::xxh3_128(bytes) == hash
}

/// An archive that is being written.
pub enum Archive {
    /// One file that is read by ranges.
    PmTiles(PmTiles),
    /// A database.
    MbTiles(MbTiles),
    /// A folder.
    Folder(Folder),
}

impl Archive {
    /// Begins one anew, or opens what is there of one.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn open(kind: Kind, part: &Path, anew: bool) -> Result<Self> {
        let opened = match kind {
            Kind::PmTiles => PmTiles::open(part, anew).map(Self::PmTiles),
            Kind::MbTiles => MbTiles::open(part, anew).map(Self::MbTiles),
            Kind::Folder => Folder::open(part, anew).map(Self::Folder),
        };
        opened.with_context(|| part.display().to_string())
    }

    /// Whether tiles are there with the bytes that they should have: those that lie behind so many bytes (or different tiles) were not
    /// looked at before.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn holds(&self, written: u64, runs: &[(Run, u128)]) -> Result<bool> {
        match self {
            Self::PmTiles(archive) => archive.holds(written, runs),
            Self::MbTiles(archive) => archive.holds(written, runs),
            Self::Folder(archive) => Ok(archive.holds(runs)),
        }
    }

    /// Adds bytes that no tile had before, and says where they are.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn store(&mut self, bytes: &[u8]) -> Result<Place> {
        match self {
            Self::PmTiles(archive) => archive.store(bytes),
            Self::MbTiles(archive) => archive.store(bytes),
            Self::Folder(archive) => archive.store(bytes),
        }
    }

    /// Adds tiles behind all that have lower numbers.
    ///
    /// # Errors
    /// Where the disk does not take it; when it was told to end.
    pub fn add(&mut self, run: Run, bytes: &[u8], work: &Work<'_>) -> Result<()> {
        match self {
            Self::PmTiles(_) => Ok(()),
            Self::MbTiles(archive) => {
                archive.add(run);
                Ok(())
            }
            Self::Folder(archive) => archive.add(run, bytes, work),
        }
    }

    /// Takes back all bytes behind so many (or different tiles), and the tiles of a zoom, the last that there is.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn back(&mut self, written: u64, z: Option<u8>) -> Result<()> {
        match self {
            Self::PmTiles(archive) => archive.back(written),
            Self::MbTiles(archive) => archive.back(written, z),
            Self::Folder(archive) => archive.back(written, z),
        }
    }

    /// Hands all that was added to the system, so that it outlives this process.
    ///
    /// # Errors
    /// Where the disk does not take it; when it was told to end.
    pub fn flush(&mut self, work: &Work<'_>) -> Result<()> {
        match self {
            Self::PmTiles(archive) => archive.flush(),
            Self::MbTiles(archive) => archive.flush(work),
            Self::Folder(_) => Ok(()),
        }
    }

    /// Writes what is known at the end, and all of it through to the disk.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn finish(self, runs: &Runs, summary: &Summary) -> Result<()> {
        match self {
            Self::PmTiles(archive) => archive.finish(runs, summary),
            Self::MbTiles(archive) => archive.finish(summary),
            Self::Folder(archive) => archive.finish(summary),
        }
    }
}
