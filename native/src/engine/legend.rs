//! The range and the quantiles of what cells carry, walked by core and kept for each query.

use super::{fit::Prepared, pool::Cancel, select::Selected};
use crate::http::{Problem, Shared};
use duotile_core::Legend;
use std::sync::Arc;

/// The legend of a query, walked at the first time.
///
/// # Errors
/// When the client has gone.
pub fn of(state: &Shared, prepared: &Prepared, selected: &Selected, cancel: &Cancel) -> Result<Arc<Legend>, Problem> {
    let mut hit = true;
    let legend = state.legends.get_or_insert_with(&prepared.key.to_string(), || {
        hit = false;
        walk(state, prepared, selected, cancel).map(Arc::new)
    });
    state.metrics.looked("legends", hit);
    legend
}

fn walk(state: &Shared, prepared: &Prepared, selected: &Selected, cancel: &Cancel) -> Result<Legend, Problem> {
    let (plan, dataset) = (&prepared.plan, &prepared.entry.dataset);
    let mut selected = selected.clone();
    state.masks.summarise(dataset, plan, &mut selected, dataset.len()).map_err(|error| Problem::internal(&error))?;
    let mut scratch = state.masks.take_scratch();
    let go_on = || cancel.check().is_ok();
    let legend =
        selected.with(dataset, plan, |points, selection| Legend::of(plan, &points, selection, &mut scratch, go_on));
    state.masks.give_scratch(scratch);
    // Without one, somebody has gone.
    cancel.check()?;
    Ok(legend.unwrap_or_default())
}
