//! Duotile.
