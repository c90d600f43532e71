//! Spatial predicates of rows: of points by where they lie, exactly, and of lines and polygons by all of their outlines.

use super::{
    error,
    fitted::{Filter, all, any},
    lies::Lies,
    outlined::Outlined,
    relation::Relation,
};
use crate::{
    formula::Place,
    geometry::{Edges, Region, Shape},
    small::{
        error::QueryError,
        work::{Stopped, Work},
    },
    space::mercator,
    table::view::Table,
};
use alloc::{boxed::Box, format, string::ToString as _, vec};

/// The rows where a spatial predicate is true, or, with `not`, those where it is false.
pub(super) fn related(
    relation: Relation,
    shape: &Shape,
    at: Place,
    not: bool,
    (table, work): (&Table<'_>, &Work<'_>),
) -> Result<Filter, QueryError> {
    if table.outlined().is_none() {
        return lies(relation, shape, at, not, work);
    }
    let (edges, east) = Edges::of(shape, work).map_err(|stopped| too_dear(shape, at, stopped))?;
    let one = |edges| Filter::Outlined(Box::new(Outlined { edges, relation, not }));
    // What lies on ±180° lies at both ends of the world.
    Ok(match east {
        None => one(edges),
        Some(east) if not => all(vec![one(edges), one(east)]),
        Some(east) => any(vec![one(edges), one(east)]),
    })
}

/// The same of points: each asks whether the position it is inside the geometry, on its boundary or outside (DE-9IM).
fn lies(relation: Relation, shape: &Shape, at: Place, not: bool, work: &Work<'_>) -> Result<Filter, QueryError> {
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
    let region = Region::of(shape, work).map_err(|stopped| too_dear(shape, at, stopped))?;
    Ok(Filter::Lies(Box::new(Lies { region, wanted })))
}

fn too_dear(shape: &Shape, at: Place, stopped: Stopped) -> QueryError {
    match stopped {
        Stopped::Dear(limit) => {
            let message =
                format!("the geometry of {} positions costs more than {limit} looks at rows", shape.positions());
            error(message, at.0).hint("one with fewer corners".to_string()).because(stopped)
        }
        Stopped::Gone => error("it was given up", at.0).because(stopped),
    }
}

/// Whether all of a shape is one step of the grid.
fn is_one_point(shape: &Shape) -> bool {
    match shape {
        Shape::Points(points) => {
            let step = |position: &[f64; 2]| mercator::project(position[0], position[1]);
            points.first().is_some_and(|first| points.iter().all(|point| step(point) == step(first)))
        }
        _ => false,
    }
}
