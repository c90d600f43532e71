//! The catalogue: what datasets there are, and what is in each.

use super::{Problem, Shared, answer::json, basemap, document};
use crate::{
    catalog::Entry,
    engine::schema_of,
    told::{catalogue, queryables as told_queryables},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use std::sync::{Arc, atomic::Ordering};

/// The dataset of a name; the default one without.
///
/// # Errors
/// 404 with a near name where there is one; 503 while it may be among those that are being read, and where its file is no
/// longer the one that was opened.
pub fn named(state: &Shared, name: Option<&str>) -> Result<Arc<Entry>, Problem> {
    let found = name.map_or_else(|| state.catalog.first(), |name| state.catalog.get(name));
    if found.is_none() && state.reading.load(Ordering::Acquire) > 0 {
        return Err(Problem::reading());
    }
    let entry = match name {
        None => found.ok_or_else(|| Problem::not_found("there is no dataset")),
        Some(name) => found.ok_or_else(|| {
            let hint = state.catalog.near(name).map(|near| format!("did you mean {near}?"));
            Problem::not_found(format!("there is no dataset \"{name}\"; /datasets lists them")).hint(hint)
        }),
    }?;
    entry.source.check().map_err(|cause| Problem::damaged(entry.source.name(), &cause))?;
    Ok(entry)
}

/// All datasets, the default one first, and the base map that the operator named.
pub async fn list(With(state): With<Shared>, headers: HeaderMap) -> Response {
    let base = state.base(&headers);
    let all: Vec<Value> =
        state.catalog.all().iter().map(|entry| Value::Object(catalogue::summary(entry, &base))).collect();
    let default = state.catalog.first().map(|entry| entry.source.name().to_owned());
    let basemap = state.settings().basemap.as_ref().map(|basemap| basemap::told(basemap, &base));
    let body = json!({ "datasets": all, "default": default, "basemap": basemap });
    json("application/json", body.to_string())
}

/// One dataset with its columns.
///
/// # Errors
/// 404 for a dataset that is not there.
pub async fn one(With(state): With<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let entry = named(&state, Some(&id))?;
    let base = state.base(&headers);
    // What may leave, and what is said of columns, can change without the rows.
    let Entry { source, rows, subset, about, .. } = &*entry;
    let key = format!("{base}/datasets/{id}\n{} {rows} {subset} {about:?}", source.version());
    let told = entry.clone();
    let make = |_| async move { Ok(Value::Object(catalogue::whole(&told, &base)).to_string().into_bytes()) };
    document::kept(&state, &entry, key, &headers, make).await
}

/// What of a dataset can be filtered.
///
/// # Errors
/// 404 for a dataset that is not there, or has no rows.
pub async fn queryables(
    With(state): With<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = named(&state, Some(&id))?;
    let base = state.base(&headers);
    let key = format!("{base}/datasets/{id}/queryables\n{}", entry.source.version());
    let told = schema_of(&entry)?.clone();
    let make = |_| async move { Ok(Value::Object(told_queryables::of(&told, &base)).to_string().into_bytes()) };
    let mut response = document::kept(&state, &entry, key, &headers, make).await?;
    if response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json"));
    }
    Ok(response)
}
