//! Thrift's compact protocol, as far as a footer of Parquet needs it: the fields of a struct, found and stepped over without
//! being understood, and written again under other numbers.
//!
//! What enters is bytes of a file, which may be anything; no step leads beyond them.

use anyhow::{Context, Result, bail};

/// Types of values by their number in the protocol.
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

/// Structs within structs that are followed.
const DEPTH: usize = 64;

/// A place in bytes.
#[derive(Clone, Debug)]
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// A field of a struct as it stands there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'b> {
    pub id: i16,
    pub kind: u8,
    /// The bytes of its value; none for truth values, which are said by the kind.
    pub value: &'b [u8],
}

impl<'b> Reader<'b> {
    pub const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("it ends in the middle of a value")?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        bail!("a number of it is too long")
    }

    /// An integer of 16, 32 or 64 bits.
    pub fn integer(&mut self) -> Result<i64> {
        let coded = self.varint()?;
        Ok((coded >> 1) as i64 ^ -((coded & 1) as i64))
    }

    /// Bytes with their length before them.
    pub fn binary(&mut self) -> Result<&'b [u8]> {
        let length = usize::try_from(self.varint()?)?;
        let end = self.at.checked_add(length).filter(|&end| end <= self.bytes.len());
        let value = &self.bytes[self.at..end.context("a text of it is longer than the rest")?];
        self.at += length;
        Ok(value)
    }

    /// How many values a list holds, and of which type.
    pub fn list(&mut self) -> Result<(usize, u8)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { usize::try_from(self.varint()?)? } else { usize::from(head >> 4) };
        // Each takes a byte at least.
        if count > self.bytes.len() - self.at {
            bail!("a list of it is longer than the rest");
        }
        Ok((count, head & 15))
    }

    /// All fields of the struct that begins here.
    pub fn fields(&mut self) -> Result<Vec<Field<'b>>> {
        let mut fields = Vec::new();
        let mut last = 0;
        while let Some((id, kind)) = self.head(last)? {
            let start = self.at;
            self.skip(kind, 0)?;
            fields.push(Field { id, kind, value: &self.bytes[start..self.at] });
            last = id;
        }
        Ok(fields)
    }

    /// Number and type of the next field; `None` at the end of the struct.
    fn head(&mut self, last: i16) -> Result<Option<(i16, u8)>> {
        let head = self.byte()?;
        if head.trailing_zeros() >= 4 {
            return Ok(None);
        }
        let id = match head >> 4 {
            0 => i16::try_from(self.integer()?)?,
            step => last.checked_add(i16::from(step)).context("a field of it has no number")?,
        };
        Ok(Some((id, head & 15)))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Result<()> {
        if depth > DEPTH {
            bail!("it is nested too deep");
        }
        let far = match kind {
            // Truth values of fields.
            1 | 2 => 0,
            3 => 1,
            4..=6 => return self.varint().map(|_| ()),
            7 => 8,
            BINARY => return self.binary().map(|_| ()),
            LIST | 10 => {
                let (count, kind) = self.list()?;
                for _ in 0..count {
                    self.skip_element(kind, depth + 1)?;
                }
                0
            }
            11 => {
                let count = self.varint()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                for _ in 0..count {
                    self.skip_element(kinds >> 4, depth + 1)?;
                    self.skip_element(kinds & 15, depth + 1)?;
                }
                0
            }
            STRUCT => {
                let mut last = 0;
                while let Some((id, kind)) = self.head(last)? {
                    self.skip(kind, depth + 1)?;
                    last = id;
                }
                0
            }
            13 => 16,
            _ => bail!("a value of it is of no known type"),
        };
        self.at = self.at.checked_add(far).filter(|&at| at <= self.bytes.len()).context("it ends in a value")?;
        Ok(())
    }

    /// Truth values in lists take a byte, other than those of fields.
    fn skip_element(&mut self, kind: u8, depth: usize) -> Result<()> {
        if matches!(kind, 1 | 2) { self.byte().map(|_| ()) } else { self.skip(kind, depth) }
    }

    /// Steps over a struct; gives its bytes.
    pub fn whole(&mut self) -> Result<&'b [u8]> {
        let start = self.at;
        self.skip(STRUCT, 0)?;
        Ok(&self.bytes[start..self.at])
    }
}

impl Field<'_> {
    /// Its value as an integer.
    pub fn integer(&self) -> Result<i64> {
        Reader::new(self.value).integer()
    }

    /// Its value as a text.
    pub fn text(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(Reader::new(self.value).binary()?).into_owned())
    }
}

/// Writes a struct of these fields.
pub(super) fn write_struct<'b>(fields: impl IntoIterator<Item = Field<'b>>, out: &mut Vec<u8>) {
    let mut last = 0;
    for Field { id, kind, value } in fields {
        if let step @ 1..=15 = id - last {
            out.push((step as u8) << 4 | kind);
        } else {
            out.push(kind);
            write_varint(u64::from(((id << 1) ^ (id >> 15)) as u16), out);
        }
        out.extend_from_slice(value);
        last = id;
    }
    out.push(0);
}

/// Writes the head of a list.
pub(super) fn write_list(count: usize, kind: u8, out: &mut Vec<u8>) {
    if count < 15 {
        out.push((count as u8) << 4 | kind);
    } else {
        out.push(0xf0 | kind);
        write_varint(count as u64, out);
    }
}

/// A text with its length before it.
pub(super) fn binary(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    write_varint(text.len() as u64, &mut out);
    out.extend_from_slice(text.as_bytes());
    out
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_come_back_as_they_were_and_nothing_leads_beyond_them() {
        // {1: true, 3: "ab", 40: [1, 2], 41: {}} by the rules of the protocol, by hand.
        let bytes = [0x11, 0x28, 2, b'a', b'b', 0x09, 80, 0x25, 2, 4, 0x1c, 0, 0];
        let fields = Reader::new(&bytes).fields().expect("valid");
        let seen: Vec<(i16, u8)> = fields.iter().map(|field| (field.id, field.kind)).collect();
        assert_eq!(seen, [(1, 1), (3, BINARY), (40, LIST), (41, STRUCT)]);
        assert_eq!(fields[1].text().expect("a text"), "ab");
        let mut out = Vec::new();
        write_struct(fields, &mut out);
        assert_eq!(out, bytes);
        for end in 0..bytes.len() {
            assert!(Reader::new(&bytes[..end]).fields().is_err(), "{end}");
        }
        for (at, bit) in (0..bytes.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut bad = bytes;
            bad[at] ^= 1 << bit;
            let _ = Reader::new(&bad).fields();
        }
        assert!(Reader::new(&[0x1c; 500]).fields().is_err());
    }

    #[test]
    fn long_lists_and_numbers_are_written_as_they_are_read() {
        for count in [0, 14, 15, 300] {
            let mut out = Vec::new();
            write_list(count, 3, &mut out);
            out.resize(out.len() + count, 0);
            assert_eq!(Reader::new(&out).list().expect("a list"), (count, 3));
        }
        assert_eq!(Reader::new(&[0x83, 0x01]).integer().expect("a number"), -66);
    }
}
