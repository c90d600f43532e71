//! What is left of a row at a zoom, and squares in the place of parts of which nothing is.
//!
//! A row of many polygons is as large as all of them, and each may be too small to be seen. Those have squares as small rows have
//! ([`first`](super::first)): the areas of all small parts of the row are added up in their order, and a part of which nothing is left
//! at a zoom has a square there if its stretch of the sum holds a multiple of one. So what is drawn comes to what there is, a part that
//! has a square at a zoom has one at the next, or is seen, and every tile finds the same.

use crate::{
    outlines::frame_of,
    shapes::{
        Outlines, Role, Vertex,
        clean::Clean,
        clip::Pieces,
        first::square_bits,
        grid::{EXTENT, Grid, HIGH, LOW},
        outline::Levelled,
        wide,
        wind::area2,
    },
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;
use core::{iter, ops::Range};

/// A part whose rings have fewer vertices each is small: fewer than a block has, so that its outline is the same in every tile.
const SMALL: usize = 64;

/// The parts of a row of polygons: each shell with its holes.
pub fn parts(outlines: &Outlines<'_>, rings: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = rings.start;
    iter::from_fn(move || {
        let start = at;
        at = (start + 1..rings.end).find(|&ring| outlines.role(ring) != Role::Hole).unwrap_or(rings.end);
        (start < rings.end).then_some(start..at)
    })
}

/// Whether a part of a row has a square where nothing is left of it. A row of one part is marked in its own place.
pub fn is_small(outlines: &Outlines<'_>, rings: &Range<usize>, part: &Range<usize>) -> bool {
    part != rings
        && outlines.role(part.start) == Role::Shell
        && part.clone().all(|ring| outlines.vertices_of(ring).len() < SMALL)
}

/// Where the square of a part would stand.
pub fn place(outlines: &Outlines<'_>, ring: usize) -> Vertex {
    let [west, north, east, south] = frame_of(outlines, ring).map(wide);
    [west + (east - west) / 2, north + (south - north) / 2]
}

/// Whether a square about a place comes into a tile or its buffer.
pub fn is_near(place: Vertex, grid: &Grid, half: i64) -> bool {
    grid.local(place).iter().all(|at| (LOW - half..=HIGH + half).contains(at))
}

/// Leaves of some small parts of a row, in their order, those that have a square at a zoom.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn keep(
    outlines: &Outlines<'_>,
    rings: Range<usize>,
    z: u8,
    lost: &mut Vec<u32>,
    toll: &mut Toll<'_>,
) -> Result<(), Stopped> {
    if lost.is_empty() {
        return Ok(());
    }
    toll.pay(vertices(outlines, &rings) / 4)?;
    let (mut next, mut kept, mut sum) = (0, 0, 0u128);
    for part in parts(outlines, rings.clone()).filter(|part| is_small(outlines, &rings, part)) {
        let area = part.clone().map(|ring| area2(outlines.path(ring))).sum::<i128>() / 2;
        let before = sum;
        sum += area.max(0).cast_unsigned();
        if lost.get(next) == Some(&(part.start as u32)) {
            next += 1;
            if (before ^ sum) >> square_bits(z) != 0 {
                lost[kept] = part.start as u32;
                kept += 1;
            }
            if next == lost.len() {
                break;
            }
        }
    }
    lost.truncate(kept);
    Ok(())
}

/// Space for looking whether nothing is left.
#[derive(Debug, Default)]
pub struct Dust {
    /// Parts of a row of which nothing is left at a zoom.
    pub lost: Vec<u32>,
    path: Vec<Vertex>,
    pieces: Pieces,
    polygons: Pieces,
    clean: Clean,
}

impl Dust {
    /// Whether nothing is left of a part whose outlines, holes taken off, have no area: a thin one lies on itself, or its holes on it.
    /// Where holes overlap, or it crosses itself, something may be. `None` for one that is larger than a tile.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn is_nothing(
        &mut self,
        levelled: &Levelled<'_>,
        part: Range<usize>,
        grid: &Grid,
        toll: &mut Toll<'_>,
    ) -> Result<Option<bool>, Stopped> {
        let (outlines, whole) = (&levelled.outlines, grid.whole(grid.z));
        toll.pay(vertices(outlines, &part) / 8)?;
        let frames = part.clone().map(|ring| frame_of(outlines, ring).map(wide));
        let around = |a: [i64; 4], b: [i64; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
        let [west, north, east, south] = frames.reduce(around).unwrap_or_default();
        let (first, last) = (whole.local([west, north]), whole.local([east, south]));
        let far = [0, 1].map(|axis| last[axis] - first[axis]);
        if far.contains(&0) {
            return Ok(Some(true));
        }
        if far.iter().any(|&far| far > EXTENT) {
            return Ok(None);
        }
        self.pieces.clear();
        for ring in part {
            toll.pay(1 + levelled.draw(ring, &whole, &mut self.path) / 8)?;
            let local = self.path.iter().map(|v| [0, 1].map(|axis| (v[axis] - first[axis]) as i16));
            self.pieces.points.extend(local);
            self.pieces.end(3);
        }
        if self.pieces.len() > 0 {
            self.clean.mend(&self.pieces, toll, &mut self.polygons)?;
        }
        Ok(Some(self.pieces.len() == 0 || self.polygons.len() == 0))
    }

    /// Whether anything of a row is left at a zoom, anywhere: an outline, or a square in the place of a part.
    ///
    /// # Errors
    /// [`Stopped`], as [`Toll::pay`].
    pub fn is_left(
        &mut self,
        levelled: &Levelled<'_>,
        row: usize,
        grid: &Grid,
        toll: &mut Toll<'_>,
    ) -> Result<bool, Stopped> {
        let outlines = &levelled.outlines;
        let rings = outlines.rings_of(row);
        self.lost.clear();
        for part in parts(outlines, rings.clone()) {
            let mut area = 0;
            for ring in part.clone() {
                let looked = levelled.draw(ring, grid, &mut self.path);
                toll.pay(1 + looked / 8)?;
                if !outlines.role(ring).is_ring() && self.path.len() > 1 {
                    return Ok(true);
                }
                area += area2(self.path.iter().copied());
            }
            let nothing = if area > 0 { Some(false) } else { self.is_nothing(levelled, part.clone(), grid, toll)? };
            match nothing {
                Some(false) => return Ok(true),
                Some(true) if is_small(outlines, &rings, &part) => self.lost.push(part.start as u32),
                _ => {}
            }
        }
        keep(outlines, rings, grid.z, &mut self.lost, toll)?;
        Ok(!self.lost.is_empty())
    }

    /// Bytes held, about.
    pub fn size(&self) -> usize {
        self.lost.capacity() * 4
            + self.path.capacity() * 16
            + self.pieces.size()
            + self.polygons.size()
            + self.clean.size()
    }
}

fn vertices(outlines: &Outlines<'_>, rings: &Range<usize>) -> usize {
    rings.clone().map(|ring| 1 + outlines.vertices_of(ring).len()).sum()
}
