//! `ClickHouse` by its HTTP interface: rows as its `ArrowStream`.
//!
//! What is asked is the body of a POST; a table's columns are asked for first, so that those come as text or as times which Arrow would
//! otherwise have as numbers. An error may follow upon rows, so a stream without its end is none.

use super::{
    Address, Rows, SILENCE, select, so_far,
    spool::{Spool, Spooling},
    wire,
};
use crate::{percent, read::Progress};
use anyhow::{Error, Result, anyhow, bail};
use bytes::Bytes;
use duotile_core::nearest;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{Request, Response, body::Incoming, header::HeaderMap};
use hyper_util::rt::TokioIo;
use std::{
    io::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// How long a small one may take.
const SOON: Duration = Duration::from_secs(10);
/// Bytes of a small answer.
const SMALL: usize = 16 << 20;
/// How often it is told how far it is.
const TELL: Duration = Duration::from_millis(300);
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

/// What changes with every insert, mutation and deletion, and with nothing else but the first merge after a deletion.
const PARTS: &str = "SELECT toString(sipHash64(groupArray((partition_id, m, d, r)))), count() FROM (SELECT partition_id, \
    max(max_block_number) AS m, maxIf(data_version, data_version != min_block_number) AS d, sum(rows) AS r FROM system.parts \
    WHERE active AND database = {d:String} AND table = {t:String} GROUP BY partition_id ORDER BY partition_id) FORMAT TabSeparated";
/// What is known of tables that have no parts.
const TABLE: &str = "SELECT engine, toString(uuid), toString(metadata_modification_time), ifNull(toString(total_rows), '') \
    FROM system.tables WHERE database = {d:String} AND name = {t:String} FORMAT TabSeparated";

/// Fetches all rows.
pub(super) async fn fetch(address: &Address, progress: &dyn Progress) -> Result<Spool> {
    if address.password.is_some() && !address.tls && !address.is_near() {
        progress.line(&format!("{address}: the password goes there unencrypted; clickhouses:// is by TLS"));
    }
    progress.stage("connect", None);
    let start = Instant::now();
    let query = query(address)?;
    let (mut wanted, mut lines) = (Vec::new(), Vec::new());
    for (name, kind) in describe(address).await? {
        match asked(&name, &kind) {
            Some(column) => wanted.push(column),
            None => lines.push(format!("column {name:?} is left out: {kind} cannot be shown")),
        }
    }
    if wanted.is_empty() {
        bail!("it has no columns that can be read");
    }
    let copy = format!("SELECT {} FROM (\n{query}\n) AS rows FORMAT ArrowStream", wanted.join(", "));
    let Answer { whole, alive: _alive } = ask(address, &copy, &[], SILENCE).await?;
    let mut answer = whole.into_body();
    let mut spool = Spooling::new(false)?;
    let mut last = Instant::now();
    loop {
        let frame = tokio::time::timeout(SILENCE, answer.frame()).await;
        let frame = match frame.map_err(|_| anyhow!("nothing more came for {} s", SILENCE.as_secs()))? {
            None => break,
            // What came before it may say why.
            Some(Err(error)) => match spool.finish_stream(lines)? {
                Err(tail) if exception(&tail).is_some() => return Err(said(&tail)),
                _ => return Err(anyhow!("the connection ended within the rows: {error}")),
            },
            Some(Ok(frame)) => frame,
        };
        if let Some(bytes) = frame.data_ref() {
            spool.write_all(bytes)?;
        }
        if last.elapsed() > TELL {
            last = Instant::now();
            progress.stage(&so_far(None, spool.bytes()), None);
        }
    }
    let spool = spool.finish_stream(lines)?.map_err(|tail| said(&tail))?;
    progress.line(&format!("{} from {address} in {:.1} s", so_far(None, spool.bytes), start.elapsed().as_secs_f64()));
    Ok(spool)
}

/// Asks what changes when rows do. `None` where nothing is known to tell.
pub(super) async fn version(address: &Address, query: Option<&str>) -> Result<Option<String>> {
    if let Some(query) = query {
        let answer = text(address, &format!("SELECT * FROM (\n{}\n) FORMAT TabSeparated", select(query)?), &[]).await?;
        return match answer.lines().count() {
            1 => Ok(Some(answer.trim_end().to_owned())),
            rows => bail!("the version query gives {rows} rows, expected one"),
        };
    }
    let Rows::Table { name, .. } = &address.rows else { return Ok(None) };
    let of = [("d", address.database.as_str()), ("t", name.as_str())];
    let table = text(address, TABLE, &of).await?;
    let Some(engine) = table.split('\t').next().filter(|engine| !engine.is_empty()) else { return Ok(None) };
    if engine.ends_with("MergeTree") {
        // What it says of rows may count such as were replaced.
        let parts = text(address, PARTS, &of).await?;
        return Ok(Some(format!("{} {}", parts.trim_end(), table.split('\t').nth(1).unwrap_or_default())));
    }
    let counted = table.trim_end_matches('\n').rsplit('\t').next().is_some_and(|rows| !rows.is_empty());
    Ok(counted.then(|| table.trim_end().to_owned()))
}

/// The query of all rows.
pub(in crate::source) fn query(address: &Address) -> Result<String> {
    match &address.rows {
        Rows::Table { name, .. } => Ok(format!("SELECT * FROM {}.{}", quoted(&address.database), quoted(name))),
        Rows::Query(query) => Ok(select(query)?.to_owned()),
        Rows::Unsaid => bail!("it names no rows, expected clickhouse://host/database.table or ?query=SELECT …"),
    }
}

/// A name as it may stand in a query, whatever is in it.
pub(in crate::source) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// How a column is asked for, by its type; `None` for what cannot be shown.
fn asked(name: &str, kind: &str) -> Option<String> {
    let name = quoted(name);
    let mut inner = kind;
    for outer in ["LowCardinality(", "Nullable("] {
        inner = inner.strip_prefix(outer).and_then(|rest| rest.strip_suffix(')')).unwrap_or(inner);
    }
    let head = inner.split('(').next().unwrap_or(inner);
    let told = match head {
        "Date" => format!("toDate32(rows.{name})"),
        "DateTime" => format!("toDateTime64(rows.{name}, 0, '{}')", zone(inner)),
        "UUID" | "IPv4" | "IPv6" | "Enum8" | "Enum16" | "Int128" | "UInt128" | "Int256" | "UInt256" | "JSON"
        | "Dynamic" | "Variant" | "Object" | "BFloat16" | "FixedString" => format!("toString(rows.{name})"),
        _ if head.starts_with("Interval") => format!("toString(rows.{name})"),
        "AggregateFunction" | "Nothing" => return None,
        _ => format!("rows.{name}"),
    };
    Some(format!("{told} AS {name}"))
}

/// The zone that a type of times names; UTC if none.
fn zone(kind: &str) -> &str {
    let plain = |zone: &&str| zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
    let named = kind.strip_prefix("DateTime('").and_then(|rest| rest.strip_suffix("')"));
    named.filter(plain).unwrap_or("UTC")
}

/// A field of an answer as lines of tabs.
fn unescaped(field: &str) -> String {
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

/// The answer to a small query.
async fn text(address: &Address, query: &str, parameters: &[(&str, &str)]) -> Result<String> {
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
/// One clear line when it does not come within `patience`, or has more than `most` bytes; [`code`] tells a server's error.
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

/// The columns of what an address names, each with its type.
///
/// # Errors
/// One clear line when it cannot be asked.
pub(in crate::source) async fn describe(address: &Address) -> Result<Vec<(String, String)>> {
    let described = text(address, &format!("DESCRIBE TABLE (\n{}\n) FORMAT TabSeparated", query(address)?), &[]).await;
    let described = match described {
        Ok(described) => described,
        Err(error) => return Err(explained(address, error).await),
    };
    let column = |line: &str| {
        let mut fields = line.split('\t').map(unescaped);
        (fields.next().unwrap_or_default(), fields.next().unwrap_or_default())
    };
    Ok(described.lines().map(column).collect())
}

/// An answer that is on its way.
struct Answer {
    whole: Response<Incoming>,
    /// What brings it, for as long as it is waited for.
    alive: Connection,
}

/// A connection that ends when nobody holds it any more, and with it what is asked by it.
struct Connection(tokio::task::JoinHandle<hyper::Result<()>>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks; an answer with another status than 200 is an error. Parameters are as they stand in an address, those of the query `param_…`
/// with their values as they are read: see [`escaped`].
async fn ask(address: &Address, query: &str, parameters: &[(String, String)], patience: Duration) -> Result<Answer> {
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

/// Where an error begins in an answer, and its number.
fn exception(text: &str) -> Option<(usize, u32)> {
    let at = text.rfind("Code: ")?;
    let number = text[at + 6..].split('.').next()?.parse().ok()?;
    text[at..].contains("DB::Exception").then_some((at, number))
}

/// A server's error, with its number for who asks for it.
#[derive(Debug)]
struct Fault(u32, String);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.1)
    }
}

impl std::error::Error for Fault {}

/// The number of a server's error.
pub(in crate::source) fn code(error: &Error) -> Option<u32> {
    error.downcast_ref::<Fault>().map(|Fault(code, _)| *code)
}

/// The same in a sentence.
fn said(text: &str) -> Error {
    let Some((at, code)) = exception(text) else {
        return anyhow!("the answer is no whole ArrowStream");
    };
    let message = text[at..].split_once("DB::Exception: ").map_or("", |(_, rest)| rest);
    let end = [". (", " (version ", "\n"].iter().filter_map(|end| message.find(end)).min().unwrap_or(message.len());
    let message: String = message[..end].chars().take(400).collect();
    let hint = match code {
        516 | 192 | 194 => ": the user or the password is wrong (DUOTILE_SOURCE_<NAME>_PASSWORD, CLICKHOUSE_PASSWORD)",
        497 => ": GRANT SELECT ON … TO the user that the address names",
        164 => ": give its user readonly = 2, which lets a query set how it is answered",
        159 | 209 | 160 => ": it takes longer than its user may ask for",
        158 | 307 | 396 => ": it reads more than its user may",
        241 => ": it takes more memory than its user may",
        _ => "",
    };
    Fault(code, format!("{message}{hint}")).into()
}

/// An error of a query that cannot be asked, with the name that a table may have instead.
async fn explained(address: &Address, error: Error) -> Error {
    let Rows::Table { name, .. } = &address.rows else { return error };
    match error.downcast_ref::<Fault>() {
        Some(Fault(60, _)) => {}
        Some(Fault(81, _)) => return anyhow!("there is no database {}", address.database),
        _ => return error,
    }
    let all =
        "SELECT name FROM system.tables WHERE database = {d:String} ORDER BY name LIMIT 10000 FORMAT TabSeparated";
    // Asked of a database that is there.
    let asked = Address { database: "default".into(), ..address.clone() };
    let found = text(&asked, all, &[("d", &address.database)]).await.unwrap_or_default();
    let names: Vec<String> = found.lines().map(unescaped).collect();
    let hint = match (nearest(name, names.iter().map(String::as_str)), &names[..]) {
        (Some(near), _) => format!(" (did you mean {near}?)"),
        (None, []) => String::new(),
        (None, names) => format!("; there is {}", names.iter().take(5).cloned().collect::<Vec<_>>().join(", ")),
    };
    anyhow!("there is no table {name} in {}{hint}", address.database)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_asked_for_as_what_they_are() {
        for (kind, expected) in [
            ("Float64", "rows.`a``b` AS"),
            ("Nullable(Date)", "toDate32(rows."),
            ("DateTime", "toDateTime64(rows.`a``b`, 0, 'UTC') AS"),
            ("Nullable(DateTime('Europe/Berlin'))", "toDateTime64(rows.`a``b`, 0, 'Europe/Berlin') AS"),
            ("LowCardinality(Nullable(String))", "rows."),
            ("Enum8('a' = 1)", "toString(rows."),
        ] {
            let told = asked("a`b", kind).expect("shown").replace("\\`", "``");
            assert!(told.starts_with(expected) && told.ends_with(" AS `a``b`"), "{told}");
        }
        assert_eq!(asked("a", "AggregateFunction(sum, UInt8)"), None);
    }

    #[test]
    fn errors_are_sentences() {
        let text = "ARROW…Code: 60. DB::Exception: Table default.x does not exist. (UNKNOWN_TABLE) (version 26.9)";
        assert_eq!(said(text).to_string(), "Table default.x does not exist");
        assert_eq!(exception(text).map(|(_, code)| code), Some(60));
        assert_eq!(said("half of the rows").to_string(), "the answer is no whole ArrowStream");
        assert_eq!(unescaped("a\\tb\\\\"), "a\tb\\");
        assert_eq!(escaped("a\tb\\"), "a\\tb\\\\");
    }
}
