//! Duotile, natively: files become datasets, datasets answer requests.
//!
//! Files enter through [`read`], which makes a [`Dataset`]: points in Morton order with their columns. [`mask`] decides
//! which rows pass a filter. Everything that shapes a byte of a tile is in `duotile-core`.

pub mod dataset;
mod focus;
pub mod generate;
pub mod mask;
pub mod read;

pub use dataset::{Dataset, Report};
