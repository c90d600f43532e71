//! Where the records of the shapes are: as the index (.shx) says, or one after the other where there is none.

use crate::read::content::Content;
use anyhow::{Context as _, Result, bail};

/// The first bytes of all three files with shapes.
const HEAD: usize = 100;

/// Records by their number.
#[derive(Debug)]
pub(super) enum Records {
    /// The index: place and length of each.
    Index(Content),
    /// Places in words of two bytes.
    Found(Vec<u32>),
}

/// What the head of a file of shapes says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// What all shapes are, or nothing.
    pub kind: u32,
    /// Bytes of the file.
    pub length: usize,
}

impl Head {
    /// Reads it.
    ///
    /// # Errors
    /// When it is none, or the file is cut off.
    pub fn of(bytes: &[u8]) -> Result<Self> {
        let head = bytes.first_chunk::<HEAD>().context("the .shp file is cut off within its head")?;
        if !head.starts_with(&[0, 0, 0x27, 0x0a]) {
            bail!("the .shp file is none: it does not begin with 9994");
        }
        let said = big(head, 24).unwrap_or_default() as usize * 2;
        if said > bytes.len() {
            bail!("the .shp file is cut off: its head says {said} bytes, it has {}", bytes.len());
        }
        let kind = u32::from_le_bytes([head[32], head[33], head[34], head[35]]);
        // Some writers leave the length out.
        Ok(Self { kind, length: if said < HEAD { bytes.len() } else { said } })
    }
}

impl Records {
    /// By the index, if there is one.
    ///
    /// # Errors
    /// When there is none, and a record is cut off.
    pub fn of(shapes: &[u8], index: Option<Content>, lines: &mut Vec<String>) -> Result<Self> {
        let head = [0, 0, 0x27, 0x0a];
        if let Some(index) = index.filter(|index| index.as_ref().len() >= HEAD && index.as_ref().starts_with(&head)) {
            return Ok(Self::Index(index));
        }
        lines.push("there is no index (.shx) of the shapes: they are read one after the other".into());
        let mut found = Vec::new();
        let mut at = HEAD;
        while at + 8 <= shapes.len() {
            let Some(next) = record(shapes, at).map(|record| at + 8 + record.len()) else {
                bail!("the .shp file is cut off within record {}", found.len() + 1);
            };
            // Even of nothing there is a kind. Else a file of zeros would be more records than memory has room for.
            if next < at + 12 {
                bail!("the .shp file is damaged: record {} has no content, expected a shape", found.len() + 1);
            }
            found.push((at / 2) as u32);
            at = next;
        }
        Ok(Self::Found(found))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Index(index) => (index.as_ref().len() - HEAD) / 8,
            Self::Found(found) => found.len(),
        }
    }

    /// The bytes of a record; none where there is no such record, or an empty one.
    ///
    /// # Errors
    /// When the index leads elsewhere.
    pub fn get<'s>(&self, shapes: &'s [u8], number: usize) -> Result<&'s [u8]> {
        if number >= self.count() {
            return Ok(&[]);
        }
        let at = match self {
            Self::Index(index) => big(index.as_ref(), HEAD + 8 * number).unwrap_or_default(),
            Self::Found(found) => found[number],
        };
        // Of a record that was taken out, some writers leave an index of nothing.
        if at == 0 {
            return Ok(&[]);
        }
        record(shapes, at as usize * 2)
            .with_context(|| format!("record {} is not where the index (.shx) says, or cut off", number + 1))
    }

    /// Lets go of what was looked at.
    pub fn let_go(&mut self) {
        if let Self::Index(index) = self {
            index.let_go();
        }
    }
}

/// The content of the record whose head is at a place.
fn record(shapes: &[u8], at: usize) -> Option<&[u8]> {
    let length = big(shapes, at.checked_add(4)?)? as usize * 2;
    shapes.get(at + 8..)?.get(..length)
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}
