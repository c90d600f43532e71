//! Tiles read back by `mvt-reader`, a decoder that is not ours.

use mvt_reader::{Reader, feature::Value};
use std::collections::BTreeMap;

/// A feature as plain data.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its id.
    pub id: Option<u64>,
    /// The vertices in tile units: one for a point, the closed ring for a square.
    pub vertices: Vec<(i32, i32)>,
    /// Properties by name.
    pub properties: BTreeMap<String, Property>,
}

/// A property value; integers of every wire type are one.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// `int_value`, `uint_value` or `sint_value`.
    Integer(i64),
    /// `double_value`.
    Double(f64),
    /// `float_value`.
    Float(f32),
    /// `string_value`.
    Text(String),
    /// `bool_value`.
    Boolean(bool),
}

/// The features of a tile's only layer; none for an empty tile.
///
/// # Panics
/// When the tile is not a valid one with a layer `t` of version 2 and extent 4096.
#[must_use]
pub fn decode(tile: &[u8]) -> Vec<Feature> {
    if tile.is_empty() {
        return Vec::new();
    }
    let reader = Reader::new(tile.to_vec()).expect("a tile");
    let layers = reader.get_layer_metadata().expect("layers");
    assert_eq!(layers.len(), 1);
    assert_eq!((layers[0].name.as_str(), layers[0].version, layers[0].extent), ("t", 2, 4096));
    let features = reader.get_features_as::<i32>(0).expect("features");
    assert!(!features.is_empty(), "a layer has features");
    features
        .into_iter()
        .map(|feature| Feature {
            id: feature.id,
            vertices: geo_vertices(&feature.geometry),
            properties: feature
                .properties
                .unwrap_or_default()
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect(),
        })
        .collect()
}

fn geo_vertices(geometry: &geo_types::Geometry<i32>) -> Vec<(i32, i32)> {
    match geometry {
        geo_types::Geometry::Point(point) => vec![(point.x(), point.y())],
        geo_types::Geometry::MultiPoint(points) => points.iter().map(|point| (point.x(), point.y())).collect(),
        geo_types::Geometry::Polygon(polygon) => polygon.exterior().coords().map(|c| (c.x, c.y)).collect(),
        geo_types::Geometry::MultiPolygon(polygons) => {
            polygons.iter().flat_map(|polygon| polygon.exterior().coords().map(|c| (c.x, c.y))).collect()
        }
        other => panic!("{other:?} is neither a point nor a polygon"),
    }
}

impl From<Value> for Property {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Float(value) => Self::Float(value),
            Value::Double(value) => Self::Double(value),
            Value::Int(value) | Value::SInt(value) => Self::Integer(value),
            Value::UInt(value) => Self::Integer(value.cast_signed()),
            Value::Bool(value) => Self::Boolean(value),
            Value::Null => panic!("a value without a value"),
        }
    }
}
