//! The commands but `serve`: a file each, with its arguments, whose comments are the manual, and what it does with them. Data goes to
//! standard output, words to standard error.

pub mod build;
pub mod generate;
pub mod inspect;
pub mod tile;

use crate::{
    load::{Load, Wanted},
    read::BUILTIN,
};
use anyhow::Result;
use std::path::Path;

/// A file, or the built-in data where no file has that name.
fn source(text: &str, load: &Load) -> Result<Wanted> {
    if BUILTIN.contains(&text) && !Path::new(text).exists() {
        Ok(Wanted::builtin(text))
    } else {
        Wanted::parse(text, load)
    }
}
