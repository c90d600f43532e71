//! Fields of text become numbers, truth values and times, by one grammar for looking and for taking.
//!
//! What [`classify`] says a field is, the parsers here will read: a column whose fields all have a class can be taken as
//! that class without losing one.

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
    /// `true` or `false`.
    Boolean,
    /// A date, or a date with a time of day, as filters read it.
    Time,
    /// Anything else.
    Text,
}

/// Words that stand for no value where the rest of the column is numbers, truth values or times.
const MISSING: [&str; 11] = ["NA", "N/A", "n/a", "na", "NULL", "Null", "null", "None", "none", "\\N", "-"];

/// The class of a field that has no blanks around it.
pub(super) fn classify(field: &[u8], decimal_comma: bool) -> Class {
    let Some(&first) = field.first() else { return Class::Empty };
    match first {
        b'0'..=b'9' | b'-' | b'+' | b'.' | b',' => numeric(field, decimal_comma),
        b'i' | b'I' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'\\' if field.len() <= 8 => word(field),
        _ => Class::Text,
    }
}

fn numeric(field: &[u8], decimal_comma: bool) -> Class {
    let digits = field.strip_prefix(b"-").or_else(|| field.strip_prefix(b"+")).unwrap_or(field);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        if digits.len() > 1 && digits[0] == b'0' || field[0] == b'+' {
            return Class::Digits;
        }
        return integer(field).map_or(Class::Digits, Class::Integer);
    }
    let sign = if decimal_comma { b',' } else { b'.' };
    let mut signs = 0;
    let plain = digits.len() > 1
        && digits.iter().all(|&byte| {
            byte.is_ascii_digit() || {
                signs += 1;
                byte == sign
            }
        });
    if plain && signs == 1 || float(field, decimal_comma).is_some() {
        return Class::Float;
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
    } else if !field.iter().any(u8::is_ascii_digit) && float(field, false).is_some() {
        Class::Float
    } else {
        Class::Text
    }
}

/// Whether a field is a word for no value.
pub(super) fn is_missing(field: &[u8]) -> bool {
    MISSING.iter().any(|word| word.as_bytes() == field)
}

/// An integer of decimal digits.
pub(super) fn integer(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?;
    text.parse().ok()
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

/// A decimal number; with a decimal comma, a point is none.
pub(super) fn float(field: &[u8], decimal_comma: bool) -> Option<f64> {
    let text = std::str::from_utf8(field).ok()?;
    if !decimal_comma {
        return text.parse().ok();
    }
    if text.contains('.') {
        return None;
    }
    text.replacen(',', ".", 1).parse().ok()
}

/// A decimal number in either of the two spellings.
pub(super) fn number(field: &[u8]) -> Option<f64> {
    float(field, false).or_else(|| float(field, true))
}

/// A number of degrees or metres, blanks around it or not.
pub(super) fn coordinate(text: &str) -> Option<f64> {
    number(text.trim().as_bytes())
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
        ];
        for (field, expected) in classes {
            assert_eq!(classify(field.as_bytes(), false), expected, "{field}");
        }
        assert_eq!(classify(b"1,5", true), Class::Float);
        assert_eq!(classify(b"1.5", true), Class::Text);
        assert_eq!(classify(b"15", true), Class::Integer(15));
    }

    #[test]
    fn coordinates_take_either_decimal_sign() {
        assert_eq!(coordinate(" 52,5 "), Some(52.5));
        assert_eq!(coordinate("-0.25"), Some(-0.25));
        assert_eq!(coordinate("1,2,3"), None);
    }
}
