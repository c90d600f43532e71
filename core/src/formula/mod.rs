//! Formulas: values made of columns, as CQL2 writes them. Text becomes a term, a term and a table a program, which runs over
//! 64 rows at a time.
//!
//! What a formula means, where CQL2 is silent as `DuckDB` has it:
//! - **Numbers.** `+ - *`, `%`, `abs`, `least` and `greatest` of integers are integers of 64 bits, `/` and `^` give a decimal,
//!   `div` is the quotient without its fraction (towards zero), `%` has the sign of what is divided. Integers with decimals
//!   are doubles. Single floats are widened to doubles. Integers compare with decimals exactly.
//! - **Nothing.** A formula of a missing value has no value; but `coalesce`, which takes the first there is, and `least` and
//!   `greatest`, which leave out what is missing. Neither has one whose result is no finite number or no integer of 64 bits:
//!   a division by zero, the root of a negative number, a sum that is too large.
//! - **Times.** `year`, `month`, `day`, `hour`, `minute`, `second` and `weekday` (Sunday is 0) of a time are those in UTC, on a
//!   clock ahead of it, as in `hour(t,'+05:30')`, or on that of a zone that the table brings along. `epoch` gives seconds since 1970.
//! - **Texts** of two columns compare by their bytes, as all texts do.

// As written.
mod constant;
mod function;
pub(crate) mod name;
mod print;
mod term;
mod value;

// Fitted to a table.
mod clock;
mod fit;
mod range;
mod ranks;

// Over rows.
mod lanes;
mod made;
mod program;

pub use function::Function;
pub use made::{Formula, Made, MadeValues};
pub use term::Term;
pub use value::{Literal, Place, Property, Value};

pub(crate) use constant::{call, compare};
pub(crate) use fit::{Constant, Fitting, kind, unknown};
pub(crate) use lanes::{Lanes, order};
pub(crate) use print::folded;
pub(crate) use program::Program;

use crate::small::{error::QueryError, work::Stopped};
use alloc::string::{String, ToString as _};

/// A complaint about a formula, which stands in a filter, at a character of it.
pub(crate) fn error(message: impl Into<String>, place: usize) -> QueryError {
    QueryError::new("filter", message).at(place)
}

/// A complaint that finding out what a formula means was given up, with what it may cost where it is too dear.
pub(crate) fn given_up(stopped: Stopped, place: usize) -> QueryError {
    error(stopped.to_string(), place).because(stopped)
}
