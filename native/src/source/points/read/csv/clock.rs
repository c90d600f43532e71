//! A date and its time of day in two columns are one time.

use super::seen::Seen;
use crate::kind::Kind;
use crate::read::{
    Options,
    civil::date_of,
    field::Field,
    names::{find_name, typed, words},
    values::is_missing,
};
use anyhow::{Result, bail};
use polars_core::prelude::{Column, DataFrame, DataType};

/// Words of the names of times of day.
const CLOCKS: [&str; 11] =
    ["time", "hour", "hours", "clock", "uhrzeit", "zeit", "hora", "heure", "ora", "hhmm", "tijd"];

/// Words that may stand beside these: of which day, by which clock, in which form, of what.
const BESIDE: [&str; 36] = [
    "of",
    "day",
    "utc",
    "gmt",
    "z",
    "local",
    "lt",
    "lst",
    "est",
    "edt",
    "cst",
    "cdt",
    "mst",
    "mdt",
    "pst",
    "pdt",
    "cet",
    "cest",
    "mez",
    "mesz",
    "bst",
    "ist",
    "jst",
    "hh",
    "mm",
    "ss",
    "24h",
    "24hr",
    "gps",
    "start",
    "begin",
    "obs",
    "observation",
    "sample",
    "sampling",
    "event",
];

/// Two columns that are one time: the first becomes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub date: usize,
    pub time: usize,
    /// Whether times of day are written as numbers: 0531.
    pub packed: bool,
}

/// Finds a column of dates without times of day beside one of times of day alone, if there is one of each; or those that were
/// named, as `DATE+TIME`.
///
/// # Errors
/// When one that was named holds something else.
pub(super) fn find(
    fields: &mut [Field],
    seen: &[Seen],
    options: &Options,
    lines: &mut Vec<String>,
) -> Result<Option<Clock>> {
    let at = |name: &str| fields.iter().position(|field| field.name == name);
    let is_clock = |at: &usize| {
        let (clocks, all) = (seen[*at].clocks, seen[*at].values());
        clocks > 0 && (clocks == all || seen[*at].are_rare(all - clocks))
    };
    // Hours and minutes, where some number is too large for hours alone.
    let is_packed = |at: &usize| {
        let Seen { packed, digits, range, .. } = seen[*at];
        packed > 0 && packed == seen[*at].values() && (digits > 0 || range.is_some_and(|(_, most)| most >= 100))
    };
    let is_date = |at: &usize| fields[*at].kind == Ok(Kind::Time) && seen[*at].is_dates();
    let clock = match options.time.as_deref().and_then(|name| name.split_once('+').filter(|_| at(name).is_none())) {
        Some((date, time)) => {
            let (Some(date_at), Some(time_at)) = (at(date.trim()), at(time.trim())) else { return Ok(None) };
            let packed = is_packed(&time_at);
            if !packed && !is_clock(&time_at) {
                bail!("--time {date}+{time}: column {time:?} holds no times of day such as 13:05 or 1305");
            }
            Clock { date: date_at, time: time_at, packed }
        }
        None if options.time.is_some() => return Ok(None),
        None => {
            let is_named = |at: &usize| {
                find_name(&fields[*at].name, |words| words.iter().any(|word| CLOCKS.contains(&word.as_str())))
            };
            // Numbers are times of day for certain where all have four digits, some of them zeros at the beginning.
            let is_sure = |at: &usize| is_packed(at) && seen[*at].digits > 0 && seen[*at].four == seen[*at].values();
            let clocks: Vec<usize> =
                (0..fields.len()).filter(|at| is_clock(at) || is_packed(at)).filter(is_named).collect();
            let dates: Vec<usize> = (0..fields.len()).filter(is_date).collect();
            let &[time] = &clocks[..] else { return Ok(None) };
            // Of several dates that which alone has its words.
            let goes = |&&date: &&usize| go_together(&fields[date].name, &fields[time].name);
            let alone: Vec<usize> = dates.iter().filter(goes).copied().collect();
            let ((&[date], _) | (_, &[date])) = (&dates[..], &alone[..]) else { return Ok(None) };
            let names = (&fields[date].name, &fields[time].name);
            let flag = typed(&format!("{}+{}", names.0, names.1));
            let packed = is_packed(&time);
            if packed && !is_sure(&time) {
                lines.push(format!(
                    "column {:?} may hold hours and minutes (--time {flag} has them behind the dates of {:?})",
                    names.1, names.0
                ));
                return Ok(None);
            }
            if !go_together(names.0, names.1) {
                lines.push(format!(
                    "column {:?} holds times of day, or durations (--time {flag} has them behind the dates of {:?})",
                    names.1, names.0
                ));
                return Ok(None);
            }
            Clock { date, time, packed }
        }
    };
    let (date, time) = (&fields[clock.date].name, &fields[clock.time].name);
    lines.push(format!("column {date:?} is given the times of day of {time:?} (--time {date} leaves them apart)"));
    let added = format!("; the times of day are those of {time:?}");
    fields[clock.date].why.push_str(&added);
    Ok(Some(clock))
}

/// Whether a column of times of day goes by its name with one of dates: `start time` with `start date`. A `lap time` goes with none.
fn go_together(date: &str, time: &str) -> bool {
    let known = words(date);
    let fits =
        |word: &String| CLOCKS.contains(&word.as_str()) || BESIDE.contains(&word.as_str()) || known.contains(word);
    words(time).iter().all(fits)
}

impl Clock {
    /// Puts the times of day behind the dates.
    ///
    /// # Errors
    /// When the columns are none of texts.
    pub fn join(self, mut frame: DataFrame, fields: &[Field]) -> Result<DataFrame> {
        let name = |at: usize| fields[at].name.as_str();
        let (dates, times) = (frame.column(name(self.date))?.clone(), frame.column(name(self.time))?.clone());
        if dates.dtype() != &DataType::String || times.dtype() != &DataType::String {
            bail!("column {:?} is no text", name(self.date));
        }
        let is_none = |text: &str| text.is_empty() || is_missing(text.as_bytes());
        let both = dates.str()?.iter().zip(times.str()?.iter()).map(|(date, time)| {
            let date = date?.trim();
            let time = time.map(str::trim).filter(|time| !is_none(time) && !is_none(date));
            Some(match time {
                Some(time)
                    if self.packed
                        && (1..=4).contains(&time.len())
                        && time.bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    let time = format!("{time:0>4}");
                    format!("{} {}:{}", date_of(date), &time[..2], &time[2..])
                }
                Some(time) => format!("{} {time}", date_of(date)),
                None => date.to_owned(),
            })
        });
        let joined = Column::new(name(self.date).into(), both.collect::<Vec<Option<String>>>());
        frame.with_column(joined)?;
        Ok(frame)
    }
}
