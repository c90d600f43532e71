//! Protocol buffer bytes: varints, zigzag and keys, appended to a buffer. Knows nothing of tiles.
//!
//! Source: the protocol buffers encoding guide, wire types 0 (varint), 1 (64 bits), 2 (length-delimited), 5 (32 bits).

use alloc::vec::Vec;

/// Appends a varint.
#[inline]
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
    fn zigzag_is_that_of_the_guide() {
        for (value, code) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (0x7fff_ffff, 0xffff_fffe), (i64::MIN, u64::MAX)] {
            assert_eq!(zigzag(value), code);
        }
    }
}
