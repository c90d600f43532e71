//! What an export has written so far: an archive, its runs of tiles, and a log of both.

use super::{
    archive::{Archive, Kind, Summary},
    known::Known,
    log::{Frame, Head, Log},
    report::Zoom,
};
use crate::source::sqlite;
use anyhow::{Context as _, Result, bail};
use duotile_core::{
    Work,
    archive::{Run, Runs},
};
use std::path::{Path, PathBuf};

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
    part: PathBuf,
    out: PathBuf,
    tally: Tally,
    /// What was added since the last frame of the log.
    fresh: Vec<(Run, u128)>,
    /// How far it had come at the beginning of the zoom.
    zoom: Mark,
}

/// What was added, in the order in which it was: the same for a run that was ended and goes on.
struct Tally {
    kind: Kind,
    runs: Runs,
    known: Known,
    at: Stored,
}

/// What is stored.
#[derive(Clone, Copy, Debug, Default)]
struct Stored {
    /// Bytes of tiles, or different ones.
    written: u64,
    /// Different ones.
    distinct: u64,
}

/// How far it had come, to go back to.
#[derive(Clone, Copy, Debug)]
struct Mark {
    runs: usize,
    at: Stored,
    log: u64,
}

/// What a run that was ended had done.
#[derive(Debug, Default)]
pub struct Before {
    /// Zooms that are whole.
    pub zooms: Vec<Zoom>,
    /// How far the next one came.
    pub at: Option<Head>,
    /// Whether some of what the log tells is missing or damaged, so that it is made again.
    pub lost: bool,
}

impl Tally {
    fn note(&mut self, run: Run, hash: u128) {
        let end = self.kind.end(run.place);
        if end > self.at.written {
            self.at = Stored { written: end, distinct: self.at.distinct + 1 };
        }
        self.known.note(hash, run.place);
        self.runs.note(run);
    }

    /// A zoom begins.
    const fn mark(&mut self, log: u64) -> Mark {
        Mark { runs: self.runs.mark(), at: self.at, log }
    }
}

impl Written {
    /// Begins an archive, or goes on with one that was made in the same way, as far as what is there of it is what was written; with
    /// what was done.
    ///
    /// # Errors
    /// Where the disk does not take it, another export writes it, or it cannot be gone on with.
    pub fn open(out: &Path, kind: Kind, made: &str, resume: bool) -> Result<(Self, Before)> {
        if kind == Kind::Folder && out.read_dir().is_ok_and(|mut files| files.next().is_some()) {
            bail!("{}: the folder is there already and not empty; name another, or remove it", out.display());
        }
        if out.exists() && out.is_dir() != (kind == Kind::Folder) {
            let [is, expected] = if out.is_dir() { ["folder", "file"] } else { ["file", "folder"] };
            bail!("{}: a {is} has that name, expected a {expected} or nothing", out.display());
        }
        free(out, kind)?;
        let (part, log) = (beside(out, ".part")?, beside(out, ".part.log")?);
        if part.is_symlink() || part.exists() && !log.exists() {
            bail!(
                "{}: it is there already, and no export's, which would have a log beside it; move it away",
                part.display()
            );
        }
        let mut log = Log::open(&log, made, resume)?;
        let mut archive = Archive::open(kind, &part, log.at() == log.begin())?;
        let mut tally = Tally { kind, runs: Runs::default(), known: Known::default(), at: Stored::default() };
        let (mut before, mut zoom) = (Before::default(), tally.mark(log.begin()));
        let mut end = log.begin();
        for frame in log.frames() {
            let Frame { head, runs, end: behind } = frame?;
            before.lost = !archive.holds(tally.at.written, &runs).with_context(|| part.display().to_string())?;
            if before.lost {
                break;
            }
            runs.into_iter().for_each(|(run, hash)| tally.note(run, hash));
            end = behind;
            if head.done {
                zoom = tally.mark(end);
                before.zooms.push(head.zoom);
                before.at = None;
            } else {
                before.at = Some(head);
            }
        }
        log.back(end)?;
        archive.back(tally.at.written, None).with_context(|| part.display().to_string())?;
        Ok((Self { archive, log, part, out: out.to_owned(), tally, fresh: Vec::new(), zoom }, before))
    }

    /// Adds tiles behind all that have lower numbers; bytes that are known are not written again.
    ///
    /// # Errors
    /// Where the disk does not take it; when it was told to end.
    pub fn add(&mut self, same: &Same, work: &Work<'_>) -> Result<()> {
        let place = match self.tally.known.get(same.hash) {
            Some(place) => place,
            None => self.archive.store(&same.bytes)?,
        };
        let run = Run { id: same.id, count: same.count, place };
        self.archive.add(run, &same.bytes, work)?;
        self.fresh.push((run, same.hash));
        self.tally.note(run, same.hash);
        Ok(())
    }

    /// Ends a batch: from here on it outlives this process.
    ///
    /// # Errors
    /// Where the disk does not take it; when it was told to end.
    pub fn batch(&mut self, head: &Head, work: &Work<'_>) -> Result<()> {
        self.archive.flush(work)?;
        self.log.add(head, &self.fresh)?;
        self.fresh.clear();
        if head.done {
            self.zoom = self.tally.mark(self.log.at());
        }
        Ok(())
    }

    /// How many tiles are not the same as one before.
    pub const fn distinct(&self) -> u64 {
        self.tally.at.distinct
    }

    /// Takes back all of the zoom, which is this.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn back(&mut self, z: u8) -> Result<()> {
        let Mark { runs, at, log } = self.zoom;
        let untouched = self.fresh.is_empty() && self.log.at() == log;
        self.fresh.clear();
        self.archive.back(at.written, Some(z)).with_context(|| self.part.display().to_string())?;
        if untouched {
            return Ok(());
        }
        self.log.back(log)?;
        self.tally.runs.back(runs);
        self.tally.at = at;
        // What the zoom put out of mind is known again.
        self.tally.known = Known::default();
        for frame in self.log.frames() {
            frame?.runs.iter().for_each(|&(run, hash)| self.tally.known.note(hash, run.place));
        }
        Ok(self.log.back(log)?)
    }

    /// Leaves nothing of it.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn give_up(self) -> Result<()> {
        let Self { archive, log, part, out, .. } = self;
        drop(archive);
        let gone = if part.is_dir() { std::fs::remove_dir_all(&part) } else { std::fs::remove_file(&part) };
        gone.with_context(|| part.display().to_string())?;
        let _ = std::fs::remove_file(beside(&out, ".part.log")?);
        drop(log);
        Ok(())
    }

    /// Writes what is known at the end and gives the archive its name, in place of an older one. Says how many bytes it has, if it is
    /// a file.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn finish(self, summary: &Summary) -> Result<Option<u64>> {
        let Self { archive, part, out, tally, log, .. } = self;
        archive.finish(&tally.runs, summary).with_context(|| part.display().to_string())?;
        let bytes = part.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        if part.is_dir() && out.is_dir() {
            // It is empty.
            std::fs::remove_dir(&out).with_context(|| out.display().to_string())?;
        }
        free(&out, tally.kind)?;
        std::fs::rename(&part, &out).with_context(|| out.display().to_string())?;
        // Nobody else has it as long as it is there.
        let _ = std::fs::remove_file(beside(&out, ".part.log")?);
        drop(log);
        Ok(bytes)
    }
}

/// Whether a database may have a name: what an older one of that name left beside it would be put into the new one.
fn free(out: &Path, kind: Kind) -> Result<()> {
    if let Some(left) = sqlite::beside(out).filter(|_| kind == Kind::MbTiles) {
        bail!(
            "{}: it lies beside the database that is to be written, and SQLite would put it in there. Open the older database once with the \
             program that wrote it, or move it away",
            left.display()
        );
    }
    Ok(())
}

/// A file beside the one that is to be written.
fn beside(out: &Path, ending: &str) -> Result<PathBuf> {
    let Some(name) = out.file_name() else { bail!("{}: expected the name of a file or folder", out.display()) };
    let mut name = name.to_owned();
    name.push(ending);
    Ok(out.with_file_name(name))
}
