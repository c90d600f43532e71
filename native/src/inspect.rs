//! What is in a file, as text for people: a tile through the independent reader, or the facts of a data file.

use crate::{
    dataset::{Chosen, Dataset},
    mvt_reader,
    read::names::typed,
    shown::shown,
    told::values,
};
use anyhow::{Context as _, Result};
use duotile_core::{Kind, Times};
use serde_json::Value;
use std::{fmt::Write as _, io::Read as _};

/// Undoes gzip or zstd where a tile comes compressed, as from a server or an archive.
///
/// # Errors
/// When it starts like one of them but is damaged.
pub fn unpack(bytes: Vec<u8>) -> Result<Vec<u8>> {
    let mut plain = Vec::new();
    match bytes.get(..4) {
        Some([0x1f, 0x8b, ..]) => {
            flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain).context("its gzip is damaged")?;
            Ok(plain)
        }
        Some([0x28, 0xb5, 0x2f, 0xfd]) => zstd::decode_all(&bytes[..]).context("its zstd is damaged"),
        _ => Ok(bytes),
    }
}

/// A tile as text: each layer, each feature, each property with its type.
///
/// # Errors
/// What is wrong with the tile.
pub fn tile(bytes: &[u8]) -> Result<String> {
    let layers = mvt_reader::read(bytes)?;
    let mut out = String::new();
    if layers.is_empty() {
        out.push_str("an empty tile\n");
    }
    for layer in layers {
        let (name, count) = (&layer.name, layer.features.len());
        writeln!(out, "layer {name:?}: version {}, extent {}, {count} features", layer.version, layer.extent)?;
        for feature in layer.features {
            let id = feature.id.map_or(String::new(), |id| format!(" id {id}"));
            writeln!(out, "  {}{id}", feature.geometry)?;
            for (key, value) in feature.properties {
                writeln!(out, "    {} = {}", shown(&key), shown(&value.to_string()))?;
            }
        }
    }
    Ok(out)
}

/// The facts of a dataset: what loading chose, then each column.
#[must_use]
pub fn dataset(dataset: &Dataset) -> String {
    let report = dataset.report();
    let mut out = String::new();
    let size = dataset.size() as f64 / f64::from(1 << 20);
    let _ = writeln!(
        out,
        "{}: {} rows, {size:.1} MB {}, version {}",
        dataset.name(),
        dataset.len(),
        if dataset.is_mapped() { "mapped" } else { "in memory" },
        dataset.version()
    );
    for line in &report.lines {
        let _ = writeln!(out, "  {}", shown(line));
    }
    if let Some([west, south, east, north]) = dataset.bounds() {
        // A sign before zeros says nothing.
        let [west, south, east, north] =
            [west, south, east, north].map(|side| format!("{:.6}", if side.abs() < 5e-7 { 0.0 } else { side }));
        let _ = writeln!(out, "bounds {west},{south},{east},{north}");
    }
    dataset.with_points(|points| {
        for (index, column) in points.columns().iter().enumerate() {
            let facts = column.facts;
            let nulls = (points.len() as u64).saturating_sub(facts.present);
            let role = match index {
                _ if points.roles().id == Some(index) => ", gives ids",
                _ if points.roles().time == Some(index) => ", the time of rows",
                _ => "",
            };
            let _ = write!(out, "{} ({}{role})", shown(column.name), column.kind().name());
            if nulls > 0 {
                let _ = write!(out, ", {nulls} without a value");
            }
            if let Some(distinct) = facts.distinct {
                let _ = write!(out, ", {distinct} distinct");
            }
            if let (Some((min, max)), true) = (facts.range, column.kind() != Kind::Text) {
                let tell = |value| values::value(column, value, Times::Iso).to_string().replace('"', "");
                let _ = write!(out, ", {} to {}", tell(min), tell(max));
            }
            let chosen = report.columns.iter().find(|chosen| chosen.name == column.name);
            if let Some(chosen) = chosen.filter(|chosen| !chosen.why.is_empty()) {
                let _ = write!(out, "\n  {}", shown(&why(chosen, column.kind())));
            }
            // Where no value comes twice, none is frequent.
            let all_differ = facts.categories.first().is_none_or(|&(_, count)| count < 2);
            let frequent: Vec<String> = facts
                .categories
                .iter()
                .take(5)
                .map(|&(value, count)| {
                    let value = values::value(column, value, Times::Iso);
                    let value = shown(&shortened(value)).into_owned();
                    if all_differ { value } else { format!("{value} ({count} rows)") }
                })
                .collect();
            if !frequent.is_empty() {
                let what = if all_differ { "no value comes twice; some are" } else { "most frequent:" };
                let _ = write!(out, "\n  {what} {}", frequent.join(", "));
            }
            out.push('\n');
        }
    });
    out
}

/// A value as it is shown, no longer than fits a line.
fn shortened(value: Value) -> String {
    const LONGEST: usize = 60;
    match value {
        Value::String(text) if text.chars().nth(LONGEST).is_some() => {
            Value::String(text.chars().take(LONGEST).chain(['\u{2026}']).collect()).to_string()
        }
        other => other.to_string(),
    }
}

/// Why a column is what it is, what did not fit, and the flag that makes something else of it.
fn why(chosen: &Chosen, kind: Kind) -> String {
    let Chosen { name, why, misfits, examples, unit } = chosen;
    if let Some(unit) = unit {
        return format!("{why}, in {unit}");
    }
    let lost = match (*misfits, examples.is_empty()) {
        (0, _) | (_, true) => String::new(),
        (count, false) => {
            let shown: Vec<String> = examples.iter().map(|text| format!("{text:?}")).collect();
            format!("; {count} did not fit and have no value: {}", shown.join(", "))
        }
    };
    let flag = match kind {
        Kind::Text if why.contains("the day or the month") || why.contains("with the day first and some") => {
            " (--dates dmy or --dates mdy decides)".to_owned()
        }
        Kind::Text if why.contains("values are numbers: line") => {
            format!(" ({} takes others as no value)", type_flag(name, "number"))
        }
        // What is plainly texts can be nothing else.
        Kind::Text if !why.contains("digits") => String::new(),
        Kind::Text => format!(" ({} makes numbers of it)", type_flag(name, "number")),
        Kind::Time if why.contains(" first") => {
            format!(" (--dates has it the other way, {} keeps the texts)", type_flag(name, "text"))
        }
        _ => format!(" ({} keeps the texts)", type_flag(name, "text")),
    };
    format!("because {why}{lost}{flag}")
}

/// The flag as it is typed.
fn type_flag(name: &str, kind: &str) -> String {
    format!("--type {}", typed(&format!("{name}={kind}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn flags_are_told_as_they_are_typed_and_only_where_they_would_change_something() {
        let chosen = |name: &str, why: &str| Chosen { name: name.into(), why: why.into(), ..Chosen::default() };
        for (name, said, kind, expected) in [
            (
                "n",
                "all 3 values are numbers",
                Kind::Float,
                "because all 3 values are numbers (--type n=text keeps the texts)",
            ),
            ("a b", "it is so", Kind::Integer, "because it is so (--type 'a b=text' keeps the texts)"),
            ("t", "3 values are texts", Kind::Text, "because 3 values are texts"),
            (
                "zip",
                "3 values are digits that a number would lose",
                Kind::Text,
                "because 3 values are digits that a number would lose (--type zip=number makes numbers of it)",
            ),
        ] {
            assert_eq!(why(&chosen(name, said), kind), expected);
        }
    }

    #[test]
    fn compressed_tiles_are_unpacked_and_plain_ones_left() {
        let plain = vec![7u8; 100];
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&plain).expect("in memory");
        assert_eq!(unpack(gzip.finish().expect("in memory")).expect("gzip"), plain);
        assert_eq!(unpack(zstd::encode_all(&plain[..], 1).expect("in memory")).expect("zstd"), plain);
        assert_eq!(unpack(plain.clone()).expect("plain"), plain);
        assert!(unpack(vec![0x1f, 0x8b, 0, 0, 0]).is_err());
    }

    #[test]
    fn what_a_file_holds_does_nothing_to_a_terminal() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        let text = "lon,lat,a\u{1b}[31mX,\"b\nc\",d\n1,2,007,x\u{9b}2J,\u{202e}\n3,4,008,x\u{9b}2J,\u{202e}\n";
        std::fs::write(&path, text).expect("written");
        let dataset = crate::read::read(&[path], &crate::read::Options::default(), &()).expect("reads");
        let text = super::dataset(&dataset);
        assert!(
            !text.contains(|letter: char| letter != '\n' && letter.is_control() || letter == '\u{202e}'),
            "{text:?}"
        );
        assert!(text.contains("\na\\u{1b}[31mX (text") && text.contains("\nb\\nc (text"), "{text}");
        // It can still be typed.
        assert!(text.contains(r"--type $'a\u001b[31mX=number'"), "{text}");
    }

    #[test]
    fn long_values_are_shown_by_their_beginning() {
        assert_eq!(shortened("a".repeat(60).into()), format!("\"{}\"", "a".repeat(60)));
        assert_eq!(shortened("\u{e9}".repeat(5_000_000).into()), format!("\"{}\u{2026}\"", "\u{e9}".repeat(60)));
        assert_eq!(shortened(7.into()), "7");
    }

    #[test]
    fn an_empty_tile_says_so() {
        assert_eq!(tile(&[]).expect("valid"), "an empty tile\n");
    }
}
