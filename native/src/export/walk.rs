//! The tiles of a zoom in which something may be: from the one tile of the world downwards, in the order of their numbers.

use super::hilbert;
use duotile_core::TileId;

/// Tiles of a zoom.
pub struct Walk<F> {
    z: u8,
    /// The last is the next.
    open: Vec<TileId>,
    occupied: F,
}

impl<F: FnMut(TileId) -> bool> Walk<F> {
    /// Of the tiles of a zoom those in which, as in all that they lie in, something may be.
    pub fn of(z: u8, occupied: F) -> Self {
        Self { z, open: vec![TileId::WORLD], occupied }
    }
}

impl<F: FnMut(TileId) -> bool> Iterator for Walk<F> {
    type Item = TileId;

    fn next(&mut self) -> Option<TileId> {
        while let Some(tile) = self.open.pop() {
            if !(self.occupied)(tile) {
                continue;
            }
            if tile.z() == self.z {
                return Some(tile);
            }
            let mut children = tile.children()?;
            children.sort_unstable_by_key(|&child| std::cmp::Reverse(hilbert::id(child)));
            self.open.extend(children);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_tiles_of_a_zoom_come_in_order_and_none_of_an_empty_one() {
        let all: Vec<u64> = Walk::of(5, |_| true).map(hilbert::id).collect();
        assert!(all.is_sorted() && all.len() == 1024 && all[0] == hilbert::before(5));
        // Whatever lies in the north-western quarter is not looked at.
        let mut looked = 0;
        let rest = Walk::of(5, |tile| {
            looked += 1;
            tile != TileId::new(1, 0, 0).expect("valid")
        });
        assert_eq!(rest.count(), 768);
        assert_eq!(looked, 1 + 4 + 3 * (4 + 16 + 64 + 256));
    }
}
