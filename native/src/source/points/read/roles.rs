//! Which column is the time, and which gives the ids.

use super::{
    Options, TimeUnit, Type,
    columns::Gather,
    ids,
    names::{find_name, typed},
    spelling::misfit,
};
use crate::dataset::Loaded;
use crate::kind::Kind;
use anyhow::{Context as _, Result, bail};

/// Last words of the names of times.
const TIMES: [&str; 8] = ["time", "timestamp", "ts", "date", "datetime", "at", "epoch", "day"];

/// Words behind these that say what is counted, or from when.
const COUNTED: [&str; 14] = [
    "ms",
    "millis",
    "milliseconds",
    "us",
    "micros",
    "ns",
    "nanos",
    "s",
    "sec",
    "secs",
    "seconds",
    "utc",
    "gmt",
    "unix",
];

/// Names of ids that are not two words.
const IDS: [&str; 8] = ["id", "fid", "gid", "oid", "uid", "objectid", "rowid", "geonameid"];

/// The time column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub column: usize,
    /// What its numbers count, where it holds numbers.
    pub unit: Option<TimeUnit>,
}

/// Whether numbers of this kind may count time: 32 bits of a float would be minutes.
const fn counts(kind: Kind) -> bool {
    matches!(kind, Kind::I32 | Kind::I64 | Kind::F64)
}

/// What the numbers count of each column that shall be time and holds numbers.
///
/// # Errors
/// When that cannot be told.
pub(super) fn units(columns: &[Gather], options: &Options) -> Result<Vec<Option<TimeUnit>>> {
    let unit = |column: &Gather| {
        let said = options.types.contains(&(column.name.clone(), Type::Time));
        if !said || !counts(column.kind()) {
            return Ok(None);
        }
        let empty = (column.present == 0).then_some(TimeUnit::Seconds);
        let unit = options.time_unit.or_else(|| plausible(column)).or(empty);
        unit.map(Some).with_context(|| {
            format!(
                "--type {}=time: cannot tell what its numbers count; say --time-unit s, ms, us or ns, or --time-format",
                column.name
            )
        })
    };
    columns.iter().map(unit).collect()
}

/// Finds the time column; numbers are times where their name and range say so. `said` is what those count that shall be times.
///
/// # Errors
/// When `--time` names a column that holds no times.
pub(super) fn time(
    columns: &[Gather],
    said: &[Option<TimeUnit>],
    options: &Options,
    lines: &mut Vec<String>,
) -> Result<Option<Time>> {
    if let Some(name) = &options.time {
        let date = name.split_once('+').map_or(name.as_str(), |(date, _)| date.trim());
        let find = |name: &str| columns.iter().position(|column| column.name == name);
        let Some(at) = find(name).or_else(|| find(date)) else {
            bail!("--time {name}: that column is not read as a value (it is left out or gives the position)");
        };
        let unit = match columns[at].kind() {
            Kind::Time => None,
            kind if counts(kind) => {
                if let Some(packed) = packed(&columns[at]).filter(|_| options.time_unit.is_none()) {
                    bail!("--time {name}: {packed}");
                }
                let unit = options.time_unit.or_else(|| plausible(&columns[at]));
                let Some(unit) = unit else {
                    bail!(
                        "--time {name}: cannot tell what its numbers count; say --time-unit s, ms, us or ns, or what their digits are with \
                         --time-format, such as %Y"
                    );
                };
                lines.push(taken_as(name, unit));
                Some(unit)
            }
            kind => bail!("--time {name}: that column is {}, expected times or numbers", kind.name()),
        };
        let column = &columns[at];
        // Some that are none are told, and have no value; if they are most, it is no time column.
        if column.unreadable * 2 > column.present + column.unreadable
            && let Some(text) = column.examples.first()
        {
            if let Some(format) = &options.csv.time_format {
                let why = misfit(text, format);
                bail!(
                    "--time {name}: {} of its values do not fit --time-format {}, the first is {text:?} ({why}; names of months and days are \
                     read in English, zones as numbers, %z)",
                    column.unreadable,
                    typed(format)
                );
            }
            bail!(
                "--time {name}: {} of its values are no times, the first is {text:?}; say their form with --time-format, such as \
                 %d.%m.%Y %H:%M, or --dates dmy or mdy",
                column.unreadable
            );
        }
        return Ok(Some(Time { column: at, unit }));
    }
    let is_time = |&at: &usize| columns[at].kind() == Kind::Time || said[at].is_some();
    let times: Vec<usize> = (0..columns.len()).filter(is_time).collect();
    if let [first, others @ ..] = &times[..] {
        let names: Vec<&str> = others.iter().map(|&at| columns[at].name.as_str()).collect();
        let others = if names.is_empty() {
            String::new()
        } else {
            format!("; {} could be too: choose with --time", names.join(", "))
        };
        lines.push(format!("time is column {:?}{others}", columns[*first].name));
        return Ok(Some(Time { column: *first, unit: said[*first] }));
    }
    let mut unread = None;
    for (at, column) in columns.iter().enumerate() {
        let named = find_name(&column.name, |words| {
            let mut last = words.iter().rev().skip_while(|word| COUNTED.contains(&word.as_str()));
            last.next().is_some_and(|last| TIMES.contains(&last.as_str()))
        });
        if !named || column.present == 0 {
            continue;
        }
        // A day may be one of the week, or a number of a month.
        let is_clear =
            find_name(&column.name, |words| words.last().is_none_or(|last| !["at", "day"].contains(&last.as_str())));
        let example = || column.example().filter(|_| is_clear && column.kind() != Kind::Bool).map(|text| (at, text));
        if !counts(column.kind()) {
            unread = unread.or_else(example);
            continue;
        }
        if let Some(packed) = packed(column).filter(|_| options.time_unit.is_none()) {
            lines.push(format!("column {:?}: {packed}", column.name));
            continue;
        }
        if let Some(unit) = options.time_unit.or_else(|| plausible(column)) {
            lines.push(taken_as(&column.name, unit));
            return Ok(Some(Time { column: at, unit: Some(unit) }));
        }
        unread = unread.or_else(example);
    }
    if let Some((at, text)) = unread {
        let name = &columns[at].name;
        lines.push(format!(
            "column {name:?} is named like a time and holds none that is read, such as {text:?} (--time {} --time-format says its form)",
            typed(name)
        ));
    }
    Ok(None)
}

fn taken_as(column: &str, unit: TimeUnit) -> String {
    format!(
        "column {column:?} is the time: its numbers are taken as {} since 1970 (else say --time-unit or another --time)",
        unit.name()
    )
}

impl TimeUnit {
    /// Its name in messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
        }
    }
}

/// What is told of integers that could be the digits of times: 20240305, 2024030510, 202403051430, 240305. As seconds those of hours would
/// all be in the years 2032 to 2036, and those of days in 1970.
fn packed(column: &Gather) -> Option<String> {
    let (min, max) = column.whole_range().filter(|_| column.kind() != Kind::F64)?;
    let is_day = |day: i64| {
        let [year, month, day] = [day / 10_000, day / 100 % 100, day % 100];
        (1980..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    let is_hour = |value: i64| is_day(value / 100) && value % 100 < 24;
    let is_minute = |value: i64| is_hour(value / 100) && value % 100 < 60;
    let is_short = |day: i64| (100_000..1_000_000).contains(&day) && is_day(20_000_000 + day);
    let all = |fits: &dyn Fn(i64) -> bool| fits(min) && fits(max);
    let (what, form) = match () {
        () if all(&is_day) => ("and day", "%Y%m%d"),
        () if all(&is_short) => ("and day", "%y%m%d"),
        () if all(&is_hour) => ("day and hour", "%Y%m%d%H"),
        () if all(&is_minute) => ("day, hour and minute", "%Y%m%d%H%M"),
        () => return None,
    };
    let month = if what == "and day" { "month" } else { "month," };
    let otherwise = if what == "day and hour" { ", or seconds since 1970 (--time-unit s)" } else { "" };
    Some(format!(
        "its integers such as {min} may be a year, {month} {what} (--time {} --time-format {form}){otherwise}",
        typed(&column.name)
    ))
}

/// The unit in which all numbers lie between 1980 and 2100.
fn plausible(column: &Gather) -> Option<TimeUnit> {
    const YEARS: std::ops::RangeInclusive<i64> = 315_532_800..=4_102_444_800;
    let (min, max) = column.whole_range()?;
    let units = [
        (TimeUnit::Seconds, 1),
        (TimeUnit::Milliseconds, 1000),
        (TimeUnit::Microseconds, 1_000_000),
        (TimeUnit::Nanoseconds, 1_000_000_000),
    ];
    let fits =
        |&(_, per_second): &(TimeUnit, i64)| YEARS.contains(&(min / per_second)) && YEARS.contains(&(max / per_second));
    units.into_iter().find(fits).map(|(unit, _)| unit)
}

/// Finds the id column among columns in Morton order; `rows` are the rows' numbers, `memory` is what may be used to look
/// for ids that are there twice, in bytes.
///
/// # Errors
/// When `--id` names a column that cannot give ids.
pub(super) fn id(
    columns: &[Loaded],
    rows: &[u32],
    memory: usize,
    options: &Options,
    lines: &mut Vec<String>,
) -> Result<Option<usize>> {
    if let Some(name) = &options.id {
        let Some(at) = columns.iter().position(|column| &column.name == name) else {
            bail!("--id {name}: that column is not read as a value (it is left out or gives the position)");
        };
        if let Err(reason) = ids::check(&columns[at], rows, memory) {
            bail!("--id {name}: the column {reason}; ids must be unique integers in 0…2⁵³−1");
        }
        return Ok(Some(at));
    }
    let mut reasons = Vec::new();
    let mut candidates: Vec<usize> = (0..columns.len()).filter(|&at| is_id(&columns[at].name)).collect();
    candidates.sort_by_key(|&at| !columns[at].name.eq_ignore_ascii_case("id"));
    for at in candidates.into_iter().take(3) {
        match ids::check(&columns[at], rows, memory) {
            Ok(()) => {
                lines.push(format!("ids come from column {:?}", columns[at].name));
                return Ok(Some(at));
            }
            Err(reason) => reasons.push(format!("column {:?} {reason}", columns[at].name)),
        }
    }
    let why = if reasons.is_empty() { String::from("no column is named like one") } else { reasons.join(", ") };
    lines.push(format!("ids are row numbers: {why}"));
    Ok(None)
}

fn is_id(name: &str) -> bool {
    find_name(name, |words| match words {
        [word] => IDS.contains(&word.as_str()),
        _ => words.last().is_some_and(|last| last == "id"),
    })
}
