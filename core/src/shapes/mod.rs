//! Lines and polygons: rows with an outline.
//!
//! A shape is a row with a representative point, by which rows are ordered as points are, and an outline beside it: lines
//! and rings in flat buffers. What depends on the whole dataset is made once at load, in integers: a zoom from which each
//! vertex matters ([`levels`]) and one from which each row shows ([`first`]). A tile is then a threshold on two bytes, a
//! shift to the grid of its zoom, a cut at its edges and a look whether rings are still valid: no state, and the same bytes
//! everywhere.

// Flat buffers, and the whole of what is made of them at load.
mod buffers;
mod built;
mod carried;

// At load: outlines as given to outlines with levels.
pub mod gather;
mod untie;

pub mod inside;

pub mod nodes;

pub mod levels;

pub(crate) mod covered;

pub(crate) mod first;

pub mod sizes;

// In a tile: the rows that meet it, their outlines on its grid, cut and valid.
pub(crate) mod clean;
pub(crate) mod clip;
pub(crate) mod grid;

mod outline;

mod meet;

mod dust;

pub(crate) mod draw;

pub(crate) mod alike;

pub(crate) mod write;

pub use crate::outlines::{Flat, Frame, Outlines, Role, is_jump};
use crate::outlines::{NOWHERE, Vertex, WORLD, divide, frame, frame_of, narrow, seam, unwrap, wide, wind};
pub use buffers::{BadBuffers, Buffers};
pub use built::{Built, Shapes};
pub use carried::{BadOutline, Carried};

#[cfg(test)]
mod tests;
