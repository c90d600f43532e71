//! Where a tile lies: `{dataset}/{version}/{token of the query, or _}/{z}/{x}/{y}.mvt.gz`.
//!
//! A web server makes that of an address with one pattern, and whatever does not fit the pattern names no file. A token that is
//! longer than a file system takes for a name goes on in a folder within, with `~` before it.

use crate::catalog;
use duotile_core::TileId;
use std::path::{Path, PathBuf};

/// How files end.
pub const ENDING: &str = ".mvt.gz";
/// The query that asks for nothing.
const WHOLE: &str = "_";
/// Letters of a token that stand in one name. File systems take 255.
const PIECE: usize = 240;
/// Names that a token may have; deploy/nginx.conf has a line for each. Longer queries have no files.
const PIECES: usize = 4;
/// Bytes of a name.
const NAME: usize = 255;

/// The folder of a query's tiles, within that of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(PathBuf);

impl Place {
    /// That of a query by its token, which is empty where it asks for nothing. `None` where there is none.
    #[must_use]
    pub fn of(dataset: &str, version: &str, token: &str) -> Option<Self> {
        let fits = is_dataset(dataset) && is_version(version) && token.bytes().all(is_letter);
        if !fits || token.len() > PIECE * PIECES {
            return None;
        }
        let mut folder = Path::new(dataset).join(version);
        if token.is_empty() {
            folder.push(WHOLE);
        }
        for (at, piece) in token.as_bytes().chunks(PIECE).enumerate() {
            let more = if at == 0 { "" } else { "~" };
            folder.push(format!("{more}{}", String::from_utf8_lossy(piece)));
        }
        Some(Self(folder))
    }

    /// A tile of it, within the folder of all.
    #[must_use]
    pub fn tile(&self, tile: TileId) -> PathBuf {
        self.0.join(tile.z().to_string()).join(tile.x().to_string()).join(format!("{}{ENDING}", tile.y()))
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// Whether a folder may be that of a dataset.
pub(super) fn is_dataset(name: &str) -> bool {
    catalog::check_name(name).is_ok() && name.len() <= NAME
}

/// Whether a text has the form of a version: hexadecimal, and as long as they are.
#[must_use]
pub fn is_version(text: &str) -> bool {
    (16..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a folder may be that of a query, or of the beginning of its token.
pub(super) fn is_query(name: &str) -> bool {
    !name.is_empty() && name.len() <= PIECE && name.bytes().all(is_letter)
}

/// Whether a folder may be that of what follows in a token.
pub(super) fn is_more(name: &str) -> bool {
    name.strip_prefix('~').is_some_and(is_query)
}

/// The number that a name is, as it is written here.
pub(super) fn number(name: &str) -> Option<u32> {
    let number: u32 = name.parse().ok()?;
    (number.to_string() == name).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_names_that_every_file_system_takes_and_no_other_query_has() {
        let tile = TileId::new(14, 8800, 5373).expect("valid");
        let version = "0123456789abcdef";
        let of = |dataset: &str, token: &str| {
            Place::of(dataset, version, token).map(|place| place.tile(tile).to_str().expect("text").to_owned())
        };
        assert_eq!(of("trips", ""), Some(format!("trips/{version}/_/14/8800/5373.mvt.gz")));
        assert_eq!(of("Zürich.2", "Y2VsbD04"), Some(format!("Zürich.2/{version}/Y2VsbD04/14/8800/5373.mvt.gz")));
        let long: String = ('a'..='z').cycle().take(600).collect();
        let expected =
            format!("trips/{version}/{}/~{}/~{}/14/8800/5373.mvt.gz", &long[..240], &long[240..480], &long[480..]);
        assert_eq!(of("trips", &long), Some(expected));
        assert!(of("trips", &"a".repeat(960)).is_some() && of("trips", &"a".repeat(961)).is_none());
        for odd in ["", "..", ".a", "a/b", "a%2f", "a\0", &"a".repeat(256)] {
            assert_eq!(of(odd, ""), None, "{odd}");
        }
        for odd in ["..", "a/b", "a.b", "~a", "a b"] {
            assert_eq!(of("trips", odd), None, "{odd}");
        }
        for odd in ["", "-", "..", "0123456789ABCDEF", "0123456789abcde", "0123456789abcdeg", &"a".repeat(65)] {
            assert_eq!(Place::of("trips", odd, ""), None, "{odd}");
        }
    }
}
