//! Calendar periods and intervals of time, in UTC.

use super::moment::{DAY, HOUR, Moment, civil_from_days, days_from_civil, print};
use alloc::string::String;

/// A closed interval of microseconds since 1970 UTC; a missing end is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// First instant.
    pub start: Option<i64>,
    /// Last instant.
    pub end: Option<i64>,
}

/// Periods of time, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Calendar years.
    Year,
    /// Three months, the first of them January, April, July or October.
    Quarter,
    /// Calendar months.
    Month,
    /// Seven days from a Monday on, as in ISO 8601.
    Week,
    /// Days.
    Day,
    /// Hours.
    Hour,
}

/// The Monday of the week that a day is in, in days since 1970, which began on a Thursday.
const fn monday(day: i64) -> i64 {
    day - (day + 3).rem_euclid(7)
}

impl Period {
    /// All of them, the longest first.
    pub const ALL: [Self; 6] = [Self::Year, Self::Quarter, Self::Month, Self::Week, Self::Day, Self::Hour];

    /// The start of the period that holds an instant.
    #[must_use]
    pub fn floor(self, micros: i64) -> i64 {
        let (year, month, _) = civil_from_days(micros.div_euclid(DAY));
        match self {
            Self::Year => days_from_civil(year, 1, 1).saturating_mul(DAY),
            Self::Quarter => days_from_civil(year, (month - 1) / 3 * 3 + 1, 1).saturating_mul(DAY),
            Self::Month => days_from_civil(year, month, 1).saturating_mul(DAY),
            Self::Week => monday(micros.div_euclid(DAY)).saturating_mul(DAY),
            Self::Day => micros.saturating_sub(micros.rem_euclid(DAY)),
            Self::Hour => micros.saturating_sub(micros.rem_euclid(HOUR)),
        }
    }

    /// The start of the period after the one that holds an instant; the end of all time stays where it is.
    #[must_use]
    pub fn next(self, micros: i64) -> i64 {
        let (year, month, _) = civil_from_days(micros.div_euclid(DAY));
        match self {
            Self::Year => days_from_civil(year + 1, 1, 1).saturating_mul(DAY),
            Self::Quarter if month > 9 => days_from_civil(year + 1, 1, 1).saturating_mul(DAY),
            Self::Quarter => days_from_civil(year, (month - 1) / 3 * 3 + 4, 1).saturating_mul(DAY),
            Self::Week => (monday(micros.div_euclid(DAY)) + 7).saturating_mul(DAY),
            Self::Month if month == 12 => days_from_civil(year + 1, 1, 1).saturating_mul(DAY),
            Self::Month => days_from_civil(year, month + 1, 1).saturating_mul(DAY),
            Self::Day => micros.saturating_add(DAY - micros.rem_euclid(DAY)),
            Self::Hour => micros.saturating_add(HOUR - micros.rem_euclid(HOUR)),
        }
    }

    /// The start of the period that holds an instant, as a date, or as a time where the period is shorter than a day.
    #[must_use]
    pub fn label(self, micros: i64) -> String {
        let start = self.floor(micros);
        match self {
            Self::Year | Self::Quarter | Self::Month | Self::Week | Self::Day => {
                alloc::format!("{}", Moment::Date(start.div_euclid(DAY) as i32))
            }
            Self::Hour => print(start),
        }
    }

    /// The word in `by=ts:month`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}
