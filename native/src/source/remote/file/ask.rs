//! One question by HTTP: redirects are followed as far as they may be, and what is refused is told in a sentence.

use super::{
    super::wire,
    link::{Link, shown},
};
use anyhow::{Context as _, Error, Result, anyhow, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    header::HeaderMap,
};
use hyper_util::rt::TokioIo;
use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use url::{Position, Url};

/// How long an answer may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);
/// Redirects that are followed.
const REDIRECTS: usize = 5;
/// Bytes of a refusal that are looked at.
const SMALL: usize = 1 << 14;
/// Connections that are kept.
const KEPT: usize = 16;

/// Connections that are kept from one question to the next.
#[derive(Default)]
pub(super) struct Idle(Mutex<Vec<Back>>);

/// A connection, and to where.
pub(super) struct Back {
    place: String,
    sender: SendRequest<Empty<Bytes>>,
}

impl fmt::Debug for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Idle")
    }
}

impl Idle {
    /// Keeps one whose answer was read to its end.
    pub fn give(&self, back: Back) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < KEPT && !back.sender.is_closed() {
            all.push(back);
        }
    }

    fn take(&self, place: &str) -> Option<SendRequest<Empty<Bytes>>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|back| !back.sender.is_closed());
        let at = all.iter().rposition(|back| back.place == place)?;
        Some(all.swap_remove(at).sender)
    }
}

/// An answer whose body is still on its way.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Incoming,
    /// The connection, for the next question.
    pub back: Back,
}

/// Asks for a file, with more headers.
///
/// # Errors
/// One clear line when nobody answers there, or leads where nothing is fetched from.
pub(super) async fn ask(link: &Link, more: &[(&str, &str)]) -> Result<Answer> {
    ask_on(link, more, None).await
}

/// The same on a connection that was kept, if one was.
///
/// # Errors
/// As [`ask`].
pub(super) async fn ask_on(link: &Link, more: &[(&str, &str)], idle: Option<&Idle>) -> Result<Answer> {
    let (mut url, named) = link.asked()?;
    let origin = url.origin();
    for _ in 0..=REDIRECTS {
        // Who asks is told to the host of the address alone.
        let user = Some(link).filter(|_| named && url.origin() == origin);
        let answer = tokio::time::timeout(PATIENCE, one(&url, user, more, idle)).await;
        let answer = answer.map_err(|_| anyhow!("no answer within {} s", PATIENCE.as_secs()))??;
        if ![301, 302, 303, 307, 308].contains(&answer.status.as_u16()) {
            return Ok(answer);
        }
        let Some(next) = answer.headers.get("location").and_then(|place| place.to_str().ok()) else {
            return Ok(answer);
        };
        let next = url.join(next).map_err(|error| anyhow!("it leads to what is no address: {error}"))?;
        link.allows(&next).context("it leads elsewhere")?;
        if url.scheme() == "https" && next.scheme() != "https" {
            bail!("it leads from https:// to {}, where others could read and change it", shown(&next));
        }
        url = next;
    }
    bail!("it leads elsewhere more than {REDIRECTS} times, at last to {}", shown(&url))
}

/// Asks one server.
async fn one(url: &Url, user: Option<&Link>, more: &[(&str, &str)], idle: Option<&Idle>) -> Result<Answer> {
    let host = url.host_str().context("an address without a host")?;
    let (bare, tls) = (host.trim_matches(['[', ']']), url.scheme() == "https");
    let port = url.port_or_known_default().context("an address without a port")?;
    let named = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::get(&url[Position::BeforePath..Position::AfterQuery])
        .header("host", named)
        .header("user-agent", concat!("duotile/", env!("CARGO_PKG_VERSION")))
        .header("accept", "*/*")
        // Bytes are counted as they lie there.
        .header("accept-encoding", "identity");
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    if let Some(Link { user: Some(user), password, .. }) = user {
        let password = password.as_ref().map_or("", |password| password.0.as_str());
        request =
            request.header("authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))));
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| anyhow!("an address that no request can hold"))?;
    let place = format!("{}://{host}:{port}", url.scheme());
    let done = |answer: Response<Incoming>, place, sender| {
        let (head, body) = answer.into_parts();
        Answer { status: head.status, headers: head.headers, body, back: Back { place, sender } }
    };
    // One that was kept may have ended meanwhile.
    if let Some(mut sender) = idle.and_then(|idle| idle.take(&place))
        && sender.ready().await.is_ok()
        && let Ok(answer) = sender.send_request(request.clone()).await
    {
        return Ok(done(answer, place, sender));
    }
    let stream = wire::connect(bare, port, tls).await?;
    let spoken = |error: hyper::Error| anyhow!("what answers there does not speak HTTP ({error})");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(spoken)?;
    tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(spoken)?;
    Ok(done(answer, place, sender))
}

impl Answer {
    /// Whether it may be another in a moment.
    pub fn is_passing(&self) -> bool {
        matches!(self.status.as_u16(), 429 | 500 | 502 | 503 | 504)
    }

    /// What is refused, and what may be done.
    pub async fn refused(self, link: &Link) -> Error {
        let body = Limited::new(self.body, SMALL).collect();
        let body = tokio::time::timeout(PATIENCE, body).await.ok().and_then(Result::ok);
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let mut said = said(&String::from_utf8_lossy(&body));
        if let Some(region) = self.headers.get("x-amz-bucket-region").and_then(|region| region.to_str().ok()) {
            said += &["; the bucket is in ", region, " (?region=", region, ")"].concat();
        }
        let status = self.status.as_u16();
        match status {
            401 => anyhow!(
                "it wants to know who asks, or the password is wrong (401): https://user@host/… and DUOTILE_SOURCE_<NAME>_PASSWORD{said}"
            ),
            403 if link.url.query().is_some() => anyhow!("it is refused (403): a signed address may have ended{said}"),
            403 => anyhow!("it is refused (403){said}"),
            404 | 410 => anyhow!("there is no such file ({status}){said}"),
            429 | 500 | 502 | 503 | 504 => anyhow!("its server cannot answer now ({status}){said}"),
            _ => anyhow!("its server answers with {}, expected the file{said}", self.status),
        }
    }
}

/// What the XML of an object store says: its code, and the message.
fn said(body: &str) -> String {
    let within = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        let (text, _) = rest.split_once(&format!("</{name}>"))?;
        Some(text.chars().filter(|char| !char.is_control()).take(200).collect::<String>())
    };
    match (within("Code"), within("Message")) {
        (Some(code), Some(message)) => format!(": {code}, {message}"),
        (Some(code), None) => format!(": {code}"),
        _ => String::new(),
    }
}
