//! Statistics as JSON: of a column over the rows that pass, and of what the cells of a zoom carry.

use super::values;
use crate::engine::{Fitted, stats::ColumnStats};
use duotile_core::{Kind, Legend, Plain, Times, range, stats::PROBABILITIES};
use serde_json::{Map, Value, json};

/// Statistics of the column at a position.
#[must_use]
pub fn column(fitted: &Fitted, index: usize, stats: &ColumnStats) -> Map<String, Value> {
    let ColumnStats { rows, facts, spread } = stats;
    let mut map = Map::new();
    fitted.dataset.with_points(|points| {
        let Some(column) = points.columns().get(index) else { return };
        map.insert("column".into(), json!(column.name));
        map.insert("type".into(), json!(column.kind().name()));
        map.insert("rows".into(), json!(rows));
        map.insert("present".into(), json!(facts.present));
        map.insert("nulls".into(), json!((*rows as u64).saturating_sub(facts.present)));
        if let Some(distinct) = facts.distinct {
            let told = facts.categories.iter().map(|&(value, count)| (Plain::of(column, value, Times::Iso), count));
            map.insert("distinct".into(), json!(distinct));
            map.insert("categories".into(), values::counted(told));
        }
        let Some(spread) = spread else { return };
        let time = column.kind() == Kind::Time;
        // Times go through here as milliseconds, which a double holds exactly.
        let tell = |value: f64| if time { values::plain(Plain::iso((value * 1000.0) as i64)) } else { json!(value) };
        let [min, max] =
            range(column, facts, Times::Iso).map_or([Value::Null, Value::Null], |ends| ends.map(values::plain));
        map.insert("min".into(), min);
        map.insert("max".into(), max);
        map.insert("mean".into(), tell(spread.mean));
        map.insert("probabilities".into(), json!(PROBABILITIES));
        map.insert("quantiles".into(), json!(spread.quantiles.map(tell)));
        let edges: Vec<Value> = spread.edges.iter().copied().map(tell).collect();
        map.insert("histogram".into(), json!({ "edges": edges, "counts": spread.counts }));
    });
    map
}

/// What cells of a zoom carry of the property at a position. A zoom beyond those that were walked is told as the deepest
/// of them, with its number.
#[must_use]
pub fn cells(fitted: &Fitted, index: usize, z: usize, legend: &Legend) -> Value {
    let told = z.min(legend.zooms.len().saturating_sub(1));
    json!({
        "measure": fitted.plan.properties()[index].name,
        "z": told,
        "asked": z,
        "cells": legend.zooms.get(told).map_or(0, |zoom| zoom.cells),
        "probabilities": PROBABILITIES,
        "quantiles": legend.quantiles(told, index),
        "range": legend.range(index).map(|(min, max)| [min, max]),
    })
}
