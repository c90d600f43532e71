//! From the text of a query to a plan: parsed, checked against the source, and kept for the requests that follow.

use super::{Engine, Fitted, Refusal, Size, fitted::schema_of, keep::Key};
use crate::catalog::Entry;
use duotile_core::{QueryError, TileQuery, Work};
use std::sync::Arc;

impl Engine {
    /// The plan of a text: of a token if there is one, else of a query string. Reading it takes time where it is long, and
    /// fitting a filter may look at every text of a column, so both are done with the other CPU work.
    ///
    /// # Errors
    /// For what cannot be understood or does not fit; when too much waits.
    pub async fn fit_text(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        token: Option<&str>,
        query: &str,
    ) -> Result<Arc<Fitted>, Refusal> {
        let key = Key::new(&entry.edition, format!("{}\n{query}", token.unwrap_or("")), ());
        let make = || {
            let (engine, entry) = (self.clone(), entry.clone());
            let (token, query) = (token.map(str::to_owned), query.to_owned());
            async move {
                let narrow = entry.clone();
                let job = move |work: &Work<'_>| {
                    let query = parse(token.as_deref(), &query)?.in_zone(schema_of(&narrow)?.zone());
                    Ok(if query.lets.is_empty() { Ok(Arc::new(Fitted::new(narrow, query, work)?)) } else { Err(query) })
                };
                match engine.pool.run(Size::Short, job).await? {
                    Ok(fitted) => Ok(fitted),
                    // It speaks of columns that are to be made first.
                    Err(query) => {
                        let entry = engine.widened(&entry, &query).await?;
                        let job = move |work: &Work<'_>| Ok(Arc::new(Fitted::new(entry, query, work)?));
                        engine.pool.run(Size::Short, job).await
                    }
                }
            }
        };
        self.keeps.fitted.get_or_make(key, make).await.map(|(fitted, _)| fitted)
    }
}

fn parse(token: Option<&str>, query: &str) -> Result<TileQuery, QueryError> {
    let parsed = TileQuery::parse(query)?;
    match token {
        None => Ok(parsed),
        Some(token) if parsed == TileQuery::default() => TileQuery::from_token(token),
        Some(_) => {
            let detail = "the query is in the token of this path already, so its query string must not have another";
            Err(QueryError::new("token", detail))
        }
    }
}
