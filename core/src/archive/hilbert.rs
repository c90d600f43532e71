//! Tiles by number, as PMTiles has them: zoom by zoom, each along a Hilbert curve.
//!
//! Source: the PMTiles specification, version 3, section "Tile IDs".

use crate::space::tile::{MAX_ZOOM, TileId};

/// How many tiles all zooms before one have.
#[must_use]
pub const fn before(z: u8) -> u64 {
    ((1 << (2 * z as u64)) - 1) / 3
}

/// The number of a tile.
#[must_use]
pub const fn id(tile: TileId) -> u64 {
    let (z, mut x, mut y) = (tile.z(), tile.x(), tile.y());
    let (mut along, mut at) = (0, z as u32);
    while at > 0 {
        at -= 1;
        let (right, below) = (x >> at & 1, y >> at & 1);
        along = along << 2 | ((3 * right) ^ below) as u64;
        if below == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    before(z) + along
}

/// The tile of a number; `None` beyond the deepest zoom.
#[must_use]
pub fn tile(id: u64) -> Option<TileId> {
    let z = (0..=MAX_ZOOM).find(|&z| id < before(z + 1))?;
    let along = id - before(z);
    let (mut x, mut y) = (0u32, 0u32);
    for at in 0..u32::from(z) {
        let step = (along >> (2 * at) & 3) as u32;
        let right = step >> 1;
        let below = (step ^ right) & 1;
        if below == 0 {
            if right == 1 {
                let all = (1 << at) - 1;
                (x, y) = (all - x, all - y);
            }
            (x, y) = (y, x);
        }
        (x, y) = (x | right << at, y | below << at);
    }
    TileId::new(z.into(), x, y).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_tiles_have_known_numbers() {
        let of = |z, x, y| id(TileId::new(z, x, y).expect("valid"));
        assert_eq!([of(0, 0, 0), of(1, 0, 0), of(1, 0, 1), of(1, 1, 1), of(1, 1, 0), of(2, 0, 0)], [0, 1, 2, 3, 4, 5]);
        // Of the tests of the reference implementation.
        assert_eq!(of(12, 3423, 1763), 19_078_479);
    }

    #[test]
    fn numbers_and_tiles_are_one_to_one_and_neighbours_lie_side_by_side() {
        let mut last: Option<TileId> = None;
        for number in 0..before(8) {
            let tile = tile(number).expect("a tile");
            assert_eq!(id(tile), number);
            if let Some(last) = last.filter(|last| last.z() == tile.z()) {
                assert_eq!(last.x().abs_diff(tile.x()) + last.y().abs_diff(tile.y()), 1);
            }
            last = Some(tile);
        }
        assert_eq!(tile(before(23)), None);
        let far = TileId::new(22, 4_000_000, 17).expect("valid");
        assert_eq!(tile(id(far)), Some(far));
    }
}
