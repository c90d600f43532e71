//! A query that was fitted to a source: what is asked of the rest of the engine.

use super::Refusal;
use super::keep::{Key, Weigh};
use crate::{
    catalog::Entry,
    source::{Source, live::Live, most, points::Dataset},
};
use duotile_core::{Filter, Plan, RowGeometry, TileQuery, Work};
use std::sync::Arc;

/// A query that fits a source, with what else is needed to answer it.
#[derive(Debug)]
pub struct Fitted {
    /// The source.
    pub entry: Arc<Entry>,
    /// Its rows; of those elsewhere what is known of them.
    pub dataset: Arc<Dataset>,
    /// The query as it was understood.
    pub query: TileQuery,
    /// The query fitted to the source.
    pub plan: Plan,
    /// The source's name and version and the canonical query: what an answer depends on besides its address.
    pub key: Arc<str>,
}

/// The rows of a source.
///
/// # Errors
/// [`Refusal::Finished`] for an archive of tiles, which has none; [`Refusal::NotLive`] where they are elsewhere.
pub fn rows_of(entry: &Entry) -> Result<&Arc<Dataset>, Refusal> {
    match &entry.source {
        Source::Points(dataset) => Ok(dataset),
        Source::Archive(archive) => Err(Refusal::Finished(archive.name().to_owned())),
        Source::Live(_) => Err(Refusal::NotLive("a subset, an export, or a column that a query makes")),
    }
}

/// The columns of a source, with its rows or without.
///
/// # Errors
/// [`Refusal::Finished`] for an archive of tiles, which has none.
pub fn schema_of(entry: &Entry) -> Result<&Arc<Dataset>, Refusal> {
    entry.source.schema().ok_or_else(|| Refusal::Finished(entry.source.name().to_owned()))
}

impl Fitted {
    /// Fits a query to a source.
    ///
    /// # Errors
    /// For what does not fit, and for a source without rows.
    pub fn new(entry: Arc<Entry>, query: TileQuery, work: &Work<'_>) -> Result<Self, Refusal> {
        let dataset = schema_of(&entry)?.clone();
        let plan = dataset.fit(&query, work)?;
        let key = format!("{}\n{}\n{}", entry.source.name(), entry.source.version(), plan.canonical()).into();
        Ok(Self { entry, dataset, query, plan, key })
    }

    /// What is asked where its rows are elsewhere.
    #[must_use]
    pub fn live(&self) -> Option<&Arc<Live>> {
        if let Source::Live(live) = &self.entry.source { Some(live) } else { None }
    }

    /// The position of a column among those of its rows.
    ///
    /// # Errors
    /// The names of all columns, where there is none of this name.
    pub fn column(&self, name: &str) -> Result<usize, Vec<String>> {
        self.dataset.column(name)
    }

    /// Which kinds of geometry rows are in its tiles, as [`crate::source::Source::geometries`] names them.
    #[must_use]
    pub fn geometries(&self) -> Vec<&'static str> {
        match self.plan.geometry() {
            RowGeometry::Outline => self.entry.source.geometries(),
            RowGeometry::Point => vec!["Point"],
        }
    }

    /// What most of them are: `point`, `line` or `polygon`.
    #[must_use]
    pub fn geometry(&self) -> &'static str {
        most(&self.geometries())
    }

    /// About how many bytes it takes: what grows with the query, and the sets of texts that its filter selects.
    #[must_use]
    pub fn size(&self) -> usize {
        let texts = self.plan.canonical().len() + self.plan.filter_text().len() + self.key.len();
        let properties = self.plan.properties().iter().map(|property| 2 * property.name.len() + 200);
        // The query is held as a tree too.
        // Who keeps it keeps the columns that were made for it.
        let texts = texts + self.dataset.made() / 16;
        texts * 16 + properties.sum::<usize>() + self.plan.filter().map_or(0, Filter::size) + size_of::<Self>()
    }

    /// What is kept of the whole query.
    pub(super) fn whole<P>(&self, part: P) -> Key<P> {
        Key::new(&self.entry.edition, self.plan.canonical(), part)
    }

    /// What is kept of a column, which may be one of those that it makes.
    pub(super) fn of_column(&self, column: usize) -> Key<usize> {
        let lets = TileQuery { lets: self.query.lets.clone(), ..TileQuery::default() };
        Key::new(&self.entry.edition, lets.to_string(), column)
    }

    /// What is kept of its rows.
    pub(super) fn of_rows<P>(&self, part: P) -> Key<P> {
        Key::new(&self.entry.edition, self.plan.filter_text(), part)
    }
}

impl Weigh for Arc<Fitted> {
    fn weight(&self) -> usize {
        self.size()
    }
}
