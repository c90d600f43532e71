//! `ClickHouse` by its HTTP interface: rows as its `ArrowStream`.
//!
//! What is asked is the body of a POST; a table's columns are asked for first, so that those come as text or as times which Arrow would
//! otherwise have as numbers. An error may follow upon rows, so a stream without its end is none.

mod ask;
mod columns;
mod fault;

use super::{
    Address, Rows, SILENCE, select, so_far,
    spool::{Spool, Spooling},
};
use crate::read::Progress;
use anyhow::{Error, Result, anyhow, bail};
use ask::{Answer, ask, text, unescaped};
pub(in crate::source) use ask::{bytes, escaped};
use columns::asked;
pub(in crate::source) use columns::quoted;
use duotile_core::nearest;
pub(in crate::source) use fault::code;
use fault::{Fault, exception, said};
use http_body_util::BodyExt as _;
use std::{
    io::Write as _,
    time::{Duration, Instant},
};

/// How often it is told how far it is.
const TELL: Duration = Duration::from_millis(300);
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
