//! All rows that pass a query as a file of text, CSV or GeoJSON, in the order of the map.
//!
//! A file may be larger than memory, so it is never whole: each piece is written when the connection can take it, on a
//! processor, and nothing waits but the place of the next row. Between pieces no thread is held; who goes away ends it.

use super::{
    Problem, Shared,
    document::failed,
    encoding::{Encoding, Packer},
    outgoing::PIECE,
    prepare::{self, Prepared},
    row_text::{Format, RowText},
    stream::{self, Making},
    tiles,
    work::{Cancel, Size},
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

/// Rows that are tested at once.
const CHUNK: usize = 1 << 12;
/// Rows that a piece looks at, should none of them pass.
const LOOKS: usize = 1 << 22;
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
    answer(state, &id, Format::Csv, &uri, &headers).await
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
    answer(state, &id, Format::GeoJson, &uri, &headers).await
}

async fn answer(state: Shared, id: &str, format: Format, uri: &Uri, headers: &HeaderMap) -> Result<Response, Problem> {
    let entry = tiles::dataset(&state, Some(id))?;
    if !entry.rows {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("the rows of {id} are not given out here")));
    }
    let prepared = prepare::prepare(&state, &entry, None, uri.query()).await?;
    let held = state.outgoing.hold(HOLDS).ok_or_else(Problem::full)?;
    let packer = Packer::new(Encoding::negotiate(headers)).map_err(|error| Problem::internal(&error))?;
    let used = packer.encoding().header();
    let (here, fitted) = (state.clone(), prepared);
    let work = move |cancel: &Cancel| {
        let dataset = &fitted.entry.dataset;
        let (selected, _) = here.masks.select(dataset, &fitted.plan).map_err(|error| failed(&error))?;
        cancel.check()?;
        let count = selected.mask.as_deref().map_or(dataset.len(), duotile_core::Mask::total);
        let columns = dataset.with_points(|points| fitted.query.told_columns(&fitted.plan, &points));
        let text = dataset.with_points(|points| RowText::new(format, &points, columns));
        Ok((count, File { prepared: fitted, text, packer, next: 0, told: 0, done: false }))
    };
    let (count, file) = state.pool.run(Size::Long, work).await?;
    let file = Arc::new(Mutex::new(file));
    // When the dataset was first seen to be replaced.
    let mut replaced: Option<Instant> = None;
    let body = stream::body(held, move || {
        let gone = !state.catalog.holds(&entry);
        if gone && replaced.get_or_insert_with(Instant::now).elapsed() > GRACE {
            return Err(Problem::new(StatusCode::GONE, "the rows of a download were replaced some time ago"));
        }
        Ok(piece(state.clone(), file.clone()))
    });
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.kind()));
    headers.insert(ROWS, count.into());
    let name = format!("attachment; filename=\"{}.{}\"", super::urls::encode(id), format.ending());
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    if let Some(used) = used {
        headers.insert(header::CONTENT_ENCODING, used);
    }
    // Too large to be kept anywhere.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Ok(response)
}

/// How far a file is written.
struct File {
    prepared: Arc<Prepared>,
    text: RowText,
    packer: Packer,
    /// The first row that was not looked at.
    next: usize,
    /// Rows that were written.
    told: usize,
    done: bool,
}

impl File {
    /// The next piece, which may be empty, and whether it is the last.
    ///
    /// The filter is asked again for each chunk, so that no mask is held for a client that takes hours.
    fn piece(&mut self, cancel: &Cancel) -> Result<(Bytes, bool), Problem> {
        let Self { prepared, text, next, told, done, .. } = self;
        let mut out = Vec::with_capacity(PIECE + PIECE / 4);
        prepared.entry.dataset.with_points(|points| {
            if *next == 0 {
                text.start(&mut out);
            }
            let stop = points.len().min(*next + LOOKS);
            while *next < stop && out.len() < PIECE {
                cancel.check()?;
                let chunk = *next..stop.min(*next + CHUNK);
                let mask =
                    prepared.plan.filter().and_then(|filter| filter.mask(&points, chunk.clone(), &Work::free()).ok());
                for row in chunk {
                    if out.len() >= PIECE {
                        break;
                    }
                    if mask.as_ref().is_none_or(|mask| mask.get(row)) {
                        text.row(&mut out, &points, row, *told == 0);
                        *told += 1;
                    }
                    *next = row + 1;
                }
            }
            if *next == points.len() {
                text.end(&mut out);
                *done = true;
            }
            Ok::<_, super::work::Gone>(())
        })?;
        let body = self.packer.push(out, self.done).map_err(|error| Problem::internal(&error))?;
        Ok((body.into(), self.done))
    }
}

/// The next piece of a file that is not empty.
fn piece(state: Shared, file: Arc<Mutex<File>>) -> Making {
    Box::pin(async move {
        let asked = Instant::now();
        loop {
            let file = file.clone();
            let job = move |cancel: &Cancel| file.lock().unwrap_or_else(PoisonError::into_inner).piece(cancel);
            match state.pool.run(Size::Long, job).await {
                Ok((bytes, false)) if bytes.is_empty() => {}
                // Half a file is worth little: it waits longer than others for its turn.
                Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE && asked.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                other => return other,
            }
        }
    })
}
