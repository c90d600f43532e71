//! Duotile, natively: files become datasets, datasets answer requests.
//!
//! Files enter through [`read`], which makes a [`Dataset`]: points in Morton order with their columns. [`mask`] decides
//! which rows pass a filter, [`cache`] keeps masks and cuts tiles with them, [`http`] answers requests for what is in a
//! [`catalog`]. Everything that shapes a byte of a tile is in `duotile-core`.

pub mod catalog;
pub mod cli;
pub mod commands;
pub mod engine;
pub mod generate;
pub mod http;
pub mod inspect;
pub mod load;
pub mod mvt_reader;
pub mod prepared;
mod progress;
pub mod read;
mod serve;
pub mod settings;
pub mod source;
pub mod told;

pub use dataset::{Dataset, Report};
pub use engine::{mask, select as cache};
pub use http::app;
pub(crate) use source::points::bits;
pub use source::points::dataset;
