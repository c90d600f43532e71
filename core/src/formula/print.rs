//! Columns, values and terms as CQL2 writes them.

use super::{
    name::is_bare,
    term::Term,
    value::{Property, Value},
};
use crate::{small::fold::Fold, time::Moment};
use alloc::string::ToString as _;
use core::fmt::{self, Write as _};

/// Something inside the functions that fold texts.
pub(crate) fn folded(f: &mut fmt::Formatter<'_>, fold: Fold, inner: &dyn fmt::Display) -> fmt::Result {
    fold.names().try_for_each(|name| write!(f, "{name}("))?;
    write!(f, "{inner}")?;
    fold.names().try_for_each(|_| f.write_char(')'))
}

/// The name, in double quotes where it is odd.
impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        if is_bare(name) {
            folded(f, self.fold, name)
        } else {
            folded(f, self.fold, &format_args!("\"{}\"", name.replace('"', "\"\"")))
        }
    }
}

/// The literal, as CQL2 writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(whole) => write!(f, "{whole}"),
            // Of these the plain text is the shorter one, for certain.
            Self::Decimal(number) if (1.0..1e15).contains(&number.abs()) => write!(f, "{number}"),
            Self::Decimal(number) => {
                let (plain, scientific) = (number.to_string(), alloc::format!("{number:e}"));
                // Without point and exponent it would be read as a whole number, and as another one.
                let plain = plain.contains('.') && plain.len() <= scientific.len();
                if plain { write!(f, "{number}") } else { f.write_str(&scientific) }
            }
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Boolean(true) => f.write_str("TRUE"),
            Self::Boolean(false) => f.write_str("FALSE"),
            Self::Time(Moment::Date(day)) => write!(f, "DATE('{}')", Moment::Date(*day)),
            Self::Time(instant) => write!(f, "TIMESTAMP('{instant}')"),
        }
    }
}

/// The term, with no more parentheses than it needs.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column(property) => write!(f, "{property}"),
            Self::Value(literal) => write!(f, "{}", literal.value),
            Self::Call(function, arguments, _) => {
                let (name, binds) = (function.name(), function.binds());
                if binds.is_none() {
                    write!(f, "{name}(")?;
                }
                for (i, argument) in arguments.iter().enumerate() {
                    let within = if let Self::Call(inner, ..) = argument { inner.binds() } else { None };
                    // Operators of equal strength are read from the left; `^` is not read twice without parentheses.
                    let loose = binds.is_some_and(|binds| {
                        within.is_some_and(|within| within < binds || within == binds && (i > 0 || binds == 3))
                    });
                    match (i, binds) {
                        (0, _) => {}
                        (_, None) => f.write_char(',')?,
                        _ => write!(f, " {name} ")?,
                    }
                    f.write_str(if loose { "(" } else { "" })?;
                    write!(f, "{argument}")?;
                    f.write_str(if loose { ")" } else { "" })?;
                }
                f.write_str(if binds.is_none() { ")" } else { "" })
            }
        }
    }
}
