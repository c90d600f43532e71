//! Checksums of stretches of a file: CRC-32 as in zip and PNG, of all bytes, or of a sample of them.
//!
//! The sample is a few pages from first to last. It costs little however long the stretch is, and tells a stretch that was
//! replaced, shifted or filled up with zeros from one that is as it was written.

use super::ALIGNMENT;
use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// Bytes of a page of the sample.
const PAGE: usize = 4096;
/// Pages of a sample.
const PAGES: usize = 64;

/// Bytes of a prepared file, with their checksums.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Stretch {
    /// Where it begins.
    pub at: u64,
    /// How long it is.
    pub bytes: u64,
    /// Of all bytes.
    pub crc: u32,
    /// Of the sample.
    pub sample: u32,
}

impl Stretch {
    /// Its bytes in a file.
    ///
    /// # Errors
    /// When the file ends before it, or it does not begin where a buffer may.
    pub fn of<'f>(&self, file: &'f [u8]) -> Result<&'f [u8]> {
        let end = self.at.checked_add(self.bytes);
        match end {
            Some(end) if end <= file.len() as u64 && self.at.is_multiple_of(ALIGNMENT) => {
                Ok(&file[self.at as usize..end as usize])
            }
            _ => bail!("its description names bytes {} to {} of {}", self.at, end.unwrap_or(u64::MAX), file.len()),
        }
    }

    /// Its bytes, if the sample is as it was.
    ///
    /// # Errors
    /// As [`Stretch::of`], and when the sample is another.
    pub fn sampled<'f>(&self, file: &'f [u8], what: &str) -> Result<&'f [u8]> {
        let bytes = self.of(file)?;
        if sample(bytes) != self.sample {
            bail!("its {what} have changed");
        }
        Ok(bytes)
    }

    /// Its bytes, if all are as they were.
    ///
    /// # Errors
    /// As [`Stretch::of`], and when some byte is another.
    pub fn whole<'f>(&self, file: &'f [u8], what: &str) -> Result<&'f [u8]> {
        let bytes = self.of(file)?;
        if crc32fast::hash(bytes) != self.crc {
            bail!("its {what} have changed");
        }
        Ok(bytes)
    }
}

/// The checksum of a sample: of all bytes where that is no more.
pub(super) fn sample(bytes: &[u8]) -> u32 {
    if bytes.len() <= PAGE * PAGES {
        return crc32fast::hash(bytes);
    }
    let mut hasher = crc32fast::Hasher::new();
    for page in 0..PAGES {
        let at = page * (bytes.len() - PAGE) / (PAGES - 1);
        hasher.update(&bytes[at..at + PAGE]);
    }
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_reaches_from_the_first_byte_to_the_last() {
        let mut bytes: Vec<u8> = (0..1_000_000u32).map(|i| ((i * 7) >> 3) as u8).collect();
        let before = sample(&bytes);
        for at in [0, bytes.len() - 1] {
            bytes[at] ^= 1;
            assert_ne!(sample(&bytes), before, "byte {at}");
            bytes[at] ^= 1;
        }
        let end = bytes.len() / 2;
        bytes[end..].fill(0);
        assert_ne!(sample(&bytes), before);
        // Known from every table of checksums.
        assert_eq!(sample(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_stretch_must_lie_in_the_file() {
        let stretch = |at, bytes| Stretch { at, bytes, ..Stretch::default() };
        assert!(stretch(64, 10).of(&[0; 74]).is_ok());
        for odd in [stretch(64, 11), stretch(u64::MAX - 63, 100), stretch(3, 1)] {
            assert!(odd.of(&[0; 74]).is_err(), "{odd:?}");
        }
    }
}
