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
    /// A number with signs between its thousands.
    Grouped(f64),
    /// `true` or `false`.
    Boolean,
    /// A date, or a date with a time of day, as filters read it.
    Time,
    /// Anything else.
    Text,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Whether decimals have a comma.
    pub decimal_comma: bool,
    /// What may stand between thousands.
    pub thousands: Option<char>,
    /// The sign that stands before or behind them: of money, or of shares.
    pub mark: Option<char>,
}

/// Signs of money and of shares.
const MARKS: [char; 10] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '%', '‰'];

/// Words that stand for no value where the rest of the column is numbers, truth values or times.
const MISSING: [&str; 42] = [
    "NA", "N/A", "n/a", "na", "NULL", "Null", "null", "None", "none", "NONE", "\\N", "-", "--", "---", "?", ".", "..",
    "...", "*", "#N/A", "#NA", "#N/A N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/D", "<NA>",
    "<null>", "(null)", "n.a.", "N.A.", "n.d.", "nil", "NIL", "nd", "ND", "NaT", "k.A.", "\u{2013}",
];

/// Bytes of the longest of them.
const LONGEST: usize = 8;

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

impl Numbers {
    /// A number with signs between its thousands, as these are written.
    pub fn grouped(self, field: &[u8]) -> Option<f64> {
        if self.mark.is_some()
            && let Some((mark, value)) = marked(field, self)
        {
            return Some(value).filter(|_| Some(mark) == self.mark);
        }
        let decimal = if self.decimal_comma { b',' } else { b'.' };
        let sign = self.thousands?;
        if sign.is_ascii() {
            return grouped(field, sign as u8, decimal);
        }
        let text = std::str::from_utf8(field).ok()?.replace(sign, " ");
        grouped(text.as_bytes(), b' ', decimal)
    }

    /// A number as these are written, else in either of the two spellings of decimals.
    pub fn read(self, field: &[u8]) -> Option<f64> {
        self.grouped(field).or_else(|| number(field))
    }
}

/// A number with one sign before or behind it, blanks between or not: `$1,137.00`, `-5 €`, `12%`.
pub(super) fn marked(field: &[u8], numbers: Numbers) -> Option<(char, f64)> {
    if field.len() > 40 || !field.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(field).ok()?;
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    let (mark, rest) = if MARKS.contains(&first) {
        (first, text[first.len_utf8()..].trim_start())
    } else if MARKS.contains(&last) {
        (last, text[..text.len() - last.len_utf8()].trim_end())
    } else {
        return None;
    };
    // Digits and what parts them, and a sign of minus if there was none.
    let plain = rest.strip_prefix('-').filter(|_| !negative).unwrap_or(rest);
    if !plain.starts_with(|letter: char| letter.is_ascii_digit())
        || plain.contains(|letter: char| letter.is_alphabetic())
    {
        return None;
    }
    let bare = Numbers { mark: None, ..numbers };
    let value = bare.grouped(rest.as_bytes()).or_else(|| float(rest.as_bytes(), numbers.decimal_comma))?;
    Some((mark, if negative { -value } else { value }))
}

/// A number in groups of three digits, at least two groups: `1,234,567.5`.
pub(super) fn grouped(field: &[u8], sign: u8, decimal: u8) -> Option<f64> {
    let digits = field.strip_prefix(b"-").unwrap_or(field);
    let (whole, fraction) = match digits.iter().position(|&byte| byte == decimal) {
        Some(at) if decimal != sign => (&digits[..at], &digits[at + 1..]),
        _ => (digits, &b""[..]),
    };
    let mut groups = whole.split(|&byte| byte == sign);
    let first = groups.next()?;
    let leads = (1..=3).contains(&first.len()) && first[0] != b'0' && first.iter().all(u8::is_ascii_digit);
    if !leads || whole.len() == first.len() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if !groups.all(|group| group.len() == 3 && group.iter().all(u8::is_ascii_digit)) {
        return None;
    }
    let plain: String = field
        .iter()
        .filter(|&&byte| byte != sign)
        .map(|&byte| if byte == decimal { '.' } else { char::from(byte) })
        .collect();
    plain.parse().ok()
}

/// Whether a field is a word for no value.
pub(super) fn is_missing(field: &[u8]) -> bool {
    // Most words begin otherwise.
    let could_be = |first: &u8| {
        matches!(first, b'N' | b'n' | b'\\' | b'-' | b'?' | b'.' | b'*' | b'#' | b'<' | b'(' | b'k' | 0xe2)
    };
    field.len() <= LONGEST
        && field.first().is_some_and(could_be)
        && MISSING.iter().any(|word| word.as_bytes().first() == field.first() && word.as_bytes() == field)
}

/// An integer of decimal digits.
#[inline]
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

/// A number of degrees or metres, blanks around it or not. One comma is that of decimals; with more, or with a point besides,
/// they stand between thousands.
pub(super) fn coordinate(text: &str) -> Option<f64> {
    let field = text.trim().as_bytes();
    number(field).or_else(|| grouped(field, b',', b'.')).or_else(|| grouped(field, b'.', b','))
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
    fn signs_of_money_and_shares_stand_beside_numbers() {
        let points = Numbers { thousands: Some(','), ..Numbers::default() };
        let commas = Numbers { decimal_comma: true, thousands: Some('.'), mark: None };
        for (field, numbers, expected) in [
            ("$1,137.00", points, Some(('$', 1137.0))),
            ("-$5", points, Some(('$', -5.0))),
            ("$-5.5", points, Some(('$', -5.5))),
            ("12%", points, Some(('%', 12.0))),
            ("12.5 %", points, Some(('%', 12.5))),
            ("1.100,50 €", commas, Some(('€', 1100.5))),
            ("€ 3", commas, Some(('€', 3.0))),
            ("£1e5", points, None),
            ("--5%", points, None),
            ("$", points, None),
            ("$NaN", points, None),
            ("5", points, None),
            ("12,34%", points, None),
        ] {
            assert_eq!(marked(field.as_bytes(), numbers), expected, "{field}");
        }
        let dollars = Numbers { mark: Some('$'), ..points };
        assert_eq!(
            (dollars.read(b"$1,137"), dollars.read(b"7.5"), dollars.read("€5".as_bytes())),
            (Some(1137.0), Some(7.5), None)
        );
    }

    #[test]
    fn no_word_for_nothing_is_longer_than_is_looked_for() {
        assert!(MISSING.iter().all(|word| word.len() <= LONGEST && is_missing(word.as_bytes())));
    }

    #[test]
    fn coordinates_take_either_decimal_sign() {
        assert_eq!(coordinate(" 52,5 "), Some(52.5));
        assert_eq!(coordinate("-0.25"), Some(-0.25));
        assert_eq!(coordinate("1,2,3"), None);
        assert_eq!(coordinate("447,834.12"), Some(447_834.12));
        assert_eq!(coordinate("5.531.000,5"), Some(5_531_000.5));
    }
}
