//! Geometries as filters write them, and where positions lie to them.
//!
//! **What is on a border.** Corners are put on the grid of positions as rows are, so that a row at a corner, or on an edge
//! along a meridian or a parallel, lies exactly on it. Edges are straight in degrees. Whether a row's position (the centre
//! of its step, about 9 mm wide at the equator) is inside, on the border or outside is then decided exactly. What a file
//! said may be up to half a step from that; rows so near to a border may be on either side of it.
//!
//! Corners beyond 85.05° keep their latitude, though rows there lie at the edge of the map; longitudes may run on to 360
//! over the antimeridian, where a row is looked for on both sides.

// As written.
mod shape;

// On the grid.
mod parts;
mod side;

// Over rows in the order of the map.
mod cell;
mod holds;
mod near;
mod region;
mod walk;

pub use shape::{Position, Shape};

// Of two that are more than points.
mod relate;

pub(crate) use cell::Location;
pub(crate) use region::Region;
pub use relate::Relation;
pub(crate) use relate::{Edges, relates};
pub(crate) use walk::Walk;
