//! Compression of finished answers, at the fastest levels. Bytes enter, fewer bytes leave.
//!
//! Never brotli: it would take longer than cutting the tile. Done where the CPU work is done, not on the async threads.

use super::{Refusal, keep::Weigh};
use bytes::Bytes;
use duotile_core::{Stopped, Work};

/// Below this many bytes, compressing costs more than it saves.
const SMALL: usize = 256;
/// Bytes between two questions whether anybody still waits: some milliseconds at most.
const STEP: usize = 1 << 20;
/// Bits of the window that Zstandard looks back in, where it packs piece by piece: 128 KiB.
const WINDOW: u32 = 17;

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// What a client can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Whether it takes gzip.
    pub gzip: bool,
    /// Whether it takes Zstandard.
    pub zstd: bool,
    /// What it prefers.
    pub best: Coding,
}

impl Coding {
    /// Compresses at `level` (1 is the fastest of both). Small bodies, and bodies that do not shrink, stay as they are:
    /// the coding that was used comes back with the bytes, which take no more memory than they need: they may be kept.
    ///
    /// # Errors
    /// When nobody waits for it any more.
    pub fn pack(self, body: Vec<u8>, level: u32, work: &Work<'_>) -> Result<Packed, Stopped> {
        let (coding, mut body) = self.compress(body, level, work)?;
        body.shrink_to_fit();
        Ok(Packed { bytes: body.into(), coding })
    }

    fn compress(self, body: Vec<u8>, level: u32, work: &Work<'_>) -> Result<(Self, Vec<u8>), Stopped> {
        if body.len() < SMALL {
            return Ok((Self::Identity, body));
        }
        let out = || Vec::with_capacity(body.len() / 2);
        let packed = match self {
            Self::Identity => None,
            Self::Gzip => {
                let mut gzip = flate2::write::GzEncoder::new(out(), flate2::Compression::new(level));
                write(&mut gzip, &body, work)?.and_then(|()| gzip.finish()).ok()
            }
            Self::Zstd if body.len() <= STEP => zstd::bulk::compress(&body, level.cast_signed()).ok(),
            Self::Zstd => match zstd::stream::write::Encoder::new(out(), level.cast_signed()) {
                Ok(mut zstd) => {
                    let length = zstd.set_pledged_src_size(Some(body.len() as u64));
                    let written = write(&mut zstd, &body, work)?;
                    length.and(written).and_then(|()| zstd.finish()).ok()
                }
                Err(_) => None,
            },
        };
        Ok(match packed {
            Some(packed) if packed.len() < body.len() => (self, packed),
            _ => (Self::Identity, body),
        })
    }
}

/// Writes a body step by step, each only while somebody waits.
fn write(to: &mut impl std::io::Write, body: &[u8], work: &Work<'_>) -> Result<std::io::Result<()>, Stopped> {
    for step in body.chunks(STEP) {
        work.pay(0)?;
        if let Err(error) = to.write_all(step) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}

/// A body as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its bytes.
    pub bytes: Bytes,
    /// How they are compressed.
    pub coding: Coding,
}

impl Weigh for Packed {
    fn weight(&self) -> usize {
        self.bytes.len()
    }
}

/// Compresses a body that comes in pieces, each as soon as it is there.
pub enum Packer {
    /// As it is.
    Identity,
    /// gzip.
    Gzip(Box<flate2::write::GzEncoder<Vec<u8>>>),
    /// Zstandard.
    Zstd(Box<zstd::stream::write::Encoder<'static, Vec<u8>>>),
}

impl Packer {
    /// At the fastest level, in a window that is small, because many may be at work at once.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn new(coding: Coding) -> std::io::Result<Self> {
        Ok(match coding {
            Coding::Identity => Self::Identity,
            Coding::Gzip => {
                Self::Gzip(Box::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast())))
            }
            Coding::Zstd => {
                let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 1)?;
                zstd.window_log(WINDOW)?;
                Self::Zstd(Box::new(zstd))
            }
        })
    }

    /// About how many bytes it takes: the memory of the compression, and what it has written.
    #[must_use]
    pub const fn holds(&self) -> u64 {
        match self {
            Self::Identity => 0,
            Self::Gzip(_) => 512 << 10,
            Self::Zstd(_) => 1 << 20,
        }
    }

    /// What it does.
    #[must_use]
    pub const fn coding(&self) -> Coding {
        match self {
            Self::Identity => Coding::Identity,
            Self::Gzip(_) => Coding::Gzip,
            Self::Zstd(_) => Coding::Zstd,
        }
    }

    /// The bytes to send after a piece of the body, all of them after the last one.
    ///
    /// # Errors
    /// When nobody waits for it any more; when compressing fails, which would be a mistake here.
    pub fn push(&mut self, piece: Vec<u8>, last: bool, work: &Work<'_>) -> Result<Vec<u8>, Refusal> {
        let packed = match self {
            Self::Identity => return Ok(piece),
            Self::Gzip(gzip) => write(gzip, &piece, work)?
                .and_then(|()| if last { gzip.try_finish() } else { Ok(()) })
                .map(|()| std::mem::take(gzip.get_mut())),
            Self::Zstd(zstd) => write(zstd, &piece, work)?
                .and_then(|()| if last { zstd.do_finish() } else { Ok(()) })
                .map(|()| std::mem::take(zstd.get_mut())),
        };
        packed.map_err(|error| Refusal::failed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_unpacks_to_the_same() {
        let body: Vec<u8> = (0..10_000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        let pack = |coding: Coding, body: Vec<u8>| coding.pack(body, 1, &Work::free()).expect("it goes on");
        let packed = pack(Coding::Zstd, body.clone());
        assert_eq!((packed.coding, zstd::decode_all(&packed.bytes[..]).expect("zstd")), (Coding::Zstd, body.clone()));
        let packed = pack(Coding::Gzip, body.clone());
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.bytes[..]), &mut plain).expect("gzip");
        assert_eq!((packed.coding, plain), (Coding::Gzip, body));
        let small = pack(Coding::Gzip, vec![1, 2, 3]);
        assert_eq!((small.coding, &small.bytes[..]), (Coding::Identity, &[1, 2, 3][..]));
    }

    #[test]
    fn a_large_body_is_packed_whole_and_only_while_somebody_waits() {
        let body: Vec<u8> = (0..1_000_000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        let packed = Coding::Zstd.pack(body.clone(), 1, &Work::free()).expect("it goes on");
        assert!(packed.coding == Coding::Zstd && packed.bytes.len() < body.len() / 2);
        assert!(zstd::bulk::decompress(&packed.bytes, body.len()).expect("zstd") == body);
        for coding in [Coding::Gzip, Coding::Zstd] {
            let asked = std::sync::atomic::AtomicUsize::new(0);
            let go_on = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2;
            assert_eq!(coding.pack(body.clone(), 1, &Work::new(&go_on, u64::MAX)), Err(Stopped::Gone), "{coding:?}");
            assert_eq!(asked.into_inner(), 3);
        }
    }

    #[test]
    fn pieces_that_are_packed_one_by_one_unpack_to_the_whole() {
        let body: Vec<u8> = (0..400_000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        for coding in [Coding::Identity, Coding::Gzip, Coding::Zstd] {
            let mut packer = Packer::new(coding).expect("memory");
            assert_eq!(packer.coding(), coding);
            let mut sent = Vec::new();
            for (i, piece) in body.chunks(100_000).enumerate() {
                sent.extend(
                    packer.push(piece.to_vec(), (i + 1) * 100_000 >= body.len(), &Work::free()).expect("it packs"),
                );
            }
            let plain = match coding {
                Coding::Identity => sent.clone(),
                Coding::Gzip => {
                    let mut plain = Vec::new();
                    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&sent[..]), &mut plain).expect("gzip");
                    plain
                }
                Coding::Zstd => zstd::decode_all(&sent[..]).expect("zstd"),
            };
            assert!(plain == body, "{coding:?}");
            assert!(coding == Coding::Identity || sent.len() < body.len() / 2, "{coding:?}");
        }
    }
}
