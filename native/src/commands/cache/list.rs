//! `cache list`: versions of datasets, how they stand, and how many tiles they have.

use super::{At, versions};
use crate::cache::mark::Mark;
use anyhow::Result;
use clap::Args;
use std::{io::Write as _, time::SystemTime};

/// `cache list`.
#[derive(Args, Debug)]
pub struct List {
    /// Names of datasets; all of them if there are none
    #[arg(value_name = "DATASET")]
    datasets: Vec<String>,
    /// Where.
    #[command(flatten)]
    at: At,
}

/// Shows them.
pub(super) fn run(args: &List) -> Result<()> {
    let folder = args.at.folder()?;
    let mut stdout = std::io::stdout();
    for version in versions(&folder, &args.datasets)? {
        let (mut tiles, mut bytes) = (0u64, 0);
        version.tiles(&mut |found| {
            tiles += 1;
            bytes += found.size;
            Ok(true)
        })?;
        let mark = match version.mark {
            Mark::New => "not served yet, or for less than a minute".into(),
            Mark::Current => "current".into(),
            Mark::Old(since) => {
                let passed = SystemTime::now().duration_since(since).unwrap_or_default().as_secs();
                format!("replaced {} min ago", passed / 60)
            }
        };
        let (name, version, megabytes) = (version.dataset, version.version, bytes as f64 / 1e6);
        writeln!(stdout, "{name}  {version}  {mark}  {tiles} tiles  {megabytes:.1} MB")?;
    }
    Ok(())
}
