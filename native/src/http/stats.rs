//! Statistics of a column under a filter: histogram, quantiles, categories. With `measure` and `z`, the quantiles of what
//! cells carry.

use super::{
    Problem, Shared,
    document::{failed, kept},
    facts::{self, Times},
    legend::{self, PROBABILITIES},
    params::Params,
    prepare::{self, Prepared},
    tiles,
    work::{Cancel, Size},
};
use crate::cache::Selected;
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, Uri},
    response::Response,
};
use duotile_core::{Column, Kind, MAX_ZOOM, Values};
use rayon::slice::ParallelSliceMut as _;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Most bins of a histogram.
const MAX_BINS: usize = 1000;

/// Statistics.
///
/// # Errors
/// 400 for no such column or measure, 404 for no such dataset.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = tiles::dataset(&state, Some(&id))?;
    let params = Params::new(uri.query(), &["column", "bins", "measure", "z"])?;
    let prepared = prepare::prepare(&state, &entry, None, Some(&params.rest)).await?;
    let here = state.clone();
    let (column, measure) = (params.text("column").map(str::to_owned), params.text("measure").map(str::to_owned));
    match (column, measure) {
        (Some(column), None) => {
            let index = entry.dataset.with_points(|points| {
                points.column(&column).ok_or_else(|| {
                    let names: Vec<&str> = points.columns().iter().map(|column| column.name).collect();
                    unknown("column", &column, &names)
                })
            })?;
            let bins = params.number("bins", 20, 1..=MAX_BINS)?;
            let key = format!("stats\n{column}\n{bins}\n{}", prepared.key);
            let make = move |cancel: &Cancel| {
                let (selected, _) =
                    here.masks.select(&entry.dataset, &prepared.plan).map_err(|error| failed(&error))?;
                cancel.check()?;
                let told = entry.dataset.with_points(|points| of(&points.columns()[index], &selected, bins, cancel))?;
                Ok(Value::Object(told).to_string().into_bytes())
            };
            kept(&state, key, &headers, Size::Long, make).await
        }
        (None, Some(measure)) => {
            let z = params.number("z", 0, 0..=usize::from(MAX_ZOOM))?;
            let all = prepared.plan.properties();
            let index = all.iter().position(|property| property.name == measure).ok_or_else(|| {
                let names: Vec<&str> = prepared.properties().map(|(_, property)| property.name.as_str()).collect();
                unknown("measure", &measure, &names)
            })?;
            let key = format!("cells\n{measure}\n{z}\n{}", prepared.key);
            let make = move |cancel: &Cancel| cells(&here, &prepared, index, z, cancel);
            kept(&state, key, &headers, Size::Long, make).await
        }
        _ => Err(Problem::parameter("column", "expected either column, or measure with z")),
    }
}

fn unknown(parameter: &str, name: &str, names: &[&str]) -> Problem {
    let near = names.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let near = near.filter(|near| strsim::jaro_winkler(near, name) > 0.7);
    Problem::parameter(parameter, format!("there is no {parameter} \"{name}\"; there are {}", names.join(", ")))
        .hint(near.map(|near| format!("did you mean {near}?")))
}

/// What cells of a zoom carry. A zoom beyond those that were walked is told as the deepest of them, with its number.
fn cells(
    state: &Shared,
    prepared: &Arc<Prepared>,
    index: usize,
    z: usize,
    cancel: &Cancel,
) -> Result<Vec<u8>, Problem> {
    let (selected, _) = state.masks.select(&prepared.entry.dataset, &prepared.plan).map_err(|error| failed(&error))?;
    let legend = legend::of(state, prepared, &selected, cancel)?;
    let told = z.min(legend.zooms.len().saturating_sub(1));
    let body = json!({
        "measure": prepared.plan.properties()[index].name,
        "z": told,
        "asked": z,
        "cells": legend.zooms.get(told).map_or(0, |zoom| zoom.cells),
        "probabilities": PROBABILITIES,
        "quantiles": legend.quantiles(told, index),
        "range": legend.range(index).map(|(min, max)| [min, max]),
    });
    Ok(body.to_string().into_bytes())
}

/// Statistics of the rows that pass. Of numbers, all are held at once and sorted: 8 bytes a row while it takes.
fn of(column: &Column<'_>, selected: &Selected, bins: usize, cancel: &Cancel) -> Result<Map<String, Value>, Problem> {
    let mask = selected.mask.as_deref();
    let facts = facts::of(column, mask);
    cancel.check()?;
    let rows = mask.map_or(column.len(), duotile_core::Mask::total);
    let mut map = Map::new();
    map.insert("column".into(), json!(column.name));
    map.insert("type".into(), json!(column.kind().name()));
    map.insert("rows".into(), json!(rows));
    map.insert("present".into(), json!(facts.present));
    map.insert("nulls".into(), json!((rows as u64).saturating_sub(facts.present)));
    if let Some(distinct) = facts.distinct {
        let told = facts.categories.iter();
        let told =
            told.map(|&(value, count)| json!({ "value": facts::value(column, value, Times::Iso), "count": count }));
        map.insert("distinct".into(), json!(distinct));
        map.insert("categories".into(), told.collect());
    }
    let Some(mut values) = numbers(column, selected) else { return Ok(map) };
    cancel.check()?;
    values.par_sort_unstable_by(f64::total_cmp);
    let (Some(&min), Some(&max)) = (values.first(), values.last()) else { return Ok(map) };
    cancel.check()?;
    let time = column.kind() == Kind::Time;
    // Times go through here as milliseconds, which a double holds exactly.
    let tell = |value: f64| if time { json!(facts::iso((value * 1000.0) as i64)) } else { json!(value) };
    let range = facts.range.map(|(min, max)| [min, max].map(|value| facts::value(column, value, Times::Iso)));
    map.insert("min".into(), json!(range.as_ref().map(|range| &range[0])));
    map.insert("max".into(), json!(range.as_ref().map(|range| &range[1])));
    map.insert("mean".into(), tell(values.iter().sum::<f64>() / values.len() as f64));
    let quantiles = PROBABILITIES.map(|p| tell(legend::quantile(&values, p)));
    map.insert("probabilities".into(), json!(PROBABILITIES));
    map.insert("quantiles".into(), json!(quantiles));
    let (edges, counts) = histogram(&values, min, max, bins);
    let edges: Vec<Value> = edges.into_iter().map(tell).collect();
    map.insert("histogram".into(), json!({ "edges": edges, "counts": counts }));
    Ok(map)
}

/// The values that are numbers; times in milliseconds. `None` for truth values and texts.
fn numbers(column: &Column<'_>, selected: &Selected) -> Option<Vec<f64>> {
    let value: &dyn Fn(usize) -> f64 = match &column.values {
        Values::I32(v) => &|row| f64::from(v[row]),
        Values::I64(v) => &|row| v[row] as f64,
        Values::F32(v) => &|row| f64::from(v[row]),
        Values::F64(v) => &|row| v[row],
        Values::Time(v) => &|row| v[row] as f64 / 1000.0,
        Values::Bool(_) | Values::Text(..) => return None,
    };
    let valid = |row: &usize| column.is_valid(*row);
    Some(match selected.mask.as_deref() {
        Some(mask) => mask.rows(0..column.len()).filter(valid).map(value).collect(),
        None => (0..column.len()).filter(valid).map(value).collect(),
    })
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

    #[test]
    fn a_histogram_counts_every_value_once() {
        let values = [0.0, 0.0, 1.0, 2.5, 5.0, 9.9, 10.0];
        let (edges, counts) = histogram(&values, 0.0, 10.0, 4);
        assert_eq!(edges, [0.0, 2.5, 5.0, 7.5, 10.0]);
        assert_eq!(counts, [3, 1, 1, 2]);
        assert_eq!(histogram(&[3.0, 3.0], 3.0, 3.0, 20), (vec![3.0, 3.0], vec![2]));
    }
}
