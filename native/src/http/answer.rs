//! What answers have in common: the kind of their body, and what they are counted as.

use super::caching;
use axum::{
    http::{HeaderValue, header},
    response::Response,
};

/// What a request was about, for counting, where its path alone does not say it.
#[derive(Clone, Copy, Debug)]
pub struct Route(pub &'static str);

/// An answer in JSON (or a dialect of it), to be asked for again each time unless said otherwise.
#[must_use]
pub fn json(kind: &'static str, body: impl Into<axum::body::Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, caching::REVALIDATE);
    response
}
