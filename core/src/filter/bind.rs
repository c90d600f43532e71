//! The tree fitted to the columns of a dataset: what is left is a few exact tests joined by AND and OR.
//!
//! Why two values are enough: a filter keeps the rows where its condition is true, and NOT asks for the rows where it is
//! false; unknown is neither. So NOT is driven inwards (De Morgan's laws hold in Kleene logic) until it stands before a
//! single condition, and there "false" is a test of its own: the complement among the values that are present. Every
//! leaf is then false for a null, whether it was negated or not.

use super::{
    ast::{Expr, Property},
    leaf::{self, Condition},
    place::{self, Axis},
    texts::Texts,
};
use crate::{
    columns::Kind,
    error::QueryError,
    query::{Interval, TileQuery},
    suggest,
    table::Table,
    work::Work,
};
use alloc::{format, vec::Vec};

/// A filter that fits a dataset, in negation normal form.
///
/// Negation is pushed to the leaves when the filter is fitted. Every leaf is false where its value is null, which is how
/// unknown excludes, so evaluation needs two values only, and a native engine and `core` have nothing to disagree about.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every row passes if true, none if false.
    Constant(bool),
    /// All of these.
    All(Vec<Filter>),
    /// Any of these.
    Any(Vec<Filter>),
    /// A test on the values of one column, by its position.
    Column(usize, Test),
    /// World x inside (inclusive; first > last wraps over the antimeridian).
    X(u32, u32),
    /// World y inside (inclusive).
    Y(u32, u32),
}

/// A test on one value. All but `Null` are false for a null.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// No value.
    Null,
    /// Any value.
    Present,
    /// An integer, a time in microseconds or the code of a text, in this closed range (or outside it, when `not`).
    Integers {
        /// First.
        min: i64,
        /// Last.
        max: i64,
        /// Outside instead of inside.
        not: bool,
    },
    /// An integer, a time in microseconds or the code of a text, among these (sorted), or not among them.
    IntegerSet {
        /// Sorted values.
        values: Vec<i64>,
        /// Not among them.
        not: bool,
    },
    /// A float in this closed range (single floats are widened first).
    Floats {
        /// First.
        min: f64,
        /// Last.
        max: f64,
        /// Outside instead of inside.
        not: bool,
    },
    /// A float among these (sorted).
    FloatSet {
        /// Sorted values.
        values: Vec<f64>,
        /// Not among them.
        not: bool,
    },
    /// This truth value.
    Boolean(bool),
    /// A text whose code is in this set; a bit for each code, least significant first.
    Codes(Vec<u64>),
}

impl Filter {
    /// Fits a filter to a dataset. Columns it has not may still be `lon` and `lat`: the position in degrees.
    ///
    /// # Errors
    /// [`QueryError`] at the first character where a column is unknown, or a value is not of its column's type.
    ///
    /// Also when looking at texts costs more than the work may, or nobody waits any more ([`QueryError::stopped`]).
    pub fn bind(expr: &Expr, table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        Fitting { table, texts: Texts::of(expr, table, work)? }.bind(expr, false)
    }

    /// The rows of a query: its filter, its interval of time and its box together.
    ///
    /// # Errors
    /// As [`Filter::bind`]; also when there is an interval and the dataset has no time column, or the box is none.
    pub fn of(query: &TileQuery, table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        let mut parts = Vec::new();
        if let Some(expr) = &query.filter {
            parts.push(Self::bind(expr, table, work)?);
        }
        if let Some(interval) = query.datetime {
            parts.push(during(interval, table)?);
        }
        if let Some(sides) = query.bbox {
            parts.push(place::inside(sides).map_err(|message| QueryError::new("bbox", message))?);
        }
        Ok(all(parts))
    }
}

/// All of these, simplified: constants out, nested ones flat, repeated ones once.
pub(super) fn all(parts: Vec<Filter>) -> Filter {
    join(parts, true)
}

/// Any of these, simplified in the same way.
pub(super) fn any(parts: Vec<Filter>) -> Filter {
    join(parts, false)
}

fn join(parts: Vec<Filter>, all: bool) -> Filter {
    let mut list = Vec::new();
    for part in parts {
        match (part, all) {
            (Filter::Constant(constant), _) if constant == all => {}
            (Filter::Constant(constant), _) => return Filter::Constant(constant),
            (Filter::All(inner), true) | (Filter::Any(inner), false) => list.extend(inner),
            (other, _) if list.contains(&other) => {}
            (other, _) => {
                match list.iter_mut().find_map(|known| meet(known, &other).filter(|_| all).map(|both| (known, both))) {
                    Some((known, both)) => *known = both,
                    None => list.push(other),
                }
            }
        }
    }
    if list.len() == 1
        && let Some(only) = list.pop()
    {
        return only;
    }
    match (list.is_empty(), all) {
        (true, _) => Filter::Constant(all),
        (false, true) => Filter::All(list),
        (false, false) => Filter::Any(list),
    }
}

/// Two ranges of one column as one, so that the two ends of a slider are one test. Ranges that do not meet are left alone.
fn meet(a: &Filter, b: &Filter) -> Option<Filter> {
    match (a, b) {
        (Filter::Y(first, last), Filter::Y(from, to)) => {
            let (first, last) = (*first.max(from), *last.min(to));
            (first <= last).then_some(Filter::Y(first, last))
        }
        (Filter::Column(index, a), Filter::Column(other, b)) if index == other => match (a, b) {
            (&Test::Integers { min, max, not: false }, &Test::Integers { min: from, max: to, not: false }) => {
                let (min, max) = (min.max(from), max.min(to));
                (min <= max).then_some(Filter::Column(*index, Test::Integers { min, max, not: false }))
            }
            (&Test::Floats { min, max, not: false }, &Test::Floats { min: from, max: to, not: false }) => {
                let (min, max) = (min.max(from), max.min(to));
                (min <= max).then_some(Filter::Column(*index, Test::Floats { min, max, not: false }))
            }
            _ => None,
        },
        _ => None,
    }
}

/// A tree that is being fitted to a table.
struct Fitting<'f, 'a> {
    table: &'f Table<'a>,
    texts: Texts<'f>,
}

impl Fitting<'_, '_> {
    /// The rows where a filter is true, or, with `not`, those where it is false.
    fn bind(&self, expr: &Expr, not: bool) -> Result<Filter, QueryError> {
        let table = self.table;
        let (property, condition) = match expr {
            Expr::Constant(constant) => return Ok(Filter::Constant(*constant != not)),
            Expr::Not(inner) => return self.bind(inner, !not),
            Expr::And(list) => return self.bind_list(list, not).map(|list| join(list, !not)),
            Expr::Or(list) => return self.bind_list(list, not).map(|list| join(list, not)),
            Expr::Inside(sides, at) => {
                let inside = place::inside(*sides).map_err(|message| super::error(message, at.0))?;
                return Ok(if not { place::outside(&inside) } else { inside });
            }
            Expr::Holds(property) => (property, Condition::Holds),
            Expr::IsNull(property) => (property, Condition::IsNull),
            Expr::Compare(property, op, literal) => (property, Condition::Compare(*op, literal)),
            Expr::Between(property, low, high) => (property, Condition::Between(low, high)),
            Expr::In(property, items) => (property, Condition::In(items)),
            Expr::Like(property, _) => (property, Condition::Like),
        };
        if let Some(index) = table.column(&property.name) {
            leaf::column(index, &table.columns()[index], property, (condition, self.texts.met(expr)), not)
        } else if let Some(axis) = Axis::of(&property.name) {
            place::degrees(axis, property, condition, not)
        } else {
            Err(unknown(property, table))
        }
    }

    /// All operands; the complaint, if any, about the one that stands first in the text.
    fn bind_list(&self, list: &[Expr], not: bool) -> Result<Vec<Filter>, QueryError> {
        let mut bound = Vec::with_capacity(list.len());
        let mut first: Option<QueryError> = None;
        for expr in list {
            match self.bind(expr, not) {
                Ok(filter) => bound.push(filter),
                Err(error) if first.as_ref().is_none_or(|first| error.position < first.position) => {
                    first = Some(error);
                }
                Err(_) => {}
            }
        }
        first.map_or(Ok(bound), Err)
    }
}

fn unknown(property: &Property, table: &Table<'_>) -> QueryError {
    let known = table.columns().iter().map(|column| column.name).chain(Axis::NAMES);
    suggest::unknown_column(table, "filter", &property.name)
        .at(property.place.0)
        .hint(suggest::did_you_mean(&property.name, known))
}

/// An interval over the time column.
fn during(interval: Interval, table: &Table<'_>) -> Result<Filter, QueryError> {
    if interval.start.is_none() && interval.end.is_none() {
        return Ok(Filter::Constant(true));
    }
    let Some(index) = table.roles().time else {
        let message = format!("the dataset \"{}\" has no time column", table.layer());
        let times = table.columns().iter().filter(|column| column.kind() == Kind::Time).map(|column| column.name);
        let hint = times.clone().next().map(|name| format!("use the filter, as in {name} >= DATE('2024-03-05')"));
        return Err(QueryError::new("datetime", message).hint(hint));
    };
    let (min, max) = (interval.start.unwrap_or(i64::MIN), interval.end.unwrap_or(i64::MAX));
    if min > max {
        return Ok(Filter::Constant(false));
    }
    Ok(Filter::Column(index, Test::Integers { min, max, not: false }))
}
