//! Whether a column can give ids: every row has one, all are integers in 0…2⁵³−1, and no two are the same.
//!
//! The last is found out range by range of the values, each as large as memory is given, so that a column may be much
//! larger than that: it is gone through once or twice for each range.

use crate::{dataset::Loaded, kind::Data};
use duotile_core::MAX_EXACT;
use std::ops::RangeInclusive;

/// Parts that a range is looked at in before it is divided.
const BUCKETS: i64 = 4096;

/// Checks a column in Morton order; `rows` are the rows' numbers, `memory` is in bytes.
///
/// # Errors
/// Why it cannot give ids, to stand after the column's name.
pub(super) fn check(column: &Loaded, rows: &[u32], memory: usize) -> Result<(), String> {
    let kind = column.data.kind().name();
    match &column.data {
        Data::I32(values) => check_values(column, rows, memory, |row| i64::from(values[row])),
        Data::I64(values) => check_values(column, rows, memory, |row| values[row]),
        _ => Err(format!("is {kind}, not integer")),
    }
}

fn check_values(
    column: &Loaded,
    rows: &[u32],
    memory: usize,
    value: impl Fn(usize) -> i64 + Copy,
) -> Result<(), String> {
    if let Some(at) = column.first_null() {
        return Err(format!("has no value in row {}", rows[at]));
    }
    let values = move || (0..rows.len()).map(value);
    if let Some(bad) = values().find(|id| !(0..=MAX_EXACT).contains(id)) {
        return Err(format!("has the value {bad}, outside 0…2⁵³−1"));
    }
    let range = values().fold((i64::MAX, 0), |(min, max), id| (min.min(id), max.max(id)));
    if rows.is_empty() {
        return Ok(());
    }
    match twice(&values, range.0..=range.1, (memory / 8).max(1024)) {
        Some(id) => Err(format!("has the value {id} more than once")),
        None => Ok(()),
    }
}

/// The smallest value in a range that is there twice. `room` is in words of 64 bits.
fn twice<I: Iterator<Item = i64>>(values: &impl Fn() -> I, range: RangeInclusive<i64>, room: usize) -> Option<i64> {
    let (low, high) = range.into_inner();
    let inside = || values().filter(|id| (low..=high).contains(id));
    let width = high - low + 1;
    // A bit for each value that could be, unless that is more than the values that are.
    if (width as u64).div_ceil(64) <= room as u64 && width / 64 <= BUCKETS.max(inside().count() as i64) {
        let mut seen = vec![0u64; (width as usize).div_ceil(64)];
        let mut first = None;
        for id in inside() {
            let (word, bit) = ((id - low) as usize / 64, (id - low) % 64);
            if seen[word] >> bit & 1 != 0 {
                first = Some(first.map_or(id, |first: i64| first.min(id)));
            }
            seen[word] |= 1 << bit;
        }
        return first;
    }
    let step = (width + BUCKETS - 1) / BUCKETS;
    let mut counts = vec![0usize; BUCKETS as usize];
    inside().for_each(|id| counts[((id - low) / step) as usize] += 1);
    let mut at = 0;
    while at < counts.len() {
        let start = at;
        let mut count = counts[at];
        at += 1;
        while at < counts.len() && count + counts[at] <= room {
            count += counts[at];
            at += 1;
        }
        let part = low + start as i64 * step..=high.min(low + (at as i64 * step - 1));
        let found = if count <= room {
            let mut ids = Vec::with_capacity(count);
            ids.extend(values().filter(|id| part.contains(id)));
            ids.sort_unstable();
            ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
        } else {
            twice(values, part, room)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by sorting all of them.
    fn plain(ids: &[i64]) -> Option<i64> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }

    #[test]
    fn the_smallest_that_is_there_twice_is_found_in_any_memory() {
        let scatter = |n: i64, spread: i64| (0..n).map(move |i| (i * 0x9e37_79b9) % spread).collect::<Vec<i64>>();
        let mut sets = vec![vec![], vec![7], vec![7, 7], (0..3000).rev().collect()];
        for spread in [100, 5000, 1 << 20, MAX_EXACT - 58] {
            sets.push(scatter(3000, spread));
        }
        let mut far: Vec<i64> = (0..3000).map(|i| i * 3).collect();
        far.extend([MAX_EXACT, 2997, 6000]);
        sets.push(far);
        sets.push([scatter(3000, MAX_EXACT - 58), scatter(10, MAX_EXACT - 58)].concat());
        for ids in sets {
            for room in [1, 10, 100, 1 << 20] {
                let (min, max) = (ids.iter().min().copied().unwrap_or(0), ids.iter().max().copied().unwrap_or(0));
                assert_eq!(
                    twice(&|| ids.iter().copied(), min..=max, room),
                    plain(&ids),
                    "{room} {:?}",
                    &ids[..ids.len().min(9)]
                );
            }
        }
    }

    #[test]
    fn what_is_no_id_is_said() {
        let column = |data: Data, valid: Option<&[bool]>| Loaded {
            name: "a".into(),
            data,
            valid: valid.map(|bits| bits.iter().copied().collect()),
        };
        let rows = [4, 2, 9];
        let said = |data, valid| check(&column(data, valid), &rows, 1 << 20).expect_err("no ids");
        assert_eq!(said(Data::F64(vec![1.0; 3].into()), None), "is number, not integer");
        assert_eq!(said(Data::I64(vec![1, 0, 3].into()), Some(&[true, false, true])), "has no value in row 2");
        assert_eq!(said(Data::I32(vec![1, -5, 3].into()), None), "has the value -5, outside 0…2⁵³−1");
        assert_eq!(said(Data::I32(vec![3, 1, 3].into()), None), "has the value 3 more than once");
        assert_eq!(check(&column(Data::I64(vec![3, 1, 2].into()), None), &rows, 1 << 20), Ok(()));
    }
}
