//! Coordinates as people write them: decimals with point or comma, degrees with minutes and seconds, letters of the compass.

use super::numbers;

/// A coordinate that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Read {
    /// Degrees; negative in the south and west.
    pub value: f64,
    /// Whether it is more than a plain number: it has a letter, or minutes.
    pub dressed: bool,
    /// Whether its letter says which axis it is on: `true` for latitude.
    pub is_lat: Option<bool>,
}

/// Reads `50.51`, `50,51`, `50.51N`, `S 33.87`, `50°30'36"N`, `50° 30.6' N`, `50 30 36 N`, `8d15m0sW`. Degrees without a
/// mark of minutes or a letter are one number only. `O` is none: it is east to some and west to others.
pub(super) fn read(text: &str) -> Option<Read> {
    let text = text.trim();
    // A minus sign as printers have it.
    let printed = text.strip_prefix('\u{2212}').and_then(numbers::coordinate).filter(|value| *value >= 0.0);
    if let Some(value) = numbers::coordinate(text).or(printed.map(|value| -value)) {
        return Some(Read { value, dressed: false, is_lat: None });
    }
    if text.len() > 40 || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (text, letter) = letter(text)?;
    let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    // A sign beside a letter says the thing twice, or its contrary.
    if negative && letter.is_some() {
        return None;
    }
    let value = parts(text, letter.is_some())?;
    let dressed =
        letter.is_some() || text.trim_end_matches(['°', 'º', '˚', ' ']).contains(|sign: char| !is_digit(sign));
    let south = negative || matches!(letter, Some('S' | 'W'));
    let is_lat = letter.map(|letter| matches!(letter, 'N' | 'S'));
    Some(Read { value: if south { -value } else { value }, dressed, is_lat })
}

/// Whether both are degrees followed by two digits of minutes.
pub(super) fn run_together(x: f64, y: f64) -> bool {
    let [x, y] = [x.abs(), y.abs()];
    let minutes = |number: f64| number % 100.0 < 60.0;
    x.max(y) > 1000.0 && x <= 18_000.0 && y <= 9_000.0 && minutes(x) && minutes(y) && x.fract() + y.fract() > 0.0
}

/// Parts of a degree, of which 2³¹ are half a circle: what Garmin's devices count.
pub(super) const SEMICIRCLES: f64 = 2_147_483_648.0 / 180.0;

/// Whether both are whole, and more than the metres of any grid: parts of degrees.
pub(super) fn in_parts(x: f64, y: f64) -> bool {
    let whole = x.fract() == 0.0 && y.fract() == 0.0;
    whole && x.abs() <= 180.0 * SEMICIRCLES && y.abs() <= 90.0 * SEMICIRCLES && x.abs().max(y.abs()) > 2.1e7
}

const fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit() || matches!(letter, '.' | ',')
}

/// The letter of the compass at the end or the beginning, in capitals, and the rest.
fn letter(text: &str) -> Option<(&str, Option<char>)> {
    let compass = |letter: char| {
        let letter = letter.to_ascii_uppercase();
        matches!(letter, 'N' | 'S' | 'E' | 'W').then_some(letter)
    };
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    // Seconds may be marked by an s behind their number: then there are minutes marked by an m before.
    let number = text[..text.len() - last.len_utf8()]
        .trim_end()
        .ends_with(|letter: char| letter.is_ascii_digit() || letter == '.');
    let seconds = last == 's' && number && text.contains(['m', '\'', '\u{2032}']);
    if let Some(letter) = compass(last).filter(|_| !seconds) {
        return Some((text[..text.len() - 1].trim_end(), Some(letter)));
    }
    match compass(first) {
        Some(letter) => Some((text[1..].trim_start(), Some(letter))),
        None => Some((text, None)),
    }
}

/// Degrees, minutes and seconds with the marks between them; only the last of them may have decimals.
fn parts(text: &str, with_letter: bool) -> Option<f64> {
    const MARKS: [&[char]; 3] = [
        &['°', 'º', '˚', 'd', 'D', ':', ' '],
        &['\'', '\u{2032}', '\u{2019}', 'm', ':', ' '],
        &['"', '\u{2033}', '\u{201d}', 's', ' '],
    ];
    let mut rest = text.trim();
    let (mut value, mut marked) = (0.0, false);
    for (marks, part) in MARKS.iter().zip([1.0, 60.0, 3600.0]) {
        let end =
            rest.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '.' | ',')).unwrap_or(rest.len());
        let number = numbers::number(&rest.as_bytes()[..end])?;
        if part > 1.0 && number >= 60.0 {
            return None;
        }
        value += number / part;
        rest = rest[end..].trim_start_matches(|letter: char| {
            let mark = marks.contains(&letter);
            marked |= mark && !matches!(letter, ' ' | ':');
            mark || part > 60.0 && matches!(letter, '\'' | '\u{2032}' | '\u{2019}') || letter == ' '
        });
        if rest.is_empty() {
            break;
        }
        // Only whole degrees and minutes have a part after them.
        if number.fract() != 0.0 {
            return None;
        }
    }
    (rest.is_empty() && (marked || with_letter)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        read(text).map(|read| (read.value * 1e9).round() / 1e9)
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        for (text, expected) in [
            ("50.51", 50.51),
            (" -8,25 ", -8.25),
            ("\u{2212}8.25", -8.25),
            ("50.51N", 50.51),
            ("33.87 S", -33.87),
            ("W8.25", -8.25),
            ("50°30'36\"N", 50.51),
            ("8°15'00\"W", -8.25),
            ("33°52'S", -33.866_666_667),
            ("50° 30.6' N", 50.51),
            ("50 30 36 N", 50.51),
            ("N 50° 30′ 36″", 50.51),
            ("50:30:36N", 50.51),
            ("8d15m0sW", -8.25),
            ("8d15m0s", 8.25),
            ("33°52'10\"s", -33.869_444_444),
            ("33°52'10''s", -33.869_444_444),
            ("33° 52' s", -33.866_666_667),
            ("33°52'10s", 33.869_444_444),
            ("-8°15'", -8.25),
            ("50°", 50.0),
            ("50º30’36’’N", 50.51),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
        let dressed = |text: &str| read(text).map(|read| read.dressed);
        assert_eq!(["50.51°", "-8,25 °", "50°30'", "50°N"].map(dressed), [false, false, true, true].map(Some));
        assert_eq!(read("50.51N").and_then(|read| read.is_lat), Some(true));
        assert_eq!(read("8.2e").and_then(|read| read.is_lat), Some(false));
    }

    #[test]
    fn what_could_be_something_else_is_none() {
        for text in
            ["8.25O", "50 30 36", "50:30", "50°61'N", "-8.25W", "north", "N", "", "12 Main St", "1,2,3", "50.5°30'N"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
