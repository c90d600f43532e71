//! Brings the folder below its bound: versions that were replaced go first, those longest ago before others, then the tiles that
//! were read longest ago.
//!
//! When a file was read is what the file system says, which most write down once a day. How many bytes were last read in each
//! minute is enough to know from when on tiles may stay, whatever their number.

use super::{folder::Folder, mark::Mark, tree::Version};
use std::{
    collections::BTreeMap,
    io,
    time::{SystemTime, UNIX_EPOCH},
};

/// Of ten parts of the bound so many are filled when it was reached, so that it is not at once again.
const FILLED: u64 = 9;

/// What is there.
#[derive(Debug, Default)]
pub struct Sizes {
    /// Bytes of a disk.
    pub bytes: u64,
    /// Bytes of a version, and of the minutes since 1970 in which its tiles were last read.
    versions: Vec<(Version, u64)>,
    minutes: BTreeMap<u64, u64>,
}

/// What was taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trimmed {
    /// Tiles, of those that were looked at one by one.
    pub tiles: u64,
    /// Bytes of a disk that are filled now.
    pub left: u64,
}

impl Folder {
    /// What is there.
    ///
    /// # Errors
    /// What the file system says.
    pub fn measure(&self) -> io::Result<Sizes> {
        self.tidy()?;
        let (mut sizes, now) = (Sizes::default(), SystemTime::now());
        for version in self.versions()? {
            let mut bytes = 0;
            version.tiles(&mut |found| {
                bytes += found.size;
                if !matches!(version.mark, Mark::Old(_)) {
                    *sizes.minutes.entry(minute(found.used, now)).or_default() += found.size;
                }
                Ok(true)
            })?;
            sizes.bytes += bytes;
            sizes.versions.push((version, bytes));
        }
        Ok(sizes)
    }

    /// Takes away what is too much for a bound, where it is too much.
    ///
    /// # Errors
    /// What the file system says.
    pub fn trim(&self, most: u64) -> io::Result<Trimmed> {
        let Sizes { bytes: mut left, versions, minutes } = self.measure()?;
        let (mut tiles, goal, now) = (0, most / 10 * FILLED, SystemTime::now());
        if left <= most {
            return Ok(Trimmed { tiles, left });
        }
        let (mut old, stay): (Vec<_>, Vec<_>) =
            versions.into_iter().partition(|(version, _)| matches!(version.mark, Mark::Old(_)));
        old.sort_by_key(|(version, _)| match version.mark {
            Mark::Old(since) => since,
            Mark::New | Mark::Current => now,
        });
        for (version, bytes) in old {
            if left <= goal {
                return Ok(Trimmed { tiles, left });
            }
            version.remove()?;
            left -= bytes;
        }
        // All that was last read until then is to go, of the last minute as much as is needed.
        let mut passed = 0;
        let last = minutes.into_iter().find(|(_, bytes)| {
            passed += bytes;
            left.saturating_sub(passed) <= goal
        });
        let last = last.map_or(u64::MAX, |(minute, _)| minute);
        for (version, _) in stay {
            version.tiles(&mut |found| {
                if left > goal && minute(found.used, now) <= last {
                    found.remove()?;
                    tiles += 1;
                    left = left.saturating_sub(found.size);
                }
                Ok(left > goal)
            })?;
        }
        Ok(Trimmed { tiles, left })
    }
}

/// The minute since 1970; none is after now, whatever a clock said.
fn minute(time: SystemTime, now: SystemTime) -> u64 {
    time.min(now).duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 60
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::place::Place;
    use duotile_core::TileId;
    use std::{fs, time::Duration};

    const VERSIONS: [&str; 3] = ["1111111111111111", "2222222222222222", "3333333333333333"];

    /// Ten tiles of a block each, of which the later were read later.
    fn filled(folder: &Folder, version: &str) {
        let place = Place::of("a", version, "").expect("a place");
        for y in 0..10 {
            let file = place.tile(TileId::new(4, 0, y).expect("valid"));
            folder.put(&file, &[1; 20]).expect("written");
            let read = SystemTime::now() - Duration::from_hours(100 - u64::from(y));
            let times = fs::FileTimes::new().set_accessed(read).set_modified(read);
            let file = fs::File::options().write(true).open(folder.path().join(file)).expect("there");
            file.set_times(times).expect("set");
        }
    }

    fn left(folder: &Folder) -> Vec<(String, Vec<u32>)> {
        let versions = folder.versions().expect("found");
        let tiles = |version: &Version| {
            let mut all = Vec::new();
            version
                .tiles(&mut |found| {
                    all.push(found.tile.y());
                    Ok(true)
                })
                .expect("found");
            all.sort_unstable();
            all
        };
        versions.iter().map(|version| (version.version.clone(), tiles(version))).collect()
    }

    #[test]
    fn what_was_replaced_goes_first_then_what_was_read_longest_ago() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(&around.path().join("tiles")).expect("it opens");
        VERSIONS.iter().for_each(|version| filled(&folder, version));
        let mark = |version: &str, since: Duration| {
            let path = folder.path().join("a").join(version).join(".old");
            fs::write(&path, "").expect("marked");
            let file = fs::File::options().write(true).open(path).expect("there");
            file.set_modified(SystemTime::now() - since).expect("set");
        };
        mark(VERSIONS[0], Duration::from_mins(1));
        mark(VERSIONS[1], Duration::from_mins(2));
        let trim = |blocks: u64| folder.trim(blocks * 4096).expect("trimmed");
        assert_eq!(trim(30), Trimmed { tiles: 0, left: 30 * 4096 });
        // The one that was replaced first is enough.
        assert_eq!(trim(29), Trimmed { tiles: 0, left: 20 * 4096 });
        assert_eq!(left(&folder), [VERSIONS[0], VERSIONS[2]].map(|version| (version.to_owned(), (0..10).collect())));
        // The other, and of those that are served two.
        assert_eq!(trim(9), Trimmed { tiles: 2, left: 8 * 4096 });
        assert_eq!(left(&folder), [(VERSIONS[2].to_owned(), (2..10).collect())]);
        assert_eq!(trim(0), Trimmed { tiles: 8, left: 0 });
        assert_eq!(folder.measure().expect("measured").bytes, 0);
    }
}
