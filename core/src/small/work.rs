//! A bound on work: whether anybody still waits for it, and how many rows may be looked at.
//!
//! Every loop that may be long (over rows, cells, landmarks or texts) pays here for what it looks at, in advance where
//! the price is known. One question is asked for [`STEP`] of them, so asking costs nothing beside the work; it can be
//! asked from several threads at once.

use core::{
    fmt,
    ops::Range,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

/// What is looked at between two questions: about a tenth of a millisecond where a look is one comparison.
pub const STEP: usize = 1 << 16;

/// Rows are counted in so many, so that a word of 32 bits holds as many as there can be.
const UNIT: usize = 64;
/// What a loop may owe.
const OWED: usize = 1 << 12;

/// Whether to go on, and what may still be spent.
pub struct Work<'w> {
    go_on: Option<&'w (dyn Fn() -> bool + Sync)>,
    budget: u64,
    /// In units.
    spent: AtomicUsize,
    /// The step at which it was asked last.
    asked: AtomicUsize,
    /// Once nobody waits, nobody is asked any more, on any thread.
    gone: AtomicBool,
}

/// Why work was ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Nobody waits for it any more.
    Gone,
    /// It would look at more rows than this, which is what it may cost.
    Dear(u64),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => write!(f, "nobody waits for the answer any more"),
            Self::Dear(budget) => write!(f, "the answer takes more than {budget} looks at rows, which is the limit"),
        }
    }
}

impl core::error::Error for Stopped {}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("budget", &self.budget).field("spent", &self.spent()).finish_non_exhaustive()
    }
}

impl<'w> Work<'w> {
    /// Work that goes on to its end.
    #[must_use]
    pub const fn free() -> Work<'static> {
        Work {
            go_on: None,
            budget: u64::MAX,
            spent: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
        }
    }

    /// Work that goes on while `go_on` says so, and looks at about as many rows as `budget`.
    #[must_use]
    pub const fn new(go_on: &'w (dyn Fn() -> bool + Sync), budget: u64) -> Self {
        Self {
            go_on: Some(go_on),
            budget,
            spent: AtomicUsize::new(0),
            asked: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
        }
    }

    /// Pays for a look at so many rows, all of this work's loops together; what is paid in small coin goes through
    /// [`Work::toll`]. To pay for none is to ask whether anybody waits.
    ///
    /// # Errors
    /// [`Stopped`] when nobody waits any more, or the budget is used up.
    pub fn pay(&self, rows: usize) -> Result<(), Stopped> {
        if self.gone.load(Ordering::Relaxed) {
            return Err(Stopped::Gone);
        }
        let units = rows.div_ceil(UNIT);
        let before = self.spent.fetch_add(units, Ordering::Relaxed);
        let spent = before.wrapping_add(units);
        let step = spent / (STEP / UNIT);
        let asks = rows == 0 || self.asked.swap(step, Ordering::Relaxed) != step;
        if asks && self.go_on.is_some_and(|go_on| !go_on()) {
            self.gone.store(true, Ordering::Relaxed);
            return Err(Stopped::Gone);
        }
        if spent as u64 > self.budget.div_ceil(UNIT as u64) { Err(Stopped::Dear(self.budget)) } else { Ok(()) }
    }

    /// Whether so many rows are within the budget, before any is looked at.
    ///
    /// # Errors
    /// [`Stopped::Dear`] when they are not.
    pub const fn affords(&self, rows: u64) -> Result<(), Stopped> {
        if rows > self.budget { Err(Stopped::Dear(self.budget)) } else { Ok(()) }
    }

    /// Looks at a run of rows step by step, each paid before it is looked at.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn each_step(&self, run: Range<usize>, look: impl FnMut(Range<usize>)) -> Result<(), Stopped> {
        self.toll().each_step(run, look)
    }

    /// A purse for loops that look at a few rows at a time.
    #[must_use]
    pub const fn toll(&self) -> Toll<'_> {
        Toll { work: self, owed: 0 }
    }

    /// Rows that were paid for.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed) as u64 * UNIT as u64
    }
}

/// What a loop owes until it is worth paying. What is still owed at its end is counted, so that many short loops together
/// come to a [`STEP`], too.
#[derive(Debug)]
pub struct Toll<'w> {
    work: &'w Work<'w>,
    owed: usize,
}

impl<'w> Toll<'w> {
    /// What it pays into, for what is paid for in steps.
    #[must_use]
    pub const fn work(&self) -> &'w Work<'w> {
        self.work
    }

    /// Pays for a look at a few rows.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    #[inline]
    pub fn pay(&mut self, rows: usize) -> Result<(), Stopped> {
        self.owed += rows;
        if self.owed < OWED { Ok(()) } else { self.settle() }
    }

    /// Looks at a run of rows, which may be short or long, step by step.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    #[inline]
    pub fn each_step(&mut self, run: Range<usize>, mut look: impl FnMut(Range<usize>)) -> Result<(), Stopped> {
        let mut start = run.start;
        while start < run.end {
            let end = run.end.min(start + STEP);
            self.pay(end - start)?;
            look(start..end);
            start = end;
        }
        Ok(())
    }

    #[cold]
    fn settle(&mut self) -> Result<(), Stopped> {
        self.work.pay(core::mem::take(&mut self.owed))
    }
}

impl Drop for Toll<'_> {
    fn drop(&mut self) {
        // Nobody is asked here; the next who pays is.
        let _ = self.work.spent.fetch_add(self.owed.div_ceil(UNIT), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_question_is_asked_every_step_and_a_budget_ends() {
        let asked = AtomicUsize::new(0);
        let go_on = || asked.fetch_add(1, Ordering::Relaxed) < 1000;
        let work = Work::new(&go_on, 10 * STEP as u64);
        let mut toll = work.toll();
        assert!((0..10 * STEP).all(|_| toll.pay(1).is_ok()));
        assert_eq!((asked.load(Ordering::Relaxed), work.spent()), (10, 10 * STEP as u64));
        drop(toll);
        assert_eq!(work.pay(1), Err(Stopped::Dear(10 * STEP as u64)));
        assert_eq!(work.affords(10 * STEP as u64 + 1), Err(Stopped::Dear(10 * STEP as u64)));
        assert_eq!(work.affords(10 * STEP as u64), Ok(()));
        assert_eq!(Work::free().pay(usize::MAX / 2), Ok(()));
    }

    #[test]
    fn many_short_loops_come_to_a_question_together() {
        let go_on = || false;
        assert_eq!(Work::new(&go_on, u64::MAX).pay(0), Err(Stopped::Gone));
        let work = Work::new(&go_on, u64::MAX);
        let short = || work.toll().pay(OWED - 1);
        assert!((0..=STEP / OWED).all(|_| short().is_ok()));
        assert!(work.spent() > STEP as u64);
        assert_eq!(work.toll().pay(OWED), Err(Stopped::Gone));
    }

    #[test]
    fn a_run_ends_at_the_step_at_which_nobody_waits() {
        let waits = AtomicBool::new(true);
        let go_on = || waits.load(Ordering::Relaxed);
        let work = Work::new(&go_on, u64::MAX);
        let mut seen = 0;
        let run = work.each_step(5..10 * STEP, |step| {
            seen = step.end;
            waits.store(seen < 3 * STEP, Ordering::Relaxed);
        });
        assert_eq!((run, seen), (Err(Stopped::Gone), 5 + 3 * STEP));
        let mut seen = Vec::new();
        assert_eq!(Work::free().each_step(5..STEP + 6, |step| seen.push(step)), Ok(()));
        assert_eq!(seen, [5..STEP + 5, STEP + 5..STEP + 6]);
    }
}
