//! The filtered rows as an Arrow IPC stream, to take along; see [`crate::told::subset`] for what is in it.

use super::{Problem, Shared, caching, datasets, encoding, file};
use crate::{
    engine::{pack::Packer, rows_of},
    percent,
    told::subset::{Contents, Subset},
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
/// 413 for more rows than are given out, with their count, 403 where subsets are not to leave.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = datasets::named(&state, Some(&id))?;
    rows_of(&entry)?;
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
        let most = state.settings().limits.max_subset;
        let (count, contents) = state
            .engine
            .all_rows(&fitted, most, |fitted, selected, count, work| Ok((count, Contents::of(fitted, selected, work)?)))
            .await?;
        let packer = Packer::new(encoding::negotiate(&headers)).map_err(|error| Problem::internal(&error))?;
        let held = state.outgoing.hold(contents.holds() + packer.holds()).ok_or_else(Problem::full)?;
        let used = packer.coding();
        let mut response = Response::new(file::body(state, entry, held, Subset::new(fitted, contents), packer));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.apache.arrow.stream"));
        headers.insert(ROWS, count.into());
        if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{}.arrow\"", percent::encode(&id))) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        encoding::told(used, headers);
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, policy);
    Ok(response)
}
