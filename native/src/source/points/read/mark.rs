//! How a prepared file is told from any other Arrow file, before it is opened as one.
//!
//! It is marked at its head, in the metadata of its schema, and sealed at its end: one is known as such whichever of the two
//! is gone.

use anyhow::{Context as _, Result};
use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// The key in the metadata of the schema.
pub(crate) const MARK: &str = "duotile:prepared";
/// What a seal begins with.
pub(crate) const SEAL_MAGIC: [u8; 8] = *b"DUOTILE\0";
/// Bytes of a seal, which stands right before the footer.
pub(crate) const SEAL: usize = 72;
/// What an Arrow file begins and ends with.
pub(crate) const ARROW: &[u8; 6] = b"ARROW1";

/// Most bytes of a schema that are looked through for the mark.
const MOST: u64 = 1 << 22;

/// Whether a file was written by `build`, whole or not.
///
/// # Errors
/// When it cannot be read.
pub(super) fn is_prepared(path: &Path) -> Result<bool> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    if !file.metadata().is_ok_and(|facts| facts.is_file()) {
        return Ok(false);
    }
    look(file).with_context(|| format!("cannot read {shown}"))
}

fn look(mut file: File) -> io::Result<bool> {
    let mut head = Vec::new();
    // The magic of Arrow, the mark of a message, its length.
    file.by_ref().take(16).read_to_end(&mut head)?;
    if !head.starts_with(ARROW) {
        return Ok(false);
    }
    let length = head.last_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    head.clear();
    file.by_ref().take(u64::from(length).min(MOST)).read_to_end(&mut head)?;
    Ok(head.windows(MARK.len()).any(|window| window == MARK.as_bytes()) || is_sealed(&mut file)?)
}

/// Whether there is a seal, whole or not, where the length of the footer says.
fn is_sealed(file: &mut File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let mut end = [0; 4 + ARROW.len()];
    let Some(before) = length.checked_sub(end.len() as u64) else { return Ok(false) };
    file.seek(SeekFrom::Start(before))?;
    file.read_exact(&mut end)?;
    let (footer, arrow) = end.split_at(4);
    let footer = footer.first_chunk().map_or(-1, |bytes| i32::from_le_bytes(*bytes));
    let place = u64::try_from(footer).ok().and_then(|footer| before.checked_sub(footer)?.checked_sub(SEAL as u64));
    let (Some(place), true) = (place, arrow == ARROW) else { return Ok(false) };
    let mut magic = [0; SEAL_MAGIC.len()];
    file.seek(SeekFrom::Start(place))?;
    file.read_exact(&mut magic)?;
    Ok(magic == SEAL_MAGIC)
}
