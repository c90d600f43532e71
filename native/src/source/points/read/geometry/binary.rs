//! Well-known binary: a point with what it says of its coordinates, or all parts of a geometry of any kind.

use super::{
    Found,
    sketch::{DEPTH, Sketch},
};
use crate::wkb;
use duotile_core::Role;

/// The last of the kinds that are read: a collection.
const KINDS: u32 = 7;

/// The kinds behind it, which are not read.
pub(super) const CURVES: [&str; 10] = [
    "CircularString",
    "CompoundCurve",
    "CurvePolygon",
    "MultiCurve",
    "MultiSurface",
    "Curve",
    "Surface",
    "PolyhedralSurface",
    "TIN",
    "Triangle",
];

/// The flag of `PostGIS` for a number of a coordinate system.
const SRID: u32 = 0x2000_0000;

/// Reads any byte order, any dimensions, with or without SRID. An empty point is NaN, NaN; a `MultiPoint` of one point is
/// that point.
pub(super) fn read(bytes: &[u8]) -> Found {
    Place::new(bytes).geometry().unwrap_or(Found::Damaged)
}

/// The same in hexadecimal digits, as `PostGIS` prints it.
pub(super) fn hex(text: &str) -> Found {
    // No point is longer; of anything else the head is enough.
    bytes(text, 200).map_or(Found::Damaged, |bytes| read(&bytes))
}

/// What damaged hexadecimal digits are; `None` for none.
pub(super) fn name_hex(text: &str) -> Option<String> {
    bytes(text, 1 << 10).map(|bytes| name(&bytes))
}

/// What damaged bytes are.
pub(super) fn name(bytes: &[u8]) -> String {
    let mut place = Place::new(bytes);
    let _ = place.parts(&mut Sketch::default(), DEPTH);
    if let Some(curve) = place.unread.checked_sub(KINDS + 1).and_then(|at| CURVES.get(at as usize)) {
        return match Place::new(bytes).head().and_then(|(kind, ..)| wkb::KINDS.get(kind.checked_sub(1)? as usize)) {
            Some(known) => format!("a {known:?} with a {curve}, which is not read"),
            None => format!("a {curve}, which is not read"),
        };
    }
    let mut place = Place::new(bytes);
    let known = place.head().and_then(|(kind, ..)| Some((kind, wkb::KINDS.get(kind.checked_sub(1)? as usize)?)));
    let Some((kind, known)) = known else { return "bytes that are no geometry".into() };
    let mut depth = 0;
    let mut inner = kind;
    while inner == KINDS && place.word().is_some() {
        depth += 1;
        inner = place.head().map_or(0, |(kind, ..)| kind);
    }
    if depth > DEPTH {
        return format!("a {known:?} more than {DEPTH} deep");
    }
    format!("a damaged {known:?}")
}

/// Reads all parts of a geometry of any kind. `None` where it is damaged.
pub(super) fn sketch(bytes: &[u8], out: &mut Sketch) -> Option<()> {
    Place::new(bytes).parts(out, DEPTH)
}

/// The same in hexadecimal digits.
pub(super) fn sketch_hex(text: &str, out: &mut Sketch) -> Option<()> {
    sketch(&bytes(text, usize::MAX)?, out)
}

/// So many bytes at most of hexadecimal digits.
fn bytes(text: &str, most: usize) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() < 10 || !text.starts_with("00") && !text.starts_with("01") {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    digits.chunks(2).take(most).map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}

struct Place<'b> {
    bytes: &'b [u8],
    at: usize,
    little: bool,
    /// The number of the kind that is not read, if one was met.
    unread: u32,
}

impl<'b> Place<'b> {
    const fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0, little: false, unread: 0 }
    }

    fn geometry(&mut self) -> Option<Found> {
        let (kind, dimensions, srid) = self.head()?;
        match kind {
            1 => {
                let (x, y) = self.point(dimensions)?;
                Some(Found::Point { x, y, srid })
            }
            4 => {
                match self.word()? {
                    0 => return Some(Found::Other("MultiPoint without points")),
                    1 => {}
                    _ => return Some(Found::Outline { srid }),
                }
                let (1, dimensions, _) = self.head()? else { return None };
                let (x, y) = self.point(dimensions)?;
                Some(Found::Point { x, y, srid })
            }
            2..=KINDS => Some(Found::Outline { srid }),
            _ => None,
        }
    }

    /// All parts of a geometry, and of those in it.
    fn parts(&mut self, out: &mut Sketch, depth: u32) -> Option<()> {
        let (kind, dimensions, _) = self.head()?;
        out.deep |= dimensions > 2;
        match kind {
            1 => {
                let (x, y) = self.point(dimensions)?;
                // An empty point.
                if !(x.is_nan() && y.is_nan()) {
                    out.push(x, y);
                }
                out.end(Role::Points);
            }
            2 => {
                self.path(dimensions, out)?;
                out.end(Role::Line);
            }
            3 => {
                let mut shell = false;
                for _ in 0..self.count(4)? {
                    self.path(dimensions, out)?;
                    shell |= out.end_ring(!shell);
                }
            }
            4..=KINDS => {
                let depth = depth.checked_sub(1)?;
                for _ in 0..self.count(5)? {
                    self.parts(out, depth)?;
                }
            }
            _ => {
                self.unread = kind;
                return None;
            }
        }
        Some(())
    }

    /// The positions of a line or ring.
    fn path(&mut self, dimensions: usize, out: &mut Sketch) -> Option<()> {
        for _ in 0..self.count(8 * dimensions)? {
            let (x, y) = self.point(dimensions)?;
            out.push(x, y);
        }
        Some(())
    }

    /// How many things of so many bytes at least follow; `None` where there are less bytes than that.
    fn count(&mut self, bytes: usize) -> Option<u32> {
        let count = self.word()?;
        (count as usize <= self.bytes.len().saturating_sub(self.at) / bytes).then_some(count)
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
    fn what_is_no_point_is_an_outline() {
        assert_eq!(read(&[1, 2, 0, 0, 0, 0, 0, 0, 0]), Found::Outline { srid: 0 });
        assert_eq!(read(&[1, 0xeb, 3, 0, 0, 0, 0, 0, 0]), Found::Outline { srid: 0 });
        assert_eq!(read(&[1, 4, 0, 0, 0, 2, 0, 0, 0]), Found::Outline { srid: 0 });
        for bytes in [&[][..], &[2, 1, 0, 0, 0], &[1, 99, 0, 0, 0]] {
            assert_eq!(read(bytes), Found::Damaged, "{bytes:?}");
        }
        assert_eq!(hex("Namibia"), Found::Damaged);
    }

    /// A polygon with a hole, a line with heights and a point, each in its own byte order, in a collection.
    #[test]
    fn all_parts_of_a_collection_are_read() {
        let numbers = |all: &[f64]| all.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        let ring = |at: f64| [&[4, 0, 0, 0][..], &numbers(&[at, at, at + 1.0, at, at, at + 1.0, at, at])].concat();
        let polygon = [&[1, 3, 0, 0, 0, 2, 0, 0, 0][..], &ring(0.0), &ring(5.0)].concat();
        let line = [&[1, 2, 0, 0, 0x80, 2, 0, 0, 0][..], &numbers(&[1.0, 2.0, 9.0, 3.0, 4.0, 9.0])].concat();
        let point = [&[0, 0, 0, 0, 1][..], &7.0f64.to_be_bytes(), &8.0f64.to_be_bytes()].concat();
        let collection = [&[0, 0, 0, 0, 7, 0, 0, 0, 3][..], &polygon, &line, &point].concat();
        let mut out = Sketch::default();
        assert_eq!(sketch(&collection, &mut out), Some(()));
        let parts: Vec<_> = out.parts().map(|(role, positions)| (role, positions.len(), positions[0])).collect();
        let expected = [
            (Role::Shell, 4, (0.0, 0.0)),
            (Role::Hole, 4, (5.0, 5.0)),
            (Role::Line, 2, (1.0, 2.0)),
            (Role::Points, 1, (7.0, 8.0)),
        ];
        assert_eq!((parts, out.deep), (expected.to_vec(), true));
        for end in 0..collection.len() {
            out.clear();
            assert_eq!(sketch(&collection[..end], &mut out), None, "cut off at {end}");
        }
        // A count that the bytes cannot hold, and collections without an end.
        assert_eq!(sketch(&[1, 2, 0, 0, 0, 255, 255, 255, 255], &mut out), None);
        assert_eq!(sketch(&[1, 7, 0, 0, 0, 1, 0, 0, 0].repeat(1000), &mut out), None);
    }
}
