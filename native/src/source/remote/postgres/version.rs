//! What changes when rows do: the answer of a query that was given, or what `PostgreSQL` counts of a table.

use super::{connect, fault::said, table};
use crate::source::remote::{Address, Rows, select};
use anyhow::{Result, bail};

/// Which files a table and its partitions lie in, and how many rows were ever written to each, changed and deleted. It is told about a
/// second after a change, now and then ten; nothing of it is told of a view.
const COUNTED: &str = "SELECT string_agg(concat_ws(':', c.oid, pg_relation_filenode(c.oid), pg_stat_get_tuples_inserted(c.oid), \
    pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)), ' ' ORDER BY c.oid) FROM pg_class c \
    WHERE c.relkind IN ('r', 'm', 'p') AND c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1)) UNION SELECT to_regclass($1))";

/// Asks for it. `None` where nothing is known to tell.
pub(in crate::source::remote) async fn version(address: &Address, query: Option<&str>) -> Result<Option<String>> {
    match (query, &address.rows) {
        (Some(query), _) => {
            let query = format!("SELECT rows::text FROM (\n{}\n) AS rows", select(query)?);
            let rows = connect(address).await?.query(&query, &[]).await.map_err(|error| said(&error))?;
            match &rows[..] {
                [row] => Ok(Some(row.try_get(0)?)),
                rows => bail!("the version query gives {} rows, expected one", rows.len()),
            }
        }
        (None, Rows::Table { schema, name }) => {
            let named = table(schema.as_deref(), name);
            let row = connect(address).await?.query_one(COUNTED, &[&named]).await.map_err(|error| said(&error))?;
            Ok(row.try_get(0)?)
        }
        _ => Ok(None),
    }
}
