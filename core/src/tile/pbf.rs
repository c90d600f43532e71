//! Protocol buffer bytes: varints and keys, appended to a buffer. Knows nothing of tiles.
//!
//! Source: the protocol buffers encoding guide, wire types 0 (varint), 1 (64 bits), 2 (length-delimited), 5 (32 bits).
//! What is written for every feature goes to a [`Writer`], what is written once for a layer to a plain vector.

use crate::small::varint;
use alloc::vec::Vec;

/// A buffer that stays warm. Room is made for many bytes at once, and they are written through a [`Cursor`].
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    len: usize,
}

/// Writes into room that was made.
///
/// Where the next byte goes is a local number that nothing else can change, so it stays in a register; and how long a
/// varint is, is guessed from the ones before it, as processors do with branches. A length that is computed instead would
/// have to be waited for before the next byte can be placed (measured: a third slower).
#[derive(Debug)]
pub struct Cursor<'w> {
    room: &'w mut [u8],
    at: usize,
}

impl Writer {
    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// What was written.
    pub fn written(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// How much was written.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.bytes.capacity()
    }

    /// Appends what is written through a cursor, for which there is room of so many bytes.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the cursor is only good in one function with what it writes")]
    pub fn append(&mut self, room: usize, write: impl FnOnce(&mut Cursor<'_>)) {
        if self.bytes.len() - self.len < room {
            self.bytes.resize((self.len + room).next_power_of_two(), 0);
        }
        let mut cursor = Cursor { room: &mut self.bytes[self.len..], at: 0 };
        write(&mut cursor);
        self.len += cursor.at;
    }
}

impl Cursor<'_> {
    /// The most bytes that a varint takes.
    pub const VARINT: usize = 10;

    /// How much was written.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Takes back what was written from a place on.
    pub fn back_to(&mut self, at: usize) {
        self.at = at;
    }

    /// Writes a few bytes.
    #[inline]
    pub fn bytes<const N: usize>(&mut self, bytes: [u8; N]) {
        self.room[self.at..self.at + N].copy_from_slice(&bytes);
        self.at += N;
    }

    /// Writes bytes of any number.
    pub fn slice(&mut self, bytes: &[u8]) {
        self.room[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// Writes a varint.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for each number of a feature, the cursor would go through memory")]
    pub fn varint(&mut self, mut value: u64) {
        match value {
            0..0x80 => self.bytes([value as u8]),
            0x80..0x4000 => self.bytes([value as u8 | 0x80, (value >> 7) as u8]),
            0x4000..0x20_0000 => {
                self.bytes([value as u8 | 0x80, (value >> 7) as u8 | 0x80, (value >> 14) as u8]);
            }
            _ => {
                while value >= 0x80 {
                    self.bytes([value as u8 | 0x80]);
                    value >>= 7;
                }
                self.bytes([value as u8]);
            }
        }
    }

    /// Puts a varint in the place of the byte at `at`. Only one that takes more than a byte moves what is behind.
    #[inline]
    pub fn patch(&mut self, at: usize, value: usize) {
        if value < 0x80 {
            self.room[at] = value as u8;
        } else {
            self.widen(at, value);
        }
    }

    #[cold]
    fn widen(&mut self, at: usize, value: usize) {
        let end = self.at;
        self.at = at;
        let more = varint::len(value as u64) - 1;
        self.room.copy_within(at + 1..end, at + 1 + more);
        self.varint(value as u64);
        self.at = end + more;
    }
}

/// Appends the key and the value of a varint field.
#[inline]
pub fn field(out: &mut Vec<u8>, number: u8, value: u64) {
    out.push(number << 3);
    varint::put(out, value);
}

/// Appends the key and the length of a length-delimited field, whose `len` bytes follow.
#[inline]
pub fn delimited(out: &mut Vec<u8>, number: u8, len: usize) {
    out.push(number << 3 | 2);
    varint::put(out, len as u64);
}

/// Appends a whole length-delimited field.
pub fn bytes(out: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    delimited(out, number, bytes.len());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_writes_the_same() {
        let (mut out, mut writer) = (Vec::new(), Writer::default());
        let powers = (0..64).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        for value in powers.chain([0x0f0f_0f0f, 0x0555_5555, u64::MAX]) {
            varint::put(&mut out, value);
            writer.append(Cursor::VARINT, |cursor| cursor.varint(value));
            assert_eq!(writer.written(), out, "{value}");
        }
        writer.append(3, |cursor| {
            cursor.bytes([1, 2]);
            cursor.slice(&[3]);
        });
        assert_eq!((&writer.written()[out.len()..], writer.len()), (&[1, 2, 3][..], out.len() + 3));
    }

    #[test]
    fn a_length_is_patched_in_whatever_it_takes() {
        for value in [0, 127, 128, 300, 20_000, 3_000_000] {
            let mut writer = Writer::default();
            writer.append(8, |cursor| {
                cursor.bytes([7, 0, 8, 9, 9]);
                cursor.back_to(4);
                cursor.patch(1, value);
            });
            let mut expected = Vec::from([7]);
            varint::put(&mut expected, value as u64);
            expected.extend([8, 9]);
            assert_eq!(writer.written(), expected);
        }
    }
}
