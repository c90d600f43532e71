//! Numbers in as few bytes as they take: seven bits in each, the lowest first, as Protocol Buffers write them.

use alloc::vec::Vec;

/// Appends a number.
pub fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes a number from the front; `None` where bytes end before it does, or it has more than 64 bits.
pub fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let part = u64::from(byte & 0x7f);
        if part << shift >> shift != part {
            return None;
        }
        value |= part << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Bytes that a number takes.
#[inline]
pub const fn len(value: u64) -> usize {
    // Ten sevenths of the bits, rounded up; `| 1` because zero takes a byte too.
    (9 * (63 - (value | 1).leading_zeros() as usize) + 73) / 64
}

/// The zigzag code of a signed number: small magnitudes become small codes.
#[inline]
pub const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

/// The number of a zigzag code.
#[inline]
pub const fn unzigzag(code: u64) -> i64 {
    (code >> 1).cast_signed() ^ -(code & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_the_guide_and_read_back() {
        let encode = |value| {
            let mut out = Vec::new();
            put(&mut out, value);
            out
        };
        assert_eq!(encode(1), [0x01]);
        assert_eq!(encode(150), [0x96, 0x01]);
        assert_eq!(encode(u64::MAX), [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
        for bit in 0..64 {
            for value in [(1u64 << bit) - 1, 1 << bit] {
                let bytes = encode(value);
                assert_eq!(bytes.len(), len(value), "{value}");
                let mut rest = &[&bytes[..], &[7]].concat()[..];
                assert_eq!(take(&mut rest), Some(value));
                assert_eq!(rest, [7]);
                assert_eq!(take(&mut &bytes[..bytes.len() - 1]), None, "{value}");
            }
        }
        // Bits beyond the last are no number.
        assert_eq!(take(&mut &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02][..]), None);
        assert_eq!(take(&mut &[0x80; 11][..]), None);
    }

    #[test]
    fn signs_are_the_lowest_bit() {
        let expected = [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MAX, u64::MAX - 1), (i64::MIN, u64::MAX)];
        for (value, code) in expected {
            assert_eq!((zigzag(value), unzigzag(code)), (code, value));
        }
    }
}
