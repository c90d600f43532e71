//! What a zoom of an archive has.

use crate::tile::tiler::Report;

/// What a zoom has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Zoom {
    /// Which it is.
    pub z: u8,
    /// Tiles that are not empty.
    pub tiles: u64,
    /// Features in them.
    pub features: u64,
    /// Rows that are features or counted in one.
    pub rows: u64,
    /// Rows that are not.
    pub omitted: u64,
    /// Bytes of all tiles, packed.
    pub bytes: u64,
    /// Of the largest.
    pub largest: u64,
    /// Tiles beyond the budget, of which nothing less can be shown.
    pub beyond: u64,
    /// Whether some features are cells.
    pub cells: bool,
    /// Whether less is shown than the query says.
    pub reduced: bool,
}

impl Zoom {
    /// Counts tiles that are alike: what each layer has in the first of them, how many they are, and how many bytes each has, packed,
    /// of so many that it may have.
    pub fn add(&mut self, cuts: &[Report], count: u64, (bytes, budget): (u64, u64)) {
        for cut in cuts {
            self.features += u64::from(cut.features) * count;
            self.rows += cut.rows - cut.omitted;
            self.omitted += cut.omitted;
            self.cells |= cut.cells;
        }
        if bytes > 0 {
            self.tiles += count;
            self.bytes += bytes * count;
            self.largest = self.largest.max(bytes);
            self.beyond += if bytes > budget { count } else { 0 };
        }
    }

    /// Whether all rows are features of their own, as detailed as the query says.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.tiles > 0 && !self.cells && self.omitted == 0 && !self.reduced
    }
}
