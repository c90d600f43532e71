//! What is known of all rows together: found by looking at them, or read with a prepared file.

use super::{
    dataset::Loaded,
    focus::{bounds, focus},
};
use duotile_core::{Facts, Landmarks, Scalar};
use polars_buffer::Buffer;
use rayon::prelude::*;

/// What is known of all rows together.
#[derive(Debug)]
pub(crate) struct Known {
    /// Of each column.
    pub facts: Vec<Facts>,
    pub bounds: Option<[f64; 4]>,
    pub focus: [f64; 4],
    /// Of the keys.
    pub landmarks: Buffer<u64>,
    /// Of each column, where it was built.
    pub summaries: Vec<Option<Buffer<u64>>>,
}

impl Known {
    /// Looks at all rows. Summaries are left to be built when they are asked for.
    pub fn of(keys: &[u64], columns: &[Loaded], latitude: Option<usize>) -> Self {
        let facts: Vec<Facts> =
            columns.par_iter().map(|column| Facts::of(column.data.values(), column.valid())).collect();
        // Beyond the edge of the map, the column knows how far.
        let range = latitude.and_then(|at| facts.get(at)?.range);
        let bounds = bounds(keys).map(|[west, south, east, north]| match range {
            Some((Scalar::Float(min), Scalar::Float(max))) => [west, south.min(min), east, north.max(max)],
            _ => [west, south, east, north],
        });
        Self {
            facts,
            bounds,
            focus: focus(keys),
            landmarks: Landmarks::build(keys).into(),
            summaries: vec![None; columns.len()],
        }
    }

    /// Marks columns that were measured on outlines.
    pub fn mark(&mut self, columns: &[Loaded], measured: impl Fn(&str) -> bool) {
        for (facts, column) in self.facts.iter_mut().zip(columns) {
            facts.measured = measured(&column.name);
        }
    }
}
