//! H3 cells: rows in hexagons, and hexagons in tiles.
//!
//! Squares of the map are runs of rows, hexagons are not. But most squares lie in one hexagon, whole: those are taken as
//! the runs that they are, and only rows of squares on a border are asked one by one ([`walk`]). A hexagon is drawn in every
//! tile that its outline comes into ([`sketch`]), each time with all of its rows, wherever these are.

// Which resolution goes with a zoom, and what a cell is called.
pub mod steps;

// Cells as data has them.
pub mod index;

// Cells on the sphere, and which of them a place or a square lies in.
pub mod lattice;
mod sphere;

// The squares of rows that may matter to a tile.
pub mod reach;
pub mod walk;

// The rows of one cell.
pub mod rows;

// A cell in a tile.
mod edge;
pub mod sketch;

#[cfg(test)]
pub mod crowds;
