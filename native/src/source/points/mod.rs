//! Points with columns, in Morton order.

pub(crate) mod bits;
pub mod dataset;
mod focus;

pub use dataset::{Dataset, Report};
