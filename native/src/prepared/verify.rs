//! Looks at every byte of a prepared file: what opening takes on trust.

use super::{
    description::Described,
    mapped,
    open::{checked, refused},
};
use crate::{
    dataset::{Data, Loaded},
    read::{Progress, content::Content},
};
use anyhow::{Context as _, Result, bail};
use rayon::prelude::*;
use std::path::Path;

/// Rows that are looked at together.
const PIECE: usize = 1 << 20;

/// Checks all bytes of a prepared file against their checksums, and that keys ascend and codes have a text. Gives how many
/// bytes were looked at.
///
/// # Errors
/// One line that names the file, and what is wrong with it.
pub fn verify(path: &Path, progress: &dyn Progress) -> Result<u64> {
    let (_, file, mut description) = checked(path)?;
    let mut look = || -> Result<u64> {
        let length = file.as_ref().len() as u64;
        progress.stage("verify", Some(length));
        let mut done = 0;
        for (what, stretch) in description.stretches() {
            stretch.whole(file.as_ref(), &what)?;
            done += stretch.bytes;
            progress.advance(done);
        }
        in_order(&mapped::view(&file, &description.keys)?, &mapped::view(&file, &description.row_numbers)?)?;
        description.columns.par_iter().try_for_each(|column| codes(&file, column, description.rows))?;
        Ok(length)
    };
    look().with_context(|| refused(path))
}

/// Keys ascend, and rows of the same key too.
fn in_order(keys: &[u64], rows: &[u32]) -> Result<()> {
    if keys.len() != rows.len() {
        bail!("it has {} keys for {} rows", keys.len(), rows.len());
    }
    let pair = |at: usize| (keys[at], rows[at]);
    match (1..keys.len()).into_par_iter().find_any(|&at| pair(at - 1) >= pair(at)) {
        Some(at) => bail!("its row {at} is not in order"),
        None => Ok(()),
    }
}

fn codes(file: &Content, described: &Described, rows: u64) -> Result<()> {
    fn most<T: Copy + Into<u32> + Send + Sync>(codes: &[T]) -> u32 {
        codes.par_chunks(PIECE).map(|codes| codes.iter().map(|&code| code.into()).max().unwrap_or(0)).max().unwrap_or(0)
    }
    let Loaded { name, data, .. } = mapped::column(file, described, rows)?;
    let (most, texts) = match &data {
        Data::Text8(codes, texts) => (most(codes), texts),
        Data::Text16(codes, texts) => (most(codes), texts),
        Data::Text32(codes, texts) => (most(codes), texts),
        _ => return Ok(()),
    };
    // Without any text, all rows have code 0 and no value.
    if most as usize >= texts.len().max(1) {
        bail!("its column {name:?} has a code {most} for {} texts", texts.len());
    }
    Ok(())
}
