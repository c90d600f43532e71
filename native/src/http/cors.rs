//! Who may read answers from another origin: one layer around everything, errors and preflights included.

use super::Shared;
use crate::settings::cors::Cors;
use axum::{
    extract::{Request, State as With},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Headers that pages of other origins may see beyond the few that they always may.
const EXPOSED: &str = "ETag, Content-Range, Server-Timing, Retry-After, Duotile-Features, Duotile-Rows, Duotile-Omitted, \
    Duotile-Kind, Duotile-Version";

const PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// The layer: answers preflights, marks every other answer.
pub async fn layer(With(state): With<Shared>, request: Request, next: Next) -> Response {
    let settings = state.settings();
    let origin = request.headers().get(header::ORIGIN).cloned();
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { preflight_answer(&settings.cors, &request) } else { next.run(request).await };
    mark(&settings.cors, origin.as_ref(), response.headers_mut());
    response
}

/// What to send as `Access-Control-Allow-Origin` for a request's origin.
fn allowed(cors: &Cors, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
    match cors {
        Cors::Any => Some(HeaderValue::from_static("*")),
        _ => origin.filter(|origin| origin.to_str().is_ok_and(|origin| cors.names(origin))).cloned(),
    }
}

fn mark(cors: &Cors, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    if *cors == Cors::Off {
        return;
    }
    if *cors != Cors::Any {
        // In one line with what is there: nginx before 1.23 looks at the last line only.
        let before = headers.get(header::VARY).and_then(|vary| vary.to_str().ok());
        let vary = before.and_then(|before| HeaderValue::try_from(format!("{before}, Origin")).ok());
        headers.insert(header::VARY, vary.unwrap_or(HeaderValue::from_static("Origin")));
    }
    if let Some(allowed) = allowed(cors, origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        headers.insert(HeaderName::from_static("timing-allow-origin"), HeaderValue::from_static("*"));
    }
}

fn preflight_answer(cors: &Cors, request: &Request) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if allowed(cors, request.headers().get(header::ORIGIN)).is_none() {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, OPTIONS"));
    if let Some(wanted) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    // A public page such as kepler.gl that reads from a server on the same machine or network asks for this. `any` is said
    // of what the whole web may read; what is in a private network may be read through a visitor by named pages only.
    if *cors != Cors::Any && request.headers().contains_key("access-control-request-private-network") {
        headers.insert(PRIVATE, HeaderValue::from_static("true"));
    }
    response
}
