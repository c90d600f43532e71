//! `tile`: one tile of a file, cut as a server would and written to standard output.

use super::{as_query, source};
use crate::{engine::tile::Bare, inspect, load::Load, progress::Terminal};
use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use duotile_core::{TileId, TileQuery, Work};
use std::io::{IsTerminal as _, Write as _};

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

/// Cuts it.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(tile: &Tile) -> Result<()> {
    let id = tile_id(&tile.tile)?;
    let query = TileQuery::parse(&as_query(&tile.query))?;
    let source = source(&tile.dataset, &tile.load)?;
    if let Some(shown) = source.archive() {
        ensure!(tile.query.is_empty(), "{shown} has finished tiles, which no query changes");
        let found = source.opened().and_then(|archive| archive.tile(id));
        let found = found.context(shown)?.with_context(|| format!("{id}: there is none"))?;
        return write(&found.packing.unpack(&found.bytes)?);
    }
    let dataset = source.read(&Terminal::new(&source.name))?;
    let query = query.in_zone(dataset.zone());
    let dataset = dataset.with_made(&query.lets, &Work::free())?;
    let plan = dataset.fit(&query, &Work::free())?;
    let Bare { bytes: out, report, cut, .. } = Bare::of(&dataset, &plan, id, &Work::free())?;
    let kind = if report.cells { "cells" } else { "rows" };
    let mut stderr = std::io::stderr();
    writeln!(
        stderr,
        "{id}: {} {kind} for {} rows, {} left out, {} bytes, {:.2?}",
        report.features,
        report.rows,
        report.omitted,
        out.len(),
        cut
    )?;
    write(&out)
}

/// Writes a tile to standard output: its bytes, or text where a person looks.
fn write(tile: &[u8]) -> Result<()> {
    let mut stdout = std::io::stdout();
    if stdout.is_terminal() {
        writeln!(std::io::stderr(), "shown as text, because this is a terminal; send it to a file for its bytes")?;
        stdout.write_all(inspect::tile(tile)?.as_bytes())?;
    } else {
        stdout.write_all(tile)?;
    }
    Ok(stdout.flush()?)
}

/// A tile by its three numbers.
pub(super) fn tile_id(text: &str) -> Result<TileId> {
    let numbers: Option<Vec<u32>> = text.split('/').map(|part| part.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[z, x, y]) => Ok(TileId::new(z, x, y)?),
        _ => bail!("\"{text}\" is no tile, expected z/x/y such as 0/0/0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_three_numbers() {
        assert_eq!(tile_id("3/4/5").expect("fine").to_string(), "3/4/5");
        for odd in ["", "3/4", "3/4/5/6", "a/b/c", "0/1/0", "-1/0/0"] {
            assert!(tile_id(odd).is_err(), "{odd}");
        }
    }
}
