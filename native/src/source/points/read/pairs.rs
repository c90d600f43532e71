//! Pairs of columns that could be longitude and latitude, by the names people use.

use super::{field::Field, names::words};
use crate::kind::Kind;
use polars_core::prelude::DataType;
use std::collections::HashMap;

/// Words for the two axes, best first.
const PAIRS: [(&str, &str); 22] = [
    ("longitude", "latitude"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("x", "y"),
    ("longitud", "latitud"),
    ("längengrad", "breitengrad"),
    ("laengengrad", "breitengrad"),
    ("easting", "northing"),
    ("rechtswert", "hochwert"),
    ("ostwert", "nordwert"),
    ("east", "north"),
    ("longitudine", "latitudine"),
    ("lengtegraad", "breedtegraad"),
    ("lengdegrad", "breddegrad"),
    ("længdegrad", "breddegrad"),
    ("długość", "szerokość"),
    ("долгота", "широта"),
    ("经度", "纬度"),
    ("経度", "緯度"),
    // Also length and width of things: after all that cannot be anything else.
    ("länge", "breite"),
    ("laenge", "breite"),
];

/// Words that may stand at the end of a name with nothing between (`startlon`).
const ENDINGS: usize = 3;

/// Whether a word of a name is that of an axis.
pub(super) fn is_axis(word: &str) -> bool {
    PAIRS.iter().enumerate().any(|(rank, (east, north))| {
        word == *east || word == *north || rank < ENDINGS && (word.ends_with(east) || word.ends_with(north))
    })
}

/// All pairs of columns that could be positions, best first.
pub(super) fn pairs(fields: &[Field]) -> Vec<(&str, &str)> {
    let mut found: Vec<(usize, usize, &str, &str)> = Vec::new();
    let candidates = || fields.iter().enumerate().filter(|(_, field)| could_be(field));
    // For each pair of words the first column of each stem, among those of latitudes.
    let partners: Vec<HashMap<Vec<String>, usize>> = (PAIRS.iter().enumerate())
        .map(|(rank, (_, north))| {
            let mut first = HashMap::new();
            for (at, y) in candidates() {
                stems(&y.name, north, rank < ENDINGS).into_iter().for_each(|stem| {
                    first.entry(stem).or_insert(at);
                });
            }
            first
        })
        .collect();
    for (at, x) in candidates() {
        for (rank, (east, _)) in PAIRS.iter().enumerate() {
            let wanted = stems(&x.name, east, rank < ENDINGS);
            let partner = wanted.iter().filter_map(|stem| partners[rank].get(stem)).filter(|&&y| y != at).min();
            if let Some(&y) = partner {
                let y = &fields[y];
                // A name of nothing but the axis comes before one with other words.
                let plain = wanted.iter().any(Vec::is_empty);
                let rank = if rank >= 4 { rank + 100 } else { 0 } + if plain { 0 } else { 10 };
                // Texts may be numbers with a comma, but numbers are numbers for certain.
                let rank = rank + if is_number(x) && is_number(y) { 0 } else { 1000 };
                found.push((rank, at, &x.name, &y.name));
                break;
            }
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, _, x, y)| (x, y)).collect()
}

/// Words of a name that is looked at.
const LONGEST: usize = 100;

/// What is left of a name without the word of the axis: its other words in order. Several ways if the word comes twice,
/// none if it does not come at all.
fn stems(name: &str, axis: &str, ending: bool) -> Vec<Vec<String>> {
    const BOTH: [[&str; 2]; 4] = [["n", "s"], ["s", "n"], ["e", "w"], ["w", "e"]];
    let mut words = words(name);
    // LATITUDE N/S goes with LONGITUDE E/W.
    if let [_, rest @ ..] = &words[..]
        && BOTH.iter().any(|both| rest.ends_with(&both.map(str::to_owned)))
    {
        words.truncate(words.len() - 2);
    }
    let mut stems = Vec::new();
    if words.len() > LONGEST {
        return stems;
    }
    for (at, word) in words.iter().enumerate() {
        // The place of the axis stays marked, so that x_start does not go with start_y.
        let marked = if word == axis {
            "*".to_owned()
        } else if let Some(stem) = word.strip_suffix(axis).filter(|_| ending) {
            format!("{stem}*")
        } else {
            continue;
        };
        let mut rest = words.clone();
        rest[at] = marked;
        if rest == ["*"] {
            rest.clear();
        }
        stems.push(rest);
    }
    stems
}

/// Texts may be numbers with a decimal comma; a column without values may be anything.
pub(super) fn could_be(field: &Field) -> bool {
    is_number(field) || matches!(field.dtype, DataType::String | DataType::Null)
}

pub(super) fn is_number(field: &Field) -> bool {
    matches!(field.kind, Ok(Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64))
        && !matches!(field.dtype, DataType::Duration(_))
}
