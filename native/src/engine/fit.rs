//! From the text of a query to a plan: parsed, checked against the source, and kept for the requests that follow.

use super::{
    Engine, Refusal, Size,
    keep::{Key, Weigh},
};
use crate::catalog::Entry;
use duotile_core::{Filter, Plan, QueryError, TileQuery, Work, filter::Test};
use std::sync::Arc;

/// A query that fits a source, with what else is needed to answer it.
#[derive(Debug)]
pub struct Fitted {
    /// The source.
    pub entry: Arc<Entry>,
    /// The query as it was understood.
    pub query: TileQuery,
    /// The query fitted to the source.
    pub plan: Plan,
    /// The source's name and version and the canonical query: what an answer depends on besides its address.
    pub key: Arc<str>,
}

impl Fitted {
    /// Fits a query to a source.
    ///
    /// # Errors
    /// For what does not fit.
    pub fn new(entry: Arc<Entry>, query: TileQuery, work: &Work<'_>) -> Result<Self, QueryError> {
        let plan = entry.source.fit(&query, work)?;
        let key = format!("{}\n{}\n{}", entry.source.name(), entry.source.version(), plan.canonical()).into();
        Ok(Self { entry, query, plan, key })
    }

    /// What is kept of the whole query.
    pub(super) fn whole<P>(&self, part: P) -> Key<P> {
        Key::new(&self.entry.edition, self.plan.canonical(), part)
    }

    /// What is kept of its rows.
    pub(super) fn of_rows<P>(&self, part: P) -> Key<P> {
        Key::new(&self.entry.edition, self.plan.filter_text(), part)
    }
}

impl Weigh for Arc<Fitted> {
    /// About how many bytes it takes: what grows with the query, and the sets of texts that its filter selects.
    fn weight(&self) -> usize {
        let texts = self.plan.canonical().len() + self.plan.filter_text().len() + self.key.len();
        let properties = self.plan.properties().iter().map(|property| 2 * property.name.len() + 200);
        // The query is held as a tree too.
        texts * 16 + properties.sum::<usize>() + self.plan.filter().map_or(0, filter_size) + size_of::<Fitted>()
    }
}

fn filter_size(filter: &Filter) -> usize {
    let inside = match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().map(filter_size).sum(),
        Filter::Column(_, Test::Codes(words)) => words.len() * 8,
        Filter::Column(_, Test::IntegerSet { values, .. }) => values.len() * 8,
        Filter::Column(_, Test::FloatSet { values, .. }) => values.len() * 8,
        _ => 0,
    };
    inside + size_of::<Filter>()
}

impl Engine {
    /// The plan of a text: of a token if there is one, else of a query string.
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
                let query = parse(token.as_deref(), &query)?;
                engine.fit(&entry, query).await
            }
        };
        self.keeps.fitted.get_or_make(key, make).await.map(|(fitted, _)| fitted)
    }

    /// Fits a query to a source. Fitting a filter may look at every text of a column, so it is done with the other CPU
    /// work.
    ///
    /// # Errors
    /// For what does not fit; when too much waits.
    pub async fn fit(&self, entry: &Arc<Entry>, query: TileQuery) -> Result<Arc<Fitted>, Refusal> {
        let entry = entry.clone();
        self.pool.run(Size::Short, move |work| Ok(Arc::new(Fitted::new(entry, query, work)?))).await
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
