//! Where bytes are that were written before, by their hash: of the last different ones, so that memory does not grow with an archive.
//!
//! What is known follows from what was noted and in which order alone: a run that goes on knows what one that was not ended does.

use duotile_core::archive::Place;
use std::collections::HashMap;

/// Different bytes that are known at least, twice as many at most: some 70 MB.
const MOST: usize = 1 << 19;

/// Bytes that are known.
#[derive(Debug)]
pub struct Known {
    most: usize,
    young: HashMap<u128, Place>,
    /// Those that were young before.
    old: HashMap<u128, Place>,
}

impl Default for Known {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Known {
    fn of(most: usize) -> Self {
        Self { most, young: HashMap::new(), old: HashMap::new() }
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
