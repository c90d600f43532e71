//! The commands: what each does with its arguments. Data goes to standard output, words to standard error.

use crate::{
    cache::Masks,
    catalog,
    cli::{Build, Cli, Command, Generate, Inspect, Tile},
    generate, inspect,
    load::{BUILTIN, Source},
    prepared,
    progress::Terminal,
    serve,
};
use anyhow::{Context as _, Result, bail};
use duotile_core::{TileId, TileQuery};
use std::{
    io::{IsTerminal as _, Read as _, Write as _},
    path::Path,
    time::Instant,
};

/// Runs a command.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        None => serve::run(cli.serve),
        Some(Command::Serve(serve)) => serve::run(*serve),
        Some(Command::Tile(tile)) => cut(&tile),
        Some(Command::Inspect(inspect)) => show(&inspect),
        Some(Command::Build(build)) => prepare(&build),
        Some(Command::Generate(generate)) => make(&generate),
    }
}

/// A file, or the built-in data where no file has that name.
fn source(text: &str, load: &crate::load::Load) -> Result<Source> {
    if text == BUILTIN && !Path::new(text).exists() { Ok(Source::builtin()) } else { Source::parse(text, load) }
}

fn cut(tile: &Tile) -> Result<()> {
    let id = tile_id(&tile.tile)?;
    let query = TileQuery::parse(&as_query(&tile.query))?;
    let source = source(&tile.dataset, &tile.load)?;
    let dataset = source.read(&Terminal::new(&source.name))?;
    let plan = dataset.with_points(|points| query.plan(&points))?;
    let mut out = Vec::new();
    let cut = Masks::new(u64::MAX).cut::<anyhow::Error>(&dataset, &plan, id, || Ok(()), &mut out)?;
    let report = cut.report;
    let kind = if report.cells { "cells" } else { "rows" };
    let mut stderr = std::io::stderr();
    writeln!(
        stderr,
        "{id}: {} {kind} for {} rows, {} left out, {} bytes, {:.2?}",
        report.features,
        report.rows,
        report.omitted,
        out.len(),
        cut.tile
    )?;
    let mut stdout = std::io::stdout();
    if stdout.is_terminal() {
        writeln!(stderr, "shown as text, because this is a terminal; send it to a file for its bytes")?;
        stdout.write_all(inspect::tile(&out)?.as_bytes())?;
    } else {
        stdout.write_all(&out)?;
    }
    Ok(stdout.flush()?)
}

/// People type queries plainly: a space and a quote need no percent sign here. A `+` stays one.
fn as_query(text: &str) -> String {
    let text = text.trim().trim_start_matches('?');
    if text.contains('%') { text.to_owned() } else { text.replace('+', "%2B").replace(' ', "%20") }
}

fn tile_id(text: &str) -> Result<TileId> {
    let numbers: Option<Vec<u32>> = text.split('/').map(|part| part.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[z, x, y]) => Ok(TileId::new(z, x, y)?),
        _ => bail!("\"{text}\" is no tile, expected z/x/y such as 0/0/0"),
    }
}

fn show(inspect: &Inspect) -> Result<()> {
    let file = inspect.file.as_str();
    if inspect.verify {
        let bytes = prepared::verify(Path::new(file), &Terminal::new(""))?;
        writeln!(std::io::stderr(), "{file}: all {bytes} bytes are as they were written")?;
    }
    let is_tile = file == "-" || [".mvt", ".pbf", ".mvt.gz", ".pbf.gz"].iter().any(|end| file.ends_with(end));
    let text = if is_tile {
        let mut bytes = Vec::new();
        if file == "-" {
            std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        } else {
            bytes = std::fs::read(file).with_context(|| format!("cannot read {file}"))?;
        }
        inspect::unpack(bytes).and_then(|bytes| inspect::tile(&bytes)).with_context(|| file.to_owned())?
    } else {
        let source = source(file, &inspect.load)?;
        // The report is printed whole with the rest.
        inspect::dataset(&source.read(&())?)
    };
    let mut stdout = std::io::stdout();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

fn prepare(args: &Build) -> Result<()> {
    let start = Instant::now();
    let name = args.out.display().to_string();
    let options = args.load.options(&catalog::slug(&name))?;
    let settings = prepared::Settings {
        memory: args.memory.map_or_else(prepared::half_of_free, |bytes| bytes.0),
        positions: args.positions,
    };
    clean_up_when_told();
    let built = prepared::build(&args.paths, &options, &args.out, settings, &Terminal::new(&catalog::slug(&name)))?;
    let (megabytes, seconds) = (built.bytes as f64 / f64::from(1 << 20), start.elapsed().as_secs_f64());
    let parts = if built.runs > 1 { format!(", sorted in {} parts", built.runs) } else { String::new() };
    writeln!(std::io::stderr(), "{name}: {} rows, {megabytes:.0} MB, built in {seconds:.1} s{parts}", built.rows)?;
    Ok(())
}

/// What a build has put on disk does not outlive it when it is told to end. Returns when that is heard, so that nothing is
/// on disk before.
fn clean_up_when_told() {
    let (heard, listening) = std::sync::mpsc::channel::<()>();
    let wait = move || -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let told = serve::told_to_end()?;
            drop(heard);
            told.await;
            Ok(())
        })
    };
    std::thread::spawn(move || {
        if wait().is_ok() {
            prepared::give_up();
            std::process::exit(130);
        }
    });
    // It is dropped when signals are heard, or cannot be.
    let _ = listening.recv();
}

fn make(args: &Generate) -> Result<()> {
    let name = args.out.display().to_string();
    generate::generate(args.rows, args.seed, &args.out, &Terminal::new(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_may_be_typed_plainly() {
        assert_eq!(as_query("?filter=a > 1+2"), "filter=a%20>%201%2B2");
        assert_eq!(as_query("filter=a%20%3E+1"), "filter=a%20%3E+1");
    }

    #[test]
    fn tiles_are_three_numbers() {
        assert_eq!(tile_id("3/4/5").expect("fine").to_string(), "3/4/5");
        for odd in ["", "3/4", "3/4/5/6", "a/b/c", "0/1/0", "-1/0/0"] {
            assert!(tile_id(odd).is_err(), "{odd}");
        }
    }
}
