//! What operators and tools ask for: is it alive, is it ready, how is it doing, what can it do.

use super::{Problem, Shared, answer::json, caching};
use axum::{
    extract::State as With,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::sync::atomic::Ordering;

/// The description of the API.
pub const OPENAPI: &str = include_str!("openapi.json");
/// A page that shows it.
const DOCS: &str = include_str!("docs.html");
/// That page is what is written in it, and what it fetches from here.
const DOCS_ALONE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'",
);

/// The process answers.
pub async fn health() -> Response {
    let mut response = json("application/json", r#"{"status":"ok"}"#);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Everything is there to serve.
///
/// # Errors
/// 503 while files are being read.
pub async fn ready(With(state): With<Shared>) -> Result<Response, Problem> {
    let datasets = state.catalog.all().len();
    if state.reading.load(Ordering::Acquire) > 0 || datasets == 0 {
        return Err(Problem::reading());
    }
    let mut response = json("application/json", json!({ "status": "ready", "datasets": datasets }).to_string());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Counts and times.
pub async fn metrics(With(state): With<Shared>) -> Response {
    let text = state.metrics.text(state.now());
    let mut response = json("application/openmetrics-text; version=1.0.0; charset=utf-8", text);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The description of the API.
pub async fn openapi(headers: HeaderMap) -> Response {
    page("application/json", OPENAPI, &headers)
}

/// Its page.
pub async fn docs(headers: HeaderMap) -> Response {
    let mut response = page("text/html; charset=utf-8", DOCS, &headers);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, DOCS_ALONE);
    response
}

fn page(kind: &'static str, body: &'static str, headers: &HeaderMap) -> Response {
    let etag = caching::etag(&[body]);
    let mut response =
        if caching::is_fresh(headers, &etag) { StatusCode::NOT_MODIFIED.into_response() } else { json(kind, body) };
    response.headers_mut().insert(header::CACHE_CONTROL, caching::REVALIDATE);
    response.headers_mut().insert(header::ETAG, etag);
    response
}
