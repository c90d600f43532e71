//! A page of rows as GeoJSON or plain JSON, with the way to the next.
//!
//! Ids are those of tiles. Times are ISO 8601 in UTC; integers beyond ±(2⁵³ − 1) are texts. A page ends early where its
//! text grows long: what it leaves out begins the next.

use super::{geometry, values};
use crate::engine::Fitted;
use duotile_core::{Page, Plain, Points, Times};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A page takes no further rows past this size.
const MAX_BYTES: usize = 16 << 20;

/// How rows are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageFormat {
    /// A feature collection.
    GeoJson,
    /// A list of objects.
    Json,
}

impl PageFormat {
    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::Json => "application/json",
        }
    }
}

/// The text of a page that begins after `offset` rows. `link` gives the address of the page that begins elsewhere.
#[must_use]
pub fn text(fitted: &Fitted, page: &Page, offset: usize, format: PageFormat, link: impl Fn(usize) -> String) -> String {
    fitted.dataset.with_points(|points| {
        let columns = fitted.query.told_columns(&fitted.plan, &points);
        let mut out = String::from(match format {
            PageFormat::GeoJson => "{\"type\":\"FeatureCollection\",\"features\":[",
            PageFormat::Json => "{\"rows\":[",
        });
        let mut told = 0;
        for &row in &page.rows {
            if told > 0 && out.len() > MAX_BYTES {
                break;
            }
            let comma = if told > 0 { "," } else { "" };
            let _ = writeln!(out, "{comma}");
            match format {
                PageFormat::GeoJson => feature(&mut out, &points, &columns, row),
                PageFormat::Json => object(&mut out, &points, &columns, row),
            }
            told += 1;
        }
        let end = offset.saturating_add(told);
        let next = (end < page.matched && told > 0).then(|| link(end));
        let _ = write!(out, "],\n\"numberMatched\":{},\"numberReturned\":{told},", page.matched);
        let _ = match format {
            PageFormat::GeoJson => {
                let link = |href| json!({ "rel": "next", "type": "application/geo+json", "href": href });
                writeln!(out, "\"links\":{}}}", next.map(link).into_iter().collect::<Value>())
            }
            PageFormat::Json => writeln!(out, "\"next\":{}}}", next.map_or(Value::Null, Value::String)),
        };
        out
    })
}

fn feature(out: &mut String, points: &Points<'_>, columns: &[usize], row: usize) {
    out.push_str("{\"type\":\"Feature\",");
    if let Some(id) = points.feature_id(row) {
        let _ = write!(out, "\"id\":{id},");
    }
    let _ = write!(out, "\"geometry\":{},\"properties\":{{", geometry(points, row));
    members(out, points, columns, row, true);
    out.push_str("}}");
}

/// The whole of it.
fn geometry(points: &Points<'_>, row: usize) -> String {
    let (lon, lat) = points.degrees(row);
    points.shapes().map_or_else(
        || format!("{{\"type\":\"Point\",\"coordinates\":[{lon},{lat}]}}"),
        |shapes| geometry::json(shapes, row),
    )
}

fn object(out: &mut String, points: &Points<'_>, columns: &[usize], row: usize) {
    let (lon, lat) = points.degrees(row);
    out.push('{');
    if let Some(id) = points.feature_id(row) {
        let _ = write!(out, "\"_id\":{id},");
    }
    let _ = write!(out, "\"_lon\":{lon},\"_lat\":{lat}");
    members(out, points, columns, row, false);
    out.push('}');
}

/// `"name":value` of each column, in their order.
fn members(out: &mut String, points: &Points<'_>, columns: &[usize], row: usize, mut first: bool) {
    for &index in columns {
        let column = &points.columns()[index];
        let comma = if first { "" } else { "," };
        first = false;
        let _ = write!(out, "{comma}{}:{}", json!(column.name), values::plain(Plain::cell(column, row, Times::Iso)));
    }
}
