//! The rows behind a cell, a tile, a box or a filter: GeoJSON or plain JSON, a page at a time, in the order of the map.
//!
//! Ids are those of tiles. Times are ISO 8601 in UTC; integers beyond ±(2⁵³ − 1) are texts.

use super::{
    Problem, Shared,
    document::failed,
    encoding::Encoding,
    facts::{self, Times},
    json,
    params::Params,
    prepare, tiles, urls,
    work::{Cancel, Size},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::Response,
};
use duotile_core::{MAX_PAGE, Page, Plain, Points, Within, cell_keys};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Rows.
///
/// # Errors
/// 403 where rows are not to leave, 400 for odd parameters, 404 for no such dataset.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = tiles::dataset(&state, Some(&id))?;
    if !entry.rows {
        return Err(Problem::new(StatusCode::FORBIDDEN, format!("the rows of {id} are not given out here")));
    }
    let params = Params::new(uri.query(), &["limit", "offset", "f", "tile", "cell"])?;
    let (limit, offset) = (params.number("limit", 100, 0..=MAX_PAGE)?, params.number("offset", 0, 0..=usize::MAX)?);
    let geojson = match params.text("f") {
        None | Some("geojson") => true,
        Some("json") => false,
        Some(other) => return Err(Problem::parameter("f", format!("got \"{other}\", expected geojson or json"))),
    };
    let (tile, keys) = (params.tile("tile")?, params.text("cell").map(keys).transpose()?);
    let prepared = prepare::prepare(&state, &entry, None, Some(&params.rest)).await?;
    let base = state.base(&headers);
    let encoding = Encoding::negotiate(&headers);
    let here = state.clone();
    let work = move |cancel: &Cancel| {
        let (selected, _) = here.masks.select(&entry.dataset, &prepared.plan).map_err(|error| failed(&error))?;
        cancel.check()?;
        let mask = selected.mask.as_deref();
        let body = entry.dataset.with_points(|points| {
            let Page { rows: page, matched } = Page::of(&points, mask, Within { tile, keys }, offset, limit);
            let next = (offset.saturating_add(page.len()) < matched && !page.is_empty()).then(|| {
                let id = urls::encode(&id);
                format!("{base}/datasets/{id}/rows?{}&offset={}", params.without("offset"), offset + page.len())
            });
            let columns = prepared.query.told_columns(&prepared.plan, &points);
            if geojson {
                features(&points, &columns, &page, matched, next)
            } else {
                objects(&points, &columns, &page, matched, next)
            }
        });
        cancel.check()?;
        Ok(encoding.encode(body.into_bytes(), 1))
    };
    let (used, body) = state.pool.run(Size::Short, work).await?;
    let mut response = json(if geojson { "application/geo+json" } else { "application/json" }, body);
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(used) = used.header() {
        response.headers_mut().insert(header::CONTENT_ENCODING, used);
    }
    Ok(response)
}

/// First and last key of a cell, by its id.
fn keys(text: &str) -> Result<(u64, u64), Problem> {
    let keys = text.parse().ok().and_then(cell_keys);
    keys.ok_or_else(|| Problem::parameter("cell", format!("\"{text}\" is no id of a cell in a tile")))
}

fn features(points: &Points<'_>, columns: &[usize], page: &[usize], matched: usize, next: Option<String>) -> String {
    let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (i, &row) in page.iter().enumerate() {
        let (lon, lat) = points.degrees(row);
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(
            out,
            "{comma}\n{{\"type\":\"Feature\",\"id\":{},\"geometry\":{{\"type\":\"Point\",\"coordinates\":[{lon},{lat}]}},\"properties\":{{",
            points.id(row)
        );
        members(&mut out, points, columns, row, true);
        out.push_str("}}");
    }
    let links: Vec<Value> =
        next.map(|href| json!({ "rel": "next", "type": "application/geo+json", "href": href })).into_iter().collect();
    let _ = write!(
        out,
        "],\n\"numberMatched\":{matched},\"numberReturned\":{},\"links\":{}}}\n",
        page.len(),
        Value::Array(links)
    );
    out
}

fn objects(points: &Points<'_>, columns: &[usize], page: &[usize], matched: usize, next: Option<String>) -> String {
    let mut out = String::from("{\"rows\":[");
    for (i, &row) in page.iter().enumerate() {
        let (lon, lat) = points.degrees(row);
        let comma = if i > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\n{{\"_id\":{},\"_lon\":{lon},\"_lat\":{lat}", points.id(row));
        members(&mut out, points, columns, row, false);
        out.push('}');
    }
    let next = next.map_or(Value::Null, Value::String);
    let _ = write!(out, "],\n\"numberMatched\":{matched},\"numberReturned\":{},\"next\":{next}}}\n", page.len());
    out
}

/// `"name":value` of each column, in their order.
fn members(out: &mut String, points: &Points<'_>, columns: &[usize], row: usize, mut first: bool) {
    for &index in columns {
        let column = &points.columns()[index];
        let comma = if first { "" } else { "," };
        first = false;
        let _ = write!(out, "{comma}{}:{}", json!(column.name), facts::plain(Plain::cell(column, row, Times::Iso)));
    }
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
