//! What went wrong, in a sentence for who typed the address.

use super::{Address, Rows, table};
use crate::source::remote::wire;
use anyhow::{Error, anyhow};
use duotile_core::nearest;
use std::error::Error as _;
use tokio_postgres::{Client, error::SqlState};

/// What the server, or the way to it, says.
pub(super) fn said(error: &tokio_postgres::Error) -> Error {
    if let Some(db) = error.as_db_error() {
        let message = db.message();
        return match *db.code() {
            SqlState::INVALID_PASSWORD => anyhow!(
                "{message}: the password is wrong, or there is none (DUOTILE_SOURCE_<NAME>_PASSWORD, PGPASSWORD)"
            ),
            SqlState::INSUFFICIENT_PRIVILEGE => {
                anyhow!("{message}: GRANT SELECT ON … TO the user that the address names")
            }
            SqlState::QUERY_CANCELED => anyhow!("the query was ended by the server: {message}"),
            _ => match (db.detail(), db.hint()) {
                (_, Some(hint)) => anyhow!("{message} ({hint})"),
                (Some(detail), _) => anyhow!("{message} ({detail})"),
                _ => anyhow!("{message}"),
            },
        };
    }
    let text = error.to_string();
    let cause = error.source();
    if text.contains("password missing") || cause.is_some_and(|cause| cause.to_string().contains("password missing")) {
        return anyhow!("it asks for a password (DUOTILE_SOURCE_<NAME>_PASSWORD, PGPASSWORD)");
    }
    if text.contains("TLS handshake") {
        return match cause {
            Some(cause) if cause.to_string().contains("does not support") => {
                anyhow!(
                    "the server does not speak TLS; ?sslmode=disable asks without, for a network where nobody listens"
                )
            }
            Some(cause) => wire::not_secured(cause),
            None => anyhow!("{text}"),
        };
    }
    if error.is_closed() {
        return anyhow!("the connection was closed by the server");
    }
    match cause {
        Some(cause) if text.contains("parsing") || text.contains("unexpected message") => {
            anyhow!("what answers there is not PostgreSQL ({cause})")
        }
        None if text.contains("unexpected message") => anyhow!("what answers there is not PostgreSQL"),
        Some(cause) => anyhow!("{text}: {cause}"),
        None => anyhow!("{text}"),
    }
}

/// The same of a query that cannot be asked, with the name that a table may have instead.
pub(super) async fn explained(client: &Client, address: &Address, error: &tokio_postgres::Error) -> Error {
    let Rows::Table { schema, name } = &address.rows else { return said(error) };
    let code = error.as_db_error().map(tokio_postgres::error::DbError::code);
    if code != Some(&SqlState::UNDEFINED_TABLE) && code != Some(&SqlState::INVALID_SCHEMA_NAME) {
        return said(error);
    }
    let tables = "SELECT CASE WHEN pg_table_is_visible(c.oid) THEN relname ELSE nspname || '.' || relname END \
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f') \
        AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND has_table_privilege(c.oid, 'SELECT') \
        AND relname NOT IN ('spatial_ref_sys', 'geometry_columns', 'geography_columns') ORDER BY 1 LIMIT 10000";
    let found = client.query(tables, &[]).await.unwrap_or_default();
    let names: Vec<String> = found.iter().filter_map(|row| row.try_get(0).ok()).collect();
    let wanted = schema.as_deref().map_or_else(|| name.clone(), |schema| format!("{schema}.{name}"));
    let near = nearest(&wanted, names.iter().map(String::as_str))
        .or_else(|| names.iter().map(String::as_str).find(|other| other.rsplit('.').next() == Some(name)));
    let hint = match (near, &names[..]) {
        (Some(near), _) => format!(" (did you mean {near}?)"),
        (None, []) => ", nor any that this user may read".into(),
        (None, names) => format!("; there is {}", names.iter().take(5).cloned().collect::<Vec<_>>().join(", ")),
    };
    anyhow!("there is no table {}{hint}", table(schema.as_deref(), name))
}
