//! What two geometries are to each other, exactly (DE-9IM), where both are more than points.
//!
//! Both are on the grid of positions, in whole steps, and their edges are straight on the map, as they are drawn. Nothing is
//! rounded: on which side of an edge a corner lies is the sign of a whole number, and where edges cross is kept as a fraction.
//! The world ends at ±180°: what reaches over it is in parts, as tiles have it, and these do not touch there. What is beyond
//! 85.05° lies at the edge of the map.
//!
//! [`Edges`] are the edges of a geometry with boxes around them; [`Matrix`] is found by [walking](walk) along the edges of
//! each over those of the other that are near, so it costs what is near.

mod edges;
mod literal;
mod matrix;
mod ratio;
mod ray;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use edges::Edges;
pub(crate) use matrix::Matrix;
pub use matrix::Relation;

use crate::{
    outlines::{Frame, Outlines, wide},
    small::work::{Stopped, Toll},
};
use alloc::vec::Vec;
use matrix::Place;

/// What a row is to a geometry.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(crate) fn relate(
    outlines: &Outlines<'_>,
    row: usize,
    frame: Frame,
    other: &Edges,
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
    let edges = Edges::of_row(outlines, row, toll)?;
    let mut matrix = Matrix::new(edges.extent().dimension, other.extent().dimension);
    walk::walk(&edges, other, toll, |row: Place, other: Place, dimension| matrix.set(row, other, dimension))?;
    walk::walk(other, &edges, toll, |other: Place, row: Place, dimension| matrix.set(row, other, dimension))?;
    Ok(matrix)
}
