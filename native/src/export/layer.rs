//! A layer of an archive: a source and a query, as they are at a zoom.

use crate::{
    catalog::Entry,
    engine::{Fitted, Refusal, rows_of, select::Selected},
    source::Source,
};
use anyhow::{Context as _, Result};
use duotile_core::{
    Column, RowGeometry, Summary, TileQuery, Work,
    archive::{Bounds, View},
};
use std::{ops::RangeInclusive, sync::Arc};

/// A source and a query, at some zooms.
#[derive(Debug)]
pub struct Layer {
    entry: Arc<Entry>,
    query: TileQuery,
    zooms: RangeInclusive<u8>,
}

/// A layer as a zoom shows it.
#[derive(Debug)]
pub struct Shown {
    fitted: Fitted,
    selected: Selected,
}

/// The columns of a layer, and what is known of their sums.
#[derive(Debug)]
pub struct Columns<'s> {
    shown: &'s Shown,
    all: Vec<Column<'s>>,
    summaries: Vec<Option<Summary<'s>>>,
}

impl Layer {
    /// Fits a query to a source.
    ///
    /// # Errors
    /// For a query that does not fit.
    pub fn new(entry: Entry, query: &TileQuery, zooms: RangeInclusive<u8>) -> Result<Self> {
        let query = query.clone().in_zone(rows_of(&entry)?.zone());
        let entry = if query.lets.is_empty() {
            entry
        } else {
            let source = rows_of(&entry)?.with_made(&query.lets, &Work::free())?.into();
            Entry { source, ..entry }
        };
        rows_of(&entry)?.fit(&query, &Work::free())?.check_zoom(*zooms.start())?;
        Ok(Self { entry: Arc::new(entry), query, zooms })
    }

    /// What it is made of.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.entry.source
    }

    /// What is asked.
    #[must_use]
    pub const fn query(&self) -> &TileQuery {
        &self.query
    }

    /// Where it shows.
    #[must_use]
    pub const fn zooms(&self) -> &RangeInclusive<u8> {
        &self.zooms
    }

    /// The first zoom at which outlines are not simplified; 0 for points.
    #[must_use]
    pub fn whole_from(&self) -> u8 {
        let outlines = self.entry.source.dataset().and_then(|dataset| dataset.outlines());
        let drawn = outlines.filter(|_| self.query.geometry == RowGeometry::Outline);
        drawn.map_or(0, |outlines| outlines.buffers().whole_from(self.query.detail))
    }

    /// Its query as it stands, fitted.
    ///
    /// # Errors
    /// As [`Layer::new`].
    pub fn fitted(&self) -> Result<Fitted> {
        Ok(Fitted::new(self.entry.clone(), self.query.clone(), &Work::free())?)
    }

    /// As it is with other bounds of what a tile may show.
    ///
    /// # Errors
    /// As [`Layer::new`]; where memory is short; [`Stopped`] when it was told to end.
    pub(super) fn bounded(&self, bounds: Bounds, work: &Work<'_>) -> Result<Shown> {
        self.shown_by(bounds.on(&self.query), work)
    }

    /// As a live tile shows it.
    ///
    /// # Errors
    /// As [`Layer::new`]; where memory is short; [`Stopped`] when it was told to end.
    pub fn shown(&self, work: &Work<'_>) -> Result<Shown> {
        self.shown_by(self.query.clone(), work)
    }

    fn shown_by(&self, query: TileQuery, work: &Work<'_>) -> Result<Shown> {
        let make = || -> Result<Shown, Refusal> {
            let fitted = Fitted::new(self.entry.clone(), query, work)?;
            let dataset = &fitted.dataset;
            let mut selected = Selected::of(dataset, &fitted.plan, work)?;
            selected.summarise(dataset, &fitted.plan, dataset.len(), work)?;
            Ok(Shown { fitted, selected })
        };
        make().or_else(|refusal| {
            work.pay(0)?;
            Err(refusal).with_context(|| format!("layer {}", self.entry.source.name()))
        })
    }
}

impl Shown {
    /// What its tiles are cut from, looked up once for all of them.
    #[must_use]
    pub fn columns(&self) -> Columns<'_> {
        let dataset = &self.fitted.dataset;
        Columns { shown: self, all: dataset.columns(), summaries: self.selected.summaries(dataset, &self.fitted.plan) }
    }
}

impl Columns<'_> {
    /// As tiles are cut from it.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let Fitted { dataset, plan, .. } = &self.shown.fitted;
        let (points, selection) = self.shown.selected.view(&dataset.points(&self.all), &self.summaries);
        View { plan, points, selection }
    }
}
