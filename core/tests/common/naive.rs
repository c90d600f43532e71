//! An interpreter of filters in three-valued logic, row by row.

use super::{Cell, NAMES, Rows};
use duotile_core::{
    filter::{Comparison, Expr, Function, Literal, Property, Term, Value},
    mercator, time,
};
use std::cmp::Ordering;

/// True, false, or unknown.
pub type Truth = Option<bool>;

/// Kleene's AND: false wins over unknown.
fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Kleene's OR: true wins over unknown.
fn or(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

pub struct Naive<'a> {
    pub rows: &'a Rows,
    pub row: usize,
}

impl Naive<'_> {
    pub fn truth(&self, expr: &Expr) -> Truth {
        match expr {
            Expr::Constant(constant) => Some(*constant),
            Expr::And(list) => list.iter().map(|expr| self.truth(expr)).reduce(and).expect("not empty"),
            Expr::Or(list) => list.iter().map(|expr| self.truth(expr)).reduce(or).expect("not empty"),
            Expr::Not(inner) => self.truth(inner).map(|truth| !truth),
            Expr::Holds(property) => self.cell(property).map(|cell| cell == Cell::Boolean(true)),
            Expr::IsNull(property) => Some(self.cell(property).is_none()),
            Expr::Compare(property, op, literal) => {
                self.cell(property).map(|cell| compare(property, &cell, *op, literal))
            }
            // A BETWEEN b AND c is A >= b AND A <= c; A IN (b, c) is A = b OR A = c.
            Expr::Between(property, low, high) => self.cell(property).map(|cell| {
                compare(property, &cell, Comparison::GreaterOrEqual, low)
                    && compare(property, &cell, Comparison::LessOrEqual, high)
            }),
            Expr::In(property, items) => self
                .cell(property)
                .map(|cell| items.iter().any(|item| compare(property, &cell, Comparison::Equal, item))),
            Expr::Like(property, pattern) => self.cell(property).map(|cell| {
                let Cell::Text(text) = cell else { panic!("LIKE on {property}") };
                let text = property.fold.of(&text);
                like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
            }),
            Expr::Spatial(relation, shape, _) => {
                let (lon, lat) = mercator::unproject(self.rows.position(self.row));
                Some(super::places::holds(*relation, shape, [lon, lat]))
            }
            Expr::Missing(term) => Some(self.value(term).is_none()),
            Expr::Relate(left, op, right) => self.related(left, *op, right),
            Expr::Inside([west, south, east, north], _) => {
                let (lon, lat) = mercator::unproject(self.rows.position(self.row));
                let lon_in = if west <= east { lon >= *west && lon <= *east } else { lon >= *west || lon <= *east };
                let clamp = |lat: f64| lat.clamp(-mercator::MAX_LATITUDE, mercator::MAX_LATITUDE);
                // A row at the edge of the square world stands for all latitudes beyond it.
                let step = 1e-8;
                Some(lon_in && lat >= clamp(*south) - step && lat <= clamp(*north) + step)
            }
        }
    }

    /// A comparison of two terms: a date beside another term is the interval of its day.
    fn related(&self, left: &Term, op: Comparison, right: &Term) -> Truth {
        let date = |term: &Term| match term {
            Term::Value(Literal { value: Value::Time(moment @ time::Moment::Date(_)), .. }) => Some(*moment),
            _ => None,
        };
        let (a, b) = (self.value(left)?, self.value(right)?);
        let order = match (&a, &b) {
            (Cell::Integer(a), Cell::Integer(b)) | (Cell::Time(a), Cell::Time(b))
                if date(left).is_none() && date(right).is_none() =>
            {
                a.cmp(b)
            }
            (Cell::Time(a), Cell::Time(b)) => match (date(left), date(right)) {
                (None, Some(day)) if (day.first()..=day.last()).contains(a) => Ordering::Equal,
                (Some(day), None) if (day.first()..=day.last()).contains(b) => Ordering::Equal,
                _ => a.cmp(b),
            },
            (Cell::Integer(a), Cell::Float(b)) => exact((*a).into(), *b),
            (Cell::Float(a), Cell::Integer(b)) => exact((*b).into(), *a).reverse(),
            (Cell::Float(a), Cell::Float(b)) => a.partial_cmp(b)?,
            (Cell::Text(a), Cell::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Cell::Boolean(a), Cell::Boolean(b)) => a.cmp(b),
            (a, b) => panic!("{a:?} against {b:?}"),
        };
        Some(op.holds(order))
    }

    /// The value of a term, from the definitions of its functions.
    #[expect(clippy::too_many_lines, reason = "a line for each function")]
    fn value(&self, term: &Term) -> Option<Cell> {
        let (function, arguments) = match term {
            Term::Value(literal) => {
                return Some(match &literal.value {
                    Value::Integer(whole) => i64::try_from(*whole).map_or(Cell::Float(*whole as f64), Cell::Integer),
                    Value::Decimal(number) => Cell::Float(*number),
                    Value::Text(text) => Cell::Text(text.clone()),
                    Value::Boolean(boolean) => Cell::Boolean(*boolean),
                    Value::Time(moment) => Cell::Time(moment.first()),
                });
            }
            Term::Column(property) => {
                let cell = match NAMES.iter().position(|name| *name == property.name) {
                    Some(column) => self.rows.columns[column].cells[self.row].clone(),
                    None => self.cell(property),
                };
                return cell.map(|cell| match cell {
                    Cell::Text(text) => Cell::Text(property.fold.of(&text)),
                    cell => cell,
                });
            }
            Term::Call(function, arguments, _) => (*function, arguments),
        };
        let values: Vec<Option<Cell>> = arguments.iter().map(|argument| self.value(argument)).collect();
        let real = |cell: &Cell| match cell {
            Cell::Integer(whole) => *whole as f64,
            Cell::Float(float) => *float,
            other => panic!("{other:?} as a number"),
        };
        if let Function::Least | Function::Greatest | Function::Coalesce = function {
            // One decimal among them makes all of them decimals.
            let decimal = arguments.iter().any(Self::is_decimal);
            let present = values.into_iter().flatten().map(|cell| match cell {
                Cell::Integer(whole) if decimal => Cell::Float(whole as f64),
                cell => cell,
            });
            let below = |a: &Cell, b: &Cell| match (a, b) {
                (Cell::Integer(a), Cell::Integer(b)) | (Cell::Time(a), Cell::Time(b)) => a < b,
                (Cell::Float(a), Cell::Float(b)) => a < b,
                (Cell::Text(a), Cell::Text(b)) => a < b,
                (Cell::Boolean(a), Cell::Boolean(b)) => !a & b,
                (a, b) => panic!("{a:?} against {b:?}"),
            };
            return present.reduce(|a, b| match function {
                Function::Least if below(&b, &a) => b,
                Function::Greatest if below(&a, &b) => b,
                _ => a,
            });
        }
        let present: Vec<Cell> = values.into_iter().collect::<Option<_>>()?;
        let finite = |number: f64| number.is_finite().then_some(Cell::Float(number));
        match (function, &present[..]) {
            (Function::Add, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_add(*b).map(Cell::Integer),
            (Function::Subtract, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_sub(*b).map(Cell::Integer),
            (Function::Multiply, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_mul(*b).map(Cell::Integer),
            (Function::Quotient, [Cell::Integer(a), Cell::Integer(b)]) => a.checked_div(*b).map(Cell::Integer),
            (Function::Remainder, [Cell::Integer(a), Cell::Integer(b)]) => {
                (*b != 0).then(|| Cell::Integer((i128::from(*a) % i128::from(*b)) as i64))
            }
            (Function::Abs, [Cell::Integer(a)]) => a.checked_abs().map(Cell::Integer),
            (Function::Floor | Function::Ceil | Function::Round, [Cell::Integer(a)]) => Some(Cell::Integer(*a)),
            (Function::Add, [a, b]) => finite(real(a) + real(b)),
            (Function::Subtract, [a, b]) => finite(real(a) - real(b)),
            (Function::Multiply, [a, b]) => finite(real(a) * real(b)),
            (Function::Divide, [a, b]) => finite(real(a) / real(b)),
            (Function::Quotient, [a, b]) => finite((real(a) / real(b)).trunc()),
            (Function::Remainder, [a, b]) => finite(real(a) % real(b)),
            // Its last digit is the library's.
            (Function::Power, [a, b]) => finite(libm::pow(real(a), real(b))),
            (Function::Abs, [a]) => finite(real(a).abs()),
            (Function::Sqrt, [a]) => finite(real(a).sqrt()),
            (Function::Floor, [a]) => finite(real(a).floor()),
            (Function::Ceil, [a]) => finite(real(a).ceil()),
            (Function::Round, [a]) => finite(real(a).round()),
            (Function::Epoch, [Cell::Time(micros)]) => finite(*micros as f64 / 1e6),
            (part, [Cell::Time(micros), zone @ ..]) => {
                let ahead = match zone {
                    [Cell::Text(zone)] if zone == "+05:30" => 330,
                    [Cell::Text(zone)] if zone == "-11:00" => -660,
                    _ => 0,
                };
                // From the printed time, which has its own tests.
                let text = time::print(micros.saturating_add(ahead * 60_000_000));
                let (date, clock) = text.split_once('T').expect("a time");
                let (year, rest) = date.split_at(date.len() - 6);
                let days = time::parse(&format!("2000{rest}")).is_ok();
                assert!(days || rest == "-02-29");
                let number = |text: &str| text.parse::<i64>().expect("a number");
                Some(Cell::Integer(match part {
                    Function::Year => number(year),
                    Function::Month => number(&rest[1..3]),
                    Function::Day => number(&rest[4..6]),
                    Function::Hour => number(&clock[..2]),
                    Function::Minute => number(&clock[3..5]),
                    Function::Second => number(&clock[6..8]),
                    // Zeller's congruence, from Saturday on.
                    _ => {
                        let (year, month, day) = (number(year), number(&rest[1..3]), number(&rest[4..6]));
                        let (year, month) = if month < 3 { (year - 1, month + 12) } else { (year, month) };
                        let h = day + 13 * (month + 1) / 5 + year + year.div_euclid(4) - year.div_euclid(100)
                            + year.div_euclid(400);
                        (h + 6).rem_euclid(7)
                    }
                }))
            }
            (function, cells) => panic!("{function:?} of {cells:?}"),
        }
    }

    /// Whether a term is of decimals, whatever its values are.
    fn is_decimal(term: &Term) -> bool {
        match term {
            Term::Column(property) => matches!(property.name.as_str(), "single" | "f" | "lon" | "lat"),
            Term::Value(literal) => match literal.value {
                Value::Integer(whole) => i64::try_from(whole).is_err(),
                Value::Decimal(_) => true,
                _ => false,
            },
            Term::Call(function, arguments, _) => match function {
                Function::Divide | Function::Power | Function::Sqrt | Function::Epoch => true,
                Function::Year
                | Function::Month
                | Function::Day
                | Function::Hour
                | Function::Minute
                | Function::Second
                | Function::Weekday => false,
                _ => arguments.iter().any(Self::is_decimal),
            },
        }
    }

    fn cell(&self, property: &Property) -> Option<Cell> {
        let world = self.rows.position(self.row);
        match NAMES.iter().position(|name| *name == property.name) {
            Some(column) => match self.rows.columns[column].cells[self.row].clone() {
                // A single float is the number that it is shown as.
                Some(Cell::Float(value)) if property.name == "single" => {
                    Some(Cell::Float(format!("{}", value as f32).parse().expect("a number")))
                }
                cell => cell,
            },
            None if property.name == "lon" => Some(Cell::Float(mercator::longitude(world.x))),
            None => Some(Cell::Float(mercator::latitude(world.y))),
        }
    }
}

/// A value against a literal; a date is the interval of its day.
fn compare(property: &Property, cell: &Cell, op: Comparison, literal: &Literal) -> bool {
    match (cell, &literal.value) {
        (Cell::Integer(a), Value::Integer(b)) => op.holds(i128::from(*a).cmp(b)),
        (Cell::Integer(a), Value::Decimal(b)) => op.holds(exact((*a).into(), *b)),
        // A single float is also met by the double that it widens to.
        (Cell::Float(a), Value::Decimal(b)) if property.name == "single" && f64::from(*a as f32) == *b => {
            op.holds(Ordering::Equal)
        }
        (Cell::Float(a), Value::Integer(b)) => op.holds(exact(*b, *a).reverse()),
        (Cell::Float(a), Value::Decimal(b)) => op.holds(a.partial_cmp(b).expect("finite")),
        (Cell::Boolean(a), Value::Boolean(b)) => op.holds(a.cmp(b)),
        (Cell::Text(a), Value::Text(b)) if property.fold.any() => op.holds(property.fold.of(a).as_str().cmp(b)),
        (Cell::Text(a), Value::Text(b)) => op.holds(a.as_bytes().cmp(b.as_bytes())),
        (Cell::Time(a), value) => {
            let moment = match value {
                Value::Time(moment) => *moment,
                Value::Text(text) => time::parse(text).expect("a time"),
                other => panic!("a time against {other}"),
            };
            let (first, last) = (moment.first(), moment.last());
            let order = if *a < first {
                Ordering::Less
            } else if *a > last {
                Ordering::Greater
            } else {
                Ordering::Equal
            };
            op.holds(order)
        }
        (cell, value) => panic!("{cell:?} against {value}"),
    }
}

/// A whole number against a float, by whole part and fraction.
fn exact(whole: i128, float: f64) -> Ordering {
    if float.abs() >= 1e38 {
        return if float > 0.0 { Ordering::Less } else { Ordering::Greater };
    }
    whole.cmp(&(float.trunc() as i128)).then_with(|| 0.0.partial_cmp(&float.fract()).expect("finite"))
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        ['_', rest @ ..] => !text.is_empty() && like(rest, &text[1..]),
        ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && like(rest, &text[1..]),
    }
}
