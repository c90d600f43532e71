//! TileJSON 3.0 of a query: its addresses, its frame, every property its tiles may carry.

use crate::http::document::{Context, Document};
use duotile_core::{
    MAX_ZOOM, Points, PropertyInfo,
    frame::{WORLD, view},
};
use serde_json::{Map, Value, json};

/// What stands in TileJSON, and at the start of the metadata.
#[must_use]
pub fn of(context: &Context<'_>) -> Map<String, Value> {
    let dataset = &context.prepared.entry.dataset;
    let minzoom = context.prepared.plan.needs_profile().then(|| context.selected.profile.points_minzoom()).flatten();
    let (bounds, center) = frames(context);
    let mut map = Map::new();
    map.insert("tilejson".into(), json!("3.0.0"));
    map.insert("name".into(), json!(dataset.title().unwrap_or(dataset.name())));
    map.insert("scheme".into(), json!("xyz"));
    map.insert("version".into(), json!("1.0.0"));
    map.insert("generator".into(), json!(concat!("duotile ", env!("CARGO_PKG_VERSION"))));
    map.insert("format".into(), json!("pbf"));
    map.insert("tiles".into(), json!([context.links.tiles("mvt")]));
    map.insert("minzoom".into(), json!(0));
    map.insert("maxzoom".into(), json!(MAX_ZOOM));
    map.insert("bounds".into(), json!(bounds));
    map.insert("center".into(), json!(center));
    map.insert("dataset".into(), json!(dataset.name()));
    map.insert("dataset_version".into(), json!(dataset.version()));
    map.insert("metadata".into(), json!(context.links.document(Document::Metadata)));
    map.insert("vector_layers".into(), vector_layers(context));
    map.insert("properties".into(), dataset.with_points(|points| schema(context, &points)));
    if let Some(minzoom) = minzoom {
        map.insert("points_minzoom".into(), json!(minzoom));
    }
    if let Some(attribution) = dataset.attribution() {
        map.insert("attribution".into(), json!(attribution));
    }
    map
}

/// One layer with the types of its fields.
fn vector_layers(context: &Context<'_>) -> Value {
    let dataset = &context.prepared.entry.dataset;
    let properties = context.prepared.plan.shown();
    let fields: Map<String, Value> =
        properties.map(|(_, property)| (property.name.clone(), json!(property.type_name()))).collect();
    json!([{
        "id": dataset.name(),
        "description": dataset.title().unwrap_or(""),
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "fields": fields,
    }])
}

/// What each property means, so that no client parses its name.
fn schema(context: &Context<'_>, points: &Points<'_>) -> Value {
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
    context.prepared.plan.describe(points).map(describe).collect()
}

/// The frame of what may be there, and the first view: centre and zoom.
fn frames(context: &Context<'_>) -> ([f64; 4], [f64; 3]) {
    let dataset = &context.prepared.entry.dataset;
    let bounds = dataset.bounds().map_or(WORLD, |[w, s, e, n]| [w.max(-180.0), s, e.min(180.0), n]);
    match context.prepared.query.bbox {
        // A frame that crosses the antimeridian cannot be said in TileJSON.
        Some([w, s, e, n]) if w < e => {
            let both = [bounds[0].max(w), bounds[1].max(s), bounds[2].min(e), bounds[3].min(n)];
            let bounds = if both[0] < both[2] && both[1] < both[3] { both } else { bounds };
            (bounds, view([w, s, e, n]))
        }
        _ => (bounds, view(dataset.focus())),
    }
}
