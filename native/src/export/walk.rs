//! The tiles of a zoom in which something may be, in the order of their numbers, on all cores: a few zooms above the last, what is left of
//! the world falls apart into many pieces, of which each is a [walk](duotile_core::archive::Walk) of its own.

use duotile_core::{
    Stopped, TileId,
    archive::{
        self, Alike, Occupancy,
        walk::{DEEP, backwards},
    },
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::vec;

/// Pieces that are walked before the first of their tiles is cut.
const PIECES: usize = 256;

/// Tiles of a zoom.
pub struct Walk<'k, K: Occupancy> {
    z: u8,
    known: &'k K,
    /// Tiles above the pieces, and pieces; the last is the next.
    open: Vec<(TileId, K::Part)>,
    /// What was found in the last pieces.
    found: vec::IntoIter<Alike>,
}

impl<'k, K: Occupancy<Part: Send + Sync> + Sync> Walk<'k, K> {
    /// Of the tiles of a zoom those in which, as in all that they lie in, something may be.
    pub fn of(z: u8, known: &'k K) -> Self {
        let open = known.world().map(|part| (TileId::WORLD, part)).into_iter().collect();
        Self { z, known, open, found: Vec::new().into_iter() }
    }

    /// The next pieces.
    fn pieces(&mut self) -> Vec<(TileId, K::Part)> {
        let mut pieces = Vec::new();
        while pieces.len() < PIECES
            && let Some((tile, part)) = self.open.pop()
        {
            if tile.z() + DEEP >= self.z {
                pieces.push((tile, part));
            } else {
                self.open.extend(backwards(self.known, tile, &part));
            }
        }
        pieces
    }

    /// The tiles of a piece in their order.
    fn walk(&self, piece: (TileId, K::Part), scratch: &mut K::Scratch) -> Result<Vec<Alike>, Stopped> {
        let (mut walk, mut found) = (archive::Walk::within(piece, self.z), Vec::new());
        while let Some(alike) = walk.next(self.known, scratch)? {
            found.push(alike);
        }
        Ok(found)
    }
}

impl<K: Occupancy<Part: Send + Sync> + Sync> Iterator for Walk<'_, K> {
    type Item = Result<Alike, Stopped>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.found.next() {
                return Some(Ok(found));
            }
            let pieces = self.pieces();
            if pieces.is_empty() {
                return None;
            }
            let walked =
                pieces.into_par_iter().map_init(K::Scratch::default, |scratch, piece| self.walk(piece, scratch));
            match walked.collect::<Result<Vec<_>, _>>() {
                Ok(found) => self.found = found.concat().into_iter(),
                Err(stopped) => return Some(Err(stopped)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pmtiles::hilbert;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    /// What is empty, and what is alike.
    struct Told<E, A>(E, A, AtomicU64);

    impl<E: Fn(TileId) -> bool + Sync, A: Fn(TileId) -> bool + Sync> Occupancy for Told<E, A> {
        type Scratch = ();
        type Part = TileId;

        fn world(&self) -> Option<TileId> {
            Some(TileId::WORLD)
        }

        fn within(&self, tile: TileId, &around: &TileId) -> Option<TileId> {
            self.2.fetch_add(1, Relaxed);
            assert!(is_in(tile, around.z(), around.x(), around.y()));
            (!(self.0)(tile)).then_some(tile)
        }

        fn rows(&self, &part: &TileId) -> usize {
            part.x() as usize
        }

        fn alike(&self, (tile, &part): (TileId, &TileId), _: u8, (): &mut ()) -> Result<bool, Stopped> {
            assert_eq!(tile, part);
            Ok((self.1)(tile))
        }
    }

    fn is_in(tile: TileId, z: u8, x: u32, y: u32) -> bool {
        tile.z() >= z && (tile.x() >> (tile.z() - z), tile.y() >> (tile.z() - z)) == (x, y)
    }

    fn walked<K: Occupancy<Part: Send + Sync> + Sync>(z: u8, known: &K) -> Vec<Alike> {
        Walk::of(z, known).collect::<Result<_, _>>().expect("not told to end")
    }

    #[test]
    fn all_tiles_of_a_zoom_come_in_order_and_none_of_an_empty_one() {
        for z in [0, 5, 8] {
            let all = walked(z, &Told(|_| false, |_| false, AtomicU64::new(0)));
            let ids = hilbert::before(z)..hilbert::before(z + 1);
            assert!(all.iter().map(|alike| hilbert::id(alike.first)).eq(ids));
            assert!(all.iter().all(|alike| alike.count == 1 && alike.rows == alike.first.x() as usize));
        }
        // Whatever lies in the north-western quarter is not looked at.
        let known = Told(|tile| is_in(tile, 1, 0, 0), |_| false, AtomicU64::new(0));
        assert_eq!(walked(5, &known).len(), 768);
        assert!(known.2.into_inner() <= 2 * (1 + 4 + 3 * (4 + 16 + 64 + 256)));
    }

    #[test]
    fn what_is_alike_comes_at_once_in_its_place() {
        let is_alike = |tile: TileId| is_in(tile, 4, 9, 3) || is_in(tile, 6, 17, 60) || is_in(tile, 2, 0, 3);
        let known = Told(|tile| is_in(tile, 3, 1, 1), is_alike, AtomicU64::new(0));
        let mut next = hilbert::before(9);
        let (mut empty, mut many) = (0, 0);
        for Alike { first, count, .. } in walked(9, &known) {
            let id = hilbert::id(first);
            assert!(id >= next);
            empty += id - next;
            for id in id..id + count {
                let tile = hilbert::tile(id).expect("a tile");
                assert_eq!(is_alike(tile), count > 1, "{tile:?}");
            }
            many += u64::from(count > 1);
            next = id + count;
        }
        assert_eq!((empty, next), (1 << 12, hilbert::before(10)));
        // A tile of zoom 2 is alike in pieces that are none deeper.
        assert_eq!(many, 1 + 1 + 4);
    }
}
