//! Keys with the numbers of their rows are put in order: a radix sort.

use alloc::{vec, vec::Vec};

/// Sorts points by key, ties by row: a stable radix sort of the pairs. `rows` starts as ascending row numbers.
///
/// Takes 11 bits a pass, skips passes in which all keys agree, and needs as much memory again while it runs. Entries
/// without a partner (one of the two is longer) are cut off.
pub fn sort(keys: &mut Vec<u64>, rows: &mut Vec<u32>) {
    const BITS: u32 = 11;
    const MASK: usize = (1 << BITS) - 1;
    let len = keys.len().min(rows.len());
    keys.truncate(len);
    rows.truncate(len);
    if keys.is_sorted() {
        return;
    }
    let digit = |key: u64, pass: u32| (key >> (pass * BITS)) as usize & MASK;
    let passes = u64::BITS.div_ceil(BITS);
    let mut counts = vec![[0u32; MASK + 1]; passes as usize];
    for &key in keys.iter() {
        for pass in 0..passes {
            counts[pass as usize][digit(key, pass)] += 1;
        }
    }
    let (mut other_keys, mut other_rows) = (vec![0; len], vec![0; len]);
    for pass in 0..passes {
        let starts = &mut counts[pass as usize];
        if starts.iter().any(|&count| count as usize == len) {
            continue;
        }
        let mut total = 0;
        for start in starts.iter_mut() {
            total += core::mem::replace(start, total);
        }
        for (&key, &row) in keys.iter().zip(rows.iter()) {
            let place = &mut starts[digit(key, pass)];
            other_keys[*place as usize] = key;
            other_rows[*place as usize] = row;
            *place += 1;
        }
        core::mem::swap(keys, &mut other_keys);
        core::mem::swap(rows, &mut other_rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scatter(n: u32) -> Vec<u64> {
        (0..n).map(|i| u64::from(i.wrapping_mul(0x9e37_79b9) >> 20) << 40 | u64::from(i % 7)).collect()
    }

    #[test]
    fn the_radix_sort_is_the_stable_sort() {
        for n in [0, 1, 2, 100, 5000] {
            let mut keys = scatter(n);
            let mut rows: Vec<u32> = (0..n).collect();
            let mut expected: Vec<(u64, u32)> = keys.iter().copied().zip(rows.iter().copied()).collect();
            expected.sort_unstable();
            sort(&mut keys, &mut rows);
            assert!(keys.iter().copied().zip(rows.iter().copied()).eq(expected));
        }
    }
}
