//! The configuration file, TOML: the settings of the server under the names of their flags, and a table for each
//! dataset. What is said on the command line wins.

use crate::{
    catalog,
    cli::Serving,
    http::basemap,
    load::{Load, Source},
};
use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// A configuration, as read.
#[derive(Debug, Default)]
pub struct Config {
    /// Settings of the server.
    pub serving: Serving,
    /// Datasets in their order.
    pub sources: Vec<Source>,
}

/// What a dataset's table says besides how to read it.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Own {
    name: Option<String>,
    path: Paths,
    rows: bool,
    subset: bool,
}

impl Default for Own {
    fn default() -> Self {
        Self { name: None, path: Paths::default(), rows: true, subset: true }
    }
}

/// One path, or several that make one dataset.
#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

impl Default for Paths {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

/// Reads a configuration file. Relative paths in it start at its folder.
///
/// # Errors
/// One line with the file and what is wrong in it.
pub fn read(path: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, folder).with_context(|| path.display().to_string())
}

fn parse(text: &str, folder: &Path) -> Result<Config> {
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        anyhow::anyhow!("line {line}: {}", error.message())
    })?;
    let datasets = match table.remove("dataset") {
        None => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => bail!("dataset: expected tables that start with [[dataset]]"),
    };
    let mut serving: Serving = table.try_into().map_err(|error| anyhow::anyhow!("{}", error.message()))?;
    serving.basemap = serving.basemap.map(|text| basemap::within(folder, text));
    let sources = datasets
        .into_iter()
        .enumerate()
        .map(|(i, dataset)| source(dataset, folder).with_context(|| format!("[[dataset]] number {}", i + 1)));
    Ok(Config { serving, sources: Source::distinct(sources.collect::<Result<_>>()?) })
}

fn source(dataset: Value, folder: &Path) -> Result<Source> {
    let Value::Table(mut rest) = dataset else { bail!("expected a table") };
    let mut own = Table::new();
    for name in ["name", "path", "rows", "subset"] {
        own.extend(rest.remove(name).map(|value| (name.to_owned(), value)));
    }
    let told = |error: toml::de::Error| anyhow::anyhow!("{}", error.message());
    let Own { name, path, rows, subset } = own.try_into().map_err(told)?;
    let load: Load = rest.try_into().map_err(told)?;
    let paths = match path {
        Paths::One(path) => vec![path],
        Paths::Several(paths) => paths,
    };
    let Some(first) = paths.first() else { bail!("expected a path") };
    let name = match name {
        Some(name) => {
            catalog::check_name(&name).map_err(anyhow::Error::msg)?;
            name
        }
        None => catalog::slug(&first.to_string_lossy()),
    };
    Ok(Source { name, paths: paths.into_iter().map(|path| folder.join(path)).collect(), load, rows, subset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_configuration_is_understood() {
        let text = r#"
            port = 9000
            base-url = "https://example.org/maps"
            cors = "any"
            mask-memory = "1GB"
            basemap = "berlin.pmtiles"

            [[dataset]]
            path = "trips/*.parquet"
            hide = ["driver"]
            subset = false

            [[dataset]]
            name = "shops"
            path = ["a.csv", "/b.csv"]
            decimal-comma = true
            crs = "3857"
        "#;
        let config = parse(text, Path::new("/etc/duotile")).expect("fine");
        assert_eq!(config.serving.port, Some(9000));
        assert_eq!(config.serving.mask_memory.map(|bytes| bytes.0), Some(1 << 30));
        assert_eq!(config.serving.basemap.as_deref(), Some("/etc/duotile/berlin.pmtiles"));
        let [trips, shops] = &config.sources[..] else { panic!("two datasets") };
        assert_eq!((trips.name.as_str(), trips.rows, trips.subset), ("trips", true, false));
        assert_eq!(trips.load.hide, ["driver"]);
        assert_eq!(shops.paths, [PathBuf::from("/etc/duotile/a.csv"), PathBuf::from("/b.csv")]);
    }

    #[test]
    fn what_is_not_known_is_refused_and_named() {
        for (text, expected) in [
            ("prot = 1", "prot"),
            ("[[dataset]]\npath = \"a\"\nlong = \"x\"", "long"),
            ("[[dataset]]\nname = \"a\"", "expected a path"),
            ("port = \"x\"\n", "expected"),
            ("port = \n", "line 1"),
            ("dataset = 1", "[[dataset]]"),
            ("[[dataset]]\npath = \"a\"\nname = \"a/b\"", "a/b"),
        ] {
            let error = format!("{:#}", parse(text, Path::new("")).expect_err(text));
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
