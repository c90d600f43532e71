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
        first::square_bits,
        grid::{Grid, HIGH, LOW},
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

/// Whether nothing is left of a part whose outlines at a zoom have this area, holes taken off. Those of a thin one lie on
/// themselves, or on one another; and one that has turned over is nothing, too.
pub const fn is_lost(area2: i128) -> bool {
    area2 <= 0
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
        }
    }
    lost.truncate(kept);
    Ok(())
}

/// Whether anything of a row is left at a zoom, anywhere: an outline, or a square in the place of a part.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub fn is_left(
    levelled: &Levelled<'_>,
    row: usize,
    grid: &Grid,
    (path, lost): (&mut Vec<Vertex>, &mut Vec<u32>),
    toll: &mut Toll<'_>,
) -> Result<bool, Stopped> {
    let outlines = &levelled.outlines;
    let rings = outlines.rings_of(row);
    lost.clear();
    for part in parts(outlines, rings.clone()) {
        let mut area = 0;
        for ring in part.clone() {
            let looked = levelled.draw(ring, grid, path);
            toll.pay(1 + looked / 8)?;
            if !outlines.role(ring).is_ring() && path.len() > 1 {
                return Ok(true);
            }
            area += area2(path.iter().copied());
        }
        if !is_lost(area) {
            return Ok(true);
        }
        if is_small(outlines, &rings, &part) {
            lost.push(part.start as u32);
        }
    }
    keep(outlines, rings, grid.z, lost, toll)?;
    Ok(!lost.is_empty())
}

fn vertices(outlines: &Outlines<'_>, rings: &Range<usize>) -> usize {
    rings.clone().map(|ring| 1 + outlines.vertices_of(ring).len()).sum()
}
