//! The whole geometry of a row as text: of GeoJSON, or well-known text for CSV.
//!
//! A row with its outline enters. Shells run as RFC 7946 has them, anticlockwise on a map; what goes over the antimeridian is
//! cut there, as it asks for, too.

use crate::wkb::Kind;
use duotile_core::{Role, Shapes};
use std::fmt::Write as _;

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Text,
}

/// A geometry of GeoJSON; `null` for none.
#[must_use]
pub fn json(shapes: &Shapes<'_>, row: usize) -> String {
    let mut out = String::new();
    match parts(shapes, row) {
        Some((kind, all)) => {
            let _ = write!(out, "{{\"type\":\"{}\",\"coordinates\":", kind.name());
            write(&mut out, Form::Json, shapes, &all, kind);
            out.push('}');
        }
        None => out.push_str("null"),
    }
    out
}

/// Well-known text; nothing for none.
#[must_use]
pub fn text(shapes: &Shapes<'_>, row: usize) -> String {
    let mut out = String::new();
    if let Some((kind, all)) = parts(shapes, row) {
        out.push_str(&kind.name().to_ascii_uppercase());
        out.push(' ');
        write(&mut out, Form::Text, shapes, &all, kind);
    }
    out
}

/// The runs of each point, line or polygon, and what all of them are.
pub(super) fn parts(shapes: &Shapes<'_>, row: usize) -> Option<(Kind, Vec<Vec<usize>>)> {
    let outlines = shapes.outlines();
    let mut all: Vec<Vec<usize>> = Vec::new();
    for ring in outlines.rings_of(row) {
        match all.last_mut() {
            Some(polygon) if outlines.role(ring) == Role::Hole => polygon.push(ring),
            _ => all.push(vec![ring]),
        }
    }
    let first = outlines.role(*all.first()?.first()?);
    let several = all.len() > 1;
    let kind = match first {
        Role::Points if several || outlines.vertices_of(all[0][0]).len() > 1 => Kind::MultiPoint,
        Role::Points => Kind::Point,
        Role::Line if several => Kind::MultiLineString,
        Role::Line => Kind::LineString,
        Role::Shell | Role::Hole if several => Kind::MultiPolygon,
        Role::Shell | Role::Hole => Kind::Polygon,
    };
    Some((kind, all))
}

fn write(out: &mut String, form: Form, shapes: &Shapes<'_>, all: &[Vec<usize>], kind: Kind) {
    let outlines = shapes.outlines();
    let line =
        |out: &mut String, ring: &usize| list(out, form, outlines.degrees(*ring), |out, at| position(out, form, at));
    let polygon = |out: &mut String, rings: &Vec<usize>| {
        list(out, form, rings.iter(), |out, &ring| {
            // On the screen, where latitudes grow upwards, shells of tiles run clockwise.
            let path = outlines.degrees(ring).rev();
            let first = path.clone().take(1);
            list(out, form, path.chain(first), |out, at| position(out, form, at));
        });
    };
    match kind {
        Kind::Point => {
            let at = outlines.degrees(all[0][0]).next().unwrap_or_default();
            match form {
                Form::Json => position(out, form, at),
                Form::Text => list(out, form, std::iter::once(at), |out, at| position(out, form, at)),
            }
        }
        Kind::MultiPoint => {
            let places = all.iter().flatten().flat_map(|&ring| outlines.degrees(ring));
            list(out, form, places, |out, at| position(out, form, at));
        }
        Kind::LineString => line(out, &all[0][0]),
        Kind::MultiLineString => list(out, form, all.iter().flatten(), line),
        Kind::Polygon => polygon(out, &all[0]),
        Kind::MultiPolygon | Kind::GeometryCollection => list(out, form, all.iter(), polygon),
    }
}

fn list<T>(out: &mut String, form: Form, all: impl Iterator<Item = T>, each: impl Fn(&mut String, T)) {
    let [open, close] = if form == Form::Json { ['[', ']'] } else { ['(', ')'] };
    out.push(open);
    for (at, one) in all.enumerate() {
        if at > 0 {
            out.push(',');
        }
        each(out, one);
    }
    out.push(close);
}

fn position(out: &mut String, form: Form, (lon, lat): (f64, f64)) {
    let _ = match form {
        Form::Json => write!(out, "[{lon},{lat}]"),
        Form::Text => write!(out, "{lon} {lat}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::{Built, Gather, Landmarks, Work};

    /// A part with its positions.
    type Part<'p> = (Role, &'p [(f64, f64)]);

    fn texts(rows: &[&[Part<'_>]]) -> Vec<(String, String)> {
        let mut gather = Gather::default();
        for row in rows {
            row.iter().for_each(|(role, part)| gather.part(*role, part.iter().copied()));
            gather.end_row();
        }
        let (flat, _) = gather.finish();
        let words = Landmarks::build(&vec![0; rows.len()]);
        let landmarks = Landmarks::new(&words, rows.len());
        let built = Built::of(flat, landmarks, &Work::free()).expect("free");
        let shapes = built.view(landmarks);
        (0..rows.len()).map(|row| (json(&shapes, row), text(&shapes, row))).collect()
    }

    #[test]
    fn every_kind_of_geometry_is_written_by_its_name() {
        let shell = [(0.0, 0.0), (90.0, 0.0), (90.0, 45.0), (0.0, 45.0), (0.0, 0.0)];
        let hole = [(10.0, 10.0), (20.0, 10.0), (20.0, 20.0)];
        let line = [(-180.0, 0.0), (-90.0, 0.0)];
        let all = texts(&[
            &[(Role::Points, &line[1..])],
            &[(Role::Points, &line)],
            &[(Role::Line, &line)],
            &[(Role::Line, &line), (Role::Line, &line)],
            &[(Role::Shell, &shell), (Role::Hole, &hole)],
            &[(Role::Shell, &shell), (Role::Shell, &hole)],
            &[],
        ]);
        let names = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"];
        for ((json, text), name) in all.iter().zip(names) {
            let value: serde_json::Value = serde_json::from_str(json).expect(json);
            assert_eq!(value["type"], name);
            assert!(text.starts_with(&format!("{} (", name.to_ascii_uppercase())), "{text}");
            // The same numbers, in other brackets.
            let numbers = |text: &str| {
                let parts = text.split(|c: char| !"-.0123456789".contains(c)).filter(|part| !part.is_empty());
                parts.map(|part| part.parse::<f64>().expect("a number")).collect::<Vec<_>>()
            };
            assert_eq!(numbers(&value["coordinates"].to_string()), numbers(text));
        }
        assert_eq!(all[6], ("null".into(), String::new()));
        // Anticlockwise and closed, and its hole the other way.
        let polygon: serde_json::Value = serde_json::from_str(&all[4].0).expect("JSON");
        let area = |ring: &serde_json::Value| {
            let at = |i: usize, axis: usize| ring[i][axis].as_f64().expect("a number");
            let count = ring.as_array().expect("a list").len();
            assert_eq!(ring[0], ring[count - 1]);
            (1..count).map(|i| at(i - 1, 0) * at(i, 1) - at(i, 0) * at(i - 1, 1)).sum::<f64>() / 2.0
        };
        let rings = &polygon["coordinates"];
        assert!((area(&rings[0]) - 4050.0).abs() < 1e-3 && (area(&rings[1]) + 50.0).abs() < 1e-3, "{polygon}");
    }
}
