//! Rows for tests, and the cells that H3 says they are in.

use super::steps;
use crate::{
    filter::mask::Mask,
    points::sort::sort,
    space::{mercator, morton},
};
use alloc::{collections::BTreeMap, vec::Vec};
use h3o::LatLng;

/// Crowds about places that are odd, and a few rows anywhere.
pub fn scattered() -> (Vec<u64>, Vec<u32>) {
    let mut state = 7u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    // Berlin, the antimeridian, both ends of the map, and two pentagons.
    let crowds = [
        (13.4, 52.5, 0.3),
        (180.0, -17.0, 2.0),
        (20.0, 84.9, 9.0),
        (-100.0, -85.0, 30.0),
        (10.5363, 64.7, 1.0),
        (-122.3, 37.8, 1e-4),
    ];
    let mut keys = Vec::new();
    for at in 0..3000 {
        let (lon, lat) = match crowds.get(at % 8) {
            Some(&(lon, lat, wide)) => (lon + (random() - 0.5) * wide * 2.0, lat + (random() - 0.5) * wide),
            None => (random() * 360.0 - 180.0, libm::asin(random() * 2.0 - 1.0).to_degrees()),
        };
        let lon = (lon + 540.0) % 360.0 - 180.0;
        keys.push(morton::key(mercator::project(lon, lat.clamp(-90.0, 90.0)).expect("a place")));
    }
    let mut rows = (0..keys.len() as u32).collect();
    sort(&mut keys, &mut rows);
    (keys, rows)
}

/// The cells of all rows that pass, as H3 says.
pub fn expected(keys: &[u64], mask: Option<&Mask>, resolution: u8) -> BTreeMap<u64, Vec<usize>> {
    let mut cells: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (row, &key) in keys.iter().enumerate().filter(|&(row, _)| mask.is_none_or(|mask| mask.get(row))) {
        let (lon, lat) = mercator::unproject(morton::position(key));
        let cell = LatLng::new(lat, lon).expect("a place").to_cell(steps::resolution(resolution));
        cells.entry(cell.into()).or_default().push(row);
    }
    cells
}
