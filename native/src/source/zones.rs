//! Zones by their names: the changes of their clocks, from the time zone database that the program has.

use duotile_core::Zone;
use jiff::{Timestamp, tz::TimeZone};

/// Most changes of a clock that are looked at: more than all of them until 9999, four a year where Ramadan sets it back.
const MOST: usize = 40_000;

/// The clock of a zone over a span of microseconds since 1970; `None` where there is no zone of that name.
pub fn clock(name: &str, (first, last): (i64, i64)) -> Option<Zone> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::time::{HOUR, read};

    #[test]
    fn a_clock_is_right_over_all_of_a_long_span() {
        let at = |text: &str| read(text.as_bytes()).expect(text).first(|_| panic!("{text} has a zone"));
        let paris = clock("Europe/Paris", (at("1850-01-01T00:00:00Z"), at("9998-07-01T12:00:00Z"))).expect("known");
        // Winter and summer by the rule of today, war time two hours ahead, and the mean time of Paris.
        for (text, ahead) in [
            ("9998-07-01T12:00:00Z", 2 * HOUR),
            ("9997-01-01T12:00:00Z", HOUR),
            ("2024-03-31T00:59:59Z", HOUR),
            ("2024-03-31T01:00:00Z", 2 * HOUR),
            ("1941-07-01T12:00:00Z", 2 * HOUR),
            ("1850-06-01T12:00:00Z", HOUR * 561 / 3600),
        ] {
            assert_eq!(paris.shows(at(text)) - at(text), ahead, "{text}");
        }
    }
}
