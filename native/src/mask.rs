//! A fitted filter becomes a Polars expression, and that becomes a mask in Morton order.

use crate::dataset::Dataset;
use anyhow::Result;
use duotile_core::{Filter, Mask};

/// Which rows of a dataset pass a filter.
///
/// # Errors
/// When the filter does not fit the dataset.
pub fn mask(dataset: &Dataset, filter: &Filter) -> Result<Mask> {
    anyhow::bail!("no mask of {} rows for {filter:?} yet", dataset.len())
}
