//! PMTiles, version 3, as bytes: the header, directories, and tiles by number. Who writes archives ([`crate::export`]) and who
//! reads them ([`crate::source::archive`]) have it from here.
//!
//! Source: the PMTiles specification, version 3.

pub mod directory;
pub mod header;
pub mod hilbert;

pub use directory::Entry;
pub use header::{FRONT, HEADER, Header, Span};
