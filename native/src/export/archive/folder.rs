//! A folder with a file for each tile, as it is, z/x/y.mvt; for hosts that know nothing of archives.

use super::{Place, Run, Summary};
use crate::pmtiles::hilbert;
use anyhow::{Context as _, Result};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A folder that is being written.
pub struct Folder {
    folder: PathBuf,
    written: u64,
}

impl Folder {
    pub fn open(part: &Path, written: u64) -> Result<Self> {
        if written == 0 && part.exists() {
            std::fs::remove_dir_all(part)?;
        }
        std::fs::create_dir_all(part)?;
        Ok(Self { folder: part.to_owned(), written })
    }

    pub fn back(&mut self, written: u64, z: u8) -> Result<()> {
        let zoom = self.folder.join(z.to_string());
        if zoom.exists() {
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

    pub fn add(&mut self, run: Run, bytes: &[u8]) -> Result<()> {
        for tile in (run.id..run.id + run.count).filter_map(hilbert::tile) {
            let column = self.folder.join(tile.z().to_string()).join(tile.x().to_string());
            let file = column.join(format!("{}.mvt", tile.y()));
            let write = || std::fs::write(&file, bytes);
            // Most columns are there already.
            write()
                .or_else(|_| std::fs::create_dir_all(&column).and_then(|()| write()))
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
        Ok(())
    }
}
