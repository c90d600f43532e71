//! Sorts points by key on all threads, in exactly the order of [`duotile_core::sort`]: runs are sorted each on its own,
//! then merged two by two, every merge cut into pieces that can be made at the same time.

use rayon::prelude::*;

/// Below this many points one thread is as quick.
const FEW: usize = 1 << 16;
/// Points that a thread merges at a time.
const PIECE: usize = 1 << 17;
/// Most runs; each doubling costs another round of merging.
const RUNS: usize = 16;

type Run = (Vec<u64>, Vec<u32>);

/// Sorts points by key, ties by row. `rows` starts ascending. Needs as much memory again while it runs.
pub(super) fn sort(keys: &mut Vec<u64>, rows: &mut Vec<u32>) {
    let runs = rayon::current_num_threads().next_power_of_two().min(RUNS);
    if keys.len() < FEW || runs < 2 || keys.len() != rows.len() || keys.is_sorted() {
        return duotile_core::sort(keys, rows);
    }
    let mut runs: Vec<Run> = split(std::mem::take(keys), std::mem::take(rows), runs);
    runs.par_iter_mut().for_each(|(keys, rows)| duotile_core::sort(keys, rows));
    while runs.len() > 1 {
        let mut rest = runs.into_iter();
        let mut merged = Vec::new();
        while let Some(first) = rest.next() {
            merged.push(match rest.next() {
                Some(second) => merge(&first, &second),
                None => first,
            });
        }
        runs = merged;
    }
    if let Some((sorted_keys, sorted_rows)) = runs.pop() {
        (*keys, *rows) = (sorted_keys, sorted_rows);
    }
}

/// Cuts points into runs of about the same length, from the end, so that the first keeps its memory.
fn split(mut keys: Vec<u64>, mut rows: Vec<u32>, count: usize) -> Vec<Run> {
    let size = keys.len().div_ceil(count);
    let mut runs: Vec<Run> = Vec::with_capacity(count);
    for run in (1..count).rev() {
        let start = (run * size).min(keys.len());
        runs.push((keys.split_off(start), rows.split_off(start)));
        keys.shrink_to_fit();
        rows.shrink_to_fit();
    }
    runs.push((keys, rows));
    runs.reverse();
    runs
}

/// Two runs as one. Of equal keys those of the first come first: its rows are the smaller ones.
fn merge(first: &Run, second: &Run) -> Run {
    let len = first.0.len() + second.0.len();
    let (mut keys, mut rows) = (vec![0; len], vec![0; len]);
    keys.par_chunks_mut(PIECE).zip(rows.par_chunks_mut(PIECE)).enumerate().for_each(|(piece, (keys, rows))| {
        let before = piece * PIECE;
        let mut from = from_first(&first.0, &second.0, before);
        let mut other = before - from;
        for (key, row) in keys.iter_mut().zip(rows) {
            let is_first = match (first.0.get(from), second.0.get(other)) {
                (Some(here), Some(there)) => here <= there,
                (here, _) => here.is_some(),
            };
            let (run, at) = if is_first { (first, &mut from) } else { (second, &mut other) };
            (*key, *row) = (run.0[*at], run.1[*at]);
            *at += 1;
        }
    });
    (keys, rows)
}

/// How many of the first `count` points of two merged runs come from the first of them.
fn from_first(a: &[u64], b: &[u64], count: usize) -> usize {
    let (mut low, mut high) = (count.saturating_sub(b.len()), count.min(a.len()));
    while low < high {
        let i = low + (high - low) / 2;
        // The last that would come from the second run belongs behind this one of the first: take more of the first.
        if a[i] <= b[count - i - 1] { low = i + 1 } else { high = i }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(len: usize, of: impl Fn(u64) -> u64) -> Vec<u64> {
        (0..len as u64).map(|i| of(i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11)).collect()
    }

    #[test]
    fn the_order_is_that_of_the_core_whatever_the_number_of_threads() {
        let inputs: [(&str, Vec<u64>); 6] = [
            ("all differ", keys(3 * PIECE + 7, |x| x << 11)),
            ("many ties", keys(3 * PIECE + 1, |x| (x % 50) << 40)),
            ("all equal", keys(FEW + 3, |_| 5)),
            ("falling", (0..FEW as u64 * 2).rev().collect()),
            ("rising", (0..FEW as u64 * 2).collect()),
            ("few", keys(100, |x| x % 10)),
        ];
        for threads in [1, 2, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            for (what, keys) in &inputs {
                let rows: Vec<u32> = (0..keys.len() as u32).collect();
                let (mut ours, mut our_rows) = (keys.clone(), rows.clone());
                pool.install(|| sort(&mut ours, &mut our_rows));
                let (mut cores, mut core_rows) = (keys.clone(), rows);
                duotile_core::sort(&mut cores, &mut core_rows);
                assert!(ours == cores && our_rows == core_rows, "{what} on {threads} threads");
                assert!(our_rows.iter().zip(&ours).all(|(&row, &key)| keys[row as usize] == key));
            }
        }
    }

    #[test]
    fn a_merge_takes_what_a_plain_one_takes() {
        let (a, b) = ([1u64, 1, 3, 5, 5, 9], [0u64, 1, 1, 5, 6]);
        let mut plain: Vec<(u64, bool)> =
            a.iter().map(|&key| (key, false)).chain(b.iter().map(|&key| (key, true))).collect();
        plain.sort_unstable();
        for count in 0..=plain.len() {
            let expected = plain[..count].iter().filter(|(_, second)| !second).count();
            assert_eq!(from_first(&a, &b, count), expected, "{count}");
        }
    }
}
