//! Checksums of stretches of a file: CRC-32 as in zip and PNG, of all bytes, or of a sample of them.
//!
//! The sample is a few pages from first to last. It costs little however long the stretch is, and tells a stretch that was
//! replaced, shifted or filled up with zeros from one that is as it was written.

use super::ALIGNMENT;
use crate::source::bytes::read_at;
use anyhow::{Context as _, Result, anyhow, bail};
use crc32fast::Hasher;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io,
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
    thread::{self, ScopedJoinHandle},
};

/// Bytes of a page of the sample.
const PAGE: usize = 4096;
/// Pages of a sample.
const PAGES: usize = 64;
/// Threads that wait for the disk.
const READERS: usize = 8;
/// Bytes that are read at a time where all are.
const PIECE: usize = 1 << 20;

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

    /// Its bytes, if all are as they were.
    ///
    /// # Errors
    /// As [`Stretch::of`], and when some byte is another.
    pub fn whole<'f>(&self, file: &'f [u8], what: &str) -> Result<&'f [u8]> {
        let bytes = self.of(file)?;
        if crc32fast::hash(bytes) != self.crc || sample(bytes) != self.sample {
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
    let mut hasher = Hasher::new();
    pages(bytes.len() as u64).for_each(|at| hasher.update(&bytes[at as usize..at as usize + PAGE]));
    hasher.finalize()
}

/// Where the pages of a sample begin.
fn pages(length: u64) -> impl Iterator<Item = u64> {
    (0..PAGES as u64).map(move |page| page * (length - PAGE as u64) / (PAGES as u64 - 1))
}

/// Checks the samples of stretches and all of one stretch, which the file must hold.
///
/// Pages are read from the file, not looked at where it is mapped: a disk is asked for many at once, and only for what is
/// wanted. Where a mapped page is missing, the system would wait for it and for megabytes around it.
///
/// # Errors
/// What has changed, or cannot be read.
pub(super) fn check(file: &File, samples: &[(String, Stretch)], whole: &Stretch) -> Result<()> {
    let next = AtomicUsize::new(0);
    let look = || -> Result<()> {
        let mut page = vec![0; PAGE * PAGES];
        while let Some((what, stretch)) = samples.get(next.fetch_add(1, Ordering::Relaxed)) {
            if read_sample(file, stretch, &mut page).with_context(|| format!("cannot read its {what}"))?
                != stretch.sample
            {
                bail!("its {what} have changed");
            }
        }
        Ok(())
    };
    let parts = (0..READERS as u64).map(|part| {
        let place = |part: u64| whole.at + whole.bytes / READERS as u64 * part;
        place(part)..if part + 1 == READERS as u64 { whole.at + whole.bytes } else { place(part + 1) }
    });
    let (looked, hashed) = thread::scope(|scope| {
        let lookers: Vec<_> = (0..READERS).map(|_| scope.spawn(look)).collect();
        let hashers: Vec<_> = parts.map(|part| scope.spawn(|| hash(file, part))).collect();
        let looked: Vec<_> = lookers.into_iter().map(ScopedJoinHandle::join).collect();
        (looked, hashers.into_iter().map(ScopedJoinHandle::join).collect::<Vec<_>>())
    });
    for looked in looked {
        looked.map_err(|_| anyhow!("a thread ended"))??;
    }
    let mut all = Hasher::new();
    for part in hashed {
        all.combine(&part.map_err(|_| anyhow!("a thread ended"))?.context("cannot read its index")?);
    }
    if all.finalize() != whole.crc {
        bail!("its index has changed");
    }
    Ok(())
}

fn read_sample(file: &File, stretch: &Stretch, page: &mut [u8]) -> io::Result<u32> {
    if stretch.bytes <= page.len() as u64 {
        let page = &mut page[..stretch.bytes as usize];
        read_at(file, page, stretch.at)?;
        return Ok(crc32fast::hash(page));
    }
    let mut hasher = Hasher::new();
    for at in pages(stretch.bytes) {
        read_at(file, &mut page[..PAGE], stretch.at + at)?;
        hasher.update(&page[..PAGE]);
    }
    Ok(hasher.finalize())
}

fn hash(file: &File, part: Range<u64>) -> io::Result<Hasher> {
    let (mut hasher, mut piece) = (Hasher::new(), vec![0; PIECE.min((part.end - part.start) as usize)]);
    let mut at = part.start;
    while at < part.end {
        let piece = &mut piece[..PIECE.min((part.end - at) as usize)];
        read_at(file, piece, at)?;
        hasher.update(piece);
        at += piece.len() as u64;
    }
    Ok(hasher)
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
