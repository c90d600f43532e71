//! What the fields of a column are, counted over all of them.

use super::split::Raw;
use crate::read::{
    civil::{self, Order},
    geometry,
    numbers::{Numbers, marked},
    spelling::formatted,
    values::{Class, classify},
};
use std::sync::Arc;

/// Values shown of those that do not fit.
const SHOWN: usize = 3;

/// How fields are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    pub numbers: Numbers,
    /// The form of times that was said.
    pub format: Option<Arc<str>>,
}

/// What the fields of a column are.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
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
    pub first_turned: Option<(u64, String)>,
    pub fixed: u64,
    /// Texts that are numbers with another sign between their thousands, the first of them and its sign.
    pub parted: u64,
    pub first_parted: Option<(char, String)>,
    pub booleans: u64,
    pub times: u64,
    /// Dates in the form of a country, and how many could have the day or the month first.
    pub civil: u64,
    pub day_first: u64,
    pub month_first: u64,
    /// Dates whose day and month are two numbers.
    pub open: u64,
    /// Times and dates that have no time of day.
    pub dates: u64,
    /// Times of day alone.
    pub clocks: u64,
    /// Two numbers, and how many have more than 90 as the first or the second.
    pub pairs: u64,
    pub over: (u64, u64),
    /// Numbers with one sign of money or of shares, which sign, whether there are several, and the first.
    pub mark: Option<char>,
    pub marks_differ: bool,
    pub first_marked: Option<String>,
    /// Years with a month, and how many of them could be seasons (2010-11).
    pub months: u64,
    pub seasons: u64,
    /// Texts, and those of them that are codes: letters and digits in one word.
    pub texts: u64,
    pub codes: u64,
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
                let (low, high) = self.range.unwrap_or((value, value));
                self.range = Some((low.min(value), high.max(value)));
            }
            Class::Digits => {
                self.digits += 1;
                self.first_digits.get_or_insert_with(|| shown(field));
            }
            Class::Float => self.floats += 1,
            Class::Grouped(value) => {
                self.grouped += 1;
                self.broken |= value.fract() != 0.0;
                self.fixed += u64::from(!look.numbers.turned().fit(field));
                self.first_grouped.get_or_insert_with(|| shown(field));
            }
            Class::Boolean => self.booleans += 1,
            Class::Time => {
                self.times += 1;
                self.dates += u64::from(field.len() == 10);
            }
            Class::Text => self.add_text(field, line, look),
        }
    }

    fn add_text(&mut self, field: &[u8], line: u64, look: &Look) {
        if let Some(format) = &look.format
            && formatted(field, format).is_some()
        {
            self.times += 1;
            return;
        }
        // A column of plain texts is not asked again and again whether it is dates.
        let others = self.civil + self.clocks + self.pairs + self.times + self.grouped;
        if self.texts <= 8 + others / 8 + self.turned + self.parted {
            self.see_other_signs(field, line, look);
            if let Some((mark, value)) = marked(field, look.numbers) {
                self.grouped += 1;
                self.broken |= value.fract() != 0.0;
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
            if let Some(fits) = civil::fits(field) {
                self.civil += 1;
                self.day_first += u64::from(fits.day_first);
                self.month_first += u64::from(fits.month_first);
                self.dates += u64::from(fits.is_date);
                self.open += u64::from(fits.is_open);
                self.first_civil.get_or_insert_with(|| shown(field));
                let one_way = [fits.day_first && !fits.month_first, fits.month_first && !fits.day_first];
                for (proof, proves) in self.proof.iter_mut().zip(one_way) {
                    if proves && proof.is_none() {
                        *proof = Some((line, shown(field)));
                    }
                }
                return;
            }
            if civil::is_clock(field) {
                self.clocks += 1;
                return;
            }
            if let Some((first, second)) =
                std::str::from_utf8(field).ok().filter(|_| field.len() < 200).and_then(geometry::pair)
                && first.abs().max(second.abs()) <= 360.0
            {
                self.pairs += 1;
                self.over.0 += u64::from(first.abs() > 90.0);
                self.over.1 += u64::from(second.abs() > 90.0);
                return;
            }
        }
        self.texts += 1;
        // One code is enough to know that texts are no exceptions among numbers; where there are none, nobody asks.
        let is_code = self.codes == 0
            && (self.texts <= 1000 || self.numbers() > 0)
            && !field.iter().any(u8::is_ascii_whitespace)
            && field.iter().any(u8::is_ascii_digit)
            && field.iter().any(|byte| !byte.is_ascii_digit());
        self.codes += u64::from(is_code);
        if self.odd.len() < SHOWN {
            self.odd.push((line, shown(field)));
        }
    }

    /// Whether it would be a number with other signs.
    fn see_other_signs(&mut self, field: &[u8], line: u64, look: &Look) {
        if field.len() <= 40 && look.numbers.turned().fit(field) {
            self.turned += 1;
            self.first_turned.get_or_insert_with(|| (line, shown(field)));
        } else if let Some(sign) = look.numbers.parted(field)
            && self.first_parted.as_ref().is_none_or(|(known, _)| *known == sign)
        {
            self.parted += 1;
            self.first_parted.get_or_insert_with(|| (sign, shown(field)));
        }
    }

    pub fn merge(&mut self, part: Self, line: u64) {
        self.missing += part.missing;
        self.first_missing = self.first_missing.take().or(part.first_missing);
        self.turned += part.turned;
        self.first_turned = self.first_turned.take().or(part.first_turned.map(|(at, text)| (at + line, text)));
        self.fixed += part.fixed;
        // Of two signs neither makes numbers of all.
        let same = match (&self.first_parted, &part.first_parted) {
            (Some((a, _)), Some((b, _))) => a == b,
            _ => true,
        };
        self.parted += if same { part.parted } else { 0 };
        self.first_parted = self.first_parted.take().or(part.first_parted);
        self.integers += part.integers;
        self.digits += part.digits;
        self.floats += part.floats;
        self.grouped += part.grouped;
        self.broken |= part.broken;
        self.booleans += part.booleans;
        self.times += part.times;
        self.civil += part.civil;
        self.day_first += part.day_first;
        self.month_first += part.month_first;
        self.dates += part.dates;
        self.open += part.open;
        self.clocks += part.clocks;
        self.pairs += part.pairs;
        self.over = (self.over.0 + part.over.0, self.over.1 + part.over.1);
        self.marks_differ |= part.marks_differ || self.mark.is_some() && part.mark.is_some() && self.mark != part.mark;
        self.mark = self.mark.or(part.mark);
        self.months += part.months;
        self.seasons += part.seasons;
        self.texts += part.texts;
        self.codes += part.codes;
        self.range = match (self.range, part.range) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        self.padded |= part.padded;
        let room = SHOWN - self.odd.len().min(SHOWN);
        self.odd.extend(part.odd.into_iter().take(room).map(|(at, text)| (at + line, text)));
        self.first_digits = self.first_digits.take().or(part.first_digits);
        self.first_grouped = self.first_grouped.take().or(part.first_grouped);
        self.first_marked = self.first_marked.take().or(part.first_marked);
        self.first_civil = self.first_civil.take().or(part.first_civil);
        for (known, proof) in self.proof.iter_mut().zip(part.proof) {
            *known = known.take().or(proof.map(|(at, text)| (at + line, text)));
        }
    }

    /// How many values there are.
    pub fn values(&self) -> u64 {
        self.numbers() + self.digits + self.booleans + self.moments() + self.clocks + self.pairs + self.texts
    }

    /// How many are numbers.
    pub const fn numbers(&self) -> u64 {
        self.integers + self.floats + self.grouped
    }

    /// Whether the comma and the point mean the opposite here of what they mean in the rest of the file: a text is a number only so,
    /// and all numbers still are.
    pub const fn is_turned(&self) -> bool {
        self.turned > 0 && self.floats == 0 && self.fixed == 0
    }

    /// How many are times.
    pub const fn moments(&self) -> u64 {
        self.times + self.civil
    }

    /// Whether all times are dates without a time of day.
    pub fn is_dates(&self) -> bool {
        self.moments() > 0 && self.dates == self.moments()
    }

    /// The order of day and month that is proven here: that in which all dates are some.
    pub fn proven(&self) -> Option<Order> {
        let all = |count: u64| self.civil > 0 && count == self.civil;
        match (all(self.day_first), all(self.month_first)) {
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            // With points between, the day comes first wherever that is written.
            (true, true)
                if self
                    .first_civil
                    .as_ref()
                    .is_some_and(|text| text.as_bytes().iter().take(3).any(|&byte| byte == b'.')) =>
            {
                Some(Order::DayFirst)
            }
            _ => None,
        }
    }
}

/// The beginning of a field.
pub(super) fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(40).collect()
}
