//! Cells of a tile: runs of rows.
//!
//! At level *l* the world is a grid of 2ˡ × 2ˡ cells. In Morton order a cell is a run of rows that share the top 2*l* bits
//! of their keys. Where it holds many rows it is among the [landmarks](crate::Landmarks), with its run; the rows between
//! landmarks are few for each cell, and the end of a run is found among their keys: the cost grows with the number of
//! occupied cells, not with the number of rows. Without landmarks it is found by galloping.

use crate::{
    filter::mask::Mask,
    points::landmarks::{Keys, gallop},
    small::work::{Stopped, Toll},
};
use core::ops::Range;

/// The deepest level: a cell is one step of the world.
pub const MAX_LEVEL: u8 = 32;

/// An occupied cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The top 2 · level bits of its keys.
    pub code: u64,
    /// Its rows, from the first that passes or before it.
    pub run: Range<usize>,
    /// How many of them pass.
    pub count: usize,
    /// Which landmark it is.
    pub landmark: Option<usize>,
}

/// Visits each cell of a level that holds a passing row of `range`, in Morton order. The range must be that of a cell of
/// this level or a coarser one. Stops early when `visit` says `false`, and tells whether it went on to the end.
///
/// `visit` pays for the cells it is given, as it may do so for many at once; what is passed over is paid for here.
///
/// # Errors
/// [`Stopped`], of this or of `visit`.
pub fn walk(
    keys: Keys<'_>,
    mask: Option<&Mask>,
    range: Range<usize>,
    level: u8,
    toll: &mut Toll<'_>,
    mut visit: impl FnMut(Cell, &mut Toll<'_>) -> Result<bool, Stopped>,
) -> Result<bool, Stopped> {
    let level = level.min(MAX_LEVEL);
    let landmarks = keys.landmarks;
    let (mut row, mut at) = (range.start, landmarks.from(range.start));
    // Passing rows before `row`.
    let mut before = mask.map_or(0, |mask| mask.rank(row));
    loop {
        // The next landmark of the level; coarser ones are stepped into, unless none of their rows passes.
        let next = loop {
            let Some(landmark) = landmarks.find(at).filter(|landmark| landmark.start < range.end) else { break None };
            if landmark.finest >= level {
                break Some(landmark);
            }
            toll.pay(1)?;
            let empty = mask.is_some_and(|mask| mask.count(landmark.run()) == 0);
            at = if empty { landmark.skip } else { at + 1 };
        };
        let sparse = row..next.map_or(range.end, |landmark| landmark.start);
        if !between(keys.keys, mask, sparse, level, &mut before, toll, &mut visit)? {
            return Ok(false);
        }
        let Some(landmark) = next else { return Ok(true) };
        let end = landmark.end.min(range.end);
        let rank = mask.map_or(0, |mask| mask.rank(end));
        let count = if mask.is_some() { rank.saturating_sub(before) } else { end - landmark.start };
        let code = code(landmark.key, level);
        if count == 0 {
            toll.pay(1)?;
        } else if !visit(Cell { code, run: landmark.start..end, count, landmark: Some(at) }, toll)? {
            return Ok(false);
        }
        (row, before, at) = (end, rank, landmark.skip);
    }
}

/// Visits the cells of rows among which there is no landmark.
#[inline]
fn between(
    keys: &[u64],
    mask: Option<&Mask>,
    range: Range<usize>,
    level: u8,
    before: &mut usize,
    toll: &mut Toll<'_>,
    visit: &mut impl FnMut(Cell, &mut Toll<'_>) -> Result<bool, Stopped>,
) -> Result<bool, Stopped> {
    let mut start = range.start;
    while start < range.end {
        if let Some(mask) = mask {
            // A word of bits at a time.
            let next = mask.next(start..range.end);
            toll.pay((next.unwrap_or(range.end) - start) / 64)?;
            match next {
                Some(row) => start = row,
                None => return Ok(true),
            }
        }
        let last = keys[start] | u64::MAX.checked_shr(2 * u32::from(level)).unwrap_or(0);
        let end = start + gallop(&keys[start..range.end], last);
        let count = mask.map_or(end - start, |mask| {
            let rank = mask.rank(end);
            rank.saturating_sub(core::mem::replace(before, rank))
        });
        if !visit(Cell { code: code(keys[start], level), run: start..end, count, landmark: None }, toll)? {
            return Ok(false);
        }
        start = end;
    }
    Ok(true)
}

/// First and last key of a cell, by the id it has in tiles: a marker bit in front of its Morton code. `None` for a number
/// that is no id of a cell.
#[must_use]
pub fn cell_keys(id: u64) -> Option<(u64, u64)> {
    let bits = id.checked_ilog2().filter(|bits| bits.is_multiple_of(2))?;
    let lo = (id ^ 1 << bits).checked_shl(64 - bits).unwrap_or(0);
    Some((lo, lo | u64::MAX.checked_shr(bits).unwrap_or(0)))
}

/// The finest level of quadbin, beyond which 64 bits have no room.
const MAX_QUADBIN: u8 = 26;

/// The index that a cell has in [quadbin](https://docs.carto.com/data-and-analysis/analytics-toolbox-for-bigquery/key-concepts/spatial-indexes),
/// which numbers the same squares: a 1 and a mode in front, the level, its Morton code, and ones to the end. `None` for cells that are too fine for it.
#[must_use]
pub fn quadbin(level: u8, code: u64) -> Option<u64> {
    let rest = 52u64.checked_sub(2 * u64::from(level))?;
    Some(1 << 62 | 1 << 59 | u64::from(level) << 52 | code << rest | ((1 << rest) - 1)).filter(|_| level <= MAX_QUADBIN)
}

/// How many cells of a level hold a passing row of `range`, as far as `most`, past which it stops counting.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn count(
    keys: Keys<'_>,
    mask: Option<&Mask>,
    range: Range<usize>,
    level: u8,
    most: usize,
    toll: &mut Toll<'_>,
) -> Result<usize, Stopped> {
    let mut cells = 0;
    walk(keys, mask, range, level, toll, |_, toll| {
        toll.pay(1)?;
        cells += 1;
        Ok(cells <= most)
    })?;
    Ok(cells)
}

fn code(key: u64, level: u8) -> u64 {
    key.checked_shr(64 - 2 * u32::from(level)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        points::landmarks::Landmarks,
        small::work::Work,
        space::{morton, tile::TileId},
    };
    use alloc::{collections::BTreeMap, vec::Vec};

    fn keys() -> Vec<u64> {
        let mut keys: Vec<u64> =
            (0..4000u64).map(|i| (i * i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 50)).collect();
        keys.extend([0, 0, u64::MAX, u64::MAX, u64::MAX]);
        keys.extend([1 << 40; 200]);
        keys.sort_unstable();
        keys
    }

    #[test]
    fn cells_are_the_rows_grouped_by_the_top_bits() {
        let keys = keys();
        let words: Vec<u64> = (0..70u64).map(|i| i.wrapping_mul(0xd134_2543_de82_ef95) & (i << 40 | 0xff0)).collect();
        let (sparse, none) = (Mask::new(0..keys.len(), words), Mask::new(0..keys.len(), Vec::new()));
        let words = Landmarks::build(&keys);
        let known = Landmarks::new(&words, keys.len());
        for landmarks in [known, Landmarks::unknown(keys.len())] {
            let sorted = Keys { keys: &keys, landmarks };
            for mask in [None, Some(&sparse), Some(&none)] {
                for level in [0, 1, 2, 5, 9, 20, 31, 32] {
                    // Whole cells of this level and of coarser ones.
                    for coarse in 0..=level.min(9) {
                        let shift = 64 - 2 * u32::from(coarse);
                        let mut start = 0;
                        while start < keys.len() {
                            let end = keys.partition_point(|&key| code(key, coarse) <= code(keys[start], coarse));
                            assert!(shift == 64 || keys[start] >> shift == keys[end - 1] >> shift);
                            same(sorted, mask, start..end, level);
                            start = end;
                        }
                    }
                    same(sorted, mask, 50..50, level);
                }
            }
        }
    }

    fn same(sorted: Keys<'_>, mask: Option<&Mask>, range: Range<usize>, level: u8) {
        let passes = |row: usize| mask.is_none_or(|mask| mask.get(row));
        let mut expected = BTreeMap::new();
        for row in range.clone().filter(|&row| passes(row)) {
            let code = if level == 0 { 0 } else { sorted.keys[row] >> (64 - 2 * level) };
            *expected.entry(code).or_insert(0) += 1;
        }
        let mut got = Vec::new();
        let work = Work::free();
        let walked = walk(sorted, mask, range.clone(), level, &mut work.toll(), |cell, _| {
            assert_eq!(cell.run.clone().filter(|&row| passes(row)).count(), cell.count);
            assert!(cell.landmark.is_none_or(|at| sorted.landmarks.get(at).run() == cell.run));
            got.push((cell.code, cell.count));
            Ok(true)
        });
        assert_eq!(walked, Ok(true));
        assert!(got.is_sorted(), "level {level}, {range:?}");
        assert_eq!(got, expected.into_iter().collect::<Vec<_>>(), "level {level}, {range:?}");
        assert_eq!(count(sorted, mask, range, level, usize::MAX, &mut work.toll()), Ok(got.len()));
    }

    #[test]
    fn a_cell_is_the_keys_of_the_square_it_was_made_of() {
        assert_eq!(cell_keys(1), Some((0, u64::MAX)));
        // The cell of level 9 that is the tile 9/270/170.
        let (lo, hi) = morton::range(TileId::new(9, 270, 170).expect("valid"));
        assert_eq!(cell_keys(1u64 << 18 | lo >> (64 - 18)), Some((lo, hi)));
        for odd in [0, 2, 3, 8, 1 << 63] {
            assert_eq!(cell_keys(odd), None, "{odd}");
        }
    }

    /// What a damaged file may hold that [`Landmarks::checked`] does not see: the cells are wrong, but nothing panics.
    #[test]
    fn landmarks_of_other_keys_do_no_harm() {
        let keys = keys();
        let words = Landmarks::build(&keys);
        for at in 0..words.len() {
            for bits in [0, 1, 17 << 32, 40, u64::MAX, 1 << 40] {
                let mut damaged = words.clone();
                damaged[at] ^= bits;
                let Ok(landmarks) = Landmarks::new(&damaged, keys.len()).checked() else { continue };
                let sorted = Keys { keys: &keys, landmarks };
                let cells = count(sorted, None, 0..keys.len(), 9, usize::MAX, &mut Work::free().toll());
                assert!(cells.expect("goes on") <= keys.len());
            }
        }
    }

    #[test]
    fn quadbins_are_those_of_another_library() {
        // By Python's quadbin 0.2.2: tile_to_cell((x, y, z)).
        for (z, x, y, expected) in [
            (0, 0, 0, 0x480f_ffff_ffff_ffff),
            (1, 1, 0, 0x4817_ffff_ffff_ffff),
            (2, 3, 2, 0x482d_ffff_ffff_ffff),
            (6, 33, 21, 0x4866_23ff_ffff_ffff),
            (10, 163, 395, 0x48a2_c48f_ffff_ffff),
            (12, 2200, 1343, 0x48c6_24be_afff_ffff),
            (26, 67_108_863, 67_108_863, 0x49af_ffff_ffff_ffff),
            (26, 35_210_000, 21_493_000, 0x49a6_216b_ba27_0180),
        ] {
            let shift = 32 - u32::from(z);
            let corner = crate::World { x: x << shift.min(31), y: y << shift.min(31) };
            assert_eq!(quadbin(z, code(morton::key(corner), z)), Some(expected), "{z}/{x}/{y}");
        }
        assert_eq!([quadbin(27, 0), quadbin(31, 0)], [None, None]);
    }
}
