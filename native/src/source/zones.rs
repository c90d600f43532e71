//! Zones by their names: the changes of their clocks, from the time zone database that the program has.

use duotile_core::{Column, Kind, Scalar, Zone};
use jiff::{Timestamp, tz::TimeZone};

/// Most changes of a clock that are looked at: more than all of them until 2500.
const MOST: usize = 2000;

/// The clocks of zones over all times of some columns; names of no zone are left out.
pub fn named(names: &[String], columns: &[Column<'_>]) -> Vec<Zone> {
    let times = columns.iter().filter(|column| column.kind() == Kind::Time).filter_map(|column| column.facts.range);
    let micros = |scalar: Scalar| if let Scalar::Time(micros) = scalar { micros } else { 0 };
    let ends = times.map(|(first, last)| (micros(first), micros(last)));
    let span = ends.reduce(|all, more| (all.0.min(more.0), all.1.max(more.1))).unwrap_or_default();
    names.iter().filter_map(|name| known(name, span)).collect()
}

fn known(name: &str, (first, last): (i64, i64)) -> Option<Zone> {
    let zone = TimeZone::get(name).ok()?;
    let at = |micros: i64| {
        Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
    };
    // Periods begin before the first time, and end after the last.
    let before = at(first.saturating_sub(400 * duotile_core::time::DAY));
    let after = at(last.saturating_add(400 * duotile_core::time::DAY));
    let ahead = |seconds: i32| i64::from(seconds) * duotile_core::time::SECOND;
    let begins = (before.as_microsecond(), ahead(zone.to_offset(before).seconds()));
    let changes = zone.following(before).take(MOST).take_while(|change| change.timestamp() <= after);
    let changes = changes.map(|change| (change.timestamp().as_microsecond(), ahead(change.offset().seconds())));
    Some(Zone::new(name, std::iter::once(begins).chain(changes).collect()))
}
