//! `cache purge`: tiles are taken away, of whole versions at once or one by one.

use super::{At, versions};
use crate::{
    cache::{
        mark::Mark,
        place::is_version,
        tree::{Found, Version},
    },
    commands::export::{Bounds, Zooms},
};
use anyhow::{Result, bail, ensure};
use clap::Args;
use duotile_core::archive::meets;
use std::io::Write as _;

/// `cache purge`.
#[derive(Args, Debug)]
pub struct Purge {
    /// Names of datasets; all of them if there are none
    #[arg(value_name = "DATASET")]
    datasets: Vec<String>,
    /// Where.
    #[command(flatten)]
    at: At,
    /// All tiles
    #[arg(long, conflicts_with_all = ["older_than_current", "version", "bounds", "zooms"])]
    all: bool,
    /// Those of versions that a server has seen replaced, without waiting for --file-cache-keep
    #[arg(long, conflicts_with = "version")]
    older_than_current: bool,
    /// Those of a version, as `duotile cache list` names it
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Those that meet a box in degrees
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true)]
    bounds: Option<Bounds>,
    /// Those of some zooms, such as 10-14
    #[arg(long, value_name = "MIN-MAX")]
    zooms: Option<Zooms>,
}

/// Takes them away.
pub(super) fn run(args: &Purge) -> Result<()> {
    let Purge { datasets, at, all, older_than_current, version, bounds, zooms } = args;
    if !(*all || *older_than_current || version.is_some() || bounds.is_some() || zooms.is_some()) {
        bail!("which tiles? Expected --all, --older-than-current, --version, --bounds or --zooms");
    }
    if let Some(version) = version {
        ensure!(is_version(version), "\"{version}\" is no version; `duotile cache list` names those that there are");
    }
    let folder = at.folder()?;
    let wanted = |found: &Version| {
        let old = matches!(found.mark, Mark::Old(_));
        (!older_than_current || old) && version.as_ref().is_none_or(|version| *version == found.version)
    };
    let bounds = bounds.map(|Bounds(bounds)| bounds);
    let some = bounds.is_some() || zooms.is_some();
    let is_meant = |found: &Found| {
        let Found { tile, .. } = found;
        meets(bounds, *tile).0 && zooms.as_ref().is_none_or(|Zooms(zooms)| zooms.contains(&tile.z()))
    };
    for version in versions(&folder, datasets)?.iter().filter(|version| wanted(version)) {
        let (mut tiles, mut bytes) = (0u64, 0);
        version.tiles(&mut |found| {
            if is_meant(&found) {
                tiles += 1;
                bytes += found.size;
                if some {
                    found.remove()?;
                }
            }
            Ok(true)
        })?;
        if !some {
            version.remove()?;
        }
        let megabytes = bytes as f64 / 1e6;
        let Version { dataset, version, .. } = version;
        writeln!(std::io::stderr(), "{dataset} {version}: {tiles} tiles taken away, {megabytes:.1} MB of disk")?;
    }
    Ok(())
}
