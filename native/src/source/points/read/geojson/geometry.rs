//! A geometry of GeoJSON becomes well-known binary: what it says is kept, what is wrong with it is found where that is read.

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::fmt;

/// The well-known binary of a text that is a geometry, or a feature with one. `None` where it is none.
pub(in crate::source::points::read) fn binary(text: &str) -> Option<Vec<u8>> {
    let object: Object = serde_json::from_str(text).ok()?;
    let mut out = Vec::new();
    object.geometry.map_or(object.own, |inner| *inner).write(&mut out)?;
    Some(out)
}

/// A geometry, or a feature with one.
struct Object {
    geometry: Option<Box<Geometry>>,
    own: Geometry,
}

/// A geometry as it is written.
#[derive(Debug, Default)]
pub(super) struct Geometry {
    pub kind: String,
    pub coordinates: Option<Coordinates>,
    pub geometries: Vec<Geometry>,
}

/// Numbers, in lists as deep as the kind of the geometry has them.
#[derive(Debug)]
pub(super) enum Coordinates {
    Number(f64),
    /// Two numbers or more.
    Position(f64, f64, Option<f64>),
    List(Vec<Coordinates>),
}

impl Geometry {
    /// Appends its well-known binary. `None` where kind and coordinates do not fit.
    pub fn write(&self, out: &mut Vec<u8>) -> Option<()> {
        if self.kind == "GeometryCollection" {
            head(out, 7, false);
            count(out, self.geometries.len());
            return self.geometries.iter().try_for_each(|geometry| geometry.write(out));
        }
        let coordinates = self.coordinates.as_ref()?;
        let deep = coordinates.is_deep();
        match self.kind.as_str() {
            "Point" => point(coordinates, deep, out),
            "LineString" => line(coordinates, deep, out),
            "Polygon" => polygon(coordinates, deep, out),
            "MultiPoint" => several(4, coordinates, deep, out, point),
            "MultiLineString" => several(5, coordinates, deep, out, line),
            "MultiPolygon" => several(6, coordinates, deep, out, polygon),
            _ => None,
        }
    }
}

type Write = fn(&Coordinates, bool, &mut Vec<u8>) -> Option<()>;

fn several(kind: u32, all: &Coordinates, deep: bool, out: &mut Vec<u8>, each: Write) -> Option<()> {
    let list = all.list()?;
    head(out, kind, deep);
    count(out, list.len());
    list.iter().try_for_each(|one| each(one, deep, out))
}

fn point(at: &Coordinates, deep: bool, out: &mut Vec<u8>) -> Option<()> {
    head(out, 1, deep);
    if matches!(at, Coordinates::List(list) if list.is_empty()) {
        return position(&Coordinates::Position(f64::NAN, f64::NAN, None), deep, out);
    }
    position(at, deep, out)
}

fn line(path: &Coordinates, deep: bool, out: &mut Vec<u8>) -> Option<()> {
    head(out, 2, deep);
    positions(path, deep, out)
}

fn polygon(rings: &Coordinates, deep: bool, out: &mut Vec<u8>) -> Option<()> {
    let rings = rings.list()?;
    head(out, 3, deep);
    count(out, rings.len());
    rings.iter().try_for_each(|ring| positions(ring, deep, out))
}

fn positions(path: &Coordinates, deep: bool, out: &mut Vec<u8>) -> Option<()> {
    let path = path.list()?;
    count(out, path.len());
    path.iter().try_for_each(|at| position(at, deep, out))
}

fn position(at: &Coordinates, deep: bool, out: &mut Vec<u8>) -> Option<()> {
    let (x, y, z) = match *at {
        Coordinates::Position(x, y, z) => (x, y, z),
        // `null`: a position without a place.
        Coordinates::Number(number) if number.is_nan() => (f64::NAN, f64::NAN, None),
        _ => return None,
    };
    out.extend_from_slice(&x.to_le_bytes());
    out.extend_from_slice(&y.to_le_bytes());
    if deep {
        out.extend_from_slice(&z.unwrap_or(f64::NAN).to_le_bytes());
    }
    Some(())
}

/// Little-endian, and as ISO has it with a third number.
fn head(out: &mut Vec<u8>, kind: u32, deep: bool) {
    out.push(1);
    out.extend_from_slice(&(if deep { kind + 1000 } else { kind }).to_le_bytes());
}

fn count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

impl Coordinates {
    fn list(&self) -> Option<&[Self]> {
        /// Positions without a place.
        static NULLS: [Coordinates; 2] = [Coordinates::Number(f64::NAN), Coordinates::Number(f64::NAN)];
        match self {
            Self::List(list) => Some(list),
            // A list of nothing but these looks like a position of `null`.
            Self::Position(x, y, _) if x.is_nan() && y.is_nan() => Some(&NULLS),
            _ => None,
        }
    }

    /// Whether some position has a third number.
    fn is_deep(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Position(_, _, z) => z.is_some(),
            Self::List(list) => list.iter().any(Self::is_deep),
        }
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Coordinates;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("coordinates")
            }

            fn visit_f64<E>(self, value: f64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(value as f64))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(value as f64))
            }

            // What writers make of NaN.
            fn visit_unit<E>(self) -> Result<Coordinates, E> {
                Ok(Coordinates::Number(f64::NAN))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Coordinates, A::Error> {
                let list = |mut list: Vec<Coordinates>, mut seq: A| {
                    while let Some(next) = seq.next_element()? {
                        list.push(next);
                    }
                    Ok(Coordinates::List(list))
                };
                let x = match seq.next_element()? {
                    Some(Coordinates::Number(x)) => x,
                    Some(other) => return list(vec![other], seq),
                    None => return Ok(Coordinates::List(Vec::new())),
                };
                let y = match seq.next_element()? {
                    Some(Coordinates::Number(y)) => y,
                    // The first of a list of positions was `null`.
                    Some(other) => return list(vec![Coordinates::Number(x), other], seq),
                    None => f64::NAN,
                };
                let z = match seq.next_element()? {
                    Some(Coordinates::Number(z)) => Some(z),
                    Some(other) => return list(vec![Coordinates::Number(x), Coordinates::Number(y), other], seq),
                    None => None,
                };
                let mut before = vec![x, y];
                before.extend(z);
                while let Some(next) = seq.next_element()? {
                    match next {
                        Coordinates::Number(more) => before.push(more),
                        other => {
                            let nulls = before.into_iter().map(Coordinates::Number);
                            return list(nulls.chain([other]).collect(), seq);
                        }
                    }
                }
                Ok(Coordinates::Position(x, y, z))
            }
        }
        deserializer.deserialize_any(All)
    }
}

impl<'de> Deserialize<'de> for Geometry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Object::deserialize(deserializer).map(|object| object.own)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a geometry")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object { geometry: None, own: Geometry::default() };
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "type" => object.own.kind = map.next_value()?,
                        "coordinates" => object.own.coordinates = Some(map.next_value()?),
                        "geometries" => object.own.geometries = map.next_value()?,
                        "geometry" => object.geometry = map.next_value()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(object)
            }
        }
        deserializer.deserialize_map(Members)
    }
}
