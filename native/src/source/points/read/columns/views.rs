//! Long texts that lie where one lay before are not read again: of a text that comes often, files have one copy to which many rows
//! lead, and a file of kilobytes may have as many letters in its rows as take minutes to read.

use polars_arrow::array::View;

/// Texts of fewer bytes are read as quickly as they are looked up.
const LONG: u32 = 64;
/// How many are remembered, as a power of two.
const BITS: u32 = 12;

/// The codes of long texts of an array by where they lie: buffer, place and length before each, which is 0 where there is none. Of
/// several that would stand in one slot the last does.
#[derive(Debug, Default)]
pub(super) struct Met(Vec<([u32; 3], u32)>);

impl Met {
    /// The code of the text that a view leads to; `read` gives that of one that is not remembered.
    pub fn code(&mut self, view: &View, read: impl FnOnce() -> u32) -> u32 {
        let &View { length, buffer_idx, offset, .. } = view;
        if length < LONG {
            return read();
        }
        if self.0.is_empty() {
            self.0 = vec![([0; 3], 0); 1 << BITS];
        }
        let mixed = offset.wrapping_mul(0x9e37_79b9) ^ buffer_idx.wrapping_mul(0x85eb_ca6b);
        let (place, code) = &mut self.0[(mixed >> (u32::BITS - BITS)) as usize];
        if *place != [buffer_idx, offset, length] {
            *place = [buffer_idx, offset, length];
            *code = read();
        }
        *code
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn a_long_text_is_read_once_wherever_it_comes_again_and_none_is_taken_for_another() {
        let view = |length, buffer_idx, offset| View { length, prefix: 0, buffer_idx, offset };
        let (mut met, mut reads, mut codes) = (Met::default(), 0, HashMap::new());
        // More than are remembered, in an order that comes back to each.
        for round in 0..3u32 {
            for at in 0..20_000u32 {
                let place = (64 + at % 3, at % 5, at.wrapping_mul(0x9e37_79b9) >> 12);
                let next = codes.len() as u32;
                let expected = *codes.entry(place).or_insert(next);
                assert_eq!(met.code(&view(place.0, place.1, place.2), || expected), expected, "{round}");
            }
        }
        for _ in 0..1000 {
            met.code(&view(100_000, 0, 8), || {
                reads += 1;
                7
            });
        }
        assert_eq!(reads, 1);
        // Short ones lie in the view itself, and are no places.
        assert_eq!([1, 2].map(|code| met.code(&view(12, 0, 8), || code)), [1, 2]);
    }
}
