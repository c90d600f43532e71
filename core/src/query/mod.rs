//! [`TileQuery`]: everything a request can say about a tile but its address, as one canonical text.
//!
//! The same text is the HTTP query string, the path token (base64url), the protocol URL and the value in a configuration
//! file. It parses without knowing a dataset; [`crate::Plan`] checks it against one.

mod cover;
mod lets;
mod parse;
mod print;
mod text;
mod token;
mod zone;

pub use lets::Let;
pub use parse::{MAX_DETAIL, MAX_LIMIT, MAX_QUERY, PARAMETERS};

use crate::{
    filter::Expr,
    time::{Interval, Period},
};
use alloc::{string::String, vec::Vec};

/// What to draw: which rows, as what, with which properties. `TileQuery::default()` is the empty query string.
#[derive(Clone, Debug, PartialEq)]
pub struct TileQuery {
    /// `filter`, CQL2.
    pub filter: Option<Expr>,
    /// `let`: columns made of columns, by name, each once.
    pub lets: Vec<Let>,
    /// `datetime`: an interval over the dataset's time column.
    pub datetime: Option<Interval>,
    /// `bbox`: west, south, east, north in degrees; west > east crosses the antimeridian.
    pub bbox: Option<[f64; 4]>,
    /// `agg` but `count` (always there) and `log_count`: sorted, each once.
    pub measures: Vec<Measure>,
    /// `agg=log_count`: adds `point_count_log`.
    pub log_count: bool,
    /// `by`: a count for each category or period in each cell.
    pub by: Option<By>,
    /// `mode`.
    pub mode: Mode,
    /// `cell`: size of a cell in pixels of a 512-pixel tile, a power of two from 1 to 64.
    pub cell: u8,
    /// `cell=h3` with `res`: cells of H3 in place of squares.
    pub hexagons: Option<Hexagons>,
    /// `shape` of cells.
    pub shape: Shape,
    /// `geometry` of rows.
    pub geometry: RowGeometry,
    /// `detail`: quarters of a zoom by which outlines are more, or less, detailed than is usual; at most [`MAX_DETAIL`] either way.
    pub detail: i8,
    /// `properties` of rows, and of cells of one row with `mode=places`.
    pub properties: Properties,
    /// `rank`: the column that says which rows show first, and stay where there are too many; those of the highest values.
    pub rank: Option<String>,
    /// `limit`: most rows in a tile before cells take over; with `mode=points` the rest is thinned.
    pub limit: u32,
    /// `alias`: extra property names, sorted, each once.
    pub aliases: Vec<Alias>,
}

/// A number made of the values of a column in a cell, written as `<column>_<name>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measure {
    /// The column.
    pub column: String,
    /// What is made of it.
    pub kind: MeasureKind,
}

/// What a measure makes of the values of a cell. Nulls are left out; a cell of nulls has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MeasureKind {
    /// The sum.
    Sum,
    /// The arithmetic mean.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The percentile in hundredths of a percent (5000 is the median), linear between ranks (Hyndman and Fan's type 7).
    Percentile(u16),
    /// The most frequent value, ties by the smallest.
    Mode,
    /// How many distinct values.
    Distinct,
}

/// `by`: what cells are counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// A column of few values, or a time column where there is a period.
    pub column: String,
    /// The period of a time column.
    pub period: Option<Period>,
    /// The zone whose clock says when periods begin; without one that of the dataset, which is UTC if it has none.
    pub zone: Option<String>,
}

/// What a tile shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Cells at low zooms, rows from the zoom on where they fit.
    #[default]
    Auto,
    /// Rows always, thinned where there are too many.
    Points,
    /// Cells always.
    Cells,
    /// Cells always; one that holds a single row carries its columns, too. With cells of a pixel: rows, of which those at one
    /// place are one feature with their count.
    Places,
}

/// Which cells of H3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hexagons {
    /// Of the resolution that goes with a zoom.
    ByZoom,
    /// Of one resolution, from 0 to 15.
    Of(u8),
}

/// The geometry of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A point in its centre; unless said for squares.
    #[default]
    Point,
    /// Its outline; unless said for cells of H3.
    Polygon,
    /// The mean position of its rows.
    Centroid,
}

/// The geometry of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RowGeometry {
    /// What it is: a line, a polygon, points.
    #[default]
    Outline,
    /// A point of it, in the one tile where that lies.
    Point,
}

/// Which columns a row carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Properties {
    /// The first 16 columns without long texts.
    #[default]
    Default,
    /// `*`.
    All,
    /// These, in the order of the dataset; none at all if empty.
    Columns(Vec<String>),
}

/// Names that other tools gave to the same things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alias {
    /// `_average` for `_mean`.
    Carto,
    /// `quadbin`, of squares.
    Quadbin,
    /// `cluster`, `cluster_id`, `point_count_abbreviated`.
    Supercluster,
    /// `clustered`, `sqrt_point_count`.
    Tippecanoe,
}

impl Default for TileQuery {
    fn default() -> Self {
        Self {
            filter: None,
            lets: Vec::new(),
            datetime: None,
            bbox: None,
            measures: Vec::new(),
            log_count: false,
            by: None,
            mode: Mode::Auto,
            cell: 4,
            hexagons: None,
            shape: Shape::Point,
            geometry: RowGeometry::Outline,
            detail: 0,
            properties: Properties::Default,
            rank: None,
            limit: 10_000,
            aliases: Vec::new(),
        }
    }
}
