//! Which rows pass a filter: a bit per row with rank blocks, so that the count of any run is two look-ups.

use alloc::vec::Vec;
use core::ops::Range;

/// Words between two stored ranks: 512 rows, so that the counts of all of them but the last fit into one word.
const STRIDE: usize = 8;
/// Bits of a count within a block.
const COUNT: usize = 9;

/// A bit per row over a contiguous span of rows, set where the row passes, with running counts.
///
/// It may cover all rows or only the span a short tile needs; rows are always numbered over the whole dataset.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    span: Range<usize>,
    words: Vec<u64>,
    /// Ranks as in Vigna, *Broadword implementation of rank/select queries* (2008): for each block of [`STRIDE`] words,
    /// rows passing before it, and before each of its words but the first, counted from its beginning. They cost a quarter
    /// of the bits; each is one look.
    ranks: Vec<(u32, u64)>,
    total: usize,
}

impl Mask {
    /// A mask over `span` from words whose bit 0 is the first row of the span. Bits beyond the span are cleared,
    /// missing words are taken as zero.
    ///
    /// ```
    /// use duotile_core::Mask;
    /// let mask = Mask::new(10..13, vec![0b101]);
    /// assert_eq!(mask.count(10..13), 2);
    /// assert_eq!(mask.rows(10..13).collect::<Vec<_>>(), [10, 12]);
    /// ```
    #[must_use]
    pub fn new(span: Range<usize>, mut words: Vec<u64>) -> Self {
        let rows = span.len();
        words.resize(rows.div_ceil(64), 0);
        if let (Some(last), used @ 1..) = (words.last_mut(), rows % 64) {
            *last &= (1 << used) - 1;
        }
        let mut total = 0;
        let mut ranks = Vec::with_capacity(words.len() / STRIDE + 1);
        for block in words.chunks(STRIDE) {
            let (mut inside, mut counts) = (0, 0);
            for (i, word) in block.iter().enumerate() {
                counts |= inside << place(i);
                inside += u64::from(word.count_ones());
            }
            ranks.push((total, counts));
            total += inside as u32;
        }
        Self { span, words, ranks, total: total as usize }
    }

    /// The rows it covers.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Rows that pass.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.total
    }

    /// Rows of a run that pass. Rows outside the span do not.
    #[must_use]
    pub fn count(&self, run: Range<usize>) -> usize {
        self.rank(run.end).saturating_sub(self.rank(run.start))
    }

    /// Whether a row passes.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.span.contains(&row) && self.words[(row - self.span.start) / 64] >> ((row - self.span.start) % 64) & 1 != 0
    }

    /// The rows of a run that pass, in order.
    pub fn rows(&self, run: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let start = run.start.clamp(self.span.start, self.span.end) - self.span.start;
        let end = run.end.clamp(self.span.start, self.span.end) - self.span.start;
        let first = start / 64;
        let mut word = self.words.get(first).copied().unwrap_or(0) & (u64::MAX << (start % 64));
        let mut base = first * 64;
        core::iter::from_fn(move || {
            while word == 0 {
                base += 64;
                if base >= end {
                    return None;
                }
                word = self.words[base / 64];
            }
            let row = base + word.trailing_zeros() as usize;
            word &= word - 1;
            (row < end).then_some(row + self.span.start)
        })
    }

    /// The bits of 64 rows from `row`; rows outside the span do not pass.
    #[inline]
    pub(crate) fn word(&self, row: usize) -> u64 {
        let Some(at) = row.checked_sub(self.span.start) else {
            let before = self.span.start - row;
            return if before < 64 { self.word(self.span.start) << before } else { 0 };
        };
        let (word, shift) = (at / 64, at % 64);
        let bits = |word: usize| self.words.get(word).copied().unwrap_or(0);
        let low = bits(word) >> shift;
        if shift == 0 { low } else { low | bits(word + 1) << (64 - shift) }
    }

    /// The first row of a run that passes.
    #[must_use]
    pub fn next(&self, run: Range<usize>) -> Option<usize> {
        self.rows(run).next()
    }

    /// The bits, 64 rows a word, from the first row of the span.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Bytes held.
    #[must_use]
    pub fn size(&self) -> usize {
        self.words.capacity() * 8 + self.ranks.capacity() * size_of::<(u32, u64)>()
    }

    /// Passing rows of the span before `row`.
    #[inline]
    pub(crate) fn rank(&self, row: usize) -> usize {
        let row = row.clamp(self.span.start, self.span.end) - self.span.start;
        let word = row / 64;
        let (Some(&bits), Some(&(before, counts))) = (self.words.get(word), self.ranks.get(word / STRIDE)) else {
            return self.total;
        };
        let inside = counts >> place(word % STRIDE) & ((1 << COUNT) - 1);
        before as usize + inside as usize + (bits & ((1 << (row % 64)) - 1)).count_ones() as usize
    }
}

/// Where the count before a word of a block stands; that of the first is always zero and has the highest bit.
const fn place(word: usize) -> usize {
    COUNT * ((word + STRIDE - 1) % STRIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_rows_equal_looking_at_every_bit() {
        for (offset, rows) in
            [(0usize, 0usize), (0, 1), (7, 63), (0, 64), (5, 65), (1000, 511), (3, 512), (3, 513), (9, 3000)]
        {
            let span = offset..offset + rows;
            let words: Vec<u64> = (0u64..rows.div_ceil(64) as u64)
                .map(|i| match i % 4 {
                    0 => i.wrapping_mul(0x9e37_79b9_7f4a_7c15),
                    1 => u64::MAX,
                    2 => 0,
                    _ => 1 << 63 | 1,
                })
                .collect();
            let bit = |row: usize| span.contains(&row) && words[(row - offset) / 64] >> ((row - offset) % 64) & 1 != 0;
            let mask = Mask::new(span.clone(), words.clone());
            let step = (rows / 40).max(1);
            for start in (0..=offset + rows + 70).step_by(step) {
                for end in (start..=offset + rows + 70).step_by(step) {
                    let expected: Vec<usize> = (start..end).filter(|&row| bit(row)).collect();
                    assert_eq!(mask.count(start..end), expected.len(), "{span:?} {start}..{end}");
                    assert!(mask.rows(start..end).eq(expected.iter().copied()), "{span:?} {start}..{end}");
                }
            }
            for row in (0..=offset + rows + 70).step_by(step) {
                let expected = (0..64).fold(0u64, |word, i| word | u64::from(bit(row + i)) << i);
                assert_eq!(mask.word(row), expected, "{span:?} {row}");
            }
            assert_eq!(mask.total(), span.filter(|&row| mask.get(row)).count());
        }
    }
}
