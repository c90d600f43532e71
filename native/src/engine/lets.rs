//! Sources with the columns that a query makes of theirs (`let`), kept for the requests that follow.

use super::{
    Engine, Refusal, Size,
    keep::{Key, Weigh},
};
use crate::{catalog::Entry, source::Source};
use duotile_core::{TileQuery, Work};
use std::sync::Arc;

/// A source with more columns; all else is shared with the one that it was made of.
#[derive(Clone, Debug)]
pub(super) struct Widened(pub Arc<Entry>);

impl Weigh for Widened {
    fn weight(&self) -> usize {
        self.0.source.made() + size_of::<Entry>()
    }
}

impl Engine {
    /// The source that a query speaks of: with the columns that it makes.
    pub(super) async fn widened(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        query: &TileQuery,
    ) -> Result<Arc<Entry>, Refusal> {
        // Of the query just its columns.
        let text = TileQuery { lets: query.lets.clone(), ..TileQuery::default() }.to_string();
        let make = || {
            let (engine, entry, lets) = (self.clone(), entry.clone(), query.lets.clone());
            async move {
                let job = move |work: &Work<'_>| {
                    let Source::Points(dataset) = &entry.source;
                    let source = Source::Points(dataset.with_made(&lets, work)?);
                    let (rows, subset) = (entry.rows, entry.subset);
                    let (about, edition) = (entry.about.clone(), entry.edition.clone());
                    Ok(Widened(Arc::new(Entry { source, rows, subset, about, edition })))
                };
                engine.pool.run(Size::Long, job).await
            }
        };
        let (Widened(entry), _) = self.keeps.widened.get_or_make(Key::new(&entry.edition, text, ()), make).await?;
        Ok(entry)
    }
}
