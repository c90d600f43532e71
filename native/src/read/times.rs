//! Times in any spelling become microseconds since 1970 UTC.
//!
//! Texts follow ISO 8601 (a blank for the `T` is fine, so are slashes in the date). A time that names no zone is taken
//! in the zone of the dataset, which is UTC unless said.

use anyhow::{Context, Result};
use jiff::{Timestamp, tz::TimeZone};

pub(super) const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Microseconds since 1970, in UTC if `zoned`, else on the clock of the dataset's zone.
    pub micros: i64,
    pub zoned: bool,
}

/// Reads a date, or a date with a time of day.
pub(super) fn parse(text: &[u8]) -> Option<Written> {
    let (year, rest) = (number(text.get(..4)?)?, text.get(4..)?);
    let (&sign, rest) = rest.split_first()?;
    if sign != b'-' && sign != b'/' {
        return None;
    }
    let (month, rest) = (number(rest.get(..2)?)?, rest.get(2..)?.strip_prefix(&[sign])?);
    let (day, rest) = (number(rest.get(..2)?)?, rest.get(2..)?);
    let days = days(year, month, day)?;
    if rest.is_empty() {
        return Some(Written { micros: days * DAY, zoned: false });
    }
    let rest = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" ")).or_else(|| rest.strip_prefix(b"t"))?;
    let (hour, rest) = (number(rest.get(..2)?)?, rest.get(2..)?.strip_prefix(b":")?);
    let (minute, mut rest) = (number(rest.get(..2)?)?, rest.get(2..)?);
    let (mut second, mut fraction) = (0, 0);
    if let Some(seconds) = rest.strip_prefix(b":") {
        (second, rest) = (number(seconds.get(..2)?)?, seconds.get(2..)?);
        if let Some(digits) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) {
            let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if count == 0 || count > 12 {
                return None;
            }
            let micros = number(&digits[..count.min(6)])?;
            fraction = micros * 10_i64.pow(6 - count.min(6) as u32);
            rest = &digits[count..];
        }
    }
    // 24:00 is the end of the day; 60 seconds is a leap second, which Unix time does not count.
    if hour > 24 || minute > 59 || second > 60 || hour == 24 && (minute, second, fraction) != (0, 0, 0) {
        return None;
    }
    let micros = days * DAY + (hour * 3600 + minute * 60 + second) * SECOND + fraction;
    let (ahead, zoned) = offset(rest.strip_prefix(b" ").unwrap_or(rest))?;
    Some(Written { micros: micros - ahead * SECOND, zoned })
}

/// Seconds ahead of UTC by `Z`, `UTC`, `+01`, `+0100`, `+01:00`; nothing at all names no zone.
fn offset(text: &[u8]) -> Option<(i64, bool)> {
    let (sign, digits) = match text {
        b"" => return Some((0, false)),
        b"Z" | b"z" | b"UTC" | b"GMT" => return Some((0, true)),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let hours = number(digits.get(..2)?)?;
    let minutes = match &digits[2..] {
        [] => 0,
        [b':', two @ ..] | two if two.len() == 2 => number(two)?,
        _ => return None,
    };
    (hours <= 18 && minutes <= 59).then_some((sign * (hours * 3600 + minutes * 60), true))
}

/// Digits only, and not too many.
fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, `None` if there is no such date.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468)
}

/// The zone of times that name none.
#[derive(Clone, Debug, Default)]
pub(super) struct Zone(Option<TimeZone>);

impl Zone {
    /// A zone by its IANA name; UTC for none.
    pub fn new(name: Option<&str>) -> Result<Self> {
        let zone = |name: &str| {
            TimeZone::get(name)
                .with_context(|| format!("--timezone {name:?} is no time zone, expected a name such as Europe/Oslo"))
        };
        Ok(Self(name.map(zone).transpose()?))
    }

    /// Clock times to UTC. A time that the clock skipped is taken an hour later, one that it showed twice as the first.
    pub fn to_utc(&self) -> impl FnMut(i64) -> i64 + '_ {
        // Offsets change at most every quarter of an hour of the clock.
        let mut known: Option<(i64, i64)> = None;
        move |clock| {
            let Some(zone) = &self.0 else { return clock };
            let quarter = clock.div_euclid(900 * SECOND);
            let offset = match known {
                Some((at, offset)) if at == quarter => offset,
                _ => {
                    let offset = offset_at(zone, clock).unwrap_or(0);
                    known = Some((quarter, offset));
                    offset
                }
            };
            clock.saturating_sub(offset)
        }
    }
}

/// Microseconds that a zone's clock is ahead of UTC when it shows this time.
fn offset_at(zone: &TimeZone, clock: i64) -> Option<i64> {
    let shown = Timestamp::from_microsecond(clock).ok()?.to_zoned(TimeZone::UTC).datetime();
    Some(clock - zone.to_ambiguous_timestamp(shown).compatible().ok()?.as_microsecond())
}

/// A time as text, the way filters write it.
pub(super) fn print(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map_or_else(|_| micros.to_string(), |time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_mean_what_another_library_reads() {
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
            assert_eq!(
                parse(text.as_bytes()),
                Some(Written { micros: expected.as_microsecond(), zoned: true }),
                "{text}"
            );
        }
        for text in ["2024-02-29", "2024/02/29 10:11", "2024-02-29 10:11:12.5"] {
            let expected: jiff::civil::DateTime = match text.replace('/', "-").as_str() {
                date if date.len() == 10 => date.parse::<jiff::civil::Date>().expect(text).into(),
                time => time.parse().expect(text),
            };
            let micros = expected.to_zoned(TimeZone::UTC).expect(text).timestamp().as_microsecond();
            assert_eq!(parse(text.as_bytes()), Some(Written { micros, zoned: false }), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "24-01-01",
            "2024-01-01T",
            "2024-01-01T25:00",
            "2024-01-01T10",
            "2024-01-01T10:00:00.",
            "2024-01-01T10:00:00+",
            "2024-01-01T10:00:00+1",
            "2024-01-01 10:00 PM",
            "20240101",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
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
            let micros = |text: &str| parse(text.as_bytes()).expect(text).micros;
            assert_eq!(print(to_utc(micros(clock))), utc);
        }
        assert!(Zone::new(Some("Mars/Olympus")).is_err());
    }
}
