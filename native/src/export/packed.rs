//! A tile as archives and files hold it: bytes enter, gzip leaves. Packed once and read often, so that some more is tried than for an answer.

use libdeflater::{CompressionLvl, Compressor};
use std::cell::RefCell;

/// How much is tried, of 12.
const LEVEL: i32 = 6;

thread_local! {
    /// Tables of a compressor take longer to make than a small tile to pack.
    static COMPRESSOR: RefCell<Compressor> =
        RefCell::new(Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()));
}

/// The same bytes in gzip, which are the same each time.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
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

    #[test]
    fn what_is_packed_is_unpacked_by_another_library() {
        let mut state = 1u32;
        for length in [0usize, 1, 2, 100, 5000, 300_000] {
            for alike in [1, 7, 255] {
                let mut next = || {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8 % alike
                };
                let bytes: Vec<u8> = (0..length).map(|_| next()).collect();
                let mut plain = Vec::new();
                flate2::read::GzDecoder::new(&gzip(&bytes)[..]).read_to_end(&mut plain).expect("gzip");
                assert_eq!(plain, bytes);
                assert_eq!(gzip(&bytes), gzip(&bytes));
            }
        }
    }
}
