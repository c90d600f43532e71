//! Where a position lies to a geometry, in the plainest way: every edge is looked at, and the winding number decides.

use duotile_core::{Geometry, Position, World, filter::Relation, mercator};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spot {
    Inside,
    Border,
    Outside,
}

/// Whether a predicate holds of a row, for a geometry whose corners are put on the grid as rows are.
pub fn holds(relation: Relation, shape: &Geometry, row: Position) -> bool {
    let spot = spot(shape, row);
    match relation {
        Relation::Intersects => spot != Spot::Outside,
        Relation::Disjoint => spot == Spot::Outside,
        Relation::Touches => spot == Spot::Border,
        Relation::Within => spot == Spot::Inside,
        Relation::Overlaps | Relation::Crosses => false,
        Relation::Equals | Relation::Contains => match shape {
            Geometry::Points(points) => points.iter().all(|point| on_grid(*point, 0.0, true) == row),
            _ => false,
        },
    }
}

/// Around the antimeridian a row is looked for on both sides.
pub fn spot(shape: &Geometry, row: Position) -> Spot {
    let spots = [0.0, 360.0].map(|shift| flat(shape, row, shift));
    union(spots.into_iter())
}

fn union(spots: impl Iterator<Item = Spot>) -> Spot {
    spots.fold(Spot::Outside, |all, spot| match (all, spot) {
        (Spot::Inside, _) | (_, Spot::Inside) => Spot::Inside,
        (Spot::Border, _) | (_, Spot::Border) => Spot::Border,
        _ => Spot::Outside,
    })
}

/// The centre of the step a position is in, so many degrees to the west.
fn on_grid([lon, lat]: Position, shift: f64, point: bool) -> Position {
    let steps = 4_294_967_296.0;
    let step = ((lon + 180.0) / 360.0 * steps).floor() - shift / 360.0 * steps;
    let lon = (step + 0.5) / steps * 360.0 - 180.0;
    if !point && lat.abs() > mercator::MAX_LATITUDE {
        return [lon, lat];
    }
    let World { y, .. } = mercator::project(0.0, lat).expect("usable");
    [lon, mercator::latitude(y)]
}

fn flat(shape: &Geometry, p: Position, shift: f64) -> Spot {
    let corner = |position: &Position| on_grid(*position, shift, false);
    match shape {
        Geometry::Points(points) => {
            let met = points.iter().any(|point| on_grid(*point, shift, true) == p);
            if met { Spot::Inside } else { Spot::Outside }
        }
        Geometry::Lines(lines) => {
            let lines: Vec<Vec<Position>> = lines.iter().map(|line| line.iter().map(corner).collect()).collect();
            let ends = lines.iter().filter(|line| line[0] == p).count()
                + lines.iter().filter(|line| line[line.len() - 1] == p).count();
            let on = lines.iter().flat_map(|line| line.windows(2)).any(|edge| on_edge(edge[0], edge[1], p));
            match (on, ends % 2) {
                (true, 1) => Spot::Border,
                (true, _) => Spot::Inside,
                _ => Spot::Outside,
            }
        }
        Geometry::Polygons(polygons) => union(polygons.iter().map(|rings| {
            let rings: Vec<Vec<Position>> = rings.iter().map(|ring| ring.iter().map(corner).collect()).collect();
            polygon(&rings, p)
        })),
        Geometry::Collection(shapes) => union(shapes.iter().map(|shape| flat(shape, p, shift))),
        Geometry::Box([west, south, east, north]) => {
            let east = if west > east { east + 360.0 } else { *east };
            let [a, b] = [corner(&[*west, *south]), corner(&[east, *north])];
            let closed = (a[0]..=b[0]).contains(&p[0]) && (a[1]..=b[1]).contains(&p[1]);
            let open = a[0] < p[0] && p[0] < b[0] && a[1] < p[1] && p[1] < b[1];
            match (open, closed) {
                (true, _) => Spot::Inside,
                (false, true) => Spot::Border,
                _ => Spot::Outside,
            }
        }
    }
}

/// Odd winding of all rings together is inside.
fn polygon(rings: &[Vec<Position>], p: Position) -> Spot {
    let edges = || rings.iter().flat_map(|ring| ring.windows(2)).map(|edge| (edge[0], edge[1]));
    if edges().any(|(a, b)| on_edge(a, b, p)) {
        return Spot::Border;
    }
    let winding: i32 = edges()
        .map(|(a, b)| {
            let left = cross(a, b, p) > 0.0;
            match (a[1] <= p[1], b[1] <= p[1]) {
                (true, false) if left => 1,
                (false, true) if !left => -1,
                _ => 0,
            }
        })
        .sum();
    // Each turn around is one crossing of a ray more or less.
    if winding % 2 == 0 { Spot::Outside } else { Spot::Inside }
}

fn cross(a: Position, b: Position, p: Position) -> f64 {
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
}

fn on_edge(a: Position, b: Position, p: Position) -> bool {
    let between = |axis: usize| a[axis].min(b[axis]) <= p[axis] && p[axis] <= a[axis].max(b[axis]);
    between(0) && between(1) && (a == p || b == p || cross(a, b, p) == 0.0)
}
