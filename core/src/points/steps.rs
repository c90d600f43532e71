//! Who goes first where not all rows fit: the rank and the number of a row enter, the step that it is of leaves.
//!
//! A rank holds up to four times as many rows as those before it together, and of an even coverage that is what it holds; so a rank is
//! [`PARTS`] steps, and chance decides which of its rows is of which. A row is of one step at every zoom and under every filter: tiles
//! agree, and where more steps fit at each deeper zoom, what shows goes on showing.

use crate::shapes::first::LAST;

/// Steps of a rank, as a power of two.
const PARTS_BITS: u32 = 4;
const PARTS: usize = 1 << PARTS_BITS;

/// All steps of all ranks.
pub const STEPS: usize = (LAST as usize + 1) * PARTS;

/// The step of a row of a rank, by its original number.
#[inline]
pub const fn step(rank: u8, number: u32) -> usize {
    // Those of a damaged file may be beyond the last.
    let rank = if rank < LAST { rank } else { LAST };
    rank as usize * PARTS + (scramble(number) >> (u32::BITS - PARTS_BITS)) as usize
}

/// The last step that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Most(u16);

impl Most {
    /// Every row.
    #[cfg(test)]
    pub const ALL: Self = Self(STEPS as u16 - 1);

    /// The last of so many steps from the first on; `None` of none.
    pub fn of(steps: u16) -> Option<Self> {
        steps.checked_sub(1).map(Self)
    }

    /// The last rank of which anything is kept.
    pub const fn rank(self) -> u8 {
        (self.0 >> PARTS_BITS) as u8
    }

    /// Whether a row is kept.
    #[inline]
    pub const fn keeps(self, rank: u8, number: u32) -> bool {
        step(rank, number) <= self.0 as usize
    }
}

/// A fixed scrambling of row numbers: the finaliser of `MurmurHash3` (Appleby, public domain).
pub const fn scramble(row: u32) -> u32 {
    let mut h = row ^ 0x9e37_79b9;
    h = (h ^ h >> 16).wrapping_mul(0x85eb_ca6b);
    h = (h ^ h >> 13).wrapping_mul(0xc2b2_ae35);
    h ^ h >> 16
}
