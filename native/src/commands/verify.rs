//! `verify`: whether all of a file is as it should be.

use crate::{
    prepared,
    progress::Terminal,
    shown::shown,
    source::archive::{self, Archive},
};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use duotile_core::Stopped;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

/// `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    /// An archive of tiles (.pmtiles, .mbtiles, a folder of z/x/y.mvt) or a prepared file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Whether it was told to end.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Looks.
///
/// # Errors
/// One clear line for the person who typed it; what is wrong stands before it, a line each.
pub fn run(verify: &Verify) -> Result<()> {
    file(&verify.file)
}

/// Looks at a file.
pub(super) fn file(path: &Path) -> Result<()> {
    let (name, mut stderr) = (path.display().to_string(), std::io::stderr());
    let name = shown(&name);
    if !Archive::is_one(path) {
        let bytes = prepared::verify(path, &Terminal::new(""))?;
        writeln!(stderr, "{name}: all {bytes} bytes are as they were written")?;
        return Ok(());
    }
    super::when_told_to_end(|| ENDED.store(true, Ordering::Relaxed));
    let found = archive::verify(path, &Terminal::new(&name), &|| !ENDED.load(Ordering::Relaxed));
    let found = match found {
        Err(error) if error.is::<Stopped>() => bail!("{name}: ended before its end"),
        done => done.with_context(|| name.to_string())?,
    };
    for fault in &found.faults {
        writeln!(stderr, "{name}: {}", shown(fault))?;
    }
    let tiles = format!("{} tiles, {} distinct", found.tiles, found.distinct);
    match found.count {
        0 => writeln!(stderr, "{name}: {tiles}, all as they should be")?,
        1 => bail!("{name}: {tiles}, a fault"),
        count => bail!("{name}: {tiles}, {count} faults"),
    }
    Ok(())
}
