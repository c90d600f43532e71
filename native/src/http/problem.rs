//! What went wrong, as a problem document (RFC 9457): every error of the server leaves through here.
//!
//! Causes inside the server are logged once and not sent. Errors are never cached.

use crate::engine::Refusal;
use axum::{
    Json,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use duotile_core::{Complaint, QueryError, Stopped};
use serde::Serialize;

/// What is told of a failure inside.
const FAILED: &str = "the server failed on this request; its log says why";

/// A problem document with its status. Small, because it travels beside every answer that goes well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Told>);

/// What it says.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
struct Told {
    /// Always `about:blank`: the status says which problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    /// What was got and what was expected.
    detail: String,
    /// The parameter at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
    /// The character of the parameter's decoded text, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// How it may have been meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// A number that goes with the detail, such as the rows of a subset that is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
    #[serde(skip)]
    refused: Option<Refused>,
}

/// Why a request that may come again was not answered now; stands beside the answer, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl Problem {
    /// A problem of a status.
    #[must_use]
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Told {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            parameter: None,
            position: None,
            hint: None,
            count: None,
            headers: Vec::new(),
            refused: None,
        }))
    }

    /// 400, about one parameter.
    #[must_use]
    pub fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail).about(name)
    }

    /// 404.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// 500: the cause goes to the log, not to the client.
    #[must_use]
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!("answering 500: {cause}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, FAILED)
    }

    /// 503: too much waits already.
    #[must_use]
    pub fn busy() -> Self {
        Self::later("queue", "too many requests are waiting; try again in a second")
    }

    /// 503: no processor was free for too long.
    #[must_use]
    pub fn late() -> Self {
        Self::later("wait", "no processor became free in time; try again in a second")
    }

    /// 503: too many bytes of answers are on their way to clients that take them slowly.
    #[must_use]
    pub fn full() -> Self {
        Self::later("answers", "too many answers are on their way; try again in a second")
    }

    /// 503: what is asked for may be in a file that is still being read.
    #[must_use]
    pub fn reading() -> Self {
        Self::later("reading", "files are still being read; try again in a second")
    }

    /// 503: what is served is no longer what was opened.
    #[must_use]
    pub fn damaged(name: &str, cause: &dyn std::fmt::Display) -> Self {
        Self::later("damaged", &format!("the dataset \"{name}\" cannot be answered from: {cause}"))
    }

    fn later(why: &'static str, detail: &str) -> Self {
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        problem.0.refused = Some(Refused(why));
        problem.header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }

    /// The same, with the parameter at fault.
    #[must_use]
    pub fn about(mut self, parameter: &str) -> Self {
        self.0.parameter = Some(parameter.into());
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.0.hint = hint.into();
        self
    }

    /// The same with a number that goes with it.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.0.count = Some(count);
        self
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What was got and what was expected.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let Complaint { parameter, position, message, hint, stopped } = &*error;
        if *stopped == Some(Stopped::Gone) {
            return Self::busy();
        }
        let mut problem = Self::parameter(parameter, message).hint(hint.clone());
        problem.0.position = *position;
        problem
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Query(error) => error.into(),
            // Nobody will read this.
            Refusal::Gone | Refusal::Busy => Self::busy(),
            Refusal::Late => Self::late(),
            Refusal::Rows { got, .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, refusal.to_string()).count(got),
            Refusal::Bytes { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, refusal.to_string()),
            Refusal::Dear { .. } => Self::new(StatusCode::BAD_REQUEST, refusal.to_string()),
            Refusal::NotLive(_) => Self::new(StatusCode::NOT_IMPLEMENTED, refusal.to_string()),
            Refusal::Away(sentence) => Self::later("database", &sentence),
            Refusal::Wrong(sentence) => Self::new(StatusCode::BAD_GATEWAY, sentence),
            Refusal::Over(sentence) => Self::new(StatusCode::PAYLOAD_TOO_LARGE, sentence),
            Refusal::Finished(_) => Self::not_found(refusal.to_string()),
            Refusal::Failed => Self::new(StatusCode::INTERNAL_SERVER_ERROR, FAILED),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(&self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.0.headers);
        if let Some(refused) = self.0.refused {
            response.extensions_mut().insert(refused);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_error_keeps_what_it_says() {
        let error = QueryError::new("filter", "expected a value").at(7).hint(Some("try 'x'".to_string()));
        let json = serde_json::to_value(Problem::from(error).0).expect("serializes");
        let expected = serde_json::json!({
            "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "expected a value",
            "parameter": "filter", "position": 7, "hint": "try 'x'",
        });
        assert_eq!(json, expected);
    }
}
