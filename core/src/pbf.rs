//! Protocol buffer bytes: varints, zigzag and keys, appended to a buffer. Knows nothing of tiles.
//!
//! Source: the protocol buffers encoding guide, wire types 0 (varint), 1 (64 bits), 2 (length-delimited), 5 (32 bits).
//! What is written for every feature goes to a [`Writer`], what is written once for a layer to a plain vector.

use alloc::vec::Vec;

/// A buffer that stays warm. Room is made for many bytes at once, so that each of them is stored without asking whether
/// there is some; a length is patched into its place when it is known, so that nothing is written or measured twice.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    len: usize,
}

impl Writer {
    /// The most bytes that [`Writer::varint`] needs room for.
    pub const VARINT: usize = 10;

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

    /// Makes room for so many bytes.
    #[inline]
    pub fn room(&mut self, bytes: usize) {
        if self.bytes.len() - self.len < bytes {
            self.bytes.resize((self.len + bytes).next_power_of_two(), 0);
        }
    }

    /// Appends bytes that there is room for.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// Appends a byte that there is room for.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// Appends a varint, for which there is room of [`Writer::VARINT`] bytes.
    #[inline]
    pub fn varint(&mut self, value: u64) {
        if value < 0x80 { self.byte(value as u8) } else { self.long(value) }
    }

    /// Appends a varint of two bytes or more.
    #[inline]
    fn long(&mut self, mut value: u64) {
        let v = value as u32;
        match value {
            0..0x4000 => self.bytes(&[v as u8 | 0x80, (v >> 7) as u8]),
            0x4000..0x20_0000 => self.bytes(&[v as u8 | 0x80, (v >> 7) as u8 | 0x80, (v >> 14) as u8]),
            _ => {
                while value >= 0x80 {
                    self.byte(value as u8 | 0x80);
                    value >>= 7;
                }
                self.byte(value as u8);
            }
        }
    }

    /// Takes back what was written from a place on.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Puts a varint in the place of the byte at `at`. Only one that takes more than a byte moves what is behind.
    #[inline]
    pub fn patch(&mut self, at: usize, value: usize) {
        if value < 0x80 {
            self.bytes[at] = value as u8;
            return;
        }
        let (end, more) = (self.len, varint_len(value as u64) - 1);
        self.room(more);
        self.bytes.copy_within(at + 1..end, at + 1 + more);
        self.len = at;
        self.varint(value as u64);
        self.len = end + more;
    }
}

/// Appends a varint.
pub fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Bytes that a varint takes.
#[inline]
pub const fn varint_len(value: u64) -> usize {
    // Ten sevenths of the bits, rounded up; `| 1` because zero takes a byte too.
    (9 * (63 - (value | 1).leading_zeros() as usize) + 73) / 64
}

/// The zigzag code of a signed number: small magnitudes become small codes.
#[inline]
pub const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

/// Appends the key and the value of a varint field.
#[inline]
pub fn field(out: &mut Vec<u8>, number: u8, value: u64) {
    out.push(number << 3);
    varint(out, value);
}

/// Appends the key and the length of a length-delimited field, whose `len` bytes follow.
#[inline]
pub fn delimited(out: &mut Vec<u8>, number: u8, len: usize) {
    out.push(number << 3 | 2);
    varint(out, len as u64);
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
    fn varints_are_those_of_the_guide() {
        let encode = |value| {
            let mut out = Vec::new();
            varint(&mut out, value);
            out
        };
        assert_eq!(encode(1), [0x01]);
        assert_eq!(encode(150), [0x96, 0x01]);
        assert_eq!(encode(u64::MAX), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
        for bit in 0..64 {
            for value in [(1u64 << bit) - 1, 1 << bit] {
                assert_eq!(varint_len(value), encode(value).len(), "{value}");
            }
        }
        assert_eq!(varint_len(u64::MAX), 10);
    }

    #[test]
    fn a_writer_writes_the_same() {
        let (mut out, mut writer) = (Vec::new(), Writer::default());
        let powers = (0..64).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        for value in powers.chain([0x0f0f_0f0f, 0x0555_5555, u64::MAX]) {
            varint(&mut out, value);
            writer.room(Writer::VARINT);
            writer.varint(value);
            assert_eq!(writer.written(), out, "{value}");
        }
        writer.room(3);
        writer.bytes(&[1, 2]);
        writer.byte(3);
        assert_eq!((&writer.written()[out.len()..], writer.len()), (&[1, 2, 3][..], out.len() + 3));
    }

    #[test]
    fn a_length_is_patched_in_whatever_it_takes() {
        for value in [0, 127, 128, 300, 20_000, 3_000_000] {
            let mut writer = Writer::default();
            writer.room(4);
            writer.bytes(&[7, 0, 8, 9]);
            writer.patch(1, value);
            let mut expected = Vec::from([7]);
            varint(&mut expected, value as u64);
            expected.extend([8, 9]);
            assert_eq!(writer.written(), expected);
            writer.truncate(1);
            assert_eq!(writer.written(), [7]);
        }
    }

    #[test]
    fn zigzag_is_that_of_the_guide() {
        for (value, code) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (0x7fff_ffff, 0xffff_fffe), (i64::MIN, u64::MAX)] {
            assert_eq!(zigzag(value), code);
        }
    }
}
