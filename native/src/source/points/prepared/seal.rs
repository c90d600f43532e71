//! The last of what is written: a few numbers right before the footer that tell whether the file is whole.
//!
//! It covers the head (schema, dictionaries, the header of the record batch), the description, the footer and the length of
//! the file; the description covers the rest. A file that was cut, padded or changed in one of these does not agree with it.

use super::FORMATS;
use crate::read::mark::{ARROW, SEAL, SEAL_MAGIC};
use anyhow::{Result, bail};

/// Where the parts of a file are, with their checksums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seal {
    /// One of [`FORMATS`].
    pub format: u32,
    /// Everything up to the buffers.
    pub head: u64,
    pub head_crc: u32,
    /// Where the description begins, and its length.
    pub description: (u64, u64),
    pub description_crc: u32,
    /// Everything after the seal.
    pub footer_crc: u32,
    /// Of the whole file.
    pub length: u64,
}

impl Seal {
    /// As it stands in the file.
    pub fn to_bytes(self) -> [u8; SEAL] {
        let mut bytes = [0; SEAL];
        bytes[..8].copy_from_slice(&SEAL_MAGIC);
        bytes[8..12].copy_from_slice(&self.format.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.head_crc.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.head.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.description.0.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.description.1.to_le_bytes());
        bytes[40..44].copy_from_slice(&self.description_crc.to_le_bytes());
        bytes[44..48].copy_from_slice(&self.footer_crc.to_le_bytes());
        bytes[48..56].copy_from_slice(&self.length.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..SEAL - 4]);
        bytes[SEAL - 4..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// The seal of a file, if what it covers is as it was.
    ///
    /// # Errors
    /// What has changed.
    pub fn check(file: &[u8]) -> Result<Self> {
        let Some(at) = place(file) else { bail!("it is cut off, or its end has changed") };
        let bytes = &file[at..at + SEAL];
        let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        let short = |at: usize| u32::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
        if bytes[..8] != SEAL_MAGIC {
            bail!("it is cut off, or its end has changed");
        }
        if !FORMATS.contains(&short(8)) {
            bail!("it is of format {}, this program reads formats 1 and 2", short(8));
        }
        if short(SEAL - 4) != crc32fast::hash(&bytes[..SEAL - 4]) {
            bail!("its seal has changed");
        }
        let seal = Self {
            format: short(8),
            head: number(16),
            head_crc: short(12),
            description: (number(24), number(32)),
            description_crc: short(40),
            footer_crc: short(44),
            length: number(48),
        };
        if seal.length != file.len() as u64 {
            bail!("it is {} bytes long, expected {}", file.len(), seal.length);
        }
        if crc32fast::hash(&file[at + SEAL..]) != seal.footer_crc {
            bail!("its footer has changed");
        }
        let head = usize::try_from(seal.head).ok().and_then(|end| file.get(..end));
        if head.map(crc32fast::hash) != Some(seal.head_crc) {
            bail!("its schema or dictionaries have changed");
        }
        if seal.description(file).map(crc32fast::hash) != Some(seal.description_crc) {
            bail!("its description has changed");
        }
        Ok(seal)
    }

    /// The bytes of the description.
    pub fn description<'f>(&self, file: &'f [u8]) -> Option<&'f [u8]> {
        let (at, length) = self.description;
        let end = at.checked_add(length)?;
        file.get(usize::try_from(at).ok()?..usize::try_from(end).ok()?)
    }
}

/// Where a seal must be, going by the length of the footer at the end of the file.
fn place(file: &[u8]) -> Option<usize> {
    let footer = file.strip_suffix(ARROW.as_slice())?;
    let (rest, length) = footer.split_last_chunk::<4>()?;
    let length = usize::try_from(i32::from_le_bytes(*length)).ok()?;
    rest.len().checked_sub(length)?.checked_sub(SEAL)
}
