//! Well-known binary: a point, or several that are one, with what it says of its coordinates.

use super::Found;

/// Names of geometries by their number.
const NAMES: [&str; 8] = [
    "Geometry",
    "Point",
    "LineString",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
];

/// The flag of `PostGIS` for a number of a coordinate system.
const SRID: u32 = 0x2000_0000;

/// Reads any byte order, any dimensions, with or without SRID. An empty point is NaN, NaN; a `MultiPoint` of one point is
/// that point.
pub(super) fn read(bytes: &[u8]) -> Found {
    Place { bytes, at: 0, little: false }.geometry().unwrap_or(Found::Damaged)
}

/// The same in hexadecimal digits, as `PostGIS` prints it.
pub(super) fn hex(text: &str) -> Found {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() < 10 || !text.starts_with("00") && !text.starts_with("01") {
        return Found::Damaged;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    // No point is longer; of anything else the head is enough.
    let pairs = digits.chunks(2).take(200);
    let bytes: Option<Vec<u8>> = pairs.map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect();
    bytes.map_or(Found::Damaged, |bytes| read(&bytes))
}

struct Place<'b> {
    bytes: &'b [u8],
    at: usize,
    little: bool,
}

impl Place<'_> {
    fn geometry(&mut self) -> Option<Found> {
        let (kind, dimensions, srid) = self.head()?;
        match kind {
            1 => {
                let (x, y) = self.point(dimensions)?;
                Some(Found::Point { x, y, srid })
            }
            4 => {
                let count = self.word()?;
                if count != 1 {
                    let what = if count == 0 { "MultiPoint without points" } else { "MultiPoint of several points" };
                    return Some(Found::Other(what));
                }
                let (1, dimensions, _) = self.head()? else { return None };
                let (x, y) = self.point(dimensions)?;
                Some(Found::Point { x, y, srid })
            }
            kind => NAMES.get(kind as usize).map(|&name| Found::Other(name)),
        }
    }

    /// Kind, numbers of a position, and SRID; 0 for none.
    fn head(&mut self) -> Option<(u32, usize, u32)> {
        self.little = match self.bytes.get(self.at)? {
            0 => false,
            1 => true,
            _ => return None,
        };
        self.at += 1;
        let kind = self.word()?;
        let srid = if kind & SRID == 0 { 0 } else { self.word()? };
        // Z and M are flags in the top bits (PostGIS) or thousands (ISO).
        let flags = (kind >> 31) + (kind >> 30 & 1);
        let thousands = (kind & 0x0fff_ffff) / 1000;
        let more = flags as usize + [0, 1, 1, 2].get(thousands as usize)?;
        Some(((kind & 0x0fff_ffff) % 1000, 2 + more, srid))
    }

    fn point(&mut self, dimensions: usize) -> Option<(f64, f64)> {
        let (x, y) = (self.number()?, self.number()?);
        self.at += (dimensions - 2) * 8;
        Some((x, y))
    }

    fn word(&mut self) -> Option<u32> {
        let four: [u8; 4] = self.bytes.get(self.at..self.at + 4)?.try_into().ok()?;
        self.at += 4;
        Some(if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    fn number(&mut self) -> Option<f64> {
        let eight: [u8; 8] = self.bytes.get(self.at..self.at + 8)?.try_into().ok()?;
        self.at += 8;
        Some(if self.little { f64::from_le_bytes(eight) } else { f64::from_be_bytes(eight) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(srid: u32) -> Found {
        Found::Point { x: 1.5, y: -2.0, srid }
    }

    #[test]
    fn points_are_read_in_every_form() {
        let xy = [1.5f64.to_le_bytes(), (-2.0f64).to_le_bytes()].concat();
        let little = [&[1, 1, 0, 0, 0][..], &xy].concat();
        let big = [&[0, 0, 0, 0, 1][..], &1.5f64.to_be_bytes(), &(-2.0f64).to_be_bytes()].concat();
        let with_srid = [&[1, 1, 0, 0, 0x20, 0xe8, 0x64, 0, 0][..], &xy].concat();
        let iso_z = [&[1, 0xe9, 3, 0, 0][..], &xy, &[0; 8]].concat();
        let one_of_many = [&[1, 4, 0, 0, 0, 1, 0, 0, 0][..], &little].concat();
        for (bytes, srid) in [(little, 0), (big, 0), (with_srid, 25832), (iso_z, 0), (one_of_many, 0)] {
            assert_eq!(read(&bytes), point(srid), "{bytes:?}");
            let text = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"));
            assert_eq!(hex(&text), point(srid));
            (0..21).for_each(|end| assert_eq!(read(&bytes[..end]), Found::Damaged));
        }
    }

    #[test]
    fn what_is_no_point_is_named() {
        assert_eq!(read(&[1, 2, 0, 0, 0, 0, 0, 0, 0]), Found::Other("LineString"));
        assert_eq!(read(&[1, 0xeb, 3, 0, 0, 0, 0, 0, 0]), Found::Other("Polygon"));
        assert_eq!(read(&[1, 4, 0, 0, 0, 2, 0, 0, 0]), Found::Other("MultiPoint of several points"));
        for bytes in [&[][..], &[2, 1, 0, 0, 0], &[1, 99, 0, 0, 0]] {
            assert_eq!(read(bytes), Found::Damaged, "{bytes:?}");
        }
        assert_eq!(hex("Namibia"), Found::Damaged);
    }
}
