//! Numbers as people write them: with a point or a comma, with signs between thousands, with one of money or shares.
//!
//! What enters is a field without blanks around it and how numbers are written there; what leaves is the number.

use std::borrow::Cow;

/// How numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Whether decimals have a comma.
    pub decimal_comma: bool,
    /// What may stand between thousands.
    pub thousands: Option<char>,
    /// The sign that stands before or behind them: of money, or of shares; the first letter where it has some (`R$`).
    pub mark: Option<char>,
}

/// Signs of money and of shares.
const MARKS: [char; 10] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₺', '%', '‰'];

/// Whether a sign is one of shares: a number without it is another one.
pub(super) const fn is_share(mark: char) -> bool {
    matches!(mark, '%' | '‰')
}

/// A sign as it is told.
pub(super) fn shown(mark: char) -> String {
    if mark.is_alphabetic() { "of money".into() } else { mark.into() }
}

/// Signs that people write between thousands, besides the comma and the point: blanks of three kinds, and apostrophes.
const PARTS: [char; 6] = ['\'', '\u{2019}', '\u{202f}', '\u{a0}', '\u{2009}', ' '];

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
        if sign.is_ascii() && sign != ' ' {
            return grouped(field, sign as u8, decimal);
        }
        // A blank that was said stands for those of every width, which nobody can tell apart.
        let is_sign = |letter: char| letter == sign || sign == ' ' && letter.is_whitespace();
        let text = std::str::from_utf8(field).ok()?.replace(is_sign, " ");
        grouped(text.as_bytes(), b' ', decimal)
    }

    /// A number as these are written; also with the other sign before its decimals, where that stands between no thousands: one
    /// sign never means both.
    pub fn read(self, field: &[u8]) -> Option<f64> {
        let other = if self.decimal_comma { '.' } else { ',' };
        let either = || float(field, !self.decimal_comma).filter(|_| self.thousands != Some(other));
        self.grouped(field).or_else(|| float(field, self.decimal_comma)).or_else(either)
    }

    /// How they are written where the point is a comma, and the comma a point.
    pub fn turned(self) -> Self {
        let thousands = self.thousands.map(|sign| match sign {
            ',' => '.',
            '.' => ',',
            other => other,
        });
        Self { decimal_comma: !self.decimal_comma, thousands, ..self }
    }

    /// Whether a field is a number as these are written.
    pub fn fit(self, field: &[u8]) -> bool {
        self.grouped(field).is_some() || float(field, self.decimal_comma).is_some()
    }

    /// A sign that is none of these, with which between its thousands a field would be a number.
    pub fn parted(self, field: &[u8]) -> Option<char> {
        let text = std::str::from_utf8(field).ok().filter(|_| field.len() <= 40)?;
        let begins = text.trim_start_matches('-').starts_with(|letter: char| letter.is_ascii_digit());
        let sign = PARTS.into_iter().find(|&sign| begins && text.contains(sign))?;
        let with = Self { thousands: Some(sign), ..self };
        let marked = || marked(field, with).filter(|_| marked(field, self).is_none()).map(|(_, value)| value);
        with.grouped(field).or_else(marked).map(|_| sign)
    }
}

/// A field without the signs of money and shares about it, and blanks.
pub(super) fn bare(field: &[u8]) -> &[u8] {
    let mark = |letter: char| letter.is_whitespace() || MARKS.contains(&letter);
    std::str::from_utf8(field).map_or(field, |text| text.trim_matches(mark).as_bytes())
}

/// A number with one sign before or behind it, blanks between or not: `$1,137.00`, `-5 €`, `12%`. Apart from what looks at every field.
#[inline(never)]
pub(super) fn marked(field: &[u8], numbers: Numbers) -> Option<(char, f64)> {
    if field.len() > 40 || !field.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(field).ok()?;
    // Accounts have brackets around what is owed: ($5.00), $(5.00).
    let (owed, plain) = match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        Some((before, inner))
            if !inner.contains('-')
                && (before.trim().is_empty() || before.trim().ends_with(MARKS) && !before.contains('-')) =>
        {
            (true, Cow::Owned(format!("{}{}", before.trim(), inner.trim())))
        }
        _ => (false, Cow::Borrowed(text)),
    };
    let (negative, text) = plain.strip_prefix('-').map_or((owed, &*plain), |rest| (true, rest));
    // R$ and US$ are signs of money, too, and none of each other.
    let letters = text.find('$').map_or("", |at| &text[..at]);
    let country =
        letters.chars().next().filter(|_| letters.len() < 3 && letters.bytes().all(|byte| byte.is_ascii_uppercase()));
    let text = if country.is_some() { &text[letters.len()..] } else { text };
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
    if owed && is_share(mark) {
        return None;
    }
    let mark = country.unwrap_or(mark);
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

/// Whether digits other than zeros stand behind the sign of decimals, also where a double has not all of them.
pub(super) fn has_fraction(field: &[u8], decimal_comma: bool) -> bool {
    let sign = if decimal_comma { b',' } else { b'.' };
    let behind = field.iter().rposition(|&byte| byte == sign).map_or(&b""[..], |at| &field[at..]);
    behind.iter().any(|byte| matches!(byte, b'1'..=b'9'))
}

/// A number with so many decimals; `None` where these are more than any double has.
pub(super) fn printed(value: f64, places: usize) -> Option<String> {
    const MOST: usize = 1074;
    (places <= MOST).then(|| format!("{value:.places$}"))
}

/// An integer of decimal digits.
#[inline]
pub(super) fn integer(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?;
    text.parse().ok()
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
    fn one_sign_never_parts_both_thousands_and_decimals() {
        let points = Numbers { thousands: Some(','), ..Numbers::default() };
        let read = |numbers: Numbers, fields: [&str; 4]| fields.map(|field| numbers.read(field.as_bytes()));
        let fields = ["1,234", "1,5", "1.5", "1.234"];
        assert_eq!(read(points, fields), [Some(1234.0), None, Some(1.5), Some(1.234)]);
        assert_eq!(read(points.turned(), fields), [Some(1.234), Some(1.5), None, Some(1234.0)]);
        assert_eq!(read(Numbers::default(), fields), [Some(1.234), Some(1.5), Some(1.5), Some(1.234)]);
        for (field, expected) in [
            ("1'000.5", Some('\'')),
            ("-1\u{202f}000", Some('\u{202f}')),
            ("1 000", Some(' ')),
            ("1000", None),
            ("10 00", None),
            ("it's", None),
            ("1 210.50 €", Some(' ')),
            ("1210.50 €", None),
            ("5 €", None),
        ] {
            assert_eq!(points.parted(field.as_bytes()), expected, "{field}");
        }
    }

    #[test]
    fn a_blank_between_thousands_is_one_of_any_width() {
        let blanks = Numbers { thousands: Some(' '), ..Numbers::default() };
        for field in ["1 234.5", "1\u{a0}234.5", "1\u{202f}234.5", "1\u{2009}234.5"] {
            assert_eq!(blanks.read(field.as_bytes()), Some(1234.5), "{field}");
        }
        assert_eq!(blanks.read("12\u{a0}34".as_bytes()), None);
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
            ("($7,725.00)", points, Some(('$', -7725.0))),
            ("$(7,725.00)", points, Some(('$', -7725.0))),
            ("$ (7.50)", points, Some(('$', -7.5))),
            ("(5 €)", points, Some(('€', -5.0))),
            ("R$ 1.234,50", commas, Some(('R', 1234.5))),
            ("-US$5", points, Some(('U', -5.0))),
            ("(7,725.00)", points, None),
            ("(5%)", points, None),
            ("(-$5)", points, None),
            ("12 ($5)", points, None),
            ("NY ($5)", points, None),
            ("-$(5)", points, None),
            ("US$ (5)", points, Some(('U', -5.0))),
            ("abc$5", points, None),
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
    fn coordinates_take_either_decimal_sign() {
        assert_eq!(coordinate(" 52,5 "), Some(52.5));
        assert_eq!(coordinate("-0.25"), Some(-0.25));
        assert_eq!(coordinate("1,2,3"), None);
        assert_eq!(coordinate("447,834.12"), Some(447_834.12));
        assert_eq!(coordinate("5.531.000,5"), Some(5_531_000.5));
    }
}
