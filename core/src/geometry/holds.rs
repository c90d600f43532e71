//! Whether all of one shape lies inside another, for certain: what a subset has to know that was cut out with a polygon.
//!
//! Where no edge of one meets an edge of the other, a ring is whole inside or whole outside. All of an area then lies in another if
//! its rings are in there, and none of the other's rings is in it. Where edges meet, which also those of equal shapes do, nothing is said.

use super::{
    Position, Region, Shape,
    cell::{Cell, Location},
    parts::Edge,
    side::side,
};
use crate::{
    outlines::WORLD,
    small::work::Work,
    space::mercator::{MAX_LATITUDE, World, project_free},
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Steps around the world.
const AROUND: f64 = 4_294_967_296.0;

impl Shape {
    /// Whether every position in another area, or on its border, is inside this one: whether edges are straight in degrees, as they are
    /// for points, or on the map, as they are for lines and polygons.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.holds_straight(other) && self.on_map().holds_straight(&other.on_map())
    }

    /// The same with heights on the map in the place of latitudes.
    fn on_map(&self) -> Self {
        // Within latitudes, so that it stays a geometry.
        let height = |lat: f64| {
            let y = project_free(0.0, lat).map_or(0.5, |[_, y]| y as f64 / WORLD as f64);
            (0.5 - y) * 2.0 * MAX_LATITUDE
        };
        let ring = |ring: &Vec<Position>| ring.iter().map(|&[lon, lat]| [lon, height(lat)]).collect::<Vec<_>>();
        match self {
            Self::Points(points) => Self::Points(ring(points)),
            Self::Lines(lines) => Self::Lines(lines.iter().map(ring).collect()),
            Self::Polygons(polygons) => {
                Self::Polygons(polygons.iter().map(|rings| rings.iter().map(ring).collect()).collect())
            }
            Self::Collection(shapes) => Self::Collection(shapes.iter().map(Self::on_map).collect()),
            Self::Box([west, south, east, north]) => Self::Box([*west, height(*south), *east, height(*north)]),
        }
    }

    fn holds_straight(&self, other: &Self) -> bool {
        let regions = [self, other].map(|shape| Region::of(shape, &Work::free()));
        let [Ok(outer), Ok(inner)] = regions else { return false };
        let plain = |region: &Region| {
            region.parts.parts.iter().all(|part| part.area) && region.parts.edges.iter().all(in_world)
        };
        plain(&outer)
            && plain(&inner)
            && !inner.parts.edges.is_empty()
            && inner.parts.edges.iter().all(|edge| outer.parts.edges.iter().all(|other| apart(edge, other)))
            && rings(&inner.parts.edges).all(|corner| outer.location(corner) == Location::Inside)
            && rings(&outer.parts.edges).all(|corner| inner.location(corner) == Location::Outside)
    }
}

impl Region {
    /// Where a position lies, by all edges.
    fn location(&self, world: World) -> Location {
        let mut start = 0;
        let groups = self.groups.iter().map(|group| {
            let edges = &self.edges[start..start + group.edges as usize];
            start += edges.len();
            (&self.parts.parts[group.part as usize], group.inside, edges)
        });
        Cell::world().locate(world, groups, &self.parts.edges)
    }
}

/// Whether an edge is in the square world, and is no copy of another on the other side of the antimeridian.
fn in_world(edge: &Edge) -> bool {
    edge.top >= 0 && edge.bottom < 1 << 32 && [edge.a, edge.b].iter().all(|[lon, _]| (-180.0..180.0).contains(lon))
}

/// A corner of each ring: where an edge does not go on from the one before.
fn rings(edges: &[Edge]) -> impl Iterator<Item = World> {
    let first = |at: usize| at == 0 || edges[at - 1].b != edges[at].a;
    edges.iter().enumerate().filter(move |(at, _)| first(*at)).map(|(_, edge)| {
        let row = if edge.a[1] > edge.b[1] { edge.top } else { edge.bottom };
        World { x: ((edge.a[0] + 180.0) / 360.0 * AROUND) as u32, y: row as u32 }
    })
}

/// Whether two edges have nothing in common, for certain.
fn apart(&Edge { a, b, .. }: &Edge, &Edge { a: c, b: d, .. }: &Edge) -> bool {
    let beside =
        |axis: usize| a[axis].max(b[axis]) < c[axis].min(d[axis]) || c[axis].max(d[axis]) < a[axis].min(b[axis]);
    let whole = |sides: [Ordering; 2]| sides[0] != Ordering::Equal && sides[0] == sides[1];
    beside(0) || beside(1) || whole([side(a, b, c), side(a, b, d)]) || whole([side(c, d, a), side(c, d, b)])
}
