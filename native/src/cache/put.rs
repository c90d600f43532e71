//! A file, whole or not at all: written under another name in the same folder, and renamed.
//!
//! It is not forced to the disk, which took six times as long on a disk that others used. What a machine that loses its power keeps
//! of the last files then is their names; such a one is no tile ([`SHORTEST`]), and the first who goes through the tree takes it away.

use super::folder::{Folder, readable};
use std::{
    collections::hash_map::RandomState,
    fs::{self, OpenOptions},
    hash::{BuildHasher as _, Hasher as _},
    io::{self, ErrorKind, Write as _},
    path::Path,
};

/// Bytes of which a disk gives away files.
const BLOCK: u64 = 4096;
/// The shortest that gzip makes.
pub(super) const SHORTEST: u64 = 20;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It was written, and takes so many bytes of a disk.
    Written(u64),
    /// It was there, and stays as it is.
    There,
}

/// Bytes of a disk that a file takes.
pub(super) const fn on_disk(length: u64) -> u64 {
    length.div_ceil(BLOCK) * BLOCK
}

impl Folder {
    /// Whether a file is there, by its path within the folder.
    #[must_use]
    pub fn has(&self, file: &Path) -> bool {
        self.path().join(file).symlink_metadata().is_ok()
    }

    /// Puts a file there, by its path within the folder. Of two who do so at once the later one's stands, which is the same tile.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] where a name on the way is no folder but leads elsewhere; what the file system says.
    pub fn put(&self, file: &Path, bytes: &[u8]) -> io::Result<Put> {
        if self.has(file) {
            return Ok(Put::There);
        }
        // Somebody may take away an empty folder at the same moment.
        let again =
            |error: io::Error| if error.kind() == ErrorKind::NotFound { self.write(file, bytes) } else { Err(error) };
        self.write(file, bytes).or_else(again)?;
        Ok(Put::Written(on_disk(bytes.len() as u64)))
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = self.folders(file.parent().unwrap_or(Path::new("")))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let new = folder.join(format!(".{name}.{:016x}", random()));
        let written = fill(&new, bytes).and_then(|()| fs::rename(&new, folder.join(&*name)));
        if written.is_err() {
            let _ = fs::remove_file(&new);
        }
        written
    }

    /// Makes the folders on the way that are not there. None of them may lead out of here.
    fn folders(&self, way: &Path) -> io::Result<std::path::PathBuf> {
        let mut folder = self.path().to_owned();
        for name in way {
            folder.push(name);
            match folder.symlink_metadata() {
                Ok(found) if found.is_dir() => {}
                Ok(_) => {
                    let what = format!("{} is no folder", folder.display());
                    return Err(io::Error::new(ErrorKind::InvalidInput, what));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => match fs::create_dir(&folder) {
                    Ok(()) => readable(&folder, 0o755)?,
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                },
                Err(error) => return Err(error),
            }
        }
        Ok(folder)
    }
}

fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    readable(path, 0o644)
}

/// 64 bits that no other has, in this process or another.
pub(super) fn random() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_and_once_and_readable_for_all() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(&around.path().join("tiles")).expect("it opens");
        let file = Path::new("a/0123456789abcdef/_/0/0/0.mvt.gz");
        assert_eq!(folder.put(file, b"first").expect("written"), Put::Written(4096));
        assert_eq!(folder.put(file, b"second").expect("there"), Put::There);
        let path = folder.path().join(file);
        assert_eq!(fs::read(&path).expect("there"), b"first");
        assert_eq!(fs::read_dir(path.parent().expect("a folder")).expect("there").count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o644, 0o755));
        }
    }

    #[test]
    fn many_who_write_the_same_file_leave_one_whole_file() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(&around.path().join("tiles")).expect("it opens");
        let file = Path::new("a/0123456789abcdef/_/0/0/0.mvt.gz");
        let all: Vec<Vec<u8>> = (0..8u8).map(|letter| vec![letter; 100_000]).collect();
        std::thread::scope(|scope| {
            for bytes in &all {
                scope.spawn(|| folder.put(file, bytes).expect("one of them"));
            }
        });
        let found = fs::read(folder.path().join(file)).expect("there");
        assert!(all.contains(&found));
        let parent = folder.path().join(file.parent().expect("a folder"));
        assert_eq!(fs::read_dir(parent).expect("there").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let around = tempfile::tempdir().expect("a folder");
        let elsewhere = around.path().join("elsewhere");
        fs::create_dir(&elsewhere).expect("made");
        let folder = Folder::open(&around.path().join("tiles")).expect("it opens");
        for link in ["a", "b/0123456789abcdef", "c/0123456789abcdef/_/0/0"] {
            let path = folder.path().join(link);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::os::unix::fs::symlink(&elsewhere, path).expect("linked");
            let dataset = &link[..1];
            let file = format!("{dataset}/0123456789abcdef/_/0/0/0.mvt.gz");
            let error = folder.put(Path::new(&file), b"x").expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
        }
        assert_eq!(fs::read_dir(&elsewhere).expect("there").count(), 0);
    }
}
