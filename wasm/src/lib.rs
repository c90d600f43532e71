//! Duotile in the browser: typed arrays of positions and values enter, the bytes of a tile leave.
//!
//! This crate only carries: every decision that shapes a byte is in `duotile-core`, which the server shares. No object is
//! made for a feature of a tile, and none crosses the boundary; a tile is copied out once.

#![no_std]

extern crate alloc;

// Points and columns in memory, without JavaScript.
mod dataset;

// The class, and what crosses beside bytes.
mod answers;
mod archive;
mod clocks;
mod given;
mod object;
mod tiler;

pub use archive::Pyramid;
pub use dataset::{BadInput, Dataset, Given, GivenFacts, GivenOutlines, GivenScalar, Selected, Words};
pub use tiler::Tiler;
