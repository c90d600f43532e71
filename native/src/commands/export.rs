//! `export`: datasets and queries as an archive of tiles.

use super::{as_query, source};
use crate::{
    disk,
    export::{self, Kind, Layer, Settings},
    load::Load,
    progress::Terminal,
    settings::units::Bytes,
    wanted::Wanted,
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
  duotile export counties.fgb roads.fgb -o map.pmtiles --zooms 0-10 --zooms roads:6-14     a layer each
  duotile export cheap=trips.parquet dear=trips.parquet -o trips.pmtiles --query 'cheap:filter=fare < 10' \
    --query 'dear:filter=fare >= 10'

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
    /// First and last zoom, such as 0-12; of one layer with its name before: roads:6-14. 0-14 unless said
    #[arg(long, value_name = "[LAYER:]MIN-MAX")]
    pub zooms: Vec<String>,
    /// A query, as in the address of a tile: 'agg=mean:fare&filter=fare > 10'; of one layer with its name before
    #[arg(long, value_name = "[LAYER:]QUERY")]
    pub query: Vec<String>,
    /// Only tiles that meet a box in degrees
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    pub bounds: Option<Bounds>,
    /// Bytes that a tile may have, gzipped
    #[arg(long, value_name = "SIZE", default_value = "500000")]
    pub tile_size: Bytes,
    /// Let the first zoom that has every row, with nothing simplified, be the last: clients draw deeper ones from it
    #[arg(long)]
    pub overzoom: bool,
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

/// A box in degrees, from west to east also over the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds(pub [f64; 4]);

impl FromStr for Bounds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sides: Vec<f64> = text.split(',').filter_map(|side| side.trim().parse().ok()).collect();
        let fits = |[west, south, east, north]: [f64; 4]| {
            let on_earth = |side: f64, most: f64| (-most..=most).contains(&side);
            [west, east].iter().all(|&side| on_earth(side, 180.0))
                && [south, north].iter().all(|&side| on_earth(side, 90.0))
                && south <= north
        };
        match <[f64; 4]>::try_from(sides) {
            Ok(bounds) if fits(bounds) && text.split(',').count() == 4 => Ok(Self(bounds)),
            _ => Err(format!(
                "\"{text}\" is no box, expected west,south,east,north in degrees, such as 5.9,47.2,15.1,55.1"
            )),
        }
    }
}

/// Of values that may stand for one layer, with its name and a colon before, or for all, that of a layer: the last of its own, or of
/// those for all.
fn of_layer<'v>(values: &'v [String], layer: &str, flag: &str, layers: &[&str]) -> Result<Option<&'v str>> {
    let mut found = (None, None);
    for value in values {
        match value.split_once(':').filter(|(name, _)| !name.contains(['=', '&', '%'])) {
            None => found.0 = Some(value.as_str()),
            Some((name, own)) if name == layer => found.1 = Some(own),
            Some((name, _)) if !layers.contains(&name) => {
                bail!("{flag} {value}: there is no layer {name:?}; the layers are: {}", layers.join(", "))
            }
            Some(_) => {}
        }
    }
    Ok(found.1.or(found.0))
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
    let out = disk::target(&args.out)?;
    let wanted = args.datasets.iter().map(|text| source(text, &args.load)).collect::<Result<Vec<_>>>()?;
    let wanted = Wanted::distinct(wanted);
    let names: Vec<&str> = wanted.iter().map(|wanted| wanted.name.as_str()).collect();
    let asked = |name: &str| -> Result<_> {
        let query = of_layer(&args.query, name, "--query", &names)?.unwrap_or_default();
        let zooms = of_layer(&args.zooms, name, "--zooms", &names)?.unwrap_or("0-14");
        Ok((TileQuery::parse(&as_query(query))?, zooms.parse::<Zooms>().map_err(anyhow::Error::msg)?))
    };
    // What was mistyped is told before anything is read.
    let asked: Vec<(TileQuery, Zooms)> = names.iter().map(|name| asked(name)).collect::<Result<_>>()?;
    let mut layers = Vec::new();
    for (wanted, (query, Zooms(zooms))) in wanted.iter().zip(asked) {
        if let Some(shown) = wanted.archive() {
            bail!("{shown} is an archive of finished tiles, expected a file of rows");
        }
        let entry = wanted.entry(&Terminal::new(&wanted.name))?;
        if entry.source.is_empty() {
            bail!("{}: no rows to export", wanted.name);
        }
        layers.push(Layer::new(entry, &query, zooms)?);
    }
    let name = args.out.display().to_string();
    let settings = Settings {
        out,
        kind,
        bounds: args.bounds.map(|Bounds(bounds)| bounds),
        budget: args.tile_size.0 as usize,
        overzoom: args.overzoom,
        resume: args.resume,
    };
    super::when_told_to_end(|| ENDED.store(true, Ordering::Relaxed));
    let go_on = || !ENDED.load(Ordering::Relaxed);
    let report = match export::export(&layers, &settings, &Terminal::new(&name), &go_on) {
        Err(error) if error.is::<Stopped>() => {
            bail!("{name}: ended before its end; the same command with --resume goes on")
        }
        done => done?,
    };
    let tiles: u64 = report.zooms.iter().map(|zoom| zoom.has.tiles).sum();
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
    fn a_value_is_for_all_layers_or_for_one() {
        let values = ["agg=mean:fare", "roads:a:b", "agg=max:fare"].map(str::to_owned);
        let of = |layer| of_layer(&values, layer, "--query", &["roads", "trips"]).expect("known");
        assert_eq!((of("roads"), of("trips")), (Some("a:b"), Some("agg=max:fare")));
        let error = of_layer(&values, "trips", "--query", &["trips"]).expect_err("no such layer").to_string();
        assert!(error.contains("there is no layer \"roads\"; the layers are: trips"), "{error}");
    }

    #[test]
    fn a_box_has_four_sides() {
        assert_eq!("-1, 2,3,4.5".parse(), Ok(Bounds([-1.0, 2.0, 3.0, 4.5])));
        for odd in ["", "1,2,3", "1,2,3,4,5", "1,5,3,4", "-181,0,0,1", "a,0,0,1", "0,0,NaN,1"] {
            assert!(odd.parse::<Bounds>().is_err(), "{odd}");
        }
    }

    #[test]
    fn zooms_are_one_or_two_numbers() {
        assert_eq!("3-7".parse(), Ok(Zooms(3..=7)));
        assert_eq!("5".parse(), Ok(Zooms(5..=5)));
        for odd in ["", "7-3", "0-23", "a-b", "-1-3"] {
            assert!(odd.parse::<Zooms>().is_err(), "{odd}");
        }
    }
}
