//! All rows that pass a query as a file, in the order of the map.
//!
//! A file may be larger than memory, so it is never whole: each piece is written when the connection can take it, on a
//! processor, and nothing waits but the place of the next row. Between pieces no thread is held; who goes away ends it.

use super::{Problem, Shared, datasets, encoding, file, outgoing::PIECE};
use crate::{
    engine::{
        pack::{Coding, Packer},
        schema_of,
    },
    percent,
    told::rows::{self, RowFile, RowFormat},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::Response,
    routing::{MethodRouter, get},
};

const ROWS: HeaderName = HeaderName::from_static("duotile-rows");

/// About what a file on its way holds beside the memory of its compression: a piece.
const HOLDS: u64 = 2 * PIECE as u64;

/// Bytes that the index of one file may take while it is made.
const INDEX: u64 = 64 << 20;

/// Answers with the rows in a format: 403 where rows are not to leave, 400 for odd parameters, 404 for no such dataset.
pub fn rows(format: RowFormat) -> MethodRouter<Shared> {
    get(move |With(state): With<Shared>, Path(id): Path<String>, uri: Uri, headers: HeaderMap| async move {
        answer(state, &id, format, &uri, &headers).await
    })
}

async fn answer(
    state: Shared,
    id: &str,
    format: RowFormat,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let entry = datasets::named(&state, Some(id))?;
    schema_of(&entry)?;
    if !entry.rows {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("the rows of {id} are not given out here")));
    }
    let query = uri.query().unwrap_or("");
    rows::check(query)?;
    let fitted = state.engine.fit_text(&entry, None, query).await?;
    let fitted = state.engine.here(&fitted, state.settings().limits.max_subset).await?;
    let coding = if format.is_packed() { Coding::Identity } else { encoding::negotiate(headers) };
    let packer = Packer::new(coding).map_err(|error| Problem::internal(&error))?;
    let used = packer.coding();
    let count = state.engine.all_rows(&fitted, usize::MAX, |_, _, count, _| Ok(count)).await?;
    let entry = fitted.entry.clone();
    let rows = RowFile::new(fitted, format, count, INDEX);
    let held = state.outgoing.hold(HOLDS + rows.holds() + packer.holds()).ok_or_else(Problem::full)?;
    let mut response = Response::new(file::body(state, entry, held, rows, packer));
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
