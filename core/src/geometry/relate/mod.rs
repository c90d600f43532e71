//! What two geometries are to each other, exactly (DE-9IM), where both are more than points.
//!
//! Both are on the grid of positions, in whole steps, and their edges are straight on the map, as they are drawn. Nothing is
//! rounded: on which side of an edge a corner lies is the sign of a whole number, and where edges cross is kept as a fraction.
//! The world ends at ±180°: what reaches over it is in parts, as tiles have it, and these do not touch there. What is beyond
//! 85.05° lies at the edge of the map.
//!
//! [`Edges`] are the edges of a geometry with boxes around them; [`Matrix`] is found by [walking](walk) along the edges of
//! each over those of the other that are near, so it costs what is near. Where parts of one overlap, its own edges are asked where
//! they lie to one another: what very many go round is told by [slabs], so that it does not cost each of them for each.

mod edges;
mod literal;
mod matrix;
mod overlaid;
mod ratio;
mod ray;
mod slabs;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use edges::Edges;
use matrix::Matrix;
pub use matrix::Relation;

use crate::{
    outlines::{Frame, Outlines, wide},
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;
use core::cell::Cell;
use matrix::Place;

/// Whether a row is to a geometry what a predicate asks. Edges are looked at until that is certain.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(crate) fn relates(
    outlines: &Outlines<'_>,
    (row, frame): (usize, Frame),
    other: &Edges,
    relation: Relation,
    toll: &mut Toll<'_>,
) -> Result<bool, Stopped> {
    let enough = |matrix: &Matrix| matrix.is_settled(relation);
    Ok(relate(outlines, (row, frame), other, enough, toll)?.holds(relation))
}

/// What a row is to a geometry, as far as it was looked at until that was enough.
fn relate(
    outlines: &Outlines<'_>,
    (row, frame): (usize, Frame),
    other: &Edges,
    enough: impl Fn(&Matrix) -> bool,
    toll: &mut Toll<'_>,
) -> Result<Matrix, Stopped> {
    let frame = frame.map(wide);
    if !edges::meet(frame, other.frame()) {
        return Ok(Matrix::apart(Edges::extent_of(outlines, row, toll)?, other.extent()));
    }
    // Where no edge of the other is near, all of the row lies alike.
    let mut near = Vec::new();
    other.near(frame, &mut near, toll)?;
    if near.is_empty() {
        let extent = Edges::extent_of(outlines, row, toll)?;
        let Some(vertex) = outlines.rings_of(row).find_map(|ring| outlines.path(ring).next()) else {
            return Ok(Matrix::apart(extent, other.extent()));
        };
        let inside = other.is_inside(ray::winding(other, vertex, [[0; 2]; 2], toll)?);
        return Ok(if inside { Matrix::in_area(extent) } else { Matrix::apart(extent, other.extent()) });
    }
    let mut edges = Edges::of_row(outlines, row, toll)?;
    let matrix = Cell::new(Matrix::new(edges.extent().dimension, other.extent().dimension));
    let say = |row: Place, other: Place, dimension| {
        let mut all = matrix.get();
        all.set(row, other, dimension);
        matrix.set(all);
    };
    let enough = || enough(&matrix.get());
    let turned = |other: Place, row: Place, dimension| say(row, other, dimension);
    // The one of fewer edges first: that may be enough, and costs least.
    for of_row in if edges.len() < other.len() { [true, false] } else { [false, true] } {
        if enough() {
            break;
        }
        if of_row {
            // Those that are not near are not asked.
            edges.near(other.frame(), &mut near, toll)?;
            if near.len() >= edges::MANY {
                edges.index(toll)?;
            }
            walk::walk(&edges, other, toll, say, enough)?;
        } else {
            walk::walk(other, &edges, toll, turned, enough)?;
        }
    }
    Ok(matrix.get())
}
