//! The files of a folder: each a tile that there is, and nothing else.

use super::Look;
use crate::source::archive::folder::{Folder, METADATA, lying, number};
use anyhow::{Context as _, Result};
use duotile_core::TileId;
use std::{
    collections::HashSet,
    fs::DirEntry,
    path::{Path, PathBuf},
};

impl Look<'_> {
    /// Goes through all files.
    ///
    /// # Errors
    /// When a folder cannot be read, or it was told to end.
    pub(super) fn files(&mut self, reader: &Folder) -> Result<()> {
        self.progress.stage("looking at tiles", None);
        let mut known = HashSet::new();
        for zoom in names(reader.path())? {
            let Some(z) = numbered(&zoom, 23) else {
                if zoom.file_name() != METADATA {
                    self.odd(&zoom.path());
                }
                continue;
            };
            for column in names(&zoom.path())? {
                self.goes_on()?;
                let Some(x) = numbered(&column, 1 << z) else {
                    self.odd(&column.path());
                    continue;
                };
                let mut before = None;
                for file in names(&column.path())? {
                    let tile = self.file((z as u8, x), &file.path(), &mut known)?;
                    // Of two endings one is read; by their names they stand together.
                    if let Some(tile) = tile.filter(|_| tile == before) {
                        self.found.fault(format!("tile {tile}: it comes again, as {}", file.path().display()));
                    }
                    before = tile;
                }
            }
        }
        self.done()
    }

    fn file(&mut self, (z, x): (u8, u32), path: &Path, known: &mut HashSet<u128>) -> Result<Option<TileId>> {
        let Some(tile) = Folder::named(z, x, path).filter(|_| path.is_file()) else {
            self.odd(path);
            return Ok(None);
        };
        self.found.tiles += 1;
        self.at(z);
        let [first, last] = self.archive.facts.zooms;
        if !(first..=last).contains(&z) {
            self.found.fault(format!("tile {tile}: zoom {z}, expected {first} to {last}, as the metadata have them"));
        }
        match lying(path) {
            Ok(Some(lying)) if known.insert(xxhash_rust::xxh3::xxh3_128(&lying.bytes)) => self.tile(tile, lying)?,
            Ok(_) => {}
            Err(error) => self.found.fault(format!("tile {tile}: {error:#}")),
        }
        Ok(Some(tile))
    }

    fn odd(&mut self, path: &Path) {
        self.found.fault(format!("{}: expected zoom/column/row.mvt or .pbf, and {METADATA}", path.display()));
    }
}

/// The number that a folder has for its name, if it is less.
fn numbered(entry: &DirEntry, end: u32) -> Option<u32> {
    let is_folder = entry.path().is_dir();
    number(entry.file_name().to_str()?).filter(|number| is_folder && *number < end)
}

/// What is in a folder, in the order of its names.
fn names(path: &Path) -> Result<Vec<DirEntry>> {
    let shown = || path.display().to_string();
    let mut all: Vec<DirEntry> = path.read_dir().with_context(shown)?.collect::<Result<_, _>>().with_context(shown)?;
    all.sort_by_key(|entry| PathBuf::from(entry.file_name()));
    Ok(all)
}
