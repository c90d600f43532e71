//! The rows behind a cell, a tile or a filter, a page at a time, in the order of the map.

use crate::{
    filter::mask::Mask,
    hex::{index::Cell, rows::each},
    plan::{Plan, Source},
    points::index::Points,
    query::{Properties, TileQuery},
    small::work::{Stopped, Work},
    space::tile::TileId,
    table::view::Table,
};
use alloc::vec::Vec;
use core::ops::Range;

/// Most rows of a page.
pub const MAX_PAGE: usize = 10_000;

/// Rows of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Their places among the points.
    pub rows: Vec<usize>,
    /// Rows of all pages.
    pub matched: usize,
}

/// Where to look for rows: everything that is said must hold.
#[derive(Clone, Copy, Debug, Default)]
pub struct Within {
    /// In a tile.
    pub tile: Option<TileId>,
    /// Between two keys, both included, as [`cell_keys`](crate::cell_keys) gives them.
    pub keys: Option<(u64, u64)>,
    /// In a cell of H3.
    pub hexagon: Option<Cell>,
}

impl Page {
    /// The rows that pass a mask, after so many of them, up to so many.
    ///
    /// # Errors
    /// [`Stopped`] when nobody waits any more or the budget is used up.
    pub fn of(
        points: &Points<'_>,
        mask: Option<&Mask>,
        within: Within,
        (offset, limit): (usize, usize),
        work: &Work<'_>,
    ) -> Result<Self, Stopped> {
        let mut range = within.tile.map_or(0..points.len(), |tile| points.range(tile));
        if let Some((lo, hi)) = within.keys {
            let keys = points.keys();
            let within = keys.partition_point(|&key| key < lo)..keys.partition_point(|&key| key <= hi);
            range = range.start.max(within.start)..range.end.min(within.end);
        }
        let range = range.start..range.end.max(range.start);
        let mut page = Self::default();
        let Some(cell) = within.hexagon else {
            page.take(mask, range, offset, limit);
            return Ok(page);
        };
        each((points.sorted(), mask), cell, &mut work.toll(), |run| {
            let run = run.start.max(range.start)..run.end.min(range.end);
            page.take(mask, run.start..run.end.max(run.start), offset, limit);
        })?;
        Ok(page)
    }

    /// Goes on with a run of rows behind those before it.
    fn take(&mut self, mask: Option<&Mask>, run: Range<usize>, offset: usize, limit: usize) {
        let count = mask.map_or(run.len(), |mask| mask.count(run.clone()));
        let skip = offset.saturating_sub(self.matched);
        if skip < count {
            self.rows.extend(rows(mask, run, skip, limit - self.rows.len()));
        }
        self.matched += count;
    }
}

fn rows(mask: Option<&Mask>, range: Range<usize>, offset: usize, limit: usize) -> Vec<usize> {
    match mask {
        Some(mask) => {
            // By ranks, so that a late page costs no more than the first.
            let (mut low, mut high) = (range.start, range.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if mask.count(range.start..middle + 1) <= offset { low = middle + 1 } else { high = middle }
            }
            mask.rows(low..range.end).take(limit).collect()
        }
        None => range.skip(offset).take(limit).collect(),
    }
}

impl TileQuery {
    /// The columns that rows are told with: those of `properties`, all of them unless said.
    #[must_use]
    pub fn told_columns(&self, plan: &Plan, table: &Table<'_>) -> Vec<usize> {
        if self.properties == Properties::Default {
            return (0..table.columns().len()).collect();
        }
        let sources = plan.properties().iter();
        sources.filter_map(|p| if let Source::Column(column) = p.source { Some(column) } else { None }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_a_mask_is_what_skipping_gives() {
        let words =
            (0..40u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) & i.rotate_left(7).wrapping_mul(31)).collect();
        let mask = Mask::new(0..40 * 64, words);
        for range in [0..2560, 100..2000, 700..701, 64..64] {
            for offset in [0, 1, 5, 63, 200, 10_000] {
                let expected: Vec<usize> = mask.rows(range.clone()).skip(offset).take(7).collect();
                assert_eq!(rows(Some(&mask), range.clone(), offset, 7), expected, "{range:?} {offset}");
            }
        }
    }
}
