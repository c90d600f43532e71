//! One layer of a Mapbox Vector Tile (version 2.1), written feature by feature.
//!
//! Values enter, each layer-wide index is settled first ([`crate::tile::values`]), then the feature goes out in one piece with
//! its exact length: no tree of messages, no allocation per feature once the buffers are warm. Geometries are points,
//! squares, and the paths of lines and polygons.

use crate::{
    shapes::{draw::Paths, write},
    tile::{
        pbf::{self, Cursor, Writer},
        values::{Value, ValueTable},
    },
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
    /// Features.
    features: Writer,
    /// What stands before the features, and the keys behind them.
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Buffers {
    /// Bytes held.
    pub fn size(&self) -> usize {
        let lists = (self.slots.capacity() + self.keys.capacity()) * 4;
        self.values.size() + self.features.size() + lists + self.head.capacity() + self.tail.capacity()
    }
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
pub enum Geometry<'g> {
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
    /// Lines, polygons or several points.
    Paths(Paths<'g>),
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
        buffers.features.clear();
        buffers.slots.clear();
        buffers.slots.resize(names.len(), 0);
        Self { out, name, extent, features: 0, names, buffers }
    }

    /// The index of a value of a property, for [`Layer::tagged`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the type of the value is known where this is called, not here")]
    pub fn index(&mut self, property: usize, value: Value<'_>) -> u32 {
        self.buffers.values.index(property, value)
    }

    /// Writes a feature whose properties have values that were given an index.
    #[inline]
    pub fn tagged(&mut self, id: Option<u64>, tags: impl Iterator<Item = (usize, u32)>, geometry: Geometry<'_>) {
        // Keys and lengths of the feature, its tags and its geometry, type and id, every property once, every command.
        let room = (8 + 2 * self.names.len()) * Cursor::VARINT + geometry.room();
        let Buffers { slots, keys, features, .. } = &mut *self.buffers;
        features.append(room, |out| {
            out.bytes([number::LAYER_FEATURE << 3 | 2, 0]);
            if let Some(id) = id {
                out.bytes([number::FEATURE_ID << 3]);
                out.varint(id);
            }
            out.bytes([number::FEATURE_TAGS << 3 | 2, 0]);
            let start = out.at();
            for (property, index) in tags {
                let slot = &mut slots[property];
                if *slot == 0 {
                    keys.push(property as u32);
                    *slot = keys.len() as u32;
                }
                out.varint((*slot - 1).into());
                out.varint(index.into());
            }
            match out.at() - start {
                0 => out.back_to(start - 2),
                len => out.patch(start - 1, len),
            }
            out.bytes([number::FEATURE_TYPE << 3, geometry.kind(), number::FEATURE_GEOMETRY << 3 | 2, 0]);
            let start = out.at();
            geometry.write(out);
            out.patch(start - 1, out.at() - start);
            out.patch(1, out.at() - 2);
        });
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
        let Buffers { values, keys, features, head, tail, .. } = buffers;
        head.clear();
        pbf::field(head, number::LAYER_VERSION, 2);
        pbf::bytes(head, number::LAYER_NAME, self.name.as_bytes());
        pbf::field(head, number::LAYER_EXTENT, self.extent.into());
        tail.clear();
        for &key in keys.iter() {
            pbf::bytes(tail, number::LAYER_KEY, names[key as usize].as_bytes());
        }
        let parts = [head, features.written(), tail, values.bytes()];
        let len = parts.iter().map(|part| part.len()).sum();
        out.reserve(len + 2 * Cursor::VARINT);
        pbf::delimited(out, number::TILE_LAYER, len);
        parts.iter().for_each(|part| out.extend_from_slice(part));
        self.features
    }
}

impl Geometry<'_> {
    /// Room for its commands and parameters.
    #[inline]
    const fn room(&self) -> usize {
        match self {
            Self::Point { .. } | Self::Square { .. } => 11 * Cursor::VARINT,
            Self::Paths(paths) => write::most(paths) * Cursor::VARINT / 2,
        }
    }

    /// Its type: 1 a point, 3 a polygon.
    const fn kind(self) -> u8 {
        match self {
            Self::Point { .. } => 1,
            Self::Square { .. } => 3,
            Self::Paths(paths) => paths.kind as u8,
        }
    }

    /// Appends it as commands and parameters. Positions in a tile are not negative, so their zigzag code is their double.
    #[inline]
    fn write(self, out: &mut Cursor<'_>) {
        const fn command(id: u64, count: u64) -> u64 {
            id & 7 | count << 3
        }
        let double = |local: u32| u64::from(local) << 1;
        match self {
            Self::Point { x, y } => {
                out.bytes([command(1, 1) as u8]);
                out.varint(double(x));
                out.varint(double(y));
            }
            // Clockwise on the screen, which is positive in tile space: an outer ring.
            Self::Square { x, y, side } => {
                let (forth, back) = (double(side), double(side) - 1);
                let integers =
                    [command(1, 1), double(x), double(y), command(2, 3), forth, 0, 0, forth, back, 0, command(7, 1)];
                integers.into_iter().for_each(|integer| out.varint(integer));
            }
            Self::Paths(paths) => write::commands(&paths, |integer| out.varint(integer.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification: a point at (25, 17) with id 1 is 0a…: see section 4.3.5.1.
    #[test]
    fn a_point_is_the_example_of_the_specification() {
        let mut commands = Writer::default();
        commands.append(30, |out| Geometry::Point { x: 25, y: 17 }.write(out));
        assert_eq!(commands.written(), [9, 50, 34]);
    }

    #[test]
    fn a_layer_is_byte_for_byte_what_the_messages_say() {
        let (mut out, mut buffers) = (Vec::from([0xaa]), Buffers::default());
        let names = ["unused".into(), "n".into()];
        let mut layer = Layer::new(&mut out, "p", 4096, &names, &mut buffers);
        let seven = layer.index(1, Value::Integer(7));
        layer.tagged(Some(300), [(1, seven)].into_iter(), Geometry::Square { x: 1, y: 2, side: 3 });
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

    /// Lengths of more than a byte, and none at all.
    #[test]
    fn a_feature_may_have_many_tags_or_none() {
        let (mut out, mut buffers) = (Vec::new(), Buffers::default());
        let names: Vec<String> = (0..70).map(|i| alloc::format!("{i}")).collect();
        let mut layer = Layer::new(&mut out, "p", 4096, &names, &mut buffers);
        layer.tagged(None, core::iter::empty(), Geometry::Point { x: 1, y: 2 });
        let five = layer.index(0, Value::Integer(5));
        layer.tagged(None, (0..70).map(|i| (i, five)), Geometry::Point { x: 1, y: 2 });
        assert_eq!(layer.finish(), 2);
        let features = &out[3 + 8..];
        assert_eq!(features[..9], [0x12, 7, 0x18, 1, 0x22, 3, 9, 2, 4]);
        let tags: Vec<u8> = (0..70).flat_map(|slot| [slot, 0]).collect();
        let expected = [&[0x12, 150, 1, 0x12, 140, 1], &tags[..], &[0x18, 1, 0x22, 3, 9, 2, 4]].concat();
        assert_eq!(features[9..9 + expected.len()], expected);
    }

    #[test]
    fn a_layer_without_features_leaves_nothing() {
        let (mut out, mut buffers) = (Vec::new(), Buffers::default());
        assert_eq!(Layer::new(&mut out, "p", 4096, &[], &mut buffers).finish(), 0);
        assert!(out.is_empty());
    }
}
