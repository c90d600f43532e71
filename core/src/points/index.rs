//! Points in Morton order: the index is the sort order.
//!
//! [`sort`](super::sort) puts (key, row) pairs in order once; [`Points`] is the checked view of a [`Table`] whose rows are in the order
//! of the sorted keys, with the row numbers that they had. A tile is then one range of rows.

use crate::{
    filter::{Filter, mask::Mask},
    points::{
        landmarks::{Keys, Landmarks},
        ranks::Ranks,
    },
    shapes::Shapes,
    small::work::{STEP, Stopped, Work},
    space::{mercator, morton, tile::TileId},
    table::{
        columns::Column,
        values::Values,
        view::{BadTable, Roles, Table},
    },
    time::Zone,
};
use alloc::vec::Vec;
use core::{
    fmt,
    ops::{Deref, Range},
};

/// A view of points in Morton order with their columns; cheap to make and to copy.
#[derive(Clone, Copy, Debug)]
pub struct Points<'a> {
    table: Table<'a>,
    keys: Keys<'a>,
    rows: &'a [u32],
    shapes: Option<Shapes<'a>>,
    /// The rank of each row, where these say which stay when there are too many.
    ranks: Option<&'a [u8]>,
    /// Whether row numbers are those of a file, which name rows.
    numbered: bool,
}

/// Parts that do not make points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadPoints {
    /// Fewer or more row numbers than keys.
    Rows {
        /// Row numbers.
        got: usize,
        /// Keys.
        expected: usize,
    },
    /// Columns that do not make a table.
    Table(BadTable),
    /// More points than row numbers (2³²) can tell apart.
    TooMany(usize),
}

impl fmt::Display for BadPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { got, expected } => write!(f, "{got} row numbers for {expected} keys"),
            Self::Table(bad) => bad.fmt(f),
            Self::TooMany(got) => write!(f, "{got} points, expected at most {}", u32::MAX),
        }
    }
}

impl core::error::Error for BadPoints {}

impl From<BadTable> for BadPoints {
    fn from(bad: BadTable) -> Self {
        Self::Table(bad)
    }
}

impl<'a> Deref for Points<'a> {
    type Target = Table<'a>;

    fn deref(&self) -> &Table<'a> {
        &self.table
    }
}

impl<'a> Points<'a> {
    /// Puts the parts together. `keys` must be in ascending order and everything else in the same order ([`sort`](super::sort)).
    ///
    /// # Errors
    /// [`BadPoints`] when lengths differ, a role names no column, or there are more than `u32::MAX` points.
    pub fn new(
        layer: &'a str,
        keys: &'a [u64],
        rows: &'a [u32],
        columns: &'a [Column<'a>],
        roles: Roles,
    ) -> Result<Self, BadPoints> {
        let expected = keys.len();
        if expected > u32::MAX as usize {
            return Err(BadPoints::TooMany(expected));
        }
        if rows.len() != expected {
            return Err(BadPoints::Rows { got: rows.len(), expected });
        }
        let table = Table::new(layer, expected, columns, roles)?;
        debug_assert!(keys.is_sorted(), "keys are in ascending order");
        Ok(Self {
            table,
            keys: Keys { keys, landmarks: Landmarks::unknown(expected) },
            rows,
            shapes: None,
            ranks: None,
            numbered: true,
        })
    }

    /// The same with the landmarks of its keys, which make searching faster. Those of another number of keys are not
    /// taken.
    #[must_use]
    pub fn with_landmarks(mut self, landmarks: Landmarks<'a>) -> Self {
        if landmarks.rows() == self.len() {
            self.keys.landmarks = landmarks;
        }
        self
    }

    /// The same with the outlines of its rows. Those of another number of rows are not taken.
    #[must_use]
    pub fn with_shapes(mut self, shapes: Shapes<'a>) -> Self {
        if shapes.len() == self.len() {
            self.table = self.table.with_outlines(shapes.outlines(), shapes.boxes());
            self.shapes = Some(shapes);
        }
        self
    }

    /// The outlines of its rows, where they are more than points.
    #[must_use]
    pub const fn shapes(&self) -> Option<&Shapes<'a>> {
        self.shapes.as_ref()
    }

    /// The same with ranks of its rows ([`Ranks`]) in place of those by size, or of chance. Those of another number of rows are not
    /// taken.
    #[must_use]
    pub fn with_ranks(mut self, ranks: &'a Ranks) -> Self {
        if ranks.rows.len() == self.len() {
            self.shapes = self.shapes.map(|shapes| shapes.with_ranks(ranks));
            self.ranks = Some(&ranks.rows);
        }
        self
    }

    /// The same rows as points alone, those of large outlines before others where there are too many.
    #[must_use]
    pub const fn without_outlines(self) -> Self {
        match self.shapes {
            Some(shapes) => Self { shapes: None, ranks: Some(shapes.ranks()), ..self },
            None => self,
        }
    }

    /// The rank of each row that is a point, by which rows are left out where there are too many; without ranks it is chance.
    #[must_use]
    pub(crate) const fn ranks(&self) -> Option<&'a [u8]> {
        self.ranks
    }

    /// The same rows, which have numbers but are not named by them: features have an id only where a column gives it.
    #[must_use]
    pub const fn without_numbers(self) -> Self {
        Self { numbered: false, ..self }
    }

    /// The id that the feature of a row has, if any.
    #[must_use]
    pub fn feature_id(&self, row: usize) -> Option<u64> {
        (self.numbered || self.roles().id.is_some()).then(|| self.id(row))
    }

    /// The landmarks of its keys, as far as they are known.
    #[must_use]
    pub const fn landmarks(&self) -> Landmarks<'a> {
        self.keys.landmarks
    }

    /// How many points there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.keys.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.keys.keys.is_empty()
    }

    /// Morton keys, ascending.
    #[must_use]
    pub const fn keys(&self) -> &'a [u64] {
        self.keys.keys
    }

    pub(crate) const fn sorted(&self) -> Keys<'a> {
        self.keys
    }

    /// The row number each point had in its file.
    #[must_use]
    pub const fn rows(&self) -> &'a [u32] {
        self.rows
    }

    /// The id of a row's feature: its value in the id column, else its original row number.
    #[must_use]
    pub fn id(&self, row: usize) -> u64 {
        match self.roles().id.map(|column| self.columns()[column].values) {
            Some(Values::I32(ids)) => u64::from(ids[row].cast_unsigned()),
            Some(Values::I64(ids)) => ids[row].cast_unsigned(),
            _ => self.rows[row].into(),
        }
    }

    /// The same with the zones that a query may name.
    #[must_use]
    pub const fn with_zones(self, zones: &'a [Zone]) -> Self {
        Self { table: self.table.with_zones(zones), ..self }
    }

    /// The position of a row in degrees; of one beyond the edge of the map, where it is.
    #[must_use]
    pub fn place(&self, row: usize) -> (f64, f64) {
        let world = morton::position(self.keys()[row]);
        let (lon, lat) = mercator::unproject(world);
        let latitudes = self.roles().latitude.filter(|_| matches!(world.y, 0 | u32::MAX));
        let beyond = latitudes.map(|index| &self.columns()[index]).filter(|column| column.is_valid(row));
        match beyond.map(|column| column.values) {
            Some(Values::F64(values)) => (lon, values[row]),
            _ => (lon, lat),
        }
    }

    /// The same to about a centimetre.
    #[must_use]
    pub fn degrees(&self, row: usize) -> (f64, f64) {
        let (lon, lat) = self.place(row);
        let round = |degrees: f64| libm::round(degrees * 1e7) / 1e7;
        (round(lon), round(lat))
    }

    /// The run of points in a tile.
    #[must_use]
    pub fn range(&self, tile: TileId) -> Range<usize> {
        let (lo, hi) = morton::range(tile);
        let end = self.keys.after(hi);
        // Keys of a damaged file may be in no order.
        lo.checked_sub(1).map_or(0, |before| self.keys.after(before)).min(end)..end
    }

    /// The same of a tile in one whose run is known, which takes less time.
    #[must_use]
    pub fn range_within(&self, tile: TileId, around: Range<usize>) -> Range<usize> {
        /// Among more rows landmarks are quicker.
        const FEW: usize = 1 << 10;
        if around.len() > FEW {
            return self.range(tile);
        }
        let (lo, hi) = morton::range(tile);
        let keys = self.keys().get(around.clone()).unwrap_or_default();
        let start = keys.partition_point(|&key| key < lo);
        let end = start + keys[start..].partition_point(|&key| key <= hi);
        around.start + start..around.start + end
    }

    /// Whether any row that passes a mask lies in a tile, or comes near it with its outline.
    #[must_use]
    pub fn occupies(&self, tile: TileId, mask: Option<&Mask>) -> bool {
        let range = self.range(tile);
        let within = mask.map_or(range.len(), |mask| mask.count(range)) > 0;
        within || self.shapes.as_ref().is_some_and(|shapes| shapes.some(tile, mask))
    }
}

impl Filter {
    /// Which rows of a range pass. The filter must have been fitted to these points.
    ///
    /// # Errors
    /// [`Stopped`], as [`Work::pay`].
    pub fn mask(&self, points: &Points<'_>, rows: Range<usize>, work: &Work<'_>) -> Result<Mask, Stopped> {
        let mut words = Vec::with_capacity(rows.len().div_ceil(64));
        let mut start = rows.start;
        while start < rows.end {
            let step = start..rows.end.min(start + STEP);
            start = step.end;
            words.extend(self.words(points, points.keys(), step, work)?);
        }
        Ok(Mask::new(rows, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{points::sort::sort, query::TileQuery, space::mercator::World, table::facts::Facts};
    use alloc::vec;

    #[test]
    fn rows_beyond_the_edge_are_where_their_latitude_says() {
        let places = [(10.0, 88.5), (20.0, 89.25), (30.0, -87.0), (40.0, 70.0)];
        let mut rows: Vec<u32> = (0..4).collect();
        let mut keys: Vec<u64> =
            places.iter().map(|&(lon, lat)| morton::key(mercator::project(lon, lat).expect("a place"))).collect();
        sort(&mut keys, &mut rows);
        let lats: Vec<f64> = rows.iter().map(|&row| places[row as usize].1).collect();
        let facts = Facts::of(Values::F64(&lats), None);
        let columns = [Column::new("latitude", Values::F64(&lats), None, &facts).expect("fits")];
        let roles = Roles { latitude: Some(0), ..Roles::default() };
        let points = Points::new("p", &keys, &rows, &columns, roles).expect("fits");
        for (at, &row) in rows.iter().enumerate() {
            assert_eq!(points.degrees(at), places[row as usize]);
        }
        let found = |query: &str| {
            let query = TileQuery::parse(query).expect(query);
            let filter = Filter::of(&query, &points, &Work::free()).expect("fits");
            let mask = filter.mask(&points, 0..4, &Work::free()).expect("free");
            let mut found: Vec<u32> = (0..4).filter(|&at| mask.get(at)).map(|at| rows[at]).collect();
            found.sort_unstable();
            found
        };
        for (query, expected) in [
            ("bbox=0,89,180,90", vec![1]),
            ("bbox=0,86,180,90", vec![0, 1]),
            ("bbox=-180,80,180,86", vec![]),
            ("bbox=-180,-90,180,-86.5", vec![2]),
            ("bbox=-180,-90,180,90", vec![0, 1, 2, 3]),
            ("filter=lat>88.6", vec![1]),
            ("filter=lat<-85.1", vec![2]),
            ("filter=S_INTERSECTS(geometry,BBOX(0,86,180,88.7))", vec![0]),
            ("filter=NOT S_INTERSECTS(geometry,BBOX(0,86,180,88.7))", vec![1, 2, 3]),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
    }

    #[test]
    fn a_range_holds_what_is_inside_and_nothing_else() {
        let mut keys: Vec<u64> = (0..3000u32)
            .map(|i| morton::key(World { x: i.wrapping_mul(0x9e37_79b9), y: i.wrapping_mul(0x85eb_ca6b) }))
            .chain([0, 0, u64::MAX, u64::MAX])
            .collect();
        let mut rows = (0..keys.len() as u32).collect();
        sort(&mut keys, &mut rows);
        let bare = Points::new("p", &keys, &rows, &[], Roles::default()).expect("fits");
        let words = Landmarks::build(&keys);
        let points = bare.with_landmarks(Landmarks::new(&words, keys.len()));
        for z in 0..=6u8 {
            let mut seen = 0;
            for x in 0..1 << z {
                for y in 0..1 << z {
                    let tile = TileId::new(z.into(), x, y).expect("valid");
                    let range = points.range(tile);
                    assert_eq!(range, bare.range(tile));
                    let around = TileId::new(z.saturating_sub(1).into(), x / 2, y / 2).expect("valid");
                    assert_eq!(range, points.range_within(tile, points.range(around)));
                    for (row, &key) in keys.iter().enumerate() {
                        let inside = TileId::containing(morton::position(key), tile.z()) == tile;
                        assert_eq!(range.contains(&row), inside);
                    }
                    seen += range.len();
                    if z > 3 {
                        break;
                    }
                }
            }
            assert!(z > 3 || seen == keys.len());
        }
    }

    #[test]
    fn lengths_are_checked() {
        let error = Points::new("p", &[1, 2], &[0], &[], Roles::default()).expect_err("too short");
        assert_eq!(alloc::format!("{error}"), "1 row numbers for 2 keys");
        assert!(Points::new("p", &[], &[], &[], Roles { id: Some(0), ..Roles::default() }).is_err());
    }
}
