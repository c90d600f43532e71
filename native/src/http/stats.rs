//! Statistics of a column under a filter: histogram, quantiles, categories. With `measure` and `z`, the quantiles of what
//! cells carry.

use super::{
    Problem, Shared,
    document::{failed, kept},
    facts::{self, Times},
    legend,
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
use duotile_core::{
    Column, Kind, MAX_ZOOM, Plain, Work, range,
    stats::{Distribution, MAX_BINS, PROBABILITIES},
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

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
                let names: Vec<&str> = prepared.plan.shown().map(|(_, property)| property.name.as_str()).collect();
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

/// Statistics of the rows that pass.
fn of(column: &Column<'_>, selected: &Selected, bins: usize, cancel: &Cancel) -> Result<Map<String, Value>, Problem> {
    let mask = selected.mask.as_deref();
    let go_on = || cancel.check().is_ok();
    let work = Work::new(&go_on, u64::MAX);
    let facts = facts::of(column, mask, &work)?;
    let rows = mask.map_or(column.len(), duotile_core::Mask::total);
    let mut map = Map::new();
    map.insert("column".into(), json!(column.name));
    map.insert("type".into(), json!(column.kind().name()));
    map.insert("rows".into(), json!(rows));
    map.insert("present".into(), json!(facts.present));
    map.insert("nulls".into(), json!((rows as u64).saturating_sub(facts.present)));
    if let Some(distinct) = facts.distinct {
        let told = facts.categories.iter().map(|&(value, count)| (Plain::of(column, value, Times::Iso), count));
        map.insert("distinct".into(), json!(distinct));
        map.insert("categories".into(), facts::counted(told));
    }
    let Some(spread) = Distribution::of(column, mask, bins, &work)? else { return Ok(map) };
    let time = column.kind() == Kind::Time;
    // Times go through here as milliseconds, which a double holds exactly.
    let tell = |value: f64| if time { facts::plain(Plain::iso((value * 1000.0) as i64)) } else { json!(value) };
    let [min, max] =
        range(column, &facts, Times::Iso).map_or([Value::Null, Value::Null], |ends| ends.map(facts::plain));
    map.insert("min".into(), min);
    map.insert("max".into(), max);
    map.insert("mean".into(), tell(spread.mean));
    map.insert("probabilities".into(), json!(PROBABILITIES));
    map.insert("quantiles".into(), json!(spread.quantiles.map(tell)));
    let edges: Vec<Value> = spread.edges.into_iter().map(tell).collect();
    map.insert("histogram".into(), json!({ "edges": edges, "counts": spread.counts }));
    Ok(map)
}
