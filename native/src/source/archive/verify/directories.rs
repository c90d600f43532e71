//! The directories of a PMTiles file: in order, none over another, all within the file, as many as the header says.

use super::Look;
use crate::{
    pmtiles::{Entry, FRONT, hilbert},
    source::archive::pmtiles::PmTiles,
};
use anyhow::{Context as _, Result, bail, ensure};
use duotile_core::{MAX_ZOOM, TileId};
use std::collections::HashSet;

/// What was met so far.
#[derive(Default)]
struct Met {
    /// The first number that no tile has had yet.
    next: u64,
    entries: u64,
    /// Where the bytes of each different tile end, if they lie in order.
    ends: Vec<u64>,
    /// Where they begin, and how many they are, if they do not.
    bytes: HashSet<(u64, u32)>,
}

impl Met {
    /// Whether an entry has the bytes of one before it.
    fn knows(&self, Entry { offset, length, .. }: Entry, clustered: bool) -> bool {
        if !clustered {
            return self.bytes.contains(&(offset, length));
        }
        let at = self.ends.binary_search(&offset.saturating_add(length.into()));
        at.is_ok_and(|at| at.checked_sub(1).map_or(0, |before| self.ends[before]) == offset)
    }
}

impl Look<'_> {
    /// Goes through all of them.
    ///
    /// # Errors
    /// When the file cannot be read, or it was told to end.
    pub(super) fn directories(&mut self, reader: &PmTiles) -> Result<()> {
        let header = *reader.header();
        let front = header.root.end().unwrap_or(u64::MAX);
        if front > FRONT {
            self.found.fault(format!("header: the root ends at byte {front}, expected within the first {FRONT}"));
        }
        let [tiles, ..] = header.counts;
        self.progress.stage("looking at tiles", (tiles > 0).then_some(tiles));
        let mut met = Met::default();
        if let Err(error) = self.directory(reader, reader.root(), 0, &mut met) {
            if error.is::<duotile_core::Stopped>() {
                return Err(error);
            }
            // What lies behind it is not certain.
            self.found.fault(format!("directories: {error:#}"));
            return self.tiles();
        }
        self.done()?;
        for (what, said, met) in [
            ("tiles", header.counts[0], self.found.tiles),
            ("entries", header.counts[1], met.entries),
            ("contents", header.counts[2], self.found.distinct),
        ] {
            if said != met && said != 0 {
                self.found.fault(format!("header: {said} {what}, expected {met}"));
            }
        }
        Ok(())
    }

    fn directory(&mut self, reader: &PmTiles, entries: &[Entry], deep: usize, met: &mut Met) -> Result<()> {
        ensure!(deep < 4, "leaves lie in one another {deep} times, expected a root and leaves");
        ensure!(!entries.is_empty() || deep == 0, "a leaf is empty");
        for entry in entries {
            let Entry { id, run, .. } = *entry;
            ensure!(id >= met.next, "tile {} comes again or out of its order", named(id));
            if run == 0 {
                self.goes_on()?;
                let leaf = reader.leaf(*entry).with_context(|| format!("the leaf of tile {}", named(id)))?;
                let first = leaf.first().map_or(id, |first| first.id);
                ensure!(first == id, "a leaf begins with tile {}, expected {}", named(first), named(id));
                self.directory(reader, &leaf, deep + 1, met)?;
                continue;
            }
            met.entries += 1;
            met.next = id.checked_add(run.into()).context("a run goes beyond all numbers")?;
            self.run(reader, *entry, met)?;
        }
        Ok(())
    }

    /// An entry of tiles: their zooms, where their bytes are, and these, if none before had them.
    fn run(&mut self, reader: &PmTiles, entry: Entry, met: &mut Met) -> Result<()> {
        self.found.tiles += u64::from(entry.run);
        let [first, last] = reader.header().zooms;
        let last_met = met.next - 1;
        let [from, to] = [first, last.min(MAX_ZOOM) + 1].map(|zoom| hilbert::before(zoom.min(MAX_ZOOM + 1)));
        if entry.id < from || last_met >= to {
            let odd = if entry.id < from { entry.id } else { last_met };
            self.found.fault(format!("tile {}: expected zooms {first} to {last}, as the header has them", named(odd)));
        }
        let Some(tile) = hilbert::tile(entry.id) else { bail!("tile {} is beyond zoom {MAX_ZOOM}", entry.id) };
        [Some(tile), hilbert::tile(last_met)].into_iter().flatten().for_each(|tile| self.at(tile.z()));
        let clustered = reader.header().clustered;
        if met.knows(entry, clustered) {
            return Ok(());
        }
        let end = met.ends.last().copied().unwrap_or(0);
        if clustered && entry.offset != end {
            let at = entry.offset;
            self.found.fault(format!("tile {tile}: its bytes begin at {at}, expected {end}, or those of a tile before, where the header says that all lie in order"));
        }
        match reader.lying(entry) {
            Ok(lying) => {
                if !clustered {
                    met.bytes.insert((entry.offset, entry.length));
                } else if entry.offset + u64::from(entry.length) > end {
                    met.ends.push(entry.offset + u64::from(entry.length));
                }
                self.tile(tile, lying)
            }
            Err(error) => {
                self.found.fault(format!("tile {tile}: {error:#}"));
                Ok(())
            }
        }
    }
}

/// A tile by its number as people know it.
fn named(id: u64) -> String {
    hilbert::tile(id).map_or_else(|| format!("number {id}"), |tile: TileId| tile.to_string())
}
