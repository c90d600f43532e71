//! Tables of names become values: an error says which name it is about.

use anyhow::{Result, anyhow};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// What a table says.
///
/// # Errors
/// One line with the name at fault and what was expected of it.
pub(super) fn read<T: DeserializeOwned>(table: &Table) -> Result<T> {
    let read = |table: Table| table.try_into::<T>();
    read(table.clone()).map_err(|whole| {
        // An error over the whole table does not say it.
        let alone = |(name, value): (&String, &Value)| {
            let error = read([(name.clone(), value.clone())].into_iter().collect()).err()?;
            Some(anyhow!("{name}: {}", error.message()))
        };
        table.iter().find_map(alone).unwrap_or_else(|| anyhow!("{}", whole.message()))
    })
}
