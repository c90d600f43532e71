//! A complete MapLibre style of a query: cells sized to the grid and coloured by quantiles of each zoom, rows, no
//! outside address.

use super::{
    links::{Document, Links},
    tilejson,
};
use crate::engine::Fitted;
use duotile_core::{Legend, MAX_ZOOM, Mode, PropertyKind, Shape, Source, stats::PROBABILITIES};
use serde_json::{Map, Value, json};

/// From little to much, readable on the dark ground: a part of viridis (CC0), dark end cut off.
const COLOURS: [&str; 6] = ["#3e4989", "#31688e", "#26828e", "#35b779", "#b5de2b", "#fde725"];
/// The quantiles between them.
const BREAKS: [f64; 5] = [0.3, 0.5, 0.7, 0.9, 0.95];
/// Outlines are whole where rows would be so many pixels apart if they lay evenly in their frame, of which much is empty as a rule;
/// before that they would cover what they go round.
const APART: f64 = 64.0;
/// Of fewer rows they are always whole: how far apart these are says nothing of how large they are.
const FEW: usize = 100;
/// So many zooms before that they are as faint as they become.
const FADING: f64 = 3.0;
const GROUND: &str = "#11151c";

/// The style of a query.
#[must_use]
pub fn of(fitted: &Fitted, legend: &Legend, links: &Links) -> Map<String, Value> {
    let info = tilejson::of(fitted, None, links);
    let layer = fitted.entry.source.name();
    let mut source = json!({
        "type": "vector", "tiles": info.get("tiles"), "minzoom": fitted.plan.minzoom(), "maxzoom": MAX_ZOOM, "bounds": info.get("bounds"),
    });
    if let (Some(source), Some(attribution)) = (source.as_object_mut(), info.get("attribution")) {
        source.insert("attribution".into(), attribution.clone());
    }
    let mut layers = vec![json!({ "id": "ground", "type": "background", "paint": { "background-color": GROUND } })];
    let mode = fitted.plan.mode();
    if mode != Mode::Points {
        let (index, name) = measured(fitted);
        let colour = colours(legend, index, &name);
        layers.push(match fitted.plan.shape() {
            Shape::Polygon => json!({
                "id": "cells", "type": "fill", "source": layer, "source-layer": layer,
                "filter": ["has", "point_count"],
                "paint": { "fill-color": colour, "fill-opacity": 0.9, "fill-antialias": false },
            }),
            Shape::Point | Shape::Centroid => json!({
                "id": "cells", "type": "circle", "source": layer, "source-layer": layer,
                "filter": ["has", "point_count"],
                "paint": {
                    "circle-color": colour,
                    "circle-radius": radius(f64::from(fitted.query.cell)),
                    "circle-opacity": 0.9,
                },
            }),
        });
    }
    if matches!(mode, Mode::Auto | Mode::Points) {
        layers.extend(rows(layer, &fitted.geometries(), whole(fitted)));
    }
    let mut sources = Map::new();
    sources.insert(layer.into(), source);
    let center = info.get("center").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut style = Map::new();
    style.insert("version".into(), json!(8));
    style.insert("name".into(), info.get("name").cloned().unwrap_or_default());
    style.insert("center".into(), json!(center.get(..2)));
    style.insert("zoom".into(), json!(center.get(2)));
    style.insert("sources".into(), Value::Object(sources));
    style.insert("layers".into(), Value::Array(layers));
    style.insert("metadata".into(), json!({ "duotile:tilejson": links.document(Document::TileJson) }));
    style
}

/// The zoom from which outlines are whole: rows that lie evenly in the frame of most are then [`APART`] pixels from one to the
/// next. At least 0.
fn whole(fitted: &Fitted) -> f64 {
    let source = &fitted.entry.source;
    let [west, south, east, north] = source.focus();
    let down = |lat: f64| lat.to_radians().sin().clamp(-0.9963, 0.9963).atanh() / std::f64::consts::TAU;
    let part = ((east - west) / 360.0 * (down(north) - down(south))).max(1e-12);
    if fitted.dataset.len() < FEW {
        0.0
    } else {
        (APART / (512.0 * (part / fitted.dataset.len() as f64).sqrt())).log2().max(0.0)
    }
}

/// Rows: polygons under lines under points. Outlines of polygons are lines, which a tile cuts beyond its edges only.
fn rows(layer: &str, kinds: &[&str], whole: f64) -> Vec<Value> {
    let drawn = |id: &str, kind: &str, of: &[&str], paint: Value| {
        let kinds = of.iter().map(|kind| json!(["in", kind, ["geometry-type"]]));
        let kinds: Vec<Value> = std::iter::once(json!("any")).chain(kinds).collect();
        json!({
            "id": id, "type": kind, "source": layer, "source-layer": layer,
            "filter": ["all", ["!", ["has", "point_count"]], kinds],
            "paint": paint,
        })
    };
    let mut layers = Vec::new();
    if kinds.contains(&"Polygon") {
        let paint = json!({ "fill-color": COLOURS[3], "fill-opacity": 0.35, "fill-antialias": false });
        layers.push(drawn("fills", "fill", &["Polygon"], paint));
    }
    if kinds.contains(&"Polygon") || kinds.contains(&"LineString") {
        let width = json!(["interpolate", ["linear"], ["zoom"], 4, 0.75, 10, 1.25, 16, 2.5]);
        let seen = |share: f64| json!(["match", ["geometry-type"], ["Polygon", "MultiPolygon"], 0.85 * share, 0.85]);
        let stops = [json!(whole - FADING), seen((-FADING).exp2()), json!(whole), seen(1.0)];
        let opacity = [json!("interpolate"), json!(["exponential", 2]), json!(["zoom"])].into_iter().chain(stops);
        let opacity: Value = opacity.collect();
        let paint = json!({ "line-color": COLOURS[4], "line-width": width, "line-opacity": opacity });
        layers.push(drawn("lines", "line", &["Polygon", "LineString"], paint));
    }
    let paint = json!({
        "circle-color": COLOURS[4],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 1.5, 10, 2.5, 16, 5],
        "circle-opacity": 0.85,
    });
    if layers.is_empty() {
        layers.push(json!({
            "id": "rows", "type": "circle", "source": layer, "source-layer": layer,
            "filter": ["!", ["has", "point_count"]],
            "paint": paint,
        }));
    } else if kinds.contains(&"Point") {
        layers.push(drawn("rows", "circle", &["Point"], paint));
    }
    layers
}

/// What cells are coloured by: the first measure that is a number, else the count.
fn measured(fitted: &Fitted) -> (usize, String) {
    let number = |kind| matches!(kind, PropertyKind::Integer | PropertyKind::Number);
    let mut all = fitted.plan.shown();
    let measure = all.find(|(_, p)| matches!(p.source, Source::Measure(..)) && number(p.kind));
    measure.map_or((0, "point_count".into()), |(index, property)| (index, property.name.clone()))
}

/// For each zoom, a step at each quantile. Zooms that were not walked look like the deepest that was.
fn colours(legend: &Legend, index: usize, name: &str) -> Value {
    let at_zoom = |z: usize| {
        let mut steps = vec![json!("step"), json!(["to-number", ["get", name], 0]), json!(COLOURS[0])];
        if let Some(quantiles) = legend.quantiles(z, index) {
            let mut last = quantiles[0];
            for (p, colour) in BREAKS.iter().zip(&COLOURS[1..]) {
                let place = PROBABILITIES.iter().position(|known| known == p);
                let Some(value) = place.map(|place| quantiles[place]).filter(|&value| value > last) else { continue };
                steps.extend([json!(value), json!(colour)]);
                last = value;
            }
        }
        // A step without steps is no expression.
        if steps.len() == 3 { json!(COLOURS[3]) } else { Value::Array(steps) }
    };
    let mut steps = vec![json!("step"), json!(["zoom"]), at_zoom(0)];
    for z in 1..legend.zooms.len() {
        steps.extend([json!(z), at_zoom(z)]);
    }
    if steps.len() == 3 { at_zoom(0) } else { Value::Array(steps) }
}

/// Half a cell at each whole zoom, twice that just before the next, where the cells become half as large on the ground.
fn radius(cell: f64) -> Value {
    let start = (cell / 2.0).max(0.75);
    let mut stops = vec![json!("interpolate"), json!(["exponential", 2]), json!(["zoom"])];
    for z in 0..=MAX_ZOOM {
        stops.extend([json!(z), json!(start), json!(f64::from(z) + 0.999), json!(start * 2.0)]);
    }
    Value::Array(stops)
}
