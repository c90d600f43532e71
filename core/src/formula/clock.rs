//! Functions of times: parts of the calendar and the clock, in UTC, so far ahead of it, or as a zone's clock shows them.

use super::{
    error,
    fit::{Fit, Fitting, wrong},
    function::Function,
    program::Step,
    range::ANY,
    term::Term,
    value::{Literal, Value},
};
use crate::{
    small::error::QueryError,
    table::values::Kind,
    time::{self, UTC},
};
use alloc::{format, string::String, vec::Vec};

impl Function {
    /// Whether it shows a part of the calendar or the clock.
    const fn shows(self) -> bool {
        use Function as F;
        matches!(self, F::Year | F::Month | F::Day | F::Hour | F::Minute | F::Second | F::Weekday)
    }
}

impl Term {
    /// Says a zone wherever the calendar or the clock is asked and none is named.
    pub(crate) fn in_zone(&mut self, zone: &str) {
        let Self::Call(function, arguments, place) = self else { return };
        arguments.iter_mut().for_each(|argument| argument.in_zone(zone));
        if function.shows() && arguments.len() == 1 {
            let value = Value::Text(zone.into());
            arguments.push(Self::Value(Literal { value, place: *place }));
        }
    }

    /// The names of the zones in it.
    pub(crate) fn zones(&self, names: &mut Vec<String>) {
        let Self::Call(function, arguments, _) = self else { return };
        arguments.iter().for_each(|argument| argument.zones(names));
        if function.shows()
            && let [_, Self::Value(Literal { value: Value::Text(name), .. })] = &arguments[..]
            && distance(name).is_none()
        {
            names.push(name.clone());
        }
    }
}

impl Fitting<'_, '_> {
    /// A part of a time, or its seconds.
    pub(super) fn clock(&mut self, function: Function, time: &Term, zone: Option<&Term>) -> Result<Fit, QueryError> {
        let fit = self.term(time)?;
        if fit.kind != Kind::Time {
            return Err(wrong(time, fit.kind, function, "a time"));
        }
        self.widen(0, fit);
        if function == Function::Epoch {
            self.step(Step::Epoch);
            return Ok(Fit { kind: Kind::Float, wide: false, range: ANY, loose: false });
        }
        let ahead = self.ahead(zone)?;
        self.step(Step::Part(function, ahead));
        Ok(Fit { kind: Kind::Integer, wide: false, range: (-300_000, 300_000), loose: false })
    }

    /// How far a clock is ahead of UTC, in microseconds; that of a zone is asked for each time before.
    fn ahead(&mut self, zone: Option<&Term>) -> Result<i64, QueryError> {
        let expected = "expected a zone such as 'Europe/Paris' or a distance from UTC such as '+05:30'";
        match zone {
            None => Ok(0),
            Some(Term::Value(Literal { value: Value::Text(text), place })) => {
                if let Some(ahead) = distance(text) {
                    return Ok(ahead);
                }
                let unknown = || error(format!("got '{text}', which is not known here, {expected}"), place.0);
                let zone = self.zone(text).ok_or_else(unknown)?;
                self.step(Step::Shows(zone));
                Ok(0)
            }
            Some(other) => Err(error(format!("got {other}, {expected}"), other.place().0)),
        }
    }
}

/// How far a clock is ahead of UTC, in microseconds, where that is said and not the name of a zone.
fn distance(text: &str) -> Option<i64> {
    if text == UTC {
        return Some(0);
    }
    // What such a clock shows when UTC's shows the first of 1970.
    let first = time::parse(&format!("1970-01-01T00:00:00{text}")).ok()?;
    text.starts_with(['+', '-', 'Z']).then(|| -first.first())
}
