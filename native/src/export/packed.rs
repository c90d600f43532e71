//! A tile as archives and files hold it: bytes enter, gzip leaves. Packed once and read often, so that some more is tried than for an answer.
//!
//! Most tiles of an archive have few bytes, and are packed by what is quick with few ([`small`]).

use super::small;
use libdeflater::{CompressionLvl, Compressor};
use std::cell::RefCell;

/// How much is tried, of 12.
const LEVEL: i32 = 6;
/// What stands before deflate's bytes: no name, no time, and no system that made it.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

thread_local! {
    /// Tables of a compressor take longer to make than a small tile to pack.
    static COMPRESSOR: RefCell<Compressor> =
        RefCell::new(Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()));
}

/// The same bytes in gzip, which are the same each time.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() > small::MOST { large(bytes) } else { few(bytes) }
}

fn few(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 32);
    out.extend(HEAD);
    small::deflate(bytes, &mut out);
    out.extend(crc32fast::hash(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out.shrink_to_fit();
    out
}

fn large(bytes: &[u8]) -> Vec<u8> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        let mut out = vec![0; compressor.gzip_compress_bound(bytes.len())];
        // There is room for all that it can become.
        let length = compressor.gzip_compress(bytes, &mut out).unwrap_or_default();
        out.truncate(length);
        out.shrink_to_fit();
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn unpacked(packed: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(packed).read_to_end(&mut plain).expect("gzip");
        plain
    }

    #[test]
    fn what_is_packed_is_unpacked_by_another_library() {
        let mut state = 1u32;
        for length in (0..=small::MOST + 1).chain([5000, 300_000]) {
            for alike in [1, 7, 255] {
                let mut next = || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8 % alike
                };
                let bytes: Vec<u8> = (0..length).map(|_| next()).collect();
                assert_eq!(unpacked(&gzip(&bytes)), bytes);
                assert_eq!(gzip(&bytes), gzip(&bytes));
            }
        }
    }

    /// Matches of every length at every distance.
    #[test]
    fn what_comes_again_is_found() {
        for back in 3..300 {
            for length in [3, 4, 10, 11, 18, 19, 34, 35, 66, 67, 130, 131, 210] {
                let random = |at: usize| (at as u32 + 1).wrapping_mul(0x9e37_79b1).to_be_bytes()[1];
                let bytes: Vec<u8> = (0..back + length).map(|at| random(at % back)).collect();
                let packed = few(&bytes);
                assert_eq!(unpacked(&packed), bytes, "{length} at {back}");
                let (bits, matched) = (HEAD.len() * 8 + 3 + 7 + 64, 8 + 5 + 5 + 7);
                assert!(packed.len() * 8 <= bits + 9 * back + matched + 7, "{length} at {back}: {}", packed.len());
            }
        }
    }

    /// Even of text, for which codes of its own pay most.
    #[test]
    fn few_bytes_become_about_as_few_as_with_the_other_library() {
        let text = include_bytes!("packed.rs");
        let size =
            |most: usize, pack: fn(&[u8]) -> Vec<u8>| text.chunks(most).map(|some| pack(some).len()).sum::<usize>();
        for (most, more) in [(60, 1.01), (120, 1.02), (250, 1.08), (500, 1.14)] {
            let (ours, theirs) = (size(most, few) as f64, size(most, large) as f64);
            assert!(ours <= theirs * more, "{most}: {ours} and {theirs}");
        }
    }
}
