//! Spatial predicates (`S_INTERSECTS` and the like) of where rows are and a geometry.
//!
//! A position is a point, so each predicate asks whether it is inside the geometry, on its boundary or outside (DE-9IM). The
//! interior of a line is the line without its ends, that of a point the point.

use super::{
    ast::Expr,
    build::{check_box, geometry},
    error,
    fitted::Filter,
};
use crate::{
    formula::{Place, Term, Value},
    geometry::{Location, Region, Shape},
    small::{
        error::QueryError,
        work::{Stopped, Work},
    },
};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString as _},
};

/// What a position is to a geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It has something of it.
    Intersects,
    /// It is the same.
    Equals,
    /// It has nothing of it.
    Disjoint,
    /// It is on its boundary.
    Touches,
    /// It is inside.
    Within,
    /// Parts of both are in both, and parts in one only.
    Overlaps,
    /// It goes through.
    Crosses,
    /// All of the geometry is in it.
    Contains,
}

use Relation as R;

const NAMES: [(&str, Relation); 8] = [
    ("S_INTERSECTS", R::Intersects),
    ("S_EQUALS", R::Equals),
    ("S_DISJOINT", R::Disjoint),
    ("S_TOUCHES", R::Touches),
    ("S_WITHIN", R::Within),
    ("S_OVERLAPS", R::Overlaps),
    ("S_CROSSES", R::Crosses),
    ("S_CONTAINS", R::Contains),
];

/// A side of a spatial predicate: where rows are, or a geometry.
pub(super) enum Operand {
    Rows,
    Shape(Shape, usize),
}

impl Relation {
    /// The predicate of a name, in whatever case.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|&(_, relation)| relation)
    }

    /// As CQL2 writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|&&(_, relation)| relation == self).map_or("", |&(name, _)| name)
    }

    /// All names.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|&(name, _)| name)
    }

    /// The one that says the same with its sides exchanged.
    const fn turn(self) -> Self {
        match self {
            Self::Within => Self::Contains,
            Self::Contains => Self::Within,
            same => same,
        }
    }
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

/// A region, and which of inside, border and outside are meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Lies {
    region: Region,
    wanted: [bool; 3],
}

/// The rows where a predicate is true, or, with `not`, those where it is false.
pub(super) fn bind(
    relation: Relation,
    shape: &Shape,
    at: Place,
    not: bool,
    work: &Work<'_>,
) -> Result<Filter, QueryError> {
    let wanted = match relation {
        Relation::Intersects => [true, true, false],
        Relation::Disjoint => [false, false, true],
        Relation::Within => [true, false, false],
        Relation::Touches => [false, true, false],
        // A point has or is nothing but a point.
        Relation::Equals | Relation::Contains if is_one_point(shape) => [true, false, false],
        _ => [false; 3],
    };
    let wanted = wanted.map(|wanted| wanted != not);
    if wanted[1..] == [wanted[0]; 2] {
        return Ok(Filter::Constant(wanted[0]));
    }
    let region = Region::of(shape, work).map_err(|stopped| match stopped {
        Stopped::Dear(limit) => {
            let message =
                format!("the geometry of {} positions costs more than {limit} looks at rows", shape.positions());
            error(message, at.0).hint("one with fewer corners".to_string()).because(stopped)
        }
        Stopped::Gone => error("it was given up", at.0).because(stopped),
    })?;
    Ok(Filter::Lies(Box::new(Lies { region, wanted })))
}

/// Whether all of a shape is one step of the grid.
fn is_one_point(shape: &Shape) -> bool {
    match shape {
        Shape::Points(points) => {
            let step = |position: &[f64; 2]| crate::space::mercator::project(position[0], position[1]);
            points.first().is_some_and(|first| points.iter().all(|point| step(point) == step(first)))
        }
        _ => false,
    }
}

impl Lies {
    /// What a row costs, in looks at rows.
    pub(super) fn price(&self) -> usize {
        self.region.price()
    }

    /// Bytes held.
    pub(super) fn size(&self) -> usize {
        self.region.size()
    }

    /// Up to 64 rows as bits; `hint` is a cell near theirs.
    pub(super) fn word(&self, keys: &[u64], hint: &mut usize) -> u64 {
        let [inside, border, outside] = self.wanted;
        self.region.word(keys, hint, |location| match location {
            Location::Inside => inside,
            Location::Border => border,
            Location::Outside => outside,
        })
    }
}
