//! Outlines as subsets of ours carry them become well-known binary.

use crate::{
    read::{crs::Crs, geometry::Declared},
    wkb::{self, Kind},
};
use duotile_core::{Carried, Outlines, Role};
use polars_arrow::{
    array::{ArrayRef, BinaryArray},
    datatypes::{ArrowDataType, Field},
};

/// The column of outlines, and those before it by which a subset is known.
const OUTLINE: &str = "_outline";
const OWN: [(&str, ArrowDataType); 2] = [("_key", ArrowDataType::UInt64), ("_row", ArrowDataType::UInt32)];

/// What a subset says of its outlines, which are in degrees; `None` for files that are none of ours.
pub(super) fn declared(fields: &[Field]) -> Option<Declared> {
    let is_ours = OWN.iter().zip(fields).all(|((name, dtype), field)| field.name == *name && field.dtype == *dtype);
    let has = fields.iter().any(|field| field.name == OUTLINE && field.dtype == ArrowDataType::Binary);
    let crs = Some(Crs::Degrees);
    (is_ours && has).then(|| Declared { column: OUTLINE.into(), crs, boxes: None, nested: None, is_spherical: false })
}

/// The same outlines as well-known binary: none for a row without any, and nothing that is a geometry for bytes that are damaged.
pub(super) fn binary(field: Field, array: ArrayRef) -> (Field, ArrayRef) {
    let all: Option<&BinaryArray<i32>> = array.as_any().downcast_ref().filter(|_| field.name == OUTLINE);
    let Some(all) = all else { return (field, array) };
    let mut out = Vec::with_capacity(all.len());
    for bytes in all {
        let mut carried = Carried::default();
        out.push(bytes.and_then(|bytes| match carried.push(bytes) {
            Ok(()) => geometry(&carried.outlines()),
            Err(_) => Some(Vec::new()),
        }));
    }
    (Field { dtype: ArrowDataType::LargeBinary, ..field }, BinaryArray::<i64>::from(out).boxed())
}

/// The first row.
fn geometry(outlines: &Outlines<'_>) -> Option<Vec<u8>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for ring in outlines.rings_of(0) {
        match parts.last_mut() {
            Some(polygon) if outlines.role(ring) == Role::Hole => polygon.push(ring),
            _ => parts.push(vec![ring]),
        }
    }
    let mut out = Vec::new();
    match outlines.role(*parts.first()?.first()?) {
        Role::Points => {
            let places = || parts.iter().flatten().flat_map(|&ring| outlines.degrees(ring));
            let count = places().count();
            if count > 1 {
                wkb::head(&mut out, Kind::MultiPoint);
                wkb::count(&mut out, count);
            }
            for (lon, lat) in places() {
                wkb::head(&mut out, Kind::Point);
                wkb::position(&mut out, [lon, lat]);
            }
        }
        Role::Line => {
            wkb::head(&mut out, Kind::MultiLineString);
            wkb::count(&mut out, parts.len());
            for part in &parts {
                wkb::head(&mut out, Kind::LineString);
                runs(outlines, part, &mut out);
            }
        }
        Role::Shell | Role::Hole => {
            wkb::head(&mut out, Kind::MultiPolygon);
            wkb::count(&mut out, parts.len());
            for part in &parts {
                wkb::head(&mut out, Kind::Polygon);
                wkb::count(&mut out, part.len());
                runs(outlines, part, &mut out);
            }
        }
    }
    Some(out)
}

/// Runs of vertices, each with how many there are.
fn runs(outlines: &Outlines<'_>, runs: &[usize], out: &mut Vec<u8>) {
    for &run in runs {
        wkb::count(out, outlines.vertices_of(run).len());
        outlines.degrees(run).for_each(|(lon, lat)| wkb::position(out, [lon, lat]));
    }
}
