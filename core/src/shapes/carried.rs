//! What travels with some of the rows: the outline of each in bytes, with its levels and zooms, which depend on rows that are
//! left behind.
//!
//! Bytes of a row: its rank and the zoom from which it is drawn as itself, a byte each; then its runs, each as
//! a number that is four times its vertices and its kind, and each vertex of it as two numbers and a byte: steps east and south
//! of the vertex before it (of the first of a row, of the corner of the world), zigzag, and its level. Numbers are
//! [varints](crate::small::varint). A row without an outline has the first two bytes alone.
//!
//! What arrives becomes shapes without being made anew: their tiles are those of the whole.

use crate::{
    points::landmarks::Landmarks,
    shapes::{Built, Flat, Outlines, Role, Shapes, first::Zooms},
    small::{
        varint,
        work::{Stopped, Work},
    },
};
use alloc::vec::Vec;
use core::fmt;

/// Fewest bytes of a vertex.
const VERTEX: usize = 3;

impl Shapes<'_> {
    /// Appends the bytes of a row.
    pub fn carry(&self, row: usize, out: &mut Vec<u8>) {
        let outlines = self.outlines();
        out.extend([self.rank(row), self.whole(row)]);
        let mut before = [0, 0];
        for ring in outlines.rings_of(row) {
            let run = outlines.vertices_of(ring);
            varint::put(out, (run.len() as u64) << 2 | outlines.role(ring) as u64);
            for at in run {
                let vertex = [outlines.x[at], outlines.y[at]].map(i64::from);
                vertex.iter().zip(before).for_each(|(to, from)| varint::put(out, varint::zigzag(to - from)));
                out.push(self.levelled.levels[at]);
                before = vertex;
            }
        }
    }
}

/// Outlines that arrive, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    outlines: Flat,
    levels: Vec<u8>,
    zooms: Zooms,
}

/// Bytes that are no outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadOutline {
    row: usize,
    what: &'static str,
}

impl fmt::Display for BadOutline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the outline of row {} {}", self.row, self.what)
    }
}

impl core::error::Error for BadOutline {}

impl Carried {
    /// Adds a row. Of what is refused nothing is to be used.
    ///
    /// # Errors
    /// [`BadOutline`] where these are no bytes of a row.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), BadOutline> {
        let row = self.outlines.rows.len();
        let bad = |what| BadOutline { row, what };
        let [rank, whole, rest @ ..] = bytes else { return Err(bad("has no zooms, expected two bytes of them")) };
        let mut rest = rest;
        let Flat { rows, rings, roles, x, y } = &mut self.outlines;
        let mut before = [0, 0];
        while !rest.is_empty() {
            let head = varint::take(&mut rest).ok_or(bad("ends within a number"))?;
            let role = Role::ALL[(head & 3) as usize];
            // What draws them relies on it.
            let least = if role.is_ring() { 3 } else { 1 + u64::from(role == Role::Line) };
            let count = head >> 2;
            if count < least {
                return Err(bad("has a run of fewer vertices than its kind has"));
            }
            if count > (rest.len() / VERTEX) as u64 {
                return Err(bad("has fewer vertices than it tells of"));
            }
            for _ in 0..count {
                for (at, axis) in before.iter_mut().zip([&mut *x, &mut *y]) {
                    let step = varint::take(&mut rest).ok_or(bad("ends within a number"))?;
                    *at = u32::try_from(varint::unzigzag(step).saturating_add(i64::from(*at)))
                        .map_err(|_| bad("has a vertex outside of the world"))?;
                    axis.push(*at);
                }
                let (&level, after) = rest.split_first().ok_or(bad("ends before a level"))?;
                self.levels.push(level);
                rest = after;
            }
            rings.push(u32::try_from(x.len()).map_err(|_| bad("is beyond the 2^32 vertices that there can be"))?);
            roles.push(role);
        }
        rows.push(rings.len() as u32);
        self.zooms.ranks.push(*rank);
        self.zooms.wholes.push(*whole);
        Ok(())
    }

    /// The outlines of the rows so far.
    #[must_use]
    pub fn outlines(&self) -> Outlines<'_> {
        self.outlines.view()
    }

    /// Shapes of them, in the order in which they came. What is not carried is made again.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn build(self, landmarks: Landmarks<'_>, work: &Work<'_>) -> Result<Built, Stopped> {
        Built::with(self.outlines, self.levels, self.zooms, landmarks, work)
    }
}
