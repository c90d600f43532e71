//! Where rows lie to a geometry, as a test of a filter.

use crate::geometry::{Location, Region, Walk};
use alloc::vec::Vec;
use core::ops::Range;

/// A region, and which of inside, border and outside are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Lies {
    pub(super) region: Region,
    pub(super) wanted: [bool; 3],
}

impl Lies {
    /// What a row costs at least, in looks at rows; those on the border cost more, which is paid for when they are met.
    pub(super) const PRICE: usize = 2;

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.region.size()
    }

    /// Up to 64 rows as bits; `walks` are at the rows before, one for each region. Says what is to be paid besides.
    pub(super) fn word<'l>(&'l self, keys: &[u64], rows: &Range<usize>, walks: &mut Vec<Walk<'l>>) -> (u64, usize) {
        let at = walks.iter().position(|walk| core::ptr::eq(walk.region(), &raw const self.region));
        let at = at.unwrap_or_else(|| {
            walks.push(Walk::new(&self.region));
            walks.len() - 1
        });
        let [inside, border, outside] = self.wanted;
        let walk = &mut walks[at];
        let word = walk.word(keys, rows, |location| match location {
            Location::Inside => inside,
            Location::Border => border,
            Location::Outside => outside,
        });
        (word, core::mem::take(&mut walk.owed))
    }
}
