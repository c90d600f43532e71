//! Statistics of a column under a filter: histogram, quantiles, categories. With `measure` and `z`, the quantiles of what
//! cells carry.

use super::{Problem, Shared, datasets, document::kept, params::Params};
use crate::{engine::Engine, told};
use axum::{
    extract::{Path, State as With},
    http::{HeaderMap, Uri},
    response::Response,
};
use duotile_core::{MAX_ZOOM, nearest, stats::MAX_BINS};
use serde_json::Value;
use std::sync::Arc;

/// Statistics.
///
/// # Errors
/// 400 for no such column or measure, 404 for no such dataset.
pub async fn get(
    With(state): With<Shared>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = datasets::named(&state, Some(&id))?;
    let params = Params::new(uri.query(), &["column", "bins", "measure", "z"])?;
    let fitted = state.engine.fit_text(&entry, None, &params.rest).await?;
    match (params.text("column"), params.text("measure")) {
        (Some(column), None) => {
            let index = fitted.column(column).map_err(|names| unknown("column", column, &names))?;
            let bins = params.number("bins", 20, 1..=MAX_BINS)?;
            let most = state.settings().limits.max_subset;
            let key = format!("stats\n{column}\n{bins}\n{}", fitted.key);
            let make = |engine: Arc<Engine>| async move {
                let fitted = engine.here(&fitted, most).await?;
                let found = engine.stats(&fitted, index, bins).await?;
                let told = told::stats::column(&fitted, index, &found);
                Ok(Value::Object(told).to_string().into_bytes())
            };
            kept(&state, &entry, key, &headers, make).await
        }
        (None, Some(measure)) => {
            let z = params.number("z", 0, 0..=usize::from(MAX_ZOOM))?;
            let index = fitted.plan.properties().iter().position(|property| property.name == measure);
            let index = index.ok_or_else(|| {
                let names: Vec<String> = fitted.plan.shown().map(|(_, property)| property.name.clone()).collect();
                unknown("measure", measure, &names)
            })?;
            let key = format!("cells\n{measure}\n{z}\n{}", fitted.key);
            let make = |engine: Arc<Engine>| async move {
                let legend = engine.legend(&fitted).await?;
                Ok(told::stats::cells(&fitted, index, z, &legend).to_string().into_bytes())
            };
            kept(&state, &entry, key, &headers, make).await
        }
        _ => Err(Problem::parameter("column", "expected either column, or measure with z")),
    }
}

fn unknown(parameter: &str, name: &str, names: &[String]) -> Problem {
    let near = nearest(name, names.iter().map(String::as_str));
    let others = if names.is_empty() { "there are none".into() } else { format!("there are {}", names.join(", ")) };
    Problem::parameter(parameter, format!("there is no {parameter} \"{name}\"; {others}"))
        .hint(near.map(|near| format!("did you mean {near}?")))
}
