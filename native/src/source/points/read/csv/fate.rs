//! What a column of a text file becomes, on what evidence, and what is told of it: decided by all of its values.

use super::clock::is_dated;
use super::seen::Seen;
use crate::kind::Kind;
use crate::read::{civil::Order, names::typed, numbers::shown};

/// A column has this many values before one that does not fit is an exception.
const FEW: u64 = 20;
/// One value of so many may be an exception.
const RARE: u64 = 50;

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
    /// What the column becomes. `given` is the order of day and month that was said, `usual` that of other columns of the file,
    /// whose decimals may have a comma.
    pub fn fate(&self, name: &str, given: Option<Order>, usual: Option<Order>, comma: bool) -> Fate {
        let all = self.values();
        let fate =
            |kind, why: String| Fate { kind: Some(kind), order: given.or(self.proven()).or(usual), why, note: None };
        if all == 0 {
            return Fate { kind: None, order: None, why: "it holds no values".into(), note: None };
        }
        let (numbers, moments) = (self.numbers(), self.moments());
        let rare = |others: u64| self.are_rare(others);
        let most = |count: u64| {
            if count == all { format!("all {all} values are") } else { format!("{count} of {all} values are") }
        };
        let plain = self.texts - self.codes;
        if self.booleans == all {
            return self.noted(name, fate(Kind::Bool, format!("{} true or false", most(all))), comma);
        }
        if numbers > 0
            && !self.signs_differ()
            && (numbers == all || numbers + plain == all && rare(plain))
            && let Some(kind) = self.number()
        {
            let how = match (&self.first_marked, &self.first_grouped) {
                (Some(text), _) => format!(", with a sign as in {text:?}"),
                (None, Some(text)) => format!(", with thousands such as {text:?}"),
                (None, None) => String::new(),
            };
            return self.noted(name, fate(kind, format!("{} {}{how}", most(numbers), many(kind))), comma);
        }
        if self.is_times() {
            return self.noted(name, self.time(name, given, usual, &most(moments)), comma);
        }
        let note = self.text_note(name, all);
        // Where half are numbers, it is the others that make it text.
        let why = match self.odd.first() {
            Some((line, text)) if numbers * 2 >= all => {
                format!("only {numbers} of {all} values are numbers: line {line} has {text:?}")
            }
            _ => format!("{all} values are {}", self.what_else()),
        };
        Fate { note, ..fate(Kind::Text, why) }
    }

    /// Whether so many values are exceptions.
    pub fn are_rare(&self, others: u64) -> bool {
        others * RARE <= self.values() && self.values() >= FEW
    }

    /// Whether they are times, but for a few.
    pub fn is_times(&self) -> bool {
        let (all, moments) = (self.values(), self.moments());
        // Years with the next one look like months until one is above 12.
        let seasons = self.months > 0 && self.seasons == self.months && self.months == moments;
        moments > 0 && !seasons && (moments == all || self.are_rare(all - moments))
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
        let year_first = self.year_first > 0 && self.year_first == self.civil;
        let order = given.or(proven).or(usual.filter(|_| !year_first));
        let why = match (sure, given, proven, order) {
            (true, ..) if self.months > 0 => {
                format!("{most} times, of which {} are months, taken as their day 1", self.months)
            }
            (true, ..) => format!("{most} times"),
            (_, Some(order), ..) => format!("{most} times, with {} as was said", order.name()),
            (_, None, Some(order), _) => match &self.proof[usize::from(order == Order::MonthFirst)] {
                Some((line, text)) => format!("{most} times, with {}: line {line} has {text:?}", order.name()),
                None => format!("{most} times, with {}, as is usual with points", order.name()),
            },
            (_, None, None, Some(order)) => format!("{most} times, with {} as in other columns or files", order.name()),
            (_, None, None, None) if year_first => {
                let sign = example.as_bytes().get(2).copied().map_or('-', char::from);
                let what = format!("its dates such as {example:?} may have the year or the day first");
                let note =
                    format!("column {name:?} stays text: {what}; say --time-format %y{sign}%m{sign}%d or --dates dmy");
                return Fate { kind: Some(Kind::Text), order: None, why: what, note: Some(note) };
            }
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
        Fate { kind: Some(Kind::Time), order, why, note }
    }

    /// With what is worth saying of what was taken as no value.
    fn noted(&self, name: &str, mut fate: Fate, comma: bool) -> Fate {
        if fate.kind == Some(Kind::Text) {
            return fate;
        }
        let mut notes: Vec<String> = fate.note.take().into_iter().collect();
        if self.missing > 0 {
            let first = self.first_missing.as_deref().unwrap_or("NA");
            notes.push(format!("column {name:?}: {} fields such as {first} are taken as no value", self.missing));
        }
        if let (Some(text), Some(mark), Some(Kind::I64 | Kind::F64)) = (&self.first_marked, self.mark, fate.kind) {
            let flag = typed(&format!("{name}=text"));
            notes.push(format!(
                "column {name:?}: the sign {} is left out, as in {text:?} (--type {flag} keeps the texts)",
                shown(mark)
            ));
        }
        if let (Some(text), Some(Kind::I64 | Kind::F64)) = (&self.first_grouped, fate.kind) {
            let else_say = if comma { "--thousands none" } else { "--decimal-comma or --thousands none" };
            notes.push(format!(
                "column {name:?}: signs between thousands are left out, as in {text:?} (else say {else_say})"
            ));
        }
        if let (Some(lost), Some(Kind::F64)) = (self.lost(), fate.kind) {
            let flag = typed(&format!("{name}=text"));
            notes.push(format!("column {name:?}: {lost} (--type {flag} keeps the texts)"));
        }
        if let (Some(text), Some(Kind::F64)) = (&self.first_zeroed, fate.kind) {
            let flag = typed(&format!("{name}=text"));
            notes.push(format!(
                "column {name:?}: {} numbers such as {text:?} have zeros before them, which are not kept (--type {flag} keeps the texts)",
                self.zeroed
            ));
        }
        fate.note = (!notes.is_empty()).then(|| notes.join("; "));
        fate
    }

    fn what_else(&self) -> &'static str {
        match () {
            () if self.texts == 0 && self.clocks == self.values() => "times of day",
            () if self.texts == 0 && self.pairs == self.values() => "two numbers each",
            () if self.texts == 0 && self.signs_differ() => "numbers with different signs",
            () if self.texts == 0 && self.number().is_none() && self.numbers() == self.values() => {
                "numbers with more digits than are kept"
            }
            () if self.texts == 0 && self.digits > 0 => "digits that a number would lose",
            () => "texts",
        }
    }

    /// What a reader should know of a column that stays text though much of it is something else.
    fn text_note(&self, name: &str, all: u64) -> Option<String> {
        let numbers = self.numbers() + self.digits;
        if let Some(text) = self.first_maybe.as_ref().filter(|_| self.maybe == all && is_dated(name)) {
            let flag = typed(&format!("{name}=time"));
            return Some(format!(
                "column {name:?} is text: {text:?} may be a date, or a version (--type {flag} makes times of all)"
            ));
        }
        let flag = typed(&format!("{name}=number"));
        if let Some((line, text)) = &self.first_turned
            // Two numbers each may be positions.
            && (self.pairs * 10 < all * 9 || self.texts > 0)
            && self.numbers() + self.turned == all
        {
            return Some(if self.is_turned() {
                format!(
                    "column {name:?} is text: line {line} has {text:?}, which the rest of the file writes otherwise (--type {flag} makes numbers of all)"
                )
            } else {
                format!(
                    "column {name:?} is text: line {line} has {text:?}, and others have the other sign before their decimals (--type {flag} keeps these alone)"
                )
            });
        }
        if let Some((sign, text)) = &self.first_parted
            && self.numbers() + self.parted == all
            && self.grouped == 0
        {
            let sign = if sign.is_whitespace() { "space".to_owned() } else { typed(&sign.to_string()) };
            return Some(format!(
                "column {name:?} is text: its numbers have another sign between thousands, as in {text:?} (else say --thousands {sign})"
            ));
        }
        if let (Some((low, high)), None) = (self.range, self.number())
            && self.numbers() == all
        {
            let whole = if low < -duotile_core::MAX_EXACT { low } else { high };
            return Some(format!(
                "column {name:?} stays text: beside decimals it has whole numbers with more digits than are kept of these, such as {whole} (else say --type {flag})"
            ));
        }
        let (what, flag, count) =
            if numbers > self.moments() { ("numbers", "number", numbers) } else { ("times", "time", self.moments()) };
        match (self.odd.first(), &self.first_digits) {
            (Some((line, text)), _) if count * 10 >= all * 9 => Some(format!(
                "column {name:?} is text: line {line} has {text:?}, though {count} of its {all} values are {what} (else say \
                 --type {})",
                typed(&format!("{name}={flag}"))
            )),
            (None, _) if self.signs_differ() => {
                let what = if self.marks_differ { "several signs" } else { "a sign of shares, or none" };
                Some(format!(
                    "column {name:?} stays text: its numbers have {what}, the first is {:?} (--type {} takes them as the same)",
                    self.first_marked.as_deref().unwrap_or_default(),
                    typed(&format!("{name}=number"))
                ))
            }
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
