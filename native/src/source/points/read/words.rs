//! Collects the distinct texts of a column while it is read, then sorts them into a dictionary.

use duotile_core::Dictionary;
use rayon::prelude::*;

/// Distinct texts in the order they were met. Codes are given in that order.
#[derive(Debug)]
pub(super) struct Words {
    text: String,
    /// End of each text in `text`.
    ends: Vec<usize>,
    /// Open addressing: hash and code + 1 of a text, zero where free. A power of two, at most half full.
    slots: Vec<(u32, u32)>,
}

impl Words {
    /// No texts.
    pub fn new() -> Self {
        Self { text: String::new(), ends: Vec::new(), slots: vec![(0, 0); 64] }
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The code of a text, which is added if it is new.
    pub fn code(&mut self, text: &str) -> u32 {
        let hash = hash(text.as_bytes());
        let mut at = hash as usize & (self.slots.len() - 1);
        loop {
            match self.slots[at] {
                (_, 0) => break,
                (known, code) if known == hash && self.get(code as usize - 1) == text => return code - 1,
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
        self.text.push_str(text);
        self.ends.push(self.text.len());
        // Rows are counted in 32 bits, so codes fit too.
        let code = self.len() as u32;
        self.slots[at] = (hash, code);
        if self.len() * 2 > self.slots.len() {
            self.grow();
        }
        code - 1
    }

    /// The text of a code.
    pub fn get(&self, code: usize) -> &str {
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        &self.text[start..self.ends[code]]
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        let mut slots = vec![(0, 0); mask + 1];
        for &(hash, code) in self.slots.iter().filter(|slot| slot.1 != 0) {
            let mut at = hash as usize & mask;
            while slots[at].1 != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = (hash, code);
        }
        self.slots = slots;
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>() + self.slots.len() * size_of::<(u32, u32)>()
    }

    /// The texts that are used sorted by their bytes, and for each code so far its place among them; 0 for one that is
    /// not used.
    pub fn sorted(mut self, used: &[bool]) -> (Dictionary, Vec<u32>) {
        self.slots = Vec::new();
        let mut order: Vec<u32> = (0..self.len() as u32).filter(|&code| used[code as usize]).collect();
        order.par_sort_unstable_by(|&a, &b| self.get(a as usize).cmp(self.get(b as usize)));
        let dictionary = Dictionary::new(order.iter().map(|&code| self.get(code as usize))).unwrap_or_default();
        let mut places = vec![0; self.len()];
        for (place, &code) in order.iter().enumerate() {
            places[code as usize] = place as u32;
        }
        (dictionary, places)
    }
}

/// A quick hash of bytes; texts come from the user's own file, so nobody aims at it.
fn hash(bytes: &[u8]) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut eight = [0; 8];
        eight[..chunk.len()].copy_from_slice(chunk);
        hash = (hash.rotate_left(23) ^ u64::from_le_bytes(eight)).wrapping_mul(FACTOR);
    }
    (hash ^ hash >> 32).wrapping_mul(FACTOR).wrapping_shr(32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_has_one_code_and_a_place_in_byte_order() {
        let texts: Vec<String> = (0..20_000u32).map(|i| format!("{}", i.wrapping_mul(0x9e37_79b9) % 5000)).collect();
        let mut words = Words::new();
        let codes: Vec<u32> = texts.iter().map(|text| words.code(text)).collect();
        let used = vec![true; words.len()];
        let (dictionary, places) = words.sorted(&used);
        let mut expected: Vec<&String> = texts.iter().collect();
        expected.sort();
        expected.dedup();
        assert!(dictionary.iter().eq(expected));
        for (text, code) in texts.iter().zip(codes) {
            assert_eq!(dictionary.get(places[code as usize] as usize), text);
        }
    }

    #[test]
    fn the_empty_text_is_a_text() {
        let mut words = Words::new();
        assert_eq!([words.code("a"), words.code(""), words.code("")], [0, 1, 1]);
        assert_eq!(words.sorted(&[true, true]).1, [1, 0]);
    }

    #[test]
    fn texts_that_are_not_used_are_left_out() {
        let mut words = Words::new();
        assert_eq!(["b", "c", "a"].map(|text| words.code(text)), [0, 1, 2]);
        let (dictionary, places) = words.sorted(&[true, false, true]);
        assert!(dictionary.iter().eq(["a", "b"]));
        assert_eq!(places, [1, 0, 0]);
    }
}
