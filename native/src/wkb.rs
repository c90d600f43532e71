//! Geometries as well-known binary: little-endian, two dimensions.

/// What a geometry is, with its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Point = 1,
    LineString = 2,
    Polygon = 3,
    MultiPoint = 4,
    MultiLineString = 5,
    MultiPolygon = 6,
    GeometryCollection = 7,
}

impl Kind {
    /// Its name in GeoJSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::LineString => "LineString",
            Self::Polygon => "Polygon",
            Self::MultiPoint => "MultiPoint",
            Self::MultiLineString => "MultiLineString",
            Self::MultiPolygon => "MultiPolygon",
            Self::GeometryCollection => "GeometryCollection",
        }
    }
}

/// Kinds by number, from 1 on.
pub const KINDS: [Kind; 7] = [
    Kind::Point,
    Kind::LineString,
    Kind::Polygon,
    Kind::MultiPoint,
    Kind::MultiLineString,
    Kind::MultiPolygon,
    Kind::GeometryCollection,
];

/// Most collections within one another.
pub const DEEPEST: usize = 32;

/// Begins a geometry.
pub fn head(out: &mut Vec<u8>, kind: Kind) {
    out.extend_from_slice(&[1, kind as u8, 0, 0, 0]);
}

/// How many parts, rings or positions follow.
pub fn count(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

pub fn position(out: &mut Vec<u8>, [x, y]: [f64; 2]) {
    out.extend_from_slice(&x.to_le_bytes());
    out.extend_from_slice(&y.to_le_bytes());
}
