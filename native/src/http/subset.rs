//! The filtered rows as an Arrow IPC stream, to take along; see [`crate::told::subset`] for what is in it.

use super::{Problem, Shared, caching, datasets, encoding};
use crate::{percent, told::subset};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

const ROWS: HeaderName = HeaderName::from_static("duotile-rows");

/// A subset.
///
/// # Errors
/// 413 for more rows, with their count, or more bytes than are given out, 403 where subsets are not to leave.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = datasets::named(&state, Some(&id))?;
    if !entry.subset {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("subsets of {id} are not given out here")));
    }
    let fitted = state.engine.fit_text(&entry, None, uri.query().unwrap_or("")).await?;
    let policy = caching::policy(uri.query(), entry.source.version());
    let etag = caching::etag(&["subset", &fitted.key]);
    let mut response = if caching::is_fresh(&headers, &etag) {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        encoding::vary(response.headers_mut());
        response
    } else {
        let coding = encoding::negotiate(&headers);
        let limits = state.settings().limits.clone();
        let (count, packed) = state
            .engine
            .all_rows(&fitted, limits.max_subset, move |fitted, selected, count, work| {
                let body = subset::of(fitted, selected, limits.outgoing, work)?;
                work.pay(0)?;
                Ok((count, coding.pack(body, 1, work)?))
            })
            .await?;
        let mut response = Response::new(packed.bytes.into());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.apache.arrow.stream"));
        headers.insert(ROWS, count.into());
        if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{}.arrow\"", percent::encode(&id))) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        encoding::told(packed.coding, headers);
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, policy);
    Ok(response)
}
