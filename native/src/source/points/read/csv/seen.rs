//! What the fields of a column are, counted over all of them.

mod counts;
mod merge;

use super::split::Raw;
use crate::read::{
    civil, geometry, hours,
    numbers::{Numbers, has_fraction, marked, printed},
    spelling::formatted,
    values::{Class, classify},
};
use std::sync::Arc;

/// Values shown of those that do not fit.
const SHOWN: usize = 3;

/// When so many texts were plain, one of so many is asked for what else it could be. A column is times, numbers or pairs if nine of
/// ten values are: where fewer plain ones than one in ten were met, it is looked at again, and each is asked.
const ASKED: u64 = 64;
const EVERY: u64 = 8;

/// Digits that a number of 64 bits keeps in any case.
const KEPT: usize = 15;

/// How fields are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    pub numbers: Numbers,
    /// The form of times that was said.
    pub format: Option<Arc<str>>,
    /// Whether every text is asked for what else it could be.
    pub thorough: bool,
    /// Whether an order of dates was said, and columns that were said to be times.
    pub dates: bool,
    pub times: Arc<[String]>,
}

impl Look {
    /// What is seen of a column before its first field.
    pub fn column(&self, name: &str) -> Seen {
        Seen { loose: self.dates || self.is_time(name), forms: self.form(name).is_some(), ..Seen::default() }
    }

    /// The form in which times of a column are read: of those that were said to be times, else of all.
    pub fn form(&self, name: &str) -> Option<&Arc<str>> {
        self.format.as_ref().filter(|_| self.times.is_empty() || self.is_time(name))
    }

    /// Whether a column was said to be times.
    pub fn is_time(&self, name: &str) -> bool {
        self.times.iter().any(|time| time == name)
    }
}

/// What the fields of a column are.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says of itself whether a kind of value was met")]
pub(super) struct Seen {
    /// Whether it was said that there are dates, so that 1.2.24 is one.
    pub loose: bool,
    /// Whether a form was said for its times.
    forms: bool,
    /// Texts that would be dates where that is said, and the first.
    pub maybe: u64,
    pub first_maybe: Option<String>,
    pub missing: u64,
    pub first_missing: Option<String>,
    pub integers: u64,
    pub digits: u64,
    pub floats: u64,
    /// Numbers with signs between their thousands.
    pub grouped: u64,
    /// Whether one of these has a fraction.
    pub broken: bool,
    /// Texts that are numbers where the comma is that of decimals and not of thousands, or the other way round; the first, in its
    /// line. How many numbers are none then.
    pub turned: u64,
    /// The sign of money or of shares that stands at these.
    pub turned_mark: Option<char>,
    pub first_turned: Option<(u64, String)>,
    pub fixed: u64,
    /// Texts that are numbers with another sign between their thousands, the first of them and its sign.
    pub parted: u64,
    pub first_parted: Option<(char, String)>,
    pub booleans: u64,
    pub times: u64,
    /// How many of these have the form that was said.
    pub formatted: u64,
    /// Dates in the form of a country, and how many could have the day or the month first.
    pub civil: u64,
    pub day_first: u64,
    pub month_first: u64,
    /// How many of these have points between.
    pub dotted: u64,
    /// Dates whose day and month are two numbers.
    pub open: u64,
    /// Times and dates that have no time of day.
    pub dates: u64,
    /// How many of these could have the year first, in two digits.
    pub year_first: u64,
    /// Times of day alone.
    pub clocks: u64,
    /// Whole numbers that could be hours and minutes (0531), and those of four digits.
    pub packed: u64,
    pub four: u64,
    /// Decimals with zeros before them, and the first.
    pub zeroed: u64,
    pub first_zeroed: Option<String>,
    /// Two numbers, and how many have more than 90 as the first or the second.
    pub pairs: u64,
    pub over: (u64, u64),
    /// How many of these have letters that say which is which.
    pub lettered: u64,
    /// Numbers with one sign of money or of shares, which sign, whether there are several, how many they are, and the first.
    pub mark: Option<char>,
    pub marks_differ: bool,
    pub marked: u64,
    pub first_marked: Option<String>,
    /// Numbers with more digits than are kept of them, and the first.
    pub long: u64,
    pub first_long: Option<String>,
    /// Years with a month, and how many of them could be seasons (2010-11).
    pub months: u64,
    pub seasons: u64,
    /// Letters of the compass, and how many of them say south or west.
    pub compass: u64,
    pub south: u64,
    /// Texts, and those of them that are codes: letters and digits in one word.
    pub texts: u64,
    pub codes: u64,
    /// Texts of lines and polygons.
    pub outlines: u64,
    /// Texts that were asked and could be nothing else, and those that were not asked.
    plain: u64,
    unasked: u64,
    pub range: Option<(i64, i64)>,
    /// Whether some field must be tidied before it is a number: blanks around it, or a plus sign.
    pub padded: bool,
    /// Lines and texts of the first fields that are only text.
    pub odd: Vec<(u64, String)>,
    pub first_digits: Option<String>,
    pub first_grouped: Option<String>,
    /// A date that can be read in one order only, in its line.
    pub proof: [Option<(u64, String)>; 2],
    pub first_civil: Option<String>,
}

impl Seen {
    #[inline]
    pub fn add(&mut self, raw: Raw<'_>, line: u64, look: &Look) {
        let field = raw.bytes.trim_ascii();
        let class = classify(field, look.numbers);
        self.padded |= class != Class::Text && (field.len() != raw.bytes.len() || field.first() == Some(&b'+'));
        match class {
            Class::Empty => {}
            Class::Missing => {
                self.missing += 1;
                self.first_missing.get_or_insert_with(|| shown(field));
            }
            Class::Integer(value) => {
                self.integers += 1;
                self.see_packed(field);
                let (low, high) = self.range.unwrap_or((value, value));
                self.range = Some((low.min(value), high.max(value)));
            }
            Class::Digits => {
                self.digits += 1;
                self.see_packed(field);
                self.first_digits.get_or_insert_with(|| shown(field));
            }
            Class::Float => {
                self.floats += 1;
                if let [b'0', b'0'..=b'9', ..] | [b'-' | b'+', b'0', b'0'..=b'9', ..] = field {
                    self.zeroed += 1;
                    self.first_zeroed.get_or_insert_with(|| shown(field));
                }
                // Decimals beyond what is kept are nothing that anybody measured.
                if field.len() > KEPT && field.iter().take_while(|byte| !matches!(byte, b'.' | b',')).count() > KEPT {
                    self.see_long(field, look);
                }
            }
            Class::Grouped(value) => {
                self.grouped += 1;
                self.see_long(field, look);
                self.broken |= value.fract() != 0.0 || has_fraction(field, look.numbers.decimal_comma);
                self.fixed += u64::from(!look.numbers.turned().fit(field));
                self.first_grouped.get_or_insert_with(|| shown(field));
            }
            Class::Boolean => self.booleans += 1,
            Class::Time => {
                self.times += 1;
                self.dates += u64::from(field.len() == 10 || hours::is_midnight(&field[10..]));
            }
            Class::Text => self.add_text(field, line, look),
        }
    }

    fn add_text(&mut self, field: &[u8], line: u64, look: &Look) {
        if let Some(format) = look.format.as_ref().filter(|_| self.forms)
            && formatted(field, format).is_some()
        {
            self.times += 1;
            self.formatted += 1;
            return;
        }
        let digit = field.iter().any(u8::is_ascii_digit);
        if !digit || !could_be_more(field) {
            self.plain += 1;
            if let [letter] = field {
                self.compass += u64::from(matches!(letter, b'N' | b'S' | b'E' | b'W'));
                self.south += u64::from(matches!(letter, b'S' | b'W'));
            }
        } else if !look.thorough && self.plain >= ASKED && !u64::is_multiple_of(self.texts, EVERY) {
            self.unasked += 1;
        } else {
            let others = self.turned + self.parted;
            self.see_other_signs(field, line, look);
            if let Some((mark, value)) = marked(field, look.numbers) {
                self.grouped += 1;
                self.see_long(field, look);
                self.broken |= value.fract() != 0.0 || has_fraction(field, look.numbers.decimal_comma);
                self.marked += 1;
                self.marks_differ |= self.mark.is_some_and(|known| known != mark);
                self.mark = Some(mark);
                self.first_marked.get_or_insert_with(|| shown(field));
                return;
            }
            if let Some((year, month)) = civil::month_of_year(field) {
                self.times += 1;
                self.months += 1;
                self.seasons += u64::from((year + 1) % 100 == month);
                return;
            }
            let fits = civil::fits(field);
            if let Some(fits) = fits.filter(|fits| self.loose || !fits.loose) {
                self.civil += 1;
                self.day_first += u64::from(fits.day_first);
                self.month_first += u64::from(fits.month_first);
                self.dates += u64::from(fits.is_date);
                self.dotted += u64::from(field.iter().take(3).any(|&byte| byte == b'.'));
                self.open += u64::from(fits.is_open);
                self.year_first += u64::from(fits.year_first);
                self.first_civil.get_or_insert_with(|| shown(field));
                let one_way = [fits.day_first && !fits.month_first, fits.month_first && !fits.day_first];
                for (proof, proves) in self.proof.iter_mut().zip(one_way) {
                    if proves && proof.is_none() {
                        *proof = Some((line, shown(field)));
                    }
                }
                return;
            }
            if fits.is_some() {
                self.maybe += 1;
                self.first_maybe.get_or_insert_with(|| shown(field));
            }
            if hours::is_clock(field) {
                self.clocks += 1;
                return;
            }
            if let Some(pair) = std::str::from_utf8(field).ok().filter(|_| field.len() < 200).and_then(geometry::pair)
                && pair.first.abs().max(pair.second.abs()) <= 360.0
            {
                self.pairs += 1;
                self.over.0 += u64::from(pair.first.abs() > 90.0);
                self.over.1 += u64::from(pair.second.abs() > 90.0);
                self.lettered += u64::from(pair.lettered);
                return;
            }
            self.plain += u64::from(self.turned + self.parted == others);
        }
        self.texts += 1;
        // One is enough.
        self.outlines += u64::from(self.outlines == 0 && geometry::begins_outline(field));
        // One code is enough to know that texts are no exceptions among numbers.
        let is_code = digit
            && self.codes == 0
            && !field.iter().any(u8::is_ascii_whitespace)
            && field.iter().any(|byte| !byte.is_ascii_digit());
        self.codes += u64::from(is_code);
        if self.odd.len() < SHOWN {
            self.odd.push((line, shown(field)));
        }
    }

    /// Sees whether a whole number could be hours and minutes.
    #[inline]
    fn see_packed(&mut self, field: &[u8]) {
        if field.len() <= 4 && field.iter().all(u8::is_ascii_digit) {
            let number = field.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
            self.packed += u64::from(number / 100 < 24 && number % 100 < 60);
            self.four += u64::from(field.len() == 4);
        }
    }

    /// Sees a number of which digits may be lost.
    fn see_long(&mut self, field: &[u8], look: &Look) {
        let sign = if look.numbers.decimal_comma { b',' } else { b'.' };
        let digits = |text: &[u8]| text.iter().copied().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
        let (whole, decimals) = match field.iter().rposition(|&byte| byte == sign) {
            Some(at) => (digits(&field[..at]), digits(&field[at + 1..])),
            None => (digits(field), Vec::new()),
        };
        if whole.len() + decimals.len() <= KEPT {
            return;
        }
        let [whole, decimals] = [whole, decimals].map(|digits| String::from_utf8(digits).unwrap_or_default());
        let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
        // Printed with as many decimals, it is the same again.
        let value = format!("{whole}.{decimals}").parse().ok();
        let kept = value.and_then(|value| printed(value, decimals.len())).is_some_and(|text| {
            let (own, rest) = text.split_once('.').unwrap_or((&text, ""));
            own.trim_start_matches('0') == whole && rest == decimals
        });
        if !kept {
            self.long += 1;
            self.first_long.get_or_insert_with(|| shown(field));
        }
    }

    /// Whether it would be a number with other signs.
    fn see_other_signs(&mut self, field: &[u8], line: u64, look: &Look) {
        let turned = look.numbers.turned();
        let mark = marked(field, turned).map(|(mark, _)| mark).filter(|_| marked(field, look.numbers).is_none());
        if field.len() <= 40 && (turned.fit(field) || mark.is_some()) {
            self.turned += 1;
            self.turned_mark = self.turned_mark.or(mark);
            self.first_turned.get_or_insert_with(|| (line, shown(field)));
        } else if let Some(sign) = look.numbers.parted(field)
            && self.first_parted.as_ref().is_none_or(|(known, _)| *known == sign)
        {
            self.parted += 1;
            self.first_parted.get_or_insert_with(|| (sign, shown(field)));
        }
    }
}

/// Whether a text with a digit begins, or ends, like a number, a sign of money, a date, or two numbers.
fn could_be_more(field: &[u8]) -> bool {
    match field {
        // Signs of money that are no ASCII begin with these two, as a printer's minus does; those of several countries are R$, US$.
        [b'0'..=b'9' | b'-' | b'+' | b'.' | b',' | b'(' | b'[' | b'$' | b'%' | 0xc2 | 0xe2, ..]
        | [.., b')' | b']']
        | [b'A'..=b'Z', b'$', ..]
        | [b'A'..=b'Z', b'A'..=b'Z', b'$', ..] => true,
        [letter, next, ..] if letter.is_ascii_alphabetic() => {
            matches!(letter.to_ascii_uppercase(), b'N' | b'S' | b'E' | b'W') && !next.is_ascii_alphabetic()
                || civil::begins(field)
        }
        _ => false,
    }
}

/// The beginning of a field.
pub(super) fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(40).collect()
}

#[cfg(test)]
mod tests;
