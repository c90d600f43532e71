//! Dates in the form of their country: `25/03/2024`, `03/25/24 05:31 PM`, `5.3.2024 14:02`, `13-Jan-2024`, `Jan 5, 2024`,
//! `2024年3月5日`.
//!
//! What enters is a field; what leaves is a time, or which orders of day and month it could have. The rest of the program reads
//! times in core's one grammar, and so do these, once they are written in it.

use super::hours::{clock, is_zero};
use duotile_core::time::{self, Written};

/// What comes first in a date of three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `25/03/2024`.
    DayFirst,
    /// `03/25/2024`.
    MonthFirst,
}

impl Order {
    /// As the flag says it.
    pub(super) const fn flag(self) -> &'static str {
        match self {
            Self::DayFirst => "dmy",
            Self::MonthFirst => "mdy",
        }
    }

    /// In words.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DayFirst => "the day first",
            Self::MonthFirst => "the month first",
        }
    }
}

/// How a field can be a date.
#[expect(clippy::struct_excessive_bools, reason = "each is counted by itself")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fits {
    pub day_first: bool,
    pub month_first: bool,
    /// Whether it has no time of day, or midnight.
    pub is_date: bool,
    /// Whether the first of three numbers of two digits could be the year, and is no month.
    pub year_first: bool,
    /// Whether day and month are two numbers.
    pub is_open: bool,
    /// Whether it may be a version or the number of a part as well (1.2.24): it is a date where it was said that there are dates.
    pub loose: bool,
}

/// How a field can be a date; `None` if it is none.
pub(super) fn fits(field: &[u8]) -> Option<Fits> {
    let parts = Parts::of(field)?;
    let fits = |order| parts.written(order).is_some();
    let found = Fits {
        day_first: fits(Order::DayFirst),
        month_first: fits(Order::MonthFirst),
        is_date: parts.clock.is_empty() || clock(parts.clock).is_some_and(|clock| is_zero(clock.as_bytes())),
        year_first: parts.year_first(),
        is_open: matches!(parts.date, Date::Open(..)),
        loose: parts.loose,
    };
    (found.day_first || found.month_first).then_some(found)
}

/// A date in this order, with its time of day.
pub(super) fn read(field: &[u8], order: Order) -> Option<Written> {
    Parts::of(field)?.written(order)
}

/// Whether a text begins with the name of a month or of a day of the week.
pub(super) fn begins(field: &[u8]) -> bool {
    let mut place = Place { rest: field };
    let word = place.word();
    (3..=9).contains(&word.len()) && (month(word).is_some() || is_weekday(word))
}

/// A year with a month, `2024-05`: both as numbers.
pub(super) fn month_of_year(field: &[u8]) -> Option<(i64, i64)> {
    let (year, month) = std::str::from_utf8(field).ok().filter(|_| field.len() == 7)?.split_once(['-', '/'])?;
    let number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok());
    let (year, month) = (number(year)??, number(month)??);
    ((1800..2200).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

/// The date of a time, without its time of day.
fn date_of(text: &str) -> &str {
    let Some(end) = text.find(|letter: char| !letter.is_ascii_digit() && !matches!(letter, '-' | '/' | '.')) else {
        return text;
    };
    if text[end..].starts_with(['T', 't', ' ']) && end >= 6 {
        return &text[..end];
    }
    Parts::of(text.as_bytes()).map_or(text, |parts| &text[..text.len() - parts.behind])
}

/// A date with this time of day in the place of its own.
pub(super) fn with_clock(date: &str, clock: &str) -> String {
    let date = date_of(date);
    let sign = if date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit()) { 'T' } else { ' ' };
    format!("{date}{sign}{clock}")
}

/// A field in its parts.
struct Parts<'f> {
    year: i64,
    date: Date,
    clock: &'f [u8],
    /// Bytes behind the date.
    behind: usize,
    /// Whether all three numbers have two digits.
    short: bool,
    /// Whether it could be a version as well.
    loose: bool,
}

/// Month and day.
enum Date {
    Known(i64, i64),
    /// Two numbers in the order of the country.
    Open(i64, i64),
}

impl<'f> Parts<'f> {
    fn of(field: &'f [u8]) -> Option<Self> {
        if !(6..=48).contains(&field.len()) || !field.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let mut place = Place { rest: field };
        if field[0].is_ascii_alphabetic() {
            // A day of the week says nothing more.
            let word = place.word();
            if month(word).is_none() {
                if !is_weekday(word) {
                    return None;
                }
                place.skip(b", ");
            } else {
                place.rest = field;
            }
        }
        if place.rest.first()?.is_ascii_alphabetic() {
            // Jan 5, 2024
            let month = month(place.word())?;
            place.skip(b". ");
            let (day, digits) = place.number()?;
            place.skip(b", ");
            let (year, year_digits) = place.number()?;
            (digits <= 2 && year_digits == 4).then_some(())?;
            return place.finish(year, Date::Known(month, day));
        }
        if let Some((date, clock)) = field.split_at_checked(8)
            && date.iter().all(u8::is_ascii_digit)
            && let [b'T', clock @ ..] = clock
        {
            // 20240305T140730, the basic form of ISO 8601
            let number = |digits: &[u8]| digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
            let date_parts = Date::Known(number(&date[4..6]), number(&date[6..]));
            let (year, behind) = (number(&date[..4]), clock.len() + 1);
            return Some(Parts { year, date: date_parts, clock, behind, short: false, loose: false });
        }
        let (first, digits) = place.number()?;
        if digits == 4 && place.step("年") {
            let (month, _) = place.number()?;
            let (day, _) = if place.step("月") { place.number()? } else { return None };
            return if place.step("日") { place.finish(first, Date::Known(month, day)) } else { None };
        }
        if digits <= 2 && place.rest.first()?.is_ascii_alphabetic() {
            // 05MAR2024, as SAS writes
            let month = month(place.word())?;
            let (year, year_digits) = place.number()?;
            return if year_digits == 4 { place.finish(year, Date::Known(month, first)) } else { None };
        }
        let (&sign, rest) = place.rest.split_first()?;
        matches!(sign, b'/' | b'.' | b'-' | b' ').then_some(())?;
        place.rest = rest;
        place.skip(b" ");
        if place.rest.first()?.is_ascii_alphabetic() {
            // 13-Jan-2024, 13. January 2024, 2024-Jan-13
            let month = month(place.word())?;
            place.skip(b".,-/ ");
            let (second, second_digits) = place.number()?;
            let (year, day) = match (digits, second_digits) {
                (4, 1 | 2) => (first, second),
                (1 | 2, 4) => (second, first),
                (1 | 2, 2) => (century(second), first),
                _ => return None,
            };
            return place.finish(year, Date::Known(month, day));
        }
        let (second, second_digits) = place.number()?;
        (place.rest.first() == Some(&sign) && sign != b' ' && second_digits <= 2).then_some(())?;
        place.rest = &place.rest[1..];
        place.skip(b" ");
        let (third, third_digits) = place.number()?;
        match (digits, third_digits) {
            (4, 1 | 2) => place.finish(first, Date::Known(second, third)),
            (1 | 2, 4) => place.finish(third, Date::Open(first, second)),
            (1 | 2, 2) => {
                let short = digits == 2 && second_digits == 2;
                let loose = sign != b'/' && !short;
                Some(Parts { short, loose, ..place.finish(century(third), Date::Open(first, second))? })
            }
            _ => None,
        }
    }

    /// Whether it could be a year, a month and a day, of which the first is no day that months have, or no month.
    fn year_first(&self) -> bool {
        let Date::Open(year, month) = self.date else { return false };
        let day = self.year % 100;
        self.short && year > 12 && time::read(format!("{:04}-{month:02}-{day:02}", century(year)).as_bytes()).is_ok()
    }

    /// The time in core's grammar.
    fn written(&self, order: Order) -> Option<Written> {
        let (month, day) = match (&self.date, order) {
            (&Date::Known(month, day), _)
            | (&Date::Open(day, month), Order::DayFirst)
            | (&Date::Open(month, day), Order::MonthFirst) => (month, day),
        };
        let date = format!("{:04}-{month:02}-{day:02}", self.year);
        if self.clock.is_empty() {
            return time::read(date.as_bytes()).ok();
        }
        time::read(format!("{date}T{}", clock(self.clock)?).as_bytes()).ok()
    }
}

struct Place<'f> {
    rest: &'f [u8],
}

impl<'f> Place<'f> {
    fn word(&mut self) -> &'f [u8] {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A number of at most four digits, and how many it has.
    fn number(&mut self) -> Option<(i64, usize)> {
        let end = self.rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).filter(|(digits, _)| (1..=4).contains(&digits.len()))?;
        self.rest = rest;
        Some((digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')), digits.len()))
    }

    /// Steps over a sign, if it comes next.
    fn step(&mut self, sign: &str) -> bool {
        let rest = self.rest.strip_prefix(sign.as_bytes());
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip(&mut self, signs: &[u8]) {
        while let [first, rest @ ..] = self.rest
            && signs.contains(first)
        {
            self.rest = rest;
        }
    }

    /// What follows the date is a time of day, or nothing.
    fn finish(mut self, year: i64, date: Date) -> Option<Parts<'f>> {
        let before = self.rest.len();
        self.skip(b",T ");
        if !self.rest.is_empty() && self.rest.len() == before {
            return None;
        }
        Some(Parts { year, date, clock: self.rest, behind: before, short: false, loose: false })
    }
}

/// The century of a year in two digits: 1970 to 2069.
const fn century(year: i64) -> i64 {
    if year < 70 { year + 2000 } else { year + 1900 }
}

fn month(word: &[u8]) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let fits = |month: &&str| {
        let short = (3..=4).contains(&word.len()) && word.len() <= month.len();
        month.as_bytes().eq_ignore_ascii_case(word)
            || short && month.as_bytes()[..word.len()].eq_ignore_ascii_case(word)
    };
    let at = MONTHS.iter().position(fits)?;
    Some(at as i64 + 1)
}

fn is_weekday(word: &[u8]) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    word.len() >= 3
        && DAYS.iter().any(|day| day.as_bytes().get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::time::print;

    fn text(field: &str, order: Order) -> Option<String> {
        read(field.as_bytes(), order).map(|written| print(written.first(|clock| clock)))
    }

    #[test]
    fn dates_of_all_countries_are_read() {
        let day = Order::DayFirst;
        for (field, expected) in [
            ("25/03/2024", "2024-03-25T00:00:00Z"),
            ("5.3.2024 14:02", "2024-03-05T14:02:00Z"),
            ("05.03.24", "2024-03-05T00:00:00Z"),
            ("05.03.70", "1970-03-05T00:00:00Z"),
            ("05.03.69", "2069-03-05T00:00:00Z"),
            ("25-03-2024, 9:05:30", "2024-03-25T09:05:30Z"),
            ("13-Jan-2024", "2024-01-13T00:00:00Z"),
            ("13-JAN-24 11.30", "-"),
            ("13 January 2024 12:00 AM", "2024-01-13T00:00:00Z"),
            ("Jan 5, 2024", "2024-01-05T00:00:00Z"),
            ("Sept. 5, 2024 1:05 p.m.", "2024-09-05T13:05:00Z"),
            ("Tue, 05 Mar 2024 10:00:00 GMT", "2024-03-05T10:00:00Z"),
            ("2024/3/5 7:08", "2024-03-05T07:08:00Z"),
            ("2024-03-05 07:08:09 PM", "2024-03-05T19:08:09Z"),
            ("5/3/2024T10:00:00+02:00", "2024-03-05T08:00:00Z"),
            ("2024年3月5日", "2024-03-05T00:00:00Z"),
            ("2024年12月31日 7:08", "2024-12-31T07:08:00Z"),
            ("2024年13月5日", "-"),
            ("2024年3月", "-"),
            ("31/02/2024", "-"),
            ("25/13/2024", "-"),
            ("5/3", "-"),
            ("5/3-2024", "-"),
            ("1.2.3", "-"),
            ("1.10.12", "2012-10-01T00:00:00Z"),
            ("1.2.24 14:05", "2024-02-01T14:05:00Z"),
            ("05MAR2024", "2024-03-05T00:00:00Z"),
            ("5mar2024 14:07:30", "2024-03-05T14:07:30Z"),
            ("05MAR24", "-"),
            ("05MARK2024", "-"),
            ("20240305T140730", "2024-03-05T14:07:30Z"),
            ("20240305T1407Z", "2024-03-05T14:07:00Z"),
            ("20240305T140730+0200", "2024-03-05T12:07:30Z"),
            ("20240305T14", "-"),
            ("20241305T1407", "-"),
            ("20240305140730", "-"),
            ("5/3/24", "2024-03-05T00:00:00Z"),
            ("192.168.10.1", "-"),
            ("12 Main St", "-"),
            ("1/2/2024x", "-"),
            ("", "-"),
        ] {
            assert_eq!(text(field, day).as_deref().unwrap_or("-"), expected, "{field}");
        }
        let month = Order::MonthFirst;
        assert_eq!(text("01/13/2024 05:31:00 PM", month).as_deref(), Some("2024-01-13T17:31:00Z"));
        assert_eq!(text("01/13/2024 05:31:00 PM", day), None);
        assert_eq!(text("12/31/2024 12:15 AM", month).as_deref(), Some("2024-12-31T00:15:00Z"));
    }

    #[test]
    fn what_proves_an_order_is_seen() {
        let of = |field: &str| {
            fits(field.as_bytes())
                .filter(|fits| !fits.loose)
                .map(|fits| (fits.day_first, fits.month_first, fits.is_date))
        };
        assert_eq!(of("25/03/2024"), Some((true, false, true)));
        assert_eq!(of("03/25/2024 10:00"), Some((false, true, false)));
        assert_eq!(of("05/03/2024"), Some((true, true, true)));
        assert_eq!(of("13-Jan-2024"), Some((true, true, true)));
        assert_eq!(of("50.12.8"), None);
        assert_eq!(of("13.2.24"), None);
        assert_eq!(fits(b"13.2.24").map(|fits| (fits.day_first, fits.month_first)), Some((true, false)));
    }
}
