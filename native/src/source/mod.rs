//! Kinds of data, behind one face.
//!
//! A source says here what it is, and fits queries to itself. What else is asked of it ([`crate::engine`]: tiles, legends,
//! facts and statistics, rows; [`crate::told`]: documents and files) is answered there, each with an arm for each kind, so
//! that the compiler names every place that a new kind has to answer.

pub mod points;
mod zones;

use crate::about::{About, Said};
use crate::format::Format;
use crate::shapes::Outlines;
use duotile_core::{ColumnInfo, Plain, Plan, Points, QueryError, TileQuery, Times, Work, range};
use points::Dataset;

/// What is served: one of the kinds of data that there are.
#[derive(Debug)]
pub enum Source {
    /// Points with columns, in memory or in a mapped file.
    Points(Dataset),
}

/// The word for the first of some kinds of geometry.
pub(crate) fn most(kinds: &[&str]) -> &'static str {
    match kinds {
        ["Polygon", ..] => "polygon",
        ["LineString", ..] => "line",
        _ => "point",
    }
}

impl From<Dataset> for Source {
    fn from(dataset: Dataset) -> Self {
        Self::Points(dataset)
    }
}

/// What is known of a source as a whole.
#[derive(Clone, Debug)]
pub struct Description<'a> {
    /// Rows that are not in it because they have no position.
    pub unusable: u64,
    /// Its columns.
    pub columns: Vec<ColumnInfo<'a>>,
    /// The column of ids.
    pub id: Option<&'a str>,
    /// The column that `datetime` speaks of.
    pub time: Option<&'a str>,
    /// Its first and last moment.
    pub time_range: Option<[Plain<'a>; 2]>,
}

impl Source {
    /// Its name in addresses, and the name of its layer in tiles.
    #[must_use]
    pub fn name(&self) -> &str {
        let Self::Points(dataset) = self;
        dataset.name()
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let Self::Points(dataset) = self;
        dataset.title()
    }

    /// Changes whenever the content or the way it was loaded may have changed; hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        let Self::Points(dataset) = self;
        dataset.version()
    }

    /// Whom to name on the map.
    #[must_use]
    pub fn attribution(&self) -> Option<&str> {
        let Self::Points(dataset) = self;
        dataset.attribution()
    }

    /// What is known of its columns that were measured.
    #[must_use]
    pub fn about(&self) -> About {
        let Self::Points(dataset) = self;
        let measured = dataset.report().columns.iter().filter(|column| column.unit.is_some());
        let said = |column: &points::dataset::Chosen| Said {
            unit: column.unit.clone(),
            description: Some(column.why.clone()),
        };
        measured.map(|column| (column.name.clone(), said(column))).collect()
    }

    /// What its tiles are, unless a path says otherwise.
    #[must_use]
    pub const fn format(&self) -> Format {
        let Self::Points(_) = self;
        Format::Mvt
    }

    /// Whether it can be looked at, to be asked before that is done for a request.
    ///
    /// # Errors
    /// What happened to its file since it was opened.
    pub fn check(&self) -> anyhow::Result<()> {
        let Self::Points(dataset) = self;
        dataset.check()
    }

    /// The zone whose clock days and hours go by where a query names none; UTC for none.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        let Self::Points(dataset) = self;
        dataset.zone()
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        let Self::Points(dataset) = self;
        dataset.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in memory, or in the file that is mapped.
    #[must_use]
    pub fn size(&self) -> usize {
        let Self::Points(dataset) = self;
        dataset.size()
    }

    /// Bytes of the columns that a query made of the others.
    #[must_use]
    pub fn made(&self) -> usize {
        let Self::Points(dataset) = self;
        dataset.made()
    }

    /// Whether it lies in a file that is mapped, and not in memory.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        let Self::Points(dataset) = self;
        dataset.is_mapped()
    }

    /// The frame of everything in it, in degrees (west, south, east, north). `None` for no rows.
    #[must_use]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let Self::Points(dataset) = self;
        dataset.bounds()
    }

    /// The frame of the densest 99 % of it; the world for no rows. East may be above 180.
    #[must_use]
    pub fn focus(&self) -> [f64; 4] {
        let Self::Points(dataset) = self;
        dataset.focus()
    }

    /// Which kinds of geometry its rows are, by the names of GeoJSON without `Multi`; that of most rows first.
    #[must_use]
    pub fn geometries(&self) -> Vec<&'static str> {
        let Self::Points(dataset) = self;
        dataset.outlines().map_or_else(|| vec!["Point"], Outlines::kinds)
    }

    /// What most of its rows are: `point`, `line` or `polygon`.
    #[must_use]
    pub fn geometry(&self) -> &'static str {
        most(&self.geometries())
    }

    /// How many vertices the outlines of its rows have; `None` for points.
    #[must_use]
    pub fn vertices(&self) -> Option<usize> {
        let Self::Points(dataset) = self;
        dataset.outlines().map(Outlines::vertices)
    }

    /// The first view: longitude, latitude, zoom; where most of it is, if nothing is near the middle of all of it.
    #[must_use]
    pub fn view(&self) -> [f64; 3] {
        let Self::Points(dataset) = self;
        dataset.view()
    }

    /// Fits a query to it.
    ///
    /// # Errors
    /// For a column that is not there or of the wrong type, with a near name where there is one; when nobody waits for it any
    /// more, or finding out what it means costs too much.
    pub fn fit(&self, query: &TileQuery, work: &Work<'_>) -> Result<Plan, QueryError> {
        self.with_points(|points| {
            let zones = query.clocks(points.columns(), zones::clock);
            query.plan(&points.with_zones(&zones), work)
        })
    }

    /// Calls `f` with what is known of it.
    pub fn describe<R>(&self, f: impl FnOnce(Description<'_>) -> R) -> R {
        let Self::Points(dataset) = self;
        let unusable = dataset.report().unusable;
        self.with_points(|points| {
            let named = |role: Option<usize>| role.and_then(|index| points.columns().get(index));
            let (id, time) = (named(points.roles().id), named(points.roles().time));
            f(Description {
                unusable,
                columns: (0..points.columns().len()).filter_map(|index| ColumnInfo::of(&points, index)).collect(),
                id: id.map(|column| column.name),
                time: time.map(|column| column.name),
                time_range: time.and_then(|column| range(column, column.facts, Times::Iso)),
            })
        })
    }

    /// The position of a column by its name.
    ///
    /// # Errors
    /// The names of all columns, where there is none of this name.
    pub fn column(&self, name: &str) -> Result<usize, Vec<String>> {
        self.with_points(|points| {
            let names = || points.columns().iter().map(|column| column.name.to_owned()).collect();
            points.column(name).ok_or_else(names)
        })
    }

    /// Calls `f` with the table of its rows as the core sees it.
    pub(crate) fn with_points<R>(&self, f: impl FnOnce(Points<'_>) -> R) -> R {
        let Self::Points(dataset) = self;
        dataset.with_points(f)
    }
}
