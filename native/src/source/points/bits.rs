//! A bit for each row, in memory or in a mapped file: validity and the values of boolean columns.
//!
//! `core` looks at the bytes where they lie.

use polars_arrow::bitmap::Bitmap;
use polars_buffer::Buffer;

/// Bits from bit 0 of the first byte on, the lowest of a byte first.
#[derive(Clone, Debug)]
pub(crate) enum Bits {
    /// In memory, from bit 0.
    Owned(Bitmap),
    /// Bytes of a file, and how many bits of them count.
    Mapped(Buffer<u8>, usize),
}

impl Bits {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(bits) => bits.len(),
            Self::Mapped(_, len) => *len,
        }
    }

    /// The bytes they are in.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Owned(bits) => {
                let (bytes, offset, _) = bits.as_slice();
                debug_assert_eq!(offset, 0, "bits of a dataset start at a byte");
                bytes
            }
            Self::Mapped(bytes, _) => bytes,
        }
    }

    /// The bit of a row.
    pub fn get(&self, row: usize) -> bool {
        self.bytes()[row / 8] >> (row % 8) & 1 != 0
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = bool> {
        let bytes = self.bytes();
        (0..self.len()).map(|row| bytes[row / 8] >> (row % 8) & 1 != 0)
    }

    /// The first that is not set.
    pub fn first_unset(&self) -> Option<usize> {
        let byte = self.bytes().iter().position(|&byte| byte != u8::MAX)?;
        let row = byte * 8 + self.bytes()[byte].trailing_ones() as usize;
        (row < self.len()).then_some(row)
    }

    /// How many are not set.
    pub fn unset(&self) -> usize {
        match self {
            Self::Owned(bits) => bits.unset_bits(),
            Self::Mapped(bytes, len) => Bitmap::from_u8_slice(bytes, *len).unset_bits(),
        }
    }
}

impl From<Bitmap> for Bits {
    fn from(bits: Bitmap) -> Self {
        Self::Owned(bits)
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        Self::Owned(bits.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_of_a_file_are_those_in_memory() {
        let plain: Vec<bool> = (0..77).map(|i| i < 20 || i % 3 != 0).collect();
        let owned: Bits = plain.iter().copied().collect();
        let mapped = Bits::Mapped(owned.bytes().to_vec().into(), plain.len());
        for bits in [owned, mapped] {
            assert_eq!(bits.iter().collect::<Vec<_>>(), plain);
            assert!((0..bits.len()).all(|row| bits.get(row) == plain[row]));
            assert_eq!((bits.first_unset(), bits.unset()), (Some(21), plain.iter().filter(|bit| !**bit).count()));
        }
        assert_eq!(std::iter::repeat_n(true, 9).collect::<Bits>().first_unset(), None);
    }
}
