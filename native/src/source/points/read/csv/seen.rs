//! What the fields of a column are, and so what the column becomes: decided by all of its values.

use super::split::Raw;
use crate::kind::Kind;
use crate::read::{
    civil::{self, Order},
    geometry,
    spelling::formatted,
    values::{Class, Numbers, classify},
};
use std::sync::Arc;

/// A column has this many values before one that does not fit is an exception.
const FEW: u64 = 20;
/// One value of so many may be an exception.
const RARE: u64 = 50;
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
    pub integers: u64,
    digits: u64,
    floats: u64,
    /// Numbers with signs between their thousands.
    pub grouped: u64,
    /// Whether one of these has a fraction.
    broken: bool,
    booleans: u64,
    times: u64,
    /// Dates in the form of a country, and how many could have the day or the month first.
    civil: u64,
    day_first: u64,
    month_first: u64,
    /// Dates whose day and month are two numbers.
    open: u64,
    /// Times and dates that have no time of day.
    dates: u64,
    /// Times of day alone.
    pub clocks: u64,
    /// Two numbers, and how many have more than 90 as the first or the second.
    pub pairs: u64,
    pub over: (u64, u64),
    /// Texts, and those of them that are codes: letters and digits in one word.
    pub texts: u64,
    codes: u64,
    range: Option<(i64, i64)>,
    /// Whether some field must be tidied before it is a number: blanks around it, or a plus sign.
    pub padded: bool,
    /// Lines and texts of the first fields that are only text.
    pub odd: Vec<(u64, String)>,
    first_digits: Option<String>,
    first_grouped: Option<String>,
    /// A date that can be read in one order only, in its line.
    proof: [Option<(u64, String)>; 2],
    first_civil: Option<String>,
}

/// What a column becomes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fate {
    /// `None` where it holds no values.
    pub kind: Option<Kind>,
    /// Which of day and month comes first in its dates.
    pub order: Option<Order>,
    /// On what evidence.
    pub why: String,
    /// What a reader should know of it before the rows are read.
    pub note: Option<String>,
}

impl Seen {
    #[inline]
    pub fn add(&mut self, raw: Raw<'_>, line: u64, look: &Look) {
        let field = raw.bytes.trim_ascii();
        let class = classify(field, look.numbers);
        self.padded |= class != Class::Text && (field.len() != raw.bytes.len() || field.first() == Some(&b'+'));
        match class {
            Class::Empty => {}
            Class::Missing => self.missing += 1,
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
        let others = self.civil + self.clocks + self.pairs + self.times;
        if self.texts <= 8 + others / 8 {
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

    pub fn merge(&mut self, part: Self, line: u64) {
        self.missing += part.missing;
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

    /// What the column becomes. `given` is the order of day and month that was said, `usual` that of other columns of the file.
    pub fn fate(&self, name: &str, given: Option<Order>, usual: Option<Order>) -> Fate {
        let all = self.values();
        let fate =
            |kind, why: String| Fate { kind: Some(kind), order: given.or(self.proven()).or(usual), why, note: None };
        if all == 0 {
            return Fate { kind: None, order: None, why: "it holds no values".into(), note: None };
        }
        let (numbers, moments) = (self.numbers(), self.moments());
        let rare = |others: u64| others * RARE <= all && all >= FEW;
        let most = |count: u64| {
            if count == all { format!("all {all} values are") } else { format!("{count} of {all} values are") }
        };
        let plain = self.texts - self.codes;
        if self.booleans == all {
            return self.noted(name, fate(Kind::Bool, format!("{} true or false", most(all))));
        }
        if numbers > 0
            && (numbers == all || numbers + plain == all && rare(plain))
            && let Some(kind) = self.number()
        {
            let how = self.first_grouped.as_ref();
            let how = how.map_or(String::new(), |text| format!(", with thousands such as {text:?}"));
            return self.noted(name, fate(kind, format!("{} {}{how}", most(numbers), many(kind))));
        }
        if moments > 0 && (moments == all || rare(all - moments)) {
            return self.time(name, given, usual, &most(moments));
        }
        let note = self.text_note(name, all);
        Fate { note, ..fate(Kind::Text, format!("{all} values are {}", self.what_else())) }
    }

    /// The narrowest number that keeps every value.
    fn number(&self) -> Option<Kind> {
        let (min, max) = self.range.unwrap_or((0, 0));
        let exact = -duotile_core::MAX_EXACT..=duotile_core::MAX_EXACT;
        let fits = exact.contains(&min) && exact.contains(&max);
        match () {
            () if self.floats == 0
                && !self.broken
                && self.grouped == 0
                && min >= i32::MIN.into()
                && max <= i32::MAX.into() =>
            {
                Some(Kind::I32)
            }
            () if self.floats == 0 && !self.broken => Some(Kind::I64),
            () if fits => Some(Kind::F64),
            () => None,
        }
    }

    fn time(&self, name: &str, given: Option<Order>, usual: Option<Order>, most: &str) -> Fate {
        let example = self.first_civil.as_deref().unwrap_or_default();
        let sure = self.open == 0;
        let proven = self.proven();
        let order = given.or(proven).or(usual);
        let why = match (sure, given, proven, order) {
            (true, ..) => format!("{most} times"),
            (_, Some(order), ..) => format!("{most} times, with {} as was said", order.name()),
            (_, None, Some(order), _) => match &self.proof[usize::from(order == Order::MonthFirst)] {
                Some((line, text)) => format!("{most} times, with {}: line {line} has {text:?}", order.name()),
                None => format!("{most} times, with {}, as is usual with points", order.name()),
            },
            (_, None, None, Some(order)) => format!("{most} times, with {} as in other columns", order.name()),
            (_, None, None, None) => {
                let mixed = self.proof.iter().all(Option::is_some);
                let what = if mixed {
                    "are some with the day first and some with the month"
                } else {
                    "may have the day or the month first"
                };
                let note = format!(
                    "column {name:?} stays text: its dates such as {example:?} {what}; say --dates dmy or --dates mdy"
                );
                return Fate {
                    kind: Some(Kind::Text),
                    order: None,
                    why: format!("its dates such as {example:?} {what}"),
                    note: Some(note),
                };
            }
        };
        let note = (!sure).then(|| {
            let other = if order == Some(Order::DayFirst) { Order::MonthFirst } else { Order::DayFirst };
            format!("column {name:?} is time: {why} (else say --dates {})", other.flag())
        });
        self.noted(name, Fate { kind: Some(Kind::Time), order, why, note })
    }

    /// With what is worth saying of what was taken as no value.
    fn noted(&self, name: &str, mut fate: Fate) -> Fate {
        let mut notes: Vec<String> = fate.note.take().into_iter().collect();
        if self.missing > 0 {
            notes.push(format!("column {name:?}: {} fields such as NA are taken as no value", self.missing));
        }
        if let (Some(text), Some(Kind::I64 | Kind::F64)) = (&self.first_grouped, fate.kind) {
            notes.push(format!("column {name:?}: signs between thousands are left out, as in {text:?} (else say --decimal-comma or --thousands none)"));
        }
        fate.note = (!notes.is_empty()).then(|| notes.join("; "));
        fate
    }

    fn what_else(&self) -> &'static str {
        match () {
            () if self.texts == 0 && self.clocks == self.values() => "times of day",
            () if self.texts == 0 && self.pairs == self.values() => "two numbers each",
            () if self.texts == 0 && self.digits > 0 => "digits that a number would lose",
            () => "texts",
        }
    }

    fn text_note(&self, name: &str, all: u64) -> Option<String> {
        let numbers = self.numbers() + self.digits;
        let (what, flag, count) =
            if numbers > self.moments() { ("numbers", "number", numbers) } else { ("times", "time", self.moments()) };
        match (self.odd.first(), &self.first_digits) {
            (Some((line, text)), _) if count * 10 >= all * 9 => Some(format!(
                "column {name:?} is text: line {line} has {text:?}, though {count} of its {all} values are {what} (else say \
                 --type {name}={flag})"
            )),
            (None, Some(digits)) => {
                Some(format!("column {name:?} stays text, to keep digits such as {digits:?} as they are"))
            }
            _ => None,
        }
    }
}

const fn many(kind: Kind) -> &'static str {
    match kind {
        Kind::I32 | Kind::I64 => "whole numbers",
        _ => "numbers",
    }
}

/// The beginning of a field.
pub(super) fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(40).collect()
}
