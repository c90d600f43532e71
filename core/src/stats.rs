//! Statistics of numbers: quantiles and a histogram. What sorts them, on how many threads, is for the caller to say.

use crate::{
    columns::{Column, Values},
    exact,
    mask::Mask,
};
use alloc::vec::Vec;

/// The quantiles that are told.
pub const PROBABILITIES: [f64; 13] = [0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0];

/// Most bins of a histogram.
pub const MAX_BINS: usize = 1000;

/// Values at [`PROBABILITIES`].
pub type Quantiles = [f64; PROBABILITIES.len()];

/// How numbers are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    /// Their mean.
    pub mean: f64,
    /// Values at [`PROBABILITIES`].
    pub quantiles: Quantiles,
    /// Edges of the bins, one more than there are bins.
    pub edges: Vec<f64>,
    /// Values in each bin.
    pub counts: Vec<usize>,
}

impl Distribution {
    /// Of ascending values, in so many bins; `None` for no values.
    #[must_use]
    pub fn of(sorted: &[f64], bins: usize) -> Option<Self> {
        let (&min, &max) = sorted.first().zip(sorted.last())?;
        let (edges, counts) = histogram(sorted, min, max, bins);
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        Some(Self { mean, quantiles: PROBABILITIES.map(|p| quantile(sorted, p)), edges, counts })
    }
}

/// The values of the rows that pass and have one, in their order, where these are numbers; times in milliseconds. `None`
/// for truth values and texts. 8 bytes a row.
#[must_use]
pub fn numbers(column: &Column<'_>, mask: Option<&Mask>) -> Option<Vec<f64>> {
    let value: &dyn Fn(usize) -> f64 = match &column.values {
        Values::I32(v) => &|row| f64::from(v[row]),
        Values::I64(v) => &|row| v[row] as f64,
        Values::F32(v) => &|row| f64::from(v[row]),
        Values::F64(v) => &|row| v[row],
        Values::Time(v) => &|row| v[row] as f64 / 1000.0,
        Values::Bool(_) | Values::Text(..) => return None,
    };
    let valid = |row: &usize| column.is_valid(*row);
    Some(match mask {
        Some(mask) => mask.rows(0..column.len()).filter(valid).map(value).collect(),
        None => (0..column.len()).filter(valid).map(value).collect(),
    })
}

/// Sorts, as `f64::total_cmp` has it.
pub fn sort(values: &mut [f64]) {
    // As integers, which the measures sort too: one copy of the code.
    let mut ordered: Vec<i64> = values.iter().map(|&value| exact::ordered(value)).collect();
    ordered.sort_unstable();
    values.iter_mut().zip(ordered).for_each(|(value, order)| *value = exact::unordered(order));
}

/// Quantiles by linear interpolation between ranks (type 7), which is also what the measures do; `None` for no values.
#[must_use]
pub fn quantiles(mut values: Vec<f64>) -> Option<Quantiles> {
    sort(&mut values);
    (!values.is_empty()).then(|| PROBABILITIES.map(|p| quantile(&values, p)))
}

/// The quantile of ascending values that are not empty.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let low = libm::floor(place);
    let part = place - low;
    let low = low as usize;
    let (a, b) = (sorted[low], sorted[(low + 1).min(sorted.len() - 1)]);
    if part == 0.0 { a } else { a + (b - a) * part }
}

/// Bins of equal width over sorted values; a value on an edge counts above it, the largest in the last bin.
fn histogram(sorted: &[f64], min: f64, max: f64, bins: usize) -> (Vec<f64>, Vec<usize>) {
    let bins = if min == max { 1 } else { bins };
    let edge = |i: usize| min + (max - min) * (i as f64 / bins as f64);
    let below = |i: usize| if i == bins { sorted.len() } else { sorted.partition_point(|value| *value < edge(i)) };
    let counts = (0..bins).map(|i| below(i + 1) - below(i)).collect();
    ((0..=bins).map(edge).collect(), counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn quantiles_are_those_of_type_7() {
        // R: quantile(c(1, 2, 4, 8), c(0.05, 0.5, 0.95)) is 1.15, 3, 7.4.
        let ours = quantiles(vec![8.0, 1.0, 4.0, 2.0]).expect("four values");
        let at = |p: f64| PROBABILITIES.iter().position(|&q| q == p).map(|i| libm::round(ours[i] * 100.0) / 100.0);
        assert_eq!([at(0.0), at(0.05), at(0.5), at(0.95), at(1.0)], [1.0, 1.15, 3.0, 7.4, 8.0].map(Some));
        assert_eq!(quantiles(Vec::new()), None);
        assert_eq!(quantiles(vec![5.0]), Some([5.0; PROBABILITIES.len()]));
    }

    #[test]
    fn a_histogram_counts_every_value_once() {
        let values = [0.0, 0.0, 1.0, 2.5, 5.0, 9.9, 10.0];
        let (edges, counts) = histogram(&values, 0.0, 10.0, 4);
        assert_eq!(edges, [0.0, 2.5, 5.0, 7.5, 10.0]);
        assert_eq!(counts, [3, 1, 1, 2]);
        assert_eq!(histogram(&[3.0, 3.0], 3.0, 3.0, 20), (vec![3.0, 3.0], vec![2]));
    }
}
