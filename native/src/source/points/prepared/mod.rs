//! Prepared files: points in Morton order in an Arrow IPC file, with all that is needed to open it at once.
//!
//! Other tools read the file as any Arrow file: one record batch, uncompressed, with the columns `_key` (Morton key),
//! `_row` (the row's number in its source), then the values; texts are dictionaries in byte order. What only Duotile needs
//! lies where readers of Arrow do not look, between the end of the stream and the footer: the search index, partial
//! aggregates, a [description](description) in JSON, and a [seal](seal) that tells whether all is there and undamaged.
//! Opening maps the file and reads only that; the values are read when a tile wants them.

mod build;
mod checksum;
mod description;
mod facts;
mod guard;
mod mapped;
mod messages;
mod open;
mod outlines;
mod seal;
mod shortest;
mod twin;
mod verify;
mod view;
mod writer;

pub use build::{Built, Settings, build, give_up, half_of_free};
pub(crate) use open::open;
pub use verify::verify;

/// The versions of what lies between the end of the stream and the footer: of points, and of rows with outlines, which who knows
/// the first alone would take for points. Files of another are refused.
const FORMATS: [u32; 2] = [1, 2];

/// Where buffers and sections begin: at multiples of this, as Arrow recommends.
const ALIGNMENT: u64 = 64;

/// Names that are taken in a prepared file.
const KEY: &str = "_key";
const ROW: &str = "_row";
const LON: &str = "lon";
const LAT: &str = "lat";
