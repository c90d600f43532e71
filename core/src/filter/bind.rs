//! The tree fitted to the columns of a dataset: what is left is a few exact tests joined by AND and OR.

use alloc::vec::Vec;

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
    /// An integer, or a time in microseconds, in this closed range (or outside it, when `not`).
    Integers {
        /// First.
        min: i64,
        /// Last.
        max: i64,
        /// Outside instead of inside.
        not: bool,
    },
    /// An integer, or a time in microseconds, among these (sorted), or not among them.
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
