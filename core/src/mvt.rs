//! One layer of a Mapbox Vector Tile (version 2.1), written feature by feature.
//!
//! Values enter, each layer-wide index is settled first ([`crate::values`]), then the feature goes out in one piece with
//! its exact length: no tree of messages, no allocation per feature once the buffers are warm. Geometries are points and
//! squares; lines and polygons will come with their own writer.

use crate::{
    pbf::{self, Writer},
    values::{Value, ValueTable},
};
use alloc::{string::String, vec::Vec};

/// Field numbers of the specification's messages.
mod number {
    pub const TILE_LAYER: u8 = 3;
    pub const LAYER_NAME: u8 = 1;
    pub const LAYER_FEATURE: u8 = 2;
    pub const LAYER_KEY: u8 = 3;
    pub const LAYER_EXTENT: u8 = 5;
    pub const LAYER_VERSION: u8 = 15;
    pub const FEATURE_ID: u8 = 1;
    pub const FEATURE_TAGS: u8 = 2;
    pub const FEATURE_TYPE: u8 = 3;
    pub const FEATURE_GEOMETRY: u8 = 4;
}

/// Buffers that stay warm between tiles.
#[derive(Debug, Default)]
pub struct Buffers {
    values: ValueTable,
    /// For each property, its index among the keys of the layer, plus one; 0 before its first use.
    slots: Vec<u32>,
    /// Properties in the order of their first use.
    keys: Vec<u32>,
    /// Key and value indices of the feature at hand.
    tags: Writer,
    /// Features.
    features: Writer,
}

/// A layer on its way into `out`.
pub struct Layer<'a> {
    out: &'a mut Vec<u8>,
    name: &'a str,
    extent: u32,
    features: u32,
    names: &'a [String],
    buffers: &'a mut Buffers,
}

/// The shape of a feature in tile-local units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Geometry {
    /// A point.
    Point {
        /// East of the tile's west edge.
        x: u32,
        /// South of the tile's north edge.
        y: u32,
    },
    /// A square with its north-west corner and its side.
    Square {
        /// West edge.
        x: u32,
        /// North edge.
        y: u32,
        /// Side, at least 1.
        side: u32,
    },
}

impl<'a> Layer<'a> {
    /// Begins a layer behind what `out` holds. `names` are the names of all properties a feature may carry.
    pub fn new(
        out: &'a mut Vec<u8>,
        name: &'a str,
        extent: u32,
        names: &'a [String],
        buffers: &'a mut Buffers,
    ) -> Self {
        buffers.values.clear(names.len());
        buffers.keys.clear();
        buffers.tags.clear();
        buffers.features.clear();
        buffers.slots.clear();
        buffers.slots.resize(names.len(), 0);
        Self { out, name, extent, features: 0, names, buffers }
    }

    /// Gives the feature at hand a property, by its position in the names. Every property at most once.
    #[inline]
    pub fn property(&mut self, property: usize, value: Value<'_>) {
        let buffers = &mut *self.buffers;
        let slot = &mut buffers.slots[property];
        if *slot == 0 {
            buffers.keys.push(property as u32);
            *slot = buffers.keys.len() as u32;
        }
        buffers.tags.room(2 * Writer::VARINT);
        buffers.tags.varint((*slot - 1).into());
        buffers.tags.varint(buffers.values.index(property, value).into());
    }

    /// Writes the feature at hand.
    #[inline]
    pub fn feature(&mut self, id: Option<u64>, geometry: Geometry) {
        let Buffers { tags, features: out, .. } = &mut *self.buffers;
        let (commands, kind) = geometry.commands();
        let commands = commands.as_slice();
        let geometry_len: usize = commands.iter().map(|&command| pbf::varint_len(command.into())).sum();
        let id_len = id.map_or(0, |id| 1 + pbf::varint_len(id));
        let tags_field = if tags.len() == 0 { 0 } else { 1 + pbf::varint_len(tags.len() as u64) + tags.len() };
        let len = id_len + tags_field + 2 + 1 + pbf::varint_len(geometry_len as u64) + geometry_len;

        // A byte for each of five keys and the type, a varint for three lengths and the id.
        out.room(6 + (4 + commands.len()) * Writer::VARINT + tags.len());
        out.byte(number::LAYER_FEATURE << 3 | 2);
        out.varint(len as u64);
        if let Some(id) = id {
            out.byte(number::FEATURE_ID << 3);
            out.varint(id);
        }
        if tags.len() > 0 {
            out.byte(number::FEATURE_TAGS << 3 | 2);
            out.varint(tags.len() as u64);
            out.bytes(tags.written());
            tags.clear();
        }
        out.bytes(&[number::FEATURE_TYPE << 3, kind, number::FEATURE_GEOMETRY << 3 | 2]);
        out.varint(geometry_len as u64);
        commands.iter().for_each(|&command| out.varint(command.into()));
        self.features += 1;
    }

    /// Bytes written so far, values included.
    pub fn size(&self) -> usize {
        self.buffers.features.len() + self.buffers.values.bytes().len()
    }

    /// Ends the layer and tells how many features it has. A layer without features leaves nothing behind.
    pub fn finish(self) -> u32 {
        let Self { out, buffers, names, .. } = self;
        if self.features == 0 {
            return 0;
        }
        let mut head = Vec::new();
        pbf::field(&mut head, number::LAYER_VERSION, 2);
        pbf::bytes(&mut head, number::LAYER_NAME, self.name.as_bytes());
        pbf::field(&mut head, number::LAYER_EXTENT, self.extent.into());
        let mut keys = Vec::new();
        for &key in &buffers.keys {
            pbf::bytes(&mut keys, number::LAYER_KEY, names[key as usize].as_bytes());
        }
        let parts = [&head, buffers.features.written(), &keys, buffers.values.bytes()];
        let len = parts.iter().map(|part| part.len()).sum();
        out.reserve(len + 2 * Writer::VARINT);
        pbf::delimited(out, number::TILE_LAYER, len);
        parts.iter().for_each(|part| out.extend_from_slice(part));
        self.features
    }
}

/// Up to eleven command and parameter integers.
struct Commands {
    integers: [u32; 11],
    len: usize,
}

impl Commands {
    fn as_slice(&self) -> &[u32] {
        &self.integers[..self.len]
    }
}

impl Geometry {
    /// The geometry as commands, with its type (1 a point, 3 a polygon).
    #[inline]
    fn commands(self) -> (Commands, u8) {
        const fn command(id: u32, count: u32) -> u32 {
            id & 7 | count << 3
        }
        // Positions in a tile are not negative, so their zigzag code is their double.
        match self {
            Self::Point { x, y } => {
                let mut integers = [0; 11];
                integers[..3].copy_from_slice(&[command(1, 1), x << 1, y << 1]);
                (Commands { integers, len: 3 }, 1)
            }
            // Clockwise on the screen, which is positive in tile space: an outer ring.
            Self::Square { x, y, side } => {
                let (forth, back) = (side << 1, (side << 1) - 1);
                let integers =
                    [command(1, 1), x << 1, y << 1, command(2, 3), forth, 0, 0, forth, back, 0, command(7, 1)];
                (Commands { integers, len: 11 }, 3)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification: a point at (25, 17) with id 1 is 0a…: see section 4.3.5.1.
    #[test]
    fn a_point_is_the_example_of_the_specification() {
        assert_eq!(Geometry::Point { x: 25, y: 17 }.commands().0.as_slice(), [9, 50, 34]);
    }

    #[test]
    fn a_layer_is_byte_for_byte_what_the_messages_say() {
        let (mut out, mut buffers) = (Vec::from([0xaa]), Buffers::default());
        let names = ["unused".into(), "n".into()];
        let mut layer = Layer::new(&mut out, "p", 4096, &names, &mut buffers);
        layer.property(1, Value::Integer(7));
        layer.feature(Some(300), Geometry::Square { x: 1, y: 2, side: 3 });
        assert_eq!(layer.finish(), 1);
        let expected: &[&[u8]] = &[
            &[0xaa, 0x1a, 39],                                       // a layer of 39 bytes behind what was there
            &[0x78, 2, 0x0a, 1, b'p', 0x28, 0x80, 0x20],             // version 2, name, extent 4096
            &[0x12, 22, 0x08, 0xac, 0x02, 0x12, 2, 0, 0],            // feature of 22 bytes, id 300, tags 0 0
            &[0x18, 3, 0x22, 11, 9, 2, 4, 26, 6, 0, 0, 6, 5, 0, 15], // polygon and its commands
            &[0x1a, 1, b'n', 0x22, 2, 0x28, 7],                      // key and value
        ];
        assert_eq!(out, expected.concat());
    }

    #[test]
    fn a_layer_without_features_leaves_nothing() {
        let (mut out, mut buffers) = (Vec::new(), Buffers::default());
        assert_eq!(Layer::new(&mut out, "p", 4096, &[], &mut buffers).finish(), 0);
        assert!(out.is_empty());
    }
}
