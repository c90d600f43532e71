//! The values of a layer, each written once where that pays, and the index of each.
//!
//! Truth values, small integers and low codes find their index in tables, everything else in one hash table by type and
//! bits. A property that had mostly new numbers for a while is no longer hashed for the rest of the layer: the specification
//! says only that values SHOULD be unique, and hashing all of them costs half the speed. Texts are always looked for:
//! they are long, and whether one is found must not depend on its code, which is another one in a subset.

use crate::{
    small::varint,
    tile::pbf::{Cursor, Writer},
};
use alloc::{vec, vec::Vec};

/// Field numbers of the specification's Value message, and of values in a layer.
mod number {
    pub const LAYER_VALUE: u8 = 4;
    pub const TEXT: u8 = 1;
    pub const FLOAT: u8 = 2;
    pub const DOUBLE: u8 = 3;
    pub const UNSIGNED: u8 = 5;
    pub const SIGNED: u8 = 6;
    pub const BOOLEAN: u8 = 7;
}

/// Integers below this have a table.
const SMALL: usize = 1024;
/// Codes below this have a table, one for each property.
const CODES: usize = 4096;
/// After each so many values of a property it is decided whether hashing pays.
const TRIAL: u32 = 256;
/// A layer begins with a number up to this; it has fewer values than there are numbers left.
const LAST: u32 = u32::MAX / 2;
/// An index that is not there.
pub const NONE: u32 = u32::MAX;

/// A value of a property.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// `uint_value`, or `sint_value` where negative.
    Integer(i64),
    /// `float_value`.
    Float(f32),
    /// `double_value`.
    Double(f64),
    /// `bool_value`.
    Boolean(bool),
    /// `string_value`: a text and its code in the property's dictionary.
    Code(u32, &'a str),
    /// `string_value`: a text without a code, never looked for among the others.
    Text(&'a str),
}

impl Value<'_> {
    /// As a number, for ranges and quantiles of cells; of a text that is an integer too large to be one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match *self {
            Self::Integer(value) => Some(value as f64),
            Self::Float(value) => Some(value.into()),
            Self::Double(value) => Some(value),
            Self::Text(text) => crate::small::decimal::parse(text),
            Self::Boolean(_) | Self::Code(..) => None,
        }
    }
}

/// Values written so far and where to find them.
///
/// Values are numbered on from layer to layer, and tables hold these numbers: one of an earlier layer is known by being lower than the
/// first of this one, so that a layer of few values need not wipe tables for many.
#[derive(Debug, Default)]
pub struct ValueTable {
    bytes: Writer,
    /// The number of the first value of the layer.
    first: u32,
    /// The number of the next.
    next: u32,
    booleans: [u32; 2],
    small: Vec<u32>,
    /// For each property, a table of codes, empty until used.
    codes: Vec<Vec<u32>>,
    trials: Vec<Trial>,
    map: Map,
}

/// How hashing has paid for a property.
#[derive(Clone, Copy, Debug, Default)]
struct Trial {
    seen: u32,
    new: u32,
}

impl Trial {
    /// Whether values are still looked for.
    fn pays(self) -> bool {
        self.seen < TRIAL
    }

    /// A value was looked for. A round in which at most half were new is followed by another.
    fn take(&mut self, new: bool) {
        self.seen += 1;
        self.new += u32::from(new);
        if self.seen == TRIAL && self.new * 2 <= TRIAL {
            *self = Self::default();
        }
    }
}

impl ValueTable {
    /// Forgets all values, for a layer of so many properties.
    pub fn clear(&mut self, properties: usize) {
        self.bytes.clear();
        if self.next > LAST {
            *self = Self { bytes: core::mem::take(&mut self.bytes), ..Self::default() };
        }
        // No value has the number 0.
        self.next = self.next.max(1);
        self.first = self.next;
        self.small.resize(SMALL, 0);
        self.codes.resize(properties, Vec::new());
        self.trials.clear();
        self.trials.resize(properties, Trial::default());
        self.map.clear();
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        let codes: usize = self.codes.iter().map(Vec::capacity).sum();
        self.bytes.size() + (self.small.capacity() + codes) * 4 + self.map.entries.capacity() * size_of::<Entry>()
    }

    /// The `values` fields of the layer.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.written()
    }

    /// The index of a value of a property; writes it if it is not there, or not looked for.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the type of the value is known where this is called, not here")]
    pub fn index(&mut self, property: usize, value: Value<'_>) -> u32 {
        let (first, next) = (self.first, self.next);
        let place = match value {
            Value::Boolean(value) => &mut self.booleans[usize::from(value)],
            Value::Integer(value @ 0..1024) => &mut self.small[value as usize],
            Value::Code(code, _) if (code as usize) < CODES => {
                let table = &mut self.codes[property];
                if table.len() <= code as usize {
                    table.resize((code as usize + 1).next_power_of_two(), 0);
                }
                &mut table[code as usize]
            }
            Value::Code(..) => self.map.place(value.bits(property), first),
            Value::Text(_) => return self.write(value),
            _ => {
                let trial = &mut self.trials[property];
                if !trial.pays() {
                    return self.write(value);
                }
                let place = self.map.place(value.bits(property), first);
                trial.take(*place < first);
                place
            }
        };
        if *place >= first {
            return *place - first;
        }
        *place = next;
        self.write(value)
    }

    /// Appends a value and tells its index.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    fn write(&mut self, value: Value<'_>) -> u32 {
        let text = if let Value::Code(_, text) | Value::Text(text) = value { text.len() } else { 0 };
        // Two keys, two lengths or what is in a value, and a text.
        self.bytes.append(4 * Cursor::VARINT + text, |out| match value {
            Value::Integer(value @ 0..) => {
                let len = 1 + varint::len(value as u64);
                out.bytes([number::LAYER_VALUE << 3 | 2, len as u8, number::UNSIGNED << 3]);
                out.varint(value as u64);
            }
            Value::Integer(value) => {
                let code = varint::zigzag(value);
                let len = 1 + varint::len(code);
                out.bytes([number::LAYER_VALUE << 3 | 2, len as u8, number::SIGNED << 3]);
                out.varint(code);
            }
            Value::Float(value) => {
                out.bytes([number::LAYER_VALUE << 3 | 2, 5, number::FLOAT << 3 | 5]);
                out.bytes(value.to_le_bytes());
            }
            Value::Double(value) => {
                out.bytes([number::LAYER_VALUE << 3 | 2, 9, number::DOUBLE << 3 | 1]);
                out.bytes(value.to_le_bytes());
            }
            Value::Boolean(value) => {
                out.bytes([number::LAYER_VALUE << 3 | 2, 2, number::BOOLEAN << 3, value.into()]);
            }
            Value::Code(_, text) | Value::Text(text) => {
                let len = text.len() as u64;
                out.bytes([number::LAYER_VALUE << 3 | 2]);
                out.varint(1 + varint::len(len) as u64 + len);
                out.bytes([number::TEXT << 3 | 2]);
                out.varint(len);
                out.slice(text.as_bytes());
            }
        });
        self.next += 1;
        self.next - 1 - self.first
    }
}

impl Value<'_> {
    /// What makes a value itself: a type (codes are of their property) and its bits.
    fn bits(self, property: usize) -> (u32, u64) {
        match self {
            Self::Integer(value) => (0, value.cast_unsigned()),
            Self::Float(value) => (1, value.to_bits().into()),
            Self::Double(value) => (2, value.to_bits()),
            Self::Boolean(value) => (3, value.into()),
            Self::Code(code, _) => (4 + property as u32, code.into()),
            Self::Text(_) => (NONE, 0),
        }
    }
}

/// An open-addressing table from (type, bits) to a number; whoever looks says which is the first of the layer.
#[derive(Debug, Default)]
struct Map {
    entries: Vec<Entry>,
    used: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    bits: u64,
    kind: u32,
    number: u32,
}

impl Map {
    const LEAST: usize = 2048;

    fn clear(&mut self) {
        // One large tile must not spread all later ones over its table.
        if self.used * 16 < self.entries.len() {
            self.entries.truncate(Self::LEAST);
        }
        self.used = 0;
    }

    /// The number of a value, or the place where its number is to be put.
    fn place(&mut self, (kind, bits): (u32, u64), first: u32) -> &mut u32 {
        if self.used * 2 >= self.entries.len() {
            self.grow(first);
        }
        let slot = self.slot(kind, bits, first);
        let entry = &mut self.entries[slot];
        if entry.number < first {
            (entry.kind, entry.bits) = (kind, bits);
            self.used += 1;
        }
        &mut entry.number
    }

    fn slot(&self, kind: u32, bits: u64, first: u32) -> usize {
        let mask = self.entries.len() - 1;
        let mut slot = ((bits ^ u64::from(kind) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        loop {
            let entry = &self.entries[slot];
            if entry.number < first || (entry.kind == kind && entry.bits == bits) {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self, first: u32) {
        let size = (self.entries.len() * 2).max(Self::LEAST);
        let old = core::mem::replace(&mut self.entries, vec![Entry::default(); size]);
        for entry in old.into_iter().filter(|entry| entry.number >= first) {
            let slot = self.slot(entry.kind, entry.bits, first);
            self.entries[slot] = entry;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;

    #[test]
    fn equal_values_share_an_index_and_unequal_types_do_not() {
        let mut table = ValueTable::default();
        table.clear(2);
        let one = [Value::Integer(1), Value::Double(1.0), Value::Float(1.0), Value::Boolean(true), Value::Code(1, "1")];
        let first: Vec<u32> = one.iter().map(|&value| table.index(0, value)).collect();
        assert_eq!(first, [0, 1, 2, 3, 4]);
        let again: Vec<u32> = one.iter().map(|&value| table.index(0, value)).collect();
        assert_eq!(again, first);
        assert_eq!(table.index(1, Value::Code(1, "one of another column")), 5);
        assert_eq!(table.index(1, Value::Integer(1)), 0);
    }

    #[test]
    fn the_table_agrees_with_an_ordinary_map_while_it_grows() {
        let mut table = ValueTable::default();
        table.clear(1);
        let mut truth = BTreeMap::new();
        for i in 0..20_000i64 {
            let value = i.wrapping_mul(0x5851_f42d_4c95_7f2d) % 3000 * 1_000_003;
            let next = truth.len() as u32;
            let expected = *truth.entry(value).or_insert(next);
            assert_eq!(table.index(0, Value::Integer(value)), if table.trials[0].pays() { expected } else { NONE });
            // Keep the trial from ending: that is the next test.
            table.trials[0] = Trial::default();
        }
        assert!(table.map.entries.len() > Map::LEAST);
    }

    /// Layer after layer, also where the numbers begin anew, as one that is the first.
    #[test]
    fn what_an_earlier_layer_had_is_not_there() {
        let values = |layer: i64| {
            let of = move |at: i64| match at % 4 {
                0 => Value::Integer(at * layer % 900),
                1 => Value::Integer(at * 7919 % 5000 * 1_000_003),
                2 => Value::Boolean(at % 3 == layer % 3),
                _ => Value::Code((at * layer % 6000) as u32, "text"),
            };
            (0..1000 * layer % 7 * 1000).map(of)
        };
        let mut warm = ValueTable::default();
        for layer in 1..30 {
            warm.clear(2);
            if layer == 15 {
                warm.next = LAST - 1000;
                warm.clear(2);
            }
            let mut cold = ValueTable::default();
            cold.clear(2);
            for (at, value) in values(layer).enumerate() {
                assert_eq!(warm.index(at % 2, value), cold.index(at % 2, value), "{layer} {value:?}");
            }
            assert_eq!(warm.bytes(), cold.bytes());
        }
        assert!(warm.first < LAST / 2);
    }

    #[test]
    fn texts_are_found_whatever_their_codes() {
        let indices = |first_code: u32| {
            let mut table = ValueTable::default();
            table.clear(1);
            (0..3000).map(|i| table.index(0, Value::Code(first_code + i * 7 % 2000, "text"))).collect::<Vec<u32>>()
        };
        assert_eq!(indices(0), indices(1_000_000));
        assert_eq!(indices(0).iter().max(), Some(&1999));
    }

    #[test]
    fn values_that_become_new_are_hashed_no_longer() {
        let mut table = ValueTable::default();
        table.clear(1);
        (0..3 * TRIAL).for_each(|_| assert_eq!(table.index(0, Value::Double(7.0)), 0));
        let indices: Vec<u32> = (0..TRIAL).map(|i| table.index(0, Value::Double(f64::from(i) + 0.5))).collect();
        assert_eq!(indices.last(), Some(&TRIAL));
        assert!(!table.trials[0].pays());
    }

    #[test]
    fn a_property_of_new_values_is_hashed_no_longer() {
        let mut table = ValueTable::default();
        table.clear(1);
        for i in 0..TRIAL {
            table.index(0, Value::Double(f64::from(i)));
        }
        let used = table.map.used;
        let again = table.index(0, Value::Double(0.0));
        assert_eq!((again, table.map.used), (TRIAL, used));
    }
}
