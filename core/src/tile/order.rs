//! Which features of a tile are drawn before which: the boxes of rows enter, one by one; the rows leave, those with larger boxes first.

use crate::small;
use alloc::vec::Vec;

/// Bits of a size that are sorted by at once, below the number of its highest.
const BITS: u32 = 25;

/// Rows of a tile, and space to put them in order.
#[derive(Debug, Default)]
pub struct Order {
    /// The leading bits of a row's size, turned round, and its place among rows.
    keys: Vec<u64>,
    rows: Vec<(u64, u32)>,
}

impl Order {
    pub fn clear(&mut self) {
        self.keys.clear();
        self.rows.clear();
    }

    /// Bytes held.
    pub const fn size(&self) -> usize {
        self.keys.capacity() * 8 + self.rows.capacity() * 16
    }

    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn push(&mut self, size: u64, row: u32) {
        let zeros = size.leading_zeros();
        let leading = size.checked_shl(zeros).unwrap_or(0) >> (u64::BITS - BITS);
        let first = u64::from(u64::BITS - zeros) << BITS | leading;
        self.keys.push((u64::from(u32::MAX) - first) << 32 | self.rows.len() as u64);
        self.rows.push((size, row));
    }

    /// The larger ones first; those of one size as they came.
    pub fn sort(&mut self) {
        let Self { keys, rows } = self;
        let size = |key: u64| rows[key as u32 as usize].0;
        keys.sort_unstable();
        for alike in keys.chunk_by_mut(|a, b| a >> 32 == b >> 32).filter(|alike| alike.len() > 1) {
            if !alike.is_sorted_by(|&a, &b| size(a) >= size(b)) {
                small::sort_by(alike, |&a, &b| size(a) > size(b) || (size(a) == size(b) && a < b));
            }
        }
    }

    /// In their order.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.keys.iter().map(|&key| self.rows[key as u32 as usize].1 as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_sizes_and_then_of_rows() {
        let mut state = 3u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 7 ^ state << 50
        };
        let mut order = Order::default();
        for round in 0..60 {
            let count = 3 * round * round;
            let sizes: Vec<u64> = (0..count)
                .map(|_| match next() % 5 {
                    0 => 0,
                    1 => u64::MAX - next() % 3,
                    // Alike in their leading bits.
                    2 => (1 << 61) + next() % 9,
                    _ => next() >> (next() % 64),
                })
                .collect();
            order.clear();
            (0..).zip(&sizes).for_each(|(row, &size)| order.push(size, 7 * row));
            order.sort();
            let mut expected: Vec<usize> = (0..sizes.len()).collect();
            expected.sort_by_key(|&row| core::cmp::Reverse(sizes[row]));
            assert!(order.rows().eq(expected.iter().map(|row| 7 * row)), "{sizes:?}");
        }
    }
}
