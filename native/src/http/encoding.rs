//! What the client can take: `Accept-Encoding` becomes a [`Coding`].

use crate::engine::pack::{Accepted, Coding};
use axum::http::{HeaderMap, HeaderValue, header};

/// What the client prefers of what we do: zstd before gzip before none, unless its weights say otherwise.
#[must_use]
pub fn negotiate(headers: &HeaderMap) -> Coding {
    accepted(headers).best
}

/// What the client can take of what we do, and what it prefers.
#[must_use]
pub fn accepted(headers: &HeaderMap) -> Accepted {
    let (mut gzip, mut zstd, mut any) = (None, None, None);
    for part in
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','))
    {
        let mut parameters = part.split(';');
        let name = parameters.next().unwrap_or("").trim().to_ascii_lowercase();
        let weight = parameters.find_map(|parameter| {
            let (key, weight) = parameter.split_once('=')?;
            key.trim().eq_ignore_ascii_case("q").then(|| weight.trim().parse().unwrap_or(0.0))
        });
        let weight: f32 = weight.unwrap_or(1.0);
        match name.as_str() {
            "zstd" => zstd = Some(weight),
            "gzip" | "x-gzip" => gzip = Some(weight),
            "*" => any = Some(weight),
            _ => {}
        }
    }
    let gzip = gzip.or(any).unwrap_or(0.0);
    let zstd = zstd.or(any).unwrap_or(0.0);
    let best = if zstd > 0.0 && zstd >= gzip {
        Coding::Zstd
    } else if gzip > 0.0 {
        Coding::Gzip
    } else {
        Coding::Identity
    };
    Accepted { gzip: gzip > 0.0, zstd: zstd > 0.0, best }
}

/// Says how a body is compressed, and that this was negotiated.
pub fn told(coding: Coding, headers: &mut HeaderMap) {
    let name = match coding {
        Coding::Identity => None,
        Coding::Gzip => Some("gzip"),
        Coding::Zstd => Some("zstd"),
    };
    if let Some(name) = name {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    vary(headers);
}

/// Says that the coding of an answer is negotiated.
pub fn vary(headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_the_client_takes_is_chosen() {
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Coding::Zstd),
            ("gzip, deflate, br", Coding::Gzip),
            ("br", Coding::Identity),
            ("", Coding::Identity),
            ("zstd;q=0, gzip;q=0.5", Coding::Gzip),
            ("zstd;Q=0, gzip; Q = 0.5", Coding::Gzip),
            ("zstd;q=0.1, gzip;q=0.5", Coding::Gzip),
            ("*", Coding::Zstd),
            ("*;q=0", Coding::Identity),
            ("GZIP;q=1.0", Coding::Gzip),
            ("gzip;q=oops", Coding::Identity),
        ] {
            let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))].into_iter().collect();
            assert_eq!(negotiate(&headers), expected, "{accept}");
        }
    }
}
