//! Duotile, natively: files become datasets, datasets answer requests.
//!
//! Files enter through [`read`], which makes a [`Dataset`]: points in Morton order with their columns. [`mask`] decides
//! which rows pass a filter, [`cache`] keeps masks and cuts tiles with them, [`http`] answers requests for what is in a
//! [`catalog`]. Everything that shapes a byte of a tile is in `duotile-core`.

mod bits;
pub mod cache;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod dataset;
mod focus;
pub mod generate;
pub mod http;
pub mod inspect;
pub mod load;
mod looks;
pub mod mask;
pub mod mvt_reader;
pub mod prepared;
mod progress;
pub mod read;
mod serve;
pub mod settings;
pub mod subset;

pub use dataset::{Dataset, Report};
pub use http::app;
