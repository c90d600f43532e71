//! How the values of many rows are spread, without a copy of them: values at given ranks, and every distinct value with
//! its count.
//!
//! What enters is runs of rows; what leaves is found in passes over them, by digits from the top: each pass counts how many
//! values fall into each part of what is still asked for, and only parts that hold what is asked for are looked at more
//! closely. Where few values are left they are gathered and sorted. So the memory is bounded whatever the rows are, and
//! every pass can be stopped. Ranks take at most a handful of passes; all distinct values about one for each two million of
//! them, unless they lie close together. Values are taken as integers of the same order ([`ordered`]).

use crate::{
    filter::mask::Mask,
    small::work::{Stopped, Work},
    sums::{exact::ordered, partial::each_row},
    table::{columns::Column, values::Values},
};
use alloc::vec::Vec;
use core::ops::Range;

/// Values that are gathered and sorted at once: 16 MB, and as much again where a list grows. Few in tests, which go every way with few values.
const GATHERED: u64 = if cfg!(test) { 1 << 10 } else { 1 << 21 };
/// Values next to each other that are counted one by one: 16 MB.
const COUNTED: u64 = if cfg!(test) { 1 << 11 } else { 1 << 22 };
/// Digits of a pass, as bits; shared by the parts that are asked for.
const BITS: u32 = 16;
/// Rows whose values are put side by side at a time.
const BLOCK: usize = 1 << 13;

/// What lies a part of the way from one number to another, which may be farther apart than a double holds.
pub(crate) fn between(low: f64, high: f64, part: f64) -> f64 {
    let way = high - low;
    if way.is_finite() { low + way * part } else { low * (1.0 - part) + high * part }
}

/// Runs of rows whose values are asked for: those that pass the mask.
#[derive(Clone)]
pub(crate) struct Run<'r> {
    pub column: &'r Column<'r>,
    pub rows: &'r [Range<usize>],
    pub mask: Option<&'r Mask>,
    pub work: &'r Work<'r>,
}

/// Smallest and largest value, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub low: i64,
    pub high: i64,
    pub count: u64,
}

/// Space that stays warm.
#[derive(Debug, Default)]
pub(crate) struct Space {
    block: Vec<i64>,
    values: Vec<i64>,
    counts: Vec<u32>,
}

/// Values from `low` to `high`, of which `before` smaller ones are known, and which hold a rank that is asked for.
struct Part {
    low: i64,
    high: i64,
    before: u64,
    count: u64,
    shift: u32,
}

impl Space {
    /// Bytes held.
    pub fn size(&self) -> usize {
        (self.block.capacity() + self.values.capacity()) * 8 + self.counts.capacity() * 4
    }
}

impl Run<'_> {
    /// Visits the values, some at a time.
    pub fn each_block(&self, block: &mut Vec<i64>, visit: &mut dyn FnMut(&[i64])) -> Result<(), Stopped> {
        let mut toll = self.work.toll();
        self.rows.iter().try_for_each(|run| {
            toll.each_step(run.clone(), |step| {
                for start in step.clone().step_by(BLOCK) {
                    block.clear();
                    gather(self.column, start..step.end.min(start + BLOCK), self.mask, block);
                    visit(block);
                }
            })
        })
    }

    /// Smallest, largest and how many; `None` for no values.
    pub fn extent(&self, space: &mut Space) -> Result<Option<Extent>, Stopped> {
        let mut extent = Extent { low: i64::MAX, high: i64::MIN, count: 0 };
        self.each_block(&mut space.block, &mut |values| {
            extent.count += values.len() as u64;
            for &value in values {
                (extent.low, extent.high) = (extent.low.min(value), extent.high.max(value));
            }
        })?;
        Ok((extent.count > 0).then_some(extent))
    }

    /// The values at some ranks, which ascend and are below the count.
    pub fn at_ranks(&self, all: Extent, ranks: &[u64], space: &mut Space) -> Result<Vec<i64>, Stopped> {
        let mut found = alloc::vec![all.high; ranks.len()];
        let mut parts = Vec::from([Part { low: all.low, high: all.high, before: 0, count: all.count, shift: 0 }]);
        let of = |part: &Part| {
            let below = |rank: u64| ranks.partition_point(|&other| other < rank);
            below(part.before)..below(part.before + part.count)
        };
        loop {
            parts.retain(|part| {
                let one = part.low == part.high;
                if one {
                    found[of(part)].fill(part.low);
                }
                !one
            });
            if parts.is_empty() {
                return Ok(found);
            }
            let Space { block, values, counts } = &mut *space;
            let holds = |parts: &[Part], value: i64| {
                let at = parts.partition_point(|part| part.high < value);
                parts.get(at).filter(|part| part.low <= value).map(|_| at)
            };
            if parts.iter().map(|part| part.count).sum::<u64>() <= GATHERED {
                values.clear();
                self.each_block(block, &mut |all| {
                    // No more than were counted, should a mapped file have changed since.
                    let room = GATHERED as usize - values.len().min(GATHERED as usize);
                    values.extend(all.iter().filter(|&&value| holds(&parts, value).is_some()).take(room));
                })?;
                values.sort_unstable();
                let mut start = 0;
                for part in &parts {
                    for at in of(part) {
                        let place = start + (ranks[at] - part.before) as usize;
                        found[at] = values.get(place).copied().unwrap_or(part.high);
                    }
                    start += part.count as usize;
                }
                return Ok(found);
            }
            let bits = BITS - (parts.len().next_power_of_two().ilog2()).min(BITS - 1);
            for part in &mut parts {
                part.shift = width(part.low, part.high).saturating_sub(bits);
            }
            counts.clear();
            counts.resize(parts.len() << bits, 0);
            self.each_block(block, &mut |all| {
                for &value in all {
                    if let Some(at) = holds(&parts, value) {
                        counts[(at << bits) + digit(&parts[at], value)] += 1;
                    }
                }
            })?;
            let mut closer = Vec::new();
            for (part, counts) in parts.iter().zip(counts.chunks_exact(1 << bits)) {
                let mut before = part.before;
                for (at, &count) in counts.iter().enumerate() {
                    let (low, high) = bounds(part, at);
                    let inner = Part { low, high, before, count: count.into(), shift: 0 };
                    before += inner.count;
                    if !of(&inner).is_empty() {
                        closer.push(inner);
                    }
                }
            }
            parts = closer;
        }
    }

    /// Visits every distinct value with its count, in the order of the values.
    pub fn each_distinct(
        &self,
        all: Extent,
        space: &mut Space,
        visit: &mut dyn FnMut(i64, u64),
    ) -> Result<(), Stopped> {
        let Extent { low, high, count } = all;
        if low == high {
            visit(low, count);
            return Ok(());
        }
        let Space { block, values, counts } = &mut *space;
        if count <= GATHERED {
            values.clear();
            self.each_block(block, &mut |all| {
                let room = GATHERED as usize - values.len().min(GATHERED as usize);
                values.extend(all.iter().filter(|&&value| (low..=high).contains(&value)).take(room));
            })?;
            values.sort_unstable();
            values.chunk_by(|a, b| a == b).for_each(|same| visit(same[0], same.len() as u64));
            return Ok(());
        }
        let part = Part { low, high, before: 0, count, shift: width(low, high).saturating_sub(BITS) };
        let counted = high.abs_diff(low) < COUNTED;
        let shift = if counted { 0 } else { part.shift };
        let part = Part { shift, ..part };
        counts.clear();
        counts.resize((high.abs_diff(low) >> shift) as usize + 1, 0);
        self.each_block(block, &mut |all| {
            for &value in all {
                if (low..=high).contains(&value) {
                    counts[digit(&part, value)] += 1;
                }
            }
        })?;
        if counted {
            for (at, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
                visit(low.wrapping_add(at as i64), count.into());
            }
            return Ok(());
        }
        // Neighbours are looked at together, as many as can be at once.
        let mut groups: Vec<Extent> = Vec::new();
        for (at, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
            let (low, high) = bounds(&part, at);
            match groups.last_mut() {
                Some(group) if group.count + u64::from(count) <= GATHERED || high.abs_diff(group.low) < COUNTED => {
                    (group.high, group.count) = (high, group.count + u64::from(count));
                }
                _ => groups.push(Extent { low, high, count: count.into() }),
            }
        }
        groups.into_iter().try_for_each(|group| self.each_distinct(group, space, visit))
    }
}

/// Bits that tell the values from `low` to `high` apart.
const fn width(low: i64, high: i64) -> u32 {
    u64::BITS - high.abs_diff(low).leading_zeros()
}

/// The digit of a value of a part.
#[inline]
const fn digit(part: &Part, value: i64) -> usize {
    (value.abs_diff(part.low) >> part.shift) as usize
}

/// The values of a part that have a digit.
fn bounds(part: &Part, digit: usize) -> (i64, i64) {
    let low = part.low.wrapping_add_unsigned((digit as u64) << part.shift);
    let last = ((digit as u64) << part.shift) | ((1 << part.shift) - 1);
    (low, part.low.wrapping_add_unsigned(last.min(part.high.abs_diff(part.low))))
}

/// Adds the values of some rows, as ordered integers.
pub(crate) fn gather(column: &Column<'_>, run: Range<usize>, mask: Option<&Mask>, gathered: &mut Vec<i64>) {
    match column.values {
        Values::I32(v) => each_row(column, run, mask, |row| gathered.push(v[row].into())),
        Values::I64(v) | Values::Time(v) => each_row(column, run, mask, |row| gathered.push(v[row])),
        Values::F32(v) => each_row(column, run, mask, |row| gathered.push(ordered(v[row].into()))),
        Values::F64(v) => each_row(column, run, mask, |row| gathered.push(ordered(v[row]))),
        Values::Bool(bits) => each_row(column, run, mask, |row| gathered.push(bits.get(row).into())),
        Values::Text(codes, _) => each_row(column, run, mask, |row| gathered.push(codes.get(row) as i64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::facts::Facts;
    use alloc::{collections::BTreeMap, vec};

    /// Wide and narrow, with heaps of equal ones, and the ends of what an integer can be.
    fn many() -> Vec<(&'static str, Vec<i64>)> {
        let n = 50_000;
        let mix = |i: i64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed());
        vec![
            ("wide", (0..n).map(mix).chain([i64::MIN, i64::MAX]).collect()),
            ("narrow", (0..n).map(|i| mix(i) >> 54).collect()),
            ("less narrow", (0..n).map(|i| mix(i) >> 48).collect()),
            ("heap", (0..n).map(|i| if i % 16 == 0 { mix(i) } else { 77 }).collect()),
            ("far apart", (0..n).map(|i| if i % 3 == 0 { i64::MAX - i % 5 } else { i64::MIN + i % 7 }).collect()),
            ("one", vec![-5; n as usize]),
        ]
    }

    #[test]
    fn ranks_and_counts_are_those_of_sorting() {
        for (name, values) in many() {
            let facts = Facts::default();
            let column = Column::new("v", Values::I64(&values), None, &facts).expect("fits");
            let work = Work::free();
            let run = Run {
                column: &column,
                rows: &[0..values.len() / 3, values.len() / 3..values.len()],
                mask: None,
                work: &work,
            };
            let mut space = Space::default();
            let extent = run.extent(&mut space).expect("goes on").expect("some");
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let last = values.len() - 1;
            assert_eq!((extent.low, extent.high, extent.count as usize), (sorted[0], sorted[last], values.len()));
            let mut ranks: Vec<u64> =
                [0.0, 0.001, 0.05, 0.1, 0.25, 0.5, 0.5, 0.9, 0.99, 1.0].map(|p| (last as f64 * p) as u64).into();
            ranks.extend([last as u64; 3]);
            let expected: Vec<i64> = ranks.iter().map(|&rank| sorted[rank as usize]).collect();
            assert_eq!(run.at_ranks(extent, &ranks, &mut space).expect("goes on"), expected, "{name}");

            let mut counts = BTreeMap::new();
            values.iter().for_each(|&value| *counts.entry(value).or_insert(0u64) += 1);
            let mut found = Vec::new();
            run.each_distinct(extent, &mut space, &mut |value, count| found.push((value, count))).expect("goes on");
            assert!(found == counts.into_iter().collect::<Vec<_>>(), "{name}");
            let bound = (2 * GATHERED as usize + 4 * BLOCK) * 8 + (1 << (BITS + 1)) * 4;
            assert!(space.size() <= bound, "{name}: {} bytes", space.size());
        }
    }

    #[test]
    fn a_run_that_is_told_to_stop_stops_at_once() {
        let values = vec![1; 3 * crate::small::work::STEP];
        let facts = Facts::default();
        let column = Column::new("v", Values::I64(&values), None, &facts).expect("fits");
        let go_on = || false;
        let work = Work::new(&go_on, u64::MAX);
        let all = 0..values.len();
        let run = Run { column: &column, rows: core::slice::from_ref(&all), mask: None, work: &work };
        assert_eq!(run.extent(&mut Space::default()), Err(Stopped::Gone));
        assert_eq!(work.spent(), crate::small::work::STEP as u64);
    }
}
