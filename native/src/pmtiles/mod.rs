//! PMTiles, version 3, as bytes. How it is written is core's ([`duotile_core::archive`]), for programs and pages alike; here is how it is
//! read, with bounds, because a file may say anything, and how directories are packed.
//!
//! Source: the PMTiles specification, version 3.

pub mod directory;
pub mod header;

pub use duotile_core::archive::{Entry, FRONT, HEADER, Header, Span, hilbert};
