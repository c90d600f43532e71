//! `PostgreSQL` and `PostGIS`: rows by `COPY … (FORMAT binary)`, which become columns of Arrow.
//!
//! Columns are asked for first; each is then taken as it is sent, or as text where nothing here knows its type. Columns are numbered in
//! what is asked, so that their names never stand in it.

mod columns;
mod fault;
mod numeric;
mod version;

use super::{
    Address, Rows, SILENCE, select,
    spool::{Spool, Spooling},
    wire,
};
use crate::read::Progress;
use anyhow::{Context as _, Result, anyhow, bail};
use columns::{Column, Raw};
use fault::said;
use futures_util::StreamExt as _;
use std::{
    env,
    pin::pin,
    time::{Duration, Instant},
};
use tokio_postgres::{Client, Config, NoTls, binary_copy::BinaryCopyOutStream, config::SslMode, types::Type};
pub(super) use version::version;

/// Rows of a batch, and bytes, unless a row has more.
const BATCH: usize = 1 << 16;
const BYTES: usize = 16 << 20;
/// How often it is told how far it is.
const TELL: Duration = Duration::from_millis(300);

/// What is asked is asked in one transaction, which cannot write. Its rows are those of one moment, in the order in which the table has them;
/// it ends soon after who asked it (servers before 14 do not know how). Nothing is set beyond it, as a pooler may stand between.
const BEGIN: &str = "BEGIN TRANSACTION READ ONLY ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = '10s'; \
    SET LOCAL jit = off; SET LOCAL synchronize_seqscans = off; \
    SELECT set_config(name, '500', true) FROM pg_settings WHERE name = 'client_connection_check_interval'";

/// Fetches all rows.
pub(super) async fn fetch(address: &Address, progress: &dyn Progress) -> Result<Spool> {
    progress.stage("connect", None);
    let start = Instant::now();
    let client = connect(address).await?;
    soon(client.batch_execute("SET LOCAL statement_timeout = '2h'")).await?.map_err(|error| said(&error))?;
    let query = query(address)?;
    let asked = match soon(client.prepare(&query)).await? {
        Ok(asked) => asked,
        Err(error) => {
            // The transaction is over; what else is asked needs another.
            let _ = client.batch_execute("ROLLBACK").await;
            return Err(fault::explained(&client, address, &error).await);
        }
    };
    if !asked.params().is_empty() {
        bail!("the query has a parameter ($1), for which there is no value");
    }
    let all: Vec<Result<Column, String>> = asked.columns().iter().map(Column::of).collect();
    let mut lines: Vec<String> = all.iter().filter_map(|column| column.as_ref().err().cloned()).collect();
    let names: Vec<String> = (0..all.len()).map(|at| format!("c{at}")).collect();
    let wanted = all.iter().zip(&names).filter_map(|(column, name)| Some(column.as_ref().ok()?.asked(name)));
    let wanted = wanted.collect::<Vec<_>>().join(", ");
    let mut columns: Vec<Column> = all.into_iter().filter_map(Result::ok).collect();
    if columns.is_empty() {
        bail!("it has no columns that can be read");
    }
    columns::tell_apart(&mut columns, &mut lines);
    let copy =
        format!("COPY (SELECT {wanted} FROM (\n{query}\n) AS rows({})) TO STDOUT (FORMAT binary)", names.join(", "));
    let stream = soon(client.copy_out(&copy)).await?.map_err(|error| said(&error))?;
    // What it is called there does not matter: bytes are taken as they are.
    let types = vec![Type::BYTEA; columns.len()];
    let mut rows = pin!(BinaryCopyOutStream::new(stream, &types));
    let mut writer = columns::Writer::start(Spooling::new(false)?, &columns)?;
    let (mut count, mut last) = (0_u64, Instant::now());
    while let Some(row) = soon(rows.next()).await? {
        let row = row.map_err(|error| said(&error))?;
        for (at, column) in columns.iter_mut().enumerate() {
            let raw: Option<Raw<'_>> = row.try_get(at).map_err(|error| said(&error))?;
            column.push(raw.map(|raw| raw.0)).with_context(|| format!("column {:?}, row {count}", column.name))?;
        }
        count += 1;
        writer.rows += 1;
        let bytes: usize = columns.iter().map(|column| column.bytes).sum();
        if writer.rows == BATCH || bytes >= BYTES {
            writer.write(&mut columns)?;
        }
        if last.elapsed() > TELL {
            last = Instant::now();
            progress.stage(&super::so_far(Some(count), writer.bytes), None);
        }
    }
    writer.write(&mut columns)?;
    lines.extend(columns.iter().filter_map(Column::told));
    let spool = writer.finish(lines)?.map_err(|_| anyhow!("its rows end too early"))?;
    progress.line(&format!(
        "{} from {address} in {:.1} s",
        super::so_far(Some(count), spool.bytes),
        start.elapsed().as_secs_f64()
    ));
    Ok(spool)
}

/// A connection, within a transaction that can only read.
async fn connect(address: &Address) -> Result<Client> {
    let mut config = Config::new();
    config.dbname(&address.database).application_name("duotile");
    let user = address.user.clone().or_else(|| env::var("PGUSER").ok()).or_else(|| env::var("USER").ok());
    config.user(user.context("it names no user, expected postgres://user@host/…, or PGUSER")?);
    if let Some(password) = &address.password {
        config.password(&password.0);
    }
    let stream = wire::plain(&address.host, address.port).await?;
    let client = if address.tls {
        config.ssl_mode(SslMode::Require);
        let (client, connection) = answered(config.connect_raw(stream, wire::Secured::of(&address.host)?)).await?;
        tokio::spawn(connection);
        client
    } else {
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = answered(config.connect_raw(stream, NoTls)).await?;
        tokio::spawn(connection);
        client
    };
    soon(client.batch_execute(BEGIN)).await?.map_err(|error| said(&error))?;
    Ok(client)
}

/// What comes, unless nothing does for too long: a machine that is gone does not say so.
async fn soon<T>(asked: impl Future<Output = T>) -> Result<T> {
    let late = |_| anyhow!("nothing came for {} s", SILENCE.as_secs());
    tokio::time::timeout(SILENCE, asked).await.map_err(late)
}

/// What it says to us, if it says anything soon.
async fn answered<T>(asked: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T> {
    match tokio::time::timeout(wire::CONNECT, asked).await {
        Ok(answer) => answer.map_err(|error| said(&error)),
        Err(_) => bail!("something listens there, but does not answer as PostgreSQL does"),
    }
}

/// A name as it may stand in a query, whatever is in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A table as it may stand in a query.
fn table(schema: Option<&str>, name: &str) -> String {
    schema.into_iter().chain([name]).map(quoted).collect::<Vec<_>>().join(".")
}

/// The query of all rows.
fn query(address: &Address) -> Result<String> {
    match &address.rows {
        Rows::Table { schema, name } => Ok(format!("SELECT * FROM {}", table(schema.as_deref(), name))),
        Rows::Query(query) => Ok(select(query)?.to_owned()),
        Rows::Unsaid => bail!("it names no rows, expected postgres://host/database/schema.table or ?query=SELECT …"),
    }
}
