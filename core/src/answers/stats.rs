//! Statistics of the numbers of a column: mean, quantiles and a histogram, in passes over the rows, without a copy of
//! them.

use crate::{
    filter::mask::Mask,
    small::{
        self,
        work::{Stopped, Toll, Work},
    },
    sums::{
        exact::{DoubleDouble, Total as _, unordered},
        spread::{Run, Space, between},
    },
    table::{columns::Column, values::Values},
};
use alloc::{vec, vec::Vec};
use core::slice;

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
    /// Of the rows of a column that pass and have a value, in so many bins, times in milliseconds; `None` for no values, and
    /// for truth values and texts.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn of(column: &Column<'_>, mask: Option<&Mask>, bins: usize, work: &Work<'_>) -> Result<Option<Self>, Stopped> {
        let number: fn(i64) -> f64 = match column.values {
            Values::I32(_) | Values::I64(_) => |order| order as f64,
            Values::Time(_) => |order| order as f64 / 1000.0,
            Values::F32(_) | Values::F64(_) => unordered,
            Values::Bool(_) | Values::Text(..) => return Ok(None),
        };
        let all = 0..column.len();
        let run = Run { column, rows: slice::from_ref(&all), mask, work };
        let mut space = Space::default();
        let Some(all) = run.extent(&mut space)? else { return Ok(None) };
        let mut ranks: Vec<u64> = PROBABILITIES.iter().flat_map(|&p| place(p, all.count)).collect();
        small::sort(&mut ranks);
        ranks.dedup();
        let found = run.at_ranks(all, &ranks, &mut space)?;
        let at = |rank: u64| {
            let place = ranks.partition_point(|&other| other < rank);
            number(found.get(place).copied().unwrap_or(all.high))
        };
        let (min, max) = (number(all.low), number(all.high));
        let bins = if min == max { 1 } else { bins };
        let edges: Vec<f64> = (0..=bins).map(|i| between(min, max, i as f64 / bins as f64)).collect();
        let (mut counts, mut sum) = (vec![0; bins], DoubleDouble::ZERO);
        run.each_block(&mut Vec::new(), &mut |values| {
            for value in values.iter().map(|&order| number(order)) {
                sum.add(value);
                counts[bin(&edges, value)] += 1;
            }
        })?;
        let quantiles = PROBABILITIES.map(|p| quantile(p, all.count, at));
        Ok(Some(Self { mean: sum.rounded() / all.count as f64, quantiles, edges, counts }))
    }
}

/// Quantiles by linear interpolation between ranks (type 7), which is also what the measures do; `None` for no values.
/// Values are given as integers of their order.
///
/// # Errors
/// [`Stopped`], as [`Toll::pay`].
pub(crate) fn quantiles(mut values: Vec<i64>, toll: &mut Toll<'_>) -> Result<Option<Quantiles>, Stopped> {
    let count = values.len() as u64;
    if count == 0 {
        return Ok(None);
    }
    let mut ranks: Vec<u64> = PROBABILITIES.iter().flat_map(|&p| place(p, count)).collect();
    small::sort(&mut ranks);
    ranks.dedup();
    // Only these are put where sorting would put them: there may be millions, and sorting is not to be stopped.
    let mut from = 0;
    for rank in ranks.into_iter().map(|rank| rank as usize) {
        toll.pay(values.len() - from)?;
        values[from..].select_nth_unstable(rank - from);
        from = rank + 1;
    }
    Ok(Some(PROBABILITIES.map(|p| quantile(p, count, |rank| unordered(values[rank as usize])))))
}

/// The ranks below and above a quantile of so many values.
fn place(p: f64, count: u64) -> [u64; 2] {
    let low = libm::floor(p * (count - 1) as f64) as u64;
    [low, (low + 1).min(count - 1)]
}

/// The quantile of so many values, given the value of a rank.
fn quantile(p: f64, count: u64, at: impl Fn(u64) -> f64) -> f64 {
    let exact = p * (count - 1) as f64;
    let part = exact - libm::floor(exact);
    let [low, high] = place(p, count).map(at);
    if part == 0.0 { low } else { between(low, high, part) }
}

/// The bin of a value among edges of equal distance; a value on an edge counts above it, the largest in the last bin.
fn bin(edges: &[f64], value: f64) -> usize {
    let last = edges.len() - 2;
    let width = (edges[last + 1] - edges[0]) / (last + 1) as f64;
    // By division; where that misses an edge by a rounding, as the edges have it.
    let bin = (((value - edges[0]) / width) as usize).min(last);
    if edges[bin] <= value && (bin == last || value < edges[bin + 1]) {
        return bin;
    }
    edges.partition_point(|&edge| edge <= value).saturating_sub(1).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{sums::exact::ordered, table::facts::Facts};

    fn of(values: &[f64], bins: usize) -> Option<Distribution> {
        let facts = Facts::default();
        let column = Column::new("v", Values::F64(values), None, &facts).expect("fits");
        Distribution::of(&column, None, bins, &Work::free()).expect("goes on")
    }

    fn told(values: Vec<i64>) -> Option<Quantiles> {
        quantiles(values, &mut Work::free().toll()).expect("goes on")
    }

    #[test]
    fn quantiles_of_many_are_those_of_sorting() {
        for count in [1, 2, 3, 25, 26, 1000, 100_000] {
            let values: Vec<i64> = (0..count).map(|i: i64| ordered((i * 7919 % 4001) as f64 / 8.0)).collect();
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let expected = PROBABILITIES.map(|p| quantile(p, count as u64, |rank| unordered(sorted[rank as usize])));
            assert_eq!(told(values), Some(expected), "{count}");
        }
        let go_on = || false;
        let many = vec![0; 2 * crate::small::work::STEP];
        assert_eq!(quantiles(many, &mut Work::new(&go_on, u64::MAX).toll()), Err(Stopped::Gone));
    }

    #[test]
    fn quantiles_are_those_of_type_7() {
        // R: quantile(c(1, 2, 4, 8), c(0.05, 0.5, 0.95)) is 1.15, 3, 7.4.
        let values = [8.0, 1.0, 4.0, 2.0];
        let ours = told(values.map(ordered).to_vec()).expect("four values");
        let at = |p: f64| PROBABILITIES.iter().position(|&q| q == p).map(|i| libm::round(ours[i] * 100.0) / 100.0);
        assert_eq!([at(0.0), at(0.05), at(0.5), at(0.95), at(1.0)], [1.0, 1.15, 3.0, 7.4, 8.0].map(Some));
        assert_eq!(of(&values, 4).map(|spread| spread.quantiles), Some(ours));
        assert_eq!(told(Vec::new()), None);
        assert_eq!(told(vec![ordered(5.0)]), Some([5.0; PROBABILITIES.len()]));
    }

    #[test]
    fn a_histogram_counts_every_value_once() {
        let spread = of(&[0.0, 0.0, 1.0, 2.5, 5.0, 9.9, 10.0], 4).expect("some");
        assert_eq!(spread.edges, [0.0, 2.5, 5.0, 7.5, 10.0]);
        assert_eq!(spread.counts, [3, 1, 1, 2]);
        assert_eq!(spread.mean, 28.4 / 7.0);
        let same = of(&[3.0, 3.0], 20).expect("some");
        assert_eq!((same.edges, same.counts), (vec![3.0, 3.0], vec![2]));
        assert_eq!(of(&[], 4), None);
    }

    #[test]
    fn numbers_farther_apart_than_a_double_holds_have_edges_and_quantiles() {
        let values = [-1.6e308, 3.0, 1.6e308, -1.6e308];
        let spread = of(&values, 4).expect("some");
        let expected = [-1.6e308, -0.8e308, 0.0, 0.8e308, 1.6e308];
        assert!(spread.edges.iter().zip(expected).all(|(edge, at)| (edge - at).abs() <= 1e-12 * at.abs()));
        assert_eq!(spread.counts, [2, 0, 1, 1]);
        // Sorted they are -1.6e308 twice, 3, 1.6e308; 0.9 of three steps is seven tenths of the last.
        let at = |p: f64| PROBABILITIES.iter().position(|&q| q == p).map(|i| spread.quantiles[i]);
        assert_eq!(at(0.5), Some(-0.8e308));
        assert!(at(0.9).is_some_and(|value| (value / 1.12e308 - 1.0).abs() < 1e-12));
    }

    /// Sorting and looking for each edge is the independent way.
    #[test]
    fn bins_are_those_of_searching_the_edges_in_sorted_values() {
        let mut values: Vec<f64> = (0..5000).map(|i| f64::from(i * i % 997) / 10.0 - 3.0).collect();
        for bins in [1, 2, 3, 7, 100, 997, 1000] {
            let spread = of(&values, bins).expect("some");
            values.sort_by(f64::total_cmp);
            let below = |i: usize| if i == bins { 5000 } else { values.partition_point(|v| *v < spread.edges[i]) };
            let expected: Vec<usize> = (0..bins).map(|i| below(i + 1) - below(i)).collect();
            assert_eq!(spread.counts, expected, "{bins} bins");
        }
    }
}
