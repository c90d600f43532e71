//! The documents beside the tiles of a query: TileJSON, metadata, style. Made once, then kept until the dataset changes.

use super::{
    Problem, Route, Shared, caching,
    encoding::Encoding,
    json, legend, metadata,
    prepare::Prepared,
    style, tilejson, urls,
    work::{Cancel, Size},
};
use crate::cache::Selected;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use duotile_core::Legend;
use std::sync::Arc;

/// Which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// `tilejson.json`.
    TileJson,
    /// `metadata.json`.
    Metadata,
    /// `style.json`.
    Style,
}

impl Document {
    /// The document of a file name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        [Self::TileJson, Self::Metadata, Self::Style].into_iter().find(|document| document.name() == name)
    }

    /// Its file name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TileJson => "tilejson.json",
            Self::Metadata => "metadata.json",
            Self::Style => "style.json",
        }
    }

    const fn route(self) -> Route {
        Route(match self {
            Self::TileJson => "/tiles/{dataset}/tilejson.json",
            Self::Metadata => "/tiles/{dataset}/metadata.json",
            Self::Style => "/tiles/{dataset}/style.json",
        })
    }
}

/// What a document is made of.
#[derive(Debug)]
pub struct Context<'a> {
    /// Everything.
    pub state: &'a Shared,
    /// The query.
    pub prepared: &'a Prepared,
    /// The rows it selects.
    pub selected: &'a Selected,
    /// The template of tile addresses, and of documents beside them.
    pub links: &'a Links,
    /// Whether anybody still waits.
    pub cancel: &'a Cancel,
}

impl Context<'_> {
    /// The ranges and quantiles of cells.
    ///
    /// # Errors
    /// When the client has gone.
    pub fn legend(&self) -> Result<Arc<Legend>, Problem> {
        legend::of(self.state, self.prepared, self.selected, self.cancel)
    }
}

/// Absolute addresses of a query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Links {
    /// Up to the dataset, or the token: `https://host/tiles/places`.
    folder: String,
    /// The query string that every address carries; empty for a token.
    query: String,
    version: String,
}

impl Links {
    /// Addresses of a query under a base, as a query string or as a token in the path. Parameters in `query` that are
    /// not ours but a proxy's (`key`, `access_token`) are carried on.
    #[must_use]
    pub fn new(base: &str, prepared: &Prepared, by_token: bool, query: Option<&str>) -> Self {
        let name = urls::encode(prepared.entry.dataset.name());
        let mut folder = format!("{base}/tiles/{name}");
        let mut pairs = Vec::new();
        let token = if by_token { prepared.query.token() } else { String::new() };
        // The empty query has an empty token, which no path can hold.
        if !token.is_empty() {
            folder = format!("{folder}/q/{token}");
        } else if !prepared.plan.canonical().is_empty() {
            pairs.push(prepared.plan.canonical());
        }
        let passed = |pair: &&str| pair.starts_with("key=") || pair.starts_with("access_token=");
        pairs.extend(query.unwrap_or("").split('&').filter(passed));
        Self { folder, query: pairs.join("&"), version: prepared.entry.dataset.version().into() }
    }

    /// The template of tiles with this ending.
    #[must_use]
    pub fn tiles(&self, ending: &str) -> String {
        let Self { folder, query, version } = self;
        let and = if query.is_empty() { "" } else { "&" };
        format!("{folder}/{{z}}/{{x}}/{{y}}.{ending}?{query}{and}v={version}")
    }

    /// The template without the version, for clients that append to it or cut its query off.
    #[must_use]
    pub fn bare(&self, ending: &str) -> String {
        let ask = if self.query.is_empty() { "" } else { "?" };
        format!("{}/{{z}}/{{x}}/{{y}}.{ending}{ask}{}", self.folder, self.query)
    }

    /// A document beside the tiles.
    #[must_use]
    pub fn document(&self, document: Document) -> String {
        let ask = if self.query.is_empty() { "" } else { "?" };
        format!("{}/{}{ask}{}", self.folder, document.name(), self.query)
    }
}

/// Answers with a document.
///
/// # Errors
/// 503 when too many wait, 500 when the filter cannot be evaluated.
pub async fn answer(
    state: &Shared,
    document: Document,
    prepared: Arc<Prepared>,
    by_token: bool,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let base = state.base(headers);
    let links = Links::new(&base, &prepared, by_token, query);
    let id = links.document(document);
    let here = state.clone();
    let key = format!("{id}\n{}", prepared.key);
    let make = move |cancel: &Cancel| {
        let (selected, _) = here.masks.select(&prepared.entry.dataset, &prepared.plan).map_err(|e| failed(&e))?;
        cancel.check()?;
        let context = Context { state: &here, prepared: &prepared, selected: &selected, links: &links, cancel };
        let json = match document {
            Document::TileJson => tilejson::of(&context),
            Document::Metadata => metadata::of(&context)?,
            Document::Style => style::of(&context)?,
        };
        serde_json::to_vec(&json).map_err(|error| Problem::internal(&error))
    };
    // All but TileJSON walk the cells of many zooms.
    let size = if document == Document::TileJson { Size::Short } else { Size::Long };
    let mut response = kept(state, key, headers, size, make).await?;
    response.extensions_mut().insert(document.route());
    Ok(response)
}

/// Answers with JSON from what is kept under a key, else makes it on a processor and keeps it. The key names everything the body
/// depends on; the tag is made of it.
///
/// # Errors
/// What `make` says; 503 when too many wait.
pub async fn kept(
    state: &Shared,
    key: String,
    headers: &HeaderMap,
    size: Size,
    make: impl FnOnce(&Cancel) -> Result<Vec<u8>, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let etag = caching::etag(&[env!("CARGO_PKG_VERSION"), &key]);
    let mut response = if caching::is_fresh(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let encoding = Encoding::negotiate(headers);
        let slot = format!("{encoding:?}\n{key}");
        let body = match state.documents.get_value_or_guard_async(&slot).await {
            Ok(body) => {
                state.metrics.looked("documents", true);
                body
            }
            Err(guard) => {
                state.metrics.looked("documents", false);
                let body = state.pool.run(size, move |cancel| Ok(pack(encoding, make(cancel)?))).await?;
                let _ = guard.insert(body.clone());
                body
            }
        };
        unpack(&body)
    };
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().insert(header::CACHE_CONTROL, caching::REVALIDATE);
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Ok(response)
}

/// A body with the encoding that was used as one byte after it.
fn pack(encoding: Encoding, body: Vec<u8>) -> Bytes {
    let (used, mut body) = encoding.encode(body, 3);
    body.push(match used {
        Encoding::Identity => 0,
        Encoding::Gzip => 1,
        Encoding::Zstd => 2,
    });
    body.into()
}

fn unpack(packed: &Bytes) -> Response {
    let (body, used) = match packed.len().checked_sub(1) {
        Some(last) => (packed.slice(..last), packed[last]),
        None => (packed.clone(), 0),
    };
    let mut response = json("application/json", body);
    let used = [Encoding::Identity, Encoding::Gzip, Encoding::Zstd].get(usize::from(used)).and_then(|e| e.header());
    if let Some(used) = used {
        response.headers_mut().insert(header::CONTENT_ENCODING, used);
    }
    response
}

/// A failure inside.
#[must_use]
pub fn failed(error: &anyhow::Error) -> Problem {
    Problem::internal(&format!("{error:#}"))
}
