//! Lines and rings in flat buffers of vertices: what rows are that are more than points, and how degrees become paths.
//!
//! Knows nothing of tables, filters and tiles; [`shapes`](crate::shapes) makes of it what tiles are drawn from.

mod flat;

pub(crate) mod seam;
pub(crate) mod unwrap;
pub(crate) mod wind;

pub use flat::{Flat, Frame, Outlines, Role, geometries_of};
pub(crate) use flat::{NOWHERE, Vertex, WORLD, divide, frame, frame_of, narrow, wide};
pub use unwrap::is_jump;
