//! The rows behind a cell, a tile, a box or a filter: GeoJSON or plain JSON, a page at a time, in the order of the map.

use super::{Problem, Shared, answer::json, caching, datasets, encoding, params::Params};
use crate::{
    engine::schema_of,
    percent,
    told::page::{self, PageFormat},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use duotile_core::{MAX_PAGE, Within, cell_keys, h3};

/// Rows.
///
/// # Errors
/// 403 where rows are not to leave, 400 for odd parameters, 404 for no such dataset and for an archive.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = datasets::named(&state, Some(&id))?;
    schema_of(&entry)?;
    if !entry.rows {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("the rows of {id} are not given out here")));
    }
    let params = Params::new(uri.query(), &["limit", "offset", "f", "tile", "cell", "h3"])?;
    let (limit, offset) = (params.number("limit", 100, 0..=MAX_PAGE)?, params.number("offset", 0, 0..=usize::MAX)?);
    let format = match params.text("f") {
        None | Some("geojson") => PageFormat::GeoJson,
        Some("json") => PageFormat::Json,
        Some(other) => return Err(Problem::parameter("f", format!("got \"{other}\", expected geojson or json"))),
    };
    let within = Within {
        tile: params.tile("tile")?,
        keys: params.text("cell").map(keys).transpose()?,
        hexagon: params.text("h3").map(hexagon).transpose()?,
    };
    let fitted = state.engine.fit_text(&entry, None, &params.rest).await?;
    let base = state.base(&headers);
    let coding = encoding::negotiate(&headers);
    let packed = state.engine.page(&fitted, within, (offset, limit), move |fitted, page, work| {
        let (id, rest) = (percent::encode(&id), params.without("offset"));
        let link = |offset| format!("{base}/datasets/{id}/rows?{rest}&offset={offset}");
        let body = page::text(fitted, page, offset, format, link);
        work.pay(0)?;
        Ok(coding.pack(body.into_bytes(), 1, work)?)
    });
    let packed = packed.await?;
    let mut response = json(format.media_type(), packed.bytes);
    encoding::told(packed.coding, response.headers_mut());
    caching::versioned(&entry, response.headers_mut());
    Ok(response)
}

/// First and last key of a cell, by its id.
fn keys(text: &str) -> Result<(u64, u64), Problem> {
    let keys = text.parse().ok().and_then(cell_keys);
    keys.ok_or_else(|| Problem::parameter("cell", format!("\"{text}\" is no id of a cell in a tile")))
}

/// A cell of H3, by its index.
fn hexagon(text: &str) -> Result<h3::Cell, Problem> {
    h3::Cell::parse(text).ok_or_else(|| {
        Problem::parameter("h3", format!("\"{text}\" is no cell of H3, expected an index such as 8928308280fffff"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_told_by_its_number() {
        assert_eq!(keys("1"), Ok((0, u64::MAX)));
        for odd in ["0", "2", "-1", "x", "3", ""] {
            assert!(keys(odd).is_err(), "{odd}");
        }
    }
}
