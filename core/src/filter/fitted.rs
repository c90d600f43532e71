//! A filter that fits a table: a few exact tests joined by AND and OR, as simple as they can be.

use super::{lies::Lies, outlined::Outlined, relate::Relate};
use alloc::{boxed::Box, vec::Vec};

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
    /// A comparison of formulas, or whether one has a value.
    Relate(Box<Relate>),
    /// Where the position lies to a geometry.
    Lies(Box<Lies>),
    /// What a row that is more than a point is to a geometry.
    Outlined(Box<Outlined>),
    /// World x inside (inclusive; first > last wraps over the antimeridian).
    X(u32, u32),
    /// World y inside (inclusive).
    Y(u32, u32),
    /// The box of a row that is more than a point has a step in common with another.
    Meets {
        /// First and last x of that (inclusive; first > last wraps over the antimeridian); `None` for the whole round.
        x: Option<(u32, u32)>,
        /// First and last y (inclusive).
        y: (u32, u32),
    },
}

impl Filter {
    /// What testing a row costs, in looks at rows: how many tests it may have to pass.
    #[must_use]
    pub fn price(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::price).sum(),
            Self::Relate(relate) => 1 + relate.price(),
            Self::Lies(_) => Lies::PRICE,
            Self::Outlined(_) => Outlined::PRICE,
            _ => 1,
        }
    }

    /// About how many bytes it holds.
    #[must_use]
    pub fn size(&self) -> usize {
        let inside = match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::size).sum(),
            Self::Column(_, Test::Codes(words)) => words.len() * 8,
            Self::Column(_, Test::IntegerSet { values, .. }) => values.len() * 8,
            Self::Column(_, Test::FloatSet { values, .. }) => values.len() * 8,
            Self::Relate(relate) => relate.size(),
            Self::Lies(lies) => lies.size(),
            Self::Outlined(outlined) => outlined.size(),
            _ => 0,
        };
        inside + size_of::<Self>()
    }
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
    /// A float in this closed range, single floats widened.
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

/// All of these, simplified: constants out, nested ones flat, repeated ones once.
pub(crate) fn all(parts: Vec<Filter>) -> Filter {
    join(parts, true)
}

/// Any of these, simplified in the same way.
pub(super) fn any(parts: Vec<Filter>) -> Filter {
    join(parts, false)
}

pub(super) fn join(parts: Vec<Filter>, all: bool) -> Filter {
    let mut list = Vec::new();
    for part in parts {
        match (part, all) {
            (Filter::Constant(constant), _) if constant == all => {}
            (Filter::Constant(constant), _) => return Filter::Constant(constant),
            (Filter::All(inner), true) | (Filter::Any(inner), false) => list.extend(inner),
            (other, _) if list.contains(&other) => {}
            (other, _) => {
                let meets = list
                    .iter_mut()
                    .find_map(|known| if all { meet(known, &other).map(|both| (known, both)) } else { None });
                match meets {
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
