//! How much a tile may show, so that it keeps to a budget of bytes: for a whole zoom alike.
//!
//! Where a tile of a zoom is too large, all of the zoom has fewer: of rows a lower `limit`, which brings cells or leaves out as it does
//! in a live tile; of cells larger ones, which are those of a coarser resolution where they are cells of H3.

use crate::{
    query::{Hexagons, TileQuery},
    tile::tiler::Report,
};

/// Cells of so many pixels are the largest.
const LARGEST: u8 = 64;

/// What bounds the tiles of a layer at a zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The query's `limit`.
    pub limit: u32,
    /// The query's `cell`.
    pub cell: u8,
    /// Of cells of H3 their resolution.
    pub res: Option<u8>,
}

impl Bounds {
    /// Those that a query has at a zoom.
    #[must_use]
    pub fn of(query: &TileQuery, z: u8) -> Self {
        let res = query.hexagons.map(|hexagons| hexagons.resolution(z));
        Self { limit: query.limit, cell: query.cell, res }
    }

    /// A query that keeps to them.
    #[must_use]
    pub fn on(self, query: &TileQuery) -> TileQuery {
        let hexagons = self.res.map(Hexagons::Of);
        TileQuery { limit: self.limit, cell: self.cell, hexagons, ..query.clone() }
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
        let bounds = Bounds { limit: 50_000, cell: 2, res: None };
        let rows = Report { features: 10_000, rows: 10_000, ..Report::default() };
        assert_eq!(bounds.less(rows, 1_000_000, 500_000), Some(Bounds { limit: 4500, ..bounds }));
        let cells = Report { cells: true, ..rows };
        assert_eq!(bounds.less(cells, 1_000_000, 500_000), Some(Bounds { cell: 4, ..bounds }));
        assert_eq!(Bounds { limit: 5, cell: 64, res: None }.less(cells, 2, 1), None);
        let hexagons = |res| Bounds { res: Some(res), ..bounds };
        assert_eq!([7, 0].map(|res| hexagons(res).less(cells, 1_000_000, 500_000)), [Some(hexagons(6)), None]);
        assert_eq!(hexagons(7).less(rows, 1_000_000, 500_000), Some(Bounds { limit: 4500, ..hexagons(7) }));
        for alone in [rows, cells].map(|report| Report { features: 1, ..report }) {
            assert_eq!(bounds.less(alone, 1_000_000, 500_000), None);
            assert_eq!(hexagons(7).less(alone, 1_000_000, 500_000), None);
        }
    }
}
