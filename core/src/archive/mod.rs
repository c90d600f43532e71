//! Archives of tiles, as far as they are the same whoever writes them: which tiles of a zoom there are, in which order, what a budget
//! of bytes leaves of them, and what PMTiles is as bytes. Files, threads and compression are the caller's, who packs what is handed out.

// Which tiles.
pub mod hilbert;
pub mod seen;
pub mod walk;

// What they may show, and where a map of them opens.
pub mod budget;
pub mod opening;
pub mod zoom;

// PMTiles.
pub mod directory;
pub mod header;
pub mod runs;

pub use budget::Bounds;
pub use directory::{Directories, Entry};
pub use header::{FRONT, HEADER, Header, Span};
pub use runs::{Place, Run, Runs};
pub use seen::{Part, Seen, View};
pub use walk::{Alike, Occupancy, Walk, meets};
pub use zoom::Zoom;
