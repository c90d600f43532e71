//! Reads a PMTiles file: the header and the root when it is opened, leaves when a tile may be in them.

use super::{Facts, Lying, MOST, Packing};
use crate::{
    pmtiles::{Entry, HEADER, Header, Span, directory, header, hilbert},
    source::{bytes::read_at, remote::Ranged},
};
use anyhow::{Context as _, Result, bail, ensure};
use duotile_core::{TileId, archive::header::MVT};
use quick_cache::{Weighter, sync::Cache};
use serde_json::Value;
use std::{fs::File, sync::Arc};

/// Bytes that are read at once when it is opened: the header and the root are in them.
const FRONT: u64 = 1 << 14;
/// Leaves within leaves; the specification has one level of them.
const DEEP: usize = 4;
/// Bytes of leaves that are kept.
const KEPT: u64 = 32 << 20;
/// Bytes that metadata may have unpacked.
const METADATA: u64 = 16 << 20;

/// Where the bytes of a file are.
#[derive(Debug)]
pub enum Place {
    /// On a disk.
    Here(File),
    /// At a server, which is asked for parts of it.
    Elsewhere(Box<Ranged>),
}

impl Place {
    fn read(&self, bytes: &mut [u8], at: u64) -> Result<()> {
        match self {
            Self::Here(file) => Ok(read_at(file, bytes, at)?),
            Self::Elsewhere(ranged) => ranged.read(bytes, at),
        }
    }
}

/// A file that is open.
#[derive(Debug)]
pub struct PmTiles {
    place: Place,
    /// The first bytes, in which most is that is read when it is opened.
    front: Vec<u8>,
    header: Header,
    inner: Packing,
    /// `None` where each tile is to be looked at.
    packing: Option<Packing>,
    root: Arc<[Entry]>,
    leaves: Cache<u64, Arc<[Entry]>, BySize>,
}

/// Weighs a directory.
#[derive(Clone, Copy, Debug)]
struct BySize;

impl Weighter<u64, Arc<[Entry]>> for BySize {
    fn weight(&self, _: &u64, entries: &Arc<[Entry]>) -> u64 {
        (size_of_val(&**entries) + 100) as u64
    }
}

impl PmTiles {
    /// Opens a file of so many bytes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(place: Place, size: u64) -> Result<(Self, Facts)> {
        let mut front = vec![0; size.min(FRONT) as usize];
        place.read(&mut front, 0).context("cannot be read")?;
        let header = header::read(&front[..front.len().min(HEADER)], size)?;
        let inner = Packing::numbered(header.inner, "directories")?;
        let inner = inner.context("it does not say what its directories are packed with")?;
        let packing = Packing::numbered(header.packing, "tiles")?;
        let mut archive = Self {
            place,
            front,
            header,
            inner,
            packing,
            root: Arc::default(),
            leaves: Cache::with_weighter(1000, KEPT, BySize),
        };
        archive.root = archive.directory(header.root).context("its root")?;
        let metadata = archive.metadata().context("its metadata")?;
        archive.front = Vec::new();
        let facts = Facts {
            kind: kind(header.kind).into(),
            zooms: header.zooms,
            bounds: header.bounds,
            center: header.center,
            tiles: Some(header.counts[0]).filter(|count| *count > 0),
            ..Facts::of(metadata)?
        };
        Ok((archive, facts.sound()))
    }

    /// Whether what lies elsewhere is still what was opened.
    ///
    /// # Errors
    /// When it was seen to be another.
    pub fn check(&self) -> Result<()> {
        match &self.place {
            Place::Here(_) => Ok(()),
            Place::Elsewhere(ranged) => ranged.check(),
        }
    }

    /// What the file begins with.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The first directory.
    pub fn root(&self) -> &[Entry] {
        &self.root
    }

    fn metadata(&self) -> Result<Value> {
        if self.header.metadata.length == 0 {
            return Ok(Value::Null);
        }
        let packed = self.part(self.header.metadata, METADATA)?;
        let text = self.inner.unpack_within(&packed, METADATA)?;
        serde_json::from_slice(&text).context("expected JSON")
    }

    /// A part of the file.
    fn part(&self, Span { offset, length }: Span, most: u64) -> Result<Vec<u8>> {
        ensure!(length <= most, "{length} bytes, expected at most {most}");
        let known = usize::try_from(offset).ok().and_then(|at| self.front.get(at..at.checked_add(length as usize)?));
        if let Some(bytes) = known {
            return Ok(bytes.to_vec());
        }
        let mut bytes = vec![0; length as usize];
        let read = self.place.read(&mut bytes, offset);
        read.with_context(|| format!("{length} bytes from {offset} on cannot be read"))?;
        Ok(bytes)
    }

    fn directory(&self, span: Span) -> Result<Arc<[Entry]>> {
        let packed = self.part(span, directory::MOST_BYTES)?;
        Ok(directory::read(&self.inner.unpack_within(&packed, directory::MOST_BYTES)?)?.into())
    }

    /// A leaf that an entry names.
    ///
    /// # Errors
    /// When it does not lie in the file, or is damaged.
    pub fn leaf(&self, entry: Entry) -> Result<Arc<[Entry]>> {
        let span = within(self.header.leaves, entry).context("its leaf")?;
        self.leaves.get_or_insert_with(&span.offset, || self.directory(span)).context("its leaf")
    }

    /// The bytes that an entry of tiles names.
    ///
    /// # Errors
    /// When they do not lie in the file.
    pub fn lying(&self, entry: Entry) -> Result<Lying> {
        let bytes = self.part(within(self.header.tiles, entry)?, MOST)?;
        let packing = self.packing.unwrap_or_else(|| Packing::seen(&bytes));
        Ok(Lying { bytes, packing })
    }

    /// The bytes of a tile.
    ///
    /// # Errors
    /// When the file is damaged there.
    pub fn tile(&self, tile: TileId) -> Result<Option<Lying>> {
        let id = hilbert::id(tile);
        let mut entries = self.root.clone();
        for _ in 0..DEEP {
            let Some(entry) = directory::find(&entries, id) else { return Ok(None) };
            if entry.run > 0 {
                return self.lying(entry).map(Some);
            }
            entries = self.leaf(entry)?;
        }
        bail!("its directories lie in one another {DEEP} times, expected a root and leaves")
    }
}

/// What an entry names, which must lie in a part of the file.
fn within(all: Span, entry: Entry) -> Result<Span> {
    let length = u64::from(entry.length);
    let inside = entry.offset.checked_add(length).is_some_and(|end| end <= all.length);
    ensure!(inside, "{length} bytes from {} on, where there are {}", entry.offset, all.length);
    // All of it lies in the file, as the header was read.
    Ok(Span { offset: all.offset + entry.offset, length })
}

/// What tiles are, as `MBTiles` has names for it.
const fn kind(number: u8) -> &'static str {
    match number {
        MVT => "pbf",
        2 => "PNG pictures",
        3 => "JPEG pictures",
        4 => "WebP pictures",
        5 => "AVIF pictures",
        6 => "MapLibre tiles (MLT)",
        _ => "of a kind that it does not tell",
    }
}
