//! A disk, looked at before something is written to it: whether there is room, and what has the name already.

use anyhow::{Context as _, Result, bail};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Where a file or folder of a name is to be written: where a link of that name leads.
///
/// # Errors
/// When there is no folder for it, or what has the name is neither a file nor a folder.
pub(crate) fn target(out: &Path) -> Result<PathBuf> {
    // With a slash behind it a link would be what it leads to.
    let out = &out.components().collect::<PathBuf>();
    let shown = out.display();
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        bail!("{shown}: there is no folder {}", folder.display());
    }
    let there = match out.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(out.to_owned()),
        there => there.with_context(|| shown.to_string())?,
    };
    let path = if there.is_symlink() {
        out.canonicalize().with_context(|| format!("{shown}: a link that leads nowhere has that name"))?
    } else {
        out.to_owned()
    };
    if !path.is_file() && !path.is_dir() {
        bail!("{shown}: what has that name is no plain file, expected one or nothing");
    }
    Ok(path)
}

/// Whether two names are of one file.
#[cfg(unix)]
pub(crate) fn same(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let which = |path: &Path| path.metadata().ok().map(|file| (file.dev(), file.ino()));
    which(a).is_some_and(|a| which(b) == Some(a))
}

#[cfg(not(unix))]
pub(crate) fn same(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}

/// Hands all that was written beneath a folder to its disk, at once and not file by file; elsewhere than on Linux the system does so when it
/// likes.
///
/// # Errors
/// Where the disk does not take it.
#[cfg(target_os = "linux")]
pub(crate) fn synced(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(std::fs::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn synced(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Refuses to write what there is no room for.
///
/// # Errors
/// When less is free on the disk of a folder than is needed, with both figures. Where the system does not tell what is
/// free, nothing is refused.
pub(crate) fn has_room(folder: &Path, needed: u64, what: &str) -> Result<()> {
    match free(folder) {
        Some(free) => enough(folder, free, needed, what),
        None => Ok(()),
    }
}

fn enough(folder: &Path, free: u64, needed: u64, what: &str) -> Result<()> {
    if free < needed {
        let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
        bail!(
            "{what} needs about {} MB on the disk of {}, where {} MB are free",
            megabytes(needed),
            folder.display(),
            free >> 20
        );
    }
    Ok(())
}

/// Bytes that this process may still write to the disk of a folder.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    disk.f_bavail.checked_mul(disk.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_both_figures() {
        let folder = Path::new("/data");
        assert!(enough(folder, 5 << 20, 5 << 20, "it").is_ok());
        let line = enough(folder, 5 << 20, (5 << 20) + 1, "the build").expect_err("too much").to_string();
        assert_eq!(line, "the build needs about 6 MB on the disk of /data, where 5 MB are free");
    }

    #[test]
    #[cfg(unix)]
    fn what_has_a_name_is_looked_at() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a"), "a").expect("written");
        symlink(at("a"), at("link")).expect("a link");
        symlink(at("nothing"), at("nowhere")).expect("a link");
        std::fs::create_dir(at("b")).expect("made");
        symlink(at("b"), at("within")).expect("a link");
        rustix::fs::mkfifoat(rustix::fs::CWD, at("fifo"), 0o600.into()).expect("a pipe");
        let file = at("a").canonicalize().expect("there");
        assert_eq!((target(&at("link")).expect("a file"), target(&at("new")).expect("none")), (file, at("new")));
        let within = at("b").canonicalize().expect("there");
        let expected = [within.clone(), within, at("b")];
        assert_eq!(["within", "within/", "b/"].map(|name| target(&at(name)).expect("a folder")), expected);
        for (name, expected) in
            [("no/a", "there is no folder"), ("nowhere", "leads nowhere"), ("fifo", "no plain file, expected one")]
        {
            let error = target(&at(name)).expect_err(name).to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(same(&at("a"), &at("link")) && !same(&at("a"), &at("fifo")) && !same(&at("new"), &at("new")));
    }

    #[test]
    #[cfg(unix)]
    fn what_is_free_is_told_by_the_system() {
        let folder = tempfile::tempdir().expect("a folder");
        let told = free(folder.path()).expect("a disk");
        let df = std::process::Command::new("df").args(["-Pk".as_ref(), folder.path()]).output().expect("df is there");
        let text = String::from_utf8(df.stdout).expect("text");
        let available = text.lines().last().and_then(|line| line.split_whitespace().nth(3));
        let kilobytes: u64 = available.and_then(|text| text.parse().ok()).expect("a number");
        // Others write meanwhile.
        assert!(told.abs_diff(kilobytes << 10) < 1 << 30, "{told} and {kilobytes} kB");
        assert!(has_room(folder.path(), u64::MAX, "it").is_err() && has_room(folder.path(), 1, "it").is_ok());
        assert_eq!(free(Path::new("/no/such/folder")), None);
    }
}
