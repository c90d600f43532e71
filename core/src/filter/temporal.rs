//! Temporal predicates (`T_AFTER` and the like), said in comparisons of the ends of what they compare.
//!
//! An instant begins and ends at once, an interval is closed, and `..` leaves an end open. A date is its whole day, so a
//! time that stands beside a date is compared by days. An end that is compared and missing makes the predicate unknown.

use super::{
    ast::{Comparison, Expr},
    build::{any_moment, compare},
    error,
};
use crate::{
    formula::{self, Literal, Place, Term, Value},
    small::error::QueryError,
};
use alloc::{boxed::Box, format, string::ToString as _, vec::Vec};
use core::cmp::Ordering;

/// What a temporal predicate compares: its first and last instant.
pub(super) struct Span {
    start: End,
    end: End,
    interval: bool,
    place: Place,
}

#[derive(Clone)]
pub(super) enum End {
    At(Term),
    /// Before or after all times, whichever end it is.
    Open,
}

/// A comparison of an end of the first with an end of the second; true says the start.
type Part = (bool, Comparison, bool);

const START: bool = true;
const END: bool = false;

use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};

/// The predicates by their names: whether they are of intervals only, and what must all hold. `T_DISJOINT` is what does not
/// intersect.
const PREDICATES: [(&str, bool, &[Part]); 15] = [
    ("T_AFTER", false, &[(START, Greater, END)]),
    ("T_BEFORE", false, &[(END, Less, START)]),
    ("T_DISJOINT", false, &[(START, LessOrEqual, END), (END, GreaterOrEqual, START)]),
    ("T_EQUALS", false, &[(START, Equal, START), (END, Equal, END)]),
    ("T_INTERSECTS", false, &[(START, LessOrEqual, END), (END, GreaterOrEqual, START)]),
    ("T_CONTAINS", true, &[(START, Less, START), (END, Greater, END)]),
    ("T_DURING", true, &[(START, Greater, START), (END, Less, END)]),
    ("T_FINISHEDBY", true, &[(START, Less, START), (END, Equal, END)]),
    ("T_FINISHES", true, &[(START, Greater, START), (END, Equal, END)]),
    ("T_MEETS", true, &[(END, Equal, START)]),
    ("T_METBY", true, &[(START, Equal, END)]),
    ("T_OVERLAPPEDBY", true, &[(START, Greater, START), (START, Less, END), (END, Greater, END)]),
    ("T_OVERLAPS", true, &[(START, Less, START), (END, Greater, START), (END, Less, END)]),
    ("T_STARTEDBY", true, &[(START, Equal, START), (END, Greater, END)]),
    ("T_STARTS", true, &[(START, Equal, START), (END, Less, END)]),
];

/// The predicate of a name, in whatever case.
pub(super) fn predicate(name: &str) -> Option<usize> {
    PREDICATES.iter().position(|(known, ..)| known.eq_ignore_ascii_case(name))
}

/// The names of all.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    PREDICATES.iter().map(|&(name, ..)| name)
}

impl Span {
    /// Of a column, `DATE('…')` or `TIMESTAMP('…')`.
    pub fn instant(term: Term) -> Result<Self, QueryError> {
        let term = moment(term)?;
        let place = term.place();
        Ok(Self { start: End::At(term.clone()), end: End::At(term), interval: false, place })
    }

    /// Of two ends.
    pub fn interval(start: End, end: End, place: Place) -> Result<Self, QueryError> {
        if let (End::At(Term::Value(start)), End::At(Term::Value(end))) = (&start, &end)
            && formula::compare(&start.value, &end.value) == Some(Ordering::Greater)
        {
            return Err(error(
                format!("the interval begins at {} and ends before, at {}", start.value, end.value),
                place.0,
            ));
        }
        Ok(Self { start, end, interval: true, place })
    }
}

/// A text of `INTERVAL`, whose quote stands at `place`: a date, a time or `..`.
pub(super) fn end(text: &str, place: usize) -> Result<End, QueryError> {
    if text == ".." {
        return Ok(End::Open);
    }
    let value = Value::Time(any_moment(text, place)?);
    Ok(End::At(Term::Value(Literal { value, place: Place(place) })))
}

/// An end that is a column, or made of columns.
pub(super) fn at(term: Term) -> Result<End, QueryError> {
    moment(term).map(End::At)
}

/// A term of times; a text is read as one.
fn moment(term: Term) -> Result<Term, QueryError> {
    match term {
        Term::Value(Literal { value: Value::Text(text), place }) => {
            Ok(Term::Value(Literal { value: Value::Time(any_moment(&text, place.0)?), place }))
        }
        Term::Value(Literal { value: Value::Time(_), .. }) | Term::Column(_) | Term::Call(..) => Ok(term),
        Term::Value(literal) => {
            Err(error(format!("got {}, expected a date or a time", literal.value), literal.place.0)
                .hint("as in TIMESTAMP('2024-03-05T10:00:00Z') or DATE('2024-03-05')".to_string()))
        }
    }
}

/// What a predicate says of two times.
pub(super) fn build(predicate: usize, first: &Span, second: &Span) -> Result<Expr, QueryError> {
    let Some(&(name, intervals, parts)) = PREDICATES.get(predicate) else { return Ok(Expr::Constant(false)) };
    if let Some(instant) = [first, second].into_iter().find(|span| intervals && !span.interval) {
        return Err(error(format!("{name} compares intervals, got an instant"), instant.place.0)
            .hint("as in INTERVAL(start_column,'..')".to_string()));
    }
    let side = |span: &Span, start| if start { span.start.clone() } else { span.end.clone() };
    let mut all = Vec::new();
    let mut compared = Vec::new();
    for &(of_first, op, of_second) in parts {
        if let (End::At(a), End::At(b)) = (side(first, of_first), side(second, of_second)) {
            compared.extend([a.clone(), b.clone()]);
            all.push(compare(a, op, b)?);
        }
    }
    // An open end lies beyond all times; two of them are at one place.
    for &(of_first, op, of_second) in parts {
        let far = |end: &End, start| match (end, start) {
            (End::At(_), _) => 0,
            (End::Open, true) => -1,
            (End::Open, false) => 1,
        };
        let (a, b) = (side(first, of_first), side(second, of_second));
        let holds = op.holds(far(&a, of_first).cmp(&far(&b, of_second)));
        match (a, b) {
            (End::At(_), End::At(_)) => {}
            // Known, but for a time that is missing: then it is not.
            (End::At(term), _) | (_, End::At(term)) => {
                if !holds || !compared.contains(&term) {
                    let op = if holds { Equal } else { Comparison::NotEqual };
                    compared.push(term.clone());
                    all.push(compare(term.clone(), op, term)?);
                }
            }
            (End::Open, End::Open) if holds => {}
            (End::Open, End::Open) => all.push(Expr::Constant(false)),
        }
    }
    let all = if all.len() == 1 { all.remove(0) } else { Expr::And(all) };
    Ok(if name == "T_DISJOINT" { Expr::Not(Box::new(all)) } else { all })
}
