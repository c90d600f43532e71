//! Values on disk between reading and writing: plain little-endian files, written whole and read in ranges.

use anyhow::{Context as _, Result};
use bytemuck::Pod;
use std::{
    fs::File,
    io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _},
    ops::Range,
    path::Path,
};

/// Writes all values of a file.
///
/// # Errors
/// When the disk is full, or the file cannot be written for another reason.
pub(super) fn write<T: Pod>(path: &Path, values: &[T]) -> Result<()> {
    let written = File::create(path).and_then(|mut file| file.write_all(bytemuck::cast_slice(values)));
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// Reads some values of a file.
///
/// # Errors
/// When it has fewer, or cannot be read.
pub(super) fn read<T: Pod>(path: &Path, range: Range<usize>) -> Result<Vec<T>> {
    let mut values = vec![T::zeroed(); range.len()];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::Start((range.start * size_of::<T>()) as u64))?;
        file.read_exact(bytemuck::cast_slice_mut(&mut values))
    });
    read.with_context(|| format!("cannot read {}", path.display()))?;
    Ok(values)
}

/// A file that is written piece by piece.
pub(super) struct Spill<'p> {
    path: &'p Path,
    out: BufWriter<File>,
}

impl<'p> Spill<'p> {
    /// An empty file.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(path: &'p Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path, out: BufWriter::with_capacity(1 << 20, file) })
    }

    /// Adds values.
    ///
    /// # Errors
    /// When the disk is full, or the file cannot be written for another reason.
    pub fn put<T: Pod>(&mut self, values: &[T]) -> Result<()> {
        let written = self.out.write_all(bytemuck::cast_slice(values));
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(mut self) -> Result<()> {
        self.out.flush().with_context(|| format!("cannot write {}", self.path.display()))
    }
}
