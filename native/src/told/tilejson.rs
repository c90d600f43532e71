//! TileJSON 3.0 of a query: its addresses, its frame, every property its tiles may carry.

use super::links::{Document, Links};
use crate::engine::Fitted;
use duotile_core::{MAX_ZOOM, Points, Profile, PropertyInfo, archive::opening};
use serde_json::{Map, Value, json};

/// What stands in TileJSON, and at the start of the metadata. Rows take over from cells at `points_minzoom`, where they do.
#[must_use]
pub fn of(fitted: &Fitted, profile: Option<&Profile>, links: &Links) -> Map<String, Value> {
    let source = &fitted.entry.source;
    let (bounds, center) = frames(fitted);
    let mut map = Map::new();
    map.insert("tilejson".into(), json!("3.0.0"));
    map.insert("name".into(), json!(source.title().unwrap_or(source.name())));
    map.insert("scheme".into(), json!("xyz"));
    map.insert("version".into(), json!("1.0.0"));
    map.insert("generator".into(), json!(concat!("duotile ", env!("CARGO_PKG_VERSION"))));
    map.insert("format".into(), json!(links.format().tilejson()));
    map.insert("tiles".into(), json!([links.tiles()]));
    map.insert("minzoom".into(), json!(fitted.plan.minzoom()));
    map.insert("maxzoom".into(), json!(MAX_ZOOM));
    map.insert("bounds".into(), json!(bounds));
    map.insert("center".into(), json!(center));
    map.insert("dataset".into(), json!(source.name()));
    map.insert("dataset_version".into(), json!(source.version()));
    map.insert("metadata".into(), json!(links.document(Document::Metadata)));
    map.insert("geometry".into(), json!(fitted.geometry()));
    map.insert("geometry_types".into(), json!(fitted.geometries()));
    map.insert("vector_layers".into(), vector_layers(fitted));
    map.insert("properties".into(), fitted.dataset.with_points(|points| schema(fitted, &points)));
    if let Some(minzoom) = profile.and_then(Profile::points_minzoom) {
        map.insert("points_minzoom".into(), json!(minzoom));
    }
    if let Some(attribution) = source.attribution() {
        map.insert("attribution".into(), json!(attribution));
    }
    map
}

/// One layer with the types of its fields.
fn vector_layers(fitted: &Fitted) -> Value {
    let source = &fitted.entry.source;
    let fields: Map<String, Value> =
        fitted.plan.shown().map(|(_, property)| (property.name.clone(), json!(property.type_name()))).collect();
    json!([{
        "id": source.name(),
        "description": source.title().unwrap_or(""),
        "minzoom": fitted.plan.minzoom(),
        "maxzoom": MAX_ZOOM,
        "fields": fields,
    }])
}

/// What each property means, so that no client parses its name.
fn schema(fitted: &Fitted, points: &Points<'_>) -> Value {
    let describe = |info: PropertyInfo<'_>| {
        let mut map = Map::new();
        map.insert("property".into(), json!(info.name));
        map.insert("type".into(), json!(info.kind));
        info.measure.map(|measure| map.insert("measure".into(), json!(measure)));
        info.column.map(|column| map.insert("column".into(), json!(column)));
        info.alias.then(|| map.insert("alias".into(), json!(true)));
        map.insert("on".into(), json!(info.on));
        info.unit.map(|unit| map.insert("unit".into(), json!(unit)));
        Value::Object(map)
    };
    fitted.plan.describe(points).map(describe).collect()
}

/// The frame of what may be there, and the first view: centre and zoom.
#[must_use]
pub fn frames(fitted: &Fitted) -> ([f64; 4], [f64; 3]) {
    let source = &fitted.entry.source;
    opening::of_query(&fitted.query, source.bounds(), source.view(), fitted.dataset.outlines().is_some())
}
