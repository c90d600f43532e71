//! The range and the quantiles of what cells carry, for each zoom: what legends and colour breaks are made of.
//!
//! All cells of the world are walked, zoom by zoom, until rows take over or a fixed amount of work is done; the zooms
//! that are told are whole. Kept for each query.

use super::{Problem, Shared, prepare::Prepared, work::Cancel};
use crate::cache::Selected;
use duotile_core::{MAX_ZOOM, MeasureKind, Mode};
use std::sync::Arc;

/// The quantiles that are told.
pub const PROBABILITIES: [f64; 13] = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0];

/// Work after which no further zoom is told: a number of a cell costs [`NUMBER`], a row that must be looked at costs 1.
const BUDGET: usize = 60_000_000;
const NUMBER: usize = 12;

/// What the cells of a query carry.
#[derive(Debug, Default)]
pub struct Legend {
    /// Zooms from 0, as far as they were walked.
    pub zooms: Vec<Zoom>,
}

/// What the cells of a zoom carry.
#[derive(Debug)]
pub struct Zoom {
    /// Cells in the world.
    pub cells: usize,
    /// For each property of the plan, the values at [`PROBABILITIES`]; `None` where no cell has a number.
    pub quantiles: Vec<Option<[f64; PROBABILITIES.len()]>>,
}

impl Legend {
    /// The least and the most that any cell of any zoom carries.
    #[must_use]
    pub fn range(&self, property: usize) -> Option<(f64, f64)> {
        let all = self.zooms.iter().filter_map(|zoom| *zoom.quantiles.get(property)?);
        all.map(|quantiles| (quantiles[0], quantiles[PROBABILITIES.len() - 1]))
            .reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
    }

    /// Bytes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        let of = |zoom: &Zoom| size_of::<Zoom>() + size_of_val(&zoom.quantiles[..]);
        self.zooms.iter().map(of).sum()
    }

    /// What a zoom carries; of the deepest that was walked, for those deeper.
    #[must_use]
    pub fn quantiles(&self, z: usize, property: usize) -> Option<&[f64; PROBABILITIES.len()]> {
        let zoom = self.zooms.get(z).or(self.zooms.last())?;
        zoom.quantiles.get(property)?.as_ref()
    }
}

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
    let plan = &prepared.plan;
    let deepest = match plan.mode() {
        Mode::Points => None,
        Mode::Cells => Some(MAX_ZOOM),
        // Where rows are shown from z0 on there may still be overfull tiles, so z0 is walked all the same.
        Mode::Auto => Some(selected.profile.points_minzoom().map_or(MAX_ZOOM, |minzoom| minzoom.saturating_sub(1))),
    };
    let dataset = &prepared.entry.dataset;
    let mut selected = selected.clone();
    state.masks.summarise(dataset, plan, &mut selected, dataset.len()).map_err(|error| Problem::internal(&error))?;
    let slow = |kind| matches!(kind, MeasureKind::Percentile(_) | MeasureKind::Mode | MeasureKind::Distinct);
    let looks = prepared.query.measures.iter().filter(|measure| slow(measure.kind)).count()
        + usize::from(prepared.query.by.is_some());
    let rows = selected.mask.as_ref().map_or(dataset.len(), |mask| mask.total());
    let (mut legend, mut spent, mut scratch) = (Legend::default(), 0, state.masks.take_scratch());
    for z in 0..deepest.map_or(0, |deepest| deepest + 1) {
        spent += rows * looks;
        if z > 0 && spent > BUDGET {
            break;
        }
        let (mut values, mut cells, mut cut) = (vec![Vec::new(); plan.properties().len()], 0usize, false);
        selected.with(dataset, plan, |points, selection| {
            plan.each_cell(&points, selection, z, &mut scratch, |numbers| {
                for &(property, number) in numbers {
                    values[property].push(number);
                }
                cells += 1;
                spent += numbers.len() * NUMBER;
                cut = (z > 0 && spent > BUDGET) || (cells.is_multiple_of(4096) && cancel.check().is_err());
                !cut
            });
        });
        cancel.check()?;
        if cut || cells == 0 {
            break;
        }
        legend.zooms.push(Zoom { cells, quantiles: values.into_iter().map(quantiles).collect() });
        // Deeper cells would be the same ones.
        if cells == rows {
            break;
        }
    }
    state.masks.give_scratch(scratch);
    Ok(legend)
}

/// Quantiles by linear interpolation between ranks (type 7), which is also what the measures do.
#[must_use]
pub fn quantiles(mut values: Vec<f64>) -> Option<[f64; PROBABILITIES.len()]> {
    values.sort_unstable_by(f64::total_cmp);
    (!values.is_empty()).then(|| PROBABILITIES.map(|p| quantile(&values, p)))
}

/// The quantile of ascending values that are not empty.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let (a, b) = (sorted[low], sorted[(low + 1).min(sorted.len() - 1)]);
    if part == 0.0 { a } else { a + (b - a) * part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_type_7() {
        // R: quantile(c(1, 2, 4, 8), c(0.05, 0.5, 0.95)) is 1.15, 3, 7.4.
        let ours = quantiles(vec![8.0, 1.0, 4.0, 2.0]).expect("four values");
        let at = |p: f64| PROBABILITIES.iter().position(|&q| q == p).map(|i| (ours[i] * 100.0).round() / 100.0);
        assert_eq!([at(0.0), at(0.05), at(0.5), at(0.95), at(1.0)], [1.0, 1.15, 3.0, 7.4, 8.0].map(Some));
        assert_eq!(quantiles(Vec::new()), None);
        assert_eq!(quantiles(vec![5.0]), Some([5.0; PROBABILITIES.len()]));
    }
}
