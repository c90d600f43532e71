//! What the browser must know of the full dataset to cut the same tiles from some of its rows, as JSON.

use super::columns::Telling;
use crate::source::points::Dataset;
use duotile_core::{Column, MAX_EXACT, Scalar, Values};
use serde_json::{Map, Value, json};

/// The version of this layout, for points and for rows with outlines: who knows the first alone would take those for points.
const FORMATS: [u32; 2] = [1, 2];

/// Name, version, roles, facts of each column; `query` is the canonical text of what selected the rows.
///
/// Integers beyond ±(2⁵³ − 1) are texts; times are microseconds since 1970.
pub(super) fn of(dataset: &Dataset, telling: &Telling<'_>, query: &str) -> Value {
    let scalar = |column: &Column<'_>, value: Scalar| match (value, column.values) {
        (Scalar::Integer(value) | Scalar::Time(value), _) if value.unsigned_abs() > MAX_EXACT.unsigned_abs() => {
            json!(value.to_string())
        }
        (Scalar::Integer(value) | Scalar::Time(value), _) => json!(value),
        (Scalar::Float(value), _) => json!(value),
        (Scalar::Boolean(value), _) => json!(value),
        (Scalar::Text(code), Values::Text(_, words)) => json!(words.get(code as usize)),
        (Scalar::Text(code), _) => json!(code),
    };
    let told = telling.values().map(|(column, _)| {
        let facts = column.facts;
        let mut map = Map::new();
        map.insert("name".into(), json!(column.name));
        map.insert("kind".into(), json!(column.kind().name()));
        map.insert("present".into(), json!(facts.present));
        map.insert("range".into(), json!(facts.range.map(|(min, max)| [scalar(column, min), scalar(column, max)])));
        map.insert("distinct".into(), json!(facts.distinct));
        let categories = facts.categories.iter().map(|&(value, count)| json!([scalar(column, value), count]));
        map.insert("categories".into(), categories.collect());
        map.insert("text_bytes".into(), json!(facts.text_bytes));
        if facts.measured {
            map.insert("measured".into(), json!(true));
        }
        Value::Object(map)
    });
    let points = telling.points;
    let place = |role: Option<usize>| role.map(|index| points.columns()[index].name);
    json!({
        "format": FORMATS[usize::from(points.shapes().is_some())],
        "name": dataset.name(),
        "title": dataset.title(),
        "attribution": dataset.attribution(),
        "version": dataset.version(),
        "rows_total": dataset.len(),
        "bounds": dataset.bounds(),
        "query": query,
        "id": place(points.roles().id),
        "time": place(points.roles().time),
        "latitude": place(points.roles().latitude),
        "zone": dataset.zone(),
        "columns": told.collect::<Value>(),
    })
}
