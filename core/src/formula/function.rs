//! The functions there are, operators among them: their names and how many arguments they take.

/// What is made of the values of arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
    /// `div`
    Quotient,
    /// `^`
    Power,
    /// Without the sign.
    Abs,
    /// The square root.
    Sqrt,
    /// The natural logarithm.
    Ln,
    /// The whole number below.
    Floor,
    /// The whole number above.
    Ceil,
    /// The nearest whole number, halves away from zero.
    Round,
    /// The smallest of those there are.
    Least,
    /// The largest of those there are.
    Greatest,
    /// The first there is.
    Coalesce,
    /// Of a time.
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59, without its fraction.
    Second,
    /// Sunday is 0.
    Weekday,
    /// Seconds since 1970, with their fraction.
    Epoch,
}

use Function as F;

/// Their names, in order; the first are operators.
const NAMES: [(&str, Function); 24] = [
    ("+", F::Add),
    ("-", F::Subtract),
    ("*", F::Multiply),
    ("/", F::Divide),
    ("%", F::Remainder),
    ("div", F::Quotient),
    ("^", F::Power),
    ("abs", F::Abs),
    ("sqrt", F::Sqrt),
    ("ln", F::Ln),
    ("floor", F::Floor),
    ("ceil", F::Ceil),
    ("round", F::Round),
    ("least", F::Least),
    ("greatest", F::Greatest),
    ("coalesce", F::Coalesce),
    ("year", F::Year),
    ("month", F::Month),
    ("day", F::Day),
    ("hour", F::Hour),
    ("minute", F::Minute),
    ("second", F::Second),
    ("weekday", F::Weekday),
    ("epoch", F::Epoch),
];
const OPERATORS: usize = 7;

impl Function {
    /// The operator or function of a name, in whatever case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, function)| function)
    }

    /// The names of all functions that are called, not written between their arguments.
    pub fn called() -> impl Iterator<Item = &'static str> {
        NAMES[OPERATORS..].iter().map(|&(name, _)| name)
    }

    /// As CQL2 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|&&(_, function)| function == self).map_or("", |&(name, _)| name)
    }

    /// How strongly an operator binds its arguments; `None` for functions.
    #[must_use]
    pub const fn binds(self) -> Option<u8> {
        match self {
            F::Add | F::Subtract => Some(1),
            F::Multiply | F::Divide | F::Remainder | F::Quotient => Some(2),
            F::Power => Some(3),
            _ => None,
        }
    }

    /// Fewest and most arguments.
    #[must_use]
    pub const fn arguments(self) -> (usize, usize) {
        match self {
            F::Least | F::Greatest | F::Coalesce => (1, 16),
            F::Year | F::Month | F::Day | F::Hour | F::Minute | F::Second | F::Weekday => (1, 2),
            F::Abs | F::Sqrt | F::Ln | F::Floor | F::Ceil | F::Round | F::Epoch => (1, 1),
            _ => (2, 2),
        }
    }
}
