//! Shapes: outlines with all that is made of them beforehand.

use crate::{
    filter::mask::Mask,
    points::{landmarks::Landmarks, ranks::Ranks, steps::Most},
    shapes::{
        Flat, Frame, Outlines, Role,
        first::{BEFORE, Zooms, shows},
        grid::Grid,
        levels,
        meet::{Around, Met},
        nodes,
        outline::{Blocks, Levelled},
    },
    small::work::{Stopped, Toll, Work},
    space::tile::{MAX_ZOOM, TileId},
};
use alloc::vec::Vec;

/// Rows with their outlines, and all that is known of them beforehand: a view.
#[derive(Clone, Copy, Debug)]
pub struct Shapes<'a> {
    pub(crate) levelled: Levelled<'a>,
    pub(crate) met: Met<'a>,
}

impl Shapes<'_> {
    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.met.boxes.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.met.boxes.is_empty()
    }

    /// The first zoom at which a row shows.
    #[must_use]
    pub fn first(&self, row: usize) -> u8 {
        shows(self.rank(row), self.whole(row)).saturating_sub(BEFORE)
    }

    /// About how large a row is, in areas of the smallest square or in lengths of the smallest stick that stand for rows: by the zoom
    /// from which it is drawn as itself.
    pub(crate) fn size(&self, row: usize) -> u64 {
        let outlines = self.levelled.outlines;
        let dimension = match outlines.rings_of(row).next().map(|ring| outlines.role(ring)) {
            Some(Role::Shell | Role::Hole) => 2,
            _ => 1,
        };
        1 << (dimension * (u32::from(MAX_ZOOM) + 1).saturating_sub(self.whole(row).into()))
    }

    /// The rank of a row, by which rows are left out where there are too many ([`first`](crate::shapes::first)).
    pub(crate) fn rank(&self, row: usize) -> u8 {
        self.met.ranks[row]
    }

    /// The zoom from which a row is drawn as itself.
    pub(crate) fn whole(&self, row: usize) -> u8 {
        self.met.wholes[row]
    }

    /// The first rank from which any row of each landmark shows, where rows have these ranks.
    pub(crate) fn firsts_of(&self, ranks: &[u8]) -> Vec<u8> {
        Around::of(self.met.landmarks, self.met.boxes, (ranks, self.met.wholes)).firsts
    }

    /// Visits the rows that pass a mask, show at the zoom, are kept by their ranks and numbers, and meet the tile, in their order.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub(crate) fn meeting(
        &self,
        grid: &Grid,
        (most, numbers): (Most, &[u32]),
        mask: Option<&Mask>,
        toll: &mut Toll<'_>,
        mut visit: impl FnMut(usize),
    ) -> Result<(), Stopped> {
        let (frames, count) = reach(grid);
        self.met.each(&frames[..count], most.rank().min(BEFORE + grid.z), mask, toll, |row| {
            if most.keeps(self.rank(row), numbers[row]) {
                visit(row);
            }
        })
    }

    /// How much the box of a row covers, in steps², by which those lie under others that may hold them: of polygons; nothing of lines and
    /// points, which lie on all.
    pub(crate) fn covers(&self, row: usize) -> u64 {
        let outlines = self.levelled.outlines;
        let is_polygon = outlines.rings_of(row).next().is_some_and(|ring| outlines.role(ring).is_ring());
        let [west, north, east, south] = self.met.boxes[row].map(u64::from);
        if is_polygon { east.saturating_sub(west) * south.saturating_sub(north) } else { 0 }
    }

    /// Whether any row that passes a mask comes near a tile.
    pub(crate) fn some(&self, tile: TileId, mask: Option<&Mask>) -> bool {
        let (frames, count) = reach(&Grid::of(tile));
        self.met.some(&frames[..count], mask)
    }
}

/// The boxes of a tile with its buffer: one, or one on each side of the antimeridian; how many count.
fn reach(grid: &Grid) -> ([Frame; 2], usize) {
    // The one tile of zoom 0 has all rows in its reach.
    let beyond = grid.copies().next().map_or(grid.reach, |copy| copy.reach);
    ([grid.reach, beyond], if grid.z == 0 || beyond == grid.reach { 1 } else { 2 })
}

impl<'a> Shapes<'a> {
    /// The outlines of all rows.
    #[must_use]
    pub const fn outlines(&self) -> Outlines<'a> {
        self.levelled.outlines
    }

    /// The rank of each row.
    pub(crate) const fn ranks(&self) -> &'a [u8] {
        self.met.ranks
    }

    /// The same with other ranks of its rows, which are as many.
    pub(crate) const fn with_ranks(self, ranks: &'a Ranks) -> Self {
        let around = (self.met.around.0, ranks.landmarks.as_slice());
        Self { met: Met { around, ranks: ranks.rows.as_slice(), ..self.met }, ..self }
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
    pub(super) flat: Flat,
    pub(super) levels: Vec<u8>,
    pub(super) blocks: Blocks,
    pub(super) boxes: Vec<Frame>,
    pub(super) zooms: Zooms,
    pub(super) around: Around,
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
        let nodes::Marked { marks: mut levels, shared, again } = nodes::mark(&outlines, work)?;
        settle(&outlines, &mut levels)?;
        levels::repeat(&mut levels, &again);
        let zooms = Zooms::of(&outlines, &shared, work)?;
        Self::with(flat, levels, zooms, landmarks, work)
    }

    /// The same with the levels and zooms that are known already.
    pub(super) fn with(
        flat: Flat,
        levels: Vec<u8>,
        zooms: Zooms,
        landmarks: Landmarks<'_>,
        work: &Work<'_>,
    ) -> Result<Self, Stopped> {
        let outlines = flat.view();
        // What is left is a look at each.
        work.pay(outlines.vertices() / 4 + outlines.len())?;
        let boxes = outlines.boxes();
        let around = Around::of(landmarks, &boxes, (&zooms.ranks, &zooms.wholes));
        let blocks = Blocks::of(&outlines, &levels);
        Ok(Self { flat, levels, blocks, boxes, zooms, around })
    }

    /// The box of each row, in steps: west, north, east, south.
    #[must_use]
    pub fn boxes(&self) -> &[Frame] {
        &self.boxes
    }

    /// The outlines alone.
    #[must_use]
    pub fn outlines(&self) -> Outlines<'_> {
        self.flat.view()
    }

    /// A view of it, with the landmarks of its rows.
    #[must_use]
    pub fn view<'a>(&'a self, landmarks: Landmarks<'a>) -> Shapes<'a> {
        self.buffers().view(landmarks)
    }
}
