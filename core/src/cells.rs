//! Cells of a tile: runs of rows, found by galloping.
//!
//! At level *l* the world is a grid of 2ˡ × 2ˡ cells. In Morton order a cell is a run of rows that share the top 2*l* bits
//! of their keys, so the end of a run is found by exponential, then binary search ([`crate::fences`]): the cost grows with
//! the number of occupied cells, not with the number of rows.

use crate::{fences::Keys, mask::Mask};
use core::ops::Range;

/// The deepest level: a cell is one step of the world.
pub const MAX_LEVEL: u8 = 32;

/// Visits each cell of a level that holds a passing row of `range`, in Morton order, with its code (the top 2·`level`
/// bits of its keys), its run of rows and the number that pass. Stops early when `visit` says `false`.
pub fn walk(
    keys: Keys<'_>,
    mask: Option<&Mask>,
    range: Range<usize>,
    level: u8,
    mut visit: impl FnMut(u64, Range<usize>, usize) -> bool,
) {
    let shift = 64 - 2 * u32::from(level.min(MAX_LEVEL));
    let mut start = range.start;
    while start < range.end {
        if let Some(mask) = mask {
            match mask.next(start..range.end) {
                Some(row) => start = row,
                None => return,
            }
        }
        let code = keys.keys[start].checked_shr(shift).unwrap_or(0);
        let last = keys.keys[start] | (1u64.checked_shl(shift).unwrap_or(0).wrapping_sub(1));
        let end = keys.after(start..range.end, last);
        // The run begins at its first passing row: rows before it in the cell do not pass.
        let count = mask.map_or(end - start, |mask| mask.count(start..end));
        if !visit(code, start..end, count) {
            return;
        }
        start = end;
    }
}

/// How many cells of a level hold a passing row of `range`, as far as `most`, past which it stops counting.
pub fn count(keys: Keys<'_>, mask: Option<&Mask>, range: Range<usize>, level: u8, most: usize) -> usize {
    let mut cells = 0;
    walk(keys, mask, range, level, |_, _, _| {
        cells += 1;
        cells <= most
    });
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeMap, vec::Vec};

    #[test]
    fn cells_are_the_rows_grouped_by_the_top_bits() {
        let mut keys: Vec<u64> =
            (0..4000u64).map(|i| (i * i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 50)).collect();
        keys.extend([0, 0, u64::MAX, u64::MAX, u64::MAX]);
        keys.sort_unstable();
        let words: Vec<u64> = (0..64u64).map(|i| i.wrapping_mul(0xd134_2543_de82_ef95) & (i << 40 | 0xff0)).collect();
        let mask = Mask::new(0..keys.len(), words);
        let sorted = Keys { keys: &keys, fences: &[] };
        for mask in [None, Some(&mask)] {
            for level in [0, 1, 5, 9, 20, 31, 32] {
                for range in [0..keys.len(), 17..keys.len() - 3, 50..50] {
                    let mut expected = BTreeMap::new();
                    for row in range.clone().filter(|&row| mask.is_none_or(|mask| mask.get(row))) {
                        let code = if level == 0 { 0 } else { keys[row] >> (64 - 2 * level) };
                        *expected.entry(code).or_insert(0) += 1;
                    }
                    let mut got = BTreeMap::new();
                    walk(sorted, mask, range.clone(), level, |code, run, count| {
                        assert_eq!(run.filter(|&row| mask.is_none_or(|mask| mask.get(row))).count(), count);
                        got.insert(code, count).is_none()
                    });
                    assert_eq!(got, expected, "level {level}, {range:?}");
                    assert_eq!(count(sorted, mask, range, level, usize::MAX), expected.len());
                }
            }
        }
    }
}
