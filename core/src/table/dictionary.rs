//! The distinct texts of a column, once each, in the order of their UTF-8 bytes.
//!
//! A text column holds codes into such a dictionary. Codes grow with the texts, so comparing codes compares texts: that
//! byte order is the collation of the whole project. A predicate on text is decided once per entry, never per row.

use alloc::{string::String, vec::Vec};
use core::{fmt, ops::Range};

/// Distinct texts sorted by their UTF-8 bytes; an entry's position is its code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionary {
    /// `len + 1` byte offsets into `text`.
    offsets: Vec<u64>,
    text: String,
}

/// Texts that are not a dictionary: out of order, or one of them twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsorted {
    at: usize,
}

impl fmt::Display for Unsorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "dictionary entry {} is not after the entry before it, expected distinct texts in byte order",
            self.at
        )
    }
}

impl core::error::Error for Unsorted {}

impl Dictionary {
    /// Takes texts that are distinct and sorted by their bytes.
    ///
    /// # Errors
    /// [`Unsorted`] with the position of the first text that is not above the one before it.
    ///
    /// ```
    /// use duotile_core::Dictionary;
    /// let words = Dictionary::new(["Oslo", "Quito"]).unwrap();
    /// assert_eq!(words.code("Quito"), Ok(1));
    /// assert!(Dictionary::new(["b", "a"]).is_err());
    /// ```
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, Unsorted> {
        let mut words = Self { offsets: Vec::from([0]), text: String::new() };
        for text in texts {
            if words.len().checked_sub(1).is_some_and(|last| words.get(last) >= text) {
                return Err(Unsorted { at: words.len() });
            }
            words.text.push_str(text);
            words.offsets.push(words.text.len() as u64);
        }
        Ok(words)
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a code; the empty text for a code that is not there.
    #[must_use]
    pub fn get(&self, code: usize) -> &str {
        match (self.offsets.get(code), self.offsets.get(code + 1)) {
            (Some(&start), Some(&end)) => &self.text[offset(start)..offset(end)],
            _ => "",
        }
    }

    /// Bytes of the texts of some codes.
    #[must_use]
    pub fn bytes(&self, codes: Range<usize>) -> u64 {
        let before = |code: usize| self.offsets.get(code.min(self.len())).copied().unwrap_or(0);
        before(codes.end).saturating_sub(before(codes.start))
    }

    /// The code of a text, or where it would stand.
    ///
    /// # Errors
    /// The number of entries below `text` when it is not there.
    pub fn code(&self, text: &str) -> Result<usize, usize> {
        let below = self.partition_point(|word| word < text);
        if below < self.len() && self.get(below) == text { Ok(below) } else { Err(below) }
    }

    /// The first code whose text fails `test`, where all that pass stand before all that fail.
    pub fn partition_point(&self, test: impl Fn(&str) -> bool) -> usize {
        let (mut lo, mut hi) = (0, self.len());
        while lo < hi {
            let mid = lo.midpoint(hi);
            if test(self.get(mid)) { lo = mid + 1 } else { hi = mid }
        }
        lo
    }

    /// All texts in code order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|code| self.get(code))
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.text.capacity() + self.offsets.capacity() * size_of::<u64>()
    }
}

/// Offsets are made from lengths of a text in memory, so they fit.
const fn offset(offset: u64) -> usize {
    offset as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_codes_go_both_ways() {
        let texts = ["", "A", "a", "ab", "é", "日本"];
        let words = Dictionary::new(texts).expect("sorted");
        assert!(words.iter().eq(texts));
        for (code, text) in texts.into_iter().enumerate() {
            assert_eq!(words.code(text), Ok(code));
        }
        assert_eq!(words.code("aa"), Err(3));
        assert_eq!(words.code("zz"), Err(4));
        assert_eq!(words.get(6), "");
        assert!(Dictionary::new([]).expect("sorted").is_empty());
    }

    #[test]
    fn a_repeated_text_is_refused_with_its_place() {
        assert_eq!(Dictionary::new(["a", "b", "b"]), Err(Unsorted { at: 2 }));
    }
}
