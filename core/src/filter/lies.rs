//! Where rows lie to a geometry, as a test of a filter.

use crate::geometry::{Location, Region};

/// A region, and which of inside, border and outside are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Lies {
    pub(super) region: Region,
    pub(super) wanted: [bool; 3],
}

impl Lies {
    /// What a row costs, in looks at rows.
    pub(super) fn price(&self) -> usize {
        self.region.price()
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.region.size()
    }

    /// Up to 64 rows as bits; `hint` is a cell near theirs.
    pub(super) fn word(&self, keys: &[u64], hint: &mut usize) -> u64 {
        let [inside, border, outside] = self.wanted;
        self.region.word(keys, hint, |location| match location {
            Location::Inside => inside,
            Location::Border => border,
            Location::Outside => outside,
        })
    }
}
