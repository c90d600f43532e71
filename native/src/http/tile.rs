//! A tile over HTTP: cached, fresh at the client, or cut on a processor; with what was left out in headers.

use super::{Problem, Shared, answer::Route, caching, encoding};
use crate::{
    cache::Place,
    engine::{
        Fitted,
        finished::{Tile, Times},
        pack::Packed,
        tile::Came,
    },
    format::Format,
};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use duotile_core::{Report, TileId};
use std::{fmt::Write as _, sync::Arc, time::Duration};

const FEATURES: HeaderName = HeaderName::from_static("duotile-features");
const ROWS: HeaderName = HeaderName::from_static("duotile-rows");
const OMITTED: HeaderName = HeaderName::from_static("duotile-omitted");
const KIND: HeaderName = HeaderName::from_static("duotile-kind");
const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Answers with a tile: 200, 204 when it is empty, 304 when the client has it.
///
/// # Errors
/// 503 when too many wait.
pub async fn answer(
    state: &Shared,
    fitted: Arc<Fitted>,
    (tile, format): (TileId, Format),
    (query, headers): (Option<&str>, &HeaderMap),
    place: Option<Place>,
) -> Result<Response, Problem> {
    let etag = caching::etag(&[&fitted.key, &tile.to_string(), format.ending()]);
    let source = &fitted.entry.source;
    let policy = source.ages().map_or_else(|| caching::policy(query, source.version()), caching::aging);
    if caching::is_fresh(headers, &etag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        encoding::vary(response.headers_mut());
        return Ok(dress(response, format, etag, policy));
    }
    if let Some(archive) = fitted.entry.low.as_ref().and_then(|low| low.has(tile.z(), fitted.plan.canonical())) {
        let packed = state.engine.archived(archive, tile, encoding::accepted(headers)).await?;
        file(state, place, tile, packed.as_ref());
        return Ok(dress(finished(packed, format), format, etag, policy));
    }
    let (made, came) = state.engine.tile(&fitted, (tile, format), encoding::negotiate(headers)).await?;
    if came == Came::Made {
        state.metrics.cut(made.times.cut.as_secs_f64(), made.size, made.report.features as usize);
    }
    file(state, place, tile, (made.report.features > 0).then_some(&made.packed));
    Ok(dress(respond(&made, came, format), format, etag, policy))
}

/// Has a tile written as a file, where its address has a place and something is in it.
pub(super) fn file(state: &Shared, place: Option<Place>, tile: TileId, packed: Option<&Packed>) {
    if let (Some(files), Some(place), Some(packed)) = (state.files.get(), place, packed) {
        files.offer(&place, tile, packed);
    }
}

/// A tile that lay in an archive; none where it has none.
pub(super) fn finished(packed: Option<Packed>, format: Format) -> Response {
    let Some(packed) = packed else {
        let mut response = StatusCode::NO_CONTENT.into_response();
        encoding::vary(response.headers_mut());
        return response;
    };
    let mut response = Response::new(Body::from(packed.bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    encoding::told(packed.coding, headers);
    response
}

/// The steps of making a tile that took any time.
fn timing(times: &Times) -> String {
    let mut out = String::new();
    let steps = [("wait", times.wait), ("mask", times.select), ("tile", times.cut), ("pack", times.pack)];
    for (name, time) in steps.into_iter().filter(|(_, time)| *time >= Duration::from_micros(5)) {
        let comma = if out.is_empty() { "" } else { ", " };
        let _ = write!(out, "{comma}{name};dur={:.2}", time.as_secs_f64() * 1e3);
    }
    out
}

fn respond(tile: &Tile, came: Came, format: Format) -> Response {
    let mut response = Response::new(Body::from(tile.packed.bytes.clone()));
    let Report { features, rows, omitted, cells, .. } = tile.report;
    let headers = response.headers_mut();
    headers.insert(FEATURES, features.into());
    headers.insert(ROWS, rows.into());
    headers.insert(OMITTED, omitted.into());
    let timing = match came {
        Came::Found => Ok(HeaderValue::from_static("cache;desc=hit")),
        Came::Made => HeaderValue::try_from(timing(&tile.times)),
    };
    if let Ok(timing) = timing {
        headers.insert(SERVER_TIMING, timing);
    }
    if features == 0 {
        encoding::vary(headers);
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    headers.insert(KIND, HeaderValue::from_static(if cells { "cells" } else { "rows" }));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    encoding::told(tile.packed.coding, headers);
    response
}

/// What every answer about a tile says: its tag, and how long it holds.
pub(super) fn dress(mut response: Response, format: Format, etag: HeaderValue, policy: HeaderValue) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, policy);
    response.extensions_mut().insert(Route(format.route()));
    response
}
