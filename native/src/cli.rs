//! The command line: which command, and the manual of them all.

use crate::{
    commands::{build, cache, convert, export, generate, inspect, tile, verify},
    serve,
    settings::config::Serve,
};
use anyhow::Result;
use clap::{Parser, Subcommand};

const EXAMPLES: &str = "Examples:
  duotile                                   the built-in places and countries of the world
  duotile trips.parquet                     a file; the map is at the address that is printed
  duotile serve trips=data/2014/*.csv.gz    many files as one dataset named trips
  duotile serve a.csv b.parquet --port 9000
  duotile serve points.csv --lon x --lat y --crs 25832 --decimal-comma
  duotile inspect points.csv                what became of each column, and why
  duotile serve --config duotile.toml       many datasets, each with its options
  duotile serve 'postgres://reader@db/town/shops'  a table of PostgreSQL; clickhouse://… is one of ClickHouse
  duotile tile trips.parquet 0/0/0 'agg=mean:fare&filter=fare > 10' | duotile inspect -
  duotile serve roads.pmtiles               tiles that are finished, as they lie in an archive
  duotile verify roads.pmtiles              whether all of it is as it should be
  duotile build trips.csv -o trips.arrow    sort once, then `duotile trips.arrow` opens at once
  duotile generate 10M points.parquet       something large to try";

/// Live vector tiles from data too big to draw
///
/// Reads points, lines and polygons from CSV, GeoJSON, Parquet, Arrow, `FlatGeobuf`, `GeoPackage` and Shapefiles, from `PostgreSQL` and `ClickHouse`, and serves them as a map, as vector tiles, and as TileJSON for
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
    Tile(Box<tile::Tile>),
    /// Show a tile as text, or what is in a data file
    Inspect(Box<inspect::Inspect>),
    /// Look at every byte of an archive of tiles, or of a prepared file
    Verify(verify::Verify),
    /// Sort points into a file that opens at once, in bounded memory
    #[command(after_help = build::BUILDING)]
    Build(Box<build::Build>),
    /// Write the tiles of a query into an archive that any static host serves
    #[command(after_help = export::EXPORTING)]
    Export(Box<export::Export>),
    /// Write the rows of a query as a file for other tools: `FlatGeobuf`, `GeoParquet`, GeoJSON, CSV
    #[command(after_help = convert::CONVERTING)]
    Convert(Box<convert::Convert>),
    /// Tiles as files for a web server in front: write them beforehand, take them away, show them
    #[command(after_help = cache::CACHING)]
    Cache(cache::Cache),
    /// Write a large, realistic set of points
    Generate(generate::Generate),
}

impl Cli {
    /// Does what is asked.
    ///
    /// # Errors
    /// One clear line for the person who typed it.
    pub fn run(self) -> Result<()> {
        match self.command {
            None => serve::run(self.serve),
            Some(Command::Serve(args)) => serve::run(*args),
            Some(Command::Tile(args)) => tile::run(&args),
            Some(Command::Inspect(args)) => inspect::run(&args),
            Some(Command::Verify(args)) => verify::run(&args),
            Some(Command::Build(args)) => build::run(&args),
            Some(Command::Export(args)) => export::run(&args),
            Some(Command::Convert(args)) => convert::run(&args),
            Some(Command::Cache(args)) => cache::run(&args),
            Some(Command::Generate(args)) => generate::run(&args),
        }
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
}
