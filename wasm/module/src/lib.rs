//! The module that pages load: the classes of `duotile-wasm`, and what it has to bring where there is no standard library.

#![cfg_attr(target_arch = "wasm32", no_std)]

pub use duotile_wasm::{Pyramid, Tiler};

#[cfg(target_arch = "wasm32")]
mod alone;
