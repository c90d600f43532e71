//! The catalogue: what datasets there are, and what is in each.

use super::{
    Problem, Shared, basemap,
    document::{Document, kept},
    facts::{self, Times},
    json, tiles, urls,
    work::{Cancel, Size},
};
use crate::catalog::Entry;
use axum::{
    extract::{Path, State as With},
    http::HeaderMap,
    response::Response,
};
use duotile_core::{ColumnInfo, frame::view, range};
use serde_json::{Map, Value, json};

/// All datasets, the default one first, and the base map that the operator named.
pub async fn list(With(state): With<Shared>, headers: HeaderMap) -> Response {
    let base = state.base(&headers);
    let all: Vec<Value> = state.catalog.all().iter().map(|entry| Value::Object(summary(entry, &base))).collect();
    let default = state.catalog.first().map(|entry| entry.dataset.name().to_owned());
    let basemap = state.settings().basemap.as_ref().map(|basemap| basemap::told(basemap, &base));
    let body = json!({ "datasets": all, "default": default, "basemap": basemap });
    json("application/json", body.to_string())
}

/// One dataset with its columns.
///
/// # Errors
/// 404 for a dataset that is not there.
pub async fn one(With(state): With<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let entry = tiles::dataset(&state, Some(&id))?;
    let base = state.base(&headers);
    // What may leave can change without the rows.
    let key = format!("{base}/datasets/{id}\n{} {} {}", entry.dataset.version(), entry.rows, entry.subset);
    let make = move |_: &Cancel| {
        let mut map = summary(&entry, &base);
        entry.dataset.with_points(|points| {
            let columns = (0..points.columns().len()).filter_map(|index| ColumnInfo::of(&points, index));
            let columns: Vec<Value> = columns.map(column).collect();
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
    map.insert("center".into(), json!(view(dataset.focus())));
    dataset.with_points(|points| {
        let named = |role: Option<usize>| role.and_then(|index| points.columns().get(index));
        map.insert("id_column".into(), json!(named(points.roles().id).map(|column| column.name)));
        map.insert("time_column".into(), json!(named(points.roles().time).map(|column| column.name)));
        let time = named(points.roles().time).and_then(|column| range(column, column.facts, Times::Iso));
        let time = time.map(|ends| ends.map(facts::plain));
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

/// What is known of a column over all rows.
fn column(info: ColumnInfo<'_>) -> Value {
    let mut map = Map::new();
    map.insert("name".into(), json!(info.name));
    map.insert("type".into(), json!(info.kind));
    map.insert("in_tiles".into(), json!(info.in_tiles));
    map.insert("present".into(), json!(info.present));
    map.insert("nulls".into(), json!(info.nulls));
    if let Some([min, max]) = info.range {
        map.insert("min".into(), facts::plain(min));
        map.insert("max".into(), facts::plain(max));
    }
    if let Some(distinct) = info.distinct {
        map.insert("distinct".into(), json!(distinct));
        map.insert("categories".into(), facts::counted(info.categories));
    }
    info.role.map(|role| map.insert("role".into(), json!(role)));
    Value::Object(map)
}
