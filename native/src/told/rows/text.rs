//! Rows as text, one after the other: CSV by RFC 4180, or features of GeoJSON, in a collection or one on each line. Nothing is asked of
//! a row but itself.
//!
//! Rows with outlines have their whole geometry, in CSV as well-known text in a column of its own. In CSV a missing value is an empty field, and an empty text is `""`; times are ISO 8601 in UTC.

use super::{super::geometry, free};
use duotile_core::{Plain, Points, Times, Values};
use serde_json::json;
use std::io::Write as _;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A line for each row.
    Csv,
    /// A feature collection.
    Collection,
    /// A feature on each line.
    Lines,
}

/// Writes rows of a dataset with some of its columns.
#[derive(Debug)]
pub(super) struct RowText {
    form: Form,
    columns: Vec<usize>,
    /// What stands before each value in GeoJSON, and between commas on the first line of CSV.
    names: Vec<String>,
    first_line: String,
}

impl RowText {
    /// With these columns.
    #[must_use]
    pub fn new(form: Form, points: &Points<'_>, columns: Vec<usize>) -> Self {
        let told: Vec<&str> = columns.iter().map(|&index| points.columns()[index].name).collect();
        let names = told.iter().enumerate().map(|(at, name)| {
            let comma = if at > 0 { "," } else { "" };
            format!("{comma}{}:", json!(name))
        });
        let mut own = vec!["id", "lon", "lat"];
        own.extend(points.shapes().map(|_| "geometry"));
        let own: Vec<String> = own.into_iter().map(|name| free(name, &told)).collect();
        let line = own.iter().map(String::as_str).chain(told.iter().copied()).map(|name| {
            let mut out = Vec::new();
            quoted(&mut out, name);
            String::from_utf8_lossy(&out).into_owned()
        });
        let first_line = line.collect::<Vec<_>>().join(",") + "\r\n";
        Self { form, names: names.collect(), first_line, columns }
    }

    /// What stands before all rows.
    pub fn start(&self, out: &mut Vec<u8>) {
        match self.form {
            Form::Csv => out.extend_from_slice(self.first_line.as_bytes()),
            Form::Lines => {}
            Form::Collection => out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":["),
        }
    }

    /// A row.
    pub fn row(&self, out: &mut Vec<u8>, points: &Points<'_>, row: usize, first: bool) {
        let (lon, lat) = points.degrees(row);
        let id = points.feature_id(row).map(|id| id.to_string());
        // Writing to memory does not fail.
        match self.form {
            Form::Csv => {
                let _ = write!(out, "{},{lon},{lat}", id.unwrap_or_default());
                if let Some(shapes) = points.shapes() {
                    out.push(b',');
                    quoted(out, &geometry::text(shapes, row));
                }
                for &index in &self.columns {
                    out.push(b',');
                    let column = &points.columns()[index];
                    match Plain::cell(column, row, Times::Iso) {
                        Plain::Text(text) if matches!(column.values, Values::Text(..)) => quoted(out, &text),
                        // Times, and integers that JSON would round.
                        Plain::Text(text) => out.extend_from_slice(text.as_bytes()),
                        Plain::Null => {}
                        other => json_value(out, other),
                    }
                }
                out.extend_from_slice(b"\r\n");
            }
            Form::Collection | Form::Lines => {
                let before = match self.form {
                    Form::Lines => "",
                    _ if first => "\n",
                    _ => ",\n",
                };
                let id = id.map_or(String::new(), |id| format!("\"id\":{id},"));
                let _ = write!(out, "{before}{{\"type\":\"Feature\",{id}\"geometry\":");
                let _ = match points.shapes() {
                    None => write!(out, "{{\"type\":\"Point\",\"coordinates\":[{lon},{lat}]}}"),
                    Some(shapes) => write!(out, "{}", geometry::json(shapes, row)),
                };
                out.extend_from_slice(b",\"properties\":{");
                for (&index, name) in self.columns.iter().zip(&self.names) {
                    out.extend_from_slice(name.as_bytes());
                    json_value(out, Plain::cell(&points.columns()[index], row, Times::Iso));
                }
                out.extend_from_slice(if self.form == Form::Lines { &b"}}\n"[..] } else { b"}}" });
            }
        }
    }

    /// What stands after all rows.
    pub fn end(&self, out: &mut Vec<u8>) {
        if self.form == Form::Collection {
            out.extend_from_slice(b"]}\n");
        }
    }
}

/// A text as a field. Quoted where it must be, and where a reader might trim it or take it for none.
fn quoted(out: &mut Vec<u8>, text: &str) {
    let odd = |byte: u8| matches!(byte, b'"' | b',' | b'\r' | b'\n');
    if !text.is_empty() && !text.bytes().any(odd) && text.trim().len() == text.len() {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

/// A value as JSON. What JSON has no number for is null.
fn json_value(out: &mut Vec<u8>, value: Plain<'_>) {
    match value {
        Plain::Integer(value) => drop(write!(out, "{value}")),
        Plain::Boolean(value) => drop(write!(out, "{value}")),
        // Writing to memory does not fail.
        Plain::Number(value) if value.is_finite() => drop(serde_json::to_writer(out, &value)),
        Plain::Text(text) => drop(serde_json::to_writer(out, &*text)),
        Plain::Number(_) | Plain::Null => out.extend_from_slice(b"null"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str) -> String {
        let mut out = Vec::new();
        quoted(&mut out, text);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn texts_are_quoted_where_they_would_be_read_otherwise() {
        for (text, expected) in [
            ("plain", "plain"),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" padded", "\" padded\""),
            ("é ü", "é ü"),
        ] {
            assert_eq!(field(text), expected);
        }
    }

    #[test]
    fn numbers_keep_what_they_are() {
        let mut out = Vec::new();
        for value in [Plain::Integer(5), Plain::Number(5.0), Plain::Number(0.1), Plain::Number(f64::NAN)] {
            json_value(&mut out, value);
            out.push(b' ');
        }
        assert_eq!(out, b"5 5.0 0.1 null ");
    }
}
