//! A date and its time of day in two columns are one time.

use super::seen::Seen;
use crate::kind::Kind;
use crate::read::{
    Options, Type,
    civil::with_clock,
    field::Field,
    names::{find_name, typed, words},
    values::is_missing,
};
use anyhow::{Result, bail};
use polars_core::prelude::{Column, DataFrame, DataType};

/// Words of the names of times of day.
const CLOCKS: [&str; 18] = [
    "time",
    "hour",
    "hours",
    "clock",
    "uhrzeit",
    "zeit",
    "hora",
    "heure",
    "ora",
    "hhmm",
    "tijd",
    "godzina",
    "czas",
    "klokkeslett",
    "klokkeslæt",
    "tid",
    "saat",
    "время",
];

/// Words that may stand beside these: of which day, in which form.
const BESIDE: [&str; 7] = ["of", "day", "hh", "mm", "ss", "24h", "24hr"];

/// Words that say by which clock they are; those of one line say the same.
const BY: [&[&str]; 10] = [
    &["utc", "gmt", "z", "gps"],
    &["local", "lt", "lst"],
    &["est", "edt"],
    &["cst", "cdt"],
    &["mst", "mdt"],
    &["pst", "pdt"],
    &["cet", "cest", "mez", "mesz"],
    &["bst"],
    &["ist"],
    &["jst"],
];

/// Words of what they are, beside which a date that says nothing of that is theirs.
const OF: [&str; 7] = ["start", "begin", "obs", "observation", "sample", "sampling", "event"];

/// Words of the names of dates that say nothing of what they are.
const DATES: [&str; 19] = [
    "date",
    "tarih",
    "дата",
    "datum",
    "fecha",
    "data",
    "dato",
    "dag",
    "tag",
    "dia",
    "giorno",
    "jour",
    "datetime",
    "timestamp",
    "ymd",
    "dmy",
    "mdy",
    "yyyy",
    "dd",
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
    // What is said to be something else is no time.
    let is_other = |name: &str| options.types.iter().any(|(known, kind)| known == name && !matches!(kind, Type::Time));
    let is_clock = |at: &usize| {
        let (clocks, all) = (seen[*at].clocks, seen[*at].values());
        clocks > 0 && (clocks == all || seen[*at].are_rare(all - clocks))
    };
    // Hours and minutes, where some number is too large for hours alone.
    let is_packed = |at: &usize| {
        let Seen { packed, digits, range, .. } = seen[*at];
        packed > 0 && packed == seen[*at].values() && (digits > 0 || range.is_some_and(|(_, most)| most >= 100))
    };
    let is_date =
        |at: &usize| fields[*at].kind == Ok(Kind::Time) && seen[*at].is_dates() && !is_other(&fields[*at].name);
    let said = options.time.as_deref().and_then(|name| name.split_once('+').filter(|_| at(name).is_none()));
    let clock = if let Some((date, time)) = said {
        let (Some(date_at), Some(time_at)) = (at(date.trim()), at(time.trim())) else { return Ok(None) };
        let packed = is_packed(&time_at);
        if !packed && !is_clock(&time_at) {
            bail!("--time {date}+{time}: column {time:?} holds no times of day such as 13:05 or 1305");
        }
        if is_other(date.trim()) {
            bail!("--time {date}+{time}: --type says that column {:?} is no time", date.trim());
        }
        Clock { date: date_at, time: time_at, packed }
    } else {
        let is_named =
            |at: &usize| find_name(&fields[*at].name, |words| words.iter().any(|word| CLOCKS.contains(&word.as_str())));
        // Numbers are times of day for certain where all have four digits, some of them zeros at the beginning.
        let is_sure = |at: &usize| is_packed(at) && seen[*at].digits > 0 && seen[*at].four == seen[*at].values();
        let clocks: Vec<usize> =
            (0..fields.len()).filter(|at| is_clock(at) || is_packed(at)).filter(is_named).collect();
        let dates: Vec<usize> = (0..fields.len()).filter(is_date).collect();
        // What is named otherwise may be a time of day as well as a duration.
        let unnamed: Vec<usize> = (0..fields.len()).filter(is_clock).collect();
        // What is said to be the time is left as it is.
        let is_apart = |date: usize| options.time.as_ref() == Some(&fields[date].name);
        if let ([], &[time], &[date]) = (&clocks[..], &unnamed[..], &dates[..]) {
            lines.extend((!is_apart(date)).then(|| either(&fields[date].name, &fields[time].name)));
            return Ok(None);
        }
        let goes = |date: usize, time: usize| go_together(&fields[date].name, &fields[time].name);
        let &[time] = &clocks[..] else {
            // Of several nobody knows which is meant.
            let mut both = clocks.iter().flat_map(|&time| dates.iter().map(move |&date| (date, time)));
            let first = both.find(|&(date, time)| goes(date, time) && !is_apart(date));
            lines.extend(first.map(|(date, time)| either(&fields[date].name, &fields[time].name)));
            // What is named like a time of day and is none that is read: `1305` of 24 hours and seconds, `13h05`, hours alone.
            let is_unread = |at: &usize| {
                let Seen { booleans, .. } = seen[*at];
                seen[*at].values() > 0 && seen[*at].moments() + booleans == 0 && !is_other(&fields[*at].name)
            };
            let mut unread = (0..fields.len()).filter(|at| is_named(at) && is_unread(at));
            if let (&[date], []) = (&dates[..], &clocks[..])
                && let Some(time) = unread.find(|&time| goes(date, time) && !is_apart(date))
            {
                lines.push(format!(
                    "column {:?} may hold times of day, in a form that is not read (13:05, 1305 and 1:05 PM are): {:?} has days alone",
                    fields[time].name, fields[date].name
                ));
            }
            return Ok(None);
        };
        // Of several dates that which alone has its words.
        let alone: Vec<usize> = dates.iter().copied().filter(|&date| goes(date, time)).collect();
        let ((&[date], _) | (_, &[date])) = (&dates[..], &alone[..]) else { return Ok(None) };
        if is_apart(date) {
            return Ok(None);
        }
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
            lines.push(either(names.0, names.1));
            return Ok(None);
        }
        Clock { date, time, packed }
    };
    let (date, time) = (&fields[clock.date].name, &fields[clock.time].name);
    lines.push(format!(
        "column {date:?} is given the times of day of {time:?} (--time {} leaves them apart)",
        typed(date)
    ));
    let added = format!("; the times of day are those of {time:?}");
    fields[clock.date].why.push_str(&added);
    Ok(Some(clock))
}

/// Whether a column is named like one of dates.
pub(super) fn is_dated(name: &str) -> bool {
    words(name).iter().any(|word| DATES.contains(&word.as_str()))
}

/// What is told of a column that may be the time of day of one of dates.
fn either(date: &str, time: &str) -> String {
    let flag = typed(&format!("{date}+{time}"));
    format!("column {time:?} holds times of day, or durations (--time {flag} has them behind the dates of {date:?})")
}

/// Whether a column of times of day goes by its name with one of dates: `start time` with `start date`, or with a `date` of nothing
/// else. A `lap time` goes with none.
fn go_together(date: &str, time: &str) -> bool {
    let known = words(date);
    let times = words(time);
    let by = |word: &String| BY.iter().position(|same| same.contains(&word.as_str()));
    let is_beside = |word: &String| BESIDE.contains(&word.as_str()) || by(word).is_some();
    let is_plain = known.iter().all(|word| DATES.contains(&word.as_str()) || is_beside(word));
    let fits = |word: &String| {
        let name = word.as_str();
        let is_offset = word.bytes().all(|byte| byte.is_ascii_digit()) && times.iter().any(|word| by(word) == Some(0));
        CLOCKS.contains(&name) || is_offset || is_beside(word) || known.contains(word) || is_plain && OF.contains(&name)
    };
    // A date by one clock and a time of day by another are no time.
    let clocks = (known.iter().find_map(by), times.iter().find_map(by));
    let differ = matches!(clocks, (Some(one), Some(other)) if one != other);
    times.iter().all(fits) && !differ
}

/// What was met where times of day were put behind dates.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Dates without a time of day.
    alone: u64,
    /// Texts in the place of times of day that are none, and the first.
    odd: u64,
    first_odd: Option<String>,
}

impl Met {
    /// What is told of it.
    pub fn lines(&self, date: &str, time: &str) -> Vec<String> {
        let alone = (self.alone > 0).then(|| {
            format!("column {date:?}: {time:?} has no time of day for {} of its dates: midnight is taken", self.alone)
        });
        let odd = self.first_odd.as_ref().map(|text| {
            let count = self.odd;
            format!("column {date:?}: {time:?} has something else for {count} of its dates, such as {text:?}: midnight is taken")
        });
        alone.into_iter().chain(odd).collect()
    }
}

impl Clock {
    /// Puts the times of day behind the dates. Where there is none, the date stays.
    ///
    /// # Errors
    /// When the columns are none of texts, or a text is no time of day and none may be lost.
    pub fn join(self, mut frame: DataFrame, fields: &[Field], strict: bool, met: &mut Met) -> Result<DataFrame> {
        let name = |at: usize| fields[at].name.as_str();
        let (dates, times) = (frame.column(name(self.date))?.clone(), frame.column(name(self.time))?.clone());
        if dates.dtype() != &DataType::String || times.dtype() != &DataType::String {
            bail!("column {:?} is no text", name(self.date));
        }
        let is_none = |text: &str| text.is_empty() || is_missing(text.as_bytes());
        let spelling = fields[self.date].spelling.clone().unwrap_or_default();
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
                    with_clock(date, &format!("{}:{}", &time[..2], &time[2..]))
                }
                Some(time) => {
                    let joined = with_clock(date, time);
                    if spelling.time(joined.as_bytes()).is_none() && spelling.time(date.as_bytes()).is_some() {
                        met.odd += 1;
                        met.first_odd.get_or_insert_with(|| time.chars().take(40).collect());
                        return Some(date.to_owned());
                    }
                    joined
                }
                None => {
                    met.alone += u64::from(!is_none(date));
                    date.to_owned()
                }
            })
        });
        let joined = Column::new(name(self.date).into(), both.collect::<Vec<Option<String>>>());
        if let (Some(text), true) = (&met.first_odd, strict) {
            bail!("column {:?}: {text:?} is no time of day, and --strict loses none", name(self.time));
        }
        frame.with_column(joined)?;
        Ok(frame)
    }
}
