//! The folder beside the output that a build works in: gone when the build ends, however it ends.

use anyhow::{Context as _, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Folders of builds that are under way.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder that is deleted with all it holds when dropped.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes one on the same disk as a file to be.
    ///
    /// # Errors
    /// When that place cannot be written to.
    pub fn beside(out: &Path) -> Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(out.file_name().unwrap_or_default());
        name.push(format!(".building-{}", std::process::id()));
        let path = out.with_file_name(name);
        // What an earlier process of this number left.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).with_context(|| format!("cannot write {}", path.display()))?;
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
        Ok(Self(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).retain(|open| *open != self.0);
        // That it is there still is no further error.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Deletes the folders of all builds: for a process that is told to end.
pub(super) fn delete_all() {
    for folder in OPEN.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
        // A file that is made meanwhile keeps its folder; the next try takes both.
        for _ in 0..10 {
            if fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_what_it_holds() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = Folder::beside(&root.path().join("a.arrow")).expect("writable");
        fs::write(folder.file("run"), "x").expect("written");
        assert_eq!(fs::read_dir(root.path()).expect("there").count(), 1);
        drop(folder);
        assert_eq!(fs::read_dir(root.path()).expect("there").count(), 0);
        assert!(Folder::beside(&root.path().join("no/such/a.arrow")).is_err());
    }
}
