//! Zones by their names: the changes of their clocks, from the time zone database that the program has.

use duotile_core::{Scalar, Zone};
use jiff::{Timestamp, tz::TimeZone};

/// Most changes of a clock that are looked at: more than all of them until 2500.
const MOST: usize = 2000;

/// The clock of a zone over a span of times; `None` where there is no zone of that name.
pub fn known(name: &str, span: Option<(Scalar, Scalar)>) -> Option<Zone> {
    let zone = TimeZone::get(name).ok()?;
    let micros = |scalar: Scalar| if let Scalar::Time(micros) = scalar { micros } else { 0 };
    let (first, last) = span.map_or((0, 0), |(first, last)| (micros(first), micros(last)));
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
