//! Finished tiles as files, which a web server in front sends without asking the program.
//!
//! A [`place`] is where a tile lies, so that a pattern finds it from an address; a [`folder`] has all of them, each [`put`] there
//! whole or not at all and never changed. The [`keeper`] of a server has what was answered written, versions that were
//! replaced taken away ([`mark`]), and [`trim`]s the folder to its bound; [`seed`] writes tiles before anybody asks. What is there is found
//! by going through the [`tree`]: nothing else is written down, so nothing can be wrong about it.

pub mod folder;
pub mod keeper;
mod keeping;
pub mod mark;
pub mod place;
mod put;
pub mod seed;
pub mod tree;
mod trim;

pub use folder::Folder;
pub use keeper::Keeper;
pub use place::Place;

use crate::{
    engine::pack::{Coding, Packed},
    export::packed,
};
use std::io;

/// Bytes as a file has them: those that were sent, where they were sent so.
fn gzipped(packed: &Packed) -> io::Result<bytes::Bytes> {
    let plain = match packed.coding {
        Coding::Gzip => return Ok(packed.bytes.clone()),
        Coding::Identity => packed.bytes.clone(),
        Coding::Zstd => zstd::stream::decode_all(&packed.bytes[..])?.into(),
    };
    Ok(packed::gzip(&plain).into())
}
