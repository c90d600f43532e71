//! Points as texts: well-known text, `GeoJSON`, or two numbers; and the texts of other geometries told from them.

use super::{
    Found, binary,
    sketch::{DEPTH, Sketch},
    wkt,
};
use crate::read::{
    degrees::{self, Read},
    geojson,
};
use serde_json::Value;

/// What is more than a point.
const NAMES: [&str; 6] =
    ["LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"];

/// What a text of a geometry column says: `POINT (1 2)`, well-known binary in hexadecimal digits, or `GeoJSON`.
pub(super) fn read(text: &str) -> Found {
    match text.as_bytes().first() {
        Some(b'{') => json(text),
        Some(b'0') => binary::hex(text),
        _ => point(text),
    }
}

/// What a text is that is no geometry.
pub(super) fn name(text: &str) -> String {
    /// So much of it is shown.
    const SHOWN: usize = 40;
    if let Some(name) = binary::name_hex(text) {
        return name;
    }
    let collections = text.to_ascii_lowercase().matches("geometrycollection").count();
    if collections > DEPTH as usize && text.starts_with(['G', 'g']) {
        return format!("a GeometryCollection more than {DEPTH} deep");
    }
    let word =
        text.rsplit(';').next().unwrap_or(text).split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    if let Some(curve) = binary::CURVES.iter().find(|curve| curve.eq_ignore_ascii_case(word)) {
        return format!("a {curve}, which is not read");
    }
    let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("the text {:?}{more}", text.chars().take(SHOWN).collect::<String>())
}

/// Reads all parts of a geometry of any kind, written in any of these ways. `None` where it is damaged.
pub(super) fn sketch(text: &str, out: &mut Sketch) -> Option<()> {
    match text.as_bytes().first()? {
        b'{' => binary::sketch(&geojson::binary(text)?, out),
        b'0' => binary::sketch_hex(text, out),
        _ => wkt::sketch(text, out),
    }
}

/// Whether it is a line, a polygon or several, as far as can be told without reading all of it: well-known text begins with its
/// name, as does well-known binary in hexadecimal digits with its number; an object of `GeoJSON` says it at its beginning or end.
pub(in crate::source::points::read) fn begins_outline(text: &[u8]) -> bool {
    /// So much is looked at there.
    const SIDE: usize = 160;
    if text.starts_with(b"00") || text.starts_with(b"01") {
        return str::from_utf8(text).is_ok_and(|text| matches!(binary::hex(text), Found::Outline { .. }));
    }
    if text.first() == Some(&b'{') {
        let sides = [&text[..text.len().min(SIDE)], &text[text.len().saturating_sub(SIDE)..]];
        let says = |name: &&str| {
            let name = format!("\"{name}\"");
            sides.iter().any(|side| side.windows(name.len()).any(|part| part == name.as_bytes()))
        };
        let has = |key: &[u8]| text.windows(key.len()).any(|part| part == key);
        return NAMES.iter().any(says) && (has(b"\"coordinates\"") || has(b"\"geometries\""));
    }
    is_well_known(text, &NAMES)
}

/// Whether it begins as well-known text does, of a point, too.
pub(in crate::source::points::read) fn begins(text: &[u8]) -> bool {
    is_well_known(text, &["Point"]) || is_well_known(text, &NAMES)
}

fn is_well_known(text: &[u8], names: &[&str]) -> bool {
    if !matches!(text.first(), Some(b'L' | b'P' | b'M' | b'G' | b'S' | b'l' | b'p' | b'm' | b'g')) {
        return false;
    }
    let text = text.strip_prefix(b"SRID=").and_then(|rest| rest.splitn(2, |&byte| byte == b';').nth(1)).unwrap_or(text);
    let length = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (head, rest) = text.split_at(length);
    let is_of = |name: &str| {
        let name = name.as_bytes();
        head.len() >= name.len()
            && head[..name.len()].eq_ignore_ascii_case(name)
            && matches!(head[name.len()..].to_ascii_uppercase()[..], [] | [b'Z' | b'M'] | [b'Z', b'M'])
    };
    names.iter().any(|name| is_of(name)) && rest.contains(&b'(')
}

/// `POINT (1 2)`, also `POINT Z (1 2 3)`, `MULTIPOINT (1 2)` and with `SRID=4326;` before it.
fn point(text: &str) -> Found {
    let prefixed =
        text.split_once(';').and_then(|(srid, rest)| Some((srid.strip_prefix("SRID=")?.parse().ok()?, rest)));
    let (srid, text) = prefixed.unwrap_or((0, text));
    let text = text.trim();
    let head = text.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    let rest = text[head.len()..].trim_start_matches([' ', 'Z', 'M', 'z', 'm']);
    // The letters of the dimensions may stand at the name.
    let head = head.trim_end_matches(['Z', 'M', 'z', 'm']);
    let several = head.eq_ignore_ascii_case("multipoint");
    if !several && !head.eq_ignore_ascii_case("point") {
        let known = NAMES.iter().any(|name| name.eq_ignore_ascii_case(head));
        return if known { Found::Outline { srid } } else { Found::Damaged };
    }
    let point = || {
        let mut inner = rest.strip_prefix('(')?.strip_suffix(')')?.trim();
        if several {
            inner = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(inner);
        }
        let mut numbers = inner.split_ascii_whitespace();
        let (x, y) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
        numbers.all(|number| number.parse::<f64>().is_ok()).then_some(Found::Point { x, y, srid })
    };
    match point() {
        Some(point) => point,
        None if several => Found::Outline { srid },
        None => Found::Damaged,
    }
}

/// A geometry of `GeoJSON`, or a feature with one.
fn json(text: &str) -> Found {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Found::Damaged };
    let geometry = if value["type"] == "Feature" { &value["geometry"] } else { &value };
    let point = |at: &Value| {
        let number = |at: &Value| at.as_f64().filter(|number| number.is_finite());
        number(&at[0]).zip(number(&at[1])).map_or(Found::Damaged, |(x, y)| Found::Point { x, y, srid: 0 })
    };
    let coordinates = &geometry["coordinates"];
    match geometry["type"].as_str() {
        Some("Point") => point(coordinates),
        Some("MultiPoint") if coordinates.as_array().is_some_and(|list| list.len() == 1) => point(&coordinates[0]),
        Some("MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection") => {
            Found::Outline { srid: 0 }
        }
        _ => Found::Damaged,
    }
}

/// Two numbers in a text, in their order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::source::points::read) struct Pair {
    pub first: f64,
    pub second: f64,
    /// Whether letters of the compass say which is which.
    pub lettered: bool,
}

/// The two numbers of a text such as `50.51, -8.25`, `(50.51, -8.25)` or `50.5N 8.2W`; also behind an address, as portals of
/// open data have it.
pub(in crate::source::points::read) fn pair(text: &str) -> Option<Pair> {
    let (first, second) = both(text)?;
    let lettered = first.is_lat.or(second.is_lat).is_some();
    Some(Pair { first: first.value, second: second.value, lettered })
}

/// Longitude and latitude of such a text. Where letters of the compass stand at the numbers, they say which is which.
pub(super) fn place(text: &str, lat_first: bool) -> Option<(f64, f64)> {
    let (first, second) = both(text)?;
    let lat_first = first.is_lat.or(second.is_lat.map(|second| !second)).unwrap_or(lat_first);
    Some(if lat_first { (second.value, first.value) } else { (first.value, second.value) })
}

/// The two coordinates of such a text, which are not both latitudes or both longitudes.
fn both(text: &str) -> Option<(Read, Read)> {
    let text = text.trim();
    let (text, inner) = match (text.strip_suffix([')', ']']), text.rfind(['(', '['])) {
        (Some(inner), Some(open)) => (inner[open + 1..].trim(), true),
        _ => (text, false),
    };
    let (first, second) = match text.split_once([',', ';']) {
        Some(both) => both,
        // A blank alone between brackets is that of well-known text.
        None if inner => return None,
        None => text.split_once(char::is_whitespace)?,
    };
    let (first, second) = (degrees::read(first)?, degrees::read(second)?);
    let contrary = first.is_lat.is_some() && first.is_lat == second.is_lat;
    (!contrary).then_some((first, second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_form_are_points() {
        for (text, srid) in [
            ("POINT (1.5 -2)", 0),
            ("POINT(1.5 -2.0)", 0),
            ("point z (1.5 -2 7)", 0),
            ("POINTZ(1.5 -2 7)", 0),
            ("POINTM (1.5 -2 7)", 0),
            ("MULTIPOINTZM((1.5 -2 7 8))", 0),
            ("SRID=25832;POINT (1.5 -2)", 25832),
            ("MULTIPOINT (1.5 -2)", 0),
            ("MULTIPOINT ((1.5 -2))", 0),
            (r#"{"type":"Point","coordinates":[1.5,-2]}"#, 0),
            (r#"{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[1.5,-2]]}}"#, 0),
        ] {
            assert_eq!(read(text), Found::Point { x: 1.5, y: -2.0, srid }, "{text}");
        }
        for (text, other) in [
            ("LINESTRING (0 0, 1 1)", Found::Outline { srid: 0 }),
            ("SRID=3857;PolygonZ ((0 0 1))", Found::Outline { srid: 3857 }),
            ("MULTIPOINT (1 2, 3 4)", Found::Outline { srid: 0 }),
            (r#"{"type":"Polygon","coordinates":[]}"#, Found::Outline { srid: 0 }),
            ("POINT EMPTY", Found::Damaged),
            ("POINT (1)", Found::Damaged),
            ("POINT (1 2 x)", Found::Damaged),
            ("", Found::Damaged),
            ("{", Found::Damaged),
            ("Äpfel", Found::Damaged),
        ] {
            assert_eq!(read(text), other, "{text}");
        }
    }

    #[test]
    fn outlines_are_told_from_points_in_every_form() {
        let polygon = "0103000000010000000400000000000000000020400000000000804940";
        let with_srid = "0103000020E610000001000000040000000000000000002040";
        for text in [
            "POLYGON ((0 0, 1 1, 1 0, 0 0))",
            "SRID=4326;LINESTRING Z (0 0 1, 1 1 1)",
            polygon,
            with_srid,
            r#"{"type": "Polygon", "coordinates": [[[8.0, 51], [8.05, 51], [8.05, 51.1], [8.0, 51]]]}"#,
            r#"{"coordinates":[[0,0],[1,1]],"type":"LineString"}"#,
        ] {
            assert!(begins_outline(text.as_bytes()), "{text}");
        }
        for text in [
            "POINT (1 2)",
            "Polygon",
            "0101000000000000000000F03F0000000000000040",
            "01000",
            r#"{"type":"Point","coordinates":[1,2]}"#,
            r#"{"shape":"Polygon"}"#,
            "{",
            "",
        ] {
            assert!(!begins_outline(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn two_numbers_are_read_as_people_write_them() {
        for text in ["50.51, -8.25", "(50.51, -8.25)", "50.51;-8.25", "[50.51,-8.25]", "50.51N 8.25W"] {
            let lettered = text.contains('N');
            assert_eq!(pair(text), Some(Pair { first: 50.51, second: -8.25, lettered }), "{text}");
        }
        let behind = pair("700 Main St\nChicago, IL\n(41.8, -87.6)").expect("two");
        assert_eq!((behind.first, behind.second), (41.8, -87.6));
        for text in ["POINT (8.5 50.5)", "50.51", "a, b", "Main St, 5", "1, 2, 3", "", "8W, 50E", "50N 8S"] {
            assert_eq!(pair(text), None, "{text}");
        }
        // Letters say which is which, whatever the name of the column says.
        for text in ["50N, 8W", "8W, 50N", "8W 50N", "(50N, 8W)"] {
            assert_eq!((place(text, true), place(text, false)), (Some((-8.0, 50.0)), Some((-8.0, 50.0))), "{text}");
        }
        assert_eq!((place("50, 8W", false), place("50N, -8", false)), (Some((-8.0, 50.0)), Some((-8.0, 50.0))));
        assert_eq!((place("50, -8", true), place("50, -8", false)), (Some((-8.0, 50.0)), Some((50.0, -8.0))));
    }
}
