//! The viewer and its files, embedded in the program; compressed once, when first asked for.
//!
//! Pages are asked for again each time, files with a hash in their name never.

use super::{Problem, Shared, answer::Route, caching, encoding};
use crate::engine::{
    Size,
    pack::{Coding, Packed},
};
use axum::{
    extract::State as With,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;
use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{LazyLock, Mutex, PoisonError},
};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
struct Dist;

/// Compressed once: the slowest levels that still take no more than a moment.
const LEVEL: u32 = 9;

/// Bodies as they are sent, by path and what the client takes.
static PACKED: LazyLock<Mutex<HashMap<(String, Coding), Packed>>> = LazyLock::new(Mutex::default);

/// A file of the viewer; `/` is its page, and `/kepler` is `kepler.html`: without a slash at the end, so that the page's
/// relative addresses are those of `/`. Everything that no route takes comes here.
///
/// # Errors
/// 404 for no such file, 405 for other methods than GET and HEAD.
pub async fn get(With(state): With<Shared>, method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    if method == Method::OPTIONS {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let page = format!("{path}.html");
    let (path, file) = Dist::get(path)
        .map(|file| (path, file))
        .or_else(|| Dist::get(&page).map(|file| (page.as_str(), file)))
        .ok_or_else(|| Problem::not_found(format!("nothing is at {}; /docs lists what there is", uri.path())))?;
    if !matches!(method, Method::GET | Method::HEAD) {
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not for a file"));
        return Err(problem.header(header::ALLOW, HeaderValue::from_static("GET, HEAD")));
    }
    let etag = caching::etag(&[path, &hex(&file.metadata.sha256_hash())]);
    let kind = file.metadata.mimetype();
    let mut response = if caching::is_fresh(&headers, &etag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        encoding::vary(response.headers_mut());
        response
    } else {
        let coding = if is_packed(kind) { Coding::Identity } else { encoding::negotiate(&headers) };
        let key = (path.to_owned(), coding);
        let known = PACKED.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let packed = match known {
            Some(known) => known,
            None if coding == Coding::Identity => Packed { bytes: file.data.into_owned().into(), coding },
            None => {
                let data = file.data.into_owned();
                let packed =
                    state.engine.pool.run(Size::Short, move |work| Ok(coding.pack(data, LEVEL, work)?)).await?;
                PACKED.lock().unwrap_or_else(PoisonError::into_inner).insert(key, packed.clone());
                packed
            }
        };
        let mut response = Response::new(packed.bytes.into());
        encoding::told(packed.coding, response.headers_mut());
        response
    };
    let answers = response.headers_mut();
    if let Ok(kind) = HeaderValue::try_from(typed(kind)) {
        answers.insert(header::CONTENT_TYPE, kind);
    }
    answers.insert(header::ETAG, etag);
    answers.insert(header::CACHE_CONTROL, if is_hashed(path) { caching::IMMUTABLE } else { caching::REVALIDATE });
    response.extensions_mut().insert(Route("/"));
    Ok(response)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Texts are UTF-8.
fn typed(kind: &str) -> String {
    let text = kind.starts_with("text/") || kind.ends_with("javascript") || kind.ends_with("json");
    if text && !kind.contains("charset") { format!("{kind}; charset=utf-8") } else { kind.to_owned() }
}

/// Whether files of a type are compressed already.
fn is_packed(kind: &str) -> bool {
    (kind.starts_with("image/") && !kind.contains("svg")) || kind.starts_with("font/woff") || kind.starts_with("video/")
}

/// Folders of what bundlers write.
const BUNDLED: [&str; 4] = ["assets/", "kepler/", "examples/", "ground/"];

/// Whether a bundler put a hash into the name: `assets/index-B3xk9_2a.js`. Those stand in its folder, not deeper.
fn is_hashed(path: &str) -> bool {
    let bundled = BUNDLED.iter().find_map(|folder| path.strip_prefix(folder)).filter(|name| !name.contains('/'));
    let Some((_, name)) = bundled.and_then(|name| name.rsplit_once('-')) else { return false };
    let hash = name.split('.').next().unwrap_or("");
    hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_never_change() {
        for path in ["assets/index-B3xk9_2a.js", "kepler/main-YNXHNXAJ.js", "kepler/main-YNXHNXAJ.js.LEGAL.txt"] {
            assert!(is_hashed(path), "{path}");
        }
        let others = [
            "index.html",
            "kepler.html",
            "sw.js",
            "assets/index.js",
            "favicon.svg",
            "index-B3xk9_2a.js",
            "assets/a-b.js",
            "kepler/static/images/effects/color-halftone.png",
        ];
        for path in others {
            assert!(!is_hashed(path), "{path}");
        }
    }

    #[test]
    fn texts_say_that_they_are_utf_8() {
        assert_eq!(typed("text/html"), "text/html; charset=utf-8");
        assert_eq!(typed("application/wasm"), "application/wasm");
    }
}
