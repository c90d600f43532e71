//! What of a dataset can be filtered, as a JSON Schema: the queryables of OGC API Features, part 3.

use super::values;
use crate::{percent, shapes::Outlines, source::points::Dataset};
use duotile_core::{ColumnInfo, Plain};
use serde_json::{Map, Value, json};

/// The schema of a dataset under a base address: a property for each column, and the position.
#[must_use]
pub fn of(dataset: &Dataset, base: &str) -> Map<String, Value> {
    let mut properties = Map::new();
    dataset.describe(|told| {
        properties.extend(told.columns.into_iter().map(|info| (info.name.to_owned(), Value::Object(column(info)))));
    });
    // As in filters, a column of that name goes first.
    for (name, most) in [("lon", 180), ("lat", 90)] {
        let coordinate = json!({ "title": name, "type": "number", "minimum": -most, "maximum": most });
        properties.entry(name).or_insert(coordinate);
    }
    let (title, format) = match dataset.outlines().map_or_else(|| vec!["Point"], Outlines::kinds)[..] {
        ["Point"] => ("Position", "geometry-point"),
        ["LineString"] => ("Geometry", "geometry-linestring-or-multilinestring"),
        ["Polygon"] => ("Geometry", "geometry-polygon-or-multipolygon"),
        _ => ("Geometry", "geometry-any"),
    };
    let position = json!({ "title": title, "x-ogc-role": "primary-geometry", "format": format });
    properties.insert("geometry".into(), position);
    let mut map = Map::new();
    map.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    map.insert("$id".into(), json!(format!("{base}/datasets/{}/queryables", percent::encode(dataset.name()))));
    map.insert("type".into(), json!("object"));
    map.insert("title".into(), json!(dataset.title().unwrap_or(dataset.name())));
    map.insert("properties".into(), Value::Object(properties));
    map.insert("additionalProperties".into(), json!(false));
    map
}

/// What values a column has.
fn column(info: ColumnInfo<'_>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("title".into(), json!(info.name));
    let (kind, format) = match info.kind {
        "time" => ("string", Some("date-time")),
        "text" => ("string", None),
        kind => (kind, None),
    };
    map.insert("type".into(), json!(kind));
    format.map(|format| map.insert("format".into(), json!(format)));
    info.role.map(|role| map.insert("x-ogc-role".into(), json!(if role == "time" { "primary-instant" } else { role })));
    if let Some([min, max]) = info.range {
        // What JSON cannot hold, and times, have no bounds in a schema.
        let number = |end: &Plain<'_>| matches!(end, Plain::Integer(_) | Plain::Number(_));
        if number(&min) && number(&max) {
            map.insert("minimum".into(), values::plain(min));
            map.insert("maximum".into(), values::plain(max));
        }
    }
    let all = info.distinct.is_some_and(|distinct| distinct > 0 && distinct == info.categories.len() as u64);
    if all && info.kind == "text" {
        let mut each: Vec<Value> = info.categories.into_iter().map(|(value, _)| values::plain(value)).collect();
        each.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        map.insert("enum".into(), Value::Array(each));
    }
    map
}
