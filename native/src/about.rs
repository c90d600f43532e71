//! What the operator says of columns, which their values do not: what they are, and in what unit.

use crate::source::Source;
use anyhow::{Result, bail};
use duotile_core::nearest;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is said of a column.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Said {
    /// What its numbers count, such as `km` or `USD`.
    pub unit: Option<String>,
    /// What it is, in a sentence.
    pub description: Option<String>,
}

/// What is said of columns, by their names.
pub type About = BTreeMap<String, Said>;

/// Whether a source has every column of which something is said.
///
/// # Errors
/// One line about a column that it has not, with a near name where there is one.
pub fn check(about: &About, source: &Source) -> Result<()> {
    for name in about.keys() {
        let Some(dataset) = source.schema() else {
            bail!("about: an archive of tiles has no columns of which anything is said")
        };
        let Err(names) = dataset.column(name) else { continue };
        let near = nearest(name, names.iter().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        bail!("about: there is no column \"{name}\"; there are {}{hint}", names.join(", "));
    }
    Ok(())
}
