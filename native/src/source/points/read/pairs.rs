//! Pairs of columns that could be longitude and latitude, by the names people use.

use super::{
    beside::{self, Part, Says},
    field::Field,
    names::typed,
    parted,
};
use crate::kind::Kind;
use polars_core::prelude::DataType;
use std::collections::{HashMap, HashSet};

/// Words for the two axes, best first.
pub(super) const AXES: [(&str, &str); 22] = [
    ("longitude", "latitude"),
    ("lon", "lat"),
    ("lng", "lat"),
    ("long", "lat"),
    ("longitud", "latitud"),
    ("längengrad", "breitengrad"),
    ("laengengrad", "breitengrad"),
    ("longitudine", "latitudine"),
    ("lengtegraad", "breedtegraad"),
    ("lengdegrad", "breddegrad"),
    ("længdegrad", "breddegrad"),
    ("długość", "szerokość"),
    ("долгота", "широта"),
    ("经度", "纬度"),
    ("経度", "緯度"),
    ("x", "y"),
    ("easting", "northing"),
    ("rechtswert", "hochwert"),
    ("ostwert", "nordwert"),
    ("east", "north"),
    // Also length and width of things: after all that cannot be anything else.
    ("länge", "breite"),
    ("laenge", "breite"),
];

/// Those of grids, whose numbers may be degrees as well.
const GRIDS: [&str; 5] = ["x", "easting", "rechtswert", "ostwert", "east"];

/// Whether a pair of words is that of angles alone.
pub(super) fn is_angle((east, _): (&str, &str)) -> bool {
    !GRIDS.contains(&east)
}

/// Words that may stand at the end of a name with nothing between (`startlon`).
const ENDINGS: usize = 4;

/// Whether a word of a name is that of an axis.
pub(super) fn is_axis(word: &str) -> bool {
    AXES.iter().enumerate().any(|(rank, (east, north))| {
        word == *east || word == *north || rank < ENDINGS && (word.ends_with(east) || word.ends_with(north))
    })
}

/// Two columns that are named alike but for the words of the axes.
struct Pair<'f> {
    x: &'f Field,
    y: &'f Field,
    /// What stands beside these words.
    says: Says,
}

/// All pairs of columns that could be positions, best first; those in units of grids only where `grid` says that positions are in one.
pub(super) fn pairs(fields: &[Field], grid: bool) -> Vec<(&str, &str)> {
    let could_be = |says: Says| match says {
        Says::Nothing | Says::Itself | Says::Part(Part::Degrees) => true,
        Says::Grid(_) => grid,
        _ => false,
    };
    let found = named(fields).into_iter().filter(|pair| could_be(pair.says));
    found.map(|Pair { x, y, .. }| (x.name.as_str(), y.name.as_str())).collect()
}

/// Why the first pair of columns that are named like positions, and something else besides, is none.
pub(super) fn aside(fields: &[Field]) -> Option<String> {
    let found = named(fields);
    let Pair { x, y, says, .. } = found.first()?;
    let names = format!("{:?} and {:?}", x.name, y.name);
    Some(match says {
        Says::Grid(unit) => format!("{names} are {unit} of a grid by their names: say its number, such as --crs 25832"),
        Says::Unit(unit) => {
            format!("{names} are {unit} by their names, which are no degrees: make degrees of them first")
        }
        Says::Part(_) => format!("{names} are parts of degrees by their names, and the degrees are not there"),
        _ => {
            let flags = format!("--lon {} --lat {}", typed(&x.name), typed(&y.name));
            format!("{names} are no positions by their names, but something about them (else say {flags})")
        }
    })
}

fn named(fields: &[Field]) -> Vec<Pair<'_>> {
    let mut found: Vec<(usize, usize, Pair<'_>)> = Vec::new();
    let words: Vec<Vec<String>> = fields.iter().map(|field| beside::words(&field.name, &AXES)).collect();
    let all: HashSet<&[String]> = words.iter().map(Vec::as_slice).collect();
    let candidates = || fields.iter().zip(&words).enumerate().filter(|(_, (field, _))| could_be(field));
    // For each pair of words the first column of each stem, among those of latitudes.
    let partners: Vec<HashMap<Vec<String>, usize>> = (AXES.iter().enumerate())
        .map(|(rank, (_, north))| {
            let mut first = HashMap::new();
            for (at, (_, words)) in candidates() {
                stems(words, north, rank < ENDINGS).into_iter().for_each(|(stem, _)| {
                    first.entry(stem).or_insert(at);
                });
            }
            first
        })
        .collect();
    for (at, (x, words)) in candidates() {
        for (rank, axes) in AXES.iter().enumerate() {
            let wanted = stems(words, axes.0, rank < ENDINGS);
            let partner = wanted.iter().filter_map(|(stem, axis)| Some((*partners[rank].get(stem)?, stem, *axis)));
            let Some((y, stem, axis)) = partner.filter(|&(y, ..)| y != at).min_by_key(|&(y, ..)| y) else { continue };
            let y = &fields[y];
            let says = match beside::says(words, axis, is_angle(*axes)) {
                Says::Part(Part::Minutes) if parted::is_whole(words, &all) => Says::About,
                says => says,
            };
            // A name of nothing but the axis comes before one with other words.
            let other = match says {
                _ if stem.is_empty() => 0,
                Says::Itself => 5,
                _ => 10,
            };
            let rank = if rank >= ENDINGS { rank + 100 } else { 0 } + other;
            // Texts may be numbers with a comma, but numbers are numbers for certain.
            let rank = rank + if is_number(x) && is_number(y) { 0 } else { 1000 };
            found.push((rank, at, Pair { x, y, says }));
            break;
        }
    }
    found.sort_unstable_by_key(|&(rank, at, _)| (rank, at));
    found.into_iter().map(|(_, _, pair)| pair).collect()
}

/// Words of a name that is looked at.
const LONGEST: usize = 100;

/// What is left of a name without the word of the axis: its other words in order, and where that word stood. Several ways if it comes
/// twice, none if it does not come at all.
fn stems(words: &[String], axis: &str, ending: bool) -> Vec<(Vec<String>, usize)> {
    const BOTH: [[&str; 2]; 4] = [["n", "s"], ["s", "n"], ["e", "w"], ["w", "e"]];
    // LATITUDE N/S goes with LONGITUDE E/W.
    let words = match words {
        [_, rest @ ..] if BOTH.iter().any(|both| rest.ends_with(&both.map(str::to_owned))) => &words[..words.len() - 2],
        all => all,
    };
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
        let mut rest = words.to_vec();
        rest[at] = marked;
        if rest == ["*"] {
            rest.clear();
        }
        stems.push((rest, at));
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
