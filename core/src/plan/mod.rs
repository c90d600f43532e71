//! A query fitted to a dataset: every name looked up, every type checked, every property named.
//!
//! What can be wrong with a query is found here, before any tile is cut; cutting with a [`Plan`] can only be told to
//! stop.

mod fit;
mod property;
mod schema;
mod select;

pub use property::{Extra, Property, PropertyKind, Source};
pub use schema::PropertyInfo;

use crate::{
    filter::{Filter, mask::Mask},
    hex::{reach::Reach, steps},
    measure::{category::Categories, numbers::Measures},
    points::index::Points,
    query::{Hexagons, Mode, RowGeometry, Shape},
    small::error::QueryError,
    space::tile::TileId,
};
use alloc::{format, string::String, vec::Vec};

/// A query that fits a dataset.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) filter: Option<Filter>,
    pub(crate) mode: Mode,
    /// Levels of cells below the zoom: a tile is 2^`grid` cells wide.
    pub(crate) grid: u8,
    hexagons: Option<Hexagons>,
    pub(crate) shape: Shape,
    geometry: RowGeometry,
    rank: Option<usize>,
    pub(crate) detail: i8,
    pub(crate) limit: u32,
    pub(crate) measures: Vec<Measures>,
    pub(crate) categories: Option<Categories>,
    /// The property of the first category; the others follow it.
    pub(crate) first_category: usize,
    pub(crate) extras: Vec<(Extra, usize)>,
    /// Columns that rows carry, each with its property.
    pub(crate) columns: Vec<(usize, usize)>,
    pub(crate) names: Vec<String>,
    properties: Vec<Property>,
    canonical: String,
    filter_text: String,
}

impl Hexagons {
    /// The resolution of cells at a zoom.
    #[must_use]
    pub fn resolution(self, z: u8) -> u8 {
        match self {
            Self::ByZoom => steps::by_zoom(z),
            Self::Of(resolution) => resolution,
        }
    }
}

impl Plan {
    /// Which rows: `filter`, `datetime` and `bbox` together; `None` for every row.
    #[must_use]
    pub const fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The canonical text of what decides which rows, and of columns that the query makes: what a cache of masks goes by. Empty for
    /// every row of the columns that there are.
    #[must_use]
    pub fn filter_text(&self) -> &str {
        &self.filter_text
    }

    /// The canonical text of the whole query.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// `mode`.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// `shape`.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }

    /// `geometry`.
    #[must_use]
    pub const fn geometry(&self) -> RowGeometry {
        self.geometry
    }

    /// The column of `rank`, where tiles depend on it: rows are ranked by it ([`crate::Ranks`]) before they are drawn.
    #[must_use]
    pub fn rank(&self) -> Option<usize> {
        self.rank.filter(|_| self.needs_profile())
    }

    /// The rows as tiles of the plan show them: with the outlines that they have, or as points. Of these a [`crate::Profile`] is made.
    #[must_use]
    pub const fn drawn<'a>(&self, points: &Points<'a>) -> Points<'a> {
        match self.geometry {
            RowGeometry::Outline => *points,
            RowGeometry::Point => points.without_outlines(),
        }
    }

    /// `limit`.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// Levels of cells below the zoom: a tile is 2 to this many cells wide.
    #[must_use]
    pub const fn grid(&self) -> u8 {
        self.grid
    }

    /// The resolution of H3 whose cells stand in tiles of a zoom in place of squares, where they do.
    #[must_use]
    pub fn resolution(&self, z: u8) -> Option<u8> {
        self.hexagons.map(|hexagons| hexagons.resolution(z))
    }

    /// The first zoom that has tiles: 0, unless cells are so small that too many were in a tile.
    #[must_use]
    pub fn minzoom(&self) -> u8 {
        match self.hexagons {
            Some(Hexagons::Of(resolution)) if self.mode != Mode::Points => steps::from_zoom(resolution),
            _ => 0,
        }
    }

    /// Whether there are tiles of a zoom.
    ///
    /// # Errors
    /// Where `res` is so fine that too many cells would be in a tile: says which is the finest.
    pub fn check_zoom(&self, z: u8) -> Result<(), QueryError> {
        if z >= self.minzoom() {
            return Ok(());
        }
        let (got, most) = (self.resolution(z).unwrap_or(0), steps::finest(z));
        let message = format!("got {got}, expected at most {most} at zoom {z}: a tile would have too many cells");
        Err(QueryError::new("res", message).hint(Some(format!("{got} goes from zoom {} on", self.minzoom()))))
    }

    /// Whether a tile has what is made of rows outside of it, so that a mask has to cover all rows.
    #[must_use]
    pub fn reaches_out(&self) -> bool {
        self.hexagons.is_some() && self.mode != Mode::Points
    }

    /// Whether anything that passes may come into a tile in which none of its rows is.
    #[must_use]
    pub fn reaches_into(&self, points: &Points<'_>, tile: TileId, mask: Option<&Mask>) -> bool {
        let resolution = self.resolution(tile.z()).filter(|_| self.reaches_out());
        let reach = resolution.map(|resolution| Reach::of(tile, steps::resolution(resolution)));
        points.shapes().is_some_and(|shapes| shapes.some(tile, mask))
            || reach.is_some_and(|reach| reach.tiles().any(|tile| points.occupies(tile, mask)))
    }

    /// Whether tiles depend on a [`crate::Profile`].
    #[must_use]
    pub fn needs_profile(&self) -> bool {
        matches!(self.mode, Mode::Auto | Mode::Points)
    }

    /// Columns that a cell of one row carries, each with its property.
    pub(crate) fn lone(&self) -> &[(usize, usize)] {
        if self.mode == Mode::Places { &self.columns } else { &[] }
    }

    /// Every property that features may carry, those of cells first.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }

    /// Columns whose summary shortens the measuring of cells.
    pub fn summaries(&self) -> impl Iterator<Item = usize> {
        self.measures.iter().filter(|measures| measures.uses_summary()).map(|measures| measures.column)
    }
}
