//! From the text of a request to a plan: parsed, checked against the dataset, and kept for the requests that follow.

use super::pool::Size;
use crate::{
    catalog::Entry,
    http::{Problem, Shared},
};
use duotile_core::{Filter, MAX_ZOOM, Plan, TileId, TileQuery, filter::Test};
use std::sync::Arc;

/// A query that fits a dataset, with what else is needed to answer it.
#[derive(Debug)]
pub struct Prepared {
    /// The dataset.
    pub entry: Arc<Entry>,
    /// The query as it was understood.
    pub query: TileQuery,
    /// The query fitted to the dataset.
    pub plan: Plan,
    /// The dataset's name and version and the canonical query: what an answer depends on besides its address.
    pub key: Arc<str>,
}

impl Prepared {
    /// Fits a query to a dataset.
    ///
    /// # Errors
    /// 400 for what does not fit.
    pub fn new(entry: Arc<Entry>, query: TileQuery) -> Result<Self, Problem> {
        let plan = entry.dataset.with_points(|points| query.plan(&points))?;
        let dataset = &entry.dataset;
        let key = format!("{}\n{}\n{}", dataset.name(), dataset.version(), plan.canonical()).into();
        Ok(Self { entry, query, plan, key })
    }

    /// About how many bytes it takes: what grows with the query, and the sets of texts that its filter selects.
    #[must_use]
    pub fn size(&self) -> usize {
        let texts = self.plan.canonical().len() + self.plan.filter_text().len() + self.key.len();
        let properties = self.plan.properties().iter().map(|property| 2 * property.name.len() + 200);
        // The query is held as a tree too.
        texts * 16 + properties.sum::<usize>() + self.plan.filter().map_or(0, filter_size) + size_of::<Self>()
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

/// The plan of a request: of its token if there is one, else of its query string. Fitting a filter may look at every
/// text of a column, so it is done with the other CPU work.
///
/// # Errors
/// 400 with position, expectation and hint; 503 when too much waits.
pub async fn prepare(
    state: &Shared,
    entry: &Arc<Entry>,
    token: Option<&str>,
    query: Option<&str>,
) -> Result<Arc<Prepared>, Problem> {
    let (name, version) = (entry.dataset.name(), entry.dataset.version());
    let query = query.unwrap_or("");
    let key = format!("{name}\n{version}\n{}\n{query}", token.unwrap_or(""));
    let place = match state.prepared.get_value_or_guard_async(&key).await {
        Ok(prepared) => {
            state.metrics.looked("queries", true);
            return Ok(prepared);
        }
        Err(place) => place,
    };
    state.metrics.looked("queries", false);
    let parsed = TileQuery::parse(query)?;
    let parsed = match token {
        None => parsed,
        Some(token) if parsed == TileQuery::default() => TileQuery::from_token(token)?,
        Some(_) => {
            let detail = "the query is in the token of this path already, so its query string must not have another";
            return Err(Problem::parameter("token", detail));
        }
    };
    let prepared = fit(state, entry, parsed).await?;
    let _ = place.insert(prepared.clone());
    // Replaced meanwhile: nothing that is kept may keep the old rows in memory.
    if !state.catalog.holds(entry) {
        state.prepared.remove(&key);
    }
    Ok(prepared)
}

/// Fits a query to a dataset on a processor.
///
/// # Errors
/// 400 for what does not fit; 503 when too much waits.
pub async fn fit(state: &Shared, entry: &Arc<Entry>, query: TileQuery) -> Result<Arc<Prepared>, Problem> {
    let entry = entry.clone();
    state.pool.run(Size::Short, move |_| Prepared::new(entry, query).map(Arc::new)).await
}

/// Reads a tile address.
///
/// # Errors
/// 400 for what is no number, 404 for a tile outside the pyramid.
pub fn tile_id(z: &str, x: &str, y: &str) -> Result<TileId, Problem> {
    let number = |name: &str, text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| digits).ok_or_else(|| {
            let detail = format!("\"{text}\" is no {name} of a tile; expected a whole number, z from 0 to {MAX_ZOOM}");
            Problem::parameter(name, detail)
        })
    };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    TileId::new(z, x, y).map_err(|error| Problem::not_found(error.to_string()))
}
