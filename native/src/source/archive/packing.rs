//! What bytes of an archive are packed with, and how they are unpacked: never to more than is said.

use super::MOST_UNPACKED;
use anyhow::{Context as _, Result, bail, ensure};
use std::io::Read;

/// What bytes are packed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// With nothing.
    Plain,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Packing {
    /// By the number that PMTiles has for it; `None` where it says that it is not known.
    ///
    /// # Errors
    /// For what is not read here.
    pub fn numbered(number: u8, what: &str) -> Result<Option<Self>> {
        Ok(Some(match number {
            0 => return Ok(None),
            1 => Self::Plain,
            2 => Self::Gzip,
            4 => Self::Zstd,
            3 => bail!("its {what} are packed with brotli, which is not read here; expected gzip, Zstandard or none"),
            _ => bail!(
                "its {what} are packed with method {number}, which is not known; expected gzip, Zstandard or none"
            ),
        }))
    }

    /// By the first bytes.
    #[must_use]
    pub const fn seen(bytes: &[u8]) -> Self {
        match bytes {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// A tile unpacked.
    ///
    /// # Errors
    /// When it is damaged, or larger than a tile may be.
    pub fn unpack(self, bytes: &[u8]) -> Result<Vec<u8>> {
        self.unpack_within(bytes, MOST_UNPACKED)
    }

    /// Bytes unpacked, of which there may be so many.
    ///
    /// # Errors
    /// When they are damaged, or more.
    pub fn unpack_within(self, bytes: &[u8], most: u64) -> Result<Vec<u8>> {
        let read = |reader: &mut dyn Read, what: &str| {
            let mut plain = Vec::new();
            reader.take(most + 1).read_to_end(&mut plain).with_context(|| format!("its {what} is damaged"))?;
            Ok::<_, anyhow::Error>(plain)
        };
        let plain = match self {
            Self::Plain => bytes.to_vec(),
            Self::Gzip => read(&mut flate2::read::MultiGzDecoder::new(bytes), "gzip")?,
            Self::Zstd => {
                let mut zstd = zstd::stream::read::Decoder::new(bytes).context("its zstd is damaged")?;
                // A window is memory that is made before anything is unpacked.
                zstd.window_log_max(27).context("its zstd is damaged")?;
                read(&mut zstd, "zstd")?
            }
        };
        ensure!(plain.len() as u64 <= most, "it unpacks to more than {most} bytes, which is the most");
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_little_that_unpacks_to_much_is_an_error() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        (0..1 << 10).for_each(|_| gzip.write_all(&[0; 1 << 12]).expect("memory"));
        let gzip = gzip.finish().expect("memory");
        let zstd = zstd::encode_all(&vec![0; 1 << 22][..], 1).expect("memory");
        for bytes in [gzip, zstd] {
            assert!(bytes.len() < 10_000);
            let packing = Packing::seen(&bytes);
            assert_eq!(packing.unpack_within(&bytes, 1 << 22).expect("fits").len(), 1 << 22);
            let error = packing.unpack_within(&bytes, 1 << 20).expect_err("much").to_string();
            assert!(error.contains("more than 1048576 bytes"), "{error}");
            assert!(packing.unpack(&bytes[..bytes.len() / 2]).is_err());
        }
        assert_eq!(Packing::seen(&[0x1a, 0x01]), Packing::Plain);
        assert!(Packing::numbered(3, "tiles").expect_err("brotli").to_string().contains("brotli"));
    }
}
