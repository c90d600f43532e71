//! How far an export has come, beside what it has written, so that a run that was ended goes on.
//!
//! The first frame says what is made of what; each other one what a batch of tiles added. A frame is written when its tiles are. One
//! that is not whole is the last, and as if it were not there.

use super::{
    archive::{Place, Run},
    budget::Bounds,
    report::Zoom,
};
use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// Bytes of a run and its hash.
const RUN: usize = 44;
/// Bytes of a frame beside its text and its runs.
const HEAD: usize = 12;

/// Where an export stands behind a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    /// The zoom, as far as it is written.
    pub zoom: Zoom,
    /// What bounds its layers.
    pub bounds: Vec<Bounds>,
    /// How many of its tiles were looked at.
    pub looked: u64,
    /// Whether these were all.
    pub done: bool,
    /// Bytes of tiles, or different ones.
    pub written: u64,
}

/// A batch.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Where it ends.
    pub head: Head,
    /// What it added, with the hashes of its bytes.
    pub runs: Vec<(Run, u128)>,
    /// Where the log ends behind it.
    pub end: u64,
}

/// A log that is being written.
#[derive(Debug)]
pub struct Log {
    file: File,
    at: u64,
    /// Where the frames of batches begin.
    begin: u64,
}

impl Log {
    /// Opens a log of an export that is made in this way, and says what was done before; nothing where it is begun anew. No other
    /// process has it at the same time.
    ///
    /// # Errors
    /// Where another export writes it; where it is to go on, and was made in another way.
    pub fn open(path: &Path, made: &str, resume: bool) -> Result<(Self, Vec<Frame>)> {
        let shown = || path.display().to_string();
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open.with_context(shown)?;
        if file.try_lock().is_err() {
            bail!("{}: another export is writing there", path.display());
        }
        let mut bytes = Vec::new();
        if resume {
            file.read_to_end(&mut bytes).with_context(shown)?;
        }
        let mut rest = &bytes[..];
        let mut frames = Vec::new();
        match text(&mut rest) {
            Some(before) if before == made => {
                while let Some(frame) = frame(&mut rest) {
                    frames.push(Frame { end: (bytes.len() - rest.len()) as u64, ..frame });
                }
            }
            Some(before) => bail!(
                "what was begun cannot be gone on with, because it was made in another way: {before}; now: {made}. Without --resume it begins anew"
            ),
            None => rest = &bytes,
        }
        let mut log = Self { file, at: (bytes.len() - rest.len()) as u64, begin: 0 };
        log.back(log.at).with_context(shown)?;
        if log.at == 0 {
            log.write(made.as_bytes(), &[]).with_context(shown)?;
        }
        log.begin = (HEAD + made.len()) as u64;
        Ok((log, frames))
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn add(&mut self, head: &Head, runs: &[(Run, u128)]) -> Result<()> {
        self.write(serde_json::to_string(head)?.as_bytes(), runs)
    }

    /// How long it was before any batch.
    pub const fn begin(&self) -> u64 {
        self.begin
    }

    /// How long it is, to go back to.
    pub const fn at(&self) -> u64 {
        self.at
    }

    /// Forgets all that came later.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn back(&mut self, at: u64) -> Result<()> {
        self.file.set_len(at)?;
        self.file.seek(SeekFrom::Start(at))?;
        self.at = at;
        Ok(())
    }

    fn write(&mut self, head: &[u8], runs: &[(Run, u128)]) -> Result<()> {
        let mut bytes = Vec::with_capacity(HEAD + head.len() + runs.len() * RUN);
        bytes.extend((head.len() as u32).to_le_bytes());
        bytes.extend((runs.len() as u32).to_le_bytes());
        bytes.extend(head);
        for (run, hash) in runs {
            [run.id, run.count, run.place.offset].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
            bytes.extend(run.place.length.to_le_bytes());
            bytes.extend(hash.to_le_bytes());
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        self.file.write_all(&bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// The next frame's head and runs, if it is whole.
fn next<'b>(bytes: &mut &'b [u8]) -> Option<(&'b [u8], &'b [u8])> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (head, runs) = (number(0)?, number(4)?);
    let end = runs.checked_mul(RUN)?.checked_add(head)?.checked_add(8)?;
    if crc32fast::hash(bytes.get(..end)?) as usize != number(end)? {
        return None;
    }
    let whole = &bytes[8..end];
    *bytes = &bytes[end + 4..];
    Some(whole.split_at(head))
}

fn text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    std::str::from_utf8(next(bytes)?.0).ok()
}

fn frame(bytes: &mut &[u8]) -> Option<Frame> {
    let before = *bytes;
    let read = |(head, runs): (&[u8], &[u8])| {
        let head = serde_json::from_slice(head).ok()?;
        Some(Frame { head, runs: runs.chunks_exact(RUN).filter_map(run).collect(), end: 0 })
    };
    let frame = next(bytes).and_then(read);
    if frame.is_none() {
        *bytes = before;
    }
    frame
}

fn run(bytes: &[u8]) -> Option<(Run, u128)> {
    let number = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let length = u32::from_le_bytes(bytes.get(24..28)?.try_into().ok()?);
    let hash = u128::from_le_bytes(bytes.get(28..44)?.try_into().ok()?);
    Some((Run { id: number(0)?, count: number(8)?, place: Place { offset: number(16)?, length } }, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_up_to_the_first_frame_that_is_not_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let runs: Vec<(Run, u128)> = (0..5)
            .map(|at| (Run { id: at, count: 1 << at, place: Place { offset: at * 7, length: 9 } }, 1 << (at * 20)))
            .collect();
        let head = |written| Head { written, looked: 3, ..Head::default() };
        let (mut log, before) = Log::open(&path, "one way", true).expect("opens");
        assert!(before.is_empty());
        log.add(&head(1), &runs[..2]).expect("written");
        let mark = log.at();
        log.add(&head(2), &runs[2..]).expect("written");
        // Nobody else has it.
        assert!(Log::open(&path, "one way", true).is_err());
        drop(log);
        let bytes = std::fs::read(&path).expect("read");
        for (cut, whole) in [(0, 2), (1, 1), (200, 1)] {
            std::fs::write(&path, &bytes[..bytes.len() - cut]).expect("written");
            let (log, frames) = Log::open(&path, "one way", true).expect("opens");
            let all: Vec<_> = frames.iter().flat_map(|frame| frame.runs.clone()).collect();
            assert_eq!((frames.len(), &all[..]), (whole, &runs[..if whole == 2 { 5 } else { 2 }]));
            assert_eq!(frames[0].head.written, 1);
            assert!(whole == 2 || log.at() == mark);
        }
        let error = Log::open(&path, "another way", true).expect_err("another").to_string();
        assert!(error.contains("one way") && error.contains("another way"), "{error}");
        assert!(Log::open(&path, "another way", false).expect("begins anew").1.is_empty());
    }
}
