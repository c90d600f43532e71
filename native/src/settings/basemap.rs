//! The base map that the operator names: a style or PMTiles at an address, or a PMTiles file of this machine.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

/// How a PMTiles file begins, and the version that clients read.
const MAGIC: &[u8; 7] = b"PMTiles";
const VERSION: u8 = 3;
/// Bytes of its header.
const HEADER: usize = 127;

/// The base map of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basemap {
    /// A style of MapLibre at an address.
    Style(String),
    /// PMTiles at an address.
    Remote(String),
    /// PMTiles in a file of this machine.
    File(PathBuf),
}

impl Basemap {
    /// What a setting names; a file is looked at.
    ///
    /// # Errors
    /// One line when it is neither an address nor a PMTiles file of version 3.
    pub fn parse(text: &str) -> Result<Self, String> {
        if is_url(text) {
            let path = text.split(['?', '#']).next().unwrap_or(text);
            let host = text.split_once("://").map_or("", |(_, rest)| rest);
            if host.is_empty() || host.starts_with('/') || text.contains(char::is_whitespace) {
                return Err(format!("\"{text}\" is no address of a style"));
            }
            let tiles = path.to_ascii_lowercase().ends_with(".pmtiles");
            return Ok(if tiles { Self::Remote(text.into()) } else { Self::Style(text.into()) });
        }
        let path = Path::new(text);
        let told = |error: std::io::Error| format!("cannot read {text}: {error}");
        let mut start = Vec::new();
        File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut start)).map_err(told)?;
        let expected = "expected a PMTiles file of version 3, or the address of a style (http://, https://)";
        if !start.starts_with(MAGIC) {
            return Err(format!("{text} is no PMTiles file; {expected}"));
        }
        match start.get(MAGIC.len()) {
            Some(&VERSION) if start.len() == HEADER => Ok(Self::File(path.into())),
            Some(&VERSION) | None => Err(format!("{text} is cut off after {} bytes; {expected}", start.len())),
            Some(other) => Err(format!("{text} is PMTiles of version {other}; {expected}")),
        }
    }
}

/// A setting of a configuration file in a folder, where relative paths start.
#[must_use]
pub fn within(folder: &Path, text: String) -> String {
    if is_url(&text) { text } else { folder.join(text).to_string_lossy().into_owned() }
}

fn is_url(text: &str) -> bool {
    let start = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    start.starts_with("http://") || start == "https://"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_files() {
        let style = |url: &str| Ok(Basemap::Style(url.into()));
        assert_eq!(Basemap::parse("https://a.example/style.json?key=1"), style("https://a.example/style.json?key=1"));
        assert_eq!(Basemap::parse("HTTP://a"), style("HTTP://a"));
        let tiles = "https://a.example/b.pmtiles";
        assert_eq!(Basemap::parse(tiles), Ok(Basemap::Remote(tiles.into())));
        for odd in ["https://", "http:///a", "https://a b", "ftp://a/b.pmtiles", "nothing.pmtiles", ""] {
            assert!(Basemap::parse(odd).is_err(), "{odd}");
        }
        assert_eq!(within(Path::new("/etc"), "a.pmtiles".into()), "/etc/a.pmtiles");
        assert_eq!(within(Path::new("/etc"), tiles.into()), tiles);
    }

    #[test]
    fn a_file_must_begin_as_pmtiles_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.pmtiles");
        let mut whole = [MAGIC, &[VERSION][..]].concat();
        whole.resize(HEADER, 0);
        for (bytes, expected) in [
            (&b"<html>"[..], "is no PMTiles file; expected"),
            (b"PMTiles", "is cut off after 7 bytes"),
            (b"PMTiles\x03abc", "is cut off after 11 bytes"),
            (b"PMTiles\x02abc", "is PMTiles of version 2; expected"),
        ] {
            std::fs::write(&path, bytes).expect("a file");
            let error = Basemap::parse(&path.to_string_lossy()).expect_err("refused");
            assert!(error.contains(expected), "{error}");
        }
        std::fs::write(&path, whole).expect("a file");
        assert_eq!(Basemap::parse(&path.to_string_lossy()), Ok(Basemap::File(path.clone())));
    }
}
