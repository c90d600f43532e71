//! What is in the folder: versions of datasets, and the tiles of a version. Links are not followed, and what has no name of ours
//! is passed over, so that nothing else is ever counted or taken away.

use super::{
    folder::Folder,
    mark::Mark,
    place::{ENDING, is_dataset, is_more, is_query, is_version, number},
    put::{SHORTEST, on_disk, random},
};
use duotile_core::TileId;
use std::{
    fs::{self, DirEntry},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// How long after it was begun a file that has no name yet was left behind.
const LEFT: Duration = Duration::from_mins(10);
/// How the name of a folder begins that is being taken away.
const GONE: &str = ".gone.";

/// A version of a dataset.
#[derive(Clone, Debug)]
pub struct Version {
    /// The dataset.
    pub dataset: String,
    /// The version.
    pub version: String,
    /// How it stands.
    pub mark: Mark,
    /// Where it is.
    pub folder: PathBuf,
}

/// A tile that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which.
    pub tile: TileId,
    /// Where.
    pub path: PathBuf,
    /// Bytes that it takes of a disk.
    pub size: u64,
    /// When it was last read, as far as the system tells, or else written.
    pub used: SystemTime,
}

impl Folder {
    /// All versions, in their order.
    ///
    /// # Errors
    /// What the file system says.
    pub fn versions(&self) -> io::Result<Vec<Version>> {
        let mut all = Vec::new();
        for (dataset, path) in folders(self.path(), is_dataset)? {
            for (version, folder) in folders(&path, is_version)? {
                all.push(Version { dataset: dataset.clone(), version, mark: Mark::of(&folder), folder });
            }
        }
        all.sort_by(|a, b| (&a.dataset, &a.version).cmp(&(&b.dataset, &b.version)));
        Ok(all)
    }

    /// Ends what others began to take away, as when they were ended themselves.
    ///
    /// # Errors
    /// What the file system says.
    pub fn tidy(&self) -> io::Result<()> {
        for (_, dataset) in folders(self.path(), is_dataset)? {
            for (_, gone) in folders(&dataset, |name| name.starts_with(GONE))? {
                absent(fs::remove_dir_all(gone))?;
            }
        }
        Ok(())
    }
}

impl Version {
    /// Calls `each` with all tiles, as long as it says to go on; removes what was left behind of others.
    ///
    /// # Errors
    /// What the file system or `each` says.
    pub fn tiles(&self, each: &mut dyn FnMut(Found) -> io::Result<bool>) -> io::Result<bool> {
        for (_, query) in folders(&self.folder, is_query)? {
            if !within(&query, each)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes it away: at once for those who look for a tile, then file by file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn remove(&self) -> io::Result<()> {
        let gone = self.folder.with_file_name(format!("{GONE}{:016x}", random()));
        absent(fs::rename(&self.folder, &gone))?;
        absent(fs::remove_dir_all(&gone))?;
        // The last one of a dataset.
        let _ = gone.parent().map(fs::remove_dir);
        Ok(())
    }
}

impl Found {
    /// Takes it away, and the folders above that are empty then.
    ///
    /// # Errors
    /// What the file system says.
    pub fn remove(&self) -> io::Result<()> {
        absent(fs::remove_file(&self.path))?;
        for folder in self.path.ancestors().skip(1).take(3) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The tiles of a query, and of those whose tokens begin as its own.
fn within(query: &Path, each: &mut dyn FnMut(Found) -> io::Result<bool>) -> io::Result<bool> {
    for (name, folder) in folders(query, |name| is_more(name) || number(name).is_some())? {
        let Some(z) = number(&name) else {
            if !within(&folder, each)? {
                return Ok(false);
            }
            continue;
        };
        for (x, column) in folders(&folder, |name| number(name).is_some())? {
            for entry in entries(&column)? {
                let (entry, name) = entry?;
                if name.starts_with('.') {
                    sweep(&entry);
                    continue;
                }
                let (x, y) = (number(&x), name.strip_suffix(ENDING).and_then(number));
                let (Some(x), Some(y), Ok(facts)) = (x, y, entry.metadata()) else { continue };
                let (Ok(tile), true) = (TileId::new(z, x, y), facts.is_file()) else { continue };
                if facts.len() < SHORTEST {
                    absent(fs::remove_file(entry.path()))?;
                    continue;
                }
                let written = facts.modified()?;
                let used = facts.accessed().map_or(written, |read| read.max(written));
                if !each(Found { tile, path: entry.path(), size: on_disk(facts.len()), used })? {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

/// Removes a file that somebody began and left behind.
fn sweep(entry: &DirEntry) {
    let begun = entry.metadata().and_then(|facts| facts.modified());
    let age = begun.map(|begun| SystemTime::now().duration_since(begun).unwrap_or(LEFT));
    if age.is_ok_and(|age| age >= LEFT) {
        let _ = fs::remove_file(entry.path());
    }
}

/// Folders in a folder, by their names.
fn folders(folder: &Path, fits: impl Fn(&str) -> bool) -> io::Result<Vec<(String, PathBuf)>> {
    let mut all = Vec::new();
    for entry in entries(folder)? {
        let (entry, name) = entry?;
        if fits(&name) && entry.file_type()?.is_dir() {
            all.push((name, entry.path()));
        }
    }
    Ok(all)
}

/// What is in a folder that has a name of text; nothing where somebody took it away.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<(DirEntry, String)>>> {
    let found = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        found => Some(found?),
    };
    let named = |entry: io::Result<DirEntry>| match entry {
        Ok(entry) => entry.file_name().into_string().ok().map(|name| Ok((entry, name))),
        Err(error) => Some(Err(error)),
    };
    Ok(found.into_iter().flatten().filter_map(named))
}

/// What is not there need not be taken away.
pub(super) fn absent(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_found_and_nothing_else_is_touched() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(&around.path().join("tiles")).expect("it opens");
        let version = "a/0123456789abcdef";
        let tiles = ["_/0/0/0", "_/3/4/5", "Y2Vs/14/8800/5373", "Y2Vs/~more/1/0/1"];
        for tile in tiles {
            folder.put(Path::new(&format!("{version}/{tile}{ENDING}")), &[1; 20]).expect("written");
        }
        let strange = [
            "a/0123456789abcdef/_/03/4/5.mvt.gz",
            "a/0123456789abcdef/_/3/4/5.mvt",
            "a/0123456789abcdef/_/3/9/0.mvt.gz",
            "a/0123456789abcdef/a.b/0/0/0.mvt.gz",
            "a/short/_/0/0/0.mvt.gz",
            "a/notes.txt",
        ];
        for path in strange.map(|path| folder.path().join(path)) {
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, "not ours").expect("written");
        }
        // What is left of a file whose content never came to the disk.
        let lost = folder.path().join(version).join("_/3/4/6.mvt.gz");
        fs::write(&lost, "").expect("written");
        let begun = folder.path().join(version).join("_/3/4/.5.mvt.gz.0123456789abcdef");
        fs::write(&begun, "half").expect("written");
        #[cfg(unix)]
        {
            let elsewhere = around.path().join("elsewhere/_/0/0");
            fs::create_dir_all(&elsewhere).expect("made");
            fs::write(elsewhere.join("0.mvt.gz"), "theirs").expect("written");
            let link = folder.path().join("a/fedcba9876543210");
            std::os::unix::fs::symlink(around.path().join("elsewhere"), link).expect("linked");
        }
        let versions = folder.versions().expect("found");
        let [one] = &versions[..] else { panic!("{versions:?}") };
        assert_eq!((one.dataset.as_str(), one.version.as_str(), one.mark), ("a", "0123456789abcdef", Mark::New));
        let found = || {
            let mut all = Vec::new();
            let each = &mut |found: Found| {
                all.push(found.path.strip_prefix(&one.folder).expect("within").display().to_string());
                Ok(true)
            };
            one.tiles(each).expect("found");
            all.sort();
            all
        };
        assert_eq!(
            found(),
            ["Y2Vs/14/8800/5373", "Y2Vs/~more/1/0/1", "_/0/0/0", "_/3/4/5"].map(|tile| tile.to_owned() + ENDING)
        );
        // It is being written, until it is old.
        assert!(begun.exists() && !lost.exists());
        let long_ago = SystemTime::now() - Duration::from_hours(1);
        fs::File::options().write(true).open(&begun).and_then(|file| file.set_modified(long_ago)).expect("set");
        assert_eq!(found().len(), 4);
        assert!(!begun.exists());
        one.remove().expect("removed");
        assert!(!one.folder.exists() && folder.path().join("a/notes.txt").exists());
        #[cfg(unix)]
        assert!(around.path().join("elsewhere/_/0/0/0.mvt.gz").exists());
        folder.tidy().expect("nothing left");
    }
}
