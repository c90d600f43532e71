//! A folder with a file for each tile, as it is, z/x/y.mvt; for hosts that know nothing of archives.

use super::{Place, Run, Summary, are};
use crate::disk;
use anyhow::{Context as _, Result};
use duotile_core::{TileId, Work, archive::hilbert};
use serde_json::json;
use std::path::{Path, PathBuf};

/// What writing a file costs, in looks at rows.
const FILE: usize = 1 << 10;

/// A folder that is being written.
pub struct Folder {
    folder: PathBuf,
    written: u64,
}

impl Folder {
    pub fn open(part: &Path, anew: bool) -> Result<Self> {
        if anew && part.exists() {
            std::fs::remove_dir_all(part)?;
        }
        std::fs::create_dir_all(part)?;
        Ok(Self { folder: part.to_owned(), written: 0 })
    }

    pub fn holds(&self, runs: &[(Run, u128)]) -> bool {
        let is_there = |tile: TileId, hash| std::fs::read(self.file(tile)).is_ok_and(|bytes| are(&bytes, hash));
        let mut tiles = runs.iter().flat_map(|&(run, hash)| {
            (run.id..run.id + run.count).filter_map(move |id| Some((hilbert::tile(id)?, hash)))
        });
        tiles.all(|(tile, hash)| is_there(tile, hash))
    }

    fn file(&self, tile: TileId) -> PathBuf {
        self.folder.join(format!("{}/{}/{}.mvt", tile.z(), tile.x(), tile.y()))
    }

    pub fn back(&mut self, written: u64, z: Option<u8>) -> Result<()> {
        let zoom = z.map(|z| self.folder.join(z.to_string()));
        if let Some(zoom) = zoom.filter(|zoom| zoom.exists()) {
            std::fs::remove_dir_all(zoom)?;
        }
        self.written = written;
        Ok(())
    }

    pub fn store(&mut self, bytes: &[u8]) -> Result<Place> {
        let place =
            Place { offset: self.written, length: u32::try_from(bytes.len()).context("a tile of more than 4 GB")? };
        self.written += 1;
        Ok(place)
    }

    pub fn add(&mut self, run: Run, bytes: &[u8], work: &Work<'_>) -> Result<()> {
        for tile in (run.id..run.id + run.count).filter_map(hilbert::tile) {
            work.pay(FILE)?;
            let file = self.file(tile);
            let column = file.parent().unwrap_or(&self.folder);
            let write = || std::fs::write(&file, bytes);
            // Most columns are there already.
            write()
                .or_else(|_| std::fs::create_dir_all(column).and_then(|()| write()))
                .with_context(|| file.display().to_string())?;
        }
        Ok(())
    }

    pub fn finish(self, summary: &Summary) -> Result<()> {
        let mut told = summary.metadata.clone();
        told["minzoom"] = json!(summary.zooms[0]);
        told["maxzoom"] = json!(summary.zooms[1]);
        told["bounds"] = json!(summary.bounds);
        told["center"] = json!(summary.center);
        std::fs::write(self.folder.join("metadata.json"), told.to_string())?;
        Ok(disk::synced(&self.folder)?)
    }
}
