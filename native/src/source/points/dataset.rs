//! One dataset with its facts: points in Morton order, and their columns.
//!
//! Every column's values are held once, in memory or in a mapped file, in buffers that the core's columns look at. Nothing
//! changes after it is made.

pub use super::report::{Chosen, Report};
pub(crate) use super::{column::Loaded, known::Known};
use super::{column::Stored, shapes::Outlines};
use anyhow::{Result, bail};
use duotile_core::{
    CROWD, Column, Facts, Landmarks, Mask, Piece, Points, QueryError, Roles, Stopped, Summary, Sums, Work, view,
};
use polars_buffer::Buffer;
use rayon::prelude::*;
use std::{fmt, sync::Arc};

/// Points in Morton order with their columns and facts. Immutable once made.
#[derive(Debug)]
pub struct Dataset {
    name: String,
    title: Option<String>,
    attribution: Option<String>,
    version: String,
    zone: Option<String>,
    keys: Buffer<u64>,
    landmarks: Buffer<u64>,
    rows: Buffer<u32>,
    columns: Vec<Arc<Stored>>,
    /// The outlines of its rows, where they are more than points.
    outlines: Option<Arc<Outlines>>,
    /// How many of the last of them a query made of the others.
    made: usize,
    /// Whether row numbers are those of a file, which name rows.
    numbered: bool,
    roles: Roles,
    report: Report,
    bounds: Option<[f64; 4]>,
    focus: [f64; 4],
    view: [f64; 3],
    mapped: bool,
    ground: Option<Arc<dyn Ground>>,
}

/// What a dataset is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub name: String,
    pub title: Option<String>,
    pub attribution: Option<String>,
    pub version: String,
    /// Whose clock days and hours go by where a query names none; UTC's for none.
    pub zone: Option<String>,
    /// Ascending.
    pub keys: Buffer<u64>,
    /// Original row numbers, in the order of the keys.
    pub rows: Buffer<u32>,
    pub columns: Vec<Loaded>,
    /// The outlines of the rows, where they are more than points.
    pub outlines: Option<Outlines>,
    pub roles: Roles,
    pub report: Report,
    /// What is known of the rows already, as of those in a prepared file; else it is found out by looking at all of them.
    pub known: Option<Known>,
    /// What its buffers lie in, where that may change.
    pub ground: Option<Box<dyn Ground>>,
}

/// What buffers lie in that are not in memory.
pub(crate) trait Ground: fmt::Debug + Send + Sync {
    /// Whether its bytes are still there, and those that were there when it was opened.
    ///
    /// # Errors
    /// What happened to them.
    fn check(&self) -> Result<()>;
}

impl Dataset {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the parts do not fit together, which would be a mistake of the loader.
    pub(crate) fn new(parts: Parts) -> Result<Self> {
        let Parts {
            name,
            title,
            attribution,
            version,
            zone,
            keys,
            rows,
            columns,
            outlines,
            roles,
            report,
            known,
            ground,
        } = parts;
        let mapped = ground.is_some();
        let Known { facts, bounds, focus, landmarks, summaries } =
            known.unwrap_or_else(|| Known::of(&keys, &columns, roles.latitude));
        if facts.len() != columns.len() || summaries.len() != columns.len() {
            bail!("{} facts and {} summaries for {} columns", facts.len(), summaries.len(), columns.len());
        }
        let stored = |((loaded, facts), summary)| Arc::new(Stored { loaded, facts, summary });
        let columns: Vec<Arc<Stored>> = columns.into_iter().zip(facts).zip(summaries).map(stored).collect();
        let (bounds, focus, view) = match &outlines {
            None => (bounds, focus, view::first(&keys, focus)),
            Some(outlines) => {
                let focus = outlines.around(&keys, focus);
                (outlines.bounds(), focus, view::of(focus))
            }
        };
        let dataset = Self {
            name,
            title,
            attribution,
            version,
            zone,
            keys,
            landmarks,
            rows,
            columns,
            outlines: outlines.map(Arc::new),
            made: 0,
            numbered: true,
            roles,
            report,
            bounds,
            focus,
            view,
            mapped,
            ground: ground.map(Arc::from),
        };
        let columns = dataset.try_columns()?;
        Points::new(&dataset.name, &dataset.keys, &dataset.rows, &columns, roles)?;
        drop(columns);
        Ok(dataset)
    }

    /// Its name in addresses, and the name of its layer in tiles.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call it, where that was said.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// Changes whenever the content or the way it was loaded may have changed; hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whom to name on the map.
    #[must_use]
    pub fn attribution(&self) -> Option<&str> {
        self.attribution.as_deref()
    }

    /// The zone whose clock days and hours go by where a query names none; UTC for none.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What loading chose and lost.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Id and time column.
    #[must_use]
    pub fn roles(&self) -> Roles {
        self.roles
    }

    /// The frame of all positions in degrees (west, south, east, north), a world unit wider on each side. `None` for no
    /// rows.
    #[must_use]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        self.bounds
    }

    /// The frame of the densest 99 % of rows; the world for no rows. East may be above 180 where the rows
    /// lie on both sides of the antimeridian.
    #[must_use]
    pub fn focus(&self) -> [f64; 4] {
        self.focus
    }

    /// The first view: longitude, latitude, zoom.
    #[must_use]
    pub fn view(&self) -> [f64; 3] {
        self.view
    }

    /// Morton keys, ascending.
    #[must_use]
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The value columns as the core sees them.
    #[must_use]
    pub fn columns(&self) -> Vec<Column<'_>> {
        self.try_columns().unwrap_or_default()
    }

    /// Whether its rows can be looked at, to be asked each time before that is done: what lies in a mapped file is gone when
    /// that is cut short, and who looks at it then ends the program.
    ///
    /// # Errors
    /// What happened to the file, as a sentence after the dataset's name.
    pub fn check(&self) -> Result<()> {
        self.ground.as_ref().map_or(Ok(()), |ground| ground.check())
    }

    /// Calls `f` with the points as the core sees them. Cheap: nothing is copied but slices.
    pub fn with_points<R>(&self, f: impl FnOnce(Points<'_>) -> R) -> R {
        f(self.points(&self.columns()))
    }

    /// The points as the core sees them, with its own [columns](Self::columns), for who looks at them often.
    pub(crate) fn points<'a>(&'a self, columns: &'a [Column<'a>]) -> Points<'a> {
        match Points::new(&self.name, &self.keys, &self.rows, columns, self.roles) {
            Ok(points) => {
                let landmarks = Landmarks::new(&self.landmarks, self.keys.len());
                let points = points.with_landmarks(landmarks);
                let points = if self.numbered { points } else { points.without_numbers() };
                match &self.outlines {
                    None => points,
                    Some(outlines) => points.with_shapes(outlines.view(landmarks)),
                }
            }
            Err(error) => unreachable!("checked when the dataset was made: {error}"),
        }
    }

    /// The outlines of its rows, where they are more than points.
    #[must_use]
    pub(crate) fn outlines(&self) -> Option<&Outlines> {
        self.outlines.as_deref()
    }

    /// How many landmarks its keys have.
    #[must_use]
    pub fn landmarks(&self) -> usize {
        Landmarks::new(&self.landmarks, self.keys.len()).len()
    }

    /// The summary of a column over all rows, where it lies in the file.
    #[must_use]
    pub fn summary(&self, column: usize) -> Option<Summary<'_>> {
        self.columns.get(column)?.summary.as_ref().map(|words| Summary::new(words))
    }

    /// The words of the summary of a column over all rows. None for no such column.
    pub(crate) fn summarise(&self, column: usize) -> Vec<u64> {
        let sums = self.sums(column, None, CROWD, &Work::free());
        sums.ok().flatten().map(Sums::into_words).unwrap_or_default()
    }

    /// What a column adds up to over the rows that pass, made by all processors, for landmarks of which more than `crowd`
    /// do. `None` for no such column.
    pub(crate) fn sums(
        &self,
        column: usize,
        mask: Option<&Mask>,
        crowd: usize,
        work: &Work<'_>,
    ) -> Result<Option<Sums>, Stopped> {
        let fill = |pieces: &mut [Piece<'_>]| pieces.par_iter_mut().for_each(Piece::fill);
        self.with_points(|points| {
            let column = points.columns().get(column);
            column.map(|column| Sums::build_by(points.landmarks(), column, mask, crowd, work, fill)).transpose()
        })
    }

    /// Whether it lies in a prepared file that is mapped, and not in memory.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        self.mapped
    }

    /// Bytes in memory, or in the file that is mapped.
    #[must_use]
    pub fn size(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.size()).sum();
        let outlines = self.outlines.as_ref().map_or(0, |outlines| outlines.size());
        self.keys.len() * 8 + self.landmarks.len() * 8 + self.rows.len() * 4 + columns + outlines
    }

    /// Bytes of the columns that a query made.
    #[must_use]
    pub fn made(&self) -> usize {
        self.columns.iter().rev().take(self.made).map(|column| column.size()).sum()
    }

    /// The same rows, which no number names: they come from a database.
    pub(crate) fn without_numbers(self) -> Self {
        Self { numbered: false, ..self }
    }

    /// The same with columns that were made of its own, for a query. The others are shared.
    ///
    /// # Errors
    /// When nobody waits for it any more, or it costs too much.
    pub(super) fn and(&self, columns: Vec<Loaded>, work: &Work<'_>) -> Result<Self, QueryError> {
        let made = columns.len();
        let columns = columns.into_par_iter().map(|loaded| {
            let none = Facts::default();
            let column = Column::new(&loaded.name, loaded.data.values(), loaded.valid(), &none)
                .map_err(|error| QueryError::new("let", error.to_string()))?;
            let given_up = |stopped: Stopped| QueryError::new("let", stopped.to_string()).because(stopped);
            let known = Facts::under(&column, None, work).map_err(given_up)?;
            let facts = Facts { nulls: column.len() as u64 - known.present, ..known };
            Ok(Arc::new(Stored { loaded, facts, summary: None }))
        });
        let columns: Vec<Arc<Stored>> = columns.collect::<Result<_, QueryError>>()?;
        Ok(Self {
            name: self.name.clone(),
            title: self.title.clone(),
            attribution: self.attribution.clone(),
            version: self.version.clone(),
            zone: self.zone.clone(),
            keys: self.keys.clone(),
            landmarks: self.landmarks.clone(),
            rows: self.rows.clone(),
            columns: self.columns.iter().cloned().chain(columns).collect(),
            outlines: self.outlines.clone(),
            made,
            numbered: self.numbered,
            roles: self.roles,
            report: self.report.clone(),
            bounds: self.bounds,
            focus: self.focus,
            view: self.view,
            mapped: self.mapped,
            ground: self.ground.clone(),
        })
    }

    /// The same with the columns that were made as its own, and with what its version and its report have to say of them.
    pub(super) fn settled(mut self, version: &str, lines: impl Iterator<Item = String>) -> Self {
        self.made = 0;
        self.version.push_str(version);
        self.report.lines.extend(lines);
        self
    }

    fn try_columns(&self) -> Result<Vec<Column<'_>>> {
        self.columns.iter().map(|column| column.column()).collect()
    }
}
