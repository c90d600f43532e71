//! A geometry of a feature as well-known binary.

use crate::wkb::{self, DEEPEST, KINDS, Kind};
use flatgeobuf::{Geometry, GeometryType};
use std::ops::Range;

/// Writes a geometry as well-known binary. `outer` is what it is, unless that is unknown and it says so itself. What cannot be
/// read leaves no bytes, and so counts as damaged.
pub(super) fn write(geometry: Geometry<'_>, outer: GeometryType, out: &mut Vec<u8>) {
    out.clear();
    if of(geometry, outer, DEEPEST, out).is_none() {
        out.clear();
    }
}

/// `None` where the parts of a geometry do not fit its kind, or where it is none of the kinds that are read.
fn of(geometry: Geometry<'_>, outer: GeometryType, deep: usize, out: &mut Vec<u8>) -> Option<()> {
    let number = if outer == GeometryType::Unknown { geometry.type_() } else { outer }.0;
    let kind = *KINDS.get(usize::from(number).checked_sub(1)?)?;
    let deep = deep.checked_sub(1)?;
    wkb::head(out, kind);
    let xy = geometry.xy();
    let positions = xy.map_or(0, |xy| xy.len() / 2);
    let write = |out: &mut Vec<u8>, range: Range<usize>| {
        let places = xy.into_iter().flat_map(|xy| range.clone().map(move |at| [xy.get(2 * at), xy.get(2 * at + 1)]));
        places.for_each(|place| wkb::position(out, place));
    };
    let line = |out: &mut Vec<u8>, range: Range<usize>| {
        wkb::count(out, range.len());
        write(out, range);
    };
    match kind {
        Kind::Point if positions == 0 => wkb::position(out, [f64::NAN; 2]),
        Kind::Point => write(out, 0..1),
        Kind::LineString => line(out, 0..positions),
        Kind::Polygon => {
            let rings = runs(geometry, positions)?;
            wkb::count(out, rings.len());
            rings.into_iter().for_each(|ring| line(out, ring));
        }
        Kind::MultiPoint => {
            wkb::count(out, positions);
            for at in 0..positions {
                wkb::head(out, Kind::Point);
                write(out, at..at + 1);
            }
        }
        Kind::MultiLineString => {
            let lines = runs(geometry, positions)?;
            wkb::count(out, lines.len());
            for run in lines {
                wkb::head(out, Kind::LineString);
                line(out, run);
            }
        }
        Kind::MultiPolygon | Kind::GeometryCollection => {
            let parts = geometry.parts();
            wkb::count(out, parts.map_or(0, |parts| parts.len()));
            let inner = if kind == Kind::MultiPolygon { GeometryType::Polygon } else { GeometryType::Unknown };
            for part in parts.into_iter().flatten() {
                of(part, inner, deep, out)?;
            }
        }
    }
    Some(())
}

/// The positions of each ring or line; one alone need not say where it ends.
fn runs(geometry: Geometry<'_>, positions: usize) -> Option<Vec<Range<usize>>> {
    let ends = geometry.ends().filter(|ends| !ends.is_empty());
    let Some(ends) = ends else { return Some((positions > 0).then_some(0..positions).into_iter().collect()) };
    let mut start = 0;
    let run = |end: u32| {
        let run = start..end as usize;
        start = run.end;
        (run.start <= run.end && run.end <= positions).then_some(run)
    };
    ends.iter().map(run).collect()
}
