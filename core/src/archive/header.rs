//! The first 127 bytes of a PMTiles file: where everything is, and what it is.
//!
//! Source: the PMTiles specification, version 3, section "Header".

use super::{directory::Directories, runs::Runs};
use alloc::vec::Vec;

/// Bytes of the header.
pub const HEADER: usize = 127;
/// Header and root lie in so many bytes, which a client fetches first.
pub const FRONT: u64 = 16_384;

/// gzip, as the header numbers what bytes are packed with.
pub const GZIP: u8 = 2;
/// Mapbox Vector Tiles, as it numbers what tiles are.
pub const MVT: u8 = 1;

/// A part of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub offset: u64,
    /// How many.
    pub length: u64,
}

impl Span {
    /// Where it ends; `None` beyond all numbers.
    #[must_use]
    pub const fn end(self) -> Option<u64> {
        self.offset.checked_add(self.length)
    }
}

/// What stands in a header.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Header {
    /// The first directory.
    pub root: Span,
    /// JSON.
    pub metadata: Span,
    /// All other directories.
    pub leaves: Span,
    /// The bytes of tiles.
    pub tiles: Span,
    /// How many tiles there are, how many entries name them, and how many different bytes these have; 0 where that is not known.
    pub counts: [u64; 3],
    /// Whether tiles lie in the order of their numbers.
    pub clustered: bool,
    /// What directories and metadata are packed with.
    pub inner: u8,
    /// What tiles are packed with.
    pub packing: u8,
    /// What tiles are.
    pub kind: u8,
    /// The first and the last zoom.
    pub zooms: [u8; 2],
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// The first view: longitude, latitude, zoom.
    pub center: (f64, f64, u8),
}

impl Header {
    /// That of a file of gzipped vector tiles as Duotile writes it: header and root, tiles, metadata, leaves. `tiles` and `metadata` are
    /// how many bytes these have.
    #[must_use]
    pub fn of(runs: &Runs, directories: &Directories, tiles: u64, metadata: u64) -> Self {
        let span = |offset, length| Span { offset, length };
        let [count, contents] = runs.counts();
        Self {
            root: span(HEADER as u64, directories.root().len() as u64),
            tiles: span(FRONT, tiles),
            metadata: span(FRONT + tiles, metadata),
            leaves: span(FRONT + tiles + metadata, directories.leaves().len() as u64),
            counts: [count, directories.count() as u64, contents],
            // Tiles lie in the order of their numbers.
            clustered: true,
            inner: GZIP,
            packing: GZIP,
            kind: MVT,
            zooms: [0; 2],
            bounds: [0.0; 4],
            center: (0.0, 0.0, 0),
        }
    }

    /// Its parts by their names.
    #[must_use]
    pub const fn spans(&self) -> [(&'static str, Span); 4] {
        [("root", self.root), ("metadata", self.metadata), ("leaves", self.leaves), ("tiles", self.tiles)]
    }

    /// As it stands in a file.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend(b"PMTiles\x03");
        for (_, Span { offset, length }) in self.spans() {
            bytes.extend(offset.to_le_bytes());
            bytes.extend(length.to_le_bytes());
        }
        self.counts.iter().for_each(|count| bytes.extend(count.to_le_bytes()));
        bytes.extend([u8::from(self.clustered), self.inner, self.packing, self.kind, self.zooms[0], self.zooms[1]]);
        let e7 = |degrees: f64| (libm::round(degrees * 1e7) as i32).to_le_bytes();
        self.bounds.iter().for_each(|&degrees| bytes.extend(e7(degrees)));
        bytes.push(self.center.2);
        [self.center.0, self.center.1].iter().for_each(|&degrees| bytes.extend(e7(degrees)));
        bytes
    }
}
