//! Buffers of a mapped file as the types they hold: nothing is copied and nothing is read.

use super::checksum::Stretch;
use crate::read::content::Content;
use anyhow::{Result, bail};
use bytemuck::Pod;
use polars_buffer::Buffer;
use std::{marker::PhantomData, ops::Range};

/// Part of a file as values. Keeps the file mapped.
struct View<T> {
    file: Content,
    range: Range<usize>,
    values: PhantomData<fn() -> T>,
}

impl<T: Pod> AsRef<[T]> for View<T> {
    fn as_ref(&self) -> &[T] {
        // Checked when it was made.
        let bytes = self.file.as_ref().get(self.range.clone()).unwrap_or_default();
        bytemuck::try_cast_slice(bytes).unwrap_or_default()
    }
}

/// A stretch as values.
///
/// # Errors
/// When it is not in the file, or no whole number of values.
pub(super) fn view<T: Pod>(file: &Content, stretch: &Stretch) -> Result<Buffer<T>> {
    let bytes = stretch.of(file.as_ref())?;
    if bytes.is_empty() {
        return Ok(Buffer::new());
    }
    if bytemuck::try_cast_slice::<u8, T>(bytes).is_err() {
        bail!("{} bytes at {} are no values of {} bytes each", stretch.bytes, stretch.at, size_of::<T>());
    }
    let start = stretch.at as usize;
    Ok(Buffer::from_owner(View { file: file.clone(), range: start..start + bytes.len(), values: PhantomData }))
}
