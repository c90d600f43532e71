//! What a server does for its files, on a thread of its own: writes tiles after they were answered, takes away versions that were
//! replaced, keeps to the bound. It never holds up an answer: what it cannot take at once it drops, and counts.

use super::{Folder, Place, gzipped, put::Put};
use crate::{engine::pack::Packed, settings::files::Files};
use anyhow::{Context as _, Result};
use duotile_core::TileId;
use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

/// Tiles that wait to be written.
const QUEUE: usize = 256;
/// Bytes of these.
const WAITING: u64 = 64 << 20;
/// How long nothing is written where the disk is full, or cannot be written to.
const PAUSE: Duration = Duration::from_mins(1);
/// The shortest time between two looks at how much is there, and the part of all time that they may take.
const MEASURE: Duration = Duration::from_mins(1);
const PART: u32 = 100;
/// The times between two looks at which versions are to go.
const TEND: [Duration; 2] = [Duration::from_secs(1), Duration::from_mins(1)];

/// What was counted.
#[derive(Debug, Default)]
pub struct Counts {
    /// Tiles that were written.
    pub written: AtomicU64,
    /// Tiles that were there.
    pub there: AtomicU64,
    /// Tiles that were not written, because there was no time or room for them.
    pub dropped: AtomicU64,
    /// Tiles that could not be written.
    pub failed: AtomicU64,
    /// Tiles that were taken away for others.
    pub removed: AtomicU64,
    /// Bytes of the disk.
    pub bytes: AtomicU64,
    /// Whether nothing is written for now.
    pub off: AtomicBool,
    /// Bytes that wait to be written.
    waiting: AtomicU64,
}

/// A tile to be written.
struct Offered {
    file: PathBuf,
    packed: Packed,
}

/// Versions by the names of datasets.
type Served = BTreeMap<String, String>;

/// A server's hold on its files.
#[derive(Debug)]
pub struct Keeper {
    queue: SyncSender<Offered>,
    /// What is served, where that has changed.
    served: Arc<Mutex<Option<Served>>>,
    /// What was counted.
    pub counts: Arc<Counts>,
}

impl Keeper {
    /// Opens the folder, and begins.
    ///
    /// # Errors
    /// Where the folder cannot be one of tiles.
    pub fn open(files: &Files) -> Result<Self> {
        let folder = Folder::open(&files.folder).context("--file-cache")?;
        let (queue, offered) = sync_channel(QUEUE);
        let (served, counts) = (Arc::default(), Arc::<Counts>::default());
        let keeping = Keeping {
            folder,
            most: files.most,
            keep: files.keep,
            told: Arc::clone(&served),
            counts: counts.clone(),
            served: Served::new(),
            off_until: None,
            silent_until: Instant::now(),
            measure_at: Instant::now(),
            tend_at: Instant::now(),
        };
        thread::Builder::new()
            .name("files".into())
            .spawn(move || keeping.run(&offered))
            .context("cannot start a thread")?;
        Ok(Self { queue, served, counts })
    }

    /// Takes a tile that was answered, to be written where it is not yet.
    pub fn offer(&self, place: &Place, tile: TileId, packed: &Packed) {
        let size = packed.bytes.len() as u64;
        let counts = &self.counts;
        let waits = counts.waiting.fetch_add(size, Relaxed) + size <= WAITING;
        let taken = waits && self.queue.try_send(Offered { file: place.tile(tile), packed: packed.clone() }).is_ok();
        if !taken {
            counts.waiting.fetch_sub(size, Relaxed);
            counts.dropped.fetch_add(1, Relaxed);
        }
    }

    /// Says what is served from now on: versions by the names of datasets.
    pub fn serves(&self, served: impl Iterator<Item = (String, String)>) {
        *self.served.lock().unwrap_or_else(PoisonError::into_inner) = Some(served.collect());
    }
}

/// The thread.
struct Keeping {
    folder: Folder,
    most: u64,
    keep: Duration,
    told: Arc<Mutex<Option<Served>>>,
    counts: Arc<Counts>,
    /// Versions by the names of all datasets that were ever served; empty where one is no more.
    served: Served,
    /// Until when nothing is written.
    off_until: Option<Instant>,
    /// From when on it may be said again what else goes wrong.
    silent_until: Instant,
    measure_at: Instant,
    tend_at: Instant,
}

impl Keeping {
    fn run(mut self, offered: &Receiver<Offered>) {
        loop {
            self.look();
            match offered.recv_timeout(TEND[0]) {
                Ok(Offered { file, packed }) => {
                    self.counts.waiting.fetch_sub(packed.bytes.len() as u64, Relaxed);
                    self.write(&file, &packed);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Does what is due beside writing.
    fn look(&mut self) {
        let now = Instant::now();
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(told) = told {
            // What was written since the last time is of what was served until now.
            let _ = self.tend();
            self.served.values_mut().for_each(String::clear);
            self.served.extend(told);
            self.tend_at = now;
        }
        if self.off_until.is_some_and(|until| now >= until) {
            self.off_until = None;
            self.counts.off.store(false, Relaxed);
        }
        if now >= self.tend_at {
            if let Err(error) = self.tend() {
                self.complain("versions that were replaced are not taken away", &error);
            }
            self.tend_at = now + (self.keep / 10).clamp(TEND[0], TEND[1]);
        }
        if now >= self.measure_at {
            self.trim();
        }
    }

    /// Marks which versions are served, and takes away those that were not for long. One that is somebody else's keeps no other from it.
    fn tend(&self) -> io::Result<()> {
        let (now, mut done) = (SystemTime::now(), Ok(()));
        for version in self.folder.versions()? {
            let Some(served) = self.served.get(&version.dataset) else { continue };
            let tended = if *served == version.version {
                version.mark.serve(&version.folder)
            } else {
                let due = version.mark.retire(&version.folder, self.keep, now);
                due.and_then(|due| if due { version.remove() } else { Ok(()) })
            };
            done = done.and(tended);
        }
        done
    }

    /// Looks how much is there, and takes away what is too much; and whether there is room then.
    fn trim(&mut self) -> bool {
        let start = Instant::now();
        match self.folder.trim(self.most) {
            Ok(trimmed) => {
                self.counts.removed.fetch_add(trimmed.tiles, Relaxed);
                self.counts.bytes.store(trimmed.left, Relaxed);
            }
            Err(error) => self.complain("what is there cannot be looked at, or not be taken away", &error),
        }
        // Others write there, too.
        self.measure_at = Instant::now() + MEASURE.max(start.elapsed() * PART);
        self.counts.bytes.load(Relaxed) <= self.most
    }

    fn write(&mut self, file: &Path, packed: &Packed) {
        let counts = self.counts.clone();
        if self.off_until.is_some() {
            counts.dropped.fetch_add(1, Relaxed);
            return;
        }
        match gzipped(packed).and_then(|bytes| self.folder.put(file, &bytes)) {
            Ok(Put::There) => drop(counts.there.fetch_add(1, Relaxed)),
            Ok(Put::Written(size)) => {
                counts.written.fetch_add(1, Relaxed);
                if counts.bytes.fetch_add(size, Relaxed) + size > self.most && !self.trim() {
                    self.pause(&io::Error::other("nothing can be taken away to make room"));
                }
            }
            Err(error) => {
                counts.failed.fetch_add(1, Relaxed);
                // Of this tile alone.
                if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidFilename) {
                    self.complain("a tile is not written", &error);
                } else {
                    self.pause(&error);
                }
            }
        }
    }

    /// Lets it be for a while, and says so.
    fn pause(&mut self, error: &io::Error) {
        let (folder, seconds) = (self.folder.path().display(), PAUSE.as_secs());
        tracing::error!("--file-cache {folder}: no tiles are written for {seconds} seconds: {error}");
        self.off_until = Some(Instant::now() + PAUSE);
        self.counts.off.store(true, Relaxed);
    }

    /// Says what goes wrong beside that, not all the time.
    fn complain(&mut self, what: &str, error: &io::Error) {
        let now = Instant::now();
        if now >= self.silent_until {
            tracing::warn!("--file-cache {}: {what}: {error}", self.folder.path().display());
            self.silent_until = now + PAUSE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::pack::Coding;
    use std::fs;

    const VERSIONS: [&str; 2] = ["1111111111111111", "2222222222222222"];

    fn until(what: &str, holds: impl Fn() -> bool) {
        let start = Instant::now();
        while !holds() {
            assert!(start.elapsed() < Duration::from_mins(1), "never: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn offer(keeper: &Keeper, version: &str, y: u32) {
        let place = Place::of("a", version, "").expect("a place");
        let packed = Packed { bytes: vec![y as u8; 3000].into(), coding: Coding::Identity };
        keeper.offer(&place, TileId::new(4, 0, y).expect("valid"), &packed);
    }

    #[test]
    fn tiles_are_written_within_the_bound_and_those_of_replaced_data_go() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("tiles");
        let keeper =
            Keeper::open(&Files::new(folder.clone(), Some(10 * 4096), Some(Duration::ZERO))).expect("it opens");
        let serves = |version: &str| keeper.serves([("a".to_owned(), version.to_owned())].into_iter());
        let count = |count: &AtomicU64| count.load(Relaxed);
        serves(VERSIONS[0]);
        (0..3).for_each(|y| offer(&keeper, VERSIONS[0], y));
        offer(&keeper, VERSIONS[0], 2);
        until("three are written", || count(&keeper.counts.written) == 3 && count(&keeper.counts.there) == 1);
        assert_eq!(count(&keeper.counts.bytes), 3 * 4096);
        assert!(folder.join("a").join(VERSIONS[0]).join("_/4/0/2.mvt.gz").exists());
        serves(VERSIONS[1]);
        until("the old version is gone", || !folder.join("a").join(VERSIONS[0]).exists());
        for y in 0..16 {
            offer(&keeper, VERSIONS[1], y);
            until("it is written", || count(&keeper.counts.written) == 4 + u64::from(y));
        }
        until("some went for others", || count(&keeper.counts.removed) > 0);
        let left = fs::read_dir(folder.join("a").join(VERSIONS[1]).join("_/4/0")).expect("there").count();
        assert!((1..=10).contains(&left), "{left}");
    }

    #[test]
    fn a_disk_that_cannot_be_written_to_is_let_be_and_told() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("tiles");
        let keeper = Keeper::open(&Files::new(folder.clone(), None, None)).expect("it opens");
        let count = |count: &AtomicU64| count.load(Relaxed);
        fs::remove_dir_all(&folder).and_then(|()| fs::write(&folder, "no folder")).expect("written");
        offer(&keeper, VERSIONS[0], 0);
        until("it is told", || count(&keeper.counts.failed) == 1 && keeper.counts.off.load(Relaxed));
        offer(&keeper, VERSIONS[0], 1);
        until("others are dropped", || count(&keeper.counts.dropped) == 1);
        assert_eq!((count(&keeper.counts.written), count(&keeper.counts.waiting)), (0, 0));
    }
}
