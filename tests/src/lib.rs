//! What the tests share: random tables, a decoder that is not ours, and brute force.

mod brute;
mod decode;
mod random;
mod table;

pub use brute::{Expected, cells, interleave, local, percentile};
pub use decode::{Feature, Property, decode};
pub use random::Random;
pub use table::{Owned, Row, Table};
