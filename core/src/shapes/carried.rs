//! What travels with some of the rows: their outlines with levels and zooms, which depend on rows that are left behind.
//!
//! Rows of what was built enter, flat buffers leave, and become shapes elsewhere without being made anew: their tiles are those
//! of the whole.

use crate::{
    points::landmarks::Landmarks,
    shapes::{Built, Flat, Role, first::Zooms},
    small::work::{Stopped, Work},
};
use alloc::vec::Vec;
use core::fmt;

/// Buffers of some rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Their outlines.
    pub outlines: Flat,
    /// A level for each vertex.
    pub levels: Vec<u8>,
    /// For each row the zoom from which it shows.
    pub firsts: Vec<u8>,
    /// For each row the zoom from which it is drawn as itself.
    pub wholes: Vec<u8>,
}

/// Buffers that do not fit one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadOutlines {
    what: &'static str,
    got: usize,
    expected: usize,
}

impl fmt::Display for BadOutlines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outlines with {} {}, expected {}", self.got, self.what, self.expected)
    }
}

impl core::error::Error for BadOutlines {}

impl Carried {
    /// Those of some rows, in this order.
    #[must_use]
    pub fn of(built: &Built, rows: &[u32]) -> Self {
        let outlines = built.flat.pick(rows);
        let mut levels = Vec::with_capacity(outlines.x.len());
        for &row in rows {
            for ring in built.flat.view().rings_of(row as usize) {
                levels.extend_from_slice(&built.levels[built.flat.view().vertices_of(ring)]);
            }
        }
        let [firsts, wholes] =
            [&built.zooms.firsts, &built.zooms.wholes].map(|of| rows.iter().map(|&row| of[row as usize]).collect());
        Self { outlines, levels, firsts, wholes }
    }

    /// Whether buffers fit one another and so many rows.
    ///
    /// # Errors
    /// [`BadOutlines`] when they do not.
    pub fn check(&self, rows: usize) -> Result<(), BadOutlines> {
        let Flat { rows: ends, rings, roles, x, y } = &self.outlines;
        let same =
            |what, got, expected| if got == expected { Ok(()) } else { Err(BadOutlines { what, got, expected }) };
        same("rows", ends.len(), rows)?;
        same("first zooms", self.firsts.len(), rows)?;
        same("zooms of their own", self.wholes.len(), rows)?;
        same("kinds of runs", roles.len(), rings.len())?;
        same("coordinates in the south", y.len(), x.len())?;
        same("levels", self.levels.len(), x.len())?;
        for (what, of, ends, expected) in [
            ("runs in order", "runs of rows", ends, rings.len()),
            ("vertices in order", "vertices of runs", rings, x.len()),
        ] {
            same(of, ends.last().map_or(0, |&last| last as usize), expected)?;
            let ordered = 1 + ends.windows(2).take_while(|ends| ends[0] <= ends[1]).count();
            same(what, ordered.min(ends.len()), ends.len())?;
        }
        // Lines end where they began at the earliest, rings have three corners: what draws them relies on it.
        let mut start = 0;
        for (&end, &role) in rings.iter().zip(roles) {
            let (got, expected) =
                ((end - start) as usize, if role.is_ring() { 3 } else { 1 + usize::from(role == Role::Line) });
            if got < expected {
                return Err(BadOutlines { what: "vertices of a run", got, expected });
            }
            start = end;
        }
        Ok(())
    }

    /// Shapes of them. What is not carried is made again.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn build(self, landmarks: Landmarks<'_>, work: &Work<'_>) -> Result<Built, Stopped> {
        let zooms = Zooms { firsts: self.firsts, wholes: self.wholes };
        Built::with(self.outlines, self.levels, zooms, landmarks, work)
    }
}
