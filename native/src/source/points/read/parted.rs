//! Positions whose degrees, minutes, seconds and letters of the compass stand in columns of their own.

use super::{
    beside::{self, Part},
    coordinates::{Texts, coordinates},
    field::Field,
    pairs::{AXES, could_be, is_angle},
};
use crate::kind::Kind;
use anyhow::Result;
use polars_core::prelude::{DataFrame, DataType, PolarsError};
use std::collections::{HashMap, HashSet};

/// The columns of a longitude or latitude.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parted {
    pub degrees: String,
    pub minutes: Option<String>,
    pub seconds: Option<String>,
    pub direction: Option<String>,
}

/// The columns of longitudes and of latitudes, where names say that they are parts of these: both have degrees, and one has minutes.
pub(super) fn find(fields: &[Field]) -> Option<(Parted, Parted)> {
    let mut found: HashMap<(usize, bool, Vec<String>), [Option<usize>; 4]> = HashMap::new();
    let named: Vec<Vec<String>> = fields.iter().map(|field| beside::words(&field.name, &AXES)).collect();
    let all: HashSet<&[String]> = named.iter().map(Vec::as_slice).collect();
    // Whole numbers of nothing but an axis are the degrees where none say that they are.
    let each = |said: bool| fields.iter().zip(&named).enumerate().map(move |(at, of)| (said, at, of));
    for (said, at, (field, words)) in each(true).chain(each(false)) {
        for (rank, axes) in AXES.iter().enumerate().filter(|(_, axes)| is_angle(**axes)) {
            for (is_lat, axis) in [(false, axes.0), (true, axes.1)] {
                let Some(place) = words.iter().position(|word| word == axis) else { continue };
                let part = |word: &String| beside::part(word);
                let part = words.iter().enumerate().filter(|(at, _)| *at != place).find_map(|(_, word)| part(word));
                let is_whole_number = matches!(field.kind, Ok(Kind::I32 | Kind::I64));
                let part = if said { part } else { (part.is_none() && is_whole_number).then_some(Part::Degrees) };
                let Some(part) = part else { continue };
                let texts = part == Part::Direction;
                let fits = if texts { field.kind == Ok(Kind::Text) } else { could_be(field) && !is_whole(words, &all) };
                if fits {
                    let rest = (words.iter().enumerate())
                        .filter(|(at, word)| *at == place || beside::part(word).is_none())
                        .map(|(at, word)| if at == place { "*".to_owned() } else { word.clone() });
                    let parts = found.entry((rank, is_lat, rest.collect())).or_default();
                    parts[part as usize].get_or_insert(at);
                }
            }
        }
    }
    let whole = found.iter().filter(|((_, is_lat, _), _)| !is_lat).filter_map(|((rank, _, rest), lon)| {
        let lat = found.get(&(*rank, true, rest.clone()))?;
        let has_minutes = lon[1].or(lat[1]).is_some();
        (has_minutes && lat[0].is_some()).then_some((*rank, lon[0]?, lon, lat))
    });
    let (_, _, lon, lat) = whole.min_by_key(|&(rank, at, ..)| (rank, at))?;
    let name = |at: Option<usize>| at.map(|at| fields[at].name.clone());
    let parted = |[degrees, minutes, seconds, direction]: [Option<usize>; 4]| {
        Some(Parted {
            degrees: name(degrees)?,
            minutes: name(minutes),
            seconds: name(seconds),
            direction: name(direction),
        })
    };
    Some((parted(*lon)?, parted(*lat)?))
}

/// Whether it is no part: `min` is the least of something beside the same name with `max`, and `dd` is decimal degrees unless the same
/// name with `mm` is there.
pub(super) fn is_whole(words: &[String], all: &HashSet<&[String]>) -> bool {
    let is_there = |word: &str, other: &str| {
        let others = words.iter().map(|own| if own == word { other.to_owned() } else { own.clone() });
        all.contains(&*others.collect::<Vec<String>>())
    };
    let has = |word: &str| words.iter().any(|own| own == word);
    has("min") && is_there("min", "max") || has("dd") && !is_there("dd", "mm")
}

impl Parted {
    /// All columns, that of degrees first.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let others = [&self.minutes, &self.seconds, &self.direction].into_iter().flatten().map(String::as_str);
        std::iter::once(self.degrees.as_str()).chain(others)
    }

    /// The degrees of all rows of a chunk; NaN where there are none.
    ///
    /// # Errors
    /// When a column is not there or of another type.
    pub fn coordinates(&self, chunk: &DataFrame, is_lat: bool, met: &mut Texts) -> Result<Vec<f64>> {
        let mut values = coordinates(chunk.column(&self.degrees)?, is_lat, met)?;
        let mut part = |name: &Option<String>| match name {
            Some(name) => coordinates(chunk.column(name)?, is_lat, met),
            None => Ok(vec![0.0; values.len()]),
        };
        let (minutes, seconds) = (part(&self.minutes)?, part(&self.seconds)?);
        let letters = self.direction.as_ref().map(|name| chunk.column(name)?.cast(&DataType::String)).transpose()?;
        let mut letters = letters.as_ref().map(|column| Ok::<_, PolarsError>(column.str()?.iter())).transpose()?;
        for (row, value) in values.iter_mut().enumerate() {
            let parts = [*value, minutes[row], seconds[row]];
            let letter = letters.as_mut().map(|letters| letters.next().flatten().unwrap_or_default().trim());
            let read = joined(parts, letter, is_lat);
            if read.is_none() && parts.iter().all(|part| !part.is_nan()) && letter != Some("") {
                let [degrees, minutes, seconds] = parts;
                let text = || format!("{degrees} {minutes} {seconds} {}", letter.unwrap_or_default());
                met.first.get_or_insert_with(|| (self.columns().collect::<Vec<_>>().join(", "), text()));
            }
            *value = read.unwrap_or(f64::NAN);
        }
        Ok(values)
    }
}

/// Degrees of degrees, minutes and seconds, of which only the last that is there has decimals. What is south or west has a letter or a
/// sign, not both; the sign may stand at all that are not zero.
fn joined([degrees, minutes, seconds]: [f64; 3], letter: Option<&str>, is_lat: bool) -> Option<f64> {
    let south = match letter.map(str::to_ascii_uppercase).as_deref() {
        None => false,
        Some("N" | "NORTH") if is_lat => false,
        Some("E" | "EAST") if !is_lat => false,
        Some("S" | "SOUTH") if is_lat => true,
        Some("W" | "WEST") if !is_lat => true,
        Some(_) => return None,
    };
    let is_below = |part: f64| part < 0.0;
    let negative = degrees.is_sign_negative() || degrees == 0.0 && (is_below(minutes) || is_below(seconds));
    let whole = |part: f64, rest: f64| part.fract() == 0.0 || rest == 0.0;
    let fits = (negative || !is_below(minutes) && !is_below(seconds))
        && minutes.abs() < 60.0
        && seconds.abs() < 60.0
        && whole(degrees, minutes)
        && whole(degrees, seconds)
        && whole(minutes, seconds)
        && !(negative && letter.is_some());
    let value = degrees.abs() + minutes.abs() / 60.0 + seconds.abs() / 3600.0;
    fits.then_some(if negative || south { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_with_minutes_are_joined_by_sign_or_letter() {
        for (parts, letter, is_lat, expected) in [
            ([50.0, 30.0, 36.0], None, true, Some(50.51)),
            ([-8.0, 15.0, 0.0], None, false, Some(-8.25)),
            ([-8.0, -15.0, 0.0], None, false, Some(-8.25)),
            ([-0.0, 15.0, 0.0], None, false, Some(-0.25)),
            ([0.0, -15.0, 0.0], None, false, Some(-0.25)),
            ([74.0, 30.0, 0.0], Some("W"), false, Some(-74.5)),
            ([33.0, 45.0, 0.0], Some("south"), true, Some(-33.75)),
            ([8.25, 0.0, 0.0], None, false, Some(8.25)),
            ([8.0, -15.0, 0.0], None, false, None),
            ([8.25, 15.0, 0.0], None, false, None),
            ([8.0, 15.5, 30.0], None, false, None),
            ([8.0, 60.0, 0.0], None, false, None),
            ([-33.0, 45.0, 0.0], Some("S"), true, None),
            ([33.0, 45.0, 0.0], Some("W"), true, None),
            ([33.0, f64::NAN, 0.0], None, true, None),
        ] {
            assert_eq!(joined(parts, letter, is_lat), expected, "{parts:?} {letter:?}");
        }
    }
}
