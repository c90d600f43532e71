//! `inspect`: a tile or a data file as text.

use super::{source, verify};
use crate::{inspect, load::Load};
use anyhow::{Context as _, Result};
use clap::Args;
use std::{
    io::{Read as _, Write as _},
    path::Path,
};

/// `inspect`.
#[derive(Args, Debug)]
pub struct Inspect {
    /// A tile (.mvt, .pbf, - for standard input), plain or compressed; an archive of tiles, or a folder of them; or a data file, folder or pattern
    #[arg(value_name = "FILE")]
    pub file: String,
    /// Look at every byte of a prepared file or of an archive, as `verify` does
    #[arg(long)]
    pub verify: bool,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// Shows it.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(inspect: &Inspect) -> Result<()> {
    let file = inspect.file.as_str();
    if inspect.verify {
        verify::file(Path::new(file))?;
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
        match source.archive() {
            Some(shown) => source.opened().context(shown)?.to_string(),
            // The report is printed whole with the rest.
            None => inspect::dataset(&source.read(&())?),
        }
    };
    let mut stdout = std::io::stdout();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}
