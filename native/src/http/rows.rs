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
    prepare::{self, Prepared},
    tiles, urls,
    work::{Cancel, Size},
};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::Response,
};
use duotile_core::{Mask, Points, Properties, Source, mercator, morton};
use serde_json::{Value, json};
use std::{fmt::Write as _, ops::Range};

/// Most rows of a page.
const MAX_PAGE: usize = 10_000;

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
    let (tile, cell) = (params.tile("tile")?, params.text("cell").map(cell_keys).transpose()?);
    let prepared = prepare::prepare(&state, &entry, None, Some(&params.rest)).await?;
    let base = state.settings.origin.base(&headers);
    let encoding = Encoding::negotiate(&headers);
    let here = state.clone();
    let work = move |cancel: &Cancel| {
        let (selected, _) = here.masks.select(&entry.dataset, &prepared.plan).map_err(|error| failed(&error))?;
        cancel.check()?;
        let mask = selected.mask.as_deref();
        let body = entry.dataset.with_points(|points| {
            let mut range = tile.map_or(0..points.len(), |tile| points.range(tile));
            if let Some((lo, hi)) = cell {
                let keys = points.keys();
                let within = keys.partition_point(|&key| key < lo)..keys.partition_point(|&key| key <= hi);
                range = range.start.max(within.start)..range.end.min(within.end);
            }
            let range = range.start..range.end.max(range.start);
            let matched = mask.map_or(range.len(), |mask| mask.count(range.clone()));
            let page = page(mask, range, offset, limit);
            let next = (offset.saturating_add(page.len()) < matched && !page.is_empty()).then(|| {
                let id = urls::encode(&id);
                format!("{base}/datasets/{id}/rows?{}&offset={}", params.without("offset"), offset + page.len())
            });
            let columns = columns(&prepared);
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

/// First and last key of a cell, by its id: a marker bit in front of its Morton code.
fn cell_keys(text: &str) -> Result<(u64, u64), Problem> {
    let id = text.parse::<u64>().ok().filter(|id| *id > 0 && id.ilog2().is_multiple_of(2));
    let id = id.ok_or_else(|| Problem::parameter("cell", format!("\"{text}\" is no id of a cell in a tile")))?;
    let bits = id.ilog2();
    let lo = (id ^ 1 << bits).checked_shl(64 - bits).unwrap_or(0);
    Ok((lo, lo | u64::MAX.checked_shr(bits).unwrap_or(0)))
}

/// The rows of a page.
fn page(mask: Option<&Mask>, range: Range<usize>, offset: usize, limit: usize) -> Vec<usize> {
    match mask {
        Some(mask) => {
            // By ranks, so that a late page costs no more than the first.
            let (mut low, mut high) = (range.start, range.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if mask.count(range.start..middle + 1) <= offset { low = middle + 1 } else { high = middle }
            }
            mask.rows(low..range.end).take(limit).collect()
        }
        None => range.skip(offset).take(limit).collect(),
    }
}

/// The columns that were asked for; all of them unless said.
#[must_use]
pub fn columns(prepared: &Prepared) -> Vec<usize> {
    if prepared.query.properties == Properties::Default {
        return (0..prepared.entry.dataset.with_points(|points| points.columns().len())).collect();
    }
    let sources = prepared.plan.properties().iter();
    sources.filter_map(|p| if let Source::Column(column) = p.source { Some(column) } else { None }).collect()
}

fn features(points: &Points<'_>, columns: &[usize], page: &[usize], matched: usize, next: Option<String>) -> String {
    let mut out = String::from("{\"type\":\"FeatureCollection\",\"features\":[");
    for (i, &row) in page.iter().enumerate() {
        let (lon, lat) = degrees(points, row);
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
        let (lon, lat) = degrees(points, row);
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
        let _ = write!(out, "{comma}{}:{}", json!(column.name), facts::cell(column, row, Times::Iso));
    }
}

/// The position of a row to about a centimetre.
fn degrees(points: &Points<'_>, row: usize) -> (f64, f64) {
    let (lon, lat) = mercator::unproject(morton::position(points.keys()[row]));
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    (round(lon), round(lat))
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::TileId;

    #[test]
    fn every_page_of_a_mask_is_what_skipping_gives() {
        let words =
            (0..40u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) & i.rotate_left(7).wrapping_mul(31)).collect();
        let mask = Mask::new(0..40 * 64, words);
        for range in [0..2560, 100..2000, 700..701, 64..64] {
            for offset in [0, 1, 5, 63, 200, 10_000] {
                let expected: Vec<usize> = mask.rows(range.clone()).skip(offset).take(7).collect();
                assert_eq!(page(Some(&mask), range.clone(), offset, 7), expected, "{range:?} {offset}");
            }
        }
    }

    #[test]
    fn a_cell_is_the_keys_of_the_square_it_was_made_of() {
        assert_eq!(cell_keys("1"), Ok((0, u64::MAX)));
        // The cell of level 9 that is the tile 9/270/170.
        let (lo, hi) = morton::range(TileId::new(9, 270, 170).expect("valid"));
        let id = 1u64 << 18 | lo >> (64 - 18);
        assert_eq!(cell_keys(&id.to_string()), Ok((lo, hi)));
        for odd in ["0", "2", "-1", "x", "3", ""] {
            assert!(cell_keys(odd).is_err(), "{odd}");
        }
    }
}
