//! Where things are: degrees to integers, integers to keys, tiles, frames, the first view.

pub mod mercator;
pub mod morton;
pub mod tile;

pub mod boxes;
pub mod frame;
pub mod view;
