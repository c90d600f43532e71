//! Directories: which bytes are which tiles. Read with bounds, because a file may say anything.
//!
//! Source: the PMTiles specification, version 3, section "Directories".

use anyhow::{Context as _, Result, bail, ensure};
use duotile_core::archive::{Directories, Entry};
use flate2::{Compression, write::GzEncoder};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::io::Write as _;

/// Entries that a directory may have when it is read: those of a leaf of 10⁹ tiles are fewer.
const MOST: u64 = 1 << 20;
/// Bytes that it may have unpacked.
pub const MOST_BYTES: u64 = 32 << 20;
/// Leaves that are packed at once, on all cores.
const AT_ONCE: usize = 64;

/// Packs entries into a root of at most so many bytes, and leaves where they do not fit.
///
/// # Errors
/// Where memory is short.
pub fn pack(entries: Vec<Entry>, most: usize) -> Result<Directories> {
    let mut directories = Directories::of(entries, most);
    loop {
        let next: Vec<Vec<u8>> = (0..AT_ONCE).map_while(|by| directories.ahead(by)).collect();
        if next.is_empty() {
            return Ok(directories);
        }
        let packed: Vec<Vec<u8>> = next.par_iter().map(|plain| gzip(plain)).collect::<Result<_>>()?;
        packed.iter().for_each(|packed| directories.packed(packed));
    }
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(plain)?;
    Ok(gzip.finish()?)
}

/// Entries as they lie in a directory, unpacked; their numbers ascend.
///
/// # Errors
/// What is wrong with the first that cannot be.
pub fn read(bytes: &[u8]) -> Result<Vec<Entry>> {
    let mut at = 0;
    let mut varint = || -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = *bytes.get(at).context("the directory is cut off")?;
            at += 1;
            let part = u64::from(byte & 0x7f);
            ensure!(shift < 63 || part <= 1, "the directory has a number of more than 64 bits");
            value |= part << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        bail!("the directory has a number of more than 64 bits")
    };
    let count = varint()?;
    ensure!(count <= MOST, "the directory has {count} entries, expected at most {MOST}");
    // Each takes four bytes at least, so that nothing is made room for that is not there.
    ensure!(count <= bytes.len() as u64 / 4, "the directory has {count} entries in {} bytes", bytes.len());
    let mut entries = Vec::with_capacity(count as usize);
    let mut id = 0u64;
    for number in 0..count {
        let step = varint()?;
        ensure!(step > 0 || number == 0, "entry {number} of the directory has the tile of the one before");
        id = id.checked_add(step).context("the directory has a tile beyond all numbers")?;
        entries.push(Entry { id, offset: 0, length: 0, run: 0 });
    }
    let small = |value: u64, what: &str| u32::try_from(value).with_context(|| format!("an entry has {what} {value}"));
    for entry in &mut entries {
        entry.run = small(varint()?, "a run of")?;
    }
    for entry in &mut entries {
        entry.length = small(varint()?, "a length of")?;
        ensure!(entry.length > 0, "the entry of tile {} has no bytes", entry.id);
    }
    let mut next = None;
    for entry in &mut entries {
        entry.offset = match (varint()?, next) {
            (0, Some(next)) => next,
            (0, None) => bail!("the first entry of the directory follows none"),
            (place, _) => place - 1,
        };
        next = Some(entry.offset.checked_add(entry.length.into()).context("an entry ends beyond all numbers")?);
    }
    Ok(entries)
}

/// The entry that a tile is in, or the leaf in which it may be.
#[must_use]
pub fn find(entries: &[Entry], id: u64) -> Option<Entry> {
    let at = entries.partition_point(|entry| entry.id <= id).checked_sub(1)?;
    let entry = entries[at];
    (entry.run == 0 || id - entry.id < u64::from(entry.run)).then_some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).expect("gzip");
        plain
    }

    #[test]
    fn what_is_written_is_read_and_every_tile_found() {
        let entries: Vec<Entry> = (0..9000u64)
            .map(|at| Entry {
                id: at * 3,
                offset: at / 7 * 100,
                length: 1 + (at % 50) as u32,
                run: 1 + (at % 3) as u32,
            })
            .collect();
        let directories = pack(entries.clone(), 1000).expect("memory");
        let (root, leaves) = (read(&unpacked(directories.root())).expect("a root"), directories.leaves());
        assert!(root.len() > 1 && root.iter().all(|entry| entry.run == 0));
        let in_leaf = |leaf: &Entry| unpacked(&leaves[leaf.offset as usize..][..leaf.length as usize]);
        let all: Vec<Entry> = root.iter().flat_map(|leaf| read(&in_leaf(leaf)).expect("a leaf")).collect();
        assert_eq!(all, entries);
        for id in 0..27_000 {
            let expected = entries.iter().find(|entry| (entry.id..entry.id + u64::from(entry.run)).contains(&id));
            assert_eq!(find(&all, id).as_ref(), expected, "{id}");
        }
        assert_eq!(find(&root, 5).map(|leaf| leaf.offset), Some(0));
        assert_eq!(find(&[], 5), None);
    }

    #[test]
    fn hostile_directories_are_errors() {
        // Count, numbers, runs, lengths, offsets.
        let fine = [2, 5, 1, 1, 1, 9, 9, 1, 0];
        assert_eq!(read(&fine).expect("whole").len(), 2);
        for cut in 0..fine.len() {
            assert!(read(&fine[..cut]).is_err(), "{cut}");
        }
        for (bytes, expected) in [
            (&[0xff, 0xff, 0xff, 0xff, 0x0f][..], "expected at most 1048576"),
            (&[100, 0, 0, 0, 0], "100 entries in 5 bytes"),
            (&[0xff; 11], "more than 64 bits"),
            (&[2, 5, 0, 1, 1, 9, 9, 1, 0], "has the tile of the one before"),
            (&[1, 5, 1, 0, 1], "has no bytes"),
            (&[1, 5, 1, 9, 0], "follows none"),
            (&[1, 5, 0xff, 0xff, 0xff, 0xff, 0x7f, 9, 1], "a run of 34359738367"),
            (&[2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 1, 1, 1, 1, 1, 1, 1], "beyond all numbers"),
        ] {
            let error = read(bytes).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
