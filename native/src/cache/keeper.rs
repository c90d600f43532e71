//! A server's hold on its files: tiles that were answered are written on a thread of its own, as far as it takes them. It never
//! holds up an answer: what cannot be taken at once is dropped, and counted.

use super::{Folder, Place, keeping::Keeping};
use crate::{engine::pack::Packed, settings::files::Files};
use anyhow::{Context as _, Result};
use duotile_core::TileId;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

/// Tiles that wait to be written.
const QUEUE: usize = 256;
/// Bytes of these.
const WAITING: u64 = 64 << 20;

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
    pub(super) waiting: AtomicU64,
}

/// A tile to be written.
pub(super) struct Offered {
    pub file: PathBuf,
    pub packed: Packed,
}

/// Versions by the names of datasets.
pub(super) type Served = BTreeMap<String, String>;

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
        let keeping = Keeping::new(folder, files, Arc::clone(&served), counts.clone());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::pack::Coding;
    use std::{
        fs,
        time::{Duration, Instant},
    };

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
