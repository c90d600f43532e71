//! Where rows of databases are: `postgres://user@host:5432/database/schema.table`, `clickhouse://user@host:8123/database.table`.
//!
//! A password is taken from the address, or from the environment under the dataset's name, and is never printed.

use super::{
    Place, Remote,
    secret::{self, Secret},
};
use crate::{percent, settings::units::Span};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use duotile_core::nearest;
use std::{env, fmt};

/// Kinds of databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `PostgreSQL`, with `PostGIS` or without.
    Postgres,
    /// `ClickHouse`, by its HTTP interface.
    ClickHouse,
}

/// Which rows of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All of a table or view.
    Table {
        /// What it is in, where that was said.
        schema: Option<String>,
        /// What it is called.
        name: String,
    },
    /// What a query gives.
    Query(String),
    /// Not said yet: the configuration may, by a query.
    Unsaid,
}

/// Where rows are, and who asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What answers there.
    pub engine: Engine,
    /// Its host, or a folder with its socket.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it must speak TLS, and prove who it is.
    pub tls: bool,
    /// Who asks; the engine's usual user unless said.
    pub user: Option<String>,
    /// The password that stands in it.
    pub password: Option<Secret>,
    /// Its database.
    pub database: String,
    /// Which rows.
    pub rows: Rows,
}

impl fmt::Display for Address {
    /// Host and database: neither users nor passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match (self.engine, self.tls) {
            (Engine::Postgres, _) => "postgres",
            (Engine::ClickHouse, false) => "clickhouse",
            (Engine::ClickHouse, true) => "clickhouses",
        };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "{scheme}://{host}:{}/{}", self.port, self.database)
    }
}

impl Address {
    /// The same with the password that is known for a dataset.
    ///
    /// # Errors
    /// When a file that is named for it cannot be read.
    pub fn with_secret(&self, dataset: &str) -> Result<Self> {
        if self.password.is_some() {
            return Ok(self.clone());
        }
        let usual = if self.engine == Engine::Postgres { "PGPASSWORD" } else { "CLICKHOUSE_PASSWORD" };
        let password = match secret::of(dataset)? {
            Some(password) => Some(password),
            None => env::var(usual).ok().map(Secret),
        };
        Ok(Self { password, ..self.clone() })
    }

    /// Whether nobody else can listen on the way.
    #[must_use]
    pub fn is_near(&self) -> bool {
        is_near(&self.host)
    }
}

/// Whether a host is this machine.
pub(super) fn is_near(host: &str) -> bool {
    host.starts_with('/') || host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What speaks at an address, by its scheme, and whether by TLS; then the rest of it.
pub(super) fn engine(text: &str) -> Option<(Engine, bool, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    match scheme {
        "postgres" | "postgresql" => Some((Engine::Postgres, false, rest)),
        "clickhouse" => Some((Engine::ClickHouse, false, rest)),
        "clickhouses" => Some((Engine::ClickHouse, true, rest)),
        _ => None,
    }
}

/// What may stand behind a question mark.
const KNOWN: [&str; 7] = ["table", "query", "version", "poll", "host", "sslmode", "secure"];

/// Reads an address.
pub(super) fn parse(text: &str) -> Result<Remote> {
    let (engine, mut tls, rest) = engine(text).context("expected postgres://…, clickhouse://…, https://… or s3://…")?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (who, place) = authority.rsplit_once('@').map_or((None, authority), |(who, place)| (Some(who), place));
    let decoded = |part: &str| {
        percent::decode(part)
            .map(std::borrow::Cow::into_owned)
            .context("an address with a percent sign that stands for nothing")
    };
    let (user, password) =
        match who.map(|who| who.split_once(':').map_or((who, None), |(user, rest)| (user, Some(rest)))) {
            Some((user, password)) => (Some(decoded(user)?), password.map(decoded).transpose()?),
            None => (None, None),
        };
    let (mut host, port) = place_of(place)?;
    let segments: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect::<Result<_>>()?;
    let (mut database, mut rows) = match (&segments[..], engine) {
        ([], _) => (String::new(), Rows::Unsaid),
        ([one], Engine::Postgres) => (one.clone(), Rows::Unsaid),
        ([one], Engine::ClickHouse) => match table(one)? {
            Rows::Table { schema: Some(database), name } => (database, Rows::Table { schema: None, name }),
            _ => (one.clone(), Rows::Unsaid),
        },
        ([database, one], Engine::Postgres) => (database.clone(), table(one)?),
        ([database, one], Engine::ClickHouse) => (database.clone(), Rows::Table { schema: None, name: one.clone() }),
        _ => bail!("an address with {} parts behind its host, expected database and table", segments.len()),
    };
    if database.is_empty() {
        database = if engine == Engine::Postgres { "postgres".into() } else { "default".into() };
    }
    let mut secured = None;
    let (mut version, mut poll) = (None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // A plus sign is one: queries are typed as they are.
        let value = decoded(value)?;
        match (key, engine) {
            ("table" | "query", _) => {
                ensure!(rows == Rows::Unsaid, "an address of a table with {key}=, expected one of both");
                rows = if key == "query" { Rows::Query(value) } else { table(&value)? };
            }
            ("version", _) => version = Some(value),
            ("poll", _) => poll = Some(value.parse::<Span>().map_err(|error| anyhow!("poll: {error}"))?.0),
            ("host", Engine::Postgres) => host = value,
            ("sslmode", Engine::Postgres) => {
                secured = Some(match value.as_str() {
                    "disable" => false,
                    "verify-full" => true,
                    _ => bail!("sslmode={value}: expected verify-full or disable"),
                });
            }
            ("secure", Engine::ClickHouse) => match value.as_str() {
                "1" | "true" => secured = Some(true),
                "0" | "false" if !tls => secured = Some(false),
                _ => bail!("secure={value}: expected 1, or clickhouse:// without it"),
            },
            _ => {
                let near = nearest(key, KNOWN).map_or(String::new(), |near| format!(" (did you mean {near}?)"));
                bail!(
                    "{key}= is not known in an address{near}, expected table, query, version, poll, or {}",
                    if engine == Engine::Postgres { "sslmode, host" } else { "secure" }
                );
            }
        }
    }
    // What goes to other machines is encrypted, unless somebody says that it need not be.
    tls = secured.unwrap_or(tls || engine == Engine::Postgres && !is_near(&host));
    let port = port.unwrap_or(match (engine, tls) {
        (Engine::Postgres, _) => 5432,
        (Engine::ClickHouse, false) => 8123,
        (Engine::ClickHouse, true) => 8443,
    });
    let address = Address { engine, host, port, tls, user, password: password.map(Secret), database, rows };
    Ok(Remote { place: Place::Database(address), version, poll })
}

/// `host`, `host:port`, `[::1]:port`.
fn place_of(text: &str) -> Result<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port =
        port.map(|port| port.parse().map_err(|_| anyhow!("\"{port}\" is no port, expected a number up to 65535")));
    let host = percent::decode(host).context("a host with a percent sign that stands for nothing")?;
    Ok((if host.is_empty() { "localhost".into() } else { host.into_owned() }, port.transpose()?))
}

/// `table` or `schema.table`; a name with a point in it stands in quotes.
fn table(text: &str) -> Result<Rows> {
    let mut names = vec![String::new()];
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(char) = chars.next() {
        let last = names.len() - 1;
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => names[last].extend(chars.next()),
            '"' if quoted || names[last].is_empty() => quoted = !quoted,
            '.' if !quoted => names.push(String::new()),
            char => names[last].push(char),
        }
    }
    ensure!(
        !quoted && names.iter().all(|name| !name.is_empty()),
        "\"{text}\" is no table, expected name or schema.name"
    );
    let name = names.pop().unwrap_or_default();
    let schema = names.pop();
    ensure!(names.is_empty(), "\"{text}\" has more than two parts; a name with a point in it stands in quotes");
    Ok(Rows::Table { schema, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match parse(text) {
            Ok(Remote { place: Place::Database(address), version, poll }) => {
                let rows = match &address.rows {
                    Rows::Table { schema, name } => format!("{}.{name}", schema.as_deref().unwrap_or("")),
                    Rows::Query(query) => query.clone(),
                    Rows::Unsaid => "?".into(),
                };
                let (user, password) =
                    (address.user.as_deref().unwrap_or("-"), address.password.as_ref().map(|text| text.0.as_str()));
                let more = format!(
                    "{}{}",
                    version.unwrap_or_default(),
                    poll.map_or(String::new(), |poll| format!(" {poll:?}"))
                );
                format!(
                    "{address} {user} {} {rows} {}{more}",
                    password.unwrap_or("-"),
                    if address.tls { "tls " } else { "" }
                )
            }
            Ok(Remote { place: Place::File(link), .. }) => panic!("{link}"),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn addresses_say_where_and_what() {
        for (text, expected) in [
            ("postgres://h/d/t", "postgres://h:5432/d - - .t tls "),
            ("postgresql://me:a%40b@localhost:1/d/s.t", "postgres://localhost:1/d me a@b s.t "),
            ("postgres://u@[::1]:7/d/t", "postgres://[::1]:7/d u - .t "),
            ("postgres:///d/t?host=/run/postgresql", "postgres:///run/postgresql:5432/d - - .t "),
            ("postgres://h/d/t?sslmode=disable", "postgres://h:5432/d - - .t "),
            ("postgres://h/d?table=\"a.b\".\"c\"\"d\"", "postgres://h:5432/d - - a.b.c\"d tls "),
            (
                "postgres://h/d?query=SELECT 1+1&poll=1m&version=SELECT 2",
                "postgres://h:5432/d - - SELECT 1+1 tls SELECT 2 60s",
            ),
            ("clickhouse://h/d.t", "clickhouse://h:8123/d - - .t "),
            ("clickhouse://h/d/t.u", "clickhouse://h:8123/d - - .t.u "),
            ("clickhouse://me@h:9/d?table=t", "clickhouse://h:9/d me - .t "),
            ("clickhouses://h/d/t", "clickhouses://h:8443/d - - .t tls "),
            ("clickhouse://h/d/t?secure=1", "clickhouses://h:8443/d - - .t tls "),
            ("clickhouse://h", "clickhouse://h:8123/default - - ? "),
            ("postgres://h:port/d/t", "\"port\" is no port, expected a number up to 65535"),
            ("postgres://h/d/t/u", "an address with 3 parts behind its host, expected database and table"),
            ("postgres://h/d/t?query=SELECT 1", "an address of a table with query=, expected one of both"),
            (
                "postgres://h/d?tabel=t",
                "tabel= is not known in an address (did you mean table?), expected table, query, version, poll, or sslmode, host",
            ),
            ("postgres://h/d/t?sslmode=prefer", "sslmode=prefer: expected verify-full or disable"),
            ("clickhouses://h/d/t?secure=0", "secure=0: expected 1, or clickhouse:// without it"),
            ("postgres://h/d/a.b.c", "\"a.b.c\" has more than two parts; a name with a point in it stands in quotes"),
            ("postgres://h/d/.t", "\".t\" is no table, expected name or schema.name"),
            ("postgres://u:%zz@h/d/t", "an address with a percent sign that stands for nothing"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn passwords_are_not_printed() {
        let remote = parse("postgres://me:hunter2@h/d/t").expect("fine");
        let Place::Database(address) = &remote.place else { panic!("a database") };
        let text = format!("{remote:?} {remote} {:?}", address.with_secret("x").expect("fine"));
        assert!(!text.contains("hunter2") && !remote.to_string().contains("me"), "{text}");
    }
}
