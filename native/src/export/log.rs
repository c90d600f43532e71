//! How far an export has come, beside what it has written, so that a run that was ended goes on.
//!
//! The first frame says what is made of what; each other one what a batch of tiles added. A frame is written when its tiles are. One
//! that is not whole is the last, and as if it were not there.

use super::{
    made::difference,
    report::{Logged, Zoom},
};
use crate::source::bytes::read_at;
use anyhow::{Context as _, Result, anyhow, bail};
use duotile_core::archive::{Place, Run};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
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
    pub bounds: Vec<Logged>,
    /// How many of its tiles were looked at.
    pub looked: u64,
    /// Whether these were all.
    pub done: bool,
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

/// A frame as it lies there: its head, its runs, and where it ends.
type Lying = (Vec<u8>, Vec<u8>, u64);

/// A log that is being written.
#[derive(Debug)]
pub struct Log {
    file: File,
    at: u64,
    /// Where the frames of batches begin.
    begin: u64,
}

impl Log {
    /// Opens a log of an export that is made in this way, with what was done before where it is gone on with. No other process has it at
    /// the same time.
    ///
    /// # Errors
    /// Where another export writes it; where it is to go on, and was made in another way.
    pub fn open(path: &Path, made: &str, resume: bool) -> Result<Self> {
        let shown = || path.display().to_string();
        let foreign = || anyhow!("{}: it is there already, and no log of an export; move it away", path.display());
        if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
            return Err(foreign());
        }
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = open.with_context(shown)?;
        if file.try_lock().is_err() {
            bail!("{}: another export is writing there", path.display());
        }
        let mut log = Self { file, at: 0, begin: (HEAD + made.len()) as u64 };
        let length = log.file.metadata().with_context(shown)?.len();
        let begun = log.next(0, length).with_context(shown)?;
        match begun.map(|(head, ..)| String::from_utf8_lossy(&head).into_owned()) {
            None if length > 0 => return Err(foreign()),
            Some(before) if resume && before == made => log.back(length).with_context(shown)?,
            Some(before) if resume => bail!(
                "what was begun cannot be gone on with: {}. Without --resume it begins anew",
                difference(&before, made)
            ),
            _ => {
                log.back(0).with_context(shown)?;
                log.write(made.as_bytes(), &[]).with_context(shown)?;
            }
        }
        Ok(log)
    }

    /// What was done, batch by batch, up to the first that is not whole. Whoever has read some goes [`back`](Self::back) to the end of the
    /// last.
    pub fn frames(&self) -> impl Iterator<Item = io::Result<Frame>> {
        let mut at = self.begin;
        std::iter::from_fn(move || {
            let frame = self.next(at, self.at).map(|found| found.and_then(frame)).transpose()?;
            at = frame.as_ref().map_or(at, |frame| frame.end);
            Some(frame)
        })
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
    pub fn back(&mut self, at: u64) -> io::Result<()> {
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

    /// The frame at a place of so many bytes: its head, its runs and its end, if it is whole.
    fn next(&self, at: u64, length: u64) -> io::Result<Option<Lying>> {
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
        let mut lengths = [0; 8];
        if length < at + HEAD as u64 {
            return Ok(None);
        }
        read_at(&self.file, &mut lengths, at)?;
        let (head, runs) = (number(&lengths[..4]), number(&lengths[4..]));
        let end = at + HEAD as u64 + head + runs * RUN as u64;
        if end > length {
            return Ok(None);
        }
        let mut bytes = vec![0; (end - at) as usize];
        read_at(&self.file, &mut bytes, at)?;
        let sum = bytes.split_off(bytes.len() - 4);
        if u64::from(crc32fast::hash(&bytes)) != number(&sum) {
            return Ok(None);
        }
        let mut head_bytes = bytes.split_off(8);
        let runs = head_bytes.split_off(head as usize);
        Ok(Some((head_bytes, runs, end)))
    }
}

fn frame((head, runs, end): Lying) -> Option<Frame> {
    let head = serde_json::from_slice(&head).ok()?;
    Some(Frame { head, runs: runs.chunks_exact(RUN).filter_map(run).collect(), end })
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
        let head = |looked| Head { looked, ..Head::default() };
        let frames = |log: &Log| log.frames().collect::<io::Result<Vec<_>>>().expect("read");
        let mut log = Log::open(&path, "one way", true).expect("opens");
        assert!(frames(&log).is_empty());
        log.add(&head(1), &runs[..2]).expect("written");
        let mark = log.at();
        log.add(&head(2), &runs[2..]).expect("written");
        assert_eq!(frames(&log).len(), 2);
        // Nobody else has it.
        assert!(Log::open(&path, "one way", true).is_err());
        drop(log);
        let bytes = std::fs::read(&path).expect("read");
        for (cut, whole) in [(0, 2), (1, 1), (200, 1)] {
            std::fs::write(&path, &bytes[..bytes.len() - cut]).expect("written");
            let log = Log::open(&path, "one way", true).expect("opens");
            let frames = frames(&log);
            let all: Vec<_> = frames.iter().flat_map(|frame| frame.runs.clone()).collect();
            assert_eq!((frames.len(), &all[..]), (whole, &runs[..if whole == 2 { 5 } else { 2 }]));
            assert_eq!((frames[0].head.looked, frames[0].end), (1, mark));
        }
        let error = Log::open(&path, r#"{"log":0}"#, true).expect_err("another").to_string();
        assert!(error.contains("made by another version of duotile. Without --resume"), "{error}");
        assert!(frames(&Log::open(&path, "another way", false).expect("begins anew")).is_empty());
    }
}
