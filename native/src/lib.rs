//! Duotile, natively: files become datasets, datasets answer requests.
//!
//! Files enter through [`read`], which makes a [`Dataset`]: points in Morton order with their columns. As a [`source`] it
//! is named in the [`catalog`]; the [`engine`] answers from it: fits queries, selects rows, cuts tiles; [`told`] writes
//! documents about it, and [`http`] answers requests. Everything that shapes a byte of a tile is in `duotile-core`.

pub mod about;
pub mod cache;
pub mod catalog;
pub mod cli;
pub mod commands;
mod disk;
pub mod engine;
pub mod export;
pub mod format;
pub mod generate;
pub mod http;
pub mod inspect;
pub mod load;
pub mod mvt_reader;
pub mod percent;
pub mod pmtiles;
mod progress;
mod serve;
pub mod settings;
pub mod shown;
pub mod source;
pub mod told;
pub mod wanted;
mod wkb;

pub use http::app;
pub use source::points::{Dataset, Report, prepared, read};
pub(crate) use source::points::{bits, dataset, kind, made, shapes};
