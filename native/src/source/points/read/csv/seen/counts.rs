//! What the counts of a column say of it.

use super::Seen;
use crate::read::{civil::Order, numbers::is_share};

impl Seen {
    /// Whether what was not asked could change what it becomes, or what is told of it.
    pub fn is_unsure(&self) -> bool {
        self.unasked > 0 && self.plain * 10 <= self.values()
    }

    /// How many values there are.
    pub fn values(&self) -> u64 {
        self.numbers() + self.digits + self.booleans + self.moments() + self.clocks + self.pairs + self.texts
    }

    /// How many are numbers.
    pub const fn numbers(&self) -> u64 {
        self.integers + self.floats + self.grouped
    }

    /// Whether the signs at numbers say that these do not go together: of several kinds of money, or of shares at some alone.
    pub fn signs_differ(&self) -> bool {
        self.marks_differ || self.marked < self.numbers() && self.mark.is_some_and(is_share)
    }

    /// What its numbers lose as doubles, if any does.
    pub fn lost(&self) -> Option<String> {
        let first = self.first_long.as_ref()?;
        Some(format!("{} numbers have more digits than are kept of them, such as {first:?}", self.long))
    }

    /// Whether the comma and the point mean the opposite here of what they mean in the rest of the file: a text is a number only so,
    /// and all numbers still are.
    pub const fn is_turned(&self) -> bool {
        self.turned > 0 && self.floats == 0 && self.fixed == 0
    }

    /// How many are times.
    pub const fn moments(&self) -> u64 {
        self.times + self.civil
    }

    /// Whether all times are dates without a time of day.
    pub fn is_dates(&self) -> bool {
        self.moments() > 0 && self.dates == self.moments()
    }

    /// The order of day and month that is proven here: that in which all dates are some.
    pub fn proven(&self) -> Option<Order> {
        let all = |count: u64| self.civil > 0 && count == self.civil;
        if all(self.year_first) {
            return None;
        }
        match (all(self.day_first), all(self.month_first)) {
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            // With points between, the day comes first wherever that is written.
            (true, true) if all(self.dotted) => Some(Order::DayFirst),
            _ => None,
        }
    }
}
