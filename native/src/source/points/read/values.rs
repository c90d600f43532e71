//! Fields of text become numbers, truth values and times, by one grammar for looking and for taking.
//!
//! What [`classify`] says a field is, the parsers here will read: a column whose fields all have a class can be taken as
//! that class without losing one.

use super::numbers::{Numbers, float, integer};
use duotile_core::time;

/// What a field of a CSV file could be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    /// Nothing, or only blanks.
    Empty,
    /// A word for nothing, such as `NA`.
    Missing,
    /// An integer of 64 bits.
    Integer(i64),
    /// Digits that must stay as they are: leading zeros (postcodes, phone numbers) or more than 64 bits.
    Digits,
    /// A decimal number, also `NaN` and `inf`.
    Float,
    /// A number with signs between its thousands.
    Grouped(f64),
    /// `true` or `false`.
    Boolean,
    /// A date, or a date with a time of day, as filters read it.
    Time,
    /// Anything else.
    Text,
}

/// Words for true and false, a pair a column, where a column is said to be such.
const TRUTHS: [(&str, &str); 9] = [
    ("true", "false"),
    ("1", "0"),
    ("t", "f"),
    ("y", "n"),
    ("yes", "no"),
    ("wahr", "falsch"),
    ("ja", "nein"),
    ("vrai", "faux"),
    ("oui", "non"),
];

/// Words that stand for no value where the rest of the column is numbers, truth values or times.
const MISSING: [&str; 62] = [
    "NA",
    "N/A",
    "n/a",
    "na",
    "NULL",
    "Null",
    "null",
    "None",
    "none",
    "NONE",
    "\\N",
    "-",
    "--",
    "---",
    "?",
    ".",
    "..",
    "...",
    "*",
    "#N/A",
    "#NA",
    "#N/A N/A",
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/D",
    "<NA>",
    "<null>",
    "(null)",
    "n.a.",
    "N.A.",
    "n.d.",
    "N.D.",
    "nil",
    "NIL",
    "nd",
    "ND",
    "NaT",
    "k.A.",
    "k. A.",
    "\u{2013}",
    "\u{2014}",
    "\u{2026}",
    "/",
    "#NV",
    "#WERT!",
    "#BEZUG!",
    "#ZAHL!",
    "#VALOR!",
    "#VALEUR!",
    "#NOM?",
    "#NOMBRE?",
    "#NOMBRE!",
    "#\u{a1}VALOR!",
    "#\u{a1}REF!",
    "#\u{a1}DIV/0!",
    "s.o.",
    "s/o",
    "unbekannt",
];

/// Bytes of the longest of them.
const LONGEST: usize = 9;

/// The class of a field that has no blanks around it.
#[inline]
pub(super) fn classify(field: &[u8], numbers: Numbers) -> Class {
    let Some(&first) = field.first() else { return Class::Empty };
    match first {
        b'0'..=b'9' | b'-' | b'+' | b'.' | b',' => numeric(field, numbers),
        b'i' | b'I' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'\\' | b'#' | b'<' | b'(' | b'?' | b'*' | b'k'
        | 0xe2
            if field.len() <= LONGEST =>
        {
            word(field)
        }
        b'/' | b's' | b'u' if is_missing(field) => Class::Missing,
        _ => Class::Text,
    }
}

#[inline]
fn numeric(field: &[u8], numbers: Numbers) -> Class {
    let digits = field.strip_prefix(b"-").or_else(|| field.strip_prefix(b"+")).unwrap_or(field);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        if digits.len() > 1 && digits[0] == b'0' || field[0] == b'+' {
            return Class::Digits;
        }
        return integer(field).map_or(Class::Digits, Class::Integer);
    }
    // What is no number and looks like a date is tried as one first: most columns that are neither integers nor decimals are times.
    if matches!(field, [_, _, _, _, b'-' | b'/', _, _, _, ..]) && time::read(field).is_ok() {
        return Class::Time;
    }
    let sign = if numbers.decimal_comma { b',' } else { b'.' };
    let mut signs = 0;
    let plain = digits.len() > 1
        && digits.iter().all(|&byte| {
            byte.is_ascii_digit() || {
                signs += 1;
                byte == sign
            }
        });
    if plain && signs == 1 || float(field, numbers.decimal_comma).is_some() {
        return Class::Float;
    }
    if let Some(value) = numbers.grouped(field) {
        return Class::Grouped(value);
    }
    if field.len() >= 8 && time::read(field).is_ok() {
        return Class::Time;
    }
    word(field)
}

fn word(field: &[u8]) -> Class {
    if is_missing(field) {
        Class::Missing
    } else if boolean(field).is_some() {
        Class::Boolean
    } else if is_no_finite(field) {
        Class::Float
    } else {
        Class::Text
    }
}

/// Whether a field is a number that none counts to.
fn is_no_finite(field: &[u8]) -> bool {
    let plain = field.strip_prefix(b"-").or_else(|| field.strip_prefix(b"+")).unwrap_or(field);
    ["nan", "inf", "infinity"].iter().any(|word| plain.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a field is a word for no value.
pub(super) fn is_missing(field: &[u8]) -> bool {
    // Most words begin otherwise.
    let could_be = match field {
        [b'k' | b's', next, ..] => !next.is_ascii_alphabetic(),
        [first, ..] => {
            matches!(first, b'N' | b'n' | b'\\' | b'-' | b'?' | b'.' | b'*' | b'#' | b'<' | b'(' | b'/' | b'u' | 0xe2)
        }
        [] => false,
    };
    could_be
        && field.len() <= LONGEST
        && MISSING.iter().any(|word| word.as_bytes().first() == field.first() && word.as_bytes() == field)
}

/// `true` or `false`, in capitals or not.
pub(super) fn boolean(field: &[u8]) -> Option<bool> {
    if field.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else if field.eq_ignore_ascii_case(b"false") {
        Some(false)
    } else {
        None
    }
}

/// Which pair of words for true and false one is of, and which of the two, in capitals or not.
pub(super) fn truth(field: &[u8]) -> Option<(usize, bool)> {
    let is = |word: &str| field.eq_ignore_ascii_case(word.as_bytes());
    let pairs = || TRUTHS.iter().enumerate();
    let of = |(pair, &(yes, no)): (usize, &(&str, &str))| {
        if is(yes) { Some((pair, true)) } else { is(no).then_some((pair, false)) }
    };
    pairs().find_map(of)
}

/// Whether a time has more than zeros below the microsecond.
pub(super) fn is_finer(field: &[u8]) -> bool {
    let Some(sign) = field.iter().rposition(|byte| matches!(byte, b'.' | b',')) else { return false };
    let fraction = field[sign + 1..].iter().take_while(|byte| byte.is_ascii_digit());
    fraction.skip(6).any(|&digit| digit != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_get_the_class_that_loses_nothing() {
        let classes = [
            ("", Class::Empty),
            ("0", Class::Integer(0)),
            ("-12", Class::Integer(-12)),
            ("9223372036854775807", Class::Integer(i64::MAX)),
            ("9223372036854775808", Class::Digits),
            ("007", Class::Digits),
            ("+4912345", Class::Digits),
            ("0.50", Class::Float),
            (".5", Class::Float),
            ("1e-3", Class::Float),
            ("NaN", Class::Float),
            ("inf", Class::Float),
            ("1,5", Class::Text),
            ("TRUE", Class::Boolean),
            ("NA", Class::Missing),
            ("-", Class::Missing),
            ("2024-02-29", Class::Time),
            ("2024-02-30", Class::Text),
            ("2024-01-01T10:00:00Z", Class::Time),
            ("12 Main St", Class::Text),
            ("Namibia", Class::Text),
            ("1_000", Class::Text),
            ("#N/A", Class::Missing),
            ("(null)", Class::Missing),
            ("\u{2013}", Class::Missing),
            ("#NV", Class::Missing),
            ("#BEZUG!", Class::Missing),
            ("\u{2014}", Class::Missing),
            ("/", Class::Missing),
            ("s.o.", Class::Missing),
            ("unbekannt", Class::Missing),
            ("unbesetzt", Class::Text),
            ("98,765", Class::Grouped(98765.0)),
            ("-1,234,567.5", Class::Grouped(-1_234_567.5)),
            ("0,123", Class::Text),
            ("12,34", Class::Text),
            ("1,2345", Class::Text),
            ("127.0.0.1", Class::Text),
        ];
        let points = Numbers { thousands: Some(','), ..Numbers::default() };
        for (field, expected) in classes {
            assert_eq!(classify(field.as_bytes(), points), expected, "{field}");
        }
        let commas = Numbers { decimal_comma: true, thousands: Some('.'), mark: None };
        assert_eq!(classify(b"1,5", commas), Class::Float);
        assert_eq!(classify(b"1.5", commas), Class::Text);
        assert_eq!(classify(b"15", commas), Class::Integer(15));
        assert_eq!(classify(b"1.234,5", commas), Class::Grouped(1234.5));
        let swiss = Numbers { thousands: Some('’'), ..Numbers::default() };
        assert_eq!(classify("1’234.5".as_bytes(), swiss), Class::Grouped(1234.5));
    }

    #[test]
    fn digits_below_the_microsecond_are_seen() {
        for (field, expected) in [
            ("2024-01-01T00:00:00.000000001Z", true),
            ("2024-01-01T00:00:00.123456000Z", false),
            ("2024-01-01T00:00:00.1234567+01:00", true),
            ("2024-01-01T00:00:00.123456", false),
            ("5.3.2024", false),
            ("20240101", false),
        ] {
            assert_eq!(is_finer(field.as_bytes()), expected, "{field}");
        }
    }

    #[test]
    fn no_word_for_nothing_is_longer_than_is_looked_for() {
        assert!(MISSING.iter().all(|word| word.len() <= LONGEST && is_missing(word.as_bytes())));
    }
}
