//! Archives of finished tiles as sources: a tile is sent as it lies in the file.
//!
//! A file enters, tiles by their addresses leave, and [`Facts`]: what it says of itself. Whatever it says is a claim: all that is read
//! of it is bounded, and what cannot be is an error.

mod facts;
mod folder;
mod low;
mod mbtiles;
mod packing;
mod pmtiles;
#[cfg(test)]
mod tests;
mod told;
mod verify;

pub use facts::Facts;
pub use low::Low;
pub use packing::Packing;
pub use verify::{Found, verify};

use crate::source::{
    remote::{Link, Ranged},
    sqlite,
};
use anyhow::{Context as _, Result, bail, ensure};
use duotile_core::TileId;
use folder::Folder;
use mbtiles::MbTiles;
use pmtiles::{Place, PmTiles};
use std::{
    fs::File,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// Bytes that a tile may have in an archive.
const MOST: u64 = 32 << 20;
/// Bytes that it may have when it is unpacked.
const MOST_UNPACKED: u64 = 128 << 20;

/// An archive that is open.
#[derive(Debug)]
pub struct Archive {
    name: String,
    path: PathBuf,
    version: String,
    facts: Facts,
    reader: Reader,
    /// The file, unless it lies elsewhere, and how it stood when it was opened.
    file: Option<File>,
    stood: Stood,
}

/// Who reads it.
#[derive(Debug)]
enum Reader {
    PmTiles(Box<PmTiles>),
    MbTiles(MbTiles),
    Folder(Folder),
}

/// How a file stands: its bytes, and when it changed; the same of what a writer has beside it.
type Stood = (u64, Option<SystemTime>, Option<(u64, SystemTime)>);

/// A tile as it lies in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lying {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they are packed with.
    pub packing: Packing,
}

impl Archive {
    /// Whether a path is that of an archive: by its name, and a folder by what is in it.
    #[must_use]
    pub fn is_one(path: &Path) -> bool {
        Self::is_named(path) || Folder::is_one(path)
    }

    fn is_named(path: &Path) -> bool {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        ["pmtiles", "mbtiles"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    }

    /// Opens an archive of vector tiles.
    ///
    /// # Errors
    /// What is wrong with it, or what it has that is not served.
    pub fn open(name: &str, path: &Path) -> Result<Self> {
        let is_folder = path.is_dir();
        let file = File::open(Self::file_of(path)).context("cannot be opened")?;
        let stood = stood(&file, path)?;
        let database = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mbtiles"));
        let (reader, facts) = if is_folder {
            let (reader, facts) = Folder::open(path, &file, stood.0)?;
            (Reader::Folder(reader), facts)
        } else if database {
            let (reader, facts) = MbTiles::open(path)?;
            (Reader::MbTiles(reader), facts)
        } else {
            let (reader, facts) = PmTiles::open(Place::Here(file.try_clone()?), stood.0)?;
            (Reader::PmTiles(Box::new(reader)), facts)
        };
        let changed = stood.1.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok()).unwrap_or_default();
        let log = stood.2.map(|(size, _)| format!(" {size}")).unwrap_or_default();
        let seen = format!("{} {}{log}", stood.0, changed.as_nanos());
        Self { name: name.into(), path: path.to_owned(), version: seen, facts, reader, file: Some(file), stood }.sound()
    }

    /// Opens one that lies elsewhere, of which parts are asked for.
    ///
    /// # Errors
    /// As [`Archive::open`]; and when its server does not answer, or knows no parts.
    pub fn elsewhere(name: &str, link: &Link) -> Result<Self> {
        let ranged = Ranged::open(link, name)?;
        let (size, seen) = (ranged.size(), format!("{link} {}", ranged.version()));
        let (reader, facts) = PmTiles::open(Place::Elsewhere(Box::new(ranged)), size)?;
        let (path, reader) = (link.to_string().into(), Reader::PmTiles(Box::new(reader)));
        Self { name: name.into(), path, version: seen, facts, reader, file: None, stood: (size, None, None) }.sound()
    }

    /// Whether its tiles have to come from elsewhere.
    #[must_use]
    pub const fn is_elsewhere(&self) -> bool {
        self.file.is_none()
    }

    /// The same, if it is of vector tiles, with a version of all that is seen of it.
    fn sound(mut self) -> Result<Self> {
        let facts = &self.facts;
        ensure!(
            facts.kind == "pbf",
            "its tiles are {}, and only archives of vector tiles (MVT) are served; a file of pictures may be the base map (--basemap)",
            facts.kind
        );
        let seen = format!("{} {}", self.version, facts.text());
        self.version = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(seen.as_bytes()));
        Ok(self)
    }

    /// The same with what the operator calls it, and whom the operator names on the map.
    #[must_use]
    pub fn called(mut self, title: Option<String>, attribution: Option<String>) -> Self {
        if title.is_some() || attribution.is_some() {
            let both = format!("{} {title:?} {attribution:?}", self.version);
            self.version = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(both.as_bytes()));
        }
        self.facts.title = title.or(self.facts.title);
        self.facts.attribution = attribution.or(self.facts.attribution);
        self
    }

    /// Its name in addresses.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes whenever its file does; hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What it says of itself.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Bytes of the file; `None` of a folder, which has many.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        if let Reader::Folder(_) = self.reader { None } else { Some(self.stood.0) }
    }

    /// The file by which an archive at a path is known to be the same: that of the metadata in a folder.
    #[must_use]
    pub fn file_of(path: &Path) -> PathBuf {
        if path.is_dir() { path.join(folder::METADATA) } else { path.to_owned() }
    }

    /// Whether the file is still as it was opened. One that was moved into its place is another, which is read when it is looked for.
    ///
    /// # Errors
    /// When it was written over.
    pub fn check(&self) -> Result<()> {
        if let Reader::PmTiles(reader) = &self.reader {
            reader.check()?;
        }
        let Some(file) = &self.file else { return Ok(()) };
        ensure!(stood(file, &self.path)? == self.stood, "its file was written over after it was opened");
        Ok(())
    }

    /// The bytes of a tile; `None` where it has none.
    ///
    /// # Errors
    /// When the archive is damaged there.
    pub fn tile(&self, tile: TileId) -> Result<Option<Lying>> {
        let found = match &self.reader {
            Reader::PmTiles(reader) => reader.tile(tile),
            Reader::MbTiles(reader) => reader.tile(tile),
            Reader::Folder(reader) => reader.tile(tile),
        };
        found.with_context(|| format!("{}: tile {tile}", self.path.display()))
    }
}

/// What tiles are, by what `MBTiles` call it.
fn kind(format: &str) -> String {
    if matches!(format, "mvt" | "pbf") { "pbf".into() } else { format!("{format} pictures") }
}

fn stood(file: &File, path: &Path) -> Result<Stood> {
    let about = file.metadata().context("cannot be looked at")?;
    if !about.is_file() {
        bail!("is no file");
    }
    let log = sqlite::beside(path).and_then(|log| log.metadata().ok());
    Ok((about.len(), about.modified().ok(), log.and_then(|log| Some((log.len(), log.modified().ok()?)))))
}
