//! The part of the map in which rows can be whose cells come into a tile.

use super::lattice::radius;
use crate::{
    outlines::WORLD,
    space::{
        mercator::{project, project_free},
        tile::{EXTENT_BITS, MAX_ZOOM, TileId},
    },
};
use h3o::{CellIndex, LatLng, Resolution};

/// Radii from a place of a cell to a row of it: both are within one of its middle; and one more, as its edges are straight on the map for
/// some way.
const RADII: f64 = 3.0;
/// What is cut about a tile, of its width.
const BUFFER: i64 = 32;

/// A box of the map: steps from the west, which go round the world, and from the north.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    west: i64,
    width: i64,
    north: i64,
    south: i64,
}

impl Reach {
    /// That of a tile with its buffer.
    pub fn of(tile: TileId, resolution: Resolution) -> Self {
        let side = WORLD >> tile.z();
        let (corner, buffer) =
            (tile.corner(), (side / BUFFER).max(WORLD >> (u32::from(tile.z()) + u32::from(EXTENT_BITS)).min(32)));
        let (x, y) = (i64::from(corner.x), i64::from(corner.y));
        let ends = [y - buffer, y + side + buffer].map(latitude);
        Self::about((x - buffer, side + 2 * buffer), ends, RADII * radius(resolution))
    }

    /// That of the rows of one cell.
    pub fn of_cell(cell: CellIndex) -> Self {
        let middle = LatLng::from(cell);
        let x = project(middle.lng(), 0.0).map_or(0, |world| i64::from(world.x));
        Self::about((x, 0), [middle.lat_radians(); 2], radius(cell.resolution()))
    }

    /// What is so near, as an angle, to a part of the map: from a step and so many steps to the east, between two latitudes.
    fn about((west, wide): (i64, i64), [top, bottom]: [f64; 2], angle: f64) -> Self {
        let (top, bottom) = (top + angle, bottom - angle);
        let farthest = top.max(-bottom);
        let half = core::f64::consts::FRAC_PI_2;
        // As far east of a place as an angle goes; all round where it goes over a pole.
        let aside = if farthest < half - 1e-6 {
            libm::asin((libm::sin(angle) / libm::cos(farthest - angle)).min(1.0))
        } else {
            half * 4.0
        };
        let aside = libm::ceil(aside / (half * 4.0) * WORLD as f64) as i64 + 1;
        let line = |latitude: f64| match project_free(0.0, latitude.to_degrees().clamp(-90.0, 90.0)) {
            Some([_, y]) => y,
            None => 0,
        };
        Self { west: west - aside, width: wide + 2 * aside, north: line(top) - 1, south: line(bottom) + 1 }
    }

    /// Some tiles, at most four, that it lies in, with what lies about it.
    pub fn tiles(&self) -> impl Iterator<Item = TileId> + use<> {
        let wide = self.width.max(self.south - self.north);
        let z = (1..=MAX_ZOOM).take_while(|z| WORLD >> z > wide).last().unwrap_or(0);
        let (last, shift) = ((1i64 << z) - 1, 32 - u32::from(z));
        let (north, south) = ((self.north >> shift).clamp(0, last), (self.south >> shift).clamp(0, last));
        let (west, east) = (self.west >> shift, (self.west + self.width) >> shift);
        let of = move |x: i64, y: i64| TileId::new(z.into(), (x & last) as u32, y as u32).ok();
        let columns = [west, east].into_iter().take(if west & last == east & last { 1 } else { 2 });
        let rows =
            move |x| [north, south].into_iter().take(if north == south { 1 } else { 2 }).filter_map(move |y| of(x, y));
        columns.flat_map(rows)
    }

    /// Whether it has nothing of a square.
    pub const fn misses(&self, x: u32, y: u32, side: u64) -> bool {
        let (x, y, side) = (x as i64, y as i64, side as i64);
        if y > self.south || y + side <= self.north {
            return true;
        }
        let east = (x - self.west).rem_euclid(WORLD);
        east > self.width && east + side <= WORLD
    }
}

/// The latitude at so many steps from the north, in radians.
fn latitude(y: i64) -> f64 {
    let north = core::f64::consts::PI * (1.0 - 2.0 * (y as f64 / WORLD as f64));
    libm::atan(libm::sinh(north))
}
