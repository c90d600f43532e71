//! Geometries as CQL2 JSON: GeoJSON, and `{"bbox": [west, south, east, north]}`.

use super::{
    build, error,
    json::{Json, Node},
    spatial,
};
use crate::{
    geometry::{Position, Shape},
    small::error::QueryError,
};
use alloc::{format, string::String, vec, vec::Vec};

/// The geometry of an object; `None` if it is something else.
pub(super) fn shape(json: &Json) -> Option<Result<Shape, QueryError>> {
    let Node::Object(members) = &json.node else { return None };
    let member = |name: &str| members.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    match (member("type"), member("bbox")) {
        (Some(Json { node: Node::Text(kind), .. }), _) => Some(typed(kind, json, member)),
        (None, Some(sides)) => Some(
            list(sides, number)
                .and_then(|list| spatial::sides(&list).map(Shape::Box).map_err(|message| error(message, sides.place))),
        ),
        _ => None,
    }
}

fn typed<'a>(kind: &str, json: &'a Json, member: impl Fn(&str) -> Option<&'a Json>) -> Result<Shape, QueryError> {
    let missing = |name: &str| error(format!("expected {name:?} beside \"type\""), json.place);
    if kind == "GeometryCollection" {
        let geometries = member("geometries").ok_or_else(|| missing("geometries"))?;
        let one = |json: &Json| shape(json).unwrap_or_else(|| Err(error("got no geometry", json.place)));
        return list(geometries, one).map(Shape::Collection);
    }
    let coordinates = member("coordinates").ok_or_else(|| missing("coordinates"))?;
    Ok(match kind {
        "Point" => Shape::Points(vec![position(coordinates)?]),
        "MultiPoint" => Shape::Points(list(coordinates, position)?),
        "LineString" => Shape::Lines(vec![line(coordinates)?]),
        "MultiLineString" => Shape::Lines(list(coordinates, line)?),
        "Polygon" => Shape::Polygons(vec![list(coordinates, line)?]),
        "MultiPolygon" => Shape::Polygons(list(coordinates, |json| list(json, line))?),
        _ => return Err(error(format!("got the type {kind:?}, expected that of a GeoJSON geometry"), json.place)),
    })
}

fn list<T>(json: &Json, one: impl Fn(&Json) -> Result<T, QueryError>) -> Result<Vec<T>, QueryError> {
    match &json.node {
        Node::List(items) if !items.is_empty() => items.iter().map(one).collect(),
        Node::List(_) => Err(error("got an empty list, expected a geometry that is somewhere", json.place)),
        _ => Err(error(format!("got {}, expected a list", json.describe()), json.place)),
    }
}

fn line(json: &Json) -> Result<Vec<Position>, QueryError> {
    list(json, position)
}

/// Longitude and latitude; what follows is left out.
fn position(json: &Json) -> Result<Position, QueryError> {
    match list(json, number)?[..] {
        [lon, lat, ..] => Ok([lon, lat]),
        _ => Err(error(String::from("got one number, expected a longitude and a latitude"), json.place)),
    }
}

fn number(json: &Json) -> Result<f64, QueryError> {
    match &json.node {
        Node::Number(digits) => build::number(digits, json.place).map(|value| spatial::degrees(&value)),
        _ => Err(error(format!("got {}, expected degrees", json.describe()), json.place)),
    }
}
