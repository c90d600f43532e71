//! An independent reader of Mapbox Vector Tiles: message types derived with `prost`, no line shared with the writer.
//!
//! Bytes enter, [`Layer`]s with decoded geometry and properties leave, or what the specification forbids about them. For
//! `inspect` and tests; the server never reads tiles.

mod size;

pub(crate) use size::counted;

use anyhow::{Context as _, Result, bail, ensure};
use prost::Message;
use std::{collections::HashSet, fmt};

/// The messages of the specification, version 2.1.
mod wire {
    use prost::Message;

    #[derive(Clone, PartialEq, Message)]
    pub struct Tile {
        #[prost(message, repeated, tag = "3")]
        pub layers: Vec<Layer>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Layer {
        #[prost(uint32, optional, tag = "15")]
        pub version: Option<u32>,
        #[prost(string, optional, tag = "1")]
        pub name: Option<String>,
        #[prost(message, repeated, tag = "2")]
        pub features: Vec<Feature>,
        #[prost(string, repeated, tag = "3")]
        pub keys: Vec<String>,
        #[prost(message, repeated, tag = "4")]
        pub values: Vec<Value>,
        #[prost(uint32, optional, tag = "5")]
        pub extent: Option<u32>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Feature {
        #[prost(uint64, optional, tag = "1")]
        pub id: Option<u64>,
        #[prost(uint32, repeated, tag = "2")]
        pub tags: Vec<u32>,
        #[prost(int32, optional, tag = "3")]
        pub kind: Option<i32>,
        #[prost(uint32, repeated, tag = "4")]
        pub geometry: Vec<u32>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Value {
        #[prost(string, optional, tag = "1")]
        pub text: Option<String>,
        #[prost(float, optional, tag = "2")]
        pub float: Option<f32>,
        #[prost(double, optional, tag = "3")]
        pub double: Option<f64>,
        #[prost(int64, optional, tag = "4")]
        pub int: Option<i64>,
        #[prost(uint64, optional, tag = "5")]
        pub uint: Option<u64>,
        #[prost(sint64, optional, tag = "6")]
        pub sint: Option<i64>,
        #[prost(bool, optional, tag = "7")]
        pub boolean: Option<bool>,
    }
}

/// A layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Version of the specification.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// Local units a side.
    pub extent: u32,
    /// Its features.
    pub features: Vec<Feature>,
}

/// A feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Its id.
    pub id: Option<u64>,
    /// Its geometry.
    pub geometry: Geometry,
    /// Its properties, in their order.
    pub properties: Vec<(String, Value)>,
}

/// Positions in local units.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// A type the specification does not know, which readers pass over.
    Unknown,
    /// Points.
    Points(Vec<(i64, i64)>),
    /// Lines.
    Lines(Vec<Vec<(i64, i64)>>),
    /// Rings, the closing position not repeated. Outer rings have a positive area.
    Rings(Vec<Vec<(i64, i64)>>),
}

/// A value with its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `string_value`.
    Text(String),
    /// `float_value`.
    Float(f32),
    /// `double_value`.
    Double(f64),
    /// `int_value`.
    Int(i64),
    /// `uint_value`.
    Uint(u64),
    /// `sint_value`.
    Sint(i64),
    /// `bool_value`.
    Bool(bool),
}

/// Reads a tile, and refuses what the specification forbids.
///
/// # Errors
/// One line that says which layer and feature is wrong, and how.
pub fn read(bytes: &[u8]) -> Result<Vec<Layer>> {
    counted(bytes)?;
    let tile = wire::Tile::decode(bytes).context("no vector tile: its protobuf does not decode")?;
    let mut names = HashSet::new();
    let mut layers = Vec::with_capacity(tile.layers.len());
    for (i, layer) in tile.layers.into_iter().enumerate() {
        let layer = layer_of(layer).with_context(|| format!("layer {i}"))?;
        ensure!(names.insert(layer.name.clone()), "layer {i}: a second layer is named \"{}\"", layer.name);
        layers.push(layer);
    }
    Ok(layers)
}

fn layer_of(layer: wire::Layer) -> Result<Layer> {
    let version = layer.version.context("it has no version")?;
    ensure!((1..=2).contains(&version), "its version is {version}, expected 1 or 2");
    let name = layer.name.context("it has no name")?;
    ensure!(!name.is_empty(), "its name is empty");
    // A layer without features is what an encoder should not write; a reader takes it.
    let extent = layer.extent.unwrap_or(4096);
    ensure!(extent > 0, "its extent is 0");
    let values = layer.values.into_iter().enumerate();
    let values: Vec<Value> =
        values.map(|(i, value)| value_of(value).with_context(|| format!("value {i}"))).collect::<Result<_>>()?;
    let mut features = Vec::with_capacity(layer.features.len());
    for (i, feature) in layer.features.iter().enumerate() {
        features.push(feature_of(feature, &layer.keys, &values).with_context(|| format!("feature {i}"))?);
    }
    Ok(Layer { version, name, extent, features })
}

fn value_of(value: wire::Value) -> Result<Value> {
    let wire::Value { text, float, double, int, uint, sint, boolean } = value;
    let fields = [
        text.map(Value::Text),
        float.map(Value::Float),
        double.map(Value::Double),
        int.map(Value::Int),
        uint.map(Value::Uint),
        sint.map(Value::Sint),
        boolean.map(Value::Bool),
    ];
    let mut set = fields.into_iter().flatten();
    match (set.next(), set.next()) {
        (Some(value), None) => Ok(value),
        (None, _) => bail!("it has no value of a known type"),
        _ => bail!("it has values of several types, expected one"),
    }
}

fn feature_of(feature: &wire::Feature, keys: &[String], values: &[Value]) -> Result<Feature> {
    ensure!(feature.tags.len().is_multiple_of(2), "{} tags, expected pairs of key and value", feature.tags.len());
    let (mut properties, mut named) = (Vec::with_capacity(feature.tags.len() / 2), HashSet::new());
    for pair in feature.tags.chunks_exact(2) {
        let key = keys.get(pair[0] as usize).with_context(|| format!("key {} of {}", pair[0], keys.len()))?;
        let value = values.get(pair[1] as usize).with_context(|| format!("value {} of {}", pair[1], values.len()))?;
        ensure!(named.insert(key), "it has \"{key}\" twice");
        properties.push((key.clone(), value.clone()));
    }
    let geometry = geometry_of(feature.kind.unwrap_or(0), &feature.geometry)?;
    Ok(Feature { id: feature.id, geometry, properties })
}

/// A command and the positions that follow it; none after `ClosePath`.
struct Part {
    command: u32,
    positions: Vec<(i64, i64)>,
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

fn parts(commands: &[u32]) -> Result<Vec<Part>> {
    let (mut parts, mut rest, mut cursor) = (Vec::new(), commands, (0i64, 0i64));
    while let Some((&head, after)) = rest.split_first() {
        let (command, count) = (head & 7, (head >> 3) as usize);
        rest = after;
        match command {
            MOVE_TO | LINE_TO => {
                ensure!(count > 0, "a command without positions");
                ensure!(rest.len() >= count.saturating_mul(2), "the geometry ends within a command");
                let (own, after) = rest.split_at(count * 2);
                let moves = command == MOVE_TO || own.chunks_exact(2).all(|delta| delta != [0, 0]);
                ensure!(moves, "a LineTo that leads nowhere");
                rest = after;
                let positions = own.chunks_exact(2).map(|delta| {
                    cursor = (cursor.0 + unzigzag(delta[0]), cursor.1 + unzigzag(delta[1]));
                    cursor
                });
                parts.push(Part { command, positions: positions.collect() });
            }
            CLOSE_PATH => {
                ensure!(count == 1, "ClosePath {count} times, expected once");
                parts.push(Part { command, positions: Vec::new() });
            }
            _ => bail!("command {command}, expected 1, 2 or 7"),
        }
    }
    Ok(parts)
}

fn unzigzag(value: u32) -> i64 {
    i64::from((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
}

fn geometry_of(kind: i32, commands: &[u32]) -> Result<Geometry> {
    if kind == 0 {
        return Ok(Geometry::Unknown);
    }
    let parts = parts(commands)?;
    ensure!(!parts.is_empty(), "it has no geometry");
    let commands: Vec<u32> = parts.iter().map(|part| part.command).collect();
    let mut parts = parts.into_iter();
    match kind {
        1 => {
            ensure!(commands == [MOVE_TO], "points are one MoveTo, got commands {commands:?}");
            Ok(Geometry::Points(parts.next().map(|part| part.positions).unwrap_or_default()))
        }
        2 => {
            let fine = commands.chunks(2).all(|pair| pair == [MOVE_TO, LINE_TO]);
            ensure!(fine, "lines are pairs of MoveTo and LineTo, got commands {commands:?}");
            let mut lines = Vec::new();
            while let (Some(start), Some(line)) = (parts.next(), parts.next()) {
                ensure!(start.positions.len() == 1, "a line starts at {} positions", start.positions.len());
                lines.push(start.positions.into_iter().chain(line.positions).collect());
            }
            Ok(Geometry::Lines(lines))
        }
        3 => {
            let fine = commands.chunks(3).all(|three| three == [MOVE_TO, LINE_TO, CLOSE_PATH]);
            ensure!(fine, "rings are MoveTo, LineTo and ClosePath, got commands {commands:?}");
            let mut rings = Vec::new();
            while let (Some(start), Some(ring), Some(_)) = (parts.next(), parts.next(), parts.next()) {
                ensure!(start.positions.len() == 1, "a ring starts at {} positions", start.positions.len());
                ensure!(ring.positions.len() > 1, "a ring of fewer than three positions");
                rings.push(start.positions.into_iter().chain(ring.positions).collect::<Vec<_>>());
            }
            ensure!(rings.first().is_none_or(|ring| area(ring) > 0), "the first ring is not an outer one");
            Ok(Geometry::Rings(rings))
        }
        _ => bail!("geometry type {kind}, expected 1, 2 or 3"),
    }
}

/// Twice the area of a ring; positive for outer rings, y growing down.
#[must_use]
pub fn area(ring: &[(i64, i64)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

impl fmt::Display for Geometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |positions: &[(i64, i64)]| {
            let texts: Vec<String> = positions.iter().map(|(x, y)| format!("{x} {y}")).collect();
            texts.join(", ")
        };
        let lists = |parts: &[Vec<(i64, i64)>]| {
            let texts: Vec<String> = parts.iter().map(|part| format!("({})", list(part))).collect();
            texts.join(", ")
        };
        match self {
            Self::Unknown => write!(f, "UNKNOWN"),
            Self::Points(points) if points.len() == 1 => write!(f, "POINT({})", list(points)),
            Self::Points(points) => write!(f, "MULTIPOINT({})", list(points)),
            Self::Lines(lines) if lines.len() == 1 => write!(f, "LINESTRING{}", lists(lines)),
            Self::Lines(lines) => write!(f, "MULTILINESTRING({})", lists(lines)),
            Self::Rings(rings) => write!(f, "POLYGON({})", lists(rings)),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?} (string)"),
            Self::Float(value) => write!(f, "{value} (float)"),
            Self::Double(value) => write!(f, "{value} (double)"),
            Self::Int(value) => write!(f, "{value} (int)"),
            Self::Uint(value) => write!(f, "{value} (uint)"),
            Self::Sint(value) => write!(f, "{value} (sint)"),
            Self::Bool(value) => write!(f, "{value} (bool)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, section 4.5: a tile of one layer with one point, "hello": "world" and so on.
    const EXAMPLE: &[u8] = &[
        0x1a, 0x40, 0x0a, 0x06, b'p', b'o', b'i', b'n', b't', b's', 0x12, 0x0f, 0x08, 0x01, 0x12, 0x04, 0, 0, 1, 1,
        0x18, 0x01, 0x22, 0x03, 0x09, 0x32, 0x22, 0x1a, 0x05, b'h', b'e', b'l', b'l', b'o', 0x1a, 0x05, b'c', b'o',
        b'u', b'n', b't', 0x22, 0x07, 0x0a, 0x05, b'w', b'o', b'r', b'l', b'd', 0x22, 0x09, 0x19, 0, 0, 0, 0, 0, 0,
        0xf8, 0x3f, 0x28, 0x80, 0x20, 0x78, 0x02,
    ];

    fn example() -> wire::Tile {
        wire::Tile::decode(EXAMPLE).expect("decodes")
    }

    #[test]
    fn a_tile_written_by_hand_reads_as_it_was_meant() {
        let layers = read(EXAMPLE).expect("valid");
        let Layer { version, name, extent, features } = &layers[0];
        assert_eq!((*version, name.as_str(), *extent), (2, "points", 4096));
        assert_eq!(features[0].id, Some(1));
        // Zigzag: 50 is 25, 34 is 17, as in the specification's example of a point.
        assert_eq!(features[0].geometry, Geometry::Points(vec![(25, 17)]));
        let expected = [("hello".into(), Value::Text("world".into())), ("count".into(), Value::Double(1.5))];
        assert_eq!(features[0].properties, expected);
        assert_eq!(features[0].geometry.to_string(), "POINT(25 17)");
    }

    #[test]
    fn what_the_specification_forbids_is_refused() {
        type Break = fn(&mut wire::Layer);
        let wrong: [(&str, Break); 10] = [
            ("a key twice", |layer| layer.features[0].tags = vec![0, 0, 1, 1, 0, 1]),
            ("no version", |layer| layer.version = None),
            ("no name", |layer| layer.name = None),
            ("no such geometry type", |layer| layer.features[0].kind = Some(4)),
            ("odd tags", |layer| layer.features[0].tags.truncate(1)),
            ("key out of range", |layer| layer.features[0].tags[0] = 9),
            ("value out of range", |layer| layer.features[0].tags[1] = 9),
            ("two types in a value", |layer| layer.values[0].boolean = Some(true)),
            ("truncated geometry", |layer| layer.features[0].geometry.truncate(2)),
            ("unknown command", |layer| layer.features[0].geometry[0] = 0b1011),
        ];
        assert!(read(&example().encode_to_vec()).is_ok());
        for (what, break_it) in wrong {
            let mut tile = example();
            break_it(&mut tile.layers[0]);
            assert!(read(&tile.encode_to_vec()).is_err(), "{what}");
        }
        let mut twice = example();
        twice.layers.push(twice.layers[0].clone());
        assert!(read(&twice.encode_to_vec()).is_err(), "two layers of one name");
        assert!(read(&[0xff; 7]).is_err());
        assert!(geometry_of(2, &[9, 0, 0, 10, 2, 0]).is_ok());
        assert!(geometry_of(2, &[9, 0, 0, 10, 0, 0]).is_err(), "a line that leads nowhere");
    }

    #[test]
    fn what_only_writers_should_not_do_is_read() {
        let mut tile = example();
        tile.layers[0].features.clear();
        assert_eq!(read(&tile.encode_to_vec()).expect("valid")[0].features, []);
    }

    #[test]
    fn the_cursor_runs_on_over_parts_and_is_not_moved_by_closing() {
        // The specification's example of a multipolygon's first two rings, 4.3.5.
        let commands = [9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15];
        let Ok(Geometry::Rings(rings)) = geometry_of(3, &commands) else { panic!("a polygon") };
        assert_eq!(rings[0], [(0, 0), (10, 0), (10, 10), (0, 10)]);
        assert_eq!(rings[1], [(11, 11), (20, 11), (20, 20), (11, 20)]);
        assert_eq!((area(&rings[0]), area(&rings[1])), (200, 162));
    }
}
