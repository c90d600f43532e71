//! How much a tile may show, so that it keeps to a budget of bytes: for a whole zoom alike.
//!
//! Where a tile of a zoom is too large, all of the zoom has less: outlines of many corners are simpler (`detail`); of rows there are fewer,
//! by a lower `limit`, which brings cells or leaves out as it does in a live tile; cells are larger, which are those of a coarser
//! resolution where they are cells of H3. A tile that is large though it has few features takes nothing from the others.

use crate::{
    query::{Hexagons, MAX_DETAIL, TileQuery},
    tile::tiler::Report,
};

/// Cells of so many pixels are the largest.
const LARGEST: u8 = 64;
/// Outlines of more corners than this, of all features of a tile, are simpler before there are fewer.
const CORNERS: u64 = 32;
/// Where a tile has fewer features than this, it is not their number that makes it large: a limit that leaves out some of them would leave
/// out nearly all elsewhere.
const FEW: u32 = 16;
/// Quarters of a zoom of detail that halve the corners of an outline.
const HALF: i8 = 4;

/// What bounds the tiles of a layer at a zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The query's `limit`.
    pub limit: u32,
    /// The query's `cell`.
    pub cell: u8,
    /// Of cells of H3 their resolution.
    pub res: Option<u8>,
    /// The query's `detail`.
    pub detail: i8,
}

impl Bounds {
    /// Those that a query has at a zoom.
    #[must_use]
    pub fn of(query: &TileQuery, z: u8) -> Self {
        let res = query.hexagons.map(|hexagons| hexagons.resolution(z));
        Self { limit: query.limit, cell: query.cell, res, detail: query.detail }
    }

    /// A query that keeps to them.
    #[must_use]
    pub fn on(self, query: &TileQuery) -> TileQuery {
        let hexagons = self.res.map(Hexagons::Of);
        TileQuery { limit: self.limit, cell: self.cell, hexagons, detail: self.detail, ..query.clone() }
    }

    /// Those under which a tile that has so many bytes would come down to so many; `None` where nothing less can be shown.
    #[must_use]
    pub fn less(self, report: Report, bytes: usize, budget: usize) -> Option<Self> {
        // What is alone stays, however the others are drawn.
        if report.features < 2 {
            return None;
        }
        if let Some(res) = self.res.filter(|_| report.cells) {
            return res.checked_sub(1).map(|res| Self { res: Some(res), ..self });
        }
        if report.cells {
            return (self.cell < LARGEST).then(|| Self { cell: self.cell * 2, ..self });
        }
        if report.corners > CORNERS * u64::from(report.features) && self.detail > -MAX_DETAIL {
            let halvings = (1..MAX_DETAIL / HALF).find(|&by| bytes >> by <= budget).unwrap_or(MAX_DETAIL);
            let detail = self.detail.saturating_sub(halvings.saturating_mul(HALF)).max(-MAX_DETAIL);
            return Some(Self { detail, ..self });
        }
        if report.features < FEW {
            return None;
        }
        let fewer = f64::from(report.features) * 0.9 * budget as f64 / bytes as f64;
        let limit = (fewer as u32).min(self.limit.saturating_sub(1));
        (limit > 0).then_some(Self { limit, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_fewer_and_cells_larger_until_nothing_is_left_to_give() {
        let bounds = Bounds { limit: 50_000, cell: 2, res: None, detail: 0 };
        let rows = Report { features: 10_000, rows: 10_000, ..Report::default() };
        assert_eq!(bounds.less(rows, 1_000_000, 500_000), Some(Bounds { limit: 4500, ..bounds }));
        let cells = Report { cells: true, ..rows };
        assert_eq!(bounds.less(cells, 1_000_000, 500_000), Some(Bounds { cell: 4, ..bounds }));
        assert_eq!(Bounds { limit: 5, cell: 64, ..bounds }.less(cells, 2, 1), None);
        let hexagons = |res| Bounds { res: Some(res), ..bounds };
        assert_eq!([7, 0].map(|res| hexagons(res).less(cells, 1_000_000, 500_000)), [Some(hexagons(6)), None]);
        assert_eq!(hexagons(7).less(rows, 1_000_000, 500_000), Some(Bounds { limit: 4500, ..hexagons(7) }));
        for alone in [rows, cells].map(|report| Report { features: 1, ..report }) {
            assert_eq!(bounds.less(alone, 1_000_000, 500_000), None);
            assert_eq!(hexagons(7).less(alone, 1_000_000, 500_000), None);
        }
        assert_eq!(bounds.less(Report { features: 15, ..rows }, 900_000, 500_000), None);
    }

    #[test]
    fn outlines_of_many_corners_are_simpler_before_there_are_fewer() {
        let bounds = Bounds { limit: 50_000, cell: 2, res: None, detail: 0 };
        let two = Report { features: 2, rows: 2, corners: 200_000, ..Report::default() };
        assert_eq!(bounds.less(two, 900_000, 500_000), Some(Bounds { detail: -4, ..bounds }));
        assert_eq!(bounds.less(two, 1_900_000, 500_000), Some(Bounds { detail: -8, ..bounds }));
        assert_eq!(bounds.less(two, 90_000_000, 500_000), Some(Bounds { detail: -16, ..bounds }));
        assert_eq!(Bounds { detail: -16, ..bounds }.less(two, 900_000, 500_000), None);
        let houses = Report { features: 10_000, rows: 10_000, corners: 60_000, ..Report::default() };
        assert_eq!(bounds.less(houses, 1_000_000, 500_000), Some(Bounds { limit: 4500, ..bounds }));
    }
}
