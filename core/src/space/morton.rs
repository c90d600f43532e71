//! Morton keys: the order in which points are kept.
//!
//! A key interleaves the 32 bits of x (even bits) and y (odd bits). Sorted by it, the points of any tile, and of any
//! cell of a power-of-two grid in a tile, stand next to each other.

use crate::space::{mercator::World, tile::TileId};

/// The key of a position.
///
/// ```
/// use duotile_core::{World, morton};
/// assert_eq!(morton::key(World { x: 0b11, y: 0b01 }), 0b0111);
/// ```
#[must_use]
pub const fn key(world: World) -> u64 {
    spread(world.x) | spread(world.y) << 1
}

/// The position of a key.
#[must_use]
pub const fn position(key: u64) -> World {
    World { x: gather(key), y: gather(key >> 1) }
}

/// The first and last key (inclusive) that lie in a tile.
#[must_use]
pub fn range(tile: TileId) -> (u64, u64) {
    let lo = key(tile.corner());
    (lo, lo | u64::MAX.checked_shr(2 * u32::from(tile.z())).unwrap_or(0))
}

const fn spread(bits: u32) -> u64 {
    let mut v = bits as u64;
    v = (v | v << 16) & 0x0000_ffff_0000_ffff;
    v = (v | v << 8) & 0x00ff_00ff_00ff_00ff;
    v = (v | v << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | v << 2) & 0x3333_3333_3333_3333;
    (v | v << 1) & 0x5555_5555_5555_5555
}

const fn gather(key: u64) -> u32 {
    let mut v = key & 0x5555_5555_5555_5555;
    v = (v | v >> 1) & 0x3333_3333_3333_3333;
    v = (v | v >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | v >> 4) & 0x00ff_00ff_00ff_00ff;
    v = (v | v >> 8) & 0x0000_ffff_0000_ffff;
    (v | v >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_interleave_bit_by_bit() {
        let world = World { x: 0xdead_beef, y: 0x0123_4567 };
        let expected = (0..32).fold(0u64, |key, bit| {
            key | u64::from(world.x >> bit & 1) << (2 * bit) | u64::from(world.y >> bit & 1) << (2 * bit + 1)
        });
        assert_eq!(key(world), expected);
        assert_eq!(position(expected), world);
    }

    #[test]
    fn a_tile_is_exactly_its_range() {
        for z in 0..=22u8 {
            let inside = World { x: 0x8765_4321, y: 0x1234_5678 };
            let tile = TileId::containing(inside, z);
            let (lo, hi) = range(tile);
            assert_eq!(position(lo), tile.corner());
            assert!((lo..=hi).contains(&key(inside)));
            for outside in [lo.checked_sub(1), hi.checked_add(1)].into_iter().flatten() {
                assert_ne!(TileId::containing(position(outside), z), tile);
            }
        }
        assert_eq!(range(TileId::WORLD), (0, u64::MAX));
    }
}
