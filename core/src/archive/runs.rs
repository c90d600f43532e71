//! What was written, in the order in which it was: tiles in a row that have the same bytes are one run.

use super::directory::Entry;
use alloc::vec::Vec;

/// Where the bytes of a tile are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The first, or the number of these bytes.
    pub offset: u64,
    /// How many.
    pub length: u32,
}

/// Tiles in a row that have the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The number of the first.
    pub id: u64,
    /// How many.
    pub count: u64,
    /// Their bytes.
    pub place: Place,
}

/// Runs of tiles, by their numbers. None goes from one zoom to the next.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    all: Vec<Run>,
    /// Of these the first of the zoom.
    begin: usize,
}

impl Runs {
    /// Tiles behind all that have lower numbers.
    pub fn note(&mut self, run: Run) {
        let begins = self.all.len() == self.begin;
        match self.all.last_mut().filter(|_| !begins) {
            Some(last) if last.id + last.count == run.id && last.place == run.place => last.count += run.count,
            _ => self.all.push(run),
        }
    }

    /// A zoom begins. Says how many there are until here.
    pub const fn mark(&mut self) -> usize {
        self.begin = self.all.len();
        self.begin
    }

    /// Takes back all of the zoom, before which there were so many.
    pub fn back(&mut self, mark: usize) {
        self.all.truncate(mark);
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Run] {
        &self.all
    }

    /// As a directory has them: of at most 2³² − 1 tiles.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.all.len());
        for run in &self.all {
            let (mut id, mut left) = (run.id, run.count);
            while left > 0 {
                let count = left.min(u32::MAX.into());
                let Place { offset, length } = run.place;
                entries.push(Entry { id, offset, length, run: count as u32 });
                (id, left) = (id + count, left - count);
            }
        }
        entries
    }

    /// How many tiles there are, and how many different bytes they have, where these lie one behind the other.
    #[must_use]
    pub fn counts(&self) -> [u64; 2] {
        // What a tile has that no one before it had begins behind all that was written until then.
        let (mut end, mut contents) = (0, 0);
        for run in &self.all {
            if run.place.offset >= end {
                contents += 1;
                end = run.place.offset + u64::from(run.place.length);
            }
        }
        [self.all.iter().map(|run| run.count).sum(), contents]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_the_same_bytes_are_one_run_within_a_zoom() {
        let run = |id, count, offset| Run { id, count, place: Place { offset, length: 10 } };
        let mut runs = Runs::default();
        // The same again, others, the first ones once more behind a gap.
        [run(1, 1, 0), run(2, 2, 0), run(4, 1, 10)].into_iter().for_each(|run| runs.note(run));
        let mark = runs.mark();
        [run(5, 1, 10), run(6, 1, 10), run(8, 1, 0), run(9, 5_000_000_000, 0)]
            .into_iter()
            .for_each(|run| runs.note(run));
        assert_eq!(runs.all(), [run(1, 3, 0), run(4, 1, 10), run(5, 2, 10), run(8, 5_000_000_001, 0)]);
        assert_eq!(runs.counts(), [5_000_000_007, 2]);
        let entries: Vec<(u64, u32)> = runs.entries().iter().map(|entry| (entry.id, entry.run)).collect();
        let last = u64::from(u32::MAX);
        assert_eq!(entries, [(1, 3), (4, 1), (5, 2), (8, u32::MAX), (8 + last, (5_000_000_001 - last) as u32)]);
        runs.back(mark);
        assert_eq!(runs.all().len(), 2);
    }
}
