//! The catalogue: what datasets there are, and what is in each.

use super::{
    Problem, Shared,
    document::{Document, kept},
    facts::{self, Times},
    json, tilejson, tiles, urls,
    work::{Cancel, Size},
};
use crate::catalog::Entry;
use axum::{
    extract::{Path, State as With},
    http::HeaderMap,
    response::Response,
};
use duotile_core::{Column, Kind, Points, PropertyKind};
use serde_json::{Map, Value, json};

/// All datasets, the default one first.
pub async fn list(With(state): With<Shared>, headers: HeaderMap) -> Response {
    let base = state.settings.origin.base(&headers);
    let all: Vec<Value> = state.catalog.all().iter().map(|entry| Value::Object(summary(entry, &base))).collect();
    let default = state.catalog.first().map(|entry| entry.dataset.name().to_owned());
    let body = json!({ "datasets": all, "default": default });
    json("application/json", body.to_string())
}

/// One dataset with its columns.
///
/// # Errors
/// 404 for a dataset that is not there.
pub async fn one(With(state): With<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let entry = tiles::dataset(&state, Some(&id))?;
    let base = state.settings.origin.base(&headers);
    let key = format!("{base}/datasets/{id}\n{}", entry.dataset.version());
    let make = move |_: &Cancel| {
        let mut map = summary(&entry, &base);
        entry.dataset.with_points(|points| {
            let columns: Vec<Value> = (0..points.columns().len()).map(|index| column(&points, index)).collect();
            map.insert("columns".into(), json!(columns));
        });
        Ok(Value::Object(map).to_string().into_bytes())
    };
    kept(&state, key, &headers, Size::Short, make).await
}

fn summary(entry: &Entry, base: &str) -> Map<String, Value> {
    let dataset = &entry.dataset;
    let (name, report) = (urls::encode(dataset.name()), dataset.report());
    let mut map = Map::new();
    map.insert("id".into(), json!(dataset.name()));
    map.insert("title".into(), json!(dataset.title().unwrap_or(dataset.name())));
    map.insert("attribution".into(), json!(dataset.attribution()));
    map.insert("version".into(), json!(dataset.version()));
    map.insert("rows".into(), json!(dataset.len()));
    map.insert("rows_without_position".into(), json!(report.unusable));
    map.insert("bounds".into(), json!(dataset.bounds()));
    map.insert("focus".into(), json!(dataset.focus()));
    map.insert("center".into(), json!(tilejson::view(dataset.focus())));
    dataset.with_points(|points| {
        let named = |role: Option<usize>| role.and_then(|index| points.columns().get(index));
        map.insert("id_column".into(), json!(named(points.roles().id).map(|column| column.name)));
        map.insert("time_column".into(), json!(named(points.roles().time).map(|column| column.name)));
        let time = named(points.roles().time).and_then(|column| range(column, Times::Iso));
        map.insert("time_range".into(), json!(time));
    });
    map.insert("rows_open".into(), json!(entry.rows));
    map.insert("subset_open".into(), json!(entry.subset));
    let mut links = Map::new();
    let tiles = format!("{base}/tiles/{name}");
    links.insert("self".into(), json!(format!("{base}/datasets/{name}")));
    links.insert("tiles".into(), json!(format!("{tiles}/{{z}}/{{x}}/{{y}}.mvt?v={}", dataset.version())));
    for (rel, document) in
        [("tilejson", Document::TileJson), ("metadata", Document::Metadata), ("style", Document::Style)]
    {
        links.insert(rel.into(), json!(format!("{tiles}/{}", document.name())));
    }
    map.insert("links".into(), Value::Object(links));
    map
}

fn range(column: &Column<'_>, times: Times) -> Option<[Value; 2]> {
    let (min, max) = column.facts.range?;
    Some([facts::value(column, min, times), facts::value(column, max, times)])
}

/// What is known of a column over all rows.
fn column(points: &Points<'_>, index: usize) -> Value {
    let Some(column) = points.columns().get(index) else { return Value::Null };
    let facts = column.facts;
    let mut map = Map::new();
    map.insert("name".into(), json!(column.name));
    map.insert("type".into(), json!(column.kind().name()));
    let in_tiles = match column.kind() {
        Kind::Integer if facts.is_wide() => PropertyKind::Text,
        Kind::Integer | Kind::Time => PropertyKind::Integer,
        Kind::Float => PropertyKind::Number,
        Kind::Boolean => PropertyKind::Boolean,
        Kind::Text => PropertyKind::Text,
    };
    map.insert(
        "in_tiles".into(),
        json!(match (column.kind(), in_tiles) {
            (Kind::Time, _) => "milliseconds since 1970-01-01T00:00:00Z",
            (_, PropertyKind::Text) => "text",
            (_, PropertyKind::Boolean) => "boolean",
            _ => "number",
        }),
    );
    map.insert("present".into(), json!(facts.present));
    map.insert("nulls".into(), json!((points.len() as u64).saturating_sub(facts.present)));
    if column.kind() != Kind::Text
        && let Some([min, max]) = range(column, Times::Iso)
    {
        map.insert("min".into(), min);
        map.insert("max".into(), max);
    }
    if let Some(distinct) = facts.distinct {
        map.insert("distinct".into(), json!(distinct));
        let top = facts.categories.iter().take(20);
        let top: Vec<Value> = top
            .map(|&(value, count)| json!({ "value": facts::value(column, value, Times::Iso), "count": count }))
            .collect();
        map.insert("categories".into(), json!(top));
    }
    let roles = points.roles();
    if roles.id == Some(index) {
        map.insert("role".into(), json!("id"));
    } else if roles.time == Some(index) {
        map.insert("role".into(), json!("time"));
    }
    Value::Object(map)
}
