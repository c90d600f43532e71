//! The filtered rows as an Arrow IPC stream, to take along; see [`crate::told::subset`] for what is in it.

use super::{
    Problem, Shared, caching,
    document::failed,
    encoding::Encoding,
    prepare, tiles,
    work::{Cancel, Size},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

const ROWS: HeaderName = HeaderName::from_static("duotile-rows");

/// A subset.
///
/// # Errors
/// 413 with the count for more rows than are given out, 403 where subsets are not to leave.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = tiles::dataset(&state, Some(&id))?;
    if !entry.subset {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("subsets of {id} are not given out here")));
    }
    let prepared = prepare::prepare(&state, &entry, None, uri.query()).await?;
    let encoding = Encoding::negotiate(&headers);
    let policy = caching::policy(uri.query(), entry.dataset.version());
    let etag = caching::etag(&["subset", &prepared.key]);
    let mut response = if caching::is_fresh(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let here = state.clone();
        let work = move |cancel: &Cancel| {
            let dataset = &entry.dataset;
            let (selected, _) = here.masks.select(dataset, &prepared.plan).map_err(|error| failed(&error))?;
            cancel.check()?;
            let mask = selected.mask.as_deref();
            let count = mask.map_or(dataset.len(), duotile_core::Mask::total);
            let most = here.settings().limits.max_subset;
            if count > most {
                let detail = format!("{count} rows pass the filter, expected at most {most}; a narrower filter helps");
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).count(count));
            }
            let all: Vec<u32> = match mask {
                Some(mask) => mask.rows(0..dataset.len()).map(|row| row as u32).collect(),
                None => (0..dataset.len() as u32).collect(),
            };
            cancel.check()?;
            let columns = dataset.with_points(|points| {
                let mut columns = prepared.query.told_columns(&prepared.plan, &points);
                // Without these, ids and what `datetime` speaks of would be others than here.
                let roles = [points.roles().id, points.roles().time];
                columns.extend(roles.into_iter().flatten());
                columns.sort_unstable();
                columns.dedup();
                columns
            });
            let body = crate::told::subset::write(dataset, &all, &columns, prepared.plan.filter_text());
            let body = body.map_err(|error| failed(&error))?;
            cancel.check()?;
            Ok((count, encoding.encode(body, 1)))
        };
        let (count, (used, body)) = state.pool.run(Size::Long, work).await?;
        let mut response = Response::new(body.into());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.apache.arrow.stream"));
        headers.insert(ROWS, count.into());
        if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{}.arrow\"", super::urls::encode(&id)))
        {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        if let Some(used) = used.header() {
            headers.insert(header::CONTENT_ENCODING, used);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, policy);
    headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Ok(response)
}
