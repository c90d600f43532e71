//! The column of latitudes that data gets where some rows lie beyond the edge of the map.

use crate::{dataset::Loaded, kind::Data};
use duotile_core::{World, mercator, morton};
use rayon::prelude::*;

/// The latitudes of rows: of those beyond the edge of the map as they were, each with its row, else by their keys, to about a
/// centimetre.
pub(super) fn latitudes(name: &str, keys: &[u64], rows: &[u32], beyond: &[(u32, f64)]) -> Loaded {
    let latitude = |(&key, row): (&u64, &u32)| {
        let World { y, .. } = morton::position(key);
        let found = beyond.binary_search_by_key(row, |(row, _)| *row).ok().filter(|_| matches!(y, 0 | u32::MAX));
        // What is added makes 0.0 of −0.0, as in every column.
        found.map_or_else(|| (mercator::latitude(y) * 1e7).round() / 1e7 + 0.0, |at| beyond[at].1)
    };
    let values: Vec<f64> = keys.par_iter().zip(rows).map(latitude).collect();
    Loaded { name: name.to_owned(), data: Data::F64(values.into()), valid: None }
}
