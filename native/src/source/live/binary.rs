//! Rows as `RowBinary`: values one after the other, as wide as their types, without names.

use anyhow::{Context as _, Result, ensure};

/// Bytes of rows that are still to be read.
pub(super) struct Binary<'b>(pub &'b [u8]);

impl<'b> Binary<'b> {
    /// Whether all of them were read.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A `UInt64`.
    pub fn unsigned(&mut self) -> Result<u64> {
        self.take().map(u64::from_le_bytes)
    }

    /// An `Int64`.
    pub fn integer(&mut self) -> Result<i64> {
        self.take().map(i64::from_le_bytes)
    }

    /// An `Int128`.
    pub fn wide(&mut self) -> Result<i128> {
        self.take().map(i128::from_le_bytes)
    }

    /// A `Float64`.
    pub fn float(&mut self) -> Result<f64> {
        self.take().map(f64::from_le_bytes)
    }

    /// A `UInt8` that says whether something is so.
    pub fn truth(&mut self) -> Result<bool> {
        self.take().map(|[byte]| byte != 0)
    }

    /// A `String`.
    pub fn text(&mut self) -> Result<String> {
        String::from_utf8(self.bytes()?.to_vec()).context("a text that is no UTF-8")
    }

    /// A `String`, whatever is in it.
    pub fn bytes(&mut self) -> Result<&'b [u8]> {
        let len = self.len()?;
        let (bytes, rest) = self.0.split_at_checked(len).context("an answer that ends within a text")?;
        self.0 = rest;
        Ok(bytes)
    }

    /// How many values a list has, or bytes a text.
    pub fn len(&mut self) -> Result<usize> {
        let mut len = 0u64;
        for shift in (0..63).step_by(7) {
            let [byte] = self.take()?;
            len |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(usize::try_from(len)?);
            }
        }
        ensure!(false, "an answer with a length beyond all bounds");
        Ok(0)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (value, rest) = self.0.split_first_chunk().context("an answer that ends within a value")?;
        self.0 = rest;
        Ok(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_one_after_the_other_and_half_a_value_is_none() {
        let mut bytes = vec![7, 0, 0, 0, 0, 0, 0, 0, 1, 3, b'a', 0xc3, 0xa9];
        bytes.extend((-5i128).to_le_bytes());
        let mut rows = Binary(&bytes);
        assert_eq!((rows.unsigned().ok(), rows.truth().ok()), (Some(7), Some(true)));
        assert_eq!(rows.text().ok().as_deref(), Some("aé"));
        assert_eq!((rows.wide().ok(), rows.is_empty()), (Some(-5), true));
        assert!(rows.truth().is_err() && Binary(&[200]).text().is_err() && Binary(&[0xff; 12]).len().is_err());
        assert_eq!(Binary(&[0x96, 0x01]).len().ok(), Some(150));
    }
}
