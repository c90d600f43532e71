//! The base map that the operator names: a style at an address, which the page is told, or a PMTiles file, which it reads
//! here by ranges of bytes.
//!
//! The file is opened for each request, so that it may be replaced by moving another into its place; its strong `ETag`
//! tells clients, whose directories are of one file only.

use super::{
    Problem, Shared,
    answer::Route,
    caching,
    outgoing::PIECE,
    stream::{self, Making},
};
use crate::settings::basemap::Basemap;
use axum::{
    body::{Body, Bytes},
    extract::State as With,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::UNIX_EPOCH,
};

/// Where a file is given out.
pub const PATH: &str = "/basemap.pmtiles";
/// What the catalogue tells of it.
#[must_use]
pub fn told(basemap: &Basemap, base: &str) -> Value {
    match basemap {
        Basemap::Style(url) => json!({ "style": url }),
        Basemap::Remote(url) => json!({ "pmtiles": url }),
        Basemap::File(_) => json!({ "pmtiles": format!("{base}{PATH}") }),
    }
}

/// The file, or a range of its bytes.
///
/// # Errors
/// 404 where there is none, 416 for a range beyond its end, 503 when too much is on its way.
pub async fn get(With(state): With<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    let Some(Basemap::File(path)) = state.settings().basemap.clone() else {
        return Err(Problem::not_found("this server has no file of a base map; see --basemap"));
    };
    let opened = tokio::task::spawn_blocking(move || {
        let file = File::open(path)?;
        let about = file.metadata()?;
        Ok::<_, std::io::Error>((file, about))
    });
    let opened = opened.await.map_err(|panic| Problem::internal(&panic))?;
    let (file, about) = opened.map_err(|error| Problem::internal(&format!("the file of --basemap: {error}")))?;
    let length = about.len();
    let changed = about.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let etag = strong(&caching::etag(&["basemap", &length.to_string(), &changed.as_nanos().to_string()]));
    let mut response = if caching::is_fresh(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match range(&headers, &etag, length) {
            Asked::All => part(&state, file, 0..length)?,
            Asked::Part(wanted) => {
                let told = format!("bytes {}-{}/{length}", wanted.start, wanted.end - 1);
                let mut response = part(&state, file, wanted)?;
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                set(&mut response, header::CONTENT_RANGE, &told);
                response
            }
            Asked::Beyond => {
                let detail = format!("the range begins beyond the end of the file, which has {length} bytes");
                let told = HeaderValue::try_from(format!("bytes */{length}"));
                let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, detail);
                return Err(told.map_or(problem.clone(), |told| problem.header(header::CONTENT_RANGE, told)));
            }
        }
    };
    let answers = response.headers_mut();
    answers.insert(header::ETAG, etag);
    answers.insert(header::CACHE_CONTROL, caching::REVALIDATE);
    answers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response.extensions_mut().insert(Route(PATH));
    Ok(response)
}

fn set(response: &mut Response, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert(name, value);
    }
}

/// The same tag for bytes that are the same to the last: ranges of one file only may be put together.
fn strong(weak: &HeaderValue) -> HeaderValue {
    let text = weak.to_str().unwrap_or_default().trim_start_matches("W/");
    HeaderValue::try_from(text).unwrap_or_else(|_| weak.clone())
}

/// Bytes of a file as an answer, which holds a piece of them.
fn part(state: &Shared, file: File, wanted: Range<u64>) -> Result<Response, Problem> {
    let length = wanted.end - wanted.start;
    let held = state.outgoing.hold(length.min(PIECE as u64)).ok_or_else(Problem::full)?;
    let file = Arc::new(Mutex::new(file));
    let mut next = wanted.start;
    let body = if length == 0 {
        Body::empty()
    } else {
        stream::body(held, move || {
            let (file, from) = (file.clone(), next);
            next = wanted.end.min(from + PIECE as u64);
            Ok(read(file, from..next, next == wanted.end))
        })
    };
    let mut response = Response::new(body);
    set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    set(&mut response, header::CONTENT_TYPE, "application/vnd.pmtiles");
    Ok(response)
}

/// A piece of a file, read on a thread that may wait for the disk.
fn read(file: Arc<Mutex<File>>, span: Range<u64>, last: bool) -> Making {
    let read = move || {
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut piece = vec![0; (span.end - span.start) as usize];
        file.seek(SeekFrom::Start(span.start))?;
        file.read_exact(&mut piece)?;
        Ok::<_, std::io::Error>(piece)
    };
    Box::pin(async move {
        let read = tokio::task::spawn_blocking(read).await.map_err(|panic| Problem::internal(&panic))?;
        let piece = read.map_err(|error| Problem::internal(&format!("the file of --basemap: {error}")))?;
        Ok((Bytes::from(piece), last))
    })
}

/// What a request asks for of a file.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Part(Range<u64>),
    Beyond,
}

/// Reads `Range`, of which one is understood; several, other units and odd texts are as none (RFC 9110). With `If-Range`
/// it counts only for this very file.
fn range(headers: &HeaderMap, etag: &HeaderValue, length: u64) -> Asked {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if headers.get(header::IF_RANGE).is_some_and(|tag| tag != etag) {
        return Asked::All;
    }
    let Some((from, to)) = text(header::RANGE).and_then(|text| text.trim().strip_prefix("bytes=")?.split_once('-'))
    else {
        return Asked::All;
    };
    let number = |text: &str| match text.trim() {
        "" => Ok(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(digits.parse().unwrap_or(u64::MAX))),
        _ => Err(()),
    };
    match (number(from), number(to)) {
        (Ok(None), Ok(Some(0))) => Asked::Beyond,
        (Ok(None), Ok(Some(last))) if length > 0 => Asked::Part(length.saturating_sub(last)..length),
        (Ok(Some(from)), Ok(to)) if to.is_none_or(|to| to >= from) => {
            let end = to.map_or(length, |to| to.saturating_add(1).min(length));
            if from < length { Asked::Part(from..end) } else { Asked::Beyond }
        }
        _ => Asked::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood_and_odd_ones_are_as_none() {
        let etag = HeaderValue::from_static("\"1\"");
        for (text, expected) in [
            ("bytes=0-126", Asked::Part(0..127)),
            ("bytes=10-", Asked::Part(10..200)),
            ("bytes=10-999", Asked::Part(10..200)),
            ("bytes=-20", Asked::Part(180..200)),
            ("bytes=-999", Asked::Part(0..200)),
            ("bytes=199-199", Asked::Part(199..200)),
            ("bytes=200-", Asked::Beyond),
            ("bytes=99999999999999999999-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::All),
            ("bytes=-", Asked::All),
            ("bytes=0-1,5-6", Asked::All),
            ("items=0-1", Asked::All),
            ("bytes=a-b", Asked::All),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_str(text).expect("a header"));
            assert_eq!(range(&headers, &etag, 200), expected, "{text}");
            headers.insert(header::IF_RANGE, etag.clone());
            assert_eq!(range(&headers, &etag, 200), expected, "{text}");
            headers.insert(header::IF_RANGE, HeaderValue::from_static("\"2\""));
            assert_eq!(range(&headers, &etag, 200), Asked::All, "{text}");
        }
        assert_eq!(range(&HeaderMap::new(), &etag, 200), Asked::All);
    }
}
