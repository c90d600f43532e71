//! A shape of a record becomes well-known binary.

use super::rings;
use crate::wkb::{self, Kind};
use std::ops::Range;

/// What a record holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing.
    Null,
    /// A geometry.
    Known,
    /// What is damaged, or no kind of shape that is read.
    Damaged,
}

/// Writes the shape of a record as well-known binary; nothing where there is none, or where it is damaged.
pub(super) fn write(record: &[u8], out: &mut Vec<u8>) -> Shape {
    out.clear();
    match long(record, 0) {
        Some(0) => return Shape::Null,
        Some(kind) if of(record, kind, out).is_some() => return Shape::Known,
        _ => out.clear(),
    }
    Shape::Damaged
}

/// `None` where the bytes are less than they say, or of another kind. Heights and measures stand behind all else, and are passed
/// over.
fn of(record: &[u8], kind: u32, out: &mut Vec<u8>) -> Option<()> {
    match kind {
        1 | 11 | 21 => {
            wkb::head(out, Kind::Point);
            wkb::position(out, position(record, 4)?);
        }
        8 | 18 | 28 => {
            let places = positions(record, 40, long(record, 36)?)?;
            wkb::head(out, Kind::MultiPoint);
            wkb::count(out, places.len());
            for place in places {
                wkb::head(out, Kind::Point);
                wkb::position(out, place);
            }
        }
        3 | 13 | 23 => {
            let (places, parts) = parts(record)?;
            if parts.len() > 1 {
                wkb::head(out, Kind::MultiLineString);
                wkb::count(out, parts.len());
            }
            for part in &parts {
                wkb::head(out, Kind::LineString);
                path(out, &places[part.clone()]);
            }
            if parts.is_empty() {
                wkb::head(out, Kind::LineString);
                wkb::count(out, 0);
            }
        }
        5 | 15 | 25 => {
            let (places, parts) = parts(record)?;
            let polygons = rings::polygons(&places, &parts);
            if polygons.len() != 1 {
                wkb::head(out, Kind::MultiPolygon);
                wkb::count(out, polygons.len());
            }
            for rings in polygons {
                wkb::head(out, Kind::Polygon);
                wkb::count(out, rings.len());
                rings.into_iter().for_each(|ring| path(out, &places[parts[ring].clone()]));
            }
        }
        _ => return None,
    }
    Some(())
}

fn path(out: &mut Vec<u8>, places: &[[f64; 2]]) {
    wkb::count(out, places.len());
    places.iter().for_each(|&place| wkb::position(out, place));
}

/// Positions, and which of them each part has.
type Parts = (Vec<[f64; 2]>, Vec<Range<usize>>);

/// The positions of a record of lines or rings, and which of them each part has.
fn parts(record: &[u8]) -> Option<Parts> {
    let (count, positions_count) = (long(record, 36)? as usize, long(record, 40)?);
    let starts = record.get(44..)?.get(..count.checked_mul(4)?)?;
    let places = positions(record, 44 + starts.len(), positions_count)?;
    let starts: Vec<usize> =
        starts.chunks_exact(4).filter_map(|four| long(four, 0)).map(|start| start as usize).collect();
    let ends = starts.iter().skip(1).copied().chain([places.len()]);
    let parts: Vec<Range<usize>> = starts.iter().zip(ends).map(|(&start, end)| start..end).collect();
    let fits = parts.iter().all(|part| part.start <= part.end && part.end <= places.len());
    fits.then_some((places, parts))
}

fn positions(record: &[u8], at: usize, count: u32) -> Option<Vec<[f64; 2]>> {
    let bytes = record.get(at..)?.get(..(count as usize).checked_mul(16)?)?;
    Some(bytes.chunks_exact(16).filter_map(|bytes| position(bytes, 0)).collect())
}

fn position(bytes: &[u8], at: usize) -> Option<[f64; 2]> {
    let number = |at: usize| bytes.get(at..)?.first_chunk().map(|eight| f64::from_le_bytes(*eight));
    Some([number(at)?, number(at + 8)?])
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}
