//! A term fitted to a table: names looked up, kinds checked, and the steps that make its values.
//!
//! Whole numbers are doubles as long as it is certain that none is beyond 2⁵³ (2⁵¹ in a column), which the types of columns, what
//! is known of them and the operations say; beyond, they are integers of 64 bits. Both give the same numbers; doubles are quicker.

use super::{
    error,
    function::Function,
    lanes::NEAR,
    program::{Program, Step},
    range::{ANY, I64, Range, around, exact, made, range},
    ranks::Ranks,
    term::Term,
    value::{Literal, Property, Value},
};
use crate::{
    small::{error::QueryError, nearest::did_you_mean, work::Work},
    table::{
        unknown::unknown_column,
        values::{Kind, Values},
        view::Table,
    },
    time::Zone,
};
use alloc::format;

/// The position, where no column has these names.
const POSITION: [&str; 2] = ["lon", "lat"];
/// Decimals up to this (in size) make no infinity when they are added or multiplied.
const SMALL: i128 = 1 << 50;

/// What the steps of a term leave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub kind: Kind,
    /// Whether it is an integer of 64 bits, not a double.
    pub wide: bool,
    /// Between which whole numbers it lies at most.
    pub(super) range: Range,
    /// Whether it may be no finite number.
    pub loose: bool,
}

/// A value by itself, as terms are compared with it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constant {
    Integer(i128),
    Float(f64),
}

/// Terms that are being fitted, one after the other, to one program.
pub(crate) struct Fitting<'t, 'a> {
    table: &'t Table<'a>,
    ranks: Ranks,
    program: Program,
    top: usize,
}

/// A column that is not there; it may be meant as the position.
pub(crate) fn unknown(property: &Property, table: &Table<'_>) -> QueryError {
    let known = table.columns().iter().map(|column| column.name).chain(POSITION);
    let text = || format!("if the text is meant, use single quotes: '{}'", property.name.replace('\'', "''"));
    let hint = did_you_mean(&property.name, known).unwrap_or_else(text);
    unknown_column(table, "filter", &property.name).at(property.place.0).hint(hint)
}

/// The kind of a term's values.
///
/// # Errors
/// For a column that is not there.
pub(crate) fn kind(term: &Term, table: &Table<'_>) -> Result<Kind, QueryError> {
    Ok(match term {
        Term::Column(property) => {
            let kind = match table.column(&property.name) {
                Some(index) => table.columns()[index].kind(),
                None if POSITION.contains(&property.name.as_str()) => Kind::Float,
                None => return Err(unknown(property, table)),
            };
            if let Some(function) = property.fold.names().next().filter(|_| kind != Kind::Text) {
                let name = &property.name;
                let message = format!("the column \"{name}\" is {}, {function} expects a text column", kind.name());
                return Err(error(message, property.place.0));
            }
            kind
        }
        Term::Value(literal) => match literal.value {
            Value::Integer(_) => Kind::Integer,
            Value::Decimal(_) => Kind::Float,
            Value::Text(_) => Kind::Text,
            Value::Boolean(_) => Kind::Boolean,
            Value::Time(_) => Kind::Time,
        },
        Term::Call(Function::Least | Function::Greatest | Function::Coalesce, arguments, _) => {
            match arguments.first() {
                Some(first) => kind(first, table)?,
                None => Kind::Float,
            }
        }
        Term::Call(..) => Kind::Float,
    })
}

impl<'t, 'a> Fitting<'t, 'a> {
    /// Begins a program for some terms, whose texts are put in one order.
    ///
    /// # Errors
    /// When that costs too much.
    pub fn new(terms: &[&Term], table: &'t Table<'a>, work: &Work<'_>) -> Result<Self, QueryError> {
        Ok(Self { table, ranks: Ranks::of(terms, table, work)?, program: Program::default(), top: 0 })
    }

    /// What all terms became.
    pub fn finish(self) -> Program {
        self.program
    }

    /// The clock of a zone.
    pub(super) fn zone(&self, name: &str) -> Option<Zone> {
        self.table.zone(name).cloned()
    }

    pub(super) fn step(&mut self, step: Step) {
        self.top = match step {
            Step::Column(_)
            | Step::Wide(_)
            | Step::Ranks(..)
            | Step::Lon
            | Step::Lat
            | Step::Float(_)
            | Step::Integer(_) => self.top + 1,
            Step::OfTwo(_) | Step::IntegerOfTwo(_) | Step::Choose(..) => self.top - 1,
            _ => self.top,
        };
        self.program.depth = self.program.depth.max(self.top);
        // A number on the stack and what is done with it are one step.
        let with = match (self.program.steps.last(), &step) {
            (Some(Step::Float(number)), Step::OfTwo(function)) => match function {
                Function::Add | Function::Multiply | Function::Divide => Some(Step::OfTwoWith(*function, *number)),
                Function::Subtract => Some(Step::OfTwoWith(Function::Add, -number)),
                _ => None,
            },
            _ => None,
        };
        if let Some(with) = with {
            self.program.steps.pop();
            self.program.steps.push(with);
        } else {
            self.program.steps.push(step);
        }
    }

    /// Adds the steps of a term, whose value is then on the stack.
    ///
    /// # Errors
    /// For a column that is not there, or a function of what it does not take.
    pub fn term(&mut self, term: &Term) -> Result<Fit, QueryError> {
        match term {
            Term::Column(property) => self.column(term, property),
            Term::Value(literal) => self.value(term, literal),
            Term::Call(function, arguments, _) => self.call(*function, arguments),
        }
    }

    fn column(&mut self, term: &Term, property: &Property) -> Result<Fit, QueryError> {
        let kind = kind(term, self.table)?;
        let fit = |kind, wide, range| Ok(Fit { kind, wide, range, loose: false });
        let Some(index) = self.table.meant(&property.name) else {
            self.step(if property.name == POSITION[0] { Step::Lon } else { Step::Lat });
            return fit(kind, false, (-180, 180));
        };
        let column = &self.table.columns()[index];
        let range = range(column);
        match column.values {
            Values::Text(..) => {
                let ranks = self.ranks.get(term, self.table).unwrap_or_default().into();
                self.step(Step::Ranks(index, ranks));
                fit(kind, false, I64)
            }
            Values::I64(_) | Values::Time(_) if range.0 < -i128::from(NEAR) || range.1 > NEAR.into() => {
                self.step(Step::Wide(index));
                fit(kind, true, range)
            }
            _ => {
                self.step(Step::Column(index));
                fit(kind, false, range)
            }
        }
    }

    fn value(&mut self, term: &Term, literal: &Literal) -> Result<Fit, QueryError> {
        let whole = |fitting: &mut Self, kind, whole: i128| {
            let range = (whole, whole);
            let wide = !exact(range);
            fitting.step(if wide { Step::Integer(whole as i64) } else { Step::Float(whole as f64) });
            Ok(Fit { kind, wide, range, loose: false })
        };
        match &literal.value {
            Value::Integer(number) if i64::try_from(*number).is_ok() => whole(self, Kind::Integer, *number),
            // Beyond 64 bits it is a double, as all that it meets is.
            Value::Integer(number) => Ok(self.float(*number as f64)),
            Value::Decimal(number) => Ok(self.float(*number)),
            Value::Boolean(boolean) => whole(self, Kind::Boolean, i128::from(*boolean)),
            Value::Time(moment) => whole(self, Kind::Time, moment.first().into()),
            Value::Text(_) => {
                let rank = self.ranks.get(term, self.table).and_then(|ranks| ranks.first().copied());
                whole(self, Kind::Text, rank.unwrap_or_default().into())
            }
        }
    }

    /// What a value is beside a term; that of a text is its rank. `None` for what is no value.
    pub fn constant(&self, term: &Term) -> Option<Constant> {
        let Term::Value(literal) = term else { return None };
        Some(match &literal.value {
            Value::Integer(number) if i64::try_from(*number).is_ok() => Constant::Integer(*number),
            // Beyond 64 bits it is a double, as all that it meets is.
            Value::Integer(number) => Constant::Float(*number as f64),
            Value::Decimal(number) => Constant::Float(*number),
            Value::Boolean(boolean) => Constant::Integer(i128::from(*boolean)),
            Value::Time(moment) => Constant::Integer(moment.first().into()),
            Value::Text(_) => {
                let rank = self.ranks.get(term, self.table).and_then(|ranks| ranks.first().copied());
                Constant::Integer(rank.unwrap_or_default().into())
            }
        })
    }

    fn float(&mut self, number: f64) -> Fit {
        self.step(Step::Float(number));
        Fit { kind: Kind::Float, wide: false, range: around(number, number), loose: false }
    }

    fn call(&mut self, function: Function, arguments: &[Term]) -> Result<Fit, QueryError> {
        match (function, arguments) {
            (Function::Least | Function::Greatest | Function::Coalesce, [first, others @ ..]) => {
                self.choose(function, first, others)
            }
            (
                Function::Year
                | Function::Month
                | Function::Day
                | Function::Hour
                | Function::Minute
                | Function::Second
                | Function::Weekday
                | Function::Epoch,
                [time, zone @ ..],
            ) => self.clock(function, time, zone.first()),
            (function, [only]) => self.of_one(function, only),
            (function, [lower, upper]) => self.of_two(function, lower, upper),
            _ => Ok(self.float(0.0)),
        }
    }

    /// A number, as a function takes it.
    fn number(&mut self, function: Function, term: &Term) -> Result<Fit, QueryError> {
        let fit = self.term(term)?;
        if matches!(fit.kind, Kind::Integer | Kind::Float) {
            return Ok(fit);
        }
        let hint = (fit.kind == Kind::Time).then(|| format!("epoch({term}) is a time in seconds"));
        Err(wrong(term, fit.kind, function, "numbers").hint(hint))
    }

    fn of_one(&mut self, function: Function, term: &Term) -> Result<Fit, QueryError> {
        let mut fit = self.number(function, term)?;
        let whole = fit.kind == Kind::Integer;
        match function {
            Function::Floor | Function::Ceil | Function::Round if whole => return Ok(fit),
            Function::Abs if fit.wide => self.step(Step::IntegerAbs),
            _ => {
                if fit.wide {
                    self.step(Step::ToFloat(0));
                }
                self.step(Step::OfOne(function));
            }
        }
        if function == Function::Abs {
            fit.range = (0, fit.range.0.abs().max(fit.range.1.abs()));
            return Ok(fit);
        }
        // Roots and logarithms may be none.
        Ok(Fit { kind: Kind::Float, wide: false, range: ANY, loose: true })
    }

    fn of_two(&mut self, function: Function, lower: &Term, upper: &Term) -> Result<Fit, QueryError> {
        let a = self.number(function, lower)?;
        // What is divided by infinity would be a number again.
        let hides = matches!(function, Function::Divide | Function::Quotient | Function::Remainder | Function::Power);
        let a = if hides { self.finite(a) } else { a };
        let b = self.number(function, upper)?;
        let b = if hides { self.finite(b) } else { b };
        let whole = a.kind == Kind::Integer && b.kind == Kind::Integer;
        if whole && let Some(range) = made(function, a.range, b.range) {
            let narrow = !a.wide && !b.wide && exact(range);
            if !narrow {
                self.widen(1, a);
                self.widen(0, b);
            }
            self.step(if narrow { Step::OfTwo(function) } else { Step::IntegerOfTwo(function) });
            if narrow && hides {
                // By zero: a whole number is always one.
                self.step(Step::Finite);
            }
            let range = (range.0.max(I64.0), range.1.min(I64.1));
            return Ok(Fit { kind: Kind::Integer, wide: !narrow, range, loose: false });
        }
        for (down, fit) in [(1, a), (0, b)] {
            if fit.wide {
                self.step(Step::ToFloat(down));
            }
        }
        self.step(Step::OfTwo(function));
        let small = |fit: Fit| !fit.loose && fit.range.0 >= -SMALL && fit.range.1 <= SMALL;
        let range = if small(a) && small(b) { made(function, a.range, b.range) } else { None };
        // A sum or product of small numbers is one, for certain.
        let certain = range.filter(|_| matches!(function, Function::Add | Function::Subtract | Function::Multiply));
        Ok(Fit { kind: Kind::Float, wide: false, range: certain.unwrap_or(ANY), loose: certain.is_none() })
    }

    fn choose(&mut self, function: Function, first: &Term, others: &[Term]) -> Result<Fit, QueryError> {
        let fit = self.term(first)?;
        let mut fit = self.finite(fit);
        for other in others {
            let next = self.term(other)?;
            let next = self.finite(next);
            let numbers = |kind| matches!(kind, Kind::Integer | Kind::Float);
            if next.kind != fit.kind && !(numbers(next.kind) && numbers(fit.kind)) {
                let expected = format!("{}, as {first}", fit.kind.name());
                return Err(wrong(other, next.kind, function, &expected));
            }
            if next.kind == fit.kind && (next.wide || fit.wide) {
                self.widen(1, fit);
                self.widen(0, next);
                fit.wide = true;
            } else if next.kind != fit.kind {
                for (down, fit) in [(1, fit), (0, next)] {
                    if fit.wide {
                        self.step(Step::ToFloat(down));
                    }
                }
                (fit.kind, fit.wide) = (Kind::Float, false);
            }
            fit.range = (fit.range.0.min(next.range.0), fit.range.1.max(next.range.1));
            self.step(Step::Choose(function, fit.wide));
        }
        Ok(fit)
    }

    /// The same as integers of 64 bits, so many below the top.
    pub(super) fn widen(&mut self, down: usize, fit: Fit) {
        if !fit.wide {
            self.step(Step::ToInteger(down));
        }
    }

    /// The same, with nothing where there is no finite number.
    pub fn finite(&mut self, fit: Fit) -> Fit {
        if fit.loose {
            self.step(Step::Finite);
        }
        Fit { loose: false, ..fit }
    }

    /// Both sides of a comparison as they are compared; whether as integers. What is not finite meets nothing there.
    pub fn sides(&mut self, a: Fit, b: Fit) -> bool {
        let same = a.kind == b.kind && (a.wide || b.wide);
        if same {
            self.widen(1, a);
            self.widen(0, b);
        }
        same
    }
}

pub(super) fn wrong(term: &Term, kind: Kind, function: Function, expected: &str) -> QueryError {
    let message = format!("{term} is {}, {} expects {expected}", kind.name(), function.name());
    error(message, term.place().0)
}
