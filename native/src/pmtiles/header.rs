//! Reads the first 127 bytes: where everything is, and what it is.
//!
//! Source: the PMTiles specification, version 3, section "Header".

use anyhow::{Result, bail, ensure};
use duotile_core::archive::{HEADER, Header, Span};

/// Reads the beginning of a file that has so many bytes.
///
/// # Errors
/// What was found and what was expected: for what is no PMTiles of version 3, and for parts beyond the end of the file.
pub fn read(bytes: &[u8], size: u64) -> Result<Header> {
    ensure!(bytes.starts_with(b"PMTiles"), "it is no PMTiles file: it does not begin with that word");
    ensure!(bytes.len() >= HEADER, "it is cut off: {} bytes, where the header has {HEADER}", bytes.len());
    ensure!(bytes[7] == 3, "it is PMTiles of version {}, expected 3", bytes[7]);
    let number = |at: usize| bytes[at..].iter().take(8).rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
    let degrees = |at: usize| {
        let e7 = i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        f64::from(e7) / 1e7
    };
    let span = |at: usize| Span { offset: number(at), length: number(at + 8) };
    let header = Header {
        root: span(8),
        metadata: span(24),
        leaves: span(40),
        tiles: span(56),
        counts: [number(72), number(80), number(88)],
        clustered: bytes[96] == 1,
        inner: bytes[97],
        packing: bytes[98],
        kind: bytes[99],
        zooms: [bytes[100], bytes[101]],
        bounds: [102, 106, 110, 114].map(degrees),
        center: (degrees(119), degrees(123), bytes[118]),
    };
    for (what, span) in header.spans() {
        if span.length > 0 && span.end().is_none_or(|end| end > size) {
            let Span { offset, length } = span;
            bail!("it is cut off or damaged: its {what} are {length} bytes from {offset} on, in a file of {size}");
        }
    }
    let [first, last] = header.zooms;
    ensure!(first <= last, "its zooms are {first} to {last}, expected the lower first");
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use duotile_core::archive::header::{GZIP, MVT};

    fn header() -> Header {
        let span = |offset, length| Span { offset, length };
        Header {
            root: span(127, 9),
            metadata: span(136, 20),
            leaves: span(156, 0),
            tiles: span(156, 44),
            counts: [7, 6, 5],
            clustered: true,
            inner: GZIP,
            packing: GZIP,
            kind: MVT,
            zooms: [2, 9],
            bounds: [-10.5, -85.0, 20.25, 85.0],
            center: (1.5, -2.5, 3),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = header().bytes();
        assert_eq!((bytes.len(), &bytes[..8]), (HEADER, &b"PMTiles\x03"[..]));
        assert_eq!(read(&bytes, 200).expect("whole"), header());
    }

    #[test]
    fn what_is_no_header_is_told() {
        let bytes = header().bytes();
        let said = |bytes: &[u8], size| read(bytes, size).expect_err("odd").to_string();
        assert!(said(b"SQLite format 3", 15).contains("no PMTiles"));
        assert!(said(&bytes[..100], 100).contains("100 bytes, where the header has 127"));
        assert!(said(&bytes, 199).contains("its tiles are 44 bytes from 156 on, in a file of 199"));
        let with = |at: usize, value: u8| {
            let mut bytes = bytes.clone();
            bytes[at] = value;
            said(&bytes, 200)
        };
        assert!(with(7, 2).contains("version 2, expected 3"));
        // Beyond all numbers.
        assert!(with(23, 255).contains("its root are"));
        assert!(with(100, 10).contains("zooms are 10 to 9"));
    }
}
