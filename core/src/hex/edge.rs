//! Edges of cells, which are great circles, as lines of the map: cut in halves until they are straight to a unit of the tile, but
//! for parts that are far from it.

use super::sphere::{Vector, dot, of_angles};
use crate::{
    outlines::WORLD,
    space::{
        mercator::project_free,
        tile::{EXTENT_BITS, TileId},
    },
};
use alloc::vec::Vec;
use h3o::LatLng;

/// Times that an edge is cut in halves.
const DEEPEST: u8 = 24;
/// Times that it is wherever it is: until then it may be far from straight.
const FIRST: u8 = 2;

/// A place on the sphere and on the map.
#[derive(Clone, Copy)]
struct Place {
    at: Vector,
    map: [i64; 2],
}

/// The part of the map that an edge is drawn for.
struct Part {
    unit: i64,
    /// West, north, and how wide it is.
    from: [i64; 2],
    side: i64,
}

/// Puts the vertices of a cell as a tile needs them into `out`, in degrees.
pub fn outline(boundary: &[LatLng], tile: TileId, out: &mut Vec<(f64, f64)>) {
    let side = WORLD >> tile.z();
    let (corner, buffer) = (tile.corner(), side >> 4);
    let part = Part {
        unit: (side >> EXTENT_BITS).max(1),
        from: [i64::from(corner.x) - buffer, i64::from(corner.y) - buffer],
        side: side + 2 * buffer,
    };
    let place = |at: &LatLng| Place {
        at: of_angles(at.lat_radians(), at.lng_radians()),
        map: project_free(at.lng(), at.lat()).unwrap_or_default(),
    };
    for (at, vertex) in boundary.iter().enumerate() {
        out.push((vertex.lng(), vertex.lat()));
        let next = &boundary[if at + 1 < boundary.len() { at + 1 } else { 0 }];
        halve(place(vertex), place(next), &part, 0, out);
    }
}

/// Adds the places between two.
fn halve(a: Place, b: Place, part: &Part, depth: u8, out: &mut Vec<(f64, f64)>) {
    let sum = [0, 1, 2].map(|axis| a.at[axis] + b.at[axis]);
    let length = libm::sqrt(dot(sum, sum));
    let middle = sum.map(|of| of / length);
    let lon = libm::atan2(middle[1], middle[0]).to_degrees();
    let lat = libm::asin(middle[2].clamp(-1.0, 1.0)).to_degrees();
    let Some(map) = project_free(lon, lat) else { return };
    let across = about(b.map[0] - a.map[0]);
    let off = [about(map[0] - a.map[0] - across / 2), map[1] - i64::midpoint(a.map[1], b.map[1])];
    let off = off[0].abs().max(off[1].abs());
    if off <= part.unit
        || depth == DEEPEST
        || depth >= FIRST && part.misses(a.map, [across, b.map[1] - a.map[1]], off * 2)
    {
        return;
    }
    let middle = Place { at: middle, map };
    halve(a, middle, part, depth + 1, out);
    out.push((lon, lat));
    halve(middle, b, part, depth + 1, out);
}

/// The shorter way round the world.
const fn about(way: i64) -> i64 {
    (way + WORLD / 2).rem_euclid(WORLD) - WORLD / 2
}

impl Part {
    /// Whether an edge is far from it, with so much about it.
    fn misses(&self, [x, y]: [i64; 2], [across, down]: [i64; 2], aside: i64) -> bool {
        let (west, width) = (x + across.min(0) - aside, across.abs() + 2 * aside);
        let (north, height) = (y + down.min(0) - aside, down.abs() + 2 * aside);
        let apart = |from: i64, to: i64, wide: i64| (to - from).rem_euclid(WORLD) > wide;
        (apart(west, self.from[0], width) && apart(self.from[0], west, self.side))
            || north > self.from[1] + self.side
            || north + height < self.from[1]
    }
}
