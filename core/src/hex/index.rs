//! Indices of cells as data has them: numbers, or texts of hexadecimal digits.

use h3o::{CellIndex, LatLng};

/// A cell that somebody names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell(pub(crate) CellIndex);

impl Cell {
    /// The cell of an index as text, in the forms that [`read`] takes; `None` for a text that is no index of one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        CellIndex::try_from(read(text)?).ok().map(Self)
    }
}

/// Longitude and latitude of the middle of a cell, in degrees; `None` for a number that is no index of one.
#[must_use]
pub fn place(index: u64) -> Option<(f64, f64)> {
    let middle = LatLng::from(CellIndex::try_from(index).ok()?);
    Some((middle.lng(), middle.lat()))
}

/// The number of an index in hexadecimal digits, also with `0x` before them, or in decimal ones, which are more; whether it is that of
/// a cell is not looked at.
#[must_use]
pub fn read(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    // A sign is taken for a digit by nobody else.
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(digits, 16).or_else(|_| text.parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_the_middle_of_its_cell() {
        // By Python's h3 4.5.0: cell_to_latlng("8928308280fffff").
        let (lon, lat) = place(0x0892_8308_280f_ffff).expect("a cell");
        assert!(
            (lat - 37.776_702_349_435_695).abs() < 1e-12 && (lon + 122.418_459_323_183_09).abs() < 1e-12,
            "{lon} {lat}"
        );
        for text in
            ["8928308280fffff", "8928308280FFFFF", "0x8928308280fffff", "08928308280fffff", "617700169958293503"]
        {
            assert_eq!(read(text), Some(617_700_169_958_293_503), "{text}");
            assert_eq!(Cell::parse(text).map(|cell| u64::from(cell.0)), Some(617_700_169_958_293_503));
        }
        for text in ["", "0x", "+8928308280fffff", "8928308280ffffg", "18928308280fffff0"] {
            assert_eq!(read(text), None, "{text}");
        }
        for odd in [0, 1, u64::MAX, 0x1892_8308_280f_ffff, 0x0892_8308_280f_fff0] {
            assert_eq!(place(odd), None, "{odd:x}");
            assert_eq!(Cell::parse(&alloc::format!("{odd:x}")), None, "{odd:x}");
        }
    }
}
