//! How much a tile may show, so that it keeps to a budget of bytes: for a whole zoom alike.
//!
//! Where a tile of a zoom is too large, all of the zoom has fewer: of rows a lower `limit`, which brings cells or leaves out as it does
//! in a live tile; of cells larger ones.

use duotile_core::{Report, TileQuery};
use serde::{Deserialize, Serialize};

/// Cells of so many pixels are the largest.
const LARGEST: u8 = 64;

/// What bounds the tiles of a layer at a zoom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// The query's `limit`.
    pub limit: u32,
    /// The query's `cell`.
    pub cell: u8,
}

impl Bounds {
    /// Those that a query has.
    #[must_use]
    pub const fn of(query: &TileQuery) -> Self {
        // Cells of H3 are no larger for a budget.
        let cell = if query.hexagons.is_some() { LARGEST } else { query.cell };
        Self { limit: query.limit, cell }
    }

    /// Those under which a tile that has so many bytes would come down to so many; `None` where nothing less can be shown.
    #[must_use]
    pub fn less(self, report: Report, bytes: usize, budget: usize) -> Option<Self> {
        if report.cells {
            return (self.cell < LARGEST).then(|| Self { cell: self.cell * 2, ..self });
        }
        let fewer = f64::from(report.features) * 0.9 * budget as f64 / bytes as f64;
        let limit = (fewer as u32).min(self.limit.saturating_sub(1));
        (limit > 0 && report.features > 1).then_some(Self { limit, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_fewer_and_cells_larger_until_nothing_is_left_to_give() {
        let bounds = Bounds { limit: 50_000, cell: 2 };
        let rows = Report { features: 10_000, rows: 10_000, ..Report::default() };
        assert_eq!(bounds.less(rows, 1_000_000, 500_000), Some(Bounds { limit: 4500, cell: 2 }));
        let cells = Report { cells: true, ..rows };
        assert_eq!(bounds.less(cells, 1_000_000, 500_000), Some(Bounds { limit: 50_000, cell: 4 }));
        assert_eq!(Bounds { limit: 5, cell: 64 }.less(cells, 2, 1), None);
        assert_eq!(bounds.less(Report { features: 1, ..rows }, 1_000_000, 500_000), None);
    }
}
