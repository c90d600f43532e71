//! The tree fitted to the columns of a dataset: what is left is a few exact tests joined by AND and OR.
//!
//! Why two values are enough: a filter keeps the rows where its condition is true, and NOT asks for the rows where it is
//! false; unknown is neither. So NOT is driven inwards (De Morgan's laws hold in Kleene logic) until it stands before a
//! single condition, and there "false" is a test of its own: the complement among the values that are present. Every
//! leaf is then false for a null, whether it was negated or not.

use super::{
    ast::{Comparison, Expr},
    condition::Condition,
    fitted::{Filter, join},
    formulas, leaf,
    place::{self, Axis},
    related,
    relation::Relation,
    texts::Texts,
};
use crate::{
    formula::{Term, given_up, unknown},
    geometry::Shape,
    small::{error::QueryError, work::Work},
    table::view::Table,
};
use alloc::vec::Vec;

impl Filter {
    /// Fits a filter to a dataset. Columns it has not may still be `lon` and `lat`: the position in degrees.
    ///
    /// # Errors
    /// [`QueryError`] at the first character where a column is unknown, or a value is not of its column's type.
    ///
    /// Also when looking at texts costs more than the work may, or nobody waits any more ([`Complaint::stopped`](crate::Complaint::stopped)).
    pub fn bind(expr: &Expr, table: &Table<'_>, work: &Work<'_>) -> Result<Self, QueryError> {
        Fitting { table, work, texts: Texts::of(expr, table, work)? }.bind(expr, false)
    }
}

/// So many bytes of two formulas are compared in the time of a look at a row.
const BYTES: usize = 16;

/// The formula that all conditions of a list compare with a value, for being equal, and the values; at least two.
fn values_of(list: &[Expr]) -> Option<(&Term, Vec<&Term>)> {
    let one = |expr| match expr {
        &Expr::Relate(ref term, Comparison::Equal, ref item) if matches!(**item, Term::Value(_)) => {
            Some((&**term, &**item))
        }
        _ => None,
    };
    let (first, _) = one(list.first()?)?;
    let items = list.iter().map(|expr| one(expr).filter(|(term, _)| *term == first).map(|(_, item)| item));
    let items: Vec<&Term> = items.collect::<Option<_>>()?;
    (items.len() > 1).then_some((first, items))
}

/// A tree that is being fitted to a table.
struct Fitting<'f, 'a> {
    table: &'f Table<'a>,
    work: &'f Work<'f>,
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
            Expr::Or(list) => {
                if let Some((term, items)) = values_of(list)
                    && let Some(filter) = formulas::among(term, &items, not, table, self.work)?
                {
                    return Ok(filter);
                }
                return self.bind_list(list, not).map(|list| join(list, not));
            }
            // Of rows that are more than points all of the outline counts, of `bbox=` their boxes.
            Expr::Inside(sides, at) if table.outlined().is_some() => {
                return related::related(Relation::Intersects, &Shape::Box(*sides), *at, not, (table, self.work));
            }
            Expr::Inside(sides, at) => {
                let inside = place::inside_of(*sides, table).map_err(|message| super::error(message, at.0))?;
                return Ok(if not { place::outside(&inside) } else { inside });
            }
            Expr::Spatial(relation, shape, at) => {
                return related::related(*relation, shape, *at, not, (table, self.work));
            }
            Expr::Relate(left, op, right) => {
                let op = if not { op.negate() } else { *op };
                return formulas::compared(left, op, right, table, self.work);
            }
            Expr::Missing(term) => return formulas::missing(term, !not, table, self.work),
            Expr::Holds(property) => (property, Condition::Holds),
            Expr::IsNull(property) => (property, Condition::IsNull),
            Expr::Compare(property, op, literal) => (property, Condition::Compare(*op, literal)),
            Expr::Between(property, low, high) => (property, Condition::Between(low, high)),
            Expr::In(property, items) => (property, Condition::In(items)),
            Expr::Like(property, _) => (property, Condition::Like),
        };
        let axis = Axis::of(&property.name);
        if let Some(index) = table.meant(&property.name) {
            leaf::column(index, &table.columns()[index], property, (condition, self.texts.met(expr)), not)
        } else if let Some(axis) = axis {
            place::degrees(axis, property, condition, not)
        } else {
            Err(unknown(property, table))
        }
    }

    /// All operands; the complaint, if any, about the one that stands first in the text.
    fn bind_list(&self, list: &[Expr], not: bool) -> Result<Vec<Filter>, QueryError> {
        let mut bound = Vec::with_capacity(list.len());
        let mut first: Option<QueryError> = None;
        let mut formulas = 0;
        for expr in list {
            match self.bind(expr, not) {
                Ok(filter) => {
                    if let Filter::Relate(_) = &filter {
                        // It is compared with each before it, so as not to be there twice.
                        let price = filter.size() / BYTES * formulas;
                        self.work.pay(price).map_err(|stopped| given_up(stopped, expr.place().0))?;
                        formulas += 1;
                    }
                    bound.push(filter);
                }
                Err(error) if first.as_ref().is_none_or(|first| error.position < first.position) => {
                    first = Some(error);
                }
                Err(_) => {}
            }
        }
        first.map_or(Ok(bound), Err)
    }
}
