//! Who may read answers from another origin: one layer around everything, errors and preflights included.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Which origins may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cors {
    /// Any.
    Any,
    /// Pages on this machine, and kepler.gl.
    Local,
    /// These, exactly as browsers write them, such as `https://maps.example.org`.
    Only(Vec<String>),
    /// None: no header is sent.
    Off,
}

/// Headers that pages of other origins may see beyond the few that they always may.
const EXPOSED: &str = "ETag, Content-Range, Server-Timing, Retry-After, Duotile-Features, Duotile-Rows, Duotile-Omitted, \
    Duotile-Kind";

const PRIVATE: HeaderName = HeaderName::from_static("access-control-allow-private-network");

impl std::str::FromStr for Cors {
    type Err = String;

    /// `any` or `*`, `local`, `off`, or origins with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "any" | "*" => return Ok(Self::Any),
            "local" => return Ok(Self::Local),
            "off" | "none" => return Ok(Self::Off),
            _ => {}
        }
        let origins: Vec<String> =
            text.split(',').map(|origin| origin.trim().trim_end_matches('/').to_ascii_lowercase()).collect();
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(odd) => Err(format!(
                "\"{odd}\" is no origin; expected any, local, off, or a list such as https://a.example,https://b.example"
            )),
            None => Ok(Self::Only(origins)),
        }
    }
}

fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', ' ', '?', '#', '@'])
    })
}

impl Cors {
    /// What to send as `Access-Control-Allow-Origin` for a request's origin.
    fn allow(&self, origin: Option<&HeaderValue>) -> Option<HeaderValue> {
        if *self == Self::Any {
            return Some(HeaderValue::from_static("*"));
        }
        let origin = origin?;
        let text = origin.to_str().ok()?;
        let allowed = match self {
            Self::Any => true,
            Self::Local => is_local(text) || matches!(text, "https://kepler.gl" | "https://www.kepler.gl"),
            Self::Only(origins) => origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(text)),
            Self::Off => false,
        };
        allowed.then(|| origin.clone())
    }

    fn apply(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        if *self == Self::Off {
            return;
        }
        if *self != Self::Any {
            // In one line with what is there: nginx before 1.23 looks at the last line only.
            let before = headers.get(header::VARY).and_then(|vary| vary.to_str().ok());
            let vary = before.and_then(|before| HeaderValue::try_from(format!("{before}, Origin")).ok());
            headers.insert(header::VARY, vary.unwrap_or(HeaderValue::from_static("Origin")));
        }
        if let Some(allow) = self.allow(origin) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allow);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
            headers.insert(HeaderName::from_static("timing-allow-origin"), HeaderValue::from_static("*"));
        }
    }
}

/// Whether an origin is a page on this machine, on any port.
fn is_local(origin: &str) -> bool {
    let Some((_, host)) = origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https")) else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(name, _)| name),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1") || name.ends_with(".localhost")
}

/// The layer: answers preflights, marks every other answer.
pub async fn layer(State(cors): State<std::sync::Arc<Cors>>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight { preflight_answer(&cors, &request) } else { next.run(request).await };
    cors.apply(origin.as_ref(), response.headers_mut());
    response
}

fn preflight_answer(cors: &Cors, request: &Request) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if cors.allow(request.headers().get(header::ORIGIN)).is_none() {
        return response;
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, OPTIONS"));
    if let Some(wanted) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    // A public page such as kepler.gl that reads from a server on the same machine or network asks for this.
    if request.headers().contains_key("access-control-request-private-network") {
        headers.insert(PRIVATE, HeaderValue::from_static("true"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_means_this_machine_and_kepler() {
        let allowed =
            |origin: &str| Cors::Local.allow(Some(&HeaderValue::from_str(origin).expect("a header"))).is_some();
        for origin in [
            "http://localhost:3000",
            "https://localhost",
            "http://127.0.0.1:8080",
            "http://[::1]:5173",
            "http://a.localhost",
            "https://kepler.gl",
        ] {
            assert!(allowed(origin), "{origin}");
        }
        for origin in [
            "https://example.org",
            "http://localhost.example.org",
            "https://kepler.gl.example.org",
            "http://127.0.0.1.example.org",
            "null",
            "file://localhost",
        ] {
            assert!(!allowed(origin), "{origin}");
        }
    }

    #[test]
    fn lists_are_read_and_odd_ones_refused() {
        assert_eq!("*".parse(), Ok(Cors::Any));
        let two = "https://a.example, https://B.example/".parse();
        assert_eq!(two, Ok(Cors::Only(vec!["https://a.example".into(), "https://b.example".into()])));
        assert!("a.example".parse::<Cors>().is_err());
        assert!("https://a.example/path".parse::<Cors>().is_err());
    }
}
