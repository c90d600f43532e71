//! The server: datasets and settings enter, a router leaves. No socket is opened here, so tests need none.
//!
//! Each file answers one family of paths; [`problem`] is how all of them fail. Around everything lie, from outside in:
//! CORS, counting (with a limit on the length of addresses), what keeps strangers' pages out, and the catching of panics.

pub mod answer;
mod archived;
pub mod assets;
pub mod basemap;
pub mod caching;
pub mod connections;
pub mod cors;
pub mod datasets;
pub mod document;
pub mod download;
pub mod encoding;
mod file;
pub mod metrics;
pub mod operation;
pub mod outgoing;
pub mod params;
pub mod problem;
mod pulse;
pub mod query;
pub mod rows;
pub mod state;
pub mod stats;
mod strangers;
pub mod stream;
pub mod subset;
pub mod tile;
pub mod tiles;
mod typed;
pub mod urls;

pub use problem::Problem;
pub use state::{Shared, State};

use crate::{settings::Settings, told::rows::RowFormat};
use answer::Route;
use axum::{
    Router,
    extract::{MatchedPath, Request, State as With},
    http::{Method, StatusCode},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use std::{any::Any, sync::Arc};
use tower_http::catch_panic::CatchPanicLayer;

/// Longest path and query that are looked at.
const MAX_URI: usize = 60 << 10;

/// Every path of the router with what answers it. [`tiles::PATHS`] tells the last one apart.
fn routes(here: &Settings) -> Vec<(&'static str, MethodRouter<Shared>)> {
    let mut routes = vec![
        ("/datasets", get(datasets::list)),
        ("/datasets/{id}", get(datasets::one)),
        ("/datasets/{id}/queryables", get(datasets::queryables)),
        ("/datasets/{id}/stats", get(stats::get)),
        ("/datasets/{id}/rows", get(rows::get)),
        ("/datasets/{id}/rows.csv", download::rows(RowFormat::Csv)),
        ("/datasets/{id}/rows.geojson", download::rows(RowFormat::GeoJson)),
        ("/datasets/{id}/rows.geojsonl", download::rows(RowFormat::GeoJsonLines)),
        ("/datasets/{id}/rows.fgb", download::rows(RowFormat::FlatGeobuf)),
        ("/datasets/{id}/rows.parquet", download::rows(RowFormat::GeoParquet)),
        ("/datasets/{id}/subset.arrow", get(subset::get)),
        (basemap::PATH, get(basemap::get)),
        ("/health", get(operation::health)),
        ("/ready", get(operation::ready)),
        ("/openapi.json", get(operation::openapi)),
        ("/docs", get(operation::docs)),
        ("/tiles/{*path}", get(tiles::get).post(tiles::post).fallback(tiles::other)),
    ];
    if here.metrics_here {
        routes.push(("/metrics", get(operation::metrics)));
    }
    routes
}

/// Every path of the router, as the API's description has them.
#[must_use]
pub fn paths(settings: &Settings) -> Vec<&'static str> {
    let plain = routes(settings).into_iter().map(|(path, _)| path).filter(|path| *path != "/tiles/{*path}");
    plain.chain(tiles::PATHS.iter().copied()).chain(["/"]).collect()
}

/// The whole server as a service.
pub fn app(state: Shared) -> Router {
    let settings = state.settings();
    let known: Arc<[&'static str]> = paths(&settings).into();
    let mut router = Router::new();
    for (path, answers) in routes(&settings) {
        router = router.route(path, answers);
    }
    router
        .fallback(assets::get)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(urls::named))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), strangers::layer))
        .layer(from_fn_with_state((state.clone(), known), counted))
        .layer(from_fn_with_state(state.clone(), cors::layer))
        .with_state(state)
}

/// Only `/metrics`, for an address of its own.
pub fn metrics_app(state: Shared) -> Router {
    Router::new().route("/metrics", get(operation::metrics)).with_state(state)
}

async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let detail = format!("{method} is not for this path; the Allow header says what is");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}

/// Refuses what is too long to be looked at, and counts every answer by its route and status.
async fn counted(With((state, known)): With<(Shared, Arc<[&'static str]>)>, request: Request, next: Next) -> Response {
    let _flying = state.metrics.in_flight();
    let start = std::time::Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let asked = tracing::enabled!(tracing::Level::DEBUG).then(|| told(&request));
    let length = request.uri().path().len() + request.uri().query().map_or(0, str::len);
    let response = if length > MAX_URI {
        // What is longer still was cut before.
        let detail = format!("path and query are longer than {MAX_URI} bytes, which is the most that is looked at");
        Problem::new(StatusCode::URI_TOO_LONG, detail).into_response()
    } else {
        state.outgoing.admit(next.run(request).await)
    };
    let route = match (response.extensions().get::<Route>(), &path) {
        (Some(Route(route)), _) => route,
        (None, Some(path)) => known.iter().find(|known| **known == path.as_str()).unwrap_or(&"other"),
        (None, None) => "other",
    };
    state.metrics.answered(route, response.status().as_u16());
    if let Some(problem::Refused(why)) = response.extensions().get() {
        state.metrics.refused(why);
    }
    if let Some(asked) = asked {
        tracing::debug!("{asked}: {} in {:.1?}", response.status(), start.elapsed());
    }
    response
}

/// A request for the log: what may be private, the values of its query and a token, which is a query, is left out.
fn told(request: &Request) -> String {
    let uri = request.uri();
    let (folder, rest) = uri.path().split_once("/q/").unwrap_or((uri.path(), ""));
    let rest = rest.split_once('/').map_or(String::new(), |(_, rest)| format!("/q/…/{rest}"));
    let names = uri.query().unwrap_or("").split('&').filter_map(|pair| pair.split('=').next());
    let names = names.filter(|name| !name.is_empty()).collect::<Vec<_>>().join("=…&");
    let query = if names.is_empty() { String::new() } else { format!("?{names}=…") };
    format!("{} {folder}{rest}{query}", request.method())
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::internal(&text.unwrap_or("a panic without a text")).into_response()
}
