//! Tiles written before anybody asks: a layer enters, files leave. Only occupied tiles are walked, as an export walks them, and
//! those that are there are passed over: a run that was ended goes on when it is begun again.

use super::{Folder, Place, put::Put};
use crate::{
    disk,
    engine::{
        pack::{Coding, Packed},
        scratch::Scratches,
    },
    export::{Layer, Shown, walk::Walk},
    read::Progress,
};
use anyhow::{Context as _, Result};
use duotile_core::{
    Scratch, TileId, Work,
    archive::{Alike, Seen, View, hilbert, meets},
};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::{
    ops::AddAssign,
    time::{Duration, Instant},
};

/// Tiles that are cut before it is told how far it is.
const BATCH: usize = 1024;
/// Free bytes on the disk below which nothing more is written.
const ROOM: u64 = 256 << 20;
/// How often it is told how far it is.
const TELL: Duration = Duration::from_secs(10);

/// What became of tiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// Tiles that were written.
    pub written: u64,
    /// Bytes of the disk that these take.
    pub bytes: u64,
    /// Tiles that were there.
    pub there: u64,
    /// Tiles in which nothing shows.
    pub empty: u64,
}

impl AddAssign for Seeded {
    fn add_assign(&mut self, other: Self) {
        self.written += other.written;
        self.bytes += other.bytes;
        self.there += other.there;
        self.empty += other.empty;
    }
}

/// Writes the tiles of a layer.
pub struct Seed<'s> {
    folder: &'s Folder,
    place: Place,
    shown: Shown,
    bounds: Option<[f64; 4]>,
    work: &'s Work<'s>,
    progress: &'s dyn Progress,
    /// Space to cut tiles in.
    spaces: Scratches,
}

impl<'s> Seed<'s> {
    /// Of a layer into a folder, of the tiles that meet a box.
    ///
    /// # Errors
    /// For a query that is too long for files; where memory is short.
    pub fn new(
        (folder, layer): (&'s Folder, &Layer),
        bounds: Option<[f64; 4]>,
        work: &'s Work<'s>,
        progress: &'s dyn Progress,
    ) -> Result<Self> {
        let (source, query) = (layer.source(), layer.query());
        let place = Place::of(source.name(), source.version(), &query.token());
        let place = place.with_context(|| format!("{}: its query is too long to be that of files", source.name()))?;
        let shown = layer.shown(work)?;
        Ok(Self { folder, place, shown, bounds, work, progress, spaces: Scratches::default() })
    }

    /// Writes the tiles of a zoom.
    ///
    /// # Errors
    /// When it was told to end; what the file system says.
    pub fn zoom(&self, z: u8) -> Result<Seeded> {
        let columns = self.shown.columns();
        let here = [columns.view()];
        let seen = Seen { views: &here, work: self.work, within: self.bounds };
        self.progress.stage(&format!("zoom {z}: looking for tiles"), None);
        let mut count = 0;
        for alike in Walk::of(z, &seen) {
            count += alike?.count;
            self.work.pay(64)?;
        }
        let mut pace = Pace::new(format!("zoom {z}"), count, self.progress);
        let (mut walk, mut seeded) = (Walk::of(z, &seen), Seeded::default());
        loop {
            let batch: Vec<Alike> = walk.by_ref().take(BATCH).collect::<Result<_, _>>()?;
            if batch.is_empty() {
                return Ok(seeded);
            }
            seeded += self.batch(&batch, &here[0])?;
            pace.tell(batch.iter().map(|alike| alike.count).sum());
        }
    }

    /// Writes tiles of any zooms, those of them that meet the box.
    ///
    /// # Errors
    /// As [`Seed::zoom`].
    pub fn tiles(&self, tiles: &[TileId]) -> Result<Seeded> {
        let mut pace = Pace::new("the list".into(), tiles.len() as u64, self.progress);
        let mut seeded = Seeded::default();
        let columns = self.shown.columns();
        for some in tiles.chunks(BATCH) {
            let met = some.iter().filter(|tile| meets(self.bounds, **tile).0);
            let batch: Vec<Alike> = met.map(|&first| Alike { first, count: 1, rows: 0 }).collect();
            seeded += self.batch(&batch, &columns.view())?;
            pace.tell(some.len() as u64);
        }
        Ok(seeded)
    }

    fn batch(&self, batch: &[Alike], from: &View<'_>) -> Result<Seeded> {
        disk::has_room(self.folder.path(), ROOM, "going on")?;
        let done = batch.par_iter().map(|&alike| self.spaces.with(|scratch| self.write(alike, from, scratch)));
        done.try_reduce(Seeded::default, |mut all, one| {
            all += one;
            Ok(all)
        })
    }

    /// Writes tiles that are the same, those that are not there.
    fn write(&self, Alike { first, count, .. }: Alike, from: &View<'_>, scratch: &mut Scratch) -> Result<Seeded> {
        let mut seeded = Seeded::default();
        let mut bytes = None;
        for tile in (hilbert::id(first)..hilbert::id(first) + count).filter_map(hilbert::tile) {
            self.work.pay(64)?;
            let file = self.place.tile(tile);
            if self.folder.has(&file) {
                seeded.there += 1;
                continue;
            }
            let bytes = match &bytes {
                Some(bytes) => bytes,
                None => bytes.insert(self.cut(first, from, scratch)?),
            };
            if bytes.is_empty() {
                seeded.empty += 1;
                continue;
            }
            match self.folder.put(&file, bytes).with_context(|| file.display().to_string())? {
                Put::There => seeded.there += 1,
                Put::Written(size) => {
                    seeded.written += 1;
                    seeded.bytes += size;
                }
            }
        }
        Ok(seeded)
    }

    /// A tile as a file has it; nothing where nothing shows.
    fn cut(&self, tile: TileId, from: &View<'_>, scratch: &mut Scratch) -> Result<bytes::Bytes> {
        let mut out = Vec::new();
        from.cut(tile, self.work, (scratch, &mut out))?;
        if out.is_empty() {
            return Ok(bytes::Bytes::new());
        }
        Ok(super::gzipped(&Packed { bytes: out.into(), coding: Coding::Identity })?)
    }
}

/// Tells how far it is, how fast it goes, and how long it will take.
struct Pace<'p> {
    what: String,
    count: u64,
    done: u64,
    begun: Instant,
    told: Instant,
    progress: &'p dyn Progress,
}

impl<'p> Pace<'p> {
    fn new(what: String, count: u64, progress: &'p dyn Progress) -> Self {
        progress.stage(&what, Some(count));
        Self { what, count, done: 0, begun: Instant::now(), told: Instant::now(), progress }
    }

    fn tell(&mut self, more: u64) {
        self.done += more;
        self.progress.advance(self.done);
        if self.told.elapsed() < TELL {
            return;
        }
        self.told = Instant::now();
        self.progress.line(&self.line(self.begun.elapsed()));
    }

    fn line(&self, passed: Duration) -> String {
        let rate = self.done as f64 / passed.as_secs_f64();
        let left = self.count.saturating_sub(self.done) as f64 / rate;
        let left = if left < 100.0 { format!("{left:.0} s") } else { format!("{:.0} min", left / 60.0) };
        format!("{}: {} of {} tiles, {rate:.0} a second, {left} left", self.what, self.done, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_how_far_how_fast_and_how_long() {
        let mut pace = Pace::new("zoom 3".into(), 1000, &());
        pace.tell(200);
        assert_eq!(pace.line(Duration::from_secs(10)), "zoom 3: 200 of 1000 tiles, 20 a second, 40 s left");
        assert_eq!(pace.line(Duration::from_secs(100)), "zoom 3: 200 of 1000 tiles, 2 a second, 7 min left");
    }
}
