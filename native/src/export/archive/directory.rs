//! Directories of a PMTiles archive: which bytes are which tiles.
//!
//! Source: the PMTiles specification, version 3, section "Directories".

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use std::io::Write as _;

/// A tile, or several in a row that are the same; or a leaf, where `run` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the first tile.
    pub id: u64,
    /// Where its bytes begin, counted from the first of all tiles (or leaves).
    pub offset: u64,
    /// How many bytes.
    pub length: u32,
    /// How many tiles; 0 for a leaf.
    pub run: u32,
}

/// Entries of the smallest leaves.
const LEAF: usize = 4096;

/// Directories as they are written: the root, and all leaves one after the other.
pub struct Directories {
    /// The root.
    pub root: Vec<u8>,
    /// The leaves.
    pub leaves: Vec<u8>,
}

/// Packs entries into a root of at most so many bytes, and leaves where they do not fit.
///
/// # Errors
/// Where memory is short.
pub fn pack(entries: &[Entry], most: usize) -> Result<Directories> {
    let root = write(entries)?;
    if root.len() <= most {
        return Ok(Directories { root, leaves: Vec::new() });
    }
    let mut size = LEAF.max(entries.len() / LEAF);
    loop {
        let (mut leaves, mut roots) = (Vec::new(), Vec::new());
        for leaf in entries.chunks(size) {
            let packed = write(leaf)?;
            roots.push(Entry { id: leaf[0].id, offset: leaves.len() as u64, length: packed.len() as u32, run: 0 });
            leaves.extend(packed);
        }
        let root = write(&roots)?;
        if root.len() <= most {
            return Ok(Directories { root, leaves });
        }
        size += size / 2;
    }
}

/// Entries column by column: differences of numbers, runs, lengths, offsets (0 where one follows the one before).
fn write(entries: &[Entry]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let mut varint = |mut value: u64| {
        let (mut bytes, mut count) = ([0u8; 10], 0);
        loop {
            bytes[count] = value as u8 & 0x7f | if value > 0x7f { 0x80 } else { 0 };
            (value, count) = (value >> 7, count + 1);
            if value == 0 {
                return gzip.write_all(&bytes[..count]);
            }
        }
    };
    varint(entries.len() as u64)?;
    let mut before = 0;
    for entry in entries {
        varint(entry.id - std::mem::replace(&mut before, entry.id))?;
    }
    entries.iter().try_for_each(|entry| varint(entry.run.into()))?;
    entries.iter().try_for_each(|entry| varint(entry.length.into()))?;
    let mut next = None;
    for entry in entries {
        varint(if next == Some(entry.offset) { 0 } else { entry.offset + 1 })?;
        next = Some(entry.offset + u64::from(entry.length));
    }
    Ok(gzip.finish()?)
}
