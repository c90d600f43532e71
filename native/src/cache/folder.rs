//! The folder of all files: made where it is not there, known again by a file in it, and never one that has something else.

use anyhow::{Context as _, Result, bail, ensure};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What a folder of tiles is known by, and what stands in it.
const SIGN: &str = ".duotile-tiles";
const SAYS: &str = "Tiles that duotile wrote (--file-cache); `duotile cache` lists them and takes them away.\n";

/// The folder of all files.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens one, and makes it where it is not there.
    ///
    /// # Errors
    /// Where something else is in it, it lies within another, or cannot be made.
    pub fn open(path: &Path) -> Result<Self> {
        let named = || path.display().to_string();
        if !path.exists() {
            fs::create_dir_all(path).with_context(named)?;
            readable(path, 0o755).with_context(named)?;
        }
        let path = path.canonicalize().with_context(named)?;
        let mut around = path.ancestors().skip(1);
        if let Some(other) = around.find(|folder| folder.join(SIGN).exists()) {
            bail!("{}: it lies within {}, which is a folder of tiles itself", named(), other.display());
        }
        if !path.join(SIGN).exists() {
            let mut there = fs::read_dir(&path).with_context(named)?.filter_map(Result::ok);
            let strange = there.find(|entry| entry.file_name() != "lost+found" && entry.file_name() != SIGN);
            if let Some(strange) = strange {
                let strange = strange.file_name();
                bail!(
                    "{}: it is no folder of tiles, {} is in it; expected a new or an empty one",
                    named(),
                    strange.display()
                );
            }
            fs::write(path.join(SIGN), SAYS).and_then(|()| readable(&path.join(SIGN), 0o644)).with_context(named)?;
        }
        let alike = path.join(SIGN.to_uppercase()).exists();
        ensure!(
            !alike,
            "{}: its file system takes upper for lower case, by which the tokens of queries differ",
            named()
        );
        Ok(Self { path })
    }

    /// Opens one that is there.
    ///
    /// # Errors
    /// Where it is no folder of tiles.
    pub fn there(path: &Path) -> Result<Self> {
        let sign = path.join(SIGN);
        ensure!(sign.exists(), "{}: it is no folder of tiles, in which {SIGN} would be", path.display());
        Ok(Self { path: path.canonicalize().with_context(|| path.display().to_string())? })
    }

    /// Whether it is still there, as it was opened.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.path.join(SIGN).exists()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Lets those who serve it read a file, or look into a folder: what the process would else give goes by its umask.
#[cfg(unix)]
pub(super) fn readable(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// The same, where nothing needs to be done for it.
#[cfg(not(unix))]
pub(super) fn readable(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_of_its_own_is_taken() {
        let around = tempfile::tempdir().expect("a folder");
        let tiles = around.path().join("a/tiles");
        assert!(Folder::there(&tiles).is_err());
        let folder = Folder::open(&tiles).expect("it is made");
        assert_eq!(folder.path(), tiles.canonicalize().expect("there"));
        assert!(Folder::open(&tiles).is_ok() && Folder::there(&tiles).is_ok());
        let told = |path: &Path| Folder::open(path).expect_err("refused").to_string();
        let within = told(&tiles.join("trips/other"));
        assert!(within.contains("it lies within"), "{within}");
        let strange = told(around.path());
        assert!(strange.contains("it is no folder of tiles, a is in it"), "{strange}");
    }
}
