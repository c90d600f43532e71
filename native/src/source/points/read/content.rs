//! The bytes of a file: mapped into memory where they can be, decompressed where they must be.

use crate::disk;
use anyhow::{Context, Result, bail};
use flate2::bufread::GzDecoder;
use polars_utils::mmap::MMapSemaphore;
use std::{
    fmt,
    fs::{self, File},
    io::{self, Read, Write as _},
    path::Path,
    sync::Arc,
};

/// How many times as long data may be when it is unpacked, once it is that long.
const MOST_TIMES: usize = 250;
const MOST_UNPACKED: usize = 256 << 20;

/// Refuses what is made to fill memory: no table shrinks so far when it is packed.
///
/// # Errors
/// When so many bytes come of as few that are packed.
pub(super) fn check(unpacked: usize, packed: usize, what: &str) -> Result<()> {
    if unpacked > MOST_UNPACKED && unpacked / MOST_TIMES > packed {
        bail!("its {what} unpacks to more than {MOST_TIMES} times its length, which no table does");
    }
    Ok(())
}

/// Bytes that can be shared.
#[derive(Clone)]
pub(crate) enum Content {
    /// A file, mapped.
    Mapped(Arc<Mapped>),
    /// In memory.
    Owned(Arc<Vec<u8>>),
    /// Part of the program.
    Static(&'static [u8]),
}

/// Members of gzip, one behind the other. Zero bytes behind them are nothing, as `gzip` has it: what wrote them filled a block.
struct Members<'b>(Option<GzDecoder<&'b [u8]>>);

impl Read for Members<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.0 {
            let length = decoder.read(out)?;
            if length > 0 || out.is_empty() {
                return Ok(length);
            }
            let rest = self.0.take().map_or(&[][..], GzDecoder::into_inner);
            self.0 = rest.iter().any(|&byte| byte != 0).then(|| GzDecoder::new(rest));
        }
        Ok(0)
    }
}

/// A mapped file.
pub(crate) struct Mapped {
    map: MMapSemaphore,
    file: File,
}

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        match self {
            Self::Mapped(mapped) => mapped.map.as_ref(),
            Self::Owned(bytes) => bytes,
            Self::Static(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.as_ref().len())
    }
}

impl Content {
    /// The bytes of a file as they are: mapped, or a copy.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, copy: bool) -> Result<Self> {
        let shown = path.display();
        // To open a pipe would be to wait for who writes to it.
        if fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
            bail!("{shown} is a pipe, a device or a folder, expected a file");
        }
        let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
        Self::of(&file, copy).with_context(|| format!("cannot read {shown}"))
    }

    /// The bytes of an open file: mapped, or a copy.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(mut file: &File, copy: bool) -> Result<Self> {
        let facts = file.metadata()?;
        if facts.is_file() && facts.len() > 0 && !copy {
            return Self::map(file);
        }
        // Also pipes and the like.
        let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(0));
        file.read_to_end(&mut bytes)?;
        Ok(Self::Owned(Arc::new(bytes)))
    }

    /// Whether they lie in a file, and go with it.
    pub const fn is_mapped(&self) -> bool {
        matches!(self, Self::Mapped(_))
    }

    /// Lets go of the parts of a mapped file that were looked at, which count as memory of this program: maps it anew.
    /// Does nothing where that fails.
    pub fn let_go(&mut self) {
        let Self::Mapped(mapped) = self else { return };
        let again =
            mapped.file.try_clone().ok().and_then(|file| Some((MMapSemaphore::new_from_file(&file).ok()?, file)));
        match again {
            // A file that is another length now would not fit what is known of it.
            Some((map, file)) if map.as_ref().len() == mapped.map.as_ref().len() => {
                *mapped = Arc::new(Mapped { map, file });
            }
            _ => {}
        }
    }

    /// The bytes of an open file, mapped. That fails where it is empty, or none of a disk.
    fn map(file: &File) -> Result<Self> {
        let file = file.try_clone()?;
        Ok(Self::Mapped(Arc::new(Mapped { map: MMapSemaphore::new_from_file(&file)?, file })))
    }

    /// The same bytes without gzip or zstd around them: in memory, or in a file of this path, which is mapped.
    ///
    /// # Errors
    /// When they are damaged or cut off, or the file cannot be written.
    pub fn decompressed(self, spool: Option<&Path>) -> Result<Self> {
        let bytes = self.as_ref();
        let (decoder, what): (Box<dyn Read + '_>, _) = if bytes.starts_with(&[0x1f, 0x8b]) {
            (Box::new(Members(Some(GzDecoder::new(bytes)))), "gzip")
        } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            (Box::new(zstd::stream::read::Decoder::new(bytes)?), "zstd")
        } else {
            return Ok(self);
        };
        let unpacked = Self::unpacked(decoder, bytes.len(), what, spool)?;
        let start = unpacked.as_ref();
        if let Some(again) = [("gzip", &[0x1f, 0x8b][..]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd])]
            .iter()
            .find(|(_, mark)| start.starts_with(mark))
        {
            bail!("it is packed twice: what its {what} holds is {} once more; unpack it once, and read that", again.0);
        }
        Ok(unpacked)
    }

    /// What a decoder gives of so many `packed` bytes: in memory, or in a file of this path, which is mapped.
    ///
    /// # Errors
    /// When they are damaged or cut off, or the file cannot be written.
    pub fn unpacked(mut decoder: Box<dyn Read + '_>, packed: usize, what: &str, spool: Option<&Path>) -> Result<Self> {
        let mut total = 0;
        let mut piece = vec![0; 1 << 20];
        let mut next = |piece: &mut [u8]| -> Result<usize> {
            let length = decoder.read(piece).with_context(|| format!("{what} data is damaged or cut off"))?;
            total += length;
            check(total, packed, what)?;
            Ok(length)
        };
        let Some(path) = spool else {
            let mut out = Vec::with_capacity(packed.saturating_mul(4));
            loop {
                match next(&mut piece)? {
                    0 => return Ok(Self::Owned(Arc::new(out))),
                    length => out.extend_from_slice(&piece[..length]),
                }
            }
        };
        let cannot = || format!("cannot write {}", path.display());
        // It will hardly be less than what it is unpacked from.
        disk::has_room(path.parent().unwrap_or(Path::new(".")), packed as u64, "unpacking the input")?;
        let mut out = File::create(path).with_context(cannot)?;
        loop {
            match next(&mut piece)? {
                0 => break,
                length => out.write_all(&piece[..length]).with_context(cannot)?,
            }
        }
        drop(out);
        let unpacked = Self::open(path, false)?;
        // Its bytes stay for as long as they are mapped. Where a file cannot go before that, it goes with its folder.
        let _ = fs::remove_file(path);
        Ok(unpacked)
    }
}
