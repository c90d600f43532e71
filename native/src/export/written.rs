//! What an export has written so far: an archive, its runs of tiles, and a log of both.

use super::{
    archive::{Archive, Kind, Place, Run, Summary},
    log::{Frame, Head, Log},
};
use anyhow::{Context as _, Result, bail};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// Tiles that have one after the other the same bytes.
#[derive(Debug)]
pub struct Same {
    /// The number of the first.
    pub id: u64,
    /// How many.
    pub count: u64,
    /// The hash of their bytes.
    pub hash: u128,
    /// Their bytes.
    pub bytes: Vec<u8>,
}

/// An archive that is being written.
pub struct Written {
    archive: Archive,
    log: Log,
    kind: Kind,
    part: PathBuf,
    out: PathBuf,
    runs: Vec<Run>,
    /// Where bytes are, by their hash.
    known: HashMap<u128, Place>,
    /// What was added since the last frame of the log.
    fresh: Vec<(Run, u128)>,
    stored: u64,
    /// How far it had come at the beginning of the zoom.
    zoom: Mark,
}

/// How far it had come, to go back to.
#[derive(Clone, Copy, Debug)]
struct Mark {
    runs: usize,
    stored: u64,
    log: u64,
}

impl Written {
    /// Begins an archive, or goes on with one that was made in the same way; with the heads of what was done of it.
    ///
    /// # Errors
    /// Where the disk does not take it, another export writes it, or it cannot be gone on with.
    pub fn open(out: &Path, kind: Kind, made: &str, resume: bool) -> Result<(Self, Vec<Head>)> {
        if kind == Kind::Folder && out.read_dir().is_ok_and(|mut files| files.next().is_some()) {
            bail!("{}: the folder is there already and not empty; name another, or remove it", out.display());
        }
        let (part, log) = (beside(out, ".part")?, beside(out, ".part.log")?);
        let (log, frames) = Log::open(&log, made, resume)?;
        // What is written of an archive that is begun anew is not wanted any more.
        if frames.is_empty() && kind == Kind::MbTiles {
            for ending in [".part", ".part-journal"] {
                let _ = std::fs::remove_file(beside(out, ending)?);
            }
        }
        let stored = frames.last().map_or(0, |frame| frame.head.written);
        let archive = Archive::open(kind, &part, stored)?;
        let mut written = Self {
            archive,
            log,
            kind,
            part,
            out: out.to_owned(),
            runs: Vec::new(),
            known: HashMap::new(),
            fresh: Vec::new(),
            stored: 0,
            zoom: Mark { runs: 0, stored: 0, log: 0 },
        };
        written.zoom.log = written.log.begin();
        let mut heads = Vec::with_capacity(frames.len());
        for Frame { head, runs, end } in frames {
            for (run, hash) in runs {
                written.known.insert(hash, run.place);
                written.push(run);
            }
            written.stored = head.written;
            if head.done {
                written.zoom = Mark { runs: written.runs.len(), stored: head.written, log: end };
            }
            heads.push(head);
        }
        Ok((written, heads))
    }

    /// Adds tiles behind all that have lower numbers; bytes that are known are not written again.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn add(&mut self, same: &Same) -> Result<()> {
        let place = if let Some(&place) = self.known.get(&same.hash) {
            place
        } else {
            let place = self.archive.store(&same.bytes)?;
            self.stored = place.offset + if self.kind == Kind::PmTiles { u64::from(place.length) } else { 1 };
            self.known.insert(same.hash, place);
            place
        };
        let run = Run { id: same.id, count: same.count, place };
        self.archive.add(run, &same.bytes)?;
        self.fresh.push((run, same.hash));
        self.push(run);
        Ok(())
    }

    fn push(&mut self, run: Run) {
        let begins = self.runs.len() == self.zoom.runs;
        match self.runs.last_mut().filter(|_| !begins) {
            Some(last) if last.id + last.count == run.id && last.place == run.place => last.count += run.count,
            _ => self.runs.push(run),
        }
    }

    /// Ends a batch: from here on it outlives this process.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn batch(&mut self, head: Head) -> Result<()> {
        self.archive.flush()?;
        let done = head.done;
        self.log.add(&Head { written: self.stored, ..head }, &self.fresh)?;
        self.fresh.clear();
        if done {
            self.zoom = Mark { runs: self.runs.len(), stored: self.stored, log: self.log.at() };
        }
        Ok(())
    }

    /// How many tiles are not the same as one before.
    pub fn distinct(&self) -> u64 {
        self.known.len() as u64
    }

    /// Takes back all of the zoom, which is this.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn back(&mut self, z: u8) -> Result<()> {
        let mark = self.zoom;
        self.fresh.clear();
        self.runs.truncate(mark.runs);
        self.known.retain(|_, place| place.offset < mark.stored);
        self.stored = mark.stored;
        self.archive.back(mark.stored, z).with_context(|| self.part.display().to_string())?;
        self.log.back(mark.log)
    }

    /// Writes what is known at the end and gives the archive its name, in place of an older one. Says how many bytes it has, if it is
    /// a file.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn finish(self, summary: &Summary) -> Result<Option<u64>> {
        let Self { archive, part, out, runs, log, .. } = self;
        archive.finish(&runs, summary).with_context(|| part.display().to_string())?;
        let bytes = part.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        if part.is_dir() && out.is_dir() {
            // It is empty.
            std::fs::remove_dir(&out).with_context(|| out.display().to_string())?;
        }
        std::fs::rename(&part, &out).with_context(|| out.display().to_string())?;
        drop(log);
        let _ = std::fs::remove_file(beside(&out, ".part.log")?);
        Ok(bytes)
    }
}

/// A file beside the one that is to be written.
fn beside(out: &Path, ending: &str) -> Result<PathBuf> {
    let Some(name) = out.file_name() else { bail!("{}: expected the name of a file or folder", out.display()) };
    let mut name = name.to_owned();
    name.push(ending);
    Ok(out.with_file_name(name))
}
