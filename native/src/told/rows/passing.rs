//! The rows that pass, chunk by chunk. The filter is asked as it goes, so that no large mask is held for a client that takes hours.

use crate::engine::{Fitted, Refusal};
use duotile_core::{Mask, Points, Work};
use std::ops::Range;

/// Rows that are tested at once.
const CHUNK: usize = 1 << 12;
/// Rows that a piece looks at, should none of them pass.
const LOOKS: usize = 1 << 22;

/// How far rows were looked at.
#[derive(Debug, Default)]
pub(super) struct Passing {
    /// The first row that was not looked at.
    next: usize,
    /// Rows that were tested, and which of them pass.
    tested: Option<(Range<usize>, Option<Mask>)>,
}

impl Passing {
    /// How many rows were looked at.
    pub const fn looked(&self) -> usize {
        self.next
    }

    /// Gives each row that passes to `take`, in the order of the map, until that says that it has enough for now, or many were
    /// looked at. Says whether none is left.
    ///
    /// # Errors
    /// What `take` says; when nobody waits for it any more, or it costs too much.
    pub fn each(
        &mut self,
        fitted: &Fitted,
        points: &Points<'_>,
        work: &Work<'_>,
        mut take: impl FnMut(usize) -> Result<bool, Refusal>,
    ) -> Result<bool, Refusal> {
        let stop = points.len().min(self.next + LOOKS);
        let mut more = true;
        while more && self.next < stop {
            work.pay(0)?;
            let next = self.next;
            let (chunk, mask) = if let Some(tested) = self.tested.take().filter(|(chunk, _)| chunk.contains(&next)) {
                tested
            } else {
                let chunk = next..points.len().min(next + CHUNK);
                let filter = fitted.plan.filter();
                let mask = filter.map(|filter| filter.mask(points, chunk.clone(), work)).transpose()?;
                (chunk, mask)
            };
            while more && self.next < chunk.end {
                let row = self.next;
                self.next += 1;
                if mask.as_ref().is_none_or(|mask| mask.get(row)) {
                    more = take(row)?;
                }
            }
            self.tested = Some((chunk, mask));
        }
        Ok(self.next == points.len())
    }
}
