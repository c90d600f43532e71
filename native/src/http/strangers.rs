//! What keeps pages of others from answers that are not theirs: a server of this machine is asked by its own names only,
//! and browsers guess no types and run nothing of what is no page.
//!
//! A page of the wide web may let its own name point to 127.0.0.1 and then read, as its own, whatever answers there. It
//! cannot change the name that its visitor's browser asks for, so a foreign `Host` is refused.

use super::{Problem, Shared};
use crate::settings::origin;
use axum::{
    extract::{Request, State as With},
    http::{HeaderMap, HeaderValue, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// Documents of the API load nothing, and stand in no frame.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// The layer.
pub async fn layer(With(state): With<Shared>, request: Request, next: Next) -> Response {
    let foreign = if state.settings().origin.local { foreign(&request) } else { None };
    let mut response = match foreign {
        Some(host) => misdirected(&host).into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_document(headers) {
        headers.insert(header::CONTENT_SECURITY_POLICY, NOTHING);
    }
    response
}

/// The name a request asks for, where it is not one of this machine. One that names nobody is from no browser.
fn foreign(request: &Request) -> Option<String> {
    // HTTP/2 has it in the address.
    let named = request.uri().authority().map(Authority::as_str);
    let hosts = request.headers().get_all(header::HOST);
    let hosts = hosts.iter().map(|host| host.to_str().unwrap_or("what is no text"));
    named.into_iter().chain(hosts).find(|host| !origin::is_local(host)).map(str::to_owned)
}

fn misdirected(host: &str) -> Problem {
    let detail = format!(
        "asked as \"{host}\", but this server is known as localhost, 127.0.0.1 and [::1] only; if it shall answer to other \
         names, start it with --base-url and the address that clients know, or with --trust-proxy behind a proxy"
    );
    Problem::new(StatusCode::MISDIRECTED_REQUEST, detail)
}

/// JSON and plain text, of which no browser makes a page that works.
fn is_document(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    [&b"application/json"[..], b"application/problem+json", b"application/geo+json", b"text/csv"]
        .iter()
        .any(|document| kind.starts_with(document))
}
