//! From a plan and rows to the bytes of a tile.

// What is shown.
pub mod cut;
pub mod tiler;

// How it is written.
pub mod cells;
pub mod rows;

// Into what.
pub mod layer;
pub mod pbf;
pub mod values;
