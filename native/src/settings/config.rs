//! What is asked of a server, whole: the arguments of `serve`, and beneath them the configuration file, TOML, with the
//! settings of the server under the names of their flags and a table for each dataset.

use super::{basemap, named, serving::Serving, units::Span};
use crate::{
    about::About,
    catalog,
    load::Load,
    read::BUILTIN,
    source::remote::{Place, Remote, Rows},
    wanted::{Asked, Wanted},
};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// `serve`, as it was typed.
#[derive(Args, Clone, Debug, Default)]
pub struct Serve {
    /// Files, folders, patterns or addresses of databases and files, one dataset each, [NAME=]PATH; the built-in places and countries if there are none
    ///
    /// A pattern such as 'data/*.parquet' (quoted, so that the shell leaves it alone) makes one dataset of many files.
    /// The name stands in addresses and is the layer of the tiles; unless given, it is made from the file's.
    #[arg(value_name = "[NAME=]PATH")]
    pub paths: Vec<String>,
    /// A TOML file with these settings and a [[dataset]] table for each dataset
    #[arg(long, value_name = "FILE", env = "DUOTILE_CONFIG")]
    pub config: Option<PathBuf>,
    /// An archive of a dataset's default query (`duotile export`), from which the zooms that it has are sent; NAME= where there are several
    #[arg(long, value_name = "[NAME=]FILE")]
    pub low_zooms: Vec<String>,
    /// How to serve.
    #[command(flatten)]
    pub serving: Serving,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// What to serve, and how.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Settings of the server.
    pub serving: Serving,
    /// Datasets in their order.
    pub sources: Vec<Wanted>,
}

impl Serve {
    /// What was typed, over what is in the configuration file now. The built-in data where neither names a dataset.
    ///
    /// # Errors
    /// One line about the argument, or the file and what is wrong in it.
    pub fn whole(&self) -> Result<Config> {
        let file = self.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let typed = self.paths.iter().map(|path| Wanted::parse(path, &self.load));
        let mut sources: Vec<Wanted> = typed.collect::<Result<_>>()?;
        sources.extend(file.sources);
        if sources.is_empty() {
            sources.extend(BUILTIN.map(Wanted::builtin));
        }
        let mut sources = Wanted::distinct(sources);
        for low in &self.low_zooms {
            let named = low.split_once('=').filter(|_| !Path::new(low).exists());
            let (found, path) = match named {
                Some((name, path)) => (sources.iter_mut().find(|source| source.name == name), path),
                None => (sources.first_mut(), low.as_str()),
            };
            let found = found.with_context(|| format!("--low-zooms {low}: there is no dataset of that name"))?;
            found.low_zooms = Some(path.into());
            let alone = named.is_some() || sources.len() == 1;
            ensure!(alone, "--low-zooms {low}: of which dataset? Expected its name before: NAME={low}");
        }
        Ok(Config { serving: self.serving.or(&file.serving)?, sources })
    }
}

/// The names of what a dataset's table says besides how to read it.
const OWN: [&str; 12] =
    ["name", "path", "source", "query", "version", "poll", "live", "key", "rows", "subset", "about", "low-zooms"];

/// What it says.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Own {
    name: Option<String>,
    path: Paths,
    source: Option<String>,
    query: Option<String>,
    version: Option<String>,
    poll: Option<Span>,
    live: bool,
    key: Option<String>,
    rows: bool,
    subset: bool,
    about: About,
    low_zooms: Option<PathBuf>,
}

impl Default for Own {
    fn default() -> Self {
        Self {
            name: None,
            path: Paths::default(),
            source: None,
            query: None,
            version: None,
            poll: None,
            live: false,
            key: None,
            rows: true,
            subset: true,
            about: About::new(),
            low_zooms: None,
        }
    }
}

impl Own {
    /// What lies elsewhere, by its address: a source, or a path that is one.
    fn remote(&mut self) -> Result<Option<Remote>> {
        let addresses: Vec<String> = self.path.iter().filter(|path| Remote::is_address(path)).collect();
        if let Some(address) = addresses.first() {
            let alone = self.path.iter().count() == 1 && self.source.is_none();
            ensure!(
                alone,
                "{}: what lies elsewhere is a dataset by itself, expected one path",
                Remote::parse(address)?
            );
            (self.source, self.path) = (Some(address.clone()), Paths::default());
        }
        let Some(source) = &self.source else {
            if self.poll.is_some() {
                bail!(
                    "poll is of what lies elsewhere, expected source = \"postgres://…\" or path = \"https://…\" beside it"
                );
            }
            let said = [("query", self.query.is_some()), ("version", self.version.is_some()), ("live", self.live)];
            match said.iter().find(|(_, said)| *said) {
                Some((name, _)) => bail!("{name} is of a database, expected source = \"postgres://…\" beside it"),
                None => return Ok(None),
            }
        };
        let mut remote = Remote::parse(source).context("source")?;
        match &mut remote.place {
            Place::Database(address) => {
                if let Some(query) = &self.query {
                    ensure!(address.rows == Rows::Unsaid, "query and an address of a table, expected one of both");
                    address.rows = Rows::Query(query.clone());
                }
            }
            Place::File(_) => {
                let plain = self.query.is_none() && self.version.is_none();
                ensure!(plain, "query and version are of a database, and the source is a file");
            }
        }
        remote.version = self.version.clone().or(remote.version);
        remote.poll = self.poll.map(|poll| poll.0).or(remote.poll);
        Ok(Some(remote))
    }
}

/// One path, or several that make one dataset.
#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(PathBuf),
    Several(Vec<PathBuf>),
}

impl Paths {
    /// Each as text.
    fn iter(&self) -> impl Iterator<Item = String> {
        let all = match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Several(paths) => paths,
        };
        all.iter().map(|path| path.to_string_lossy().into_owned())
    }
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
fn read(path: &Path) -> Result<Config> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&text, folder).with_context(|| path.display().to_string())
}

fn parse(text: &str, folder: &Path) -> Result<Config> {
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        anyhow!("line {line}: {}", error.message())
    })?;
    let datasets = match table.remove("dataset") {
        None => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => bail!("dataset: expected tables that start with [[dataset]]"),
    };
    if let Some(name) = table.keys().find(|name| name.to_lowercase().starts_with("dataset")) {
        bail!("{name}: expected tables that start with [[dataset]]");
    }
    let mut serving = Serving::of(&table)?;
    serving.basemap = serving.basemap.map(|text| basemap::within(folder, text));
    serving.file_cache = serving.file_cache.map(|path| folder.join(path));
    let sources = datasets
        .into_iter()
        .enumerate()
        .map(|(i, dataset)| source(dataset, folder).with_context(|| format!("[[dataset]] number {}", i + 1)));
    let sources: Vec<(Wanted, bool)> = sources.collect::<Result<_>>()?;
    // A name that was written is meant; one that is made of a path may get a number.
    for (at, (source, written)) in sources.iter().enumerate() {
        let twice = sources[..at].iter().any(|(other, before)| *written && *before && other.name == source.name);
        ensure!(!twice, "[[dataset]] number {}: another one is called {}, too", at + 1, source.name);
    }
    Ok(Config { serving, sources: sources.into_iter().map(|(source, _)| source).collect() })
}

/// A dataset, and whether its name was written.
fn source(dataset: Value, folder: &Path) -> Result<(Wanted, bool)> {
    let Value::Table(mut rest) = dataset else { bail!("expected a table") };
    let mut own = Table::new();
    for name in OWN {
        own.extend(rest.remove(name).map(|value| (name.to_owned(), value)));
    }
    let mut own: Own = named::read(&own)?;
    let remote = own.remote()?;
    ensure!(own.live || own.key.is_none(), "key is of a database that is asked live, expected live = true beside it");
    let live = own.live.then(|| Asked { key: own.key.clone() });
    let Own { name, path, rows, subset, about, low_zooms, .. } = own;
    let load: Load = named::read(&rest).map_err(|error| {
        let own = OWN.map(|name| format!("`{name}`, ")).concat();
        anyhow!("{}", error.to_string().replace("expected one of ", &format!("expected one of {own}")))
    })?;
    let paths = match path {
        Paths::One(path) => vec![path],
        Paths::Several(paths) => paths,
    };
    let called = match (paths.first(), &remote) {
        (Some(path), None) => path.to_string_lossy().into_owned(),
        (None, Some(remote)) => remote.name().to_owned(),
        (None, None) => bail!("expected a path, or a source that lies elsewhere"),
        (Some(_), Some(_)) => bail!("path and source, expected one of both"),
    };
    let written = name.is_some();
    let name = match name {
        Some(name) => {
            catalog::check_name(&name).map_err(anyhow::Error::msg)?;
            name
        }
        None => catalog::slug(&called),
    };
    let paths = paths.into_iter().map(|path| folder.join(path)).collect();
    let low_zooms = low_zooms.map(|path| folder.join(path));
    Ok((Wanted { name, paths, remote, live, load, rows, subset, about, low_zooms }, written))
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
            max-subset = 5000
            work = "10G"
            basemap = "berlin.pmtiles"

            [[dataset]]
            path = "trips/*.parquet"
            hide = ["driver"]
            subset = false

            [dataset.about.fare]
            unit = "USD"
            description = "What was paid, tips left out"

            [[dataset]]
            name = "shops"
            path = ["a.csv", "/b.csv"]
            decimal-comma = true
            crs = "3857"

            [[dataset]]
            source = "postgres://me@h/town?sslmode=disable"
            query = "SELECT * FROM places"
            poll = "1m"
            lon = "x"
        "#;
        let config = parse(text, Path::new("/etc/duotile")).expect("fine");
        assert_eq!(config.serving.port, Some(9000));
        assert_eq!(config.serving.mask_memory.map(|bytes| bytes.0), Some(1 << 30));
        assert_eq!(config.serving.max_subset.map(|rows| rows.0), Some(5000));
        assert_eq!(config.serving.work.map(|rows| rows.0), Some(10_000_000_000));
        assert_eq!(config.serving.basemap.as_deref(), Some("/etc/duotile/berlin.pmtiles"));
        let [trips, shops, town] = &config.sources[..] else { panic!("three datasets") };
        assert_eq!((trips.name.as_str(), trips.rows, trips.subset), ("trips", true, false));
        assert_eq!(trips.load.hide, ["driver"]);
        assert_eq!(trips.about["fare"].unit.as_deref(), Some("USD"));
        assert_eq!(trips.about["fare"].description.as_deref(), Some("What was paid, tips left out"));
        assert_eq!(shops.paths, [PathBuf::from("/etc/duotile/a.csv"), PathBuf::from("/b.csv")]);
        let remote = town.remote.as_ref().expect("a database");
        let Place::Database(address) = &remote.place else { panic!("a database") };
        assert_eq!((town.name.as_str(), town.load.lon.as_deref()), ("town", Some("x")));
        assert_eq!(address.rows, Rows::Query("SELECT * FROM places".into()));
        assert_eq!(remote.every().as_secs(), 60);
    }

    /// The example names every setting there is, and each as it would be read.
    #[test]
    fn the_example_is_whole() {
        use clap::Args as _;
        let text = include_str!("../../../deploy/duotile.toml");
        // An example of a name follows its comment sign at once; what is said has a space there.
        let lines =
            text.lines().map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ')).unwrap_or(line));
        let open: String = lines.flat_map(|line| [line, "\n"]).collect();
        parse(text, Path::new("/etc")).expect("as it is");
        // A base map is looked at only when the server starts.
        parse(&open, Path::new("/etc")).expect("with all examples");
        let flags = Serving::augment_args(Load::augment_args(clap::Command::new("serve")));
        let names: Vec<String> = flags.get_arguments().map(|flag| flag.get_id().as_str().replace('_', "-")).collect();
        assert!(names.len() > 25, "{names:?}");
        for name in names
            .iter()
            .map(String::as_str)
            .chain(["name", "path", "source", "query", "version", "poll", "live", "key", "rows", "subset"])
        {
            assert!(open.lines().any(|line| line.starts_with(&format!("{name} = "))), "{name} is not there");
        }
    }

    #[test]
    fn what_is_not_known_is_refused_and_named() {
        for (text, expected) in [
            ("prot = 1", "prot"),
            ("[[dataset]]\npath = \"a\"\nlong = \"x\"", "long"),
            ("[[dataset]]\nname = \"a\"", "expected a path"),
            ("watch = true\nport = \"x\"\n", "port: invalid type: string \"x\", expected u16"),
            ("mask-memory = \"lots\"\n", "mask-memory: \"lots\" is no size, expected something like 512MB"),
            ("work = -1\n", "work: expected a number"),
            ("port = \n", "line 1"),
            ("port = 1\nport = 2\n", "line 2"),
            ("[[datasets]]\npath = \"a\"", "datasets: expected tables that start with [[dataset]]"),
            ("[[dataset]]\npath = \"a\"\nnmae = \"x\"", "expected one of `name`, `path`"),
            ("[[dataset]]\npath = \"a\"\ncrs = 432.6", "crs: "),
            ("[[dataset]]\npath = \"a\"\ncopy = \"yes\"", "copy: invalid type: string \"yes\", expected a boolean"),
            ("[[dataset]]\npath = 5", "path: "),
            ("[[dataset]]\npath = \"a\"\nquery = \"SELECT 1\"", "query is of a database"),
            ("[[dataset]]\npath = \"a\"\nsource = \"postgres://h/d/t\"", "path and source"),
            (
                "[[dataset]]\nsource = \"mysql://h/d/t\"",
                "source: expected postgres://…, clickhouse://…, https://… or s3://…",
            ),
            (
                "[[dataset]]\npath = \"ftp://h/a.csv\"",
                "source: expected postgres://…, clickhouse://…, https://… or s3://…",
            ),
            (
                "[[dataset]]\npath = [\"a.csv\", \"https://h/a.csv?x=secret\"]",
                "https://h/a.csv?…: what lies elsewhere is a dataset by itself",
            ),
            ("[[dataset]]\npath = \"https://h/a.csv\"\nversion = \"SELECT 1\"", "the source is a file"),
            (
                "[[dataset]]\npath = \"http://example.org/a.csv\"",
                "expected https://, or \"insecure\" behind the address",
            ),
            ("[[dataset]]\npath = \"a.csv\"\npoll = \"1m\"", "poll is of what lies elsewhere"),
            ("[[dataset]]\nsource = \"postgres://h/d/t\"\nquery = \"SELECT 1\"", "expected one of both"),
            ("[[dataset]]\nsource = \"postgres://h/d/t\"\npoll = \"now\"", "poll: "),
            ("[[dataset]]\npath = \"a\"\nabout.fare.units = \"USD\"", "about: unknown field `units`, expected `unit`"),
            (
                "[[dataset]]\npath = \"a\"\nname = \"x\"\n[[dataset]]\npath = \"b\"\nname = \"x\"",
                "number 2: another one",
            ),
            ("dataset = 1", "[[dataset]]"),
            ("[[dataset]]\npath = \"a\"\ncrs = \"mars\"", "expected 4326"),
            ("[[dataset]]\npath = \"a\"\nname = \"a/b\"", "a/b"),
        ] {
            let error = format!("{:#}", parse(text, Path::new("")).expect_err(text));
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
