//! What is told of an archive of tiles: TileJSON, metadata and a style, of what it says of itself.

use super::links::{Document, Links};
use crate::source::archive::{Archive, Facts};
use serde_json::{Map, Value, json};

/// One after the other for layers, readable on the dark ground.
const COLOURS: [&str; 6] = ["#35b779", "#fde725", "#4fa3d1", "#e8804c", "#b48ce0", "#9fb3a5"];
const GROUND: &str = "#11151c";

/// TileJSON 3.0: its zooms, frame and layers.
#[must_use]
pub fn tilejson(archive: &Archive, links: &Links) -> Map<String, Value> {
    let facts = archive.facts();
    let [first, last] = facts.zooms;
    let mut map = Map::new();
    map.insert("tilejson".into(), json!("3.0.0"));
    map.insert("name".into(), json!(facts.title.as_deref().unwrap_or(archive.name())));
    map.insert("scheme".into(), json!("xyz"));
    map.insert("version".into(), json!("1.0.0"));
    map.insert("generator".into(), json!(concat!("duotile ", env!("CARGO_PKG_VERSION"))));
    map.insert("format".into(), json!(links.format().tilejson()));
    map.insert("tiles".into(), json!([links.tiles()]));
    map.insert("minzoom".into(), json!(first));
    map.insert("maxzoom".into(), json!(last));
    map.insert("bounds".into(), json!(facts.bounds));
    map.insert("center".into(), json!(facts.center));
    map.insert("dataset".into(), json!(archive.name()));
    map.insert("dataset_version".into(), json!(archive.version()));
    map.insert("metadata".into(), json!(links.document(Document::Metadata)));
    map.insert("vector_layers".into(), json!(facts.vector_layers));
    // What properties mean nobody says; fields tell their types.
    map.insert("properties".into(), json!([]));
    for (name, text) in [("description", &facts.description), ("attribution", &facts.attribution)] {
        text.as_ref().map(|text| map.insert(name.into(), json!(text)));
    }
    map
}

/// TileJSON with the archive's own statistics, and how it was made where it tells.
#[must_use]
pub fn metadata(archive: &Archive, links: &Links) -> Map<String, Value> {
    let facts = archive.facts();
    let mut map = tilejson(archive, links);
    // Rows that can be asked for.
    map.insert("rows".into(), json!(0));
    map.insert("rows_total".into(), json!(0));
    map.insert("measures".into(), json!([]));
    let none = || json!({ "layerCount": 0, "layers": [] });
    let stats = facts.tilestats.clone().unwrap_or_else(none);
    // As tippecanoe has it; some clients read only this.
    let inner = json!({ "vector_layers": map.get("vector_layers"), "tilestats": stats });
    map.insert("json".into(), json!(inner.to_string()));
    map.insert("tilestats".into(), stats);
    facts.made.as_ref().map(|made| map.insert("duotile".into(), made.clone()));
    map
}

/// A complete MapLibre style: each layer in a colour of its own, polygons under lines under points.
#[must_use]
pub fn style(archive: &Archive, links: &Links) -> Map<String, Value> {
    let info = tilejson(archive, links);
    let (facts, name) = (archive.facts(), archive.name());
    let mut source = Map::new();
    source.insert("type".into(), json!("vector"));
    for member in ["tiles", "minzoom", "maxzoom", "bounds", "attribution"] {
        info.get(member).map(|value| source.insert(member.into(), value.clone()));
    }
    let mut layers = vec![json!({ "id": "ground", "type": "background", "paint": { "background-color": GROUND } })];
    for kind in ["Polygon", "LineString", "Point"] {
        for (at, layer) in facts.layers().enumerate() {
            if facts.geometries(layer).contains(&kind) {
                layers.push(drawn(facts, name, (layer, at), kind));
            }
        }
    }
    let (lon, lat, zoom) = facts.center;
    let mut style = Map::new();
    style.insert("version".into(), json!(8));
    style.insert("name".into(), info.get("name").cloned().unwrap_or_default());
    style.insert("center".into(), json!([lon, lat]));
    style.insert("zoom".into(), json!(zoom));
    style.insert("sources".into(), json!({ name: source }));
    style.insert("layers".into(), json!(layers));
    style.insert("metadata".into(), json!({ "duotile:tilejson": links.document(Document::TileJson) }));
    style
}

/// The features of one kind of geometry of a layer.
fn drawn(facts: &Facts, source: &str, (layer, at): (&str, usize), kind: &str) -> Value {
    let colour = COLOURS[at % COLOURS.len()];
    let single = facts.geometries(layer).len() == 1;
    let made = |what: &str, paint: Value| {
        let mut map = json!({
            "id": format!("{layer}-{what}"), "type": what, "source": source, "source-layer": layer, "paint": paint,
        });
        if !single {
            map["filter"] = json!(["in", kind, ["geometry-type"]]);
        }
        map
    };
    let width = json!(["interpolate", ["linear"], ["zoom"], 4, 0.75, 10, 1.25, 16, 2.5]);
    match kind {
        "Polygon" => made("fill", json!({ "fill-color": colour, "fill-opacity": 0.35, "fill-outline-color": colour })),
        "LineString" => made("line", json!({ "line-color": colour, "line-width": width, "line-opacity": 0.85 })),
        _ => {
            let radius = json!(["interpolate", ["linear"], ["zoom"], 4, 1.5, 10, 2.5, 16, 5]);
            made("circle", json!({ "circle-color": colour, "circle-radius": radius, "circle-opacity": 0.85 }))
        }
    }
}
