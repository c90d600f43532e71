//! What is told of sources and queries: documents and files that know nothing of HTTP.
//!
//! Plain answers of the [engine](crate::engine) enter, with the [links] to write into them; JSON, text or Arrow leaves.

pub mod links;
pub mod values;

pub mod archived;
pub mod catalogue;
pub mod metadata;
pub mod queryables;
pub mod stats;
pub mod style;
pub mod tilejson;

pub mod geometry;
pub mod page;
pub mod pieces;
pub mod rows;
pub mod subset;
