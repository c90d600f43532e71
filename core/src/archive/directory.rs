//! Directories as they are written: which bytes are which tiles. What is to be packed is handed out and comes back packed, at once or
//! much later.
//!
//! Source: the PMTiles specification, version 3, section "Directories".

use alloc::vec::Vec;

/// A tile, or several in a row that are the same; or a leaf, where `run` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number of the first tile.
    pub id: u64,
    /// Where its bytes begin, counted from the first of all tiles (or leaves).
    pub offset: u64,
    /// How many bytes.
    pub length: u32,
    /// How many tiles; 0 for a leaf.
    pub run: u32,
}

/// Entries of the smallest leaves.
const LEAF: usize = 4096;
/// Entries that a root may have: of more there are leaves, however small it is when packed, so that no one who reads it has to make room
/// for all of them at once.
const MOST: usize = 1 << 20;

/// Directories that are being packed: a root of at most so many bytes, and leaves where all entries do not fit.
#[derive(Clone, Debug)]
pub struct Directories {
    entries: Vec<Entry>,
    most: usize,
    /// Entries of a leaf; none while all are tried as the root.
    size: usize,
    /// Those of the root, as far as it has leaves.
    roots: Vec<Entry>,
    root: Vec<u8>,
    leaves: Vec<u8>,
    done: bool,
}

impl Directories {
    /// Of entries whose numbers ascend.
    #[must_use]
    pub fn of(entries: Vec<Entry>, most: usize) -> Self {
        let size = if entries.len() > MOST { smallest(&entries) } else { 0 };
        Self { entries, most, size, roots: Vec::new(), root: Vec::new(), leaves: Vec::new(), done: false }
    }

    /// What is to be packed next; `None` when all is done.
    #[must_use]
    pub fn next(&self) -> Option<Vec<u8>> {
        self.ahead(0)
    }

    /// What is to be packed so many behind the next, as far as it is known: whether there are leaves the first root says, and what the
    /// last has is known behind them.
    #[must_use]
    pub fn ahead(&self, by: usize) -> Option<Vec<u8>> {
        let leaf = || self.entries.chunks(self.size).nth(self.roots.len() + by);
        match self.size {
            _ if self.done => None,
            0 => (by == 0).then(|| plain(&self.entries)),
            _ => leaf().map(plain).or_else(|| (by == 0).then(|| plain(&self.roots))),
        }
    }

    /// Takes what [`next`](Self::next) gives, packed.
    pub fn packed(&mut self, packed: &[u8]) {
        if let Some(leaf) = (self.size > 0).then(|| self.entries.chunks(self.size).nth(self.roots.len())).flatten() {
            let offset = self.leaves.len() as u64;
            self.roots.push(Entry { id: leaf[0].id, offset, length: packed.len() as u32, run: 0 });
            self.leaves.extend_from_slice(packed);
        } else if packed.len() <= self.most {
            self.root = packed.to_vec();
            self.done = true;
        } else {
            // Leaves, or larger ones.
            self.size = if self.size == 0 { smallest(&self.entries) } else { self.size + self.size / 2 };
            self.roots.clear();
            self.leaves.clear();
        }
    }

    /// How many entries there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.entries.len()
    }

    /// The root, packed.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// The leaves one after the other, each packed.
    #[must_use]
    pub fn leaves(&self) -> &[u8] {
        &self.leaves
    }
}

/// How many of these entries the smallest leaves have.
fn smallest(entries: &[Entry]) -> usize {
    LEAF.max(entries.len() / LEAF)
}

/// Entries column by column: differences of numbers, runs, lengths, offsets (0 where one follows the one before).
fn plain(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 6);
    let mut varint = |mut value: u64| {
        loop {
            bytes.push(value as u8 & 0x7f | if value > 0x7f { 0x80 } else { 0 });
            value >>= 7;
            if value == 0 {
                return;
            }
        }
    };
    varint(entries.len() as u64);
    let mut before = 0;
    for entry in entries {
        varint(entry.id - core::mem::replace(&mut before, entry.id));
    }
    entries.iter().for_each(|entry| varint(entry.run.into()));
    entries.iter().for_each(|entry| varint(entry.length.into()));
    let mut next = None;
    for entry in entries {
        varint(if next == Some(entry.offset) { 0 } else { entry.offset + 1 });
        next = Some(entry.offset + u64::from(entry.length));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn entries_are_columns_of_differences() {
        let entry = |id, offset, length, run| Entry { id, offset, length, run };
        let entries = [entry(5, 0, 9, 1), entry(6, 9, 300, 2), entry(130, 0, 9, 1)];
        // Count; 5, +1, +124; runs; lengths, 300 in two bytes; 0 + 1, behind the one before, 0 + 1.
        assert_eq!(plain(&entries), [3, 5, 1, 124, 1, 2, 1, 9, 0xac, 2, 9, 1, 0, 1]);
        assert_eq!(plain(&[]), [0]);
    }

    #[test]
    fn what_does_not_fit_into_the_root_goes_into_leaves() {
        let entries: Vec<Entry> = (0..10_000).map(|at| Entry { id: at, offset: at * 10, length: 10, run: 1 }).collect();
        let written = |most| {
            let mut directories = Directories::of(entries.clone(), most);
            let mut rounds = 0;
            // Packed as it is.
            while let Some(plain) = directories.next() {
                directories.packed(&plain);
                rounds += 1;
            }
            (directories.root().to_vec(), directories.leaves().len(), rounds)
        };
        let (root, leaves, rounds) = written(100_000);
        assert_eq!((root == plain(&entries), leaves, rounds), (true, 0, 1));
        // Three leaves and a root of them.
        let (root, leaves, rounds) = written(20);
        assert_eq!((root[0], rounds), (3, 1 + 4));
        assert_eq!(leaves, entries.chunks(4096).map(|leaf| plain(leaf).len()).sum::<usize>());
        // Of leaves of 6144 there are two, which take less.
        let (root, _, rounds) = written(root.len() - 1);
        assert_eq!((root[0], rounds), (2, 1 + 4 + 3));
    }

    #[test]
    fn several_leaves_are_handed_out_at_once_and_no_root_has_more_than_may_be_read() {
        let entry = |at: u64| Entry { id: at, offset: at * 10, length: 10, run: 1 };
        let entries: Vec<Entry> = (0..=MOST as u64).map(entry).collect();
        let mut directories = Directories::of(entries.clone(), usize::MAX);
        let mut rounds = Vec::new();
        loop {
            let next: Vec<Vec<u8>> = (0..100).map_while(|by| directories.ahead(by)).collect();
            if next.is_empty() {
                break;
            }
            rounds.push(next.len());
            next.iter().for_each(|plain| directories.packed(plain));
        }
        // 257 leaves, then a root of them.
        assert_eq!((rounds, &directories.root()[..2]), (vec![100, 100, 57, 1], &[0x81, 2][..]));
        assert!(entries.chunks(LEAF).flat_map(plain).eq(directories.leaves().iter().copied()));
    }
}
