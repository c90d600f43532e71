//! The bytes of a file: mapped into memory where they can be, decompressed where they must be.

use anyhow::{Context, Result};
use polars_utils::mmap::MMapSemaphore;
use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

/// Bytes that can be shared.
#[derive(Clone)]
pub(super) enum Content {
    /// A file, mapped.
    Mapped(Arc<Mapped>),
    /// In memory.
    Owned(Arc<Vec<u8>>),
    /// Part of the program.
    Static(&'static [u8]),
}

/// A mapped file.
pub(super) struct Mapped {
    map: MMapSemaphore,
    file: File,
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Mapped(mapped) => mapped.map.as_ref(),
            Self::Owned(bytes) => bytes,
            Self::Static(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.as_ref().len())
    }
}

impl Content {
    /// The bytes of a file as they are.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        let mut file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
        let facts = file.metadata().with_context(|| format!("cannot look at {shown}"))?;
        if facts.is_file() && facts.len() > 0 {
            let map = MMapSemaphore::new_from_file(&file).with_context(|| format!("cannot map {shown}"))?;
            return Ok(Self::Mapped(Arc::new(Mapped { map, file })));
        }
        // Pipes and the like.
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(|| format!("cannot read {shown}"))?;
        Ok(Self::Owned(Arc::new(bytes)))
    }

    /// Lets go of the parts of a mapped file that were looked at, which count as memory of this program: maps it anew.
    /// Does nothing where that fails.
    pub fn let_go(&mut self) {
        let Self::Mapped(mapped) = self else { return };
        let again =
            mapped.file.try_clone().ok().and_then(|file| Some((MMapSemaphore::new_from_file(&file).ok()?, file)));
        match again {
            // A file that is another length now would not fit what is known of it.
            Some((map, file)) if map.as_ref().len() == mapped.map.as_ref().len() => {
                *mapped = Arc::new(Mapped { map, file });
            }
            _ => {}
        }
    }

    /// The same bytes without gzip or zstd around them.
    ///
    /// # Errors
    /// When they are damaged or cut off.
    pub fn decompressed(self) -> Result<Self> {
        let bytes = self.as_ref();
        let mut out = Vec::with_capacity(bytes.len().saturating_mul(4));
        let read = if bytes.starts_with(&[0x1f, 0x8b]) {
            flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out).context("gzip data is damaged or cut off")
        } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            zstd_decode(bytes, &mut out).context("zstd data is damaged or cut off")
        } else {
            return Ok(self);
        };
        read?;
        Ok(Self::Owned(Arc::new(out)))
    }
}

fn zstd_decode(bytes: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
    zstd::stream::read::Decoder::new(bytes)?.read_to_end(out)
}
