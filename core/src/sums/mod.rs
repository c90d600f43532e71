//! What the values of many rows add up to, exactly, and how they are spread.

pub mod exact;
pub mod partial;

// For every landmark at once.
pub mod summary;
pub mod sweep;

// For one cell.
pub mod aggregate;
pub mod spread;
