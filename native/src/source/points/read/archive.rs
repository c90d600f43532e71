//! Zip archives: what is in one, and the bytes of a member.
//!
//! Only the directory is read here; `flate2` inflates. Crates that read archives give `crc32fast` other features, and Polars would
//! be compiled anew.

use super::content::Content;
use anyhow::{Context as _, Result, bail};
use std::{io::Read, path::Path};

/// An archive whose directory was read.
#[derive(Debug)]
pub(super) struct Archive {
    content: Content,
    members: Vec<Member>,
}

/// A file in an archive.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Its path in there.
    pub name: String,
    flags: u16,
    method: u16,
    crc: u32,
    /// Bytes as they lie there.
    packed: u64,
    /// Where its own head is.
    at: u64,
}

/// The longest comment behind the directory, with the directory's end before it.
const TAIL: usize = 22 + 0xffff;

impl Archive {
    /// Reads the directory.
    ///
    /// # Errors
    /// When it is not there, or damaged.
    pub fn open(content: Content) -> Result<Self> {
        let members = directory(content.as_ref()).context("the zip archive is damaged or cut off")?;
        Ok(Self { content, members })
    }

    /// The files in it, without what macOS puts beside them.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        let own =
            |name: &str| name.starts_with("__MACOSX/") || name.rsplit('/').next().unwrap_or_default().starts_with("._");
        self.members.iter().filter(move |member| !member.name.ends_with('/') && !own(&member.name))
    }

    /// The bytes of a member: in memory, or in a file of this path, which is mapped.
    ///
    /// # Errors
    /// When they are encrypted, packed in a way that is not known, damaged or cut off.
    pub fn unpack(&self, member: &Member, spool: Option<&Path>) -> Result<Content> {
        let name = &member.name;
        if member.flags & 1 != 0 {
            bail!("{name} in the zip archive is encrypted");
        }
        let packed = self.packed(member).with_context(|| format!("{name} in the zip archive is cut off"))?;
        let decoder: Box<dyn Read + '_> = match member.method {
            0 => Box::new(packed),
            8 => Box::new(flate2::read::DeflateDecoder::new(packed)),
            other => bail!("{name} in the zip archive is packed by method {other}, expected deflate or none"),
        };
        let unpacked = Content::unpacked(decoder, packed.len(), "zip", spool).with_context(|| name.clone())?;
        if crc32fast::hash(unpacked.as_ref()) != member.crc {
            bail!("{name} in the zip archive is damaged: its checksum does not fit");
        }
        Ok(unpacked)
    }

    fn packed(&self, member: &Member) -> Option<&[u8]> {
        let bytes = self.content.as_ref();
        let head = bytes.get(usize::try_from(member.at).ok()?..)?;
        let start = 30 + usize::from(word(head, 26)?) + usize::from(word(head, 28)?);
        head.starts_with(b"PK\x03\x04").then_some(())?;
        head.get(start..)?.get(..usize::try_from(member.packed).ok()?)
    }
}

/// All members, by the directory at the end. `None` where that is damaged.
fn directory(bytes: &[u8]) -> Option<Vec<Member>> {
    let tail = bytes.len().saturating_sub(TAIL);
    let end = tail + bytes[tail..].windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let last = bytes.get(end..end + 22)?;
    bytes.get(end + 22..)?.get(..usize::from(word(last, 20)?))?;
    let (mut count, mut at) = (u64::from(word(last, 10)?), u64::from(long(last, 16)?));
    // Larger archives say it before that.
    let locator = end.checked_sub(20).map(|at| &bytes[at..end]).filter(|locator| locator.starts_with(b"PK\x06\x07"));
    if let Some(locator) = locator {
        let large = bytes.get(usize::try_from(huge(locator, 8)?).ok()?..)?;
        large.starts_with(b"PK\x06\x06").then_some(())?;
        (count, at) = (huge(large, 32)?, huge(large, 48)?);
    }
    let mut rest = bytes.get(usize::try_from(at).ok()?..)?;
    let mut members = Vec::new();
    for _ in 0..count {
        rest.starts_with(b"PK\x01\x02").then_some(())?;
        let [name, extra, comment] = [28, 30, 32].map(|at| word(rest, at).map(usize::from));
        let (name, extra) = (46..46 + name?, 46 + name?..46 + name? + extra?);
        let next = extra.end + comment?;
        let mut member = Member {
            name: String::from_utf8_lossy(rest.get(name)?).into_owned(),
            flags: word(rest, 8)?,
            method: word(rest, 10)?,
            crc: long(rest, 16)?,
            packed: u64::from(long(rest, 20)?),
            at: u64::from(long(rest, 42)?),
        };
        let unpacked = long(rest, 24)?;
        member.widen(rest.get(extra)?, unpacked == u32::MAX);
        members.push(member);
        rest = rest.get(next..)?;
    }
    Some(members)
}

impl Member {
    /// Takes numbers that need 64 bits from where they stand then, in their order: unpacked, packed, place.
    fn widen(&mut self, mut extra: &[u8], unpacked: bool) {
        while let (Some(kind), Some(length)) = (word(extra, 0), word(extra, 2)) {
            let Some(field) = extra.get(4..4 + usize::from(length)) else { return };
            if kind == 1 {
                let mut at = if unpacked { 8 } else { 0 };
                for number in [&mut self.packed, &mut self.at] {
                    if *number == u64::from(u32::MAX)
                        && let Some(wide) = huge(field, at)
                    {
                        *number = wide;
                        at += 8;
                    }
                }
            }
            extra = &extra[4 + usize::from(length)..];
        }
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_le_bytes(*two))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

fn huge(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|eight| u64::from_le_bytes(*eight))
}
