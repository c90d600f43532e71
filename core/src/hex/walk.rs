//! The squares of the map from the coarsest down: each is passed over where it does not matter, taken whole where it lies in one
//! cell, and cut in four where it does not; of few rows each is looked at.

use super::{lattice::Lattice, reach::Reach, sphere::of_map};
use crate::{
    filter::mask::Mask,
    points::landmarks::{Keys, gallop},
    small::work::{Stopped, Toll},
    space::{mercator, morton},
};
use core::ops::Range;

/// Rows that are looked at one by one: about as dear as a look at their square.
const FEW: usize = 4;
/// Squares of coarser levels are not asked for one cell: they are far too wide for their bounds to be worth anything.
pub const COARSEST: u8 = 3;
/// What a look at a square, at a row, and a cell that was not met before cost, in looks at rows.
const SQUARE: usize = 64;
const ROW: usize = 32;
pub const FRESH: usize = 2000;

/// Rows of one cell that stand next to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The number of the cell.
    pub number: u32,
    /// Its rows.
    pub run: Range<usize>,
    /// Which landmark they are.
    pub landmark: Option<usize>,
}

/// A walk over the rows that may be in cells that matter.
pub struct Walk<'w, 'a, F> {
    keys: Keys<'a>,
    mask: Option<&'w Mask>,
    reach: Reach,
    lattice: &'w mut Lattice,
    take: F,
}

impl<'w, 'a, F: FnMut(&Lattice, Piece, &mut Toll<'_>) -> Result<(), Stopped>> Walk<'w, 'a, F> {
    /// One over what is in reach; `take` gets pieces with rows that pass, in the order of the rows.
    pub fn new(
        (keys, mask): (Keys<'a>, Option<&'w Mask>),
        (reach, resolution): (Reach, u8),
        lattice: &'w mut Lattice,
        take: F,
    ) -> Self {
        lattice.clear(resolution);
        Self { keys, mask, reach, lattice, take }
    }

    /// Goes over all rows.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`], and of `take`.
    pub fn go(&mut self, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        let landmarks = self.keys.landmarks;
        self.inside(0..self.keys.keys.len(), 0, 0..landmarks.len(), toll)
    }

    /// Goes over rows among which are some landmarks.
    fn inside(
        &mut self,
        run: Range<usize>,
        depth: u8,
        known: Range<usize>,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let (mut row, mut at) = (run.start, known.start);
        while at < known.end {
            let Some(landmark) = self.keys.landmarks.find(at) else { break };
            self.square(row..landmark.start.min(run.end), depth, None, toll)?;
            self.square(landmark.run(), depth, Some(at), toll)?;
            (row, at) = (landmark.end, landmark.skip.max(at + 1));
        }
        self.square(row..run.end, depth, None, toll)
    }

    /// Goes over the rows of a square, which is at least of a level, or one that is smaller.
    fn square(
        &mut self,
        run: Range<usize>,
        depth: u8,
        known: Option<usize>,
        toll: &mut Toll<'_>,
    ) -> Result<(), Stopped> {
        let keys = self.keys.keys;
        if run.start >= run.end || self.mask.is_some_and(|mask| mask.count(run.clone()) == 0) {
            return toll.pay(1);
        }
        if run.len() <= FEW {
            return self.rows(run, toll);
        }
        let (first, last) = (keys[run.start], keys[run.end - 1]);
        // What the first and the last of sorted keys share at the top, all share.
        let finest = (((first ^ last).leading_zeros() / 2) as u8).max(depth);
        toll.pay(SQUARE)?;
        match self.place(first, finest, toll)? {
            Place::Away => return Ok(()),
            Place::In(number) => return (self.take)(self.lattice, Piece { number, run, landmark: known }, toll),
            Place::Open => {}
        }
        if finest >= 32 {
            return self.rows(run, toll);
        }
        if let Some(at) = known {
            let skip = self.keys.landmarks.get(at).skip;
            return self.inside(run, finest, at + 1..skip, toll);
        }
        let mut start = run.start;
        while start < run.end {
            let last = keys[start] | u64::MAX.checked_shr(2 * u32::from(finest) + 2).unwrap_or(0);
            let end = start + gallop(&keys[start..run.end], last).max(1);
            self.square(start..end, finest + 1, None, toll)?;
            start = end;
        }
        Ok(())
    }

    /// Where the square of a key lies.
    fn place(&mut self, key: u64, finest: u8, toll: &mut Toll<'_>) -> Result<Place, Stopped> {
        let side = 1u64 << (32 - finest);
        let corner = morton::position(key & !(u64::MAX.checked_shr(2 * u32::from(finest)).unwrap_or(0)));
        if self.reach.misses(corner.x, corner.y, side) {
            return Ok(Place::Away);
        }
        if finest < COARSEST {
            return Ok(Place::Open);
        }
        let half = side as f64 / 2.0;
        let before = self.lattice.len();
        let found = self.lattice.square([f64::from(corner.x) + half, f64::from(corner.y) + half], half);
        if self.lattice.len() > before {
            toll.pay(FRESH)?;
        }
        Ok(found.map_or(Place::Open, Place::In))
    }

    /// Looks at rows one by one.
    fn rows(&mut self, run: Range<usize>, toll: &mut Toll<'_>) -> Result<(), Stopped> {
        toll.pay(ROW * run.len())?;
        let mut piece: Option<Piece> = None;
        for row in run {
            let at = morton::position(self.keys.keys[row]);
            if self.reach.misses(at.x, at.y, 1) || self.mask.is_some_and(|mask| !mask.get(row)) {
                continue;
            }
            let place = of_map(f64::from(at.x) + 0.5, f64::from(at.y) + 0.5);
            let before = self.lattice.len();
            let number = self.lattice.of(place, || mercator::unproject(at));
            if self.lattice.len() > before {
                toll.pay(FRESH)?;
            }
            match &mut piece {
                Some(piece) if piece.number == number && piece.run.end == row => piece.run.end = row + 1,
                _ => {
                    if let Some(piece) = piece.replace(Piece { number, run: row..row + 1, landmark: None }) {
                        (self.take)(self.lattice, piece, toll)?;
                    }
                }
            }
        }
        piece.map_or(Ok(()), |piece| (self.take)(self.lattice, piece, toll))
    }
}

/// Where a square lies.
enum Place {
    /// Where nothing matters.
    Away,
    /// In a cell, whole.
    In(u32),
    /// In more than one, or that is not certain.
    Open,
}
