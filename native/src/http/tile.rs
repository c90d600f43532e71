//! A tile over HTTP: cached, fresh at the client, or cut on a processor; with what was left out in headers.

use super::{Problem, Route, Shared, caching, encoding::Encoding, prepare::Prepared, work::Size};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use duotile_core::{Report, TileId};
use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

const FEATURES: HeaderName = HeaderName::from_static("duotile-features");
const ROWS: HeaderName = HeaderName::from_static("duotile-rows");
const OMITTED: HeaderName = HeaderName::from_static("duotile-omitted");
const KIND: HeaderName = HeaderName::from_static("duotile-kind");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What a finished tile goes by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TileKey {
    query: Arc<str>,
    tile: TileId,
    encoding: Encoding,
}

impl TileKey {
    /// Whether it is a tile of this version of a dataset.
    #[must_use]
    pub fn is_of(&self, version: &str) -> bool {
        self.query.contains(version)
    }
}

/// A finished tile.
#[derive(Debug)]
pub struct Finished {
    /// Its bytes, encoded; none for an empty tile.
    pub bytes: Bytes,
    encoding: Encoding,
    report: Report,
    timing: String,
}

/// Answers with a tile: 200, 204 when it is empty, 304 when the client has it.
///
/// # Errors
/// 503 when too many wait, 500 when cutting fails.
pub async fn answer(
    state: &Shared,
    prepared: Arc<Prepared>,
    tile: TileId,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let etag = caching::etag(&[&prepared.key, &tile.to_string()]);
    let policy = caching::policy(query, prepared.entry.dataset.version());
    if caching::is_fresh(headers, &etag) {
        return Ok(dress(StatusCode::NOT_MODIFIED.into_response(), etag, policy));
    }
    let key = TileKey { query: prepared.key.clone(), tile, encoding: Encoding::negotiate(headers) };
    let (finished, hit) = if state.settings().limits.tile_memory == 0 {
        (cut(state, prepared, &key).await?, None)
    } else {
        match state.tiles.get_value_or_guard_async(&key).await {
            Ok(finished) => (finished, Some(true)),
            Err(guard) => {
                let finished = cut(state, prepared, &key).await?;
                let _ = guard.insert(finished.clone());
                (finished, Some(false))
            }
        }
    };
    if let Some(hit) = hit {
        state.metrics.looked("tiles", hit);
    }
    let timing = if hit == Some(true) { "cache;desc=hit" } else { &finished.timing };
    Ok(dress(respond(&finished, timing), etag, policy))
}

async fn cut(state: &Shared, prepared: Arc<Prepared>, key: &TileKey) -> Result<Arc<Finished>, Problem> {
    let (tile, encoding) = (key.tile, key.encoding);
    let asked = Instant::now();
    let here = state.clone();
    let finished = state.pool.run(Size::Short, move |cancel| {
        let wait = asked.elapsed();
        let mut out = Vec::new();
        let go_on = || cancel.check().map_err(Failed::from);
        let cut = here.masks.cut(&prepared.entry.dataset, &prepared.plan, tile, go_on, &mut out)?;
        here.metrics.cut(cut.tile.as_secs_f64(), out.len(), cut.report.features as usize);
        cancel.check()?;
        let start = Instant::now();
        let (encoding, bytes) = encoding.encode(out, 1);
        let mut timing = String::new();
        let steps = [("wait", wait), ("mask", cut.mask), ("tile", cut.tile), ("pack", start.elapsed())];
        for (name, time) in steps.into_iter().filter(|(_, time)| *time >= Duration::from_micros(5)) {
            let comma = if timing.is_empty() { "" } else { ", " };
            let _ = write!(timing, "{comma}{name};dur={:.2}", time.as_secs_f64() * 1e3);
        }
        Ok(Finished { bytes: bytes.into(), encoding, report: cut.report, timing })
    });
    finished.await.map(Arc::new)
}

/// Why a tile was not cut.
struct Failed(Problem);

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self(Problem::internal(&format!("{error:#}")))
    }
}

impl From<super::work::Gone> for Failed {
    fn from(gone: super::work::Gone) -> Self {
        Self(gone.into())
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        failed.0
    }
}

fn respond(finished: &Finished, timing: &str) -> Response {
    let mut response = Response::new(Body::from(finished.bytes.clone()));
    let Report { features, rows, omitted, cells } = finished.report;
    let headers = response.headers_mut();
    headers.insert(FEATURES, features.into());
    headers.insert(ROWS, rows.into());
    headers.insert(OMITTED, omitted.into());
    if let Ok(timing) = HeaderValue::from_str(timing) {
        headers.insert(SERVER_TIMING, timing);
    }
    if features == 0 {
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    headers.insert(KIND, HeaderValue::from_static(if cells { "cells" } else { "rows" }));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.mapbox-vector-tile"));
    if let Some(encoding) = finished.encoding.header() {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// What every answer about a tile says: its tag, how long it holds, and that its encoding was negotiated.
fn dress(mut response: Response, etag: HeaderValue, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, policy);
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response.extensions_mut().insert(Route("/tiles/{dataset}/{z}/{x}/{y}.mvt"));
    response
}
