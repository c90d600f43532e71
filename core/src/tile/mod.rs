//! From a plan and rows to the bytes of a tile.

// The whole of it on one screen.
pub mod tiler;

// What is shown.
pub mod alike;
pub mod cut;
pub mod given;
pub mod grouped;
pub mod hexagons;
pub mod shown;
pub mod sketched;

// How it is written.
pub mod cells;
pub mod order;
pub mod outlined;
pub mod rows;

// Into what.
pub mod layer;
pub mod pbf;
pub mod values;
