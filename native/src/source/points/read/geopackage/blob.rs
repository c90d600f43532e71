//! A geometry as the database holds it: a head with a box, then well-known binary.

/// The well-known binary of a geometry. `None` where it is damaged, or of a kind of some program's own.
pub(super) fn binary(blob: &[u8]) -> Option<&[u8]> {
    let head = blob.first_chunk::<8>()?;
    let flags = head[3];
    if !head.starts_with(b"GP") || flags & 0x20 != 0 {
        return None;
    }
    let numbers = match flags >> 1 & 7 {
        0 => 0,
        1 => 4,
        2 | 3 => 6,
        4 => 8,
        _ => return None,
    };
    blob.get(8 + 8 * numbers..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_is_passed_over_whatever_its_dimensions() {
        for (flags, numbers) in [(1u8, 0), (3, 4), (5, 6), (7, 6), (9, 8)] {
            let blob = [b"GP\0", &[flags][..], &[0; 4], &vec![0xff; 8 * numbers], b"rest"].concat();
            assert_eq!(binary(&blob), Some(&b"rest"[..]), "{flags}");
            assert_eq!(binary(&blob[..8 + 8 * numbers]), Some(&b""[..]));
            (0..8 + 8 * numbers).for_each(|end| assert_eq!(binary(&blob[..end]), None));
        }
        for blob in [&b"GP\0\x21\0\0\0\0rest"[..], b"GP\0\x0f\0\0\0\0rest", b"XX\0\x01\0\0\0\0rest"] {
            assert_eq!(binary(blob), None);
        }
    }
}
