//! One question to `ClickHouse` by HTTP, as the body of a POST.

use super::fault::{Fault, exception, said};
use crate::{
    percent,
    source::remote::{Address, wire},
};
use anyhow::{Result, anyhow, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{Request, Response, body::Incoming, header::HeaderMap};
use hyper_util::rt::TokioIo;
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// How long a small one may take.
const SOON: Duration = Duration::from_secs(10);
/// Bytes of a small answer.
const SMALL: usize = 16 << 20;
/// Queries have names, so that an operator finds them.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// What is set for every query: it ends with who asked it, and texts come as texts.
const SETTINGS: [(&str, &str); 5] = [
    ("cancel_http_readonly_queries_on_client_close", "1"),
    ("output_format_arrow_string_as_string", "1"),
    ("output_format_arrow_low_cardinality_as_dictionary", "0"),
    ("output_format_arrow_fixed_string_as_fixed_byte_array", "0"),
    ("default_format", "TabSeparated"),
];

/// The answer to a small query.
pub(super) async fn text(address: &Address, query: &str, parameters: &[(&str, &str)]) -> Result<String> {
    let parameters =
        parameters.iter().map(|&(name, value)| (format!("param_{name}"), escaped(value))).collect::<Vec<_>>();
    let Answer { whole, alive: _alive } = ask(address, query, &parameters, SOON).await?;
    let (head, body) = whole.into_parts();
    let bytes = tokio::time::timeout(SOON, Limited::new(body, SMALL).collect()).await;
    let bytes = bytes.map_err(|_| anyhow!("no whole answer within {} s", SOON.as_secs()))?;
    let text =
        String::from_utf8_lossy(&bytes.map_err(|error| anyhow!("no whole answer: {error}"))?.to_bytes()).into_owned();
    if !is_clickhouse(&head.headers) {
        bail!("what answers there is not ClickHouse");
    }
    match exception(&text) {
        Some(_) => Err(said(&text)),
        None => Ok(text),
    }
}

/// The whole answer to a query as bytes. No error follows upon rows. Who stops waiting ends the query.
///
/// # Errors
/// One clear line when it does not come within `patience`, or has more than `most` bytes; [`code`](super::code) tells a server's error.
pub(in crate::source) async fn bytes(
    address: &Address,
    query: &str,
    parameters: &[(String, String)],
    (patience, most): (Duration, usize),
) -> Result<Bytes> {
    let late = |_| anyhow!("no whole answer within {} s", patience.as_secs());
    let mut parameters = parameters.to_vec();
    parameters.push(("wait_end_of_query".into(), "1".into()));
    let asked = async {
        let Answer { whole, alive: _alive } = ask(address, query, &parameters, patience).await?;
        let body = Limited::new(whole.into_body(), most).collect().await;
        let body = body.map_err(|error| {
            // As the server says it of more rows than it gives.
            let fault = || Fault(396, format!("the answer has more than {most} bytes"));
            if error.is::<LengthLimitError>() { fault().into() } else { anyhow!("no whole answer: {error}") }
        });
        Ok(body?.to_bytes())
    };
    tokio::time::timeout(patience, asked).await.map_err(late)?
}

/// An answer that is on its way.
pub(super) struct Answer {
    pub whole: Response<Incoming>,
    /// What brings it, for as long as it is waited for.
    pub alive: Connection,
}

/// A connection that ends when nobody holds it any more, and with it what is asked by it.
pub(super) struct Connection(tokio::task::JoinHandle<hyper::Result<()>>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks; an answer with another status than 200 is an error. Parameters are as they stand in an address, those of the query `param_…`
/// with their values as they are read: see [`escaped`].
pub(super) async fn ask(
    address: &Address,
    query: &str,
    parameters: &[(String, String)],
    patience: Duration,
) -> Result<Answer> {
    let stream = wire::connect(&address.host, address.port, address.tls).await?;
    let spoken = |error: hyper::Error| {
        anyhow!(
            "what answers there does not speak HTTP as ClickHouse does ({error}); its port for that is 8123, and 8443 by TLS"
        )
    };
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(spoken)?;
    let alive = Connection(tokio::spawn(connection));
    let id = format!("duotile-{}-{}", std::process::id(), ASKED.fetch_add(1, Ordering::Relaxed));
    let set = SETTINGS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let all = set
        .chain(parameters.iter().cloned())
        .chain([("query_id".to_owned(), id), ("database".to_owned(), address.database.clone())]);
    let all = all.map(|(name, value)| format!("{name}={}", percent::encode(&value))).collect::<Vec<_>>().join("&");
    let host = if address.host.contains(':') { format!("[{}]", address.host) } else { address.host.clone() };
    let mut request = Request::post(format!("/?{all}"))
        .header("host", format!("{host}:{}", address.port))
        .header("user-agent", "duotile");
    if address.user.is_some() || address.password.is_some() {
        request = request.header("x-clickhouse-user", address.user.as_deref().unwrap_or("default"));
    }
    if let Some(password) = &address.password {
        request = request.header("x-clickhouse-key", &password.0);
    }
    let request = request
        .body(Full::new(Bytes::from(query.to_owned())))
        .map_err(|_| anyhow!("a user or password that no header can hold"))?;
    let answer = tokio::time::timeout(patience, sender.send_request(request)).await;
    let answer = answer.map_err(|_| anyhow!("no answer within {} s", patience.as_secs()))?.map_err(spoken)?;
    if answer.status() == 200 {
        return Ok(Answer { whole: answer, alive });
    }
    let (head, body) = answer.into_parts();
    let bytes = Limited::new(body, SMALL).collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    if exception(&text).is_none() && !is_clickhouse(&head.headers) {
        let hint =
            if text.contains("clickhouse-client") { ": that port is for clickhouse-client, expected 8123" } else { "" };
        bail!("what answers there is not ClickHouse's HTTP interface (status {}){hint}", head.status.as_u16());
    }
    Err(said(&text))
}

/// A parameter, in the form in which fields of lines of tabs are read.
pub(in crate::source) fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r").replace('\0', "\\0")
}

fn is_clickhouse(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("x-clickhouse-"))
}

/// A field of an answer as lines of tabs.
pub(super) fn unescaped(field: &str) -> String {
    let mut text = String::new();
    let mut chars = field.chars();
    while let Some(char) = chars.next() {
        match (char, char == '\\') {
            (_, true) => text.extend(chars.next().map(|char| match char {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '0' => '\0',
                'b' => '\u{8}',
                'f' => '\u{c}',
                other => other,
            })),
            (char, _) => text.push(char),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_written_as_in_lines_of_tabs() {
        assert_eq!(unescaped("a\\tb\\\\"), "a\tb\\");
        assert_eq!(escaped("a\tb\\"), "a\\tb\\\\");
    }
}
