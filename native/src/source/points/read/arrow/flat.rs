//! Flat buffers, as far as messages of Arrow need them: fields of tables, found and stepped to without being understood.
//!
//! What enters is bytes of a file, which may be anything; no step leads beyond them.

use std::ops::Range;

/// A table in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'b> {
    bytes: &'b [u8],
    at: usize,
}

fn some<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// Where the offset at a place leads.
fn led(bytes: &[u8], at: usize) -> Option<usize> {
    at.checked_add(u32::from_le_bytes(some(bytes, at)?) as usize).filter(|&to| to < bytes.len())
}

impl<'b> Table<'b> {
    /// The table that bytes are about.
    pub fn root(bytes: &'b [u8]) -> Option<Self> {
        Some(Self { bytes, at: led(bytes, 0)? })
    }

    /// Where the value of a field stands, where it is set.
    pub fn place(self, number: usize) -> Option<usize> {
        let back = i32::from_le_bytes(some(self.bytes, self.at)?);
        let fields = usize::try_from(i64::try_from(self.at).ok()? - i64::from(back)).ok()?;
        let length = usize::from(u16::from_le_bytes(some(self.bytes, fields)?));
        let slot = 4 + 2 * number;
        if slot + 2 > length {
            return None;
        }
        let offset = u16::from_le_bytes(some(self.bytes, fields.checked_add(slot)?)?);
        (offset != 0).then(|| self.at + usize::from(offset)).filter(|&at| at < self.bytes.len())
    }

    /// A byte, 0 unless it is set.
    pub fn byte(self, number: usize) -> u8 {
        self.place(number).map_or(0, |at| self.bytes[at])
    }

    /// An integer of 32 bits, 0 unless it is set.
    pub fn int(self, number: usize) -> i32 {
        self.place(number).and_then(|at| some(self.bytes, at)).map_or(0, i32::from_le_bytes)
    }

    /// An integer of 64 bits, 0 unless it is set.
    pub fn long(self, number: usize) -> i64 {
        self.place(number).and_then(|at| some(self.bytes, at)).map_or(0, i64::from_le_bytes)
    }

    /// A table in it.
    pub fn table(self, number: usize) -> Option<Self> {
        Some(Self { bytes: self.bytes, at: led(self.bytes, self.place(number)?)? })
    }

    /// The tables of a list.
    pub fn tables(self, number: usize) -> Vec<Self> {
        let Some(list) = self.place(number).and_then(|at| led(self.bytes, at)) else { return Vec::new() };
        let Some(count) = some(self.bytes, list).map(u32::from_le_bytes) else { return Vec::new() };
        // Each takes four bytes at least.
        let count = (count as usize).min(self.bytes.len() / 4);
        let table = |number: usize| Some(Self { bytes: self.bytes, at: led(self.bytes, list + 4 + 4 * number)? });
        (0..count).map_while(table).collect()
    }

    /// The pairs of integers of 64 bits of a list.
    pub fn pairs(self, number: usize) -> Vec<[i64; 2]> {
        let Some(list) = self.place(number).and_then(|at| led(self.bytes, at)) else { return Vec::new() };
        let Some(count) = some(self.bytes, list).map(u32::from_le_bytes) else { return Vec::new() };
        let long = |at: usize| some(self.bytes, at).map(i64::from_le_bytes);
        let pair = |number: usize| Some([long(list + 4 + 16 * number)?, long(list + 12 + 16 * number)?]);
        (0..count as usize).map_while(pair).collect()
    }

    /// Where the bytes of a text stand.
    pub fn text(self, number: usize) -> Option<Range<usize>> {
        let at = led(self.bytes, self.place(number)?)?;
        let start = at + 4;
        let end = start.checked_add(u32::from_le_bytes(some(self.bytes, at)?) as usize)?;
        (end <= self.bytes.len()).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of a byte, a text, a list of one table that has a long, and a field that is not set; by hand.
    const BYTES: [u8; 62] = [
        20, 0, 0, 0, 0, 0, // to the table
        12, 0, 16, 0, 4, 0, 8, 0, 12, 0, 0, 0, // which fields it has
        0, 0, // to align
        14, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0, 12, 0, 0, 0, // the table
        0, 0, // between
        2, 0, 0, 0, // misplaced on purpose: nothing leads here
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    #[test]
    fn fields_are_found_and_nothing_leads_beyond_the_bytes() {
        let table = Table::root(&BYTES).expect("a table");
        assert_eq!((table.byte(0), table.byte(3), table.byte(99)), (7, 0, 0));
        assert!(table.table(3).is_none() && table.text(3).is_none() && table.tables(3).is_empty());
        for end in 0..BYTES.len() {
            for (at, bit) in (0..end).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
                let mut bad = BYTES[..end].to_vec();
                bad[at] ^= 1 << bit;
                let Some(table) = Table::root(&bad) else { continue };
                for number in 0..5 {
                    let _ = (table.byte(number), table.long(number), table.table(number), table.text(number));
                    let _ = (table.tables(number), table.pairs(number));
                }
            }
        }
    }
}
