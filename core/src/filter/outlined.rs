//! What rows that are more than points are to a geometry, as a test of a filter.

use crate::{
    geometry::{Edges, Relation, relates},
    outlines::{Frame, Outlines},
    small::work::{Stopped, Toll},
};
use core::ops::Range;

/// A geometry, and what rows are to be to it, or not to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlined {
    pub(super) edges: Edges,
    pub(super) relation: Relation,
    pub(super) not: bool,
}

impl Outlined {
    /// What a row costs at least, in looks at rows; what has to be looked at more closely is paid for as that is done.
    pub(super) const PRICE: usize = 4;

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.edges.size()
    }

    /// Up to 64 rows as bits; of those that are not asked for none is set.
    pub(super) fn word(
        &self,
        (outlines, boxes): (Outlines<'_>, &[Frame]),
        rows: Range<usize>,
        asked: u64,
        toll: &mut Toll<'_>,
    ) -> Result<u64, Stopped> {
        let mut word = 0;
        for (at, row) in rows.enumerate().filter(|(at, _)| asked >> at & 1 == 1) {
            let Some(&frame) = boxes.get(row) else { break };
            let holds = relates(&outlines, (row, frame), &self.edges, self.relation, toll)?;
            word |= u64::from(holds != self.not) << at;
        }
        Ok(word)
    }
}
