//! All that is kept of shapes, as flat buffers: what a file may hold, and what a view of them looks at.

use crate::{
    points::landmarks::Landmarks,
    shapes::{
        Built, Frame, Outlines, Role, Shapes,
        levels::{NEVER, QUARTERS},
        meet::Met,
        outline::Levelled,
    },
    space::tile::MAX_ZOOM,
};
use core::fmt;

/// Vertices of a block, counted over all runs.
pub(super) const BLOCK: usize = 64;

/// The buffers of some rows. Ends are the place after the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buffers<'a> {
    /// For each row the end of its runs.
    pub rows: &'a [u32],
    /// For each run the end of its vertices.
    pub rings: &'a [u32],
    /// What each run is.
    pub roles: &'a [Role],
    /// Steps east of the antimeridian.
    pub x: &'a [u32],
    /// Steps south of latitude 85.05°.
    pub y: &'a [u32],
    /// The level of each vertex.
    pub levels: &'a [u8],
    /// The box of each 64 vertices.
    pub block_boxes: &'a [Frame],
    /// Their lowest level.
    pub block_levels: &'a [u8],
    /// The box of each row.
    pub boxes: &'a [Frame],
    /// The rank of each row, from which it shows unless it is drawn as itself before.
    pub firsts: &'a [u8],
    /// The zoom from which each is drawn as itself.
    pub wholes: &'a [u8],
    /// The box around the rows of each landmark.
    pub landmark_boxes: &'a [Frame],
    /// The first rank from which any of them shows.
    pub landmark_firsts: &'a [u8],
}

/// Buffers that do not fit one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadBuffers {
    what: &'static str,
    got: usize,
    expected: usize,
}

impl fmt::Display for BadBuffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "outlines have {} {}, expected {}", self.got, self.what, self.expected)
    }
}

impl core::error::Error for BadBuffers {}

impl<'a> Buffers<'a> {
    /// The first zoom at which nothing of any row is simplified, with so many quarters of a zoom of more detail: each is drawn as itself,
    /// with all vertices but those on the straight between their neighbours.
    #[must_use]
    pub fn whole_from(&self, detail: i8) -> u8 {
        let level = self.levels.iter().copied().filter(|&level| level != NEVER).max().unwrap_or(0);
        let zoom = (i16::from(level) - i16::from(detail)).max(0).unsigned_abs().div_ceil(QUARTERS.into());
        // What has no size at all is never as large as a square.
        let whole = self.wholes.iter().copied().filter(|&zoom| zoom <= MAX_ZOOM).max().unwrap_or(0);
        zoom.max(whole.into()).min(MAX_ZOOM.into()) as u8
    }

    /// Whether they fit one another, so many rows and so many landmarks: what draws them relies on it.
    ///
    /// # Errors
    /// [`BadBuffers`] when they do not.
    pub fn check(&self, rows: usize, landmarks: usize) -> Result<(), BadBuffers> {
        let same = |what, got, expected| if got == expected { Ok(()) } else { Err(BadBuffers { what, got, expected }) };
        let (vertices, blocks) = (self.x.len(), self.x.len().div_ceil(BLOCK));
        same("rows", self.rows.len(), rows)?;
        same("boxes of rows", self.boxes.len(), rows)?;
        same("first zooms", self.firsts.len(), rows)?;
        same("zooms of their own", self.wholes.len(), rows)?;
        same("kinds of runs", self.roles.len(), self.rings.len())?;
        same("coordinates in the south", self.y.len(), vertices)?;
        same("levels", self.levels.len(), vertices)?;
        same("boxes of blocks", self.block_boxes.len(), blocks)?;
        same("levels of blocks", self.block_levels.len(), blocks)?;
        same("boxes of landmarks", self.landmark_boxes.len(), landmarks)?;
        same("first zooms of landmarks", self.landmark_firsts.len(), landmarks)?;
        same("runs in rows", self.rows.last().map_or(0, |&end| end as usize), self.rings.len())?;
        same("vertices in runs", self.rings.last().map_or(0, |&end| end as usize), vertices)?;
        let mut before = 0;
        for &end in self.rows {
            if end < before {
                return Err(BadBuffers { what: "as the end of a row", got: end as usize, expected: before as usize });
            }
            before = end;
        }
        let mut before = 0;
        for (&end, &role) in self.rings.iter().zip(self.roles) {
            let got = end.saturating_sub(before) as usize;
            let expected = if role.is_ring() { 3 } else { 1 + usize::from(role == Role::Line) };
            if got < expected {
                return Err(BadBuffers { what: "vertices of a run", got, expected });
            }
            before = end;
        }
        Ok(())
    }

    /// A view of them, with the landmarks of their rows.
    #[must_use]
    pub const fn view(self, landmarks: Landmarks<'a>) -> Shapes<'a> {
        Shapes {
            levelled: Levelled {
                outlines: self.outlines(),
                levels: self.levels,
                blocks: (self.block_boxes, self.block_levels),
            },
            met: Met {
                landmarks,
                around: (self.landmark_boxes, self.landmark_firsts),
                boxes: self.boxes,
                ranks: self.firsts,
                wholes: self.wholes,
            },
        }
    }

    /// The outlines alone.
    #[must_use]
    pub const fn outlines(self) -> Outlines<'a> {
        Outlines { rows: self.rows, rings: self.rings, roles: self.roles, x: self.x, y: self.y }
    }

    /// Bytes of all of them.
    #[must_use]
    pub const fn size(&self) -> usize {
        let rings = self.rings.len() * 5;
        let rows = self.rows.len() * (16 + 4 + 2) + self.landmark_boxes.len() * 17;
        self.x.len() * 9 + self.block_boxes.len() * 17 + rings + rows
    }
}

impl Built {
    /// Its buffers.
    #[must_use]
    pub fn buffers(&self) -> Buffers<'_> {
        Buffers {
            rows: &self.flat.rows,
            rings: &self.flat.rings,
            roles: &self.flat.roles,
            x: &self.flat.x,
            y: &self.flat.y,
            levels: &self.levels,
            block_boxes: &self.blocks.boxes,
            block_levels: &self.blocks.lowest,
            boxes: &self.boxes,
            firsts: &self.zooms.ranks,
            wholes: &self.zooms.wholes,
            landmark_boxes: &self.around.boxes,
            landmark_firsts: &self.around.firsts,
        }
    }
}
