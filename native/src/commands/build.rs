//! `build`: files sorted into one that opens at once.

use crate::{
    catalog, load::Load, prepared, progress::Terminal, read::Options, settings::units::Bytes, source::remote::Remote,
};
use anyhow::{Result, ensure};
use clap::Args;
use std::{io::Write as _, path::PathBuf, time::Instant};

/// What stands at the end of its manual.
pub const BUILDING: &str = "Examples:
  duotile build trips.parquet -o trips.arrow
  duotile build '2014-*.csv' -o taxis.arrow --lon pickup_x --lat pickup_y --memory 8GB
  duotile build trips.csv -o trips.parquet  the same rows, sorted, for other tools
  duotile serve trips.arrow                 opens at once, whatever its size
  duotile inspect trips.arrow --verify      looks at every byte of it

A prepared file is an Arrow IPC file that other tools read too: _key is the Morton key, _row the row's number in the
input, then come the values. It takes the place of an older one when it is whole. Replace it in this way only (write
another, then move it): a file that is being served must not be changed or cut in place.";

/// `build`.
#[derive(Args, Debug)]
pub struct Build {
    /// Files, folders or patterns, which become one dataset; or an address of a database or a file
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// The file to write: .arrow to be served, .parquet for other tools
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Memory to use; half of what is free unless said. Beside the file to be, there must be room for the rows once more
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<Bytes>,
    /// Write longitude and latitude too, for other tools; Duotile has them from the key
    #[arg(long)]
    pub positions: bool,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// Builds it.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(args: &Build) -> Result<()> {
    let start = Instant::now();
    let name = args.out.display().to_string();
    let options = args.load.options(&catalog::slug(&name))?;
    let settings = prepared::Settings {
        memory: args.memory.map_or_else(prepared::half_of_free, |bytes| bytes.0),
        positions: args.positions,
    };
    // What a build has put on disk does not outlive it when it is told to end.
    super::when_told_to_end(|| {
        prepared::give_up();
        std::process::exit(130);
    });
    let progress = Terminal::new(&catalog::slug(&name));
    let address =
        args.paths.iter().map(|path| path.to_string_lossy().into_owned()).find(|path| Remote::is_address(path));
    let built = match address {
        Some(address) => {
            ensure!(args.paths.len() == 1, "what lies elsewhere is a dataset by itself, expected one path");
            Remote::parse(&address)?.read(&catalog::slug(&name), &progress, |spool| {
                let options = Options { fetched: Some(spool.fetched.clone()), ..options.clone() };
                prepared::build(&[spool.path()], &options, &args.out, settings, &progress)
            })
        }
        None => prepared::build(&args.paths, &options, &args.out, settings, &progress),
    }?;
    let (megabytes, seconds) = (built.bytes as f64 / f64::from(1 << 20), start.elapsed().as_secs_f64());
    let parts = if built.runs > 1 { format!(", sorted in {} parts", built.runs) } else { String::new() };
    writeln!(std::io::stderr(), "{name}: {} rows, {megabytes:.0} MB, built in {seconds:.1} s{parts}", built.rows)?;
    Ok(())
}
