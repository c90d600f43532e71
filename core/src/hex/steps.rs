//! Resolutions and zooms: which goes with which, and which are too fine; and the numbers that cells have in tiles.

use crate::space::tile::MAX_ZOOM;
use h3o::Resolution;

/// The finest resolution that there is.
pub const FINEST: u8 = 15;

/// The resolution of each zoom: hexagons of 9 to 21 pixels on the equator.
const BY_ZOOM: [u8; 21] = [1, 1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11, 11, 12, 13, 14, 14, 15];

/// Steps that a query may go below that of the zoom: hexagons of a seventh of the width, some fifty thousand in a tile.
const FINER: u8 = 2;

/// The resolution whose hexagons go with a zoom.
#[must_use]
pub fn by_zoom(z: u8) -> u8 {
    BY_ZOOM[usize::from(z).min(BY_ZOOM.len() - 1)]
}

/// The finest resolution that a tile of a zoom is cut with.
#[must_use]
pub fn finest(z: u8) -> u8 {
    (by_zoom(z) + FINER).min(FINEST)
}

/// The first zoom whose tiles are cut with a resolution.
#[must_use]
pub fn from_zoom(resolution: u8) -> u8 {
    (0..MAX_ZOOM).find(|&z| finest(z) >= resolution).unwrap_or(MAX_ZOOM)
}

/// A number as a resolution, at most the finest.
pub fn resolution(number: u8) -> Resolution {
    Resolution::try_from(number).unwrap_or(Resolution::Fifteen)
}

/// Base cells.
const BASES: u64 = 122;

/// The id of a cell's feature: its number among the cells of its resolution, with a marker bit in front, so that it is unique across
/// resolutions. Below 2⁵³, so that every client reads it exactly; and the bit has an odd place, so that it is the id of no square.
#[must_use]
pub const fn id(cell: u64) -> u64 {
    let resolution = cell >> 52 & 15;
    let (mut number, mut count, mut digit) = (cell >> 45 & 127, BASES, 1);
    while digit <= resolution {
        number = number * 7 + (cell >> (3 * (FINEST as u64 - digit)) & 7);
        count *= 7;
        digit += 1;
    }
    let place = (count.ilog2() + 1) | 1;
    1 << place | number
}

#[cfg(test)]
mod tests {
    use super::*;
    use h3o::CellIndex;

    #[test]
    fn hexagons_of_a_zoom_are_some_pixels_wide() {
        // The mean width between two opposite edges at resolution 0, in kilometres.
        let (width, world) = (1281.256 * 3f64.sqrt(), 40_075.0);
        for z in 0..=20u8 {
            let of =
                |resolution: u8| width / 7f64.powf(f64::from(resolution) / 2.0) / world * 512.0 * f64::from(1 << z);
            assert!((9.0..22.0).contains(&of(by_zoom(z))), "{z}: {}", of(by_zoom(z)));
        }
        assert_eq!((finest(0), finest(20), from_zoom(3), from_zoom(15)), (3, 15, 0, 17));
    }

    #[test]
    fn ids_are_unique_and_exact() {
        let mut before = 0;
        for resolution in (0..=15).map(resolution) {
            let [first, last] = [CellIndex::first(resolution), CellIndex::last(resolution)].map(|cell| id(cell.into()));
            assert!(before < first && first < last && last < 1 << 53, "{resolution}");
            assert_eq!((first.ilog2() % 2, last.ilog2()), (1, first.ilog2()), "{resolution}");
            assert_eq!(crate::points::cells::cell_keys(first), None);
            before = last;
        }
        let all = core::iter::successors(Some(CellIndex::first(Resolution::Two)), |cell| cell.succ());
        let ids: alloc::vec::Vec<u64> = all.map(|cell| id(cell.into())).collect();
        assert!(ids.len() == 5882 && ids.is_sorted_by(|a, b| a < b));
    }
}
