//! Clocks of the world: how far each is ahead of UTC, and since when. Core knows none by name; whoever fits a query brings those
//! that it names.
//!
//! A period of such a clock is all instants from the first at which it shows the period's beginning, or later, to before the first
//! at which it shows the next one's. So an hour that it shows twice is one of two hours, and one that it skips has no instants.

use super::{moment::DAY, period::Period};
use alloc::{string::String, vec::Vec};

/// The zone whose clock is ahead of none.
pub(crate) const UTC: &str = "UTC";

/// Farther than any clock is ahead of another.
const FAR: i64 = 2 * DAY;

/// A clock: its name, and its changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    /// From which instant on it is so many microseconds ahead of UTC; ascending. Before the first it is as far as from it on.
    changes: Vec<(i64, i64)>,
}

impl Zone {
    /// A clock by its changes: from which microsecond since 1970 on it is so many microseconds ahead of UTC.
    #[must_use]
    pub fn new(name: &str, mut changes: Vec<(i64, i64)>) -> Self {
        crate::small::sort(&mut changes);
        Self { name: name.into(), changes }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it shows at an instant, as microseconds since it showed 1970.
    #[must_use]
    pub fn shows(&self, micros: i64) -> i64 {
        micros.saturating_add(self.ahead(self.change(micros)))
    }

    /// The same for one instant after the other: what is known of the last one is mostly true of the next.
    pub(crate) fn shown(&self) -> impl FnMut(i64) -> i64 + '_ {
        let (mut from, mut until, mut ahead) = (1, 0, 0);
        move |micros| {
            if micros < from || micros >= until {
                let at = self.change(micros);
                let begins = |at: usize| self.changes.get(at).map(|&(begins, _)| begins);
                from = begins(at).filter(|&begins| begins <= micros).unwrap_or(i64::MIN);
                until = begins(at + usize::from(from != i64::MIN)).unwrap_or(i64::MAX);
                ahead = self.ahead(at);
            }
            micros.saturating_add(ahead)
        }
    }

    /// Bytes held.
    pub(crate) const fn size(&self) -> usize {
        self.changes.len() * size_of::<(i64, i64)>()
    }

    /// The first instant at which it shows a moment, or a later one.
    #[must_use]
    pub fn first(&self, shown: i64) -> i64 {
        let mut at = self.change(shown.saturating_sub(FAR));
        loop {
            let first = shown.saturating_sub(self.ahead(at));
            match self.changes.get(at + 1) {
                // It is only after the next change that it shows it.
                Some(&(next, _)) if first >= next => {
                    at += 1;
                    if next.saturating_add(self.ahead(at)) >= shown {
                        return next;
                    }
                }
                _ => return first,
            }
        }
    }

    /// The start of the period that holds an instant.
    #[must_use]
    pub fn floor(&self, period: Period, micros: i64) -> i64 {
        let mut shown = period.floor(self.shows(micros));
        // Where the clock was set back over a beginning, the next period has begun.
        loop {
            let next = period.next(shown);
            if next == shown || self.first(next) > micros {
                return self.first(shown);
            }
            shown = next;
        }
    }

    /// The start of the period after the one that begins at an instant.
    #[must_use]
    pub fn next(&self, period: Period, start: i64) -> i64 {
        let mut shown = period.floor(self.shows(start));
        loop {
            let next = period.next(shown);
            let first = self.first(next);
            // Of a period that the clock skipped there is nothing.
            if first > start || next == shown {
                return first;
            }
            shown = next;
        }
    }

    /// The last change at an instant.
    fn change(&self, micros: i64) -> usize {
        self.changes.partition_point(|&(from, _)| from <= micros).saturating_sub(1)
    }

    fn ahead(&self, change: usize) -> i64 {
        self.changes.get(change).map_or(0, |&(_, ahead)| ahead)
    }
}
