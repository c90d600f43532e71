//! Times: text to microseconds since 1970 UTC and back. One grammar reads those of files and filters.
//!
//! Everything is the proleptic Gregorian calendar in UTC, with days of 86,400 seconds. The day arithmetic is the one
//! Howard Hinnant describes in "chrono-Compatible Low-Level Date Algorithms" (`days_from_civil`, `civil_from_days`).

use alloc::string::String;
use core::fmt;

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in an hour.
pub const HOUR: i64 = 3600 * SECOND;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// A date or a point in time, as written. A date is the interval of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
}

/// A text that is not a date or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadTime {
    /// Where, in characters from 0.
    pub position: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for BadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at its character {}", self.expected, self.position + 1)
    }
}

impl core::error::Error for BadTime {}

impl Moment {
    /// The first microsecond.
    #[must_use]
    pub const fn first(self) -> i64 {
        match self {
            Self::Date(day) => day as i64 * DAY,
            Self::Instant(micros) => micros,
        }
    }

    /// The last microsecond.
    #[must_use]
    pub const fn last(self) -> i64 {
        match self {
            Self::Date(day) => day as i64 * DAY + (DAY - 1),
            Self::Instant(micros) => micros,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Date(day) => write_date(f, day.into()),
            Self::Instant(micros) => write_instant(f, micros),
        }
    }
}

/// What a text says: a date, or what a clock shows, be it known which clock or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since the clock showed 1970-01-01T00:00:00, and the minutes it is ahead of UTC, where the text says so.
    Clock(i64, Option<i64>),
}

impl Written {
    /// The first microsecond since 1970 in UTC. `utc` tells it for a clock of which nothing is said.
    pub fn first(self, utc: impl FnOnce(i64) -> i64) -> i64 {
        match self {
            Self::Date(day) => utc(i64::from(day) * DAY),
            Self::Clock(micros, Some(ahead)) => micros - ahead * 60 * SECOND,
            Self::Clock(micros, None) => utc(micros),
        }
    }
}

/// Reads a date (`2024-03-05`) or a time (`2024-03-05T10:00:00.25+01:00`), RFC 3339 with these liberties: slashes in the
/// date, a space for the `T`, no seconds, no zone, `UTC` or `GMT` for the `Z`, an offset without colon or minutes, a space
/// before it, 24:00 for the end of a day. Digits beyond microseconds are cut off; a leap second is the second after it.
///
/// This is the one grammar of times, of filters as of files.
///
/// # Errors
/// [`BadTime`] with the first character that does not fit.
pub fn read(text: &[u8]) -> Result<Written, BadTime> {
    if let Some(written) = usual(text) {
        return Ok(written);
    }
    Reader { text, at: 0, plus: false }.read()
}

/// What most times of files begin with, `2024-03-05T10:00:00` and `2024-03-05 10:00:00`, in one look.
#[inline]
fn usual(text: &[u8]) -> Option<Written> {
    let (shown, end) = text.split_first_chunk::<19>()?;
    let mut all = [shown[4], shown[7], shown[13], shown[16]] == *b"--::" && matches!(shown[10], b'T' | b' ');
    let mut two = |at: usize| {
        let [tens, ones] = [shown[at].wrapping_sub(b'0'), shown[at + 1].wrapping_sub(b'0')];
        all &= tens <= 9 && ones <= 9;
        i64::from(tens) * 10 + i64::from(ones)
    };
    let (year, month, day) = (two(0) * 100 + two(2), two(5), two(8));
    let (hour, minute, second) = (two(11), two(14), two(17));
    let fits = (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !all || !fits {
        return None;
    }
    let mut clock = days_from_civil(year, month, day) * DAY + hour * HOUR + (minute * 60 + second) * SECOND;
    let ahead = match end {
        [] => None,
        b"Z" | b"+00" | b"+00:00" => Some(0),
        _ => {
            let mut reader = Reader { text, at: shown.len(), plus: false };
            clock += reader.below_second().ok()?;
            reader.offset().ok()?
        }
    };
    Some(Written::Clock(clock, ahead))
}

/// As [`read`] does, for filters: no zone means UTC, and a space may be the `+` of an offset, which is what is left of it in
/// a query string.
///
/// # Errors
/// [`BadTime`] with the first character that does not fit.
///
/// ```
/// use duotile_core::time::{Moment, parse, print};
/// assert_eq!(parse("1970-01-02"), Ok(Moment::Date(1)));
/// assert_eq!(parse("1970-01-01T01:00:00.5+01:00"), Ok(Moment::Instant(500_000)));
/// assert_eq!(print(500_000), "1970-01-01T00:00:00.5Z");
/// ```
pub fn parse(text: &str) -> Result<Moment, BadTime> {
    let written = Reader { text: text.as_bytes(), at: 0, plus: true }.read()?;
    let micros = match written {
        Written::Date(day) => return Ok(Moment::Date(day)),
        Written::Clock(..) => written.first(|micros| micros),
    };
    if (days_from_civil(0, 1, 1) * DAY..days_from_civil(10_000, 1, 1) * DAY).contains(&micros) {
        Ok(Moment::Instant(micros))
    } else {
        Err(BadTime { position: 0, expected: "a time within the years 0000 to 9999 of UTC" })
    }
}

/// An instant in UTC as RFC 3339, with as many digits of a second as it needs. Years outside 0000…9999, which RFC 3339
/// cannot write, get a sign and six digits (ISO 8601).
#[must_use]
pub fn print(micros: i64) -> String {
    alloc::format!("{}", Moment::Instant(micros))
}

fn write_date(f: &mut fmt::Formatter<'_>, days: i64) -> fmt::Result {
    let (year, month, day) = civil_from_days(days);
    if (0..=9999).contains(&year) {
        write!(f, "{year:04}-{month:02}-{day:02}")
    } else {
        write!(f, "{year:+07}-{month:02}-{day:02}")
    }
}

fn write_instant(f: &mut fmt::Formatter<'_>, micros: i64) -> fmt::Result {
    write_date(f, micros.div_euclid(DAY))?;
    let time = micros.rem_euclid(DAY);
    let (seconds, mut fraction) = (time / SECOND, time % SECOND);
    write!(f, "T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
    if fraction > 0 {
        let mut width = 6;
        while fraction % 10 == 0 {
            fraction /= 10;
            width -= 1;
        }
        write!(f, ".{fraction:0width$}")?;
    }
    f.write_str("Z")
}

/// What a calendar and a clock show: year, month, day, hour, minute, second, and the day of the week from Sunday on.
pub(crate) const fn clock(micros: i64) -> [i64; 7] {
    let (days, time) = (micros.div_euclid(DAY), micros.rem_euclid(DAY) / SECOND);
    let (year, month, day) = civil_from_days(days);
    // 1970 began on a Thursday.
    [year, month, day, time / 3600, time / 60 % 60, time % 60, (days + 4).rem_euclid(7)]
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
pub(super) const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years start in March, so that the leap day is the last of the year; 400 years are 146,097 days.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date (year, month, day) of a number of days since 1970-01-01.
pub(super) const fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + (month <= 2) as i64;
    (year, month, day_of_year - (153 * march_month + 2) / 5 + 1)
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A place in the text of a time. All that it takes is ASCII, so bytes before it are characters.
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether a space may be the `+` of an offset.
    plus: bool,
}

impl Reader<'_> {
    fn read(mut self) -> Result<Written, BadTime> {
        let year = self.number(4, 0..=9999, "a year of four digits, as in 2024-03-05")?;
        let between = self.skip(b"-/", "a hyphen after the year, as in 2024-03-05")?;
        let month = self.number(2, 1..=12, "a month from 01 to 12")?;
        self.skip(&[between], "the same sign after the month as after the year, as in 2024-03-05")?;
        let day = self.number(2, 1..=days_in_month(year, month), "a day of that month, in two digits")?;
        let days = days_from_civil(year, month, day);
        if self.rest().is_empty() {
            return Ok(Written::Date(days as i32));
        }
        self.skip(b"Tt ", "the end, or T and a time, as in 2024-03-05T10:00:00Z")?;
        let place = self.at;
        let hours = self.number(2, 0..=24, "an hour from 00 to 24")?;
        self.skip(b":", "a colon after the hour")?;
        let mut time = hours * HOUR + self.number(2, 0..=59, "a minute from 00 to 59")? * 60 * SECOND;
        if self.skip(b":", "").is_ok() {
            time += self.number(2, 0..=60, "a second from 00 to 59")? * SECOND;
            time += self.below_second()?;
        }
        if hours == 24 && time > DAY {
            return Err(BadTime { position: place, expected: "an hour from 00 to 23, or 24:00 as the end of the day" });
        }
        Ok(Written::Clock(days * DAY + time, self.offset()?))
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn number(
        &mut self,
        width: usize,
        range: core::ops::RangeInclusive<i64>,
        expected: &'static str,
    ) -> Result<i64, BadTime> {
        let error = BadTime { position: self.at, expected };
        let digits = self.rest().get(..width).ok_or(error)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(error);
        }
        let number = digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        self.at += width;
        if range.contains(&number) { Ok(number) } else { Err(error) }
    }

    fn skip(&mut self, any: &[u8], expected: &'static str) -> Result<u8, BadTime> {
        match self.rest().first().copied() {
            Some(byte) if any.contains(&byte) => {
                self.at += 1;
                Ok(byte)
            }
            _ => Err(BadTime { position: self.at, expected }),
        }
    }

    /// The point and the digits after it, in microseconds, if there are some.
    fn below_second(&mut self) -> Result<i64, BadTime> {
        if self.skip(b".,", "").is_err() {
            return Ok(0);
        }
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(BadTime { position: self.at, expected: "digits of a second" });
        }
        let number = self.rest()[..digits].iter().chain([b'0'; 6].iter()).take(6);
        let micros = number.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        self.at += digits;
        Ok(micros)
    }

    /// The zone and the end, in minutes ahead of UTC, if there is one.
    fn offset(&mut self) -> Result<Option<i64>, BadTime> {
        const EXPECTED: &str = "Z, an offset such as +01:00, or the end";
        if self.rest().is_empty() {
            return Ok(None);
        }
        let space = self.skip(b" ", "").is_ok();
        let minutes = match self.rest() {
            [b'Z' | b'z', ..] => {
                self.at += 1;
                0
            }
            [b'U', b'T', b'C', ..] | [b'G', b'M', b'T', ..] => {
                self.at += 3;
                0
            }
            rest => {
                let is_plus = space && self.plus && rest.first().is_some_and(u8::is_ascii_digit);
                let sign = if is_plus { b'+' } else { self.skip(b"+-", EXPECTED)? };
                let hours = self.number(2, 0..=23, "an offset of hours from 00 to 23")?;
                let colon = self.skip(b":", "").is_ok();
                let minutes = if colon || !self.rest().is_empty() {
                    self.number(2, 0..=59, "an offset of minutes from 00 to 59")?
                } else {
                    0
                };
                (hours * 60 + minutes) * if sign == b'-' { -1 } else { 1 }
            }
        };
        if self.rest().is_empty() {
            Ok(Some(minutes))
        } else {
            Err(BadTime { position: self.at, expected: "the end of the time" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_reads_what_the_long_one_does() {
        let mut read = 0;
        for base in [
            "2024-02-29T23:59:59Z",
            "1900-03-01 00:00:00",
            "0000-12-31T09:05:07",
            "2023-02-28 10:10:10Z",
            "2023-02-28 10:10:10+00",
            "2023-02-28T10:10:10.250-03:30",
            "2023-02-28 10:10:10,1234567 UTC",
            "2023-02-28T10:10:10 +0100",
        ] {
            for at in 0..base.len() {
                for byte in 0..=255 {
                    let mut text = [0; 40];
                    let text = &mut text[..base.len()];
                    text.copy_from_slice(base.as_bytes());
                    text[at] = byte;
                    if let Some(written) = usual(text) {
                        assert_eq!(Reader { text, at: 0, plus: false }.read(), Ok(written), "{base} {at} {byte}");
                        read += 1;
                    }
                }
            }
        }
        assert!(read > 300, "{read}");
    }
}
