//! The zone of times that name none, by which what a clock shows becomes microseconds since 1970 UTC; and the zone whose
//! clock days and hours go by later.
//!
//! Texts are read by [`duotile_core::time`], as those of filters are.

use super::Options;
use anyhow::{Context, Result};
use duotile_core::time::{self, HOUR, SECOND};
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone},
};
use std::fmt;

/// The zone whose clock days and hours go by, and who said so.
pub(crate) struct Said {
    pub name: String,
    by: String,
}

/// As a line of the report.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "days and hours go by the clock of {}, {}", self.name, self.by)
    }
}

/// The zone that was said, else that of times that name none, else the one that the file names with its times.
///
/// # Errors
/// When what was said is no zone.
pub(crate) fn of(options: &Options, declared: Option<(&str, &str)>) -> Result<Option<Said>> {
    if let Some(name) = &options.zone {
        find(name, "--zone")?;
        return Ok(Some(Said { name: name.clone(), by: "as --zone says".into() }));
    }
    let otherwise = "(--zone UTC has those of UTC)";
    if let Some(name) = &options.timezone {
        return Ok(Some(Said { name: name.clone(), by: format!("as the times do {otherwise}") }));
    }
    let declared = declared.filter(|(_, name)| *name != "UTC" && TimeZone::get(name).is_ok());
    Ok(declared.map(|(column, name)| Said {
        name: name.into(),
        by: format!("which the file names for {column:?} {otherwise}"),
    }))
}

fn find(name: &str, flag: &str) -> Result<TimeZone> {
    TimeZone::get(name).with_context(|| {
        // Their names have the sign the other way round.
        let hours = time::parse(&format!("1970-01-01T00:00:00{name}")).map(|shown| shown.first() / HOUR);
        let other = hours.ok().filter(|hours| name.starts_with(['+', '-']) && *hours != 0);
        let other = other.map_or(String::new(), |hours| format!(" or Etc/GMT{hours:+}"));
        format!("{flag} {name:?} is no time zone, expected a name such as Europe/Oslo{other}")
    })
}

/// The zone of times that name none.
#[derive(Clone, Debug, Default)]
pub(super) struct Zone(Option<TimeZone>);

impl Zone {
    /// A zone by its IANA name; UTC for none.
    pub fn new(name: Option<&str>) -> Result<Self> {
        Ok(Self(name.map(|name| find(name, "--timezone")).transpose()?))
    }

    /// Clock times to UTC. A time that the clock skipped is taken an hour later, one that it showed twice as the first.
    pub fn to_utc(&self) -> impl FnMut(i64) -> i64 + '_ {
        let mut known = Known { first: 1, last: 0, offset: 0 };
        move |clock| {
            let Some(zone) = &self.0 else { return clock };
            if clock < known.first || clock > known.last {
                known = Known::at(zone, clock).unwrap_or(Known { first: clock, last: clock, offset: 0 });
            }
            clock.saturating_sub(known.offset)
        }
    }
}

/// What a clock shows from the first to the last of these, in microseconds, is so far ahead of UTC.
struct Known {
    first: i64,
    last: i64,
    offset: i64,
}

impl Known {
    /// At what a zone's clock shows: as far as to its changes before and after. What it shows twice, or skips, is by itself.
    fn at(zone: &TimeZone, clock: i64) -> Option<Self> {
        let shown = Timestamp::from_microsecond(clock).ok()?.to_zoned(TimeZone::UTC).datetime();
        let instant = zone.to_ambiguous_timestamp(shown).compatible().ok()?;
        let offset = clock - instant.as_microsecond();
        let ahead = |of: Offset| i64::from(of.seconds()) * SECOND;
        let before = zone.preceding(instant).next().map(|change| {
            let until = change.timestamp().as_microsecond();
            let past = Timestamp::from_microsecond(until - SECOND).map_or(0, |past| ahead(zone.to_offset(past)));
            until + ahead(change.offset()).max(past)
        });
        let after = zone.following(instant).next().map(|change| {
            let from = change.timestamp().as_microsecond();
            from + offset.min(ahead(change.offset())) - 1
        });
        let (first, last) = (before.unwrap_or(i64::MIN), after.unwrap_or(i64::MAX));
        if (first..=last).contains(&clock) {
            Some(Self { first, last, offset })
        } else {
            Some(Self { first: clock, last: clock, offset })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::time::{print, read};

    #[test]
    fn texts_mean_what_another_library_reads() {
        let utc = |text: &str| read(text.as_bytes()).expect(text);
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.123456Z",
            "1899-12-31T12:00:00+05:30",
            "2000-03-01 00:00:00-0800",
            "0001-01-01T00:00:00Z",
            "9999-12-30T22:00:00Z",
            "2023-07-14T08:09+02",
        ] {
            let expected: Timestamp = text.parse().expect(text);
            assert_eq!(utc(text).first(|_| panic!("{text} has a zone")), expected.as_microsecond(), "{text}");
        }
        for text in ["2024-02-29", "2024/02/29 10:11", "2024-02-29 10:11:12.5"] {
            let expected: jiff::civil::DateTime = match text.replace('/', "-").as_str() {
                date if date.len() == 10 => date.parse::<jiff::civil::Date>().expect(text).into(),
                time => time.parse().expect(text),
            };
            let micros = expected.to_zoned(TimeZone::UTC).expect(text).timestamp().as_microsecond();
            assert_eq!(utc(text).first(|clock| clock + 7), micros + 7, "{text}");
        }
    }

    #[test]
    fn a_zone_knows_its_summers() {
        let zone = Zone::new(Some("Europe/Oslo")).expect("known");
        let mut to_utc = zone.to_utc();
        for (clock, utc) in [
            ("2024-01-15T12:00:00Z", "2024-01-15T11:00:00Z"),
            ("2024-07-15T12:00:00Z", "2024-07-15T10:00:00Z"),
            ("2024-03-31T02:30:00Z", "2024-03-31T01:30:00Z"),
            ("2024-10-27T02:30:00Z", "2024-10-27T00:30:00Z"),
        ] {
            let micros = read(clock.as_bytes()).expect(clock).first(|clock| clock);
            assert_eq!(print(to_utc(micros)), utc);
        }
        assert!(Zone::new(Some("Mars/Olympus")).is_err());
        let error = Zone::new(Some("-05:00")).expect_err("an offset").to_string();
        assert!(error.ends_with("such as Europe/Oslo or Etc/GMT+5"), "{error}");
        assert_eq!(Zone::new(Some("Etc/GMT+5")).expect("known").to_utc()(0), 5 * HOUR);
    }

    #[test]
    fn clocks_change_at_any_second() {
        // By Python's zoneinfo. In Moncton the clock went back at 00:01; Amsterdam's was ahead by 19 minutes and 32 seconds.
        for (zone, clock, utc) in [
            ("America/Moncton", "2005-10-30T00:00:30Z", "2005-10-30T03:00:30Z"),
            ("America/Moncton", "2005-10-30T00:05:00Z", "2005-10-30T04:05:00Z"),
            ("America/St_Johns", "2011-03-13T00:00:59Z", "2011-03-13T03:30:59Z"),
            ("America/St_Johns", "2011-03-13T01:01:00Z", "2011-03-13T03:31:00Z"),
        ] {
            let named = Zone::new(Some(zone)).expect("known");
            let micros = read(clock.as_bytes()).expect(clock).first(|clock| clock);
            assert_eq!(print(named.to_utc()(micros)), utc, "{zone} {clock}");
        }
    }

    #[test]
    fn what_is_known_of_the_last_time_is_true_of_the_next() {
        for name in ["America/Moncton", "America/St_Johns", "Africa/Casablanca", "Europe/Amsterdam", "Africa/Freetown"]
        {
            let zone = Zone::new(Some(name)).expect("known");
            let mut to_utc = zone.to_utc();
            let of = zone.0.as_ref().expect("a zone");
            let early: Timestamp = "1900-01-01T00:00:00Z".parse().expect("a time");
            // Around each change, there and back, beside what another library says of each time alone.
            for change in of.following(early).take(200) {
                for seconds in (-9000..9000i32).step_by(97).chain((-9000..9000i32).step_by(89).rev()) {
                    let at = change.timestamp().as_second() + i64::from(change.offset().seconds() + seconds);
                    let shown = Timestamp::from_second(at).expect("a time").to_zoned(TimeZone::UTC).datetime();
                    let expected = of.to_ambiguous_timestamp(shown).compatible().expect("a time").as_microsecond();
                    assert_eq!(to_utc(at * SECOND), expected, "{name} {shown}");
                }
            }
        }
    }
}
