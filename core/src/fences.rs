//! Fences: every 64th key once more, in a list short enough to stay in a processor's cache.
//!
//! Where a run of rows ends is found among the fences first, then in the one block of keys between two of them, so a
//! search touches one or two lines of memory instead of a dozen. They change no result, only its time: without them the
//! keys are searched alone. (10 M points, z0, 256 × 256 cells: see `cargo bench`.)

use alloc::vec::Vec;
use core::ops::Range;

/// Keys from one fence to the next: eight lines of memory.
const BLOCK: usize = 64;

/// Every 64th of some sorted keys, from the first.
#[derive(Clone, Debug, Default)]
pub struct Fences(Vec<u64>);

/// Sorted keys with their fences, or without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys<'a> {
    pub keys: &'a [u64],
    /// As many as there are blocks, or none.
    pub fences: &'a [u64],
}

impl Fences {
    /// The fences of sorted keys.
    #[must_use]
    pub fn of(keys: &[u64]) -> Self {
        Self(keys.iter().step_by(BLOCK).copied().collect())
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }

    /// The fences, if they are as many as these keys have.
    pub(crate) fn for_keys(&self, keys: &[u64]) -> Option<&[u64]> {
        (self.0.len() == keys.len().div_ceil(BLOCK)).then_some(&self.0)
    }
}

impl Keys<'_> {
    /// The first row of `rows` whose key is above `last`, or the end of `rows`. Fast where that is near the start.
    #[inline]
    pub fn after(&self, rows: Range<usize>, last: u64) -> usize {
        let Range { start, end } = rows;
        let mut fence = start / BLOCK + 1;
        if self.fences.get(fence).is_none_or(|&key| key > last) && !self.fences.is_empty() {
            let block = &self.keys[start..end.min(fence * BLOCK)];
            return start + gallop(block, last);
        }
        if self.fences.is_empty() {
            return start + gallop(&self.keys[start..end], last);
        }
        fence += gallop(&self.fences[fence..], last);
        // The fence before is at most `last`, this one is above it or beyond the keys.
        let low = ((fence - 1) * BLOCK + 1).min(end);
        let high = (fence * BLOCK).min(end);
        low + in_block(&self.keys[low..high], last)
    }
}

/// How many keys of a block are at most `last`. The first key of every line is looked at, whatever the others say, so
/// that the processor fetches all lines at once; a binary search would wait for one after the other.
#[inline]
fn in_block(keys: &[u64], last: u64) -> usize {
    const LINE: usize = 8;
    let lines: usize = keys.iter().step_by(LINE).map(|&key| usize::from(key <= last)).sum();
    let Some(before) = lines.checked_sub(1) else { return 0 };
    let rest = keys[before * LINE..].iter().take(LINE);
    before * LINE + rest.map(|&key| usize::from(key <= last)).sum::<usize>()
}

/// How many of sorted keys are at most `last`, by exponential, then binary search.
#[inline]
fn gallop(keys: &[u64], last: u64) -> usize {
    let (mut low, mut step) = (0, 1);
    while keys.get(low + step - 1).is_some_and(|&key| key <= last) {
        low += step;
        step *= 2;
    }
    let high = (low + step - 1).min(keys.len());
    low + keys[low..high].partition_point(|&key| key <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_fences_and_without_the_end_is_that_of_a_plain_look() {
        for n in [0u64, 1, 63, 64, 65, 128, 300] {
            for spread in [1, 7, 300] {
                let keys: Vec<u64> = (0..n).map(|i| i / spread * 10).collect();
                let fences = Fences::of(&keys);
                let with = Keys { keys: &keys, fences: fences.for_keys(&keys).expect("made of them") };
                let without = Keys { keys: &keys, fences: &[] };
                let rows: Vec<usize> = (0..=keys.len()).step_by(1 + keys.len() / 40).chain([keys.len()]).collect();
                for &start in &rows {
                    for &end in rows.iter().filter(|&&end| end >= start) {
                        for last in (0..=n / spread * 10 + 10).step_by(5) {
                            let plain = start + keys[start..end].iter().take_while(|&&key| key <= last).count();
                            assert_eq!(with.after(start..end, last), plain, "{n} {spread} {start}..{end} {last}");
                            assert_eq!(without.after(start..end, last), plain);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn fences_of_other_keys_are_not_taken() {
        assert!(Fences::of(&[1; 64]).for_keys(&[1; 65]).is_none());
    }
}
