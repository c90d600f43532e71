//! Room on a disk, looked at before much is written to it.

use anyhow::{Result, bail};
use std::path::Path;

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
