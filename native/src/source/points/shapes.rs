//! The outlines of a dataset's rows, with all that is made of them at load: by all processors where it takes long.
//!
//! Outlines in the order of the rows enter, or all that was made of them, in a mapped file; what leaves is what core draws of them, and
//! where all of them lie.

use crate::read::Progress;
use anyhow::Result;
use duotile_core::{
    Buffers, Built, Flat, Landmarks, Role, Shapes, Stopped, Work, boxes, frame::Frame, geometries_of, settle_levels,
};
use polars_buffer::Buffer;
use rayon::prelude::*;
use std::ops::Range;

/// Vertices that a thread settles at a time, about.
const PIECE: usize = 1 << 16;

/// Lines, polygons and what else is more than a point.
#[derive(Debug)]
pub(crate) struct Outlines {
    held: Held,
    /// Rows of points, lines and polygons.
    kinds: [u64; 3],
}

/// Where the buffers are.
#[derive(Debug)]
enum Held {
    Built(Built),
    Mapped(Mapped),
}

/// Buffers in a mapped file.
#[derive(Debug, Default)]
pub(crate) struct Mapped {
    pub rows: Buffer<u32>,
    pub rings: Buffer<u32>,
    pub roles: Vec<Role>,
    pub x: Buffer<u32>,
    pub y: Buffer<u32>,
    pub levels: Buffer<u8>,
    pub block_boxes: Buffer<[u32; 4]>,
    pub block_levels: Buffer<u8>,
    pub boxes: Buffer<[u32; 4]>,
    pub firsts: Buffer<u8>,
    pub wholes: Buffer<u8>,
    pub landmark_boxes: Buffer<[u32; 4]>,
    pub landmark_firsts: Buffer<u8>,
}

impl Mapped {
    fn buffers(&self) -> Buffers<'_> {
        Buffers {
            rows: &self.rows,
            rings: &self.rings,
            roles: &self.roles,
            x: &self.x,
            y: &self.y,
            levels: &self.levels,
            block_boxes: &self.block_boxes,
            block_levels: &self.block_levels,
            boxes: &self.boxes,
            firsts: &self.firsts,
            wholes: &self.wholes,
            landmark_boxes: &self.landmark_boxes,
            landmark_firsts: &self.landmark_firsts,
        }
    }
}

impl Outlines {
    /// Makes what tiles need of outlines, which are in the order of their keys.
    ///
    /// # Errors
    /// None but that of a loader that is stopped, which none is.
    pub fn of(flat: Flat, keys: &[u64], progress: &dyn Progress) -> Result<Self> {
        progress.stage("simplify outlines", Some(flat.x.len() as u64));
        let words = Landmarks::build(keys);
        let kinds = flat.view().kinds();
        let ends = flat.rings.clone();
        let work = Work::free();
        let built = Built::of_by(flat, Landmarks::new(&words, keys.len()), &work, |outlines, levels| {
            let pieces = pieces(&ends, levels);
            pieces.into_par_iter().try_for_each(|(rings, levels)| {
                settle_levels(outlines, rings, levels, &work)?;
                Ok::<_, Stopped>(())
            })
        })?;
        Ok(Self { held: Held::Built(built), kinds })
    }

    /// Takes those of a mapped file, of so many rows and landmarks, with how many are of which kind.
    ///
    /// # Errors
    /// When its buffers do not fit one another.
    pub fn mapped(mapped: Mapped, kinds: [u64; 3], rows: usize, landmarks: usize) -> Result<Self> {
        mapped.buffers().check(rows, landmarks)?;
        Ok(Self { held: Held::Mapped(mapped), kinds })
    }

    /// The buffers.
    pub fn buffers(&self) -> Buffers<'_> {
        match &self.held {
            Held::Built(built) => built.buffers(),
            Held::Mapped(mapped) => mapped.buffers(),
        }
    }

    /// How many rows are points, lines and polygons.
    pub const fn counts(&self) -> [u64; 3] {
        self.kinds
    }

    /// As core sees them.
    pub fn view<'a>(&'a self, landmarks: Landmarks<'a>) -> Shapes<'a> {
        self.buffers().view(landmarks)
    }

    /// Bytes in memory, or in the file that is mapped.
    pub fn size(&self) -> usize {
        self.buffers().size()
    }

    /// How many vertices all of them have.
    pub fn vertices(&self) -> usize {
        self.buffers().x.len()
    }

    /// Which kinds of geometry there are, the one of most rows first.
    pub fn kinds(&self) -> Vec<&'static str> {
        geometries_of(self.kinds)
    }

    /// The frame of all of them; `None` for none.
    pub fn bounds(&self) -> Option<Frame> {
        boxes::frame(self.boxes().par_iter().copied().reduce(|| boxes::NOTHING, boxes::join))
    }

    /// The frame of those whose key lies in one, which holds most.
    pub fn around(&self, keys: &[u64], focus: Frame) -> Frame {
        let most = self.boxes().par_iter().zip(keys).filter(|&(&of, &key)| boxes::is_among(of, key, focus));
        let most = most.map(|(of, _)| *of).reduce(|| boxes::NOTHING, boxes::join);
        boxes::focus(most, focus, self.bounds())
    }

    fn boxes(&self) -> &[[u32; 4]] {
        self.buffers().boxes
    }
}

/// Runs of runs, each with the levels of its vertices.
fn pieces<'l>(ends: &[u32], mut levels: &'l mut [u8]) -> Vec<(Range<usize>, &'l mut [u8])> {
    let mut pieces = Vec::new();
    let (mut first, mut start) = (0, 0);
    for (ring, &end) in ends.iter().enumerate() {
        let end = end as usize;
        if end - start >= PIECE || ring + 1 == ends.len() {
            let (piece, rest) = std::mem::take(&mut levels).split_at_mut(end - start);
            pieces.push((first..ring + 1, piece));
            (levels, first, start) = (rest, ring + 1, end);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_all_runs_with_their_vertices() {
        let ends: Vec<u32> = (1..=10).map(|ring| ring * 20_000).collect();
        let mut levels = vec![1u8; 200_000];
        let pieces = pieces(&ends, &mut levels);
        let told: Vec<_> = pieces.iter().map(|(rings, levels)| (rings.clone(), levels.len())).collect();
        assert_eq!(told, [(0..4, 80_000), (4..8, 80_000), (8..10, 40_000)]);
        assert!(super::pieces(&[], &mut []).is_empty());
    }
}
