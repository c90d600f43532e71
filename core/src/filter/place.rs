//! Conditions on the position: boxes, and `lon` and `lat` as if they were columns, as ranges of world x and y.
//!
//! Degrees of a row are the centre of its world step, and those of a filter are, too: a row is met by what is shown of it, a step
//! being about a centimetre. They grow with x and fall with y, so a range of degrees is a range of steps, found by binary search:
//! exact, and evaluated on the keys alone. A position is never null.

use super::{
    build::check_box,
    condition::{self, Condition},
    error,
    fitted::{Filter, Test, all, any},
};
use crate::{
    formula::{Property, Value},
    geometry::Shape,
    small::error::QueryError,
    space::{
        mercator::{self, World, latitude, longitude},
        tile::TileId,
    },
    table::{values::Kind, view::Table},
};
use alloc::{format, string::String, vec, vec::Vec};

/// A coordinate by its name in filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Lon,
    Lat,
}

impl Axis {
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "lon" => Some(Self::Lon),
            "lat" => Some(Self::Lat),
            _ => None,
        }
    }
}

/// The rows where a condition on a coordinate is true, or, with `not`, those where it is false.
pub(super) fn degrees(
    axis: Axis,
    property: &Property,
    condition: Condition<'_>,
    not: bool,
) -> Result<Filter, QueryError> {
    let name = &property.name;
    match condition {
        Condition::IsNull => return Ok(Filter::Constant(not)),
        Condition::Like => return Err(condition::not_text(name, Kind::Float, property, "LIKE")),
        Condition::Holds => {
            let message = format!("the coordinate \"{name}\" is a number, expected a comparison after it");
            return Err(error(message, property.place.0));
        }
        _ if property.fold.any() => {
            let function = property.fold.names().next().unwrap_or_default();
            return Err(condition::not_text(name, Kind::Float, property, function));
        }
        _ => {}
    }
    let ranges = condition::ranges(condition, |literal| {
        if matches!(literal.value, Value::Integer(_) | Value::Decimal(_)) {
            Ok(bounds(axis, &literal.value))
        } else {
            Err(condition::mismatch(name, Kind::Float, literal))
        }
    })?;
    let steps = condition::within(ranges, condition::FLOATS, not).into_iter().filter_map(|(low, high)| {
        let (first, last) = match axis {
            Axis::Lon => (
                partition(|x| condition::rank(longitude(x)) < low),
                partition(|x| condition::rank(longitude(x)) <= high),
            ),
            Axis::Lat => {
                (partition(|y| condition::rank(latitude(y)) > high), partition(|y| condition::rank(latitude(y)) >= low))
            }
        };
        // Half-open becomes closed; nothing is left out.
        let last = last.checked_sub(1)?;
        (first <= last).then_some((first as u32, last as u32))
    });
    Ok(any(steps.map(|(first, last)| range(axis, first, last)).collect()))
}

/// A number as positions have it, in ranks: the centre of its step, so that a row is met by the degrees that are shown of it.
fn bounds(axis: Axis, value: &Value) -> (i128, i128) {
    let number = match value {
        Value::Integer(whole) => *whole as f64,
        Value::Decimal(number) => *number,
        _ => f64::NAN,
    };
    let centre = match axis {
        // 180° is beyond the last step, not in the first.
        Axis::Lon if (-180.0..180.0).contains(&number) => mercator::project(number, 0.0).map(|at| longitude(at.x)),
        Axis::Lat if number.abs() <= mercator::MAX_LATITUDE => mercator::project(0.0, number).map(|at| latitude(at.y)),
        _ => None,
    };
    centre.map_or_else(|| condition::float_bounds(value), |centre| (condition::rank(centre), condition::rank(centre)))
}

fn range(axis: Axis, first: u32, last: u32) -> Filter {
    match axis {
        _ if (first, last) == (0, u32::MAX) => Filter::Constant(true),
        Axis::Lon => Filter::X(first, last),
        Axis::Lat => Filter::Y(first, last),
    }
}

/// The first step that fails a test, where all that pass stand before all that fail; 2³² if none fails.
fn partition(test: impl Fn(u32) -> bool) -> u64 {
    let (mut low, mut high) = (0u64, 1 << 32);
    while low < high {
        let middle = low.midpoint(high);
        if test(middle as u32) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The rows in a box of degrees: west, south, east, north. The corners are projected as points are, and the box is
/// closed on all sides; west > east crosses the antimeridian.
fn inside(sides: [f64; 4]) -> Result<Filter, String> {
    let Steps { x, y: (first, last) } = Steps::of(sides)?;
    let x = x.map_or(Filter::Constant(true), |(first, last)| Filter::X(first, last));
    Ok(all(vec![x, range(Axis::Lat, first, last)]))
}

/// The same, with rows that lie beyond the edge of the map where they are.
///
/// Of rows that are more than points, those whose own box has something in common with it.
pub(crate) fn inside_of(sides: [f64; 4], table: &Table<'_>) -> Result<Filter, String> {
    if table.outlined().is_some() {
        let Steps { x, y } = Steps::of(sides)?;
        return Ok(Filter::Meets { x, y });
    }
    let drawn = inside(sides)?;
    let [_, south, _, north] = sides;
    // All that is beyond an edge is drawn at it, so a box that ends beyond one holds too much.
    let cuts = |side: f64| side.abs() > mercator::MAX_LATITUDE && side.abs() < 90.0;
    match table.roles().latitude.filter(|_| cuts(south) || cuts(north)) {
        None => Ok(drawn),
        Some(index) => Ok(all(vec![drawn, Filter::Column(index, Test::Floats { min: south, max: north, not: false })])),
    }
}

/// A box in steps of the world, closed on all sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Steps {
    /// First and last x; first > last runs over the antimeridian. `None` for the whole round.
    x: Option<(u32, u32)>,
    y: (u32, u32),
}

impl Steps {
    /// Of a box in degrees.
    pub(crate) fn of(sides: [f64; 4]) -> Result<Self, String> {
        check_box(sides)?;
        let [west, south, east, north] = sides;
        let (Some(north_west), Some(south_east)) = (mercator::project(west, north), mercator::project(east, south))
        else {
            return Err("a corner has no position".into());
        };
        // Less than a step is left out: that is the whole round.
        let round = 360.0 - (east - west) < 360.0 / 4_294_967_296.0;
        let x = (north_west.x, south_east.x);
        Ok(Self {
            x: Some(x).filter(|(first, last)| !round && last.wrapping_add(1) != *first),
            y: (north_west.y, south_east.y),
        })
    }

    /// Of a tile; with all whose outlines or squares come into its buffer, if rows are more than points.
    pub(crate) fn of_tile(tile: TileId, outlined: bool) -> Self {
        let (World { x, y }, more) = (tile.corner(), u32::MAX.checked_shr(tile.z().into()).unwrap_or(0));
        // A thirty-second of its width for the buffer, and half a square, which is less, for what stands for a row.
        let beside = if outlined { more / 16 } else { 0 };
        let x = (tile.z() > 2 || (tile.z() > 0 && !outlined))
            .then(|| (x.wrapping_sub(beside), (x + more).wrapping_add(beside)));
        Self { x, y: (y.saturating_sub(beside), (y + more).saturating_add(beside)) }
    }

    /// Its outermost rows as a box in degrees; `None` where it runs over the antimeridian or around the world.
    pub(crate) fn degrees(self) -> Option<Shape> {
        let (first, last) = self.x.filter(|(first, last)| first <= last)?;
        let (north, south) = (latitude(self.y.0), latitude(self.y.1));
        Some(Shape::Box([longitude(first), south, longitude(last), north]))
    }

    /// First and last x, first and last y.
    pub(super) const fn sides(self) -> (Option<(u32, u32)>, (u32, u32)) {
        (self.x, self.y)
    }

    /// Whether all of another box is in this one.
    pub(crate) fn holds(self, other: Self) -> bool {
        let round = match (self.x, other.x) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some((first, last)), Some((from, to))) => {
                let (skipped, width) = (from.wrapping_sub(first), to.wrapping_sub(from));
                u64::from(skipped) + u64::from(width) <= u64::from(last.wrapping_sub(first))
            }
        };
        round && self.y.0 <= other.y.0 && other.y.1 <= self.y.1
    }
}

/// The rows outside a box that [`inside`] gave.
pub(super) fn outside(inside: &Filter) -> Filter {
    match inside {
        Filter::Constant(constant) => Filter::Constant(!constant),
        Filter::All(parts) => any(parts.iter().map(outside).collect()),
        Filter::X(first, last) if last.wrapping_add(1) == *first => Filter::Constant(false),
        Filter::X(first, last) => wrapping(last.wrapping_add(1), first.wrapping_sub(1)),
        Filter::Y(first, last) => {
            let above = first.checked_sub(1).map(|end| Filter::Y(0, end));
            let below = last.checked_add(1).map(|start| Filter::Y(start, u32::MAX));
            any(above.into_iter().chain(below).collect::<Vec<_>>())
        }
        Filter::Column(index, Test::Floats { min, max, not }) => {
            Filter::Column(*index, Test::Floats { min: *min, max: *max, not: !not })
        }
        _ => Filter::Constant(false),
    }
}

/// A range of x that may run over the antimeridian; the whole round is no condition.
fn wrapping(first: u32, last: u32) -> Filter {
    if last.wrapping_add(1) == first { Filter::Constant(true) } else { Filter::X(first, last) }
}
