//! How files stand: which there are, how large, and when they changed. Two looks tell whether to read them again.
//!
//! Only what the file system says is looked at, so it works on any, and costs nothing worth naming for a file of any size.

use super::files;
use std::{
    fs::Metadata,
    path::PathBuf,
    time::{Duration, SystemTime},
};

/// A change this close before a look may be followed by another that leaves the same time, on file systems that count
/// in seconds.
const COARSE: Duration = Duration::from_secs(2);

/// The files of a dataset as they stood at a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand(Vec<File>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct File {
    path: PathBuf,
    /// `None` where there is no such file, or nothing is told of it.
    facts: Option<Facts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Facts {
    size: u64,
    modified: Option<SystemTime>,
    /// Which file it is: another one that was put in its place has another number.
    number: u64,
    /// Pipes and the like change without a sign.
    is_file: bool,
}

impl Stand {
    /// Looks at all files of the given paths: also at those that a pattern matches now and did not before.
    #[must_use]
    pub fn of(paths: &[PathBuf]) -> Self {
        let found = files::find(paths).map(|found| found.iter().flat_map(|found| files::all(&found.path)).collect());
        let look = |path: PathBuf| File { facts: path.metadata().ok().map(|facts| Facts::of(&facts)), path };
        Self(found.unwrap_or_else(|_| paths.to_vec()).into_iter().map(look).collect())
    }

    /// Whether another look that is equal to this one means that the files are the same, so long as it was not taken just
    /// after they changed.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        let now = SystemTime::now();
        let settled = |time: SystemTime| now.duration_since(time).is_ok_and(|age| age > COARSE);
        self.0
            .iter()
            .all(|file| file.facts.as_ref().is_some_and(|facts| facts.is_file && facts.modified.is_some_and(settled)))
    }
}

impl Facts {
    fn of(facts: &Metadata) -> Self {
        Self { size: facts.len(), modified: facts.modified().ok(), number: number(facts), is_file: facts.is_file() }
    }
}

#[cfg(unix)]
fn number(facts: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(facts)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    fn write(path: &Path, text: &str, age: u64) {
        fs::write(path, text).expect("written");
        let time = SystemTime::now() - Duration::from_secs(age);
        fs::File::options().append(true).open(path).and_then(|file| file.set_modified(time)).expect("dated");
    }

    #[test]
    fn every_change_is_seen_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let (a, b) = (folder.path().join("a.csv"), folder.path().join("b.csv"));
        write(&a, "1", 100);
        let paths = [folder.path().join("*.csv")];
        let look = || Stand::of(&paths);
        let mut last = look();
        assert!(last.is_telling());
        assert_eq!(look(), last);
        let mut changes = |what: &str, change: &dyn Fn()| {
            change();
            let now = look();
            assert_ne!(now, last, "{what}");
            last = now;
        };
        changes("size", &|| write(&a, "22", 100));
        changes("time", &|| write(&a, "22", 50));
        changes("another file", &|| write(&b, "1", 50));
        changes("a file less", &|| fs::remove_file(&b).expect("removed"));
        changes("no file", &|| fs::remove_file(&a).expect("removed"));
        assert!(!look().is_telling());
    }

    #[test]
    fn a_file_in_the_place_of_another_is_another_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, next) = (folder.path().join("a.csv"), folder.path().join("next"));
        let time = SystemTime::now() - Duration::from_secs(100);
        for path in [&path, &next] {
            write(path, "same", 0);
            fs::File::options().append(true).open(path).and_then(|file| file.set_modified(time)).expect("dated");
        }
        let before = Stand::of(std::slice::from_ref(&path));
        fs::rename(&next, &path).expect("renamed");
        assert_ne!(Stand::of(&[path]), before);
    }

    #[test]
    fn what_changed_just_now_may_change_unseen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        write(&path, "1", 0);
        assert!(!Stand::of(&[path]).is_telling());
    }
}
