//! Sources with the columns that a query makes of theirs (`let`), kept for the requests that follow.

use super::{
    Engine, Refusal, Size,
    fitted::rows_of,
    keep::{Key, Weigh},
};
use crate::{catalog::Entry, source::Source};
use duotile_core::{QueryError, TileQuery, Work};
use std::sync::Arc;

/// Bytes of a value, at most.
const VALUE: u64 = 8;
/// Bytes that a query's columns, or its ranks, may take, however little is kept.
pub(super) const LEAST: u64 = 64 << 20;

/// A source with more columns; all else is shared with the one that it was made of.
#[derive(Clone, Debug)]
pub(super) struct Widened(pub Arc<Entry>);

impl Weigh for Widened {
    fn weight(&self) -> usize {
        self.0.source.dataset().map_or(0, |dataset| dataset.made()) + size_of::<Entry>()
    }
}

impl Engine {
    /// The source that a query speaks of: with the columns that it makes.
    pub(super) async fn widened(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        query: &TileQuery,
    ) -> Result<Arc<Entry>, Refusal> {
        let bytes = entry.source.len() as u64 * VALUE * query.lets.len() as u64;
        let most = self.keeps.widened.capacity().max(LEAST);
        if bytes > most {
            let detail =
                format!("its columns would take {bytes} bytes, expected at most {most} (half of --mask-memory)");
            return Err(QueryError::new("let", detail).into());
        }
        // Of the query just its columns.
        let text = TileQuery { lets: query.lets.clone(), ..TileQuery::default() }.to_string();
        let make = || {
            let (engine, entry, lets) = (self.clone(), entry.clone(), query.lets.clone());
            async move {
                let job = move |work: &Work<'_>| {
                    let source = Source::from(rows_of(&entry)?.with_made(&lets, work)?);
                    let (rows, subset) = (entry.rows, entry.subset);
                    let (about, edition) = (entry.about.clone(), entry.edition.clone());
                    Ok(Widened(Arc::new(Entry { source, rows, subset, about, low: None, edition })))
                };
                engine.pool.run(Size::Long, job).await
            }
        };
        let (Widened(entry), _) = self.keeps.widened.get_or_make(Key::new(&entry.edition, text, ()), make).await?;
        Ok(entry)
    }
}
