//! Functions of times: parts of the calendar and the clock, in UTC or so far ahead of it.

use super::{
    error,
    fit::{Fit, Fitting, I64, wrong},
    function::Function,
    program::Step,
    term::Term,
    value::{Literal, Value},
};
use crate::{small::error::QueryError, table::values::Kind, time};
use alloc::{format, string::ToString as _};

impl Fitting<'_, '_> {
    /// A part of a time, or its seconds.
    pub(super) fn clock(&mut self, function: Function, time: &Term, zone: Option<&Term>) -> Result<Fit, QueryError> {
        let fit = self.term(time)?;
        if fit.kind != Kind::Time {
            return Err(wrong(time, fit.kind, function, "a time"));
        }
        let ahead = zone.map_or(Ok(0), ahead)?;
        self.widen(0, fit);
        if function == Function::Epoch {
            self.step(Step::Epoch);
            return Ok(Fit { kind: Kind::Float, wide: false, range: I64, loose: false });
        }
        self.step(Step::Part(function, ahead));
        Ok(Fit { kind: Kind::Integer, wide: false, range: (-300_000, 300_000), loose: false })
    }
}

/// How far a clock is ahead of UTC, in microseconds.
fn ahead(zone: &Term) -> Result<i64, QueryError> {
    let Term::Value(Literal { value: Value::Text(text), place }) = zone else {
        let message = format!("got {zone}, expected a distance from UTC such as '+05:30'");
        return Err(error(message, zone.place().0));
    };
    // What such a clock shows when UTC's shows the first of 1970.
    let first = time::parse(&format!("1970-01-01T00:00:00{text}"));
    if let (Ok(moment), true) = (first, text.starts_with(['+', '-', 'Z'])) {
        return Ok(-moment.first());
    }
    let message = format!("got '{text}', expected a distance from UTC such as '+05:30'");
    Err(error(message, place.0).hint("zones by name are not known here".to_string()))
}
