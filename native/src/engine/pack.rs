//! Compression as the client can take it: zstd, else gzip, at their fastest levels. Bytes enter, fewer bytes leave.
//!
//! Never brotli: it would take longer than cutting the tile. Done where the CPU work is done, not on the async threads.

use axum::http::{HeaderMap, HeaderValue, header};
use std::io::Write as _;

/// Below this many bytes, compressing costs more than it saves.
const SMALL: usize = 256;
/// Bits of the window that Zstandard looks back in, where it packs piece by piece: 128 KiB.
const WINDOW: u32 = 17;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Encoding {
    /// What the client prefers of what we do: zstd before gzip before none, unless its weights say otherwise.
    #[must_use]
    pub fn negotiate(headers: &HeaderMap) -> Self {
        let (mut gzip, mut zstd, mut any) = (None, None, None);
        for part in
            headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(','))
        {
            let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = match parameters.trim().strip_prefix("q=") {
                Some(weight) => weight.trim().parse().unwrap_or(0.0),
                None => 1.0f32,
            };
            match name.trim().to_ascii_lowercase().as_str() {
                "zstd" => zstd = Some(weight),
                "gzip" | "x-gzip" => gzip = Some(weight),
                "*" => any = Some(weight),
                _ => {}
            }
        }
        let gzip = gzip.or(any).unwrap_or(0.0);
        let zstd = zstd.or(any).unwrap_or(0.0);
        if zstd > 0.0 && zstd >= gzip {
            Self::Zstd
        } else if gzip > 0.0 {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// The header's value; none for identity.
    #[must_use]
    pub fn header(self) -> Option<HeaderValue> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Zstd => Some(HeaderValue::from_static("zstd")),
        }
    }

    /// Compresses at `level` (1 is the fastest of both). Small bodies, and bodies that do not shrink, stay as they are:
    /// the encoding that was used comes back with the bytes, which take no more memory than they need: they may be kept.
    #[must_use]
    pub fn encode(self, body: Vec<u8>, level: u32) -> (Self, Vec<u8>) {
        let (encoding, mut body) = self.pack(body, level);
        body.shrink_to_fit();
        (encoding, body)
    }

    fn pack(self, body: Vec<u8>, level: u32) -> (Self, Vec<u8>) {
        if body.len() < SMALL {
            return (Self::Identity, body);
        }
        let packed = match self {
            Self::Identity => None,
            Self::Gzip => {
                let mut gzip =
                    flate2::write::GzEncoder::new(Vec::with_capacity(body.len() / 2), flate2::Compression::new(level));
                gzip.write_all(&body).and_then(|()| gzip.finish()).ok()
            }
            Self::Zstd => zstd::bulk::compress(&body, level.cast_signed()).ok(),
        };
        match packed {
            Some(packed) if packed.len() < body.len() => (self, packed),
            _ => (Self::Identity, body),
        }
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
    pub fn new(encoding: Encoding) -> std::io::Result<Self> {
        Ok(match encoding {
            Encoding::Identity => Self::Identity,
            Encoding::Gzip => {
                Self::Gzip(Box::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast())))
            }
            Encoding::Zstd => {
                let mut zstd = zstd::stream::write::Encoder::new(Vec::new(), 1)?;
                zstd.window_log(WINDOW)?;
                Self::Zstd(Box::new(zstd))
            }
        })
    }

    /// What it does.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        match self {
            Self::Identity => Encoding::Identity,
            Self::Gzip(_) => Encoding::Gzip,
            Self::Zstd(_) => Encoding::Zstd,
        }
    }

    /// The bytes to send after a piece of the body, all of them after the last one.
    ///
    /// # Errors
    /// When compressing fails, which would be a mistake here.
    pub fn push(&mut self, piece: Vec<u8>, last: bool) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(piece),
            Self::Gzip(gzip) => {
                gzip.write_all(&piece)?;
                if last {
                    gzip.try_finish()?;
                }
                Ok(std::mem::take(gzip.get_mut()))
            }
            Self::Zstd(zstd) => {
                zstd.write_all(&piece)?;
                if last {
                    zstd.do_finish()?;
                }
                Ok(std::mem::take(zstd.get_mut()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_the_client_takes_is_chosen() {
        for (accept, expected) in [
            ("gzip, deflate, br, zstd", Encoding::Zstd),
            ("gzip, deflate, br", Encoding::Gzip),
            ("br", Encoding::Identity),
            ("", Encoding::Identity),
            ("zstd;q=0, gzip;q=0.5", Encoding::Gzip),
            ("zstd;q=0.1, gzip;q=0.5", Encoding::Gzip),
            ("*", Encoding::Zstd),
            ("*;q=0", Encoding::Identity),
            ("GZIP;q=1.0", Encoding::Gzip),
            ("gzip;q=oops", Encoding::Identity),
        ] {
            let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))].into_iter().collect();
            assert_eq!(Encoding::negotiate(&headers), expected, "{accept}");
        }
    }

    #[test]
    fn what_is_packed_unpacks_to_the_same() {
        let body: Vec<u8> = (0..10_000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        let (used, packed) = Encoding::Zstd.encode(body.clone(), 1);
        assert_eq!((used, zstd::decode_all(&packed[..]).expect("zstd")), (Encoding::Zstd, body.clone()));
        let (used, packed) = Encoding::Gzip.encode(body.clone(), 1);
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut plain).expect("gzip");
        assert_eq!((used, plain), (Encoding::Gzip, body));
        assert_eq!(packed.capacity(), packed.len());
        assert_eq!(Encoding::Gzip.encode(vec![1, 2, 3], 1), (Encoding::Identity, vec![1, 2, 3]));
    }

    #[test]
    fn pieces_that_are_packed_one_by_one_unpack_to_the_whole() {
        let body: Vec<u8> = (0..400_000u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
        for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Zstd] {
            let mut packer = Packer::new(encoding).expect("memory");
            assert_eq!(packer.encoding(), encoding);
            let mut sent = Vec::new();
            for (i, piece) in body.chunks(100_000).enumerate() {
                sent.extend(packer.push(piece.to_vec(), (i + 1) * 100_000 >= body.len()).expect("it packs"));
            }
            let plain = match encoding {
                Encoding::Identity => sent.clone(),
                Encoding::Gzip => {
                    let mut plain = Vec::new();
                    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&sent[..]), &mut plain).expect("gzip");
                    plain
                }
                Encoding::Zstd => zstd::decode_all(&sent[..]).expect("zstd"),
            };
            assert!(plain == body, "{encoding:?}");
            assert!(encoding == Encoding::Identity || sent.len() < body.len() / 2, "{encoding:?}");
        }
    }
}
