//! A geometry as written: what may be wrong with it, and its text.

use crate::formula::Value;
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt;

/// Longitude and latitude in degrees.
pub type Position = [f64; 2];

/// A geometry in degrees. Heights are left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `POINT` or `MULTIPOINT`.
    Points(Vec<Position>),
    /// `LINESTRING` or `MULTILINESTRING`.
    Lines(Vec<Vec<Position>>),
    /// `POLYGON` or `MULTIPOLYGON`: of each its outer ring and its holes, closed.
    Polygons(Vec<Vec<Vec<Position>>>),
    /// `GEOMETRYCOLLECTION`
    Collection(Vec<Shape>),
    /// `BBOX`: west, south, east, north; over the antimeridian where west > east.
    Box([f64; 4]),
}

impl Shape {
    /// What is wrong with it, if anything: the complaint.
    ///
    /// # Errors
    /// For positions beyond all degrees, lines of one position, and rings that are open or too short.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Self::Points(points) => points.iter().try_for_each(check_position),
            Self::Lines(lines) => lines.iter().try_for_each(|line| {
                if line.len() < 2 {
                    return Err("a line has one position, expected two or more".to_string());
                }
                line.iter().try_for_each(check_position)
            }),
            Self::Polygons(polygons) => polygons.iter().flatten().try_for_each(|ring| {
                ring.iter().try_for_each(check_position)?;
                match (ring.first(), ring.last()) {
                    (Some(first), Some(last)) if first == last && ring.len() >= 4 => Ok(()),
                    (Some(first), Some(last)) if first != last => Err(format!(
                        "a ring begins at {} and ends at {}, expected it to end where it begins",
                        Written(first),
                        Written(last)
                    )),
                    _ => Err(format!("a ring has {} positions, expected four or more", ring.len())),
                }
            }),
            Self::Collection(shapes) => shapes.iter().try_for_each(Self::check),
            Self::Box(_) => Ok(()),
        }
    }

    /// Bytes held, about.
    pub(crate) fn positions(&self) -> usize {
        match self {
            Self::Points(points) => points.len(),
            Self::Lines(lines) => lines.iter().map(Vec::len).sum(),
            Self::Polygons(polygons) => polygons.iter().flatten().map(Vec::len).sum(),
            Self::Collection(shapes) => shapes.iter().map(Self::positions).sum(),
            Self::Box(_) => 2,
        }
    }
}

fn check_position(position: &Position) -> Result<(), String> {
    let [lon, lat] = *position;
    if (-180.0..=360.0).contains(&lon) && (-90.0..=90.0).contains(&lat) {
        return Ok(());
    }
    Err(format!(
        "got the position {}, expected a longitude from -180 to 360 and a latitude from -90 to 90",
        Written(position)
    ))
}

/// A position as text.
struct Written<'a>(&'a Position);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [lon, lat] = self.0.map(Value::number);
        write!(f, "{lon} {lat}")
    }
}

/// A list in parentheses.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    one: fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        f.write_str(if i == 0 { "(" } else { "," })?;
        one(f, item)?;
    }
    f.write_str(")")
}

fn line(f: &mut fmt::Formatter<'_>, line: &[Position]) -> fmt::Result {
    list(f, line, |f, position| write!(f, "{}", Written(position)))
}

fn polygon(f: &mut fmt::Formatter<'_>, rings: &[Vec<Position>]) -> fmt::Result {
    list(f, rings, |f, ring| line(f, ring))
}

/// The geometry as WKT; one of a kind is written without `MULTI`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points(points) if points.len() == 1 => write!(f, "POINT({})", Written(&points[0])),
            Self::Points(points) => {
                f.write_str("MULTIPOINT")?;
                list(f, points, |f, position| write!(f, "({})", Written(position)))
            }
            Self::Lines(lines) if lines.len() == 1 => {
                f.write_str("LINESTRING")?;
                line(f, &lines[0])
            }
            Self::Lines(lines) => {
                f.write_str("MULTILINESTRING")?;
                list(f, lines, |f, each| line(f, each))
            }
            Self::Polygons(polygons) if polygons.len() == 1 => {
                f.write_str("POLYGON")?;
                polygon(f, &polygons[0])
            }
            Self::Polygons(polygons) => {
                f.write_str("MULTIPOLYGON")?;
                list(f, polygons, |f, each| polygon(f, each))
            }
            Self::Collection(shapes) => {
                f.write_str("GEOMETRYCOLLECTION")?;
                list(f, shapes, |f, shape| write!(f, "{shape}"))
            }
            Self::Box(sides) => {
                let [west, south, east, north] = sides.map(Value::number);
                write!(f, "BBOX({west},{south},{east},{north})")
            }
        }
    }
}
