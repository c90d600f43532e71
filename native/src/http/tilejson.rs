//! TileJSON 3.0 of a query: its addresses, its frame, every property its tiles may carry.

use super::document::{Context, Document};
use duotile_core::{Kind, MAX_ZOOM, Points, Property, PropertyKind, Source, mercator};
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
    let fields: Map<String, Value> = context
        .prepared
        .properties()
        .map(|(_, property)| (property.name.clone(), json!(type_name(property))))
        .collect();
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
    let name = |column: usize| points.columns().get(column).map_or("", |column| column.name);
    let describe = |property: &Property| {
        let mut map = Map::new();
        map.insert("property".into(), json!(property.name));
        map.insert("type".into(), json!(type_name(property)));
        match &property.source {
            Source::Count => drop(map.insert("measure".into(), json!("count"))),
            Source::Measure(column, kind) => {
                map.insert("measure".into(), json!(kind.name().to_string()));
                map.insert("column".into(), json!(name(*column)));
            }
            Source::Category(column, _) => {
                map.insert("measure".into(), json!("count"));
                map.insert("column".into(), json!(name(*column)));
            }
            Source::Extra(_) => drop(map.insert("alias".into(), json!(true))),
            Source::Column(column) => drop(map.insert("column".into(), json!(name(*column)))),
        }
        let on = if matches!(property.source, Source::Column(_)) { "rows" } else { "cells" };
        map.insert("on".into(), json!(on));
        if is_time(property, points) {
            map.insert("unit".into(), json!("milliseconds since 1970-01-01T00:00:00Z"));
        }
        Value::Object(map)
    };
    context.prepared.properties().map(|(_, property)| describe(property)).collect()
}

/// Whether the numbers of a property are points in time.
fn is_time(property: &Property, points: &Points<'_>) -> bool {
    use duotile_core::MeasureKind::{Distinct, Sum};
    let column = match property.source {
        Source::Column(column) => column,
        Source::Measure(column, kind) if !matches!(kind, Sum | Distinct) => column,
        _ => return false,
    };
    points.columns().get(column).is_some_and(|column| column.kind() == Kind::Time)
}

const fn type_name(property: &Property) -> &'static str {
    match property.kind {
        PropertyKind::Integer | PropertyKind::Number => "Number",
        PropertyKind::Text => "String",
        PropertyKind::Boolean => "Boolean",
    }
}

/// The frame of what may be there, and the first view: centre and zoom.
fn frames(context: &Context<'_>) -> ([f64; 4], [f64; 3]) {
    let world = [-180.0, -mercator::MAX_LATITUDE, 180.0, mercator::MAX_LATITUDE];
    let dataset = &context.prepared.entry.dataset;
    let bounds = dataset.bounds().map_or(world, |[w, s, e, n]| [w.max(-180.0), s, e.min(180.0), n]);
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

/// The centre of a frame, and a whole zoom at which a map of usual size holds it.
#[must_use]
pub fn view([west, south, east, north]: [f64; 4]) -> [f64; 3] {
    let y = |latitude: f64| {
        let sin = latitude.clamp(-mercator::MAX_LATITUDE, mercator::MAX_LATITUDE).to_radians().sin();
        0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI)
    };
    let (top, bottom) = (y(north), y(south));
    // A map of 1024 × 768 pixels shows two tiles by one and a half.
    let zoom = (2.0 * 360.0 / (east - west).abs().max(1e-9)).log2().min((1.5 / (bottom - top).abs().max(1e-12)).log2());
    let middle = std::f64::consts::PI * (1.0 - (top + bottom));
    let longitude = f64::midpoint(west, east);
    let longitude = if longitude > 180.0 { longitude - 360.0 } else { longitude };
    [round(longitude), round(middle.sinh().atan().to_degrees()), zoom.floor().clamp(0.0, 16.0)]
}

/// To about a centimetre, which is all that a frame needs.
fn round(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_centred_and_holds_its_frame() {
        assert_eq!(view([-180.0, -85.0, 180.0, 85.0]), [0.0, 0.0, 0.0]);
        let [lon, lat, zoom] = view([13.0, 52.3, 13.8, 52.7]);
        assert!((lon - 13.4).abs() < 1e-6 && (lat - 52.5).abs() < 0.01, "{lon} {lat}");
        assert_eq!(zoom, 9.0);
        assert_eq!(view([170.0, -10.0, 200.0, 10.0])[0], -175.0);
        assert_eq!(view([5.0, 5.0, 5.0, 5.0])[2], 16.0);
    }
}
