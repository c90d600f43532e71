//! TileJSON with statistics of every property under the query: what Kepler.gl reads to offer fields, ranges and values,
//! and what legends need: range and quantiles of cells for each zoom.

use super::{links::Links, tilejson, values};
use crate::engine::{Fitted, stats::ShownFacts};
use duotile_core::{
    Category, Column, Extra, Facts, Legend, MAX_EXACT, Mode, Plain, Points, Profile, Property, PropertyKind, Scalar,
    Shape, Source, Times, stats::PROBABILITIES,
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Longest text that is told as a value.
const MAX_TEXT: usize = 256;

/// The metadata of a query.
#[must_use]
pub fn of(
    fitted: &Fitted,
    profile: Option<&Profile>,
    facts: &ShownFacts,
    legend: &Legend,
    links: &Links,
) -> Map<String, Value> {
    let mut map = tilejson::of(fitted, profile, links);
    let plan = &fitted.plan;
    fitted.dataset.with_points(|points| {
        let mut attributes: Vec<Value> =
            plan.shown().map(|(index, property)| attribute(&points, property, facts, legend, index)).collect();
        share_ranges(&mut attributes);
        let tilestats = json!({
            "layerCount": 1,
            "layers": [{
                "layer": points.layer(),
                "count": facts.rows,
                "geometry": geometry(fitted),
                "attributeCount": attributes.len(),
                "attributes": attributes,
            }],
        });
        map.insert("rows".into(), json!(facts.rows));
        map.insert("rows_total".into(), json!(fitted.entry.source.len()));
        if let Some(drawn) = profile.and_then(Profile::drawn) {
            map.insert("rows_drawn".into(), json!(drawn));
        }
        map.insert("measures".into(), measures(fitted, legend));
        map.insert("categories".into(), categories(fitted, &points));
        // As tippecanoe has it; some clients read only this.
        let inner = json!({ "vector_layers": map.get("vector_layers"), "tilestats": tilestats });
        map.insert("json".into(), json!(inner.to_string()));
        map.insert("tilestats".into(), tilestats);
        map
    })
}

/// What most features are: of rows with outlines these, where rows are shown at all.
fn geometry(fitted: &Fitted) -> &'static str {
    let plan = &fitted.plan;
    match (plan.mode(), fitted.geometries().first()) {
        (Mode::Auto | Mode::Points, Some(&kind)) if kind != "Point" => kind,
        _ if plan.shape() == Shape::Polygon => "Polygon",
        _ => "Point",
    }
}

/// Gives all `name|time` of one name the range of them all: Kepler.gl reads them as one number of many times, and keeps
/// the range of the first.
fn share_ranges(attributes: &mut [Value]) {
    let mut ranges: HashMap<String, (f64, f64)> = HashMap::new();
    for attribute in &*attributes {
        let Some((name, min, max)) = timed(attribute) else { continue };
        let range = ranges.entry(name.to_owned()).or_insert((min, max));
        *range = (range.0.min(min), range.1.max(max));
    }
    for attribute in attributes {
        let range = timed(attribute).and_then(|(name, ..)| ranges.get(name)).copied();
        if let (Some((min, max)), Some(members)) = (range, attribute.as_object_mut()) {
            members.insert("min".into(), json!(min));
            members.insert("max".into(), json!(max));
        }
    }
}

/// The name before the time of a property, and its range.
fn timed(attribute: &Value) -> Option<(&str, f64, f64)> {
    let (name, _) = attribute["attribute"].as_str()?.split_once('|')?;
    Some((name, attribute["min"].as_f64()?, attribute["max"].as_f64()?))
}

/// What Kepler.gl wants to know of a property. Numbers always have `min` and `max`, or their scale would be broken.
fn attribute(points: &Points<'_>, property: &Property, facts: &ShownFacts, legend: &Legend, index: usize) -> Value {
    let kind = match property.kind {
        PropertyKind::Integer | PropertyKind::Number => "number",
        PropertyKind::Text => "string",
        PropertyKind::Boolean => "boolean",
    };
    let column = match property.source {
        Source::Column(column) | Source::Measure(column, _) => {
            points.columns().get(column).zip(facts.columns.get(&column))
        }
        _ => None,
    };
    let mut map = Map::new();
    map.insert("attribute".into(), json!(property.name));
    map.insert("type".into(), json!(kind));
    let (count, values) = match (&property.source, column) {
        (Source::Column(_), Some((column, facts))) => (facts.present, frequent(column, facts)),
        // The values of a cell's extreme or mode are values of the column.
        (Source::Measure(..), Some((column, facts))) if kind != "number" => (facts.present, frequent(column, facts)),
        _ => (facts.rows as u64, Vec::new()),
    };
    map.insert("count".into(), json!(count));
    map.insert("values".into(), json!(values));
    if kind == "number" {
        let (min, max) = numbers(property, column, legend.range(index), legend, facts.rows);
        map.insert("min".into(), min);
        map.insert("max".into(), max);
    }
    Value::Object(map)
}

/// The most frequent values, as tiles have them.
fn frequent(column: &Column<'_>, facts: &Facts) -> Vec<Value> {
    let short = |value: &Value| value.as_str().is_none_or(|text| text.len() <= MAX_TEXT);
    let all = facts.categories.iter().map(|&(scalar, _)| values::value(column, scalar, Times::Milliseconds));
    all.filter(short).collect()
}

fn numbers(
    property: &Property,
    column: Option<(&Column<'_>, &Facts)>,
    range: Option<(f64, f64)>,
    legend: &Legend,
    rows: usize,
) -> (Value, Value) {
    let whole = property.kind == PropertyKind::Integer;
    let number = |value: f64| if whole && value.abs() <= MAX_EXACT as f64 { json!(value as i64) } else { json!(value) };
    match (&property.source, column) {
        (Source::Column(_), Some((column, facts))) => {
            let (min, max) = facts.range.unwrap_or((Scalar::Integer(0), Scalar::Integer(0)));
            (values::value(column, min, Times::Milliseconds), values::value(column, max, Times::Milliseconds))
        }
        (Source::Extra(Extra::ClusterId), _) => (json!(0), json!(MAX_EXACT)),
        (Source::Extra(extra), _) => {
            let (min, max) = legend.range(0).unwrap_or((1.0, rows.max(1) as f64));
            let of =
                |count: f64| if *extra == Extra::Log { count.log10() } else { (count.sqrt() * 100.0).round() / 100.0 };
            (json!(of(min)), json!(of(max)))
        }
        // Without cells that were walked, a count lies between one row and all of them.
        (Source::Count, _) => range.map_or((json!(1), json!(rows.max(1))), |(min, max)| (number(min), number(max))),
        _ => range.map_or((json!(0), json!(0)), |(min, max)| (number(min), number(max))),
    }
}

/// Range and quantiles of everything that is a number on cells, for each zoom.
fn measures(fitted: &Fitted, legend: &Legend) -> Value {
    let told = fitted.plan.measured().filter_map(|(index, property)| {
        let (min, max) = legend.range(index)?;
        let zooms: Vec<Value> = legend
            .each()
            .filter_map(|(z, zoom)| {
                let quantiles = zoom.quantiles.get(index)?.as_ref()?;
                Some(json!({ "z": z, "cells": zoom.cells, "quantiles": quantiles }))
            })
            .collect();
        Some(json!({
            "property": property.name, "min": min, "max": max, "probabilities": PROBABILITIES, "zooms": zooms,
        }))
    });
    told.collect()
}

/// The properties of `by` with the value that each counts; `null` for rows without one, no value for all others.
fn categories(fitted: &Fitted, points: &Points<'_>) -> Value {
    let told = fitted.plan.shown().filter_map(|(_, property)| {
        let Source::Category(index, category) = &property.source else { return None };
        let column = points.columns().get(*index)?;
        let mut map = Map::new();
        map.insert("property".into(), json!(property.name));
        map.insert("column".into(), json!(column.name));
        match *category {
            Category::Value(scalar) => {
                map.insert("value".into(), values::value(column, scalar, Times::Milliseconds));
            }
            Category::Period(start) => drop(map.insert("value".into(), values::plain(Plain::iso(start)))),
            Category::Null => drop(map.insert("value".into(), Value::Null)),
            Category::Other => drop(map.insert("other".into(), json!(true))),
        }
        Some(Value::Object(map))
    });
    told.collect()
}
