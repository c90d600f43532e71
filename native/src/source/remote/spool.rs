//! Rows on their way from a database to the readers of files: a file that no folder names, so that it is gone with the process,
//! however that ends.

use crate::{disk, read::Fetched};
use anyhow::{Context as _, Result, ensure};
use std::{
    env,
    fs::File,
    io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write},
    path::PathBuf,
};
use xxhash_rust::xxh3::Xxh3;

/// How often the room on the disk is looked at, and what must be left of it: bytes.
const LOOK: u64 = 64 << 20;
/// What an Arrow stream ends with.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// An Arrow IPC stream that is being written.
pub(super) struct Spooling {
    out: BufWriter<File>,
    hash: Xxh3,
    bytes: u64,
    looked: u64,
}

impl Spooling {
    /// An empty one, on the disk for temporary files.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new() -> Result<Self> {
        ensure!(cfg!(unix), "rows of databases are not read on this system");
        let folder = env::temp_dir();
        disk::has_room(&folder, LOOK, "fetching rows")?;
        let file = tempfile::tempfile().with_context(|| format!("cannot write into {}", folder.display()))?;
        Ok(Self { out: BufWriter::with_capacity(1 << 20, file), hash: Xxh3::new(), bytes: 0, looked: 0 })
    }

    /// Bytes so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The whole stream, of whose rows these lines are to be told.
    ///
    /// # Errors
    /// When it does not end as one does, with what stands there instead, as far as that is text.
    pub fn finish(mut self, lines: Vec<String>) -> Result<Result<Spool, String>> {
        self.out.flush()?;
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(self.bytes.saturating_sub(1 << 14)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        file.rewind()?;
        if !tail.ends_with(&END) {
            return Ok(Err(String::from_utf8_lossy(&tail).into_owned()));
        }
        let fetched = Fetched { stamp: format!("{:032x}", self.hash.digest128()), lines };
        Ok(Ok(Spool { file, bytes: self.bytes, fetched }))
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

/// Rows that were fetched.
#[derive(Debug)]
pub(crate) struct Spool {
    #[cfg_attr(not(unix), expect(dead_code, reason = "held open"))]
    file: File,
    /// How many bytes.
    pub bytes: u64,
    /// What is known of them.
    pub fetched: Fetched,
}

impl Spool {
    /// Where this process finds it, for as long as it is held.
    #[cfg(unix)]
    pub fn path(&self) -> PathBuf {
        format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&self.file)).into()
    }

    /// Nowhere: this system gives files without a name no other way in.
    #[cfg(not(unix))]
    pub fn path(&self) -> PathBuf {
        PathBuf::from("rows-of-a-database")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_was_fetched_is_read_by_its_path_and_a_stream_without_an_end_is_none() {
        let spooled = |bytes: &[u8]| {
            let mut spool = Spooling::new().expect("room");
            spool.write_all(bytes).expect("written");
            spool.finish(Vec::new()).expect("read again")
        };
        let spool = spooled(&[b"rows", &END[..]].concat()).expect("whole");
        assert_eq!(std::fs::read(spool.path()).expect("there"), [b"rows", &END[..]].concat());
        assert_eq!(spool.bytes, 12);
        assert_ne!(spool.fetched.stamp, spooled(&[b"row2", &END[..]].concat()).expect("whole").fetched.stamp);
        assert_eq!(spooled(b"rows Code: 241. DB::Exception").expect_err("cut off"), "rows Code: 241. DB::Exception");
    }
}
