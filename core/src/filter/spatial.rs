//! Spatial predicates (`S_INTERSECTS` and the like) of where rows are and a geometry.
//!
//! Every predicate is said of the rows, and in terms of few.

use super::{
    ast::Expr,
    build::{check_box, geometry},
    error,
    relation::Relation,
};
use crate::{
    formula::{Place, Term, Value},
    geometry::Shape,
    small::error::QueryError,
};
use alloc::{boxed::Box, format, string::String};

/// A side of a spatial predicate: where rows are, or a geometry.
pub(super) enum Operand {
    Rows,
    Shape(Shape, usize),
}

/// The position of rows, by the name of its column.
pub(super) fn rows(term: &Term) -> Result<Operand, QueryError> {
    geometry(term).map(|()| Operand::Rows)
}

/// A geometry that stands at a character.
pub(super) fn shape(shape: Shape, at: usize) -> Result<Operand, QueryError> {
    let wrong = match &shape {
        Shape::Box(sides) => check_box(*sides),
        shape => shape.check(),
    };
    wrong.map(|()| Operand::Shape(shape, at)).map_err(|message| error(message, at))
}

/// A number as degrees.
pub(super) fn degrees(value: &Value) -> f64 {
    match value {
        Value::Integer(whole) => *whole as f64,
        Value::Decimal(number) => *number,
        _ => f64::NAN,
    }
}

/// The sides of a box: four numbers, or six with heights, which are left out.
pub(super) fn sides(numbers: &[f64]) -> Result<[f64; 4], String> {
    match *numbers {
        [west, south, east, north] | [west, south, _, east, north, _] => Ok([west, south, east, north]),
        _ => Err(format!("got {} numbers, expected west, south, east, north", numbers.len())),
    }
}

/// What a predicate says, in the words that it always has: of the rows first, and in terms of few predicates.
pub(super) fn build(relation: Relation, first: Operand, second: Operand, at: usize) -> Result<Expr, QueryError> {
    let (relation, shape) = match (first, second) {
        (Operand::Rows, Operand::Shape(shape, _)) => (relation, shape),
        (Operand::Shape(shape, _), Operand::Rows) => (relation.turn(), shape),
        (Operand::Rows, Operand::Rows) => {
            return Err(error("got the position of rows on both sides, expected a geometry on one", at));
        }
        (Operand::Shape(..), Operand::Shape(_, at)) => {
            return Err(error("got a geometry on both sides, expected geometry, which stands for the position", at));
        }
    };
    Ok(match (relation, shape) {
        (Relation::Intersects, Shape::Box(sides)) => Expr::Inside(sides, Place(at)),
        (Relation::Disjoint, Shape::Box(sides)) => Expr::Not(Box::new(Expr::Inside(sides, Place(at)))),
        (Relation::Disjoint, shape) => {
            Expr::Not(Box::new(Expr::Spatial(Relation::Intersects, Box::new(shape), Place(at))))
        }
        (relation, shape) => Expr::Spatial(relation, Box::new(shape), Place(at)),
    })
}
