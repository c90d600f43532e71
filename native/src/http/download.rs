//! All rows that pass a query as a file of text, CSV or GeoJSON, in the order of the map.
//!
//! A file may be larger than memory, so it is never whole: each piece is written when the connection can take it, on a
//! processor, and nothing waits but the place of the next row. Between pieces no thread is held; who goes away ends it.

use super::{
    Problem, Shared, datasets, encoding,
    outgoing::PIECE,
    stream::{self, Making},
};
use crate::{
    engine::{Refusal, Size, pack::Packer},
    percent,
    told::{row_file::RowFile, row_text::RowFormat},
};
use axum::{
    body::Bytes,
    extract::{Path, State as With},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::Response,
};
use duotile_core::Work;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const ROWS: HeaderName = HeaderName::from_static("duotile-rows");

/// About what a file on its way holds: a piece, and the memory of its compression.
const HOLDS: u64 = 2 << 20;
/// How long a piece may wait for a processor before the file is broken off.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long the rows of a dataset that was replaced are held for a file that is not done.
const GRACE: Duration = Duration::from_mins(5);

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
    let held = state.outgoing.hold(HOLDS).ok_or_else(Problem::full)?;
    let packer = Packer::new(encoding::negotiate(headers)).map_err(|error| Problem::internal(&error))?;
    let used = packer.coding();
    let count = state.engine.all_rows(&fitted, usize::MAX, |_, _, count, _| Ok(count)).await?;
    let file = Arc::new(Mutex::new(File { rows: RowFile::new(fitted, format), packer }));
    // When the dataset was first seen to be replaced.
    let mut replaced: Option<Instant> = None;
    let body = stream::body(held, move || {
        let gone = entry.edition.has_ended();
        if gone && replaced.get_or_insert_with(Instant::now).elapsed() > GRACE {
            return Err(Problem::new(StatusCode::GONE, "the rows of a download were replaced some time ago"));
        }
        Ok(piece(state.clone(), file.clone()))
    });
    let mut response = Response::new(body);
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

/// A file with what compresses it.
struct File {
    rows: RowFile,
    packer: Packer,
}

impl File {
    /// The next piece, which may be empty, and whether it is the last.
    fn piece(&mut self, work: &Work<'_>) -> Result<(Bytes, bool), Refusal> {
        let (piece, last) = self.rows.piece(PIECE, work)?;
        let body = self.packer.push(piece, last).map_err(|error| Refusal::failed(&error))?;
        Ok((body.into(), last))
    }
}

/// The next piece of a file that is not empty.
fn piece(state: Shared, file: Arc<Mutex<File>>) -> Making {
    Box::pin(async move {
        let asked = Instant::now();
        loop {
            let file = file.clone();
            let job = move |work: &Work<'_>| file.lock().unwrap_or_else(PoisonError::into_inner).piece(work);
            match state.engine.pool.run(Size::Long, job).await {
                Ok((bytes, false)) if bytes.is_empty() => {}
                // Half a file is worth little: it waits longer than others for its turn.
                Err(Refusal::Busy | Refusal::Late) if asked.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                other => return other.map_err(Problem::from),
            }
        }
    })
}
