//! Made-up tables, queries and tiles, the same in every run and on every target: integers and exact steps only.

mod query;
mod table;

pub use query::{filter, query};
pub use table::Table;

use duotile_core::{TileId, World, mercator};

/// `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// A tile that is likely to hold some of the table's rows, of any zoom.
pub fn tile(table: &Table, random: &mut Random) -> TileId {
    let z = random.pick(&[&0, &0, &1, &2, &3, &5, &8, &12, &16, &22]);
    let place = if table.lon.is_empty() || random.once_in(12) {
        None
    } else {
        let row = random.below(table.lon.len() as u64) as usize;
        mercator::project(table.lon[row], table.lat[row])
    };
    TileId::containing(place.unwrap_or(World { x: random.next() as u32, y: random.next() as u32 }), *z)
}
