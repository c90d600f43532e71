//! Shapes: outlines with all that is made of them beforehand.

use crate::{
    points::landmarks::Landmarks,
    shapes::{
        Flat, Frame, Outlines,
        first::Zooms,
        levels,
        meet::{Around, Met},
        nodes,
        outline::{Blocks, Levelled},
    },
    small::work::{Stopped, Work},
};
use alloc::vec::Vec;

/// Rows with their outlines, and all that is known of them beforehand: a view.
#[derive(Clone, Copy, Debug)]
pub struct Shapes<'a> {
    pub(crate) levelled: Levelled<'a>,
    pub(crate) met: Met<'a>,
    pub(crate) wholes: &'a [u8],
}

impl Shapes<'_> {
    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.wholes.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.wholes.is_empty()
    }

    /// The first zoom at which a row shows.
    #[must_use]
    pub fn first(&self, row: usize) -> u8 {
        self.met.firsts[row]
    }
}

impl<'a> Shapes<'a> {
    /// The outlines of all rows.
    #[must_use]
    pub const fn outlines(&self) -> Outlines<'a> {
        self.levelled.outlines
    }

    /// The box of each row, in steps: west, north, east, south.
    #[must_use]
    pub const fn boxes(&self) -> &'a [Frame] {
        self.met.boxes
    }
}

/// All of it, made of outlines in the order of their rows.
#[derive(Clone, Debug, Default)]
pub struct Built {
    flat: Flat,
    levels: Vec<u8>,
    blocks: Blocks,
    boxes: Vec<Frame>,
    zooms: Zooms,
    around: Around,
}

impl Built {
    /// Makes everything on one thread.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn of(flat: Flat, landmarks: Landmarks<'_>, work: &Work<'_>) -> Result<Self, Stopped> {
        let rings = flat.rings.len();
        Self::of_by(flat, landmarks, work, |outlines, levels| levels::settle(outlines, 0..rings, levels, work))
    }

    /// Makes everything, where `settle` settles the levels of all runs, whose nodes are marked: each run can be settled for
    /// itself, so several threads may ([`levels::settle`]).
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`], and what `settle` says.
    pub fn of_by(
        flat: Flat,
        landmarks: Landmarks<'_>,
        work: &Work<'_>,
        settle: impl FnOnce(&Outlines<'_>, &mut [u8]) -> Result<(), Stopped>,
    ) -> Result<Self, Stopped> {
        let outlines = flat.view();
        let (mut levels, shared) = nodes::mark(&outlines, work)?;
        settle(&outlines, &mut levels)?;
        let zooms = Zooms::of(&outlines, &shared, work)?;
        let boxes = outlines.boxes();
        let around = Around::of(landmarks, &boxes, &zooms.firsts);
        let blocks = Blocks::of(&outlines, &levels);
        Ok(Self { flat, levels, blocks, boxes, zooms, around })
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        let vertices = self.levels.len() * 9 + self.blocks.boxes.len() * 17;
        let rows = self.boxes.len() * (16 + 4 + 2) + self.around.boxes.len() * 17;
        vertices + self.flat.rings.len() * 5 + rows
    }

    /// The box of each row, in steps: west, north, east, south.
    #[must_use]
    pub fn boxes(&self) -> &[Frame] {
        &self.boxes
    }

    /// A view of it, with the landmarks of its rows.
    #[must_use]
    pub fn view<'a>(&'a self, landmarks: Landmarks<'a>) -> Shapes<'a> {
        let blocks = (&self.blocks.boxes[..], &self.blocks.lowest[..]);
        let around = (&self.around.boxes[..], &self.around.firsts[..]);
        Shapes {
            levelled: Levelled { outlines: self.flat.view(), levels: &self.levels, blocks },
            met: Met { landmarks, around, boxes: &self.boxes, firsts: &self.zooms.firsts },
            wholes: &self.zooms.wholes,
        }
    }
}
