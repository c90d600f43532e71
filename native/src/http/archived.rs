//! Tiles of an archive over HTTP, and the documents beside them. A query is refused: the tiles are finished.

use super::{Problem, Shared, caching, document, encoding, tile};
use crate::{
    cache::Place,
    catalog::Entry,
    format::Format,
    percent,
    source::archive::Archive,
    told::{
        archived,
        links::{Document, Links},
    },
};
use axum::{
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use duotile_core::{PARAMETERS, TileId, TileQuery};
use serde_json::Value;
use std::sync::Arc;

/// Refuses whatever asks for other tiles than those that there are.
///
/// # Errors
/// 400 with the parameter at fault.
pub fn plain(archive: &Archive, token: Option<&str>, query: Option<&str>) -> Result<(), Problem> {
    let finished = |parameter: &str| {
        let detail = format!(
            "{} is an archive of finished tiles, which no {parameter} changes; expected none. \
             The file that its tiles were made of, served beside it, can be asked",
            archive.name()
        );
        Err(Problem::parameter(parameter, detail))
    };
    if token.is_some() {
        return finished("token");
    }
    for pair in query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let name = percent::decode_query(pair.split('=').next().unwrap_or(pair)).unwrap_or_default();
        if PARAMETERS.contains(&name.as_str()) || !TileQuery::takes(&name) {
            return finished(&name);
        }
    }
    Ok(())
}

/// Answers with a tile: 200, 204 where the archive has none, 304 when the client has it, 404 beyond its zooms.
///
/// # Errors
/// 503 when too many wait, 500 where the archive is damaged.
pub async fn tile(
    state: &Shared,
    entry: &Entry,
    archive: &Arc<Archive>,
    (id, format): (TileId, Format),
    (query, headers): (Option<&str>, &HeaderMap),
    place: Option<Place>,
) -> Result<Response, Problem> {
    let [first, last] = archive.facts().zooms;
    if !(first..=last).contains(&id.z()) {
        let detail = format!("{} has tiles of zooms {first} to {last}, not of {}", archive.name(), id.z());
        return Err(Problem::not_found(detail));
    }
    let etag = caching::etag(&["archive", archive.name(), archive.version(), &id.to_string(), format.ending()]);
    let policy = caching::policy(query, entry.source.version());
    let response = if caching::is_fresh(headers, &etag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        encoding::vary(response.headers_mut());
        response
    } else {
        let packed = state.engine.archived(archive, id, encoding::accepted(headers)).await?;
        tile::file(state, place, id, packed.as_ref());
        tile::finished(packed, format)
    };
    Ok(tile::dress(response, format, etag, policy))
}

/// Answers with a document.
///
/// # Errors
/// 503 when too many wait.
pub async fn document(
    state: &Shared,
    entry: &Entry,
    archive: &Arc<Archive>,
    document: Document,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let links = Links::of_source(&state.base(headers), &entry.source).passing(query);
    let key = format!("{}\n{}", links.document(document), archive.version());
    let told = archive.clone();
    let make = move |_| async move {
        let map = match document {
            Document::TileJson => archived::tilejson(&told, &links),
            Document::Metadata => archived::metadata(&told, &links),
            Document::Style => archived::style(&told, &links),
        };
        Ok(Value::Object(map).to_string().into_bytes())
    };
    let mut response = document::kept(state, entry, key, headers, make).await?;
    response.extensions_mut().insert(document::route(document));
    Ok(response)
}
