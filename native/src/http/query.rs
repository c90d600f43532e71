//! A query posted as text or JSON: its token and all its addresses come back. Nothing is stored: the token is the query.

use super::{Problem, Shared, answer::json};
use crate::{
    catalog::Entry,
    percent,
    told::links::{Document, Links},
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

/// Longest body that is read.
const MAX_BODY: usize = 64 << 10;
/// How long it may take to come.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Answers a posted query. The body is a query string, or a JSON object of its parameters.
///
/// # Errors
/// 400 for what it says wrongly, 413 for too long a body.
pub async fn answer(state: &Shared, entry: &Arc<Entry>, headers: &HeaderMap, body: Body) -> Result<Response, Problem> {
    let body = tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_BODY)).await.map_err(|_| {
        let detail = format!("the query did not come within {} seconds", BODY_TIME.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
    })?;
    let body = body.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("a query is expected to be at most {MAX_BODY} bytes"))
    })?;
    let text = std::str::from_utf8(&body)
        .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the body is not UTF-8; expected a query string or JSON"))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let is_json = kind.contains("json") || text.trim_start().starts_with('{');
    let query = if is_json { from_json(text)? } else { text.trim().trim_start_matches('?').to_owned() };
    let fitted = state.engine.fit_text(entry, None, &query).await?;
    let base = state.base(headers);
    let by_token = Links::new(&base, &fitted, true, None);
    let plain = Links::new(&base, &fitted, false, None);
    let body = json!({
        "dataset": entry.source.name(),
        "version": entry.source.version(),
        "query": fitted.plan.canonical(),
        "token": fitted.query.token(),
        "tiles": by_token.tiles(),
        "tilejson": by_token.document(Document::TileJson),
        "metadata": by_token.document(Document::Metadata),
        "style": by_token.document(Document::Style),
        "plain": { "tiles": plain.tiles(), "tilejson": plain.document(Document::TileJson) },
        // Kepler.gl asks for the metadata beside the tiles, and cuts off query strings.
        "kepler": { "tileset": by_token.bare("pbf"), "metadata": by_token.document(Document::Metadata) },
    });
    let mut response = json("application/json", body.to_string());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A JSON object as a query string. Lists are joined with commas; a filter that is an object is CQL2 JSON.
fn from_json(text: &str) -> Result<String, Problem> {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST, detail);
    let value: Value = serde_json::from_str(text).map_err(|error| bad(format!("the body is no JSON: {error}")))?;
    let object = value.as_object().ok_or_else(|| bad("expected a JSON object of parameters".into()))?;
    let mut pairs = Vec::new();
    for (name, value) in object {
        let plain = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            // 1e3 is the whole number 1000.
            Value::Number(number) => Some(match number.as_f64() {
                Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < 1e15 => format!("{whole:.0}"),
                _ => number.to_string(),
            }),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        };
        let text = match value {
            Value::Null => continue,
            Value::Object(_) if name == "filter" => {
                if !object.contains_key("filter-lang") {
                    pairs.push("filter-lang=cql2-json".to_owned());
                }
                Some(value.to_string())
            }
            Value::Array(list) => list.iter().map(plain).collect::<Option<Vec<_>>>().map(|list| list.join(",")),
            value => plain(value),
        };
        let text = text.ok_or_else(|| Problem::parameter(name, "expected a text, a number or a list of them"))?;
        pairs.push(format!("{}={}", percent::encode(name), percent::encode(&text)));
    }
    Ok(pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_the_query_string_that_says_the_same() {
        let text = r#"{"filter": "a = 'x&y'", "agg": ["count", "sum:b"], "limit": 5, "by": null}"#;
        assert_eq!(from_json(text), Ok("agg=count%2Csum%3Ab&filter=a%20%3D%20%27x%26y%27&limit=5".into()));
        assert_eq!(from_json(r#"{"limit": 1e3, "x": 1.5}"#), Ok("limit=1000&x=1.5".into()));
        let text = r#"{"filter": {"op": "isNull", "args": []}}"#;
        assert!(from_json(text).expect("fine").starts_with("filter-lang=cql2-json&filter=%7B"));
        assert!(from_json("[]").is_err() && from_json("{").is_err() && from_json(r#"{"agg": {"a": 1}}"#).is_err());
    }
}
