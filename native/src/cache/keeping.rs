//! What a server does for its files, on a thread of its own: writes tiles after they were answered, takes away versions that were
//! replaced, keeps to the bound.

use super::{
    Folder, gzipped,
    keeper::{Counts, Offered, Served},
    mark::Mark,
    put::Put,
};
use crate::{engine::pack::Packed, settings::files::Files};
use std::{
    collections::HashSet,
    fmt::Display,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::Ordering::Relaxed,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant, SystemTime},
};

/// How long nothing is written where the disk is full, or cannot be written to.
const PAUSE: Duration = Duration::from_mins(1);
/// The shortest time between two looks at how much is there, and the part of all time that they may take.
const MEASURE: Duration = Duration::from_mins(1);
const PART: u32 = 100;
/// The times between two looks at which versions are to go.
const TEND: [Duration; 2] = [Duration::from_secs(1), Duration::from_mins(1)];

/// The thread.
pub(super) struct Keeping {
    folder: Folder,
    most: u64,
    keep: Duration,
    told: Arc<Mutex<Option<Served>>>,
    counts: Arc<Counts>,
    /// Versions by the names of all datasets that were ever served; empty where one is no more.
    served: Served,
    /// Folders of versions that this server has marked as served.
    marked: HashSet<PathBuf>,
    /// Until when nothing is written.
    off_until: Option<Instant>,
    /// From when on it may be said again what else goes wrong.
    silent_until: Instant,
    measure_at: Instant,
    tend_at: Instant,
}

impl Keeping {
    /// Of a folder, with what it is told by and counts for.
    pub fn new(folder: Folder, files: &Files, told: Arc<Mutex<Option<Served>>>, counts: Arc<Counts>) -> Self {
        let now = Instant::now();
        Self {
            folder,
            most: files.most,
            keep: files.keep,
            told,
            counts,
            served: Served::new(),
            marked: HashSet::new(),
            off_until: None,
            silent_until: now,
            measure_at: now,
            tend_at: now,
        }
    }

    /// Writes what is offered, and does what is due, until nobody offers any more.
    pub fn run(mut self, offered: &Receiver<Offered>) {
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
            match self.tend() {
                Ok(others) => others.iter().for_each(|name| {
                    let what = format!("another server has another version of {name}");
                    self.complain(&what, &"as long as both serve it, each takes the tiles of the other for replaced");
                }),
                Err(error) => self.complain("versions that were replaced are not taken away", &error),
            }
            self.tend_at = now + (self.keep / 10).clamp(TEND[0], TEND[1]);
        }
        if now >= self.measure_at {
            self.trim();
        }
    }

    /// Marks which versions are served, and takes away those that were not for long. One that is somebody else's keeps no other from it.
    /// Says of which datasets what is served here was marked as replaced, which only another server does.
    fn tend(&mut self) -> io::Result<Vec<String>> {
        let (now, mut done, mut others) = (SystemTime::now(), Ok(()), Vec::new());
        for version in self.folder.versions()? {
            let Some(served) = self.served.get(&version.dataset) else { continue };
            let tended = if *served == version.version {
                let is_known = !self.marked.insert(version.folder.clone());
                if is_known && matches!(version.mark, Mark::Old(_)) {
                    others.push(version.dataset.clone());
                }
                version.mark.serve(&version.folder)
            } else {
                self.marked.remove(&version.folder);
                let due = version.mark.retire(&version.folder, self.keep, now);
                due.and_then(|due| if due { version.remove() } else { Ok(()) })
            };
            done = done.and(tended);
        }
        done.map(|()| others)
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
        match self.there().and_then(|()| gzipped(packed)).and_then(|bytes| self.folder.put(file, &bytes)) {
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

    /// Makes the folder again where somebody took it away.
    fn there(&mut self) -> io::Result<()> {
        if !self.folder.is_there() {
            self.folder = Folder::open(self.folder.path()).map_err(|error| io::Error::other(format!("{error:#}")))?;
            self.measure_at = Instant::now();
        }
        Ok(())
    }

    /// Lets it be for a while, and says so.
    fn pause(&mut self, error: &io::Error) {
        let (folder, seconds) = (self.folder.path().display(), PAUSE.as_secs());
        tracing::error!("--file-cache {folder}: no tiles are written for {seconds} seconds: {error}");
        self.off_until = Some(Instant::now() + PAUSE);
        self.counts.off.store(true, Relaxed);
    }

    /// Says what goes wrong beside that, not all the time.
    fn complain(&mut self, what: &str, error: &dyn Display) {
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
    use std::fs;

    /// A server of a version of a dataset, as often as it looks.
    fn serving(folder: &Path, version: &str) -> Keeping {
        let files = Files::new(folder.to_owned(), None, None);
        let mut keeping = Keeping::new(Folder::open(folder).expect("it opens"), &files, Arc::default(), Arc::default());
        keeping.served.insert("a".into(), version.into());
        keeping
    }

    #[test]
    fn two_servers_of_other_data_are_told() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("tiles");
        let [old, new] = ["1111111111111111", "2222222222222222"];
        let (mut first, mut second) = (serving(&folder, old), serving(&folder, new));
        let mut same = serving(&folder, new);
        for version in [old, new] {
            fs::create_dir_all(folder.join("a").join(version)).expect("made");
        }
        let told = |keeping: &mut Keeping| keeping.tend().expect("tended");
        assert!(told(&mut first).is_empty() && told(&mut first).is_empty());
        assert!(told(&mut second).is_empty() && told(&mut same).is_empty());
        assert_eq!((told(&mut first), told(&mut second)), (vec!["a".to_owned()], vec!["a".to_owned()]));
        // It reads the same data: what it replaced itself is no other's.
        first.served.insert("a".into(), new.into());
        assert!(told(&mut first).is_empty() && told(&mut second).is_empty() && told(&mut same).is_empty());
        first.served.insert("a".into(), old.into());
        assert!(told(&mut first).is_empty());
    }

    #[test]
    fn a_folder_that_was_taken_away_is_made_again() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("tiles");
        let mut keeping = serving(&folder, "1111111111111111");
        let tile = Packed { bytes: vec![7; 3000].into(), coding: crate::engine::pack::Coding::Gzip };
        let file = Path::new("a/1111111111111111/_/0/0/0.mvt.gz");
        let write = |keeping: &mut Keeping| {
            keeping.write(file, &tile);
            assert!(folder.join(file).exists() && Folder::there(&folder).is_ok());
        };
        write(&mut keeping);
        fs::remove_dir_all(&folder).expect("removed");
        write(&mut keeping);
        // And made again by others, who do not know what is in it.
        fs::remove_dir_all(&folder).and_then(|()| fs::create_dir(&folder)).expect("made");
        write(&mut keeping);
        assert_eq!((keeping.counts.written.load(Relaxed), keeping.off_until), (3, None));
    }
}
