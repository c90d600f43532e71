//! What is on its way from elsewhere to the readers of files: a file that no folder names, so that it is gone with the process,
//! however that ends.

use crate::{disk, read::Fetched};
use anyhow::{Context as _, Result, ensure};
use std::{
    env,
    fs::File,
    io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write},
    path::PathBuf,
};
use tempfile::TempPath;
use xxhash_rust::xxh3::Xxh3;

/// How often the room on the disk is looked at, and what must be left of it: bytes.
const LOOK: u64 = 64 << 20;
/// What an Arrow stream ends with.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// What is being written.
pub(super) struct Spooling {
    out: BufWriter<File>,
    named: Option<TempPath>,
    hash: Xxh3,
    bytes: u64,
    looked: u64,
}

impl Spooling {
    /// An empty one, on the disk for temporary files. Who reads it by a library that wants a name gets one, and it is gone with the spool.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new(named: bool) -> Result<Self> {
        ensure!(cfg!(unix), "what lies elsewhere is not read on this system");
        let folder = env::temp_dir();
        disk::has_room(&folder, LOOK, "fetching rows")?;
        let made = if named {
            tempfile::NamedTempFile::new()
                .map(tempfile::NamedTempFile::into_parts)
                .map(|(file, path)| (file, Some(path)))
        } else {
            tempfile::tempfile().map(|file| (file, None))
        };
        let (file, named) = made.with_context(|| format!("cannot write into {}", folder.display()))?;
        Ok(Self { out: BufWriter::with_capacity(1 << 20, file), named, hash: Xxh3::new(), bytes: 0, looked: 0 })
    }

    /// Bytes so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The whole of a file of this name, of whose rows these lines are to be told.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, lines: Vec<String>, name: Option<String>) -> Result<Spool> {
        self.out.flush()?;
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let fetched = Fetched { stamp: format!("{:032x}", self.hash.digest128()), lines, name, parts: None };
        Ok(Spool { file, named: self.named, bytes: self.bytes, fetched })
    }

    /// The whole of an Arrow IPC stream.
    ///
    /// # Errors
    /// When it does not end as one does, with what stands there instead, as far as that is text.
    pub fn finish_stream(self, lines: Vec<String>) -> Result<Result<Spool, String>> {
        let mut spool = self.finish(lines, None)?;
        spool.file.seek(SeekFrom::Start(spool.bytes.saturating_sub(1 << 14)))?;
        let mut tail = Vec::new();
        spool.file.read_to_end(&mut tail)?;
        spool.file.rewind()?;
        Ok(if tail.ends_with(&END) { Ok(spool) } else { Err(String::from_utf8_lossy(&tail).into_owned()) })
    }
}

impl Write for Spooling {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes >= self.looked + LOOK {
            self.looked = self.bytes;
            disk::has_room(&env::temp_dir(), LOOK, "fetching rows").map_err(io::Error::other)?;
        }
        self.out.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// What was fetched.
#[derive(Debug)]
pub(crate) struct Spool {
    file: File,
    named: Option<TempPath>,
    /// How many bytes.
    pub bytes: u64,
    /// What is known of them.
    pub fetched: Fetched,
}

impl Spool {
    /// A file of so many bytes whose parts are fetched when they are read.
    pub const fn of_parts(file: File, bytes: u64, fetched: Fetched) -> Self {
        Self { file, named: None, bytes, fetched }
    }

    /// Where this process finds it, for as long as it is held.
    pub fn path(&self) -> PathBuf {
        self.named.as_ref().map_or_else(|| nameless(&self.file), |path| path.to_path_buf())
    }
}

#[cfg(unix)]
fn nameless(file: &File) -> PathBuf {
    format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file)).into()
}

/// Nowhere: this system gives files without a name no other way in.
#[cfg(not(unix))]
fn nameless(_: &File) -> PathBuf {
    PathBuf::from("what-lies-elsewhere")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_was_fetched_is_read_by_its_path_and_a_stream_without_an_end_is_none() {
        let spooled = |bytes: &[u8]| {
            let mut spool = Spooling::new(false).expect("room");
            spool.write_all(bytes).expect("written");
            spool.finish_stream(Vec::new()).expect("read again")
        };
        let spool = spooled(&[b"rows", &END[..]].concat()).expect("whole");
        assert_eq!(std::fs::read(spool.path()).expect("there"), [b"rows", &END[..]].concat());
        assert_eq!(spool.bytes, 12);
        assert_ne!(spool.fetched.stamp, spooled(&[b"row2", &END[..]].concat()).expect("whole").fetched.stamp);
        assert_eq!(spooled(b"rows Code: 241. DB::Exception").expect_err("cut off"), "rows Code: 241. DB::Exception");
    }

    #[test]
    #[cfg(unix)]
    fn one_with_a_name_is_gone_with_its_spool() {
        let mut spool = Spooling::new(true).expect("room");
        spool.write_all(b"SQLite").expect("written");
        let spool = spool.finish(Vec::new(), Some("a.gpkg".into())).expect("whole");
        let path = spool.path();
        assert_eq!(path.canonicalize().and_then(std::fs::read).expect("there"), b"SQLite");
        drop(spool);
        assert!(!path.exists());
    }
}
