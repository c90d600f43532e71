//! How the texts of a column are read as numbers and times, where there are several ways.

use super::{
    CsvOptions,
    civil::{self, Order},
    numbers::{self, Numbers},
    zone::Zone,
};
use duotile_core::time::{self, DAY, Written};
use jiff::{
    Timestamp,
    civil::DateTime,
    fmt::strtime::{self, BrokenDownTime},
    tz::TimeZone,
};
use std::sync::Arc;

/// How the texts of a column are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spelling {
    pub numbers: Numbers,
    /// Which of day and month comes first.
    pub order: Option<Order>,
    /// The form of times, as strftime has it.
    pub format: Option<Arc<str>>,
    /// How many minutes the clock of times is ahead of UTC, where the name of the column says so.
    pub ahead: Option<i64>,
    /// How many digits stand behind the point, where its texts are decimals of a type.
    pub decimals: Option<usize>,
}

impl Spelling {
    /// As it was said for all columns.
    pub fn said(csv: &CsvOptions) -> Self {
        let (decimal_comma, thousands) = (csv.decimal_comma.unwrap_or(false), csv.thousands.flatten());
        let numbers = Numbers { decimal_comma, thousands, mark: None };
        Self { numbers, order: csv.dates, format: csv.time_format.clone(), ..Self::default() }
    }

    /// A whole number.
    pub fn integer(&self, field: &[u8]) -> Option<i64> {
        if let Some(value) = numbers::integer(field) {
            return Some(value);
        }
        let whole =
            self.numbers.grouped(field).filter(|_| !numbers::has_fraction(field, self.numbers.decimal_comma))?;
        if whole.abs() < 9e15 {
            return Some(whole as i64);
        }
        // A double has not all of its digits.
        let text = std::str::from_utf8(field).ok()?;
        let text = text.split(if self.numbers.decimal_comma { ',' } else { '.' }).next()?;
        text.chars().filter(|letter| letter.is_ascii_digit() || *letter == '-').collect::<String>().parse().ok()
    }

    /// A number.
    pub fn number(&self, field: &[u8]) -> Option<f64> {
        self.numbers.read(field)
    }

    /// What a clock shows that a text does not name, in UTC: that of its column, else one of a zone.
    pub fn to_utc(&self, shown: i64, zone: &Zone) -> i64 {
        self.ahead.map_or_else(|| zone.to_utc()(shown), |minutes| shown - minutes * 60 * time::SECOND)
    }

    /// A time: in the form that was said, in core's grammar, or in that of a country.
    pub fn time(&self, field: &[u8]) -> Option<Written> {
        if let Some(format) = &self.format {
            return formatted(field, format);
        }
        if let Ok(written) = time::read(field) {
            return Some(written);
        }
        if let Some((year, month)) = civil::month_of_year(field) {
            return time::read(format!("{year}-{month:02}-01").as_bytes()).ok();
        }
        // Where no order is known, only dates are read that have none, or the same in both.
        match self.order {
            Some(order) => civil::read(field, order),
            None => civil::read(field, Order::DayFirst)
                .filter(|&written| civil::read(field, Order::MonthFirst) == Some(written)),
        }
    }
}

/// Whether a form of times says one: what is written in it is read again.
pub(crate) fn says_times(format: &str) -> bool {
    let some = DateTime::constant(2024, 12, 29, 23, 14, 15, 0).to_zoned(TimeZone::UTC);
    let written = some.ok().and_then(|some| strtime::format(format, &some).ok());
    written.is_some_and(|text| formatted(text.as_bytes(), format).is_some())
}

/// A time in a form such as `%d.%m.%Y %H:%M`.
pub(super) fn formatted(field: &[u8], format: &str) -> Option<Written> {
    let mut parsed = strtime::parse(format, field).ok()?;
    begin(&mut parsed);
    let micros = |timestamp: Timestamp| timestamp.as_microsecond();
    if let Ok(timestamp) = parsed.to_timestamp() {
        return Some(Written::Clock(micros(timestamp), Some(0)));
    }
    let clock = |civil: DateTime| Some(micros(civil.to_zoned(TimeZone::UTC).ok()?.timestamp()));
    match parsed.to_datetime() {
        Ok(civil) => Some(Written::Clock(clock(civil)?, None)),
        Err(_) => Some(Written::Date(clock(parsed.to_date().ok()?.at(0, 0, 0, 0))?.div_euclid(DAY) as i32)),
    }
}

/// A year or a month without more is its first day.
fn begin(parsed: &mut BrokenDownTime) {
    let by_weeks = parsed.sunday_based_week().or(parsed.monday_based_week()).or(parsed.iso_week()).is_some();
    if parsed.year().is_none() || parsed.day_of_year().is_some() || by_weeks {
        return;
    }
    // One is a number of both.
    if parsed.month().is_none() && parsed.day().is_none() {
        let _ = parsed.set_month(Some(1));
    }
    if parsed.month().is_some() && parsed.day().is_none() {
        let _ = parsed.set_day(Some(1));
    }
}

/// Why a text is no time in a form that was said.
pub(super) fn misfit(field: &str, format: &str) -> String {
    match strtime::parse(format, field) {
        Err(error) => error.to_string(),
        Ok(_) => "it names no day".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(spelling: &Spelling, field: &str) -> Option<String> {
        let utc = |written| match written {
            Written::Date(_) => written.first(|midnight| midnight),
            Written::Clock(..) => written.first(|shown| spelling.to_utc(shown, &Zone::default())),
        };
        spelling.time(field.as_bytes()).map(|written| time::print(utc(written)))
    }

    #[test]
    fn times_are_read_in_the_form_that_was_said_and_in_no_other() {
        let with = |format: &str| Spelling { format: Some(format.into()), ..Spelling::default() };
        assert_eq!(text(&with("%d.%m.%Y %H.%M"), "05.03.2024 14.30").as_deref(), Some("2024-03-05T14:30:00Z"));
        assert_eq!(text(&with("%Y%m%d"), "20240305").as_deref(), Some("2024-03-05T00:00:00Z"));
        assert_eq!(
            text(&with("%d/%b/%Y:%H:%M:%S %z"), "05/Mar/2024:14:30:00 +0100").as_deref(),
            Some("2024-03-05T13:30:00Z")
        );
        assert_eq!(text(&with("%m/%Y"), "05/2024").as_deref(), Some("2024-05-01T00:00:00Z"));
        assert_eq!(text(&with("%Y%m"), "202405").as_deref(), Some("2024-05-01T00:00:00Z"));
        assert_eq!(text(&with("%Y"), "2024").as_deref(), Some("2024-01-01T00:00:00Z"));
        assert_eq!(text(&with("%Y %H:%M"), "2024 05:30").as_deref(), Some("2024-01-01T05:30:00Z"));
        assert_eq!(text(&with("%Y-%j"), "2024-060").as_deref(), Some("2024-02-29T00:00:00Z"));
        assert_eq!(text(&with("%d/%Y"), "05/2024"), None);
        assert_eq!(text(&with("%G-W%V"), "2024-W10"), None);
        assert_eq!(text(&with("%Y%m%d"), "2024-03-05"), None);
        assert_eq!(text(&with("%Q"), "2024-03-05"), None);
    }

    #[test]
    fn the_clock_of_a_column_holds_for_times_that_name_none() {
        let west = Spelling { ahead: Some(-300), ..Spelling::default() };
        assert_eq!(text(&west, "2024-03-05 10:00").as_deref(), Some("2024-03-05T15:00:00Z"));
        assert_eq!(text(&west, "2024-03-05T10:00Z").as_deref(), Some("2024-03-05T10:00:00Z"));
        assert_eq!(text(&west, "2024-03-05").as_deref(), Some("2024-03-05T00:00:00Z"));
    }

    #[test]
    fn without_an_order_only_dates_are_read_that_have_none() {
        let none = Spelling::default();
        assert_eq!(text(&none, "05/03/2024"), None);
        assert_eq!(text(&none, "25/03/2024"), None);
        assert_eq!(text(&none, "05/05/2024").as_deref(), Some("2024-05-05T00:00:00Z"));
        assert_eq!(text(&none, "5 Mar 2024").as_deref(), Some("2024-03-05T00:00:00Z"));
        assert_eq!(text(&none, "2024-03-05").as_deref(), Some("2024-03-05T00:00:00Z"));
        let first = Spelling { order: Some(Order::MonthFirst), ..none };
        assert_eq!(text(&first, "05/03/2024").as_deref(), Some("2024-05-03T00:00:00Z"));
    }
}
