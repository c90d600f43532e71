//! Which tiles are timed, by a rule that follows from the data alone, and how much memory the process holds.

use duotile_core::{Points, TileId, morton};

/// A tile with its place among the occupied tiles of its zoom, fullest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Its address.
    pub tile: TileId,
    /// Rows in it.
    pub rows: usize,
    /// Its place; 0 is the fullest.
    pub rank: usize,
    /// Occupied tiles of the zoom.
    pub of: usize,
}

/// The occupied tiles of a zoom, fullest first, ties in Morton order.
#[must_use]
pub fn ranked(points: &Points<'_>, z: u8) -> Vec<Ranked> {
    let (mut tiles, mut start) = (Vec::new(), 0);
    while let Some(&key) = points.keys().get(start) {
        let tile = TileId::containing(morton::position(key), z);
        let end = points.range(tile).end;
        tiles.push((tile, end - start));
        start = end;
    }
    tiles.sort_by_key(|&(_, rows)| std::cmp::Reverse(rows));
    let of = tiles.len();
    tiles.into_iter().enumerate().map(|(rank, (tile, rows))| Ranked { tile, rows, rank, of }).collect()
}

/// Up to five of them: the fullest, and those a 64th, a 16th, a quarter and half of the way down, so that full and
/// sparse ones are among them.
#[must_use]
pub fn five(ranked: &[Ranked]) -> Vec<Ranked> {
    let n = ranked.len();
    let mut ranks = vec![0, n / 64, n / 16, n / 4, n / 2];
    ranks.dedup();
    ranks.into_iter().filter_map(|rank| ranked.get(rank).copied()).collect()
}

/// At least `least` of them, evenly down the ranks, or all; in an order that jumps about the world, so that one tile
/// does not warm the caches for the next.
#[must_use]
pub fn many(ranked: &[Ranked], least: usize) -> Vec<Ranked> {
    let step = (ranked.len() / least.max(1)).max(1);
    let even: Vec<Ranked> = ranked.iter().step_by(step).copied().collect();
    // A stride without a common factor with the length visits each once.
    let n = even.len();
    let stride = (n / 3..n).find(|&stride| divisor(stride, n) == 1).unwrap_or(1);
    (0..n).map(|i| even[i * stride % n]).collect()
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// Memory of this process in bytes, now and at most so far, where the system tells (Linux).
#[must_use]
pub fn memory() -> Option<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let field = |name: &str| -> Option<u64> {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
    };
    Some((field("VmRSS:")?, field("VmHWM:")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::{Roles, World, sort};

    fn keys() -> Vec<u64> {
        let at =
            |i: u32| World { x: i.wrapping_mul(0x9e37_79b9) >> (i % 5), y: i.wrapping_mul(0x85eb_ca6b) >> (i % 3) };
        let mut keys: Vec<u64> = (0..5000).map(|i| morton::key(at(i))).collect();
        sort(&mut keys, &mut (0..5000).collect());
        keys
    }

    #[test]
    fn all_points_are_in_the_ranked_tiles_and_the_fullest_is_first() {
        let (keys, rows) = (keys(), (0..5000).collect::<Vec<u32>>());
        let points = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        for z in [0, 3, 7] {
            let ranked = ranked(&points, z);
            assert_eq!(ranked.iter().map(|tile| tile.rows).sum::<usize>(), 5000);
            assert!(ranked.is_sorted_by(|a, b| a.rows >= b.rows));
            let five = five(&ranked);
            assert_eq!(five[0], ranked[0]);
            assert!(five.len() <= 5 && five.is_sorted_by(|a, b| a.rank < b.rank));
            let mut many: Vec<usize> = many(&ranked, 10).iter().map(|tile| tile.rank).collect();
            assert!(many.len() >= ranked.len().min(10));
            many.sort_unstable();
            many.dedup();
            assert!(many.len() >= ranked.len().min(10), "each once");
        }
    }
}
