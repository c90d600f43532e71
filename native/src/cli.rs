//! The command line: arguments as documented structs, whose comments are the manual.

use crate::{
    cache::Budget,
    http::{Settings, basemap::Basemap, cors::Cors, urls},
    load::Load,
    settings::limits::Connections,
};
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use std::{net::SocketAddr, path::PathBuf};

const EXAMPLES: &str = "Examples:
  duotile                                   the built-in places of the world
  duotile trips.parquet                     a file; the map is at the address that is printed
  duotile serve trips=data/2014/*.csv.gz    many files as one dataset named trips
  duotile serve a.csv b.parquet --port 9000
  duotile serve points.csv --lon x --lat y --crs 3857 --decimal-comma
  duotile serve --config duotile.toml       many datasets, each with its options
  duotile tile trips.parquet 0/0/0 'agg=mean:fare&filter=fare > 10' | duotile inspect -
  duotile build trips.csv -o trips.arrow    sort once, then `duotile trips.arrow` opens at once
  duotile generate 10M points.parquet       something large to try";

const BUILDING: &str = "Examples:
  duotile build trips.parquet -o trips.arrow
  duotile build '2014-*.csv' -o taxis.arrow --lon pickup_x --lat pickup_y --memory 8GB
  duotile build trips.csv -o trips.parquet  the same rows, sorted, for other tools
  duotile serve trips.arrow                 opens at once, whatever its size
  duotile inspect trips.arrow --verify      looks at every byte of it

A prepared file is an Arrow IPC file that other tools read too: _key is the Morton key, _row the row's number in the
input, then come the values. It takes the place of an older one when it is whole. Replace it in this way only (write
another, then move it): a file that is being served must not be changed or cut in place.";

/// Live vector tiles from data too big to draw
///
/// Reads points from CSV, Parquet and Arrow files and serves them as a map, as vector tiles, and as TileJSON for
/// MapLibre, deck.gl, Kepler.gl and QGIS.
#[derive(Debug, Parser)]
#[command(name = "duotile", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; to serve, unless said
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to serve, when nothing else is said
    #[command(flatten)]
    pub serve: Serve,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve files as a map and as vector tiles
    #[command(after_help = EXAMPLES)]
    Serve(Box<Serve>),
    /// Cut one tile and write it to standard output
    Tile(Box<Tile>),
    /// Show a tile as text, or what is in a data file
    Inspect(Box<Inspect>),
    /// Sort points into a file that opens at once, in bounded memory
    #[command(after_help = BUILDING)]
    Build(Box<Build>),
    /// Write a large, realistic set of points
    Generate(Generate),
}

/// `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    /// Files, folders or patterns, one dataset each, [NAME=]PATH; the built-in places if there are none
    ///
    /// A pattern such as 'data/*.parquet' (quoted, so that the shell leaves it alone) makes one dataset of many files.
    /// The name stands in addresses and is the layer of the tiles; unless given, it is made from the file's.
    #[arg(value_name = "[NAME=]PATH")]
    pub paths: Vec<String>,
    /// A TOML file with these settings and a [[dataset]] table for each dataset
    #[arg(long, value_name = "FILE", env = "DUOTILE_CONFIG")]
    pub config: Option<PathBuf>,
    /// How to serve.
    #[command(flatten)]
    pub serving: Serving,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// How to serve; each is also a name in the configuration file.
#[derive(Args, Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[command(next_help_heading = "Serving")]
pub struct Serving {
    /// Port; 8080 unless said, or the next that is free
    #[arg(long, short, env = "DUOTILE_PORT")]
    pub port: Option<u16>,
    /// Address to listen at: this machine only unless said; 0.0.0.0 for all
    #[arg(long, env = "DUOTILE_HOST", value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Where the server is for its clients: https, host, and the prefix of a proxy
    #[arg(long, env = "DUOTILE_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Believe the X-Forwarded headers of a proxy
    #[arg(long, env = "DUOTILE_TRUST_PROXY", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub trust_proxy: Option<bool>,
    /// Who may read from other origins: any, local, off, or origins with commas between
    ///
    /// Unless said: pages of this machine and kepler.gl while listening to this machine only, else any.
    #[arg(long, env = "DUOTILE_CORS", value_name = "WHO")]
    pub cors: Option<String>,
    /// A base map for the page: the address of a MapLibre style, or a PMTiles file
    ///
    /// The page offers it beside the coastlines it brings, which are nearly blank at street level. A style and what it
    /// names are fetched by browsers from where they are; a file is given out by the server, at /basemap.pmtiles.
    #[arg(long, env = "DUOTILE_BASEMAP", value_name = "URL|FILE")]
    pub basemap: Option<String>,
    /// Give /metrics an address of its own, or turn it off
    #[arg(long, env = "DUOTILE_METRICS", value_name = "ADDRESS:PORT|off")]
    pub metrics: Option<String>,
    /// Read files again when they change
    ///
    /// They are looked at every second, and read once they have been quiet for two; until then, and if they cannot be
    /// read, the old rows are served. SIGHUP does it at once.
    #[arg(long, env = "DUOTILE_WATCH", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub watch: Option<bool>,
    /// Most connections at once; 800 unless said, because many systems let a program open 1024 files
    #[arg(long, env = "DUOTILE_CONNECTIONS", value_name = "N")]
    pub connections: Option<usize>,
    /// Most rows that a download of a subset may have
    #[arg(long, env = "DUOTILE_MAX_SUBSET", value_name = "ROWS")]
    pub max_subset: Option<usize>,
    /// Memory for the rows that filters select; 512MB unless said
    #[arg(long, env = "DUOTILE_MASK_MEMORY", value_name = "SIZE")]
    pub mask_memory: Option<Bytes>,
    /// Memory for finished tiles; 64MB unless said, 0 for none
    #[arg(long, env = "DUOTILE_TILE_MEMORY", value_name = "SIZE")]
    pub tile_memory: Option<Bytes>,
    /// Tiles that are cut at once; as many as there are processors unless said
    #[arg(long, env = "DUOTILE_THREADS", value_name = "N")]
    pub threads: Option<usize>,
}

/// `tile`.
#[derive(Args, Debug)]
pub struct Tile {
    /// A file, folder or pattern, [NAME=]PATH; "places" for the built-in data
    #[arg(value_name = "[NAME=]PATH")]
    pub dataset: String,
    /// The tile as z/x/y, such as 0/0/0
    #[arg(value_name = "Z/X/Y")]
    pub tile: String,
    /// A query, as in the address of a tile: 'agg=mean:fare&filter=fare > 10'
    #[arg(default_value = "")]
    pub query: String,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// `inspect`.
#[derive(Args, Debug)]
pub struct Inspect {
    /// A tile (.mvt, .pbf, - for standard input), plain or compressed; or a data file, folder or pattern
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Look at every byte of a prepared file
    #[arg(long)]
    pub verify: bool,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// `build`.
#[derive(Args, Debug)]
pub struct Build {
    /// Files, folders or patterns, which become one dataset
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// The file to write: .arrow to be served, .parquet for other tools
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Memory to use; half of what is free unless said. Beside the file to be, there must be room for the rows once more
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<Bytes>,
    /// Write longitude and latitude too, for other tools; Duotile has them from the key
    #[arg(long)]
    pub positions: bool,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// `generate`.
#[derive(Args, Debug)]
pub struct Generate {
    /// How many: 10000000, 10M, 250k
    #[arg(value_name = "ROWS", value_parser = parse_count)]
    pub rows: u64,
    /// The file to write; its ending says as what: .parquet, .csv or .arrow
    #[arg(value_name = "FILE")]
    pub out: PathBuf,
    /// The same seed gives the same points
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// A number of bytes: `512MB`, `1GB`, `65536`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Bytes(pub u64);

impl std::str::FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.trim().to_ascii_uppercase();
        let upper = upper.trim_end_matches('B').trim_end_matches('I');
        let (digits, shift) = match upper.chars().last() {
            Some('K') => (&upper[..upper.len() - 1], 10),
            Some('M') => (&upper[..upper.len() - 1], 20),
            Some('G') => (&upper[..upper.len() - 1], 30),
            _ => (upper, 0),
        };
        let number = digits.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
        number.map(Self).ok_or_else(|| format!("\"{text}\" is no size, expected something like 512MB"))
    }
}

impl TryFrom<String> for Bytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A count of rows: `10M`, `250k`, `1_000_000`.
fn parse_count(text: &str) -> Result<u64, String> {
    let plain = text.trim().replace(['_', ','], "");
    let (digits, unit) = match plain.chars().last() {
        Some('k' | 'K') => (&plain[..plain.len() - 1], 1_000),
        Some('m' | 'M') => (&plain[..plain.len() - 1], 1_000_000),
        Some('g' | 'G') => (&plain[..plain.len() - 1], 1_000_000_000),
        _ => (&plain[..], 1),
    };
    let count = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    count.ok_or_else(|| format!("\"{text}\" is no count, expected something like 10M"))
}

/// Where `/metrics` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsAt {
    /// Beside everything else.
    Here,
    /// Nowhere.
    Off,
    /// At an address of its own.
    Own(SocketAddr),
}

impl Serving {
    /// These, and where they say nothing, others.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            port: self.port.or(other.port),
            host: self.host.or(other.host),
            base_url: self.base_url.or(other.base_url),
            trust_proxy: self.trust_proxy.or(other.trust_proxy),
            cors: self.cors.or(other.cors),
            basemap: self.basemap.or(other.basemap),
            metrics: self.metrics.or(other.metrics),
            watch: self.watch.or(other.watch),
            connections: self.connections.or(other.connections),
            max_subset: self.max_subset.or(other.max_subset),
            mask_memory: self.mask_memory.or(other.mask_memory),
            tile_memory: self.tile_memory.or(other.tile_memory),
            threads: self.threads.or(other.threads),
        }
    }

    /// Where `/metrics` shall be.
    ///
    /// # Errors
    /// For what is no address.
    pub fn metrics_at(&self) -> Result<MetricsAt, String> {
        match self.metrics.as_deref() {
            None => Ok(MetricsAt::Here),
            Some("off" | "none") => Ok(MetricsAt::Off),
            Some(text) => text
                .parse()
                .map(MetricsAt::Own)
                .map_err(|_| format!("--metrics is \"{text}\", expected an address such as 127.0.0.1:9090, or off")),
        }
    }

    /// What the server wants to know. `local`: it listens to this machine only.
    ///
    /// # Errors
    /// One line about the setting that is wrong.
    pub fn settings(&self, local: bool) -> Result<Settings, String> {
        let default = Settings::default();
        let cors = match &self.cors {
            Some(text) => text.parse().map_err(|error| format!("--cors: {error}"))?,
            None if local => Cors::Local,
            None => Cors::Any,
        };
        let base =
            self.base_url.as_deref().map(urls::parse_base).transpose().map_err(|e| format!("--base-url: {e}"))?;
        let basemap = self.basemap.as_deref().map(Basemap::parse).transpose();
        let basemap = basemap.map_err(|error| format!("--basemap: {error}"))?;
        Ok(Settings {
            basemap,
            origin: urls::Origin { base, trust_proxy: self.trust_proxy.unwrap_or(false) },
            cors,
            max_subset: self.max_subset.unwrap_or(default.max_subset),
            budget: Budget {
                masks: self.mask_memory.map_or(default.budget.masks, |bytes| bytes.0),
                tiles: self.tile_memory.map_or(default.budget.tiles, |bytes| bytes.0),
            },
            threads: self.threads.unwrap_or(default.threads),
            connections: Connections {
                most: self.connections.unwrap_or(default.connections.most),
                ..default.connections
            },
            metrics_here: self.metrics_at()? == MetricsAt::Here,
            ..default
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_bare_path_is_served() {
        let cli = Cli::try_parse_from(["duotile", "a.csv", "--port", "1"]).expect("fine");
        assert!(cli.command.is_none());
        assert_eq!((cli.serve.paths, cli.serve.serving.port), (vec!["a.csv".to_owned()], Some(1)));
        let cli = Cli::try_parse_from(["duotile", "serve", "a.csv", "--lon", "x"]).expect("fine");
        let Some(Command::Serve(serve)) = cli.command else { panic!("serve") };
        assert_eq!(serve.load.lon.as_deref(), Some("x"));
    }

    #[test]
    fn sizes_and_counts_have_units() {
        for (text, bytes) in [("0", 0), ("65536", 65536), ("512MB", 512 << 20), ("1 GiB", 1 << 30), ("2k", 2048)] {
            assert_eq!(text.parse::<Bytes>(), Ok(Bytes(bytes)), "{text}");
        }
        for odd in ["", "MB", "-1", "1.5GB", "99999999999G"] {
            assert!(odd.parse::<Bytes>().is_err(), "{odd}");
        }
        assert_eq!(parse_count("10M"), Ok(10_000_000));
        assert_eq!(parse_count("1_000"), Ok(1000));
        assert!(parse_count("ten").is_err());
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let here = Serving { port: Some(1), ..Serving::default() };
        let file = Serving { port: Some(2), cors: Some("any".into()), ..Serving::default() };
        let both = here.or(file);
        assert_eq!((both.port, both.cors.as_deref()), (Some(1), Some("any")));
        assert_eq!(both.settings(true).expect("fine").cors, Cors::Any);
    }
}
