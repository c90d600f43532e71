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
use core::ops::Range;

/// A part of fewer vertices is small: fewer than a block has, so that its outline is the same in every tile.
const SMALL: usize = 64;
/// Of an outline of more vertices something is left.
const FEW: usize = 8;

/// Whether nothing is left of a part whose outline at a zoom this is.
pub fn is_lost(outlines: &Outlines<'_>, ring: usize, path: &[Vertex]) -> bool {
    outlines.role(ring) == Role::Shell
        && outlines.vertices_of(ring).len() < SMALL
        && (path.len() < 3 || (path.len() <= FEW && area2(path.iter().copied()) == 0))
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

/// Visits the small parts of a row with their stretches of the sum: before each and after it.
fn each_stretch(outlines: &Outlines<'_>, rings: Range<usize>, mut visit: impl FnMut(usize, [u128; 2])) {
    let (mut sum, mut at) = (0u128, rings.start);
    while at < rings.end {
        let end = (at + 1..rings.end).find(|&ring| outlines.role(ring) == Role::Shell).unwrap_or(rings.end);
        if outlines.vertices_of(at).len() < SMALL {
            let area = (at..end).map(|ring| area2(outlines.path(ring))).sum::<i128>() / 2;
            let before = sum;
            sum += area.max(0).cast_unsigned();
            visit(at, [before, sum]);
        }
        at = end;
    }
}

/// Leaves of some parts of a row, in their order, those that have a square at a zoom.
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
    let (mut next, mut kept) = (0, 0);
    each_stretch(outlines, rings, |ring, [before, after]| {
        if lost.get(next) == Some(&(ring as u32)) {
            next += 1;
            if (before ^ after) >> square_bits(z) != 0 {
                lost[kept] = ring as u32;
                kept += 1;
            }
        }
    });
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
    path: &mut Vec<Vertex>,
    toll: &mut Toll<'_>,
) -> Result<bool, Stopped> {
    let outlines = &levelled.outlines;
    let rings = outlines.rings_of(row);
    // Of a polygon and a hole that is as large nothing is.
    let mut area = 0;
    for ring in rings.clone() {
        let looked = levelled.draw(ring, grid, path);
        toll.pay(1 + looked / 8)?;
        if !outlines.role(ring).is_ring() && path.len() > 1 {
            return Ok(true);
        }
        area += if outlines.role(ring).is_ring() { area2(path.iter().copied()) } else { 0 };
    }
    if area != 0 || rings.len() < 2 || !outlines.role(rings.start).is_ring() {
        return Ok(area != 0);
    }
    toll.pay(vertices(outlines, &rings) / 4)?;
    let mut sum = 0;
    each_stretch(outlines, rings, |_, [_, after]| sum = after);
    Ok(sum >> square_bits(grid.z) != 0)
}

fn vertices(outlines: &Outlines<'_>, rings: &Range<usize>) -> usize {
    rings.clone().map(|ring| 1 + outlines.vertices_of(ring).len()).sum()
}
