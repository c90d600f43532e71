//! `export`: datasets and queries as an archive of tiles.

use super::{as_query, source};
use crate::{
    export::{self, Kind, Layer, Settings},
    load::{Load, Wanted},
    progress::Terminal,
    settings::units::Bytes,
};
use anyhow::{Result, bail};
use clap::Args;
use duotile_core::{MAX_ZOOM, Stopped, TileQuery};
use std::{
    io::Write as _,
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

/// What stands at the end of its manual.
pub const EXPORTING: &str = "Examples:
  duotile export trips.parquet -o trips.pmtiles
  duotile export trips.parquet -o trips.pmtiles --zooms 0-12 --query 'agg=mean:fare&filter=fare > 10'
  duotile export counties.fgb roads.fgb -o map.pmtiles     a layer each

The tiles are those that a server of the same query sends.";

/// `export`.
#[derive(Args, Debug)]
pub struct Export {
    /// A file, folder or pattern, [NAME=]PATH: a layer each; "places" for the built-in data
    #[arg(value_name = "[NAME=]PATH", required = true)]
    pub datasets: Vec<String>,
    /// The archive to write: .pmtiles, .mbtiles, or a folder with a / at its end
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// First and last zoom, such as 0-12
    #[arg(long, value_name = "MIN-MAX", default_value = "0-14")]
    pub zooms: Zooms,
    /// A query, as in the address of a tile: 'agg=mean:fare&filter=fare > 10'
    #[arg(long, value_name = "QUERY", default_value = "")]
    pub query: String,
    /// Bytes that a tile may have, gzipped
    #[arg(long, value_name = "SIZE", default_value = "500000")]
    pub tile_size: Bytes,
    /// Go on where a run that was ended had come to
    #[arg(long)]
    pub resume: bool,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// A first and a last zoom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zooms(pub RangeInclusive<u8>);

impl FromStr for Zooms {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        match (first.trim().parse(), last.trim().parse()) {
            (Ok(first), Ok(last)) if first <= last && last <= MAX_ZOOM => Ok(Self(first..=last)),
            _ => {
                Err(format!("\"{text}\" are no zooms, expected the first and the last, 0 to {MAX_ZOOM}, such as 0-12"))
            }
        }
    }
}

/// Whether it was told to end.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Exports.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(args: &Export) -> Result<()> {
    let start = Instant::now();
    let kind = Kind::of(&args.out)?;
    let query = TileQuery::parse(&as_query(&args.query))?;
    let wanted = args.datasets.iter().map(|text| source(text, &args.load)).collect::<Result<Vec<_>>>()?;
    let mut layers = Vec::new();
    for wanted in Wanted::distinct(wanted) {
        let entry = wanted.entry(&Terminal::new(&wanted.name))?;
        if entry.source.is_empty() {
            bail!("{}: no rows to export", wanted.name);
        }
        layers.push(Layer::new(entry, &query, args.zooms.0.clone())?);
    }
    let name = args.out.display().to_string();
    let settings = Settings { out: args.out.clone(), kind, budget: args.tile_size.0 as usize, resume: args.resume };
    super::when_told_to_end(|| ENDED.store(true, Ordering::Relaxed));
    let go_on = || !ENDED.load(Ordering::Relaxed);
    let report = match export::export(&layers, &settings, &Terminal::new(&name), &go_on) {
        Err(error) if error.is::<Stopped>() => {
            bail!("{name}: ended before its end; the same command with --resume goes on")
        }
        done => done?,
    };
    let tiles: u64 = report.zooms.iter().map(|zoom| zoom.tiles).sum();
    let (megabytes, seconds) = (report.bytes as f64 / 1e6, start.elapsed().as_secs_f64());
    let mut stderr = std::io::stderr();
    write!(stderr, "{report}")?;
    writeln!(stderr, "{name}: {tiles} tiles, {} distinct, {megabytes:.1} MB, in {seconds:.1} s", report.distinct)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooms_are_one_or_two_numbers() {
        assert_eq!("3-7".parse(), Ok(Zooms(3..=7)));
        assert_eq!("5".parse(), Ok(Zooms(5..=5)));
        for odd in ["", "7-3", "0-23", "a-b", "-1-3"] {
            assert!(odd.parse::<Zooms>().is_err(), "{odd}");
        }
    }
}
