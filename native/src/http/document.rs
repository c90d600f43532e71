//! The documents beside the tiles of a query: TileJSON, metadata, style. Made once, then kept until the dataset changes.

use super::{
    Problem, Shared,
    answer::{Route, json},
    caching, encoding,
};
use crate::{
    catalog::Entry,
    engine::{Engine, Fitted, Refusal, Size},
    told::{
        links::{Document, Links},
        metadata, style, tilejson,
    },
};
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};
use std::sync::Arc;

pub(super) const fn route(document: Document) -> Route {
    Route(match document {
        Document::TileJson => "/tiles/{dataset}/tilejson.json",
        Document::Metadata => "/tiles/{dataset}/metadata.json",
        Document::Style => "/tiles/{dataset}/style.json",
    })
}

/// Answers with a document.
///
/// # Errors
/// 503 when too many wait.
pub async fn answer(
    state: &Shared,
    document: Document,
    fitted: Arc<Fitted>,
    by_token: bool,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let base = state.base(headers);
    let links = Links::new(&base, &fitted, by_token, query);
    let key = format!("{}\n{}", links.document(document), fitted.key);
    let entry = fitted.entry.clone();
    let mut response = kept(state, &entry, key, headers, |engine| make(engine, document, fitted, links)).await?;
    response.extensions_mut().insert(route(document));
    Ok(response)
}

/// Asks the engine for what a document tells, and writes it.
async fn make(engine: Arc<Engine>, document: Document, fitted: Arc<Fitted>, links: Links) -> Result<Vec<u8>, Refusal> {
    match document {
        Document::TileJson => written(&tilejson::of(&fitted, engine.profile(&fitted).await?.as_deref(), &links)),
        Document::Style => written(&style::of(&fitted, &*engine.legend(&fitted).await?, &links)),
        Document::Metadata => {
            let legend = engine.legend(&fitted).await?;
            let (profile, facts) = (engine.profile(&fitted).await?, engine.facts(&fitted).await?);
            let write = move || written(&metadata::of(&fitted, profile.as_deref(), &facts, &legend, &links));
            engine.pool.run(Size::Short, move |_| write()).await
        }
    }
}

fn written(map: &Map<String, Value>) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(map).map_err(|error| Refusal::failed(&error))
}

/// Answers with JSON from what is kept under a key, else makes it and keeps it. The key names everything the body depends
/// on; the tag is made of it.
///
/// # Errors
/// What `make` says; 503 when too many wait.
pub async fn kept<F>(
    state: &Shared,
    entry: &Entry,
    key: String,
    headers: &HeaderMap,
    make: impl FnOnce(Arc<Engine>) -> F,
) -> Result<Response, Problem>
where
    F: Future<Output = Result<Vec<u8>, Refusal>> + Send + 'static,
{
    let etag = caching::etag(&[env!("CARGO_PKG_VERSION"), &key]);
    let mut response = if caching::is_fresh(headers, &etag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        encoding::vary(response.headers_mut());
        response
    } else {
        let packed = state.engine.document(entry, &key, encoding::negotiate(headers), make).await?;
        let mut response = json("application/json", packed.bytes);
        encoding::told(packed.coding, response.headers_mut());
        response
    };
    caching::versioned(entry, response.headers_mut());
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().insert(header::CACHE_CONTROL, caching::REVALIDATE);
    Ok(response)
}
