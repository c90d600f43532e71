//! Where bytes are that were written before, by their hash: of the last different ones, so that memory does not grow with an archive.
//!
//! What is known follows from what was noted and in which order alone: a run that goes on knows what one that was not ended does.

use duotile_core::archive::Place;
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// Different bytes that are known at least, twice as many at most: some 70 MB.
const MOST: usize = 1 << 19;

/// Bytes that are known.
#[derive(Debug)]
pub struct Known {
    most: usize,
    young: ByHash,
    /// Those that were young before.
    old: ByHash,
}

type ByHash = HashMap<u128, Place, BuildHasherDefault<Itself>>;

/// The hash of a hash: a part of it.
#[derive(Clone, Copy, Debug, Default)]
struct Itself(u64);

impl Hasher for Itself {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}

impl Default for Known {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Known {
    fn of(most: usize) -> Self {
        Self { most, young: ByHash::default(), old: ByHash::default() }
    }

    /// Where bytes are.
    pub fn get(&self, hash: u128) -> Option<Place> {
        self.young.get(&hash).or_else(|| self.old.get(&hash)).copied()
    }

    /// A tile has these bytes. Those that were not met for long are forgotten.
    pub fn note(&mut self, hash: u128, place: Place) {
        if self.young.contains_key(&hash) {
            return;
        }
        if self.young.len() == self.most {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_often_stays_known_and_what_does_not_is_forgotten() {
        let mut known = Known::of(100);
        let place = |at: u128| Place { offset: at as u64, length: 1 };
        for at in 0..10_000 {
            known.note(at, place(at));
            // One comes again every 80.
            if at % 80 == 0 {
                known.note(7, place(7));
            }
            assert!(known.young.len() + known.old.len() <= 200);
            assert_eq!(known.get(at.saturating_sub(90)), Some(place(at.saturating_sub(90))));
        }
        assert_eq!((known.get(7), known.get(8)), (Some(place(7)), None));
    }
}
