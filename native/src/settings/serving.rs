//! How to serve, as people write it: flags, variables of the environment, and names in the configuration file are the
//! fields of one struct. What is said on the command line wins.

use super::{
    Settings,
    basemap::Basemap,
    cors::Cors,
    files::Files,
    limits::{Connections, Limits},
    named,
    origin::{Origin, parse_base},
    units::{Bytes, Count, Span},
};
use anyhow::{Result, anyhow};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};
use toml::Table;

/// How to serve; each is also a name in the configuration file.
#[derive(Args, Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
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
    ///
    /// While listening to this machine only, and without this or --trust-proxy, what is asked under another name than
    /// localhost or an address of this machine is refused: a page of the wide web can give its own name our address.
    #[arg(long, env = "DUOTILE_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Believe the X-Forwarded headers of a proxy
    #[arg(long, env = "DUOTILE_TRUST_PROXY", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub trust_proxy: Option<bool>,
    /// Who may read from other origins: any, local, off, or origins with commas between
    ///
    /// Unless said: local, which is pages of this machine and kepler.gl, while listening to this machine only; else off.
    /// Browsers let pages of the wide web read from a private network only if they are named: kepler.gl by local, others
    /// one by one.
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
    /// Read files and the configuration again when they change
    ///
    /// They are looked at every second, and read once they have been quiet for two; until then, and if they cannot be
    /// read, the old rows are served, and the configuration before holds. SIGHUP does it at once.
    #[arg(long, env = "DUOTILE_WATCH", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub watch: Option<bool>,
    /// Most connections at once; 800 unless said, because many systems let a program open 1024 files
    #[arg(long, env = "DUOTILE_CONNECTIONS", value_name = "N")]
    pub connections: Option<usize>,
    /// Most rows that one request may have looked at, all looks counted; 20G unless said
    ///
    /// A filter never seen before looks at every row once, LIKE and CASEI at every distinct text (one
    /// counts as 64 rows, and two for each byte), a median at the rows of each cell. What costs more is refused, before it
    /// begins where that is known.
    #[arg(long, env = "DUOTILE_WORK", value_name = "ROWS")]
    pub work: Option<Count>,
    /// Most rows that a download of a subset may have; 2M unless said
    #[arg(long, env = "DUOTILE_MAX_SUBSET", value_name = "ROWS")]
    pub max_subset: Option<Count>,
    /// Memory for the rows that filters select; 512MB unless said
    #[arg(long, env = "DUOTILE_MASK_MEMORY", value_name = "SIZE")]
    pub mask_memory: Option<Bytes>,
    /// Memory for finished tiles; 64MB unless said, 0 for none
    #[arg(long, env = "DUOTILE_TILE_MEMORY", value_name = "SIZE")]
    pub tile_memory: Option<Bytes>,
    /// Write finished tiles as files into a folder, from which a web server in front sends them
    ///
    /// Only tiles that anybody may have for good: those of an address that has the data's version and no other parameter. An address
    /// with the version of data that was replaced is answered 410 then, unless the web server has the file. deploy/nginx.conf has
    /// what belongs to it.
    #[arg(long, env = "DUOTILE_FILE_CACHE", value_name = "DIR")]
    pub file_cache: Option<PathBuf>,
    /// Bytes of the disk that these files may take; 20GB unless said
    #[arg(long, env = "DUOTILE_FILE_CACHE_MAX", value_name = "SIZE")]
    pub file_cache_max: Option<Bytes>,
    /// How long files stay whose data was replaced; 1h unless said
    #[arg(long, env = "DUOTILE_FILE_CACHE_KEEP", value_name = "TIME")]
    pub file_cache_keep: Option<Span>,
    /// Tiles that are cut at once; as many as there are processors unless said
    #[arg(long, env = "DUOTILE_THREADS", value_name = "N")]
    pub threads: Option<usize>,
}

/// What is made of these when a server starts cannot be made anew under its connections and caches.
const FIXED: [&str; 10] = [
    "port",
    "host",
    "metrics",
    "connections",
    "mask-memory",
    "tile-memory",
    "file-cache",
    "file-cache-max",
    "file-cache-keep",
    "threads",
];

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
    /// What a table of names says.
    ///
    /// # Errors
    /// One line with the name at fault and what was expected of it.
    pub fn of(table: &Table) -> Result<Self> {
        named::read(table)
    }

    /// What is said, by name.
    ///
    /// # Errors
    /// For a number that no such table can hold.
    pub fn table(&self) -> Result<Table> {
        Ok(Table::try_from(self)?)
    }

    /// These, and where they say nothing, others.
    ///
    /// # Errors
    /// As [`Serving::table`].
    pub fn or(&self, others: &Self) -> Result<Self> {
        let mut all = others.table()?;
        all.extend(self.table()?);
        Self::of(&all)
    }

    /// These, for a server that runs: what cannot change under it stays as it is there. And the names of what differs.
    ///
    /// # Errors
    /// As [`Serving::table`].
    pub fn under(&self, running: &Self) -> Result<(Self, Vec<&'static str>)> {
        let (mut wanted, running) = (self.table()?, running.table()?);
        let differs = |name: &&str| wanted.get(*name) != running.get(*name);
        let kept: Vec<&str> = FIXED.into_iter().filter(differs).collect();
        for name in FIXED {
            wanted.remove(name);
            wanted.extend(running.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        Ok((Self::of(&wanted)?, kept))
    }

    /// Where `/metrics` shall be.
    ///
    /// # Errors
    /// For what is no address.
    pub fn metrics_at(&self) -> Result<MetricsAt> {
        match self.metrics.as_deref() {
            None => Ok(MetricsAt::Here),
            Some("off" | "none") => Ok(MetricsAt::Off),
            Some(text) => text
                .parse()
                .map(MetricsAt::Own)
                .map_err(|_| anyhow!("--metrics is \"{text}\", expected an address such as 127.0.0.1:9090, or off")),
        }
    }

    /// What the server wants to know. `local`: it listens to this machine only.
    ///
    /// # Errors
    /// One line about the setting that is wrong.
    pub fn settings(&self, local: bool) -> Result<Settings> {
        let about = |flag: &'static str| move |error: String| anyhow!("{flag}: {error}");
        let trust_proxy = self.trust_proxy.unwrap_or(false);
        let base = self.base_url.as_deref().map(parse_base).transpose().map_err(about("--base-url"))?;
        let cors = match &self.cors {
            Some(text) => text.parse().map_err(about("--cors"))?,
            None if local => Cors::Local,
            None => Cors::Off,
        };
        let basemap = self.basemap.as_deref().map(Basemap::parse).transpose().map_err(about("--basemap"))?;
        Ok(Settings {
            origin: Origin { local: local && base.is_none() && !trust_proxy, base, trust_proxy },
            cors,
            basemap,
            limits: self.limits(),
            metrics_here: self.metrics_at()? == MetricsAt::Here,
        })
    }

    /// Where tiles are written as files, if they are.
    #[must_use]
    pub fn files(&self) -> Option<Files> {
        let folder = self.file_cache.clone()?;
        let (most, keep) = (self.file_cache_max.map(|bytes| bytes.0), self.file_cache_keep.map(|span| span.0));
        Some(Files::new(folder, most, keep))
    }

    fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            connections: Connections { most: self.connections.unwrap_or(usual.connections.most), ..usual.connections },
            threads: self.threads.unwrap_or(usual.threads),
            work: self.work.map_or(usual.work, |rows| rows.0),
            max_subset: self.max_subset.map_or(usual.max_subset, |rows| rows.0 as usize),
            mask_memory: self.mask_memory.map_or(usual.mask_memory, |bytes| bytes.0),
            tile_memory: self.tile_memory.map_or(usual.tile_memory, |bytes| bytes.0),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_change_under_a_server_stays_and_is_named() {
        let running = Serving { port: Some(1), threads: Some(2), cors: Some("any".into()), ..Serving::default() };
        let wanted = Serving { port: Some(3), host: Some("::".into()), watch: Some(true), ..Serving::default() };
        let (serving, kept) = wanted.under(&running).expect("fine");
        assert_eq!(serving, Serving { watch: Some(true), cors: None, ..running.clone() });
        assert_eq!(kept, ["port", "host", "threads"]);
        assert_eq!(running.under(&running).expect("fine"), (running, vec![]));
    }

    #[test]
    fn who_may_read_goes_by_where_it_listens_unless_said() {
        let said = |serving: Serving, local| {
            let Settings { origin, cors, .. } = serving.settings(local).expect("fine");
            (cors, origin.local)
        };
        assert_eq!(said(Serving::default(), true), (Cors::Local, true));
        assert_eq!(said(Serving::default(), false), (Cors::Off, false));
        let any = Serving { cors: Some("any".into()), ..Serving::default() };
        assert_eq!(said(any, false), (Cors::Any, false));
        let base_url = Some("https://example.org".into());
        for behind in
            [Serving { base_url, ..Serving::default() }, Serving { trust_proxy: Some(true), ..Serving::default() }]
        {
            assert_eq!(said(behind, true), (Cors::Local, false));
        }
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let here = Serving { port: Some(1), mask_memory: Some(Bytes(1 << 40)), ..Serving::default() };
        let file = Serving { port: Some(2), cors: Some("any".into()), watch: Some(true), ..Serving::default() };
        let both = here.or(&file).expect("fine");
        let expected = Serving { port: Some(1), ..file };
        assert_eq!(both, Serving { mask_memory: Some(Bytes(1 << 40)), ..expected });
        assert_eq!(both.settings(true).expect("fine").cors, Cors::Any);
    }
}
