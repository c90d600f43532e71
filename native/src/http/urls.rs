//! Where the server is, as the client sees it: the start of every absolute URL it writes.
//!
//! `--base-url` wins; with `--trust-proxy` the proxy's headers; else the `Host` header. Pages use relative URLs only.

use crate::settings::origin::{Origin, is_host, is_prefix};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header, uri::Authority},
    middleware::Next,
    response::Response,
};

/// The layer: over HTTP/2 the name that is asked for is in the address. From here on it is the `Host` in any case.
pub async fn named(mut request: Request, next: Next) -> Response {
    let named = request.uri().authority().map(Authority::as_str);
    if let Some(Ok(host)) = named.map(HeaderValue::from_str)
        && !request.headers().contains_key(header::HOST)
    {
        request.headers_mut().insert(header::HOST, host);
    }
    next.run(request).await
}

/// The base of absolute URLs for a request, without a slash at its end.
#[must_use]
pub fn base(origin: &Origin, headers: &HeaderMap) -> String {
    if let Some(base) = &origin.base {
        return base.clone();
    }
    let host = text(headers, header::HOST.as_str()).filter(|host| is_host(host)).unwrap_or("localhost");
    if !origin.trust_proxy {
        return format!("http://{host}");
    }
    let forwarded = text(headers, "forwarded").map(first);
    let scheme = text(headers, "x-forwarded-proto")
        .map(first)
        .or_else(|| forwarded.and_then(|list| parameter(list, "proto")))
        .filter(|scheme| matches!(*scheme, "http" | "https"))
        .unwrap_or("http");
    let host = text(headers, "x-forwarded-host")
        .map(first)
        .or_else(|| forwarded.and_then(|list| parameter(list, "host")))
        .filter(|host| is_host(host))
        .unwrap_or(host);
    let port = text(headers, "x-forwarded-port").map(first).filter(|port| port.parse::<u16>().is_ok());
    let port = port.filter(|port| !has_port(host) && *port != if scheme == "https" { "443" } else { "80" });
    let port = port.map_or(String::new(), |port| format!(":{port}"));
    let prefix = text(headers, "x-forwarded-prefix").map(first).filter(|prefix| is_prefix(prefix)).unwrap_or("");
    format!("{scheme}://{host}{port}{}", prefix.trim_end_matches('/'))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// The first of several, which the proxy nearest to the client wrote.
fn first(list: &str) -> &str {
    list.split(',').next().unwrap_or("").trim()
}

/// A parameter of the first element of a `Forwarded` header (RFC 7239).
fn parameter<'h>(element: &'h str, name: &str) -> Option<&'h str> {
    element.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(trust_proxy: bool, pairs: &[(&'static str, &str)]) -> String {
        let headers = pairs.iter().map(|(name, value)| {
            (axum::http::HeaderName::from_static(name), axum::http::HeaderValue::from_str(value).expect("a header"))
        });
        base(&Origin { trust_proxy, ..Origin::default() }, &headers.collect())
    }

    #[test]
    fn forwarded_headers_count_only_when_trusted() {
        let headers = [
            ("host", "inner:8080"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "maps.example, inner"),
            ("x-forwarded-prefix", "/maps/"),
        ];
        assert_eq!(told(true, &headers), "https://maps.example/maps");
        assert_eq!(told(false, &headers), "http://inner:8080");
        assert_eq!(
            told(true, &[("host", "a"), ("forwarded", "for=1.2.3.4;proto=https;host=\"b:81\"")]),
            "https://b:81"
        );
        assert_eq!(
            told(true, &[("host", "a"), ("x-forwarded-port", "8443"), ("x-forwarded-proto", "https")]),
            "https://a:8443"
        );
    }

    #[test]
    fn odd_headers_are_left_aside() {
        let headers = [
            ("host", "a/<script>"),
            ("x-forwarded-proto", "javascript"),
            ("x-forwarded-host", "b\"c"),
            ("x-forwarded-prefix", "//evil.example"),
        ];
        assert_eq!(told(true, &headers), "http://localhost");
        assert_eq!(told(true, &[]), "http://localhost");
    }
}
