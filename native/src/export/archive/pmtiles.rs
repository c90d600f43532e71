//! A PMTiles archive, written from the front to the back: tiles in order behind the room for a root, then metadata and leaves;
//! root and header at the end, when all is known.
//!
//! Source: the PMTiles specification, version 3.

use super::{Kind, Place, Run, Runs, Summary, are};
use crate::{
    pmtiles::{FRONT, HEADER, Header, directory},
    source::bytes::read_at,
};
use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};
use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// An archive that is being written.
pub struct PmTiles {
    file: BufWriter<File>,
    /// Bytes of tiles.
    written: u64,
}

impl PmTiles {
    pub fn open(part: &Path, anew: bool) -> Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(anew).open(part)?;
        let mut archive = Self { file: BufWriter::with_capacity(1 << 20, file), written: 0 };
        if anew {
            archive.back(0)?;
        }
        Ok(archive)
    }

    pub fn holds(&self, mut written: u64, runs: &[(Run, u128)]) -> Result<bool> {
        let file = self.file.get_ref();
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        for &(Run { place, .. }, hash) in runs {
            let end = Kind::PmTiles.end(place);
            if end <= written {
                continue;
            }
            if FRONT + end > length {
                return Ok(false);
            }
            bytes.resize(place.length as usize, 0);
            read_at(file, &mut bytes, FRONT + place.offset)?;
            if !are(&bytes, hash) {
                return Ok(false);
            }
            written = end;
        }
        Ok(true)
    }

    pub fn back(&mut self, written: u64) -> Result<()> {
        self.file.flush()?;
        self.file.get_ref().set_len(FRONT + written)?;
        self.file.seek(SeekFrom::Start(FRONT + written))?;
        self.written = written;
        Ok(())
    }

    pub fn store(&mut self, bytes: &[u8]) -> Result<Place> {
        let length = u32::try_from(bytes.len()).context("a tile of more than 4 GB")?;
        self.file.write_all(bytes)?;
        let offset = self.written;
        self.written += bytes.len() as u64;
        Ok(Place { offset, length })
    }

    pub fn flush(&mut self) -> Result<()> {
        Ok(self.file.flush()?)
    }

    pub fn finish(mut self, runs: &Runs, summary: &Summary) -> Result<()> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(summary.metadata.to_string().as_bytes())?;
        let metadata = gzip.finish()?;
        let directories = directory::pack(runs.entries(), FRONT as usize - HEADER)?;
        self.file.write_all(&metadata)?;
        self.file.write_all(directories.leaves())?;
        self.file.seek(SeekFrom::Start(0))?;
        let Summary { zooms, bounds, center, .. } = *summary;
        let header = Header::of(runs, &directories, self.written, metadata.len() as u64);
        self.file.write_all(&Header { zooms, bounds, center, ..header }.bytes())?;
        self.file.write_all(directories.root())?;
        self.file.flush()?;
        Ok(self.file.get_ref().sync_all()?)
    }
}
