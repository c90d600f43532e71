//! Archives of tiles: datasets and queries enter, a file leaves that any static host serves.
//!
//! Zoom by zoom the occupied tiles are walked along a Hilbert curve ([`walk`], by what is [`seen`]), each is cut of all layers as a server would cut
//! it ([`layer`]) and packed, on all cores ([`cut`]), and written in order ([`archive`]). What a zoom shows keeps to a budget of bytes a tile
//! ([`Bounds`](duotile_core::archive::Bounds)): fewer rows or larger cells for the whole of the zoom, never for one tile alone, so that there are no seams.

pub mod archive;
mod cut;
mod known;
mod layer;
mod log;
mod made;
mod metadata;
pub mod packed;
mod pyramid;
mod report;
pub mod small;
#[cfg(test)]
mod tests;
pub mod walk;
mod written;

pub use archive::Kind;
pub use layer::{Layer, Shown};
pub use pyramid::{Settings, export};
pub use report::{Report, Zoom};
