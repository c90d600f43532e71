//! Rows in the order of the map: the index, what is known of it beforehand, the cells of a tile, how full tiles are.

pub mod landmarks;

pub mod index;
pub mod sort;

pub mod cells;
pub mod profile;
pub mod ranks;
pub mod steps;
