//! All rows that pass a query as a file of text, CSV or GeoJSON, in the order of the map.
//!
//! A file may be larger than memory, so it is never whole: each piece is written when the connection can take it, on a
//! processor, and nothing waits but the place of the next row. Between pieces no thread is held; who goes away ends it.

use super::{Problem, Shared, datasets, encoding, file, outgoing::PIECE};
use crate::{
    engine::pack::Packer,
    percent,
    told::{row_file::RowFile, row_text::RowFormat},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::Response,
};

const ROWS: HeaderName = HeaderName::from_static("duotile-rows");

/// About what a file on its way holds beside the memory of its compression: a piece.
const HOLDS: u64 = 2 * PIECE as u64;

/// The rows as CSV.
///
/// # Errors
/// 403 where rows are not to leave, 400 for odd parameters, 404 for no such dataset.
pub async fn csv(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(state, &id, RowFormat::Csv, &uri, &headers).await
}

/// The rows as GeoJSON.
///
/// # Errors
/// As [`csv`].
pub async fn geojson(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    answer(state, &id, RowFormat::GeoJson, &uri, &headers).await
}

async fn answer(
    state: Shared,
    id: &str,
    format: RowFormat,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let entry = datasets::named(&state, Some(id))?;
    if !entry.rows {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("the rows of {id} are not given out here")));
    }
    let fitted = state.engine.fit_text(&entry, None, uri.query().unwrap_or("")).await?;
    let packer = Packer::new(encoding::negotiate(headers)).map_err(|error| Problem::internal(&error))?;
    let held = state.outgoing.hold(HOLDS + packer.holds()).ok_or_else(Problem::full)?;
    let used = packer.coding();
    let count = state.engine.all_rows(&fitted, usize::MAX, |_, _, count, _| Ok(count)).await?;
    let mut response = Response::new(file::body(state, entry, held, RowFile::new(fitted, format), packer));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(ROWS, count.into());
    let name = format!("attachment; filename=\"{}.{}\"", percent::encode(id), format.ending());
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    // Too large to be kept anywhere.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    encoding::told(used, headers);
    Ok(response)
}
