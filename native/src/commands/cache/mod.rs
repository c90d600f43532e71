//! `cache`: tiles as files, which `serve --file-cache` writes and a web server in front sends.

mod list;
mod purge;
mod seed;

use crate::{
    cache::{Folder, tree::Version},
    load::Load,
    settings::config::{Config, Serve},
    wanted::Wanted,
};
use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use duotile_core::nearest;
use std::path::PathBuf;

/// What stands at the end of its manual.
pub const CACHING: &str = "Examples:
  duotile serve trips.parquet --file-cache /var/cache/duotile
  duotile cache seed trips.parquet --file-cache /var/cache/duotile --zooms 0-10
  duotile cache seed --config duotile.toml trips --zooms 0-12 --query 'agg=mean:fare' --bounds 5.9,47.2,15.1,55.1
  zcat tiles.txt.gz | duotile cache seed --config duotile.toml trips --tile-list -
  duotile cache list --config duotile.toml
  duotile cache purge --config duotile.toml trips --older-than-current

Versions of tiles go by how and from where a dataset is read: seed it as the server reads it, best from the same configuration.";

/// `cache`.
#[derive(Args, Debug)]
pub struct Cache {
    /// What to do
    #[command(subcommand)]
    what: What,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum What {
    /// Write tiles before anybody asks for them; those that are there stay
    Seed(Box<seed::Seed>),
    /// Take tiles away
    Purge(purge::Purge),
    /// Show how many there are
    List(list::List),
}

/// Where the files are.
#[derive(Args, Debug)]
struct At {
    /// The folder of files; that of the configuration unless said
    #[arg(long, env = "DUOTILE_FILE_CACHE", value_name = "DIR")]
    file_cache: Option<PathBuf>,
    /// The configuration of the server
    #[arg(long, env = "DUOTILE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Does it.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(cache: &Cache) -> Result<()> {
    match &cache.what {
        What::Seed(args) => seed::run(args),
        What::Purge(args) => purge::run(args),
        What::List(args) => list::run(args),
    }
}

impl At {
    /// What a server of these files would serve, and the folder.
    fn whole(&self, paths: &[String], load: &Load) -> Result<(Vec<Wanted>, PathBuf)> {
        let named = self.config.is_some();
        let paths_of = if named { &[] } else { paths };
        let serve =
            Serve { paths: paths_of.to_vec(), config: self.config.clone(), load: load.clone(), ..Serve::default() };
        let Config { serving, mut sources } = serve.whole()?;
        if named && !paths.is_empty() {
            let all: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
            for name in paths {
                let near = || nearest(name, all.iter().copied()).map_or(String::new(), |near| format!("; {near}?"));
                let there = all.contains(&name.as_str());
                ensure!(
                    there,
                    "{name}: the configuration has no dataset of that name, but {}{}",
                    all.join(", "),
                    near()
                );
            }
            sources.retain(|source| paths.contains(&source.name));
        }
        let folder = self.file_cache.clone().or(serving.file_cache);
        Ok((sources, folder.context("where are the files? Expected --file-cache DIR")?))
    }

    /// The folder, which is there.
    fn folder(&self) -> Result<Folder> {
        let (_, folder) = self.whole(&[], &Load::default())?;
        Folder::there(&folder)
    }
}

/// Versions of some datasets, or of all where none is named.
fn versions(folder: &Folder, datasets: &[String]) -> Result<Vec<Version>> {
    let all = folder.versions()?;
    for name in datasets {
        let there = all.iter().any(|version| version.dataset == *name);
        ensure!(there, "{name}: {} has no tiles of it", folder.path().display());
    }
    Ok(all.into_iter().filter(|version| datasets.is_empty() || datasets.contains(&version.dataset)).collect())
}
