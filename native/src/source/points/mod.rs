//! Points with columns, in Morton order; lines and polygons are points with an outline beside them.

pub mod asked;
pub(crate) mod bits;
mod column;
pub mod dataset;
mod focus;
pub(crate) mod kind;
mod known;
pub(crate) mod made;
pub mod prepared;
pub mod read;
mod report;
pub(crate) mod shapes;

pub use dataset::Dataset;
pub use report::Report;
