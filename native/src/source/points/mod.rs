//! Points with columns, in Morton order.

pub(crate) mod bits;
pub mod dataset;
mod focus;
pub(crate) mod kind;
mod made;
pub mod prepared;
pub mod read;
mod report;

pub use dataset::Dataset;
pub use report::Report;
