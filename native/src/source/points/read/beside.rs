//! What the words beside that of an axis say in the name of a column: whether it is a position in degrees, a part of one, or
//! something about positions.

use super::{names, pairs::is_angle};

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing that matters.
    Nothing,
    /// That it is the position itself, where other columns are not.
    Itself,
    /// Which part of an angle it is.
    Part(Part),
    /// That it is something about positions, such as how far off they are.
    About,
    /// A unit of grids, which are no degrees.
    Grid(&'static str),
    /// Another unit that is none of degrees.
    Unit(&'static str),
}

/// What an angle is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Degrees,
    Minutes,
    Seconds,
    /// A letter of the compass.
    Direction,
}

use Part::{Degrees, Direction, Minutes, Seconds};
use Says::{About, Grid, Itself, Nothing, Unit};

/// Words of one meaning each; those of one letter are read beside words of angles alone.
const WORDS: [(Says, &[&str]); 14] = [
    (Nothing, &["coord", "coordinate", "koord", "koordinate"]),
    (Itself, &["mean", "avg", "average", "median", "dd", "decimal", "wgs", "wgs84", "gcswgs84", "4326"]),
    (
        Says::Part(Degrees),
        &[
            "d",
            "deg",
            "degs",
            "degree",
            "degrees",
            "grad",
            "grados",
            "gradi",
            "graden",
            "degré",
            "degrés",
            "градусы",
            "度",
            "도",
        ],
    ),
    (
        Says::Part(Minutes),
        &["m", "mm", "min", "mins", "minute", "minutes", "minuten", "minutos", "minuti", "минуты", "мин", "分", "분"],
    ),
    (
        Says::Part(Seconds),
        &[
            "s",
            "ss",
            "sec",
            "secs",
            "second",
            "seconds",
            "sekunden",
            "segundos",
            "secondi",
            "secondes",
            "секунды",
            "сек",
            "秒",
            "초",
        ],
    ),
    (
        Says::Part(Direction),
        &["dir", "direction", "hem", "hemi", "hemisphere", "ref", "ns", "ew", "we", "quadrant", "cardinal"],
    ),
    (
        About,
        &[
            "count",
            "cnt",
            "num",
            "std",
            "stdev",
            "stddev",
            "sd",
            "sem",
            "sigma",
            "var",
            "variance",
            "cov",
            "err",
            "error",
            "errors",
            "uncertainty",
            "unc",
            "accuracy",
            "acc",
            "precision",
            "rmse",
            "residual",
            "resid",
            "bias",
            "diff",
            "difference",
            "delta",
            "vel",
            "velocity",
            "speed",
            "rate",
            "idx",
            "index",
            "id",
            "qc",
            "quality",
            "flag",
            "status",
        ],
    ),
    (
        About,
        &["max", "minimum", "maximum", "range", "size", "width", "span", "step", "spacing", "resolution", "offset"],
    ),
    (Unit("radians"), &["rad", "rads", "radian", "radians", "radiant"]),
    (Unit("pixels"), &["px", "pixel", "pixels"]),
    (Unit("millimetres"), &["millimetres", "millimeters", "millimeter"]),
    (Unit("centimetres"), &["cm", "centimetres", "centimeters"]),
    (Unit("kilometres"), &["km", "kilometres", "kilometers", "kilometer"]),
    (Grid("metres or feet"), &["metres", "meters", "metre", "meter", "metros", "ft", "feet", "foot", "usft"]),
];

/// What a word says beside one of an axis, which `is_angle` or that of any grid. What no angle has are units.
fn meaning(word: &str, is_angle: bool) -> Option<Says> {
    let found = WORDS.iter().find(|(_, words)| words.contains(&word)).map(|(says, _)| *says)?;
    match (is_angle, found, word) {
        (true, Grid(unit), _) => Some(Unit(unit)),
        (false, _, "m") => Some(Grid("metres")),
        (false, _, "mm") => Some(Unit("millimetres")),
        (false, Says::Part(Minutes), "min") => Some(About),
        (false, Says::Part(_), _) => None,
        (_, found, _) => Some(found),
    }
}

/// The words of a name, where the signs of degrees, minutes and seconds are words, too, and those that are written together with that
/// of an axis (`latdeg`) are apart.
pub(super) fn words(name: &str, axes: &[(&str, &str)]) -> Vec<String> {
    let mut text = String::with_capacity(name.len());
    let mut before = ' ';
    for letter in name.chars() {
        match letter {
            '°' | 'º' => text.push_str(" deg "),
            '\'' | '\u{2032}' if !before.is_alphanumeric() => text.push_str(" min "),
            '"' | '\u{2033}' if !before.is_alphanumeric() => text.push_str(" sec "),
            _ => text.push(letter),
        }
        before = letter;
    }
    let apart = |word: String| {
        let ends = axes.iter().flat_map(|axes| [(axes.0, *axes), (axes.1, *axes)]);
        let cut = ends.filter_map(|(axis, axes)| {
            let rest = word.strip_prefix(axis).filter(|rest| rest.len() > 1)?;
            let says = meaning(rest, is_angle(axes)).is_some() || part(rest) == Some(Degrees);
            says.then_some(axis)
        });
        match cut.map(str::len).max() {
            Some(at) => vec![word[..at].to_owned(), word[at..].to_owned()],
            None => vec![word],
        }
    };
    names::words(&text).into_iter().flat_map(apart).collect()
}

/// What all words of a name say beside the one at a place, which is that of an axis.
pub(super) fn says(words: &[String], axis: usize, is_angle: bool) -> Says {
    let mut said = Nothing;
    for (at, word) in words.iter().enumerate().filter(|(at, _)| *at != axis) {
        let found = match meaning(word, is_angle) {
            // What stands before is where it refers to.
            Some(Says::Part(Direction)) if at < axis => Nothing,
            Some(found) => found,
            None => Nothing,
        };
        said = match (said, found) {
            (Says::Part(Degrees), Says::Part(part)) | (Says::Part(part), Says::Part(Degrees)) if part != Degrees => {
                About
            }
            (known, found) => [known, found].into_iter().max_by_key(|says| weight(*says)).unwrap_or(known),
        };
    }
    said
}

/// What of several things counts.
const fn weight(says: Says) -> u8 {
    match says {
        Nothing => 0,
        Says::Part(Degrees) => 1,
        Itself => 2,
        Says::Part(_) => 3,
        About => 4,
        Grid(_) => 5,
        Unit(_) => 6,
    }
}

/// The part of an angle that a word names.
pub(super) fn part(word: &str) -> Option<Part> {
    match meaning(word, true) {
        Some(Says::Part(part)) => Some(part),
        // Beside minutes they are degrees: DD, MM and SS.
        Some(Itself) if word == "dd" => Some(Degrees),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_an_axis_says_what_a_column_is() {
        let axes = [("lon", "lat"), ("x", "y")];
        for (name, expected) in [
            ("lat", Nothing),
            ("start_lat", Nothing),
            ("lat_deg", Says::Part(Degrees)),
            ("Lat (°)", Says::Part(Degrees)),
            ("Lat (')", Says::Part(Minutes)),
            ("latmin", Says::Part(Minutes)),
            ("LAT_S", Says::Part(Seconds)),
            ("lat_ref", Says::Part(Direction)),
            ("ref_lat", Nothing),
            ("lat decimal degrees", Itself),
            ("lat_wgs84", Itself),
            ("lat_deg_min", About),
            ("lat_std", About),
            ("lat error", About),
            ("lat (rad)", Unit("radians")),
            ("lat_km", Unit("kilometres")),
            ("x (m)", Grid("metres")),
            ("pos_x_m", Grid("metres")),
            ("X (mm)", Unit("millimetres")),
            ("x [px]", Unit("pixels")),
            ("xmin", About),
            ("ymax", About),
            ("YCoord", Nothing),
            ("XCOORD", Nothing),
        ] {
            let words = words(name, &axes);
            let at = words.iter().position(|word| ["lon", "lat", "x", "y"].contains(&word.as_str())).expect(name);
            assert_eq!(says(&words, at, words[at] == "lat"), expected, "{name}");
        }
        // Where wind goes to, and what is counted in seconds, is in no grid.
        assert_eq!(words("xdir", &axes), ["xdir"]);
        assert_eq!(words("latdir", &axes), ["lat", "dir"]);
    }
}
