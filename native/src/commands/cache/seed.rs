//! `cache seed`: tiles of datasets and a query, written as files.

use super::At;
use crate::{
    cache::{
        Folder,
        seed::{Seed as Seeding, Seeded},
    },
    commands::{
        as_query,
        export::{Bounds, Zooms},
        tile::tile_id,
    },
    export::Layer,
    load::Load,
    progress::Terminal,
    wanted::Wanted,
};
use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use duotile_core::{Stopped, TileId, TileQuery, Work};
use std::{
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};

/// `cache seed`.
#[derive(Args, Debug)]
pub struct Seed {
    /// Files as `serve` takes them; with --config names of its datasets, all of them if there are none
    #[arg(value_name = "[NAME=]PATH")]
    datasets: Vec<String>,
    /// Where.
    #[command(flatten)]
    at: At,
    /// First and last zoom, such as 0-12; 0-8 unless said
    #[arg(long, value_name = "MIN-MAX")]
    zooms: Option<Zooms>,
    /// A query, as in the address of a tile: 'agg=mean:fare&filter=fare > 10'
    #[arg(long, default_value = "")]
    query: String,
    /// Only tiles that meet a box in degrees
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    bounds: Option<Bounds>,
    /// These tiles alone: a file with z/x/y on each line, - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "zooms")]
    tile_list: Option<PathBuf>,
    /// Tiles that are cut at once; as many as there are processors unless said
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// How to read.
    #[command(flatten)]
    load: Load,
}

/// Whether it was told to end.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Writes them.
pub(super) fn run(args: &Seed) -> Result<()> {
    let query = TileQuery::parse(&as_query(&args.query))?;
    let (sources, folder) = args.at.whole(&args.datasets, &args.load)?;
    let folder = Folder::open(&folder)?;
    let list = args.tile_list.as_deref().map(list).transpose()?;
    let archive = |source: &Wanted| source.archive().is_some();
    if let [one] = &sources[..] {
        ensure!(!archive(one), "{}: an archive has finished tiles, which need not be cut", one.name);
    }
    let workers = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build()?;
    crate::commands::when_told_to_end(|| ENDED.store(true, Ordering::Relaxed));
    for source in sources.iter().filter(|source| !archive(source)) {
        match workers.install(|| seed(args, &folder, source, &query, list.as_deref())) {
            Err(error) if error.is::<Stopped>() => {
                bail!("{}: ended before its end; the same command goes on", source.name)
            }
            done => done?,
        }
    }
    Ok(())
}

fn seed(args: &Seed, folder: &Folder, source: &Wanted, query: &TileQuery, list: Option<&[TileId]>) -> Result<()> {
    let (start, name) = (Instant::now(), source.name.as_str());
    let progress = Terminal::new(name);
    let go_on = || !ENDED.load(Ordering::Relaxed);
    let work = Work::new(&go_on, u64::MAX);
    let entry = source.entry(&progress)?;
    let zooms = match list {
        Some(list) => {
            let zooms = || list.iter().map(|tile| tile.z());
            zooms().min().unwrap_or(0)..=zooms().max().unwrap_or(0)
        }
        None => args.zooms.clone().map_or(0..=8, |Zooms(zooms)| zooms),
    };
    let layer = Layer::new(entry, query, zooms.clone()).with_context(|| name.to_owned())?;
    let seeding = Seeding::new((folder, &layer), args.bounds.map(|Bounds(bounds)| bounds), &work, &progress)?;
    let mut all = Seeded::default();
    match list {
        Some(list) => all += seeding.tiles(list)?,
        None => {
            for z in zooms {
                all += seeding.zoom(z)?;
            }
        }
    }
    let Seeded { written, bytes, there, empty } = all;
    let (megabytes, seconds) = (bytes as f64 / 1e6, start.elapsed().as_secs_f64());
    let told = format!("{written} tiles written, {megabytes:.1} MB of disk, {there} were there, {empty} are empty");
    let version = layer.source().version();
    writeln!(std::io::stderr(), "{name}: {told}; version {version}, in {seconds:.1} s")?;
    Ok(())
}

/// Reads a list of tiles.
fn list(path: &Path) -> Result<Vec<TileId>> {
    if path == Path::new("-") {
        return tiles(std::io::stdin().lock());
    }
    let named = || path.display().to_string();
    tiles(BufReader::new(std::fs::File::open(path).with_context(named)?)).with_context(named)
}

/// One on each line; empty lines and those that begin with # are passed over.
fn tiles(lines: impl BufRead) -> Result<Vec<TileId>> {
    let mut all = Vec::new();
    for (at, line) in lines.lines().enumerate() {
        let line = line.with_context(|| format!("line {}", at + 1))?;
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            all.push(tile_id(line).with_context(|| format!("line {}", at + 1))?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_tile_on_each_line() {
        let all = tiles("0/0/0\n\n# Berlin\n 14/8800/5373 \r\n".as_bytes()).expect("fine");
        assert_eq!(all, [(0, 0, 0), (14, 8800, 5373)].map(|(z, x, y)| TileId::new(z, x, y).expect("valid")));
        let error = tiles("0/0/0\n0/0/1\n".as_bytes()).expect_err("no tile");
        assert!(format!("{error:#}").starts_with("line 2: "), "{error:#}");
    }
}
