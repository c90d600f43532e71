//! An archive of a dataset, zoom by zoom: batches of tiles leave, what they are when packed comes back. As `duotile export` makes it:
//! the tiles of a zoom are looked for, the fullest are tried, then all are cut, under bounds that the whole zoom keeps to.

#[cfg(test)]
mod tests;

use super::{Dataset, Selected, selected::unfit};
use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};
use core::mem;
use duotile_core::{
    MAX_ZOOM, Points, QueryError, Report, Scratch, Stopped, TileQuery, Work,
    archive::{
        Alike, Bounds, Directories, FRONT, HEADER, Header, Part, Place, Run, Runs, Seen, View, Walk, Zoom, hilbert,
        opening,
    },
    frame::Frame,
};

/// Tiles that are looked at in one step.
const LOOKS: usize = 4096;
/// Tiles of a batch, and bytes of them after which no other is cut.
const BATCH: usize = 64;
const BYTES: usize = 1 << 20;
/// The fullest tiles of a zoom, which are tried first.
const FULLEST: usize = 16;
/// Tiles of a zoom by which its size is estimated: so many at most, half of them at least.
const SAMPLE: usize = 64;

/// What is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The first zoom and the last.
    pub zooms: [u8; 2],
    /// West, south, east, north in degrees; all where nothing is said.
    pub within: Option<Frame>,
    /// Bytes that a tile may have, packed.
    pub budget: usize,
    /// Whether only some tiles of each zoom are cut, to know about how many bytes all would have.
    pub sample: bool,
}

/// An archive that is being made.
#[derive(Debug)]
pub struct Pyramid {
    wanted: Wanted,
    query: TileQuery,
    /// What the tiles of this zoom may show, and the query that says so.
    bounds: Bounds,
    text: String,
    step: Step,
    /// Tiles of this zoom, of those that are alike one, and how many of them were cut.
    count: u64,
    looked: u64,
    /// Of those that are alike each.
    all: u64,
    /// Its tiles with most rows, the fullest first; where there is only a sample, tiles that lie evenly among all.
    some: Vec<(usize, u64)>,
    stride: u64,
    batch: Vec<(Alike, Report)>,
    runs: Runs,
    mark: usize,
    zoom: Zoom,
    zooms: Vec<Zoom>,
    directories: Option<Directories>,
}

/// What is done at this zoom.
#[derive(Debug)]
enum Step {
    /// Its tiles are looked for.
    Look(Walk<Part>),
    /// Some are tried.
    Try,
    /// All are cut.
    Cut(Walk<Part>),
}

/// Tiles that are to be packed; none where it was only looked for them.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Their zoom.
    pub z: u8,
    /// Tiles of it, of those that are alike one, that were cut before, and all of them as far as they are known.
    pub done: u64,
    /// All.
    pub count: u64,
    /// The bytes of tiles one after the other, and where each ends.
    pub bytes: Vec<u8>,
    /// The ends.
    pub ends: Vec<u32>,
}

/// What becomes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was tried only.
    On,
    /// Its tiles are to be stored, and their places told.
    Keep,
    /// One is too large: what was stored of the zoom is to be forgotten, it begins anew.
    Back,
}

impl Pyramid {
    /// Of a query over a dataset.
    ///
    /// # Errors
    /// [`QueryError`] when the query does not parse, or does not fit the columns or the first zoom.
    pub fn new(dataset: &mut Dataset, query: &str, wanted: Wanted) -> Result<Self, QueryError> {
        let zooms = wanted.zooms.map(|z| z.min(MAX_ZOOM));
        dataset.with(query, |_, selected, _| selected.plan.check_zoom(zooms[0]))??;
        let query = dataset.with(query, |_, selected, _| selected.query.clone())?;
        let mut pyramid = Self {
            bounds: Bounds::of(&query, zooms[0]),
            wanted: Wanted { zooms, ..wanted },
            query,
            text: String::new(),
            step: Step::Try,
            count: 0,
            looked: 0,
            all: 0,
            some: Vec::new(),
            stride: 1,
            batch: Vec::new(),
            runs: Runs::default(),
            mark: 0,
            zoom: Zoom::default(),
            zooms: Vec::new(),
            directories: None,
        };
        pyramid.begin(zooms[0]);
        Ok(pyramid)
    }

    fn begin(&mut self, z: u8) {
        self.zoom = Zoom { z, ..Zoom::default() };
        self.step = Step::Look(Walk::of(z));
        (self.count, self.looked, self.all, self.stride) = (0, 0, 0, 1);
        self.some.clear();
        self.mark = self.runs.mark();
        self.bound(Bounds::of(&self.query, z));
    }

    fn bound(&mut self, bounds: Bounds) {
        self.bounds = bounds;
        self.text = bounds.on(&self.query).to_string();
    }

    /// The next tiles; `None` behind the last.
    ///
    /// # Errors
    /// [`QueryError`] as [`Dataset::with`].
    pub fn next(&mut self, dataset: &mut Dataset) -> Result<Option<Batch>, QueryError> {
        while self.zooms.last().is_none_or(|zoom| zoom.z < self.wanted.zooms[1]) {
            let text = mem::take(&mut self.text);
            let done = dataset.with(&text, |points, selected, scratch| self.step(points, selected, scratch));
            self.text = text;
            if let Some(batch) = done?.map_err(unfit)? {
                return Ok(Some(batch));
            }
            self.end();
        }
        Ok(None)
    }

    /// What comes next at this zoom; `None` when all is done there.
    fn step(
        &mut self,
        points: &Points<'_>,
        selected: &mut Selected,
        scratch: &mut Scratch,
    ) -> Result<Option<Batch>, Stopped> {
        selected.summarise(points);
        let summaries = selected.summaries();
        let views = [View { plan: &selected.plan, points: *points, selection: selected.selection(&summaries) }];
        let work = Work::free();
        let seen = Seen { views: &views, work: &work, within: self.wanted.within };
        let cut = |alike: Alike, scratch: &mut Scratch, batch: &mut Batch| -> Result<(Alike, Report), Stopped> {
            let report = views[0].cut(alike.first, &work, (scratch, &mut batch.bytes))?;
            batch.ends.push(batch.bytes.len() as u32);
            Ok((alike, report))
        };
        let mut batch = Batch { z: self.zoom.z, done: self.looked, count: self.count, ..Batch::default() };
        self.batch.clear();
        match &mut self.step {
            Step::Look(walk) => {
                let mut more = true;
                for _ in 0..LOOKS {
                    let Some(alike) = walk.next(&seen, scratch)? else {
                        more = false;
                        break;
                    };
                    self.count += 1;
                    self.all += alike.count;
                    note(&mut self.some, &mut self.stride, (self.count, self.wanted.sample), alike);
                }
                if !more {
                    self.step = Step::Try;
                }
                batch.count = self.count;
            }
            Step::Try if self.some.is_empty() => return Ok(None),
            Step::Try => {
                for &(rows, id) in &self.some {
                    let Some(first) = hilbert::tile(id) else { continue };
                    self.batch.push(cut(Alike { first, count: 1, rows }, scratch, &mut batch)?);
                }
            }
            Step::Cut(walk) => {
                while self.batch.len() < BATCH
                    && batch.bytes.len() < BYTES
                    && let Some(alike) = walk.next(&seen, scratch)?
                {
                    self.batch.push(cut(alike, scratch, &mut batch)?);
                }
                if self.batch.is_empty() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(batch))
    }

    /// Takes how many bytes the tiles of the last batch have, packed; none those that were empty.
    pub fn take(&mut self, lengths: &[u32]) -> Taken {
        let over = |length: &u32| *length as usize > self.wanted.budget;
        let less = |(&(_, report), &length): (&(Alike, Report), &u32)| {
            self.bounds.less(report, length as usize, self.wanted.budget)
        };
        match self.step {
            // It was only looked for them.
            _ if self.batch.is_empty() => Taken::On,
            Step::Look(_) => Taken::On,
            Step::Try if self.wanted.sample => {
                let packed = |length: &u32| u64::from(*length).min(self.wanted.budget as u64);
                let (sum, cut) = (lengths.iter().map(packed).sum::<u64>(), lengths.len().max(1) as u64);
                // In some tiles there may have been something, and is not.
                let filled = self.batch.iter().filter(|(_, report)| report.features > 0).count() as u64;
                self.zoom.bytes = sum * self.count / cut;
                self.zoom.tiles = self.all * filled / cut;
                self.end();
                Taken::On
            }
            Step::Try => {
                let mut tried: Vec<_> = self.batch.iter().zip(lengths).filter(|(_, length)| over(length)).collect();
                tried.sort_by_key(|&(_, &length)| core::cmp::Reverse(length));
                match tried.into_iter().find_map(less) {
                    Some(less) => self.bound(less),
                    None => self.step = Step::Cut(Walk::of(self.zoom.z)),
                }
                Taken::On
            }
            Step::Cut(_) => {
                let mut large = self.batch.iter().zip(lengths).filter(|(_, length)| over(length));
                let Some(less) = large.find_map(less) else { return Taken::Keep };
                self.runs.back(self.mark);
                (self.zoom, self.looked, self.step) = (Zoom { z: self.zoom.z, ..Zoom::default() }, 0, Step::Try);
                self.bound(less);
                Taken::Back
            }
        }
    }

    /// Takes where the tiles of the last batch are stored.
    pub fn place(&mut self, offsets: &[f64], lengths: &[u32]) {
        self.looked += self.batch.len() as u64;
        for ((&(alike, report), &offset), &length) in self.batch.iter().zip(offsets).zip(lengths) {
            self.zoom.add(&[report], alike.count, (length.into(), self.wanted.budget as u64));
            if length == 0 {
                continue;
            }
            let place = Place { offset: offset as u64, length };
            self.runs.note(Run { id: hilbert::id(alike.first), count: alike.count, place });
        }
    }

    /// A zoom is whole.
    fn end(&mut self) {
        let z = self.zoom.z;
        self.zoom.reduced = self.bounds != Bounds::of(&self.query, z);
        self.zooms.push(mem::take(&mut self.zoom));
        if z < self.wanted.zooms[1] {
            self.begin(z + 1);
        }
    }

    /// The zooms that are whole.
    #[must_use]
    pub fn zooms(&self) -> &[Zoom] {
        &self.zooms
    }

    /// Directories, which are to be packed.
    pub fn directories(&mut self) -> &mut Directories {
        let runs = &self.runs;
        self.directories.get_or_insert_with(|| directories(runs))
    }

    /// What the header says of zooms, frame and first view.
    #[must_use]
    pub fn header(&mut self, dataset: &Dataset, tiles: u64, metadata: u64) -> Header {
        let filled = || self.zooms.iter().filter(|zoom| zoom.tiles > 0).map(|zoom| zoom.z);
        let zooms = [filled().min().unwrap_or(0), filled().max().unwrap_or(0)];
        let frames = dataset.frames();
        let (all, view) = opening::of_query(&self.query, frames.bounds, frames.center, dataset.shapes.is_some());
        let (bounds, center) = opening::of_archive(all, Some(view), self.wanted.within, zooms);
        let runs = &self.runs;
        let directories = self.directories.get_or_insert_with(|| directories(runs));
        let header = Header::of(runs, directories, tiles, metadata);
        Header { zooms, bounds, center, ..header }
    }
}

fn directories(runs: &Runs) -> Directories {
    Directories::of(runs.entries(), FRONT as usize - HEADER)
}

/// Notes a tile among the fullest, or among some that lie evenly among all.
fn note(some: &mut Vec<(usize, u64)>, stride: &mut u64, (count, sample): (u64, bool), alike: Alike) {
    let this = (alike.rows, hilbert::id(alike.first));
    if !sample {
        let at = some.partition_point(|other| *other > this);
        some.insert(at, this);
        some.truncate(FULLEST);
    } else if (count - 1).is_multiple_of(*stride) {
        some.push(this);
        if some.len() == SAMPLE {
            let mut at = 0;
            some.retain(|_| {
                at += 1;
                at % 2 == 1
            });
            *stride *= 2;
        }
    }
}
