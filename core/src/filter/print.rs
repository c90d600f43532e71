//! The canonical text of a filter: two filters that differ only in how they are written print the same.
//!
//! [`Expr::normalise`] drives NOT to the conditions (where it turns comparisons round and says NOT IN, NOT LIKE, …),
//! flattens AND and OR, and sorts and deduplicates their operands and the values of IN. Printing then is plain.

use super::ast::{Comparison, Expr};
use crate::{
    formula::{Literal, Property, Term, Value, folded},
    small,
};
use alloc::{
    boxed::Box,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt::{self, Write as _};

impl Expr {
    /// The same filter in its normal form.
    #[must_use]
    pub fn normalise(self) -> Self {
        self.normal(false)
    }

    /// The normal form of it, or of its negation. Kleene logic: NOT of unknown is unknown, so De Morgan's laws hold, and
    /// a comparison of a missing value is unknown both as `<` and as `>=`.
    fn normal(self, not: bool) -> Self {
        match self {
            Self::Constant(constant) => Self::Constant(constant != not),
            Self::Not(inner) => inner.normal(!not),
            Self::And(list) => join(list, not, !not),
            Self::Or(list) => join(list, not, not),
            Self::Compare(property, op, literal) => {
                Self::Compare(property, if not { op.negate() } else { op }, literal)
            }
            Self::Relate(left, op, right) => related(left, if not { op.negate() } else { op }, right),
            Self::In(property, mut items) => {
                small::sort_by(&mut items, |a, b| a.value.order(&b.value).is_lt());
                items.dedup();
                if items.len() == 1
                    && let Some(only) = items.pop()
                {
                    let op = if not { Comparison::NotEqual } else { Comparison::Equal };
                    return Self::Compare(property, op, only);
                }
                negated(not, Self::In(property, items))
            }
            leaf => negated(not, leaf),
        }
    }
}

/// Two terms on the sides where they always are: a value on the right, what is below on the left, else by their text.
fn related(left: Box<Term>, op: Comparison, right: Box<Term>) -> Expr {
    let values = (matches!(*left, Term::Value(_)), matches!(*right, Term::Value(_)));
    let turn = match (values, op) {
        ((true, false), _) | ((true, true) | (false, false), Comparison::Greater | Comparison::GreaterOrEqual) => true,
        ((false, true), _) | (_, Comparison::Less | Comparison::LessOrEqual) => false,
        _ => right.to_string() < left.to_string(),
    };
    if turn { Expr::Relate(right, op.turn(), left) } else { Expr::Relate(left, op, right) }
}

fn negated(not: bool, expr: Expr) -> Expr {
    if not { Expr::Not(Box::new(expr)) } else { expr }
}

/// The operands in normal form, flat, sorted by their text, each once.
fn join(list: Vec<Expr>, not: bool, all: bool) -> Expr {
    let mut operands = Vec::new();
    for expr in list {
        match (expr.normal(not), all) {
            (Expr::And(inner), true) | (Expr::Or(inner), false) => operands.extend(inner),
            (other, _) => operands.push(other),
        }
    }
    let mut operands: Vec<(String, Expr)> = operands.into_iter().map(|expr| (text(&expr), expr)).collect();
    small::sort_by(&mut operands, |(a, _), (b, _)| a < b);
    operands.dedup_by(|(a, _), (b, _)| a == b);
    let mut operands: Vec<Expr> = operands.into_iter().map(|(_, expr)| expr).collect();
    if operands.len() == 1
        && let Some(only) = operands.pop()
    {
        return only;
    }
    match (operands.is_empty(), all) {
        (true, _) => Expr::Constant(all),
        (false, true) => Expr::And(operands),
        (false, false) => Expr::Or(operands),
    }
}

fn text(expr: &Expr) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = write(expr, &mut text);
    text
}

/// The canonical text.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.clone().normalise()))
    }
}

/// Writes a tree in normal form.
fn write(expr: &Expr, out: &mut String) -> fmt::Result {
    match expr {
        Expr::Not(inner) => match &**inner {
            Expr::Between(..) | Expr::In(..) | Expr::Like(..) | Expr::IsNull(_) | Expr::Missing(_) => {
                write_leaf(inner, "NOT ", out)
            }
            other => {
                out.push_str("NOT ");
                write(other, out)
            }
        },
        Expr::And(list) => list.iter().enumerate().try_for_each(|(i, operand)| {
            out.push_str(if i > 0 { " AND " } else { "" });
            let parentheses = matches!(operand, Expr::Or(_));
            out.push_str(if parentheses { "(" } else { "" });
            write(operand, out)?;
            out.push_str(if parentheses { ")" } else { "" });
            Ok(())
        }),
        Expr::Or(list) => list.iter().enumerate().try_for_each(|(i, operand)| {
            out.push_str(if i > 0 { " OR " } else { "" });
            write(operand, out)
        }),
        leaf => write_leaf(leaf, "", out),
    }
}

/// Writes a condition, with `not` where its NOT goes.
fn write_leaf(expr: &Expr, not: &str, out: &mut String) -> fmt::Result {
    match expr {
        Expr::Constant(constant) => write!(out, "{}", Value::Boolean(*constant)),
        Expr::Holds(property) => write!(out, "{property}"),
        Expr::IsNull(property) => write!(out, "{property} IS {not}NULL"),
        Expr::Missing(term) => write!(out, "{term} IS {not}NULL"),
        Expr::Relate(left, op, right) => write!(out, "{left} {} {right}", op.symbol()),
        Expr::Compare(property, op, literal) => {
            write!(out, "{property} {} {}", op.symbol(), Beside(property, literal))
        }
        Expr::Between(property, low, high) => {
            write!(out, "{property} {not}BETWEEN {} AND {}", Beside(property, low), Beside(property, high))
        }
        Expr::In(property, items) => {
            write!(out, "{property} {not}IN (")?;
            for (i, item) in items.iter().enumerate() {
                write!(out, "{}{}", if i > 0 { "," } else { "" }, Beside(property, item))?;
            }
            write!(out, ")")
        }
        Expr::Like(property, pattern) => {
            let literal = Literal { value: Value::Text(pattern.clone()), place: property.place };
            write!(out, "{property} {not}LIKE {}", Beside(property, &literal))
        }
        Expr::Inside(sides, _) => {
            let [west, south, east, north] = sides.map(Value::number);
            write!(out, "S_INTERSECTS(geometry,BBOX({west},{south},{east},{north}))")
        }
        Expr::Spatial(relation, shape, _) => write!(out, "{}(geometry,{shape})", relation.name()),
        // In normal form these are written by `write`.
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) => write(expr, out),
    }
}

/// A literal beside a property: both are folded or none.
struct Beside<'a>(&'a Property, &'a Literal);

impl fmt::Display for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(property, literal) = self;
        folded(f, property.fold, &literal.value)
    }
}
