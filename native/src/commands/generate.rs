//! `generate`: something large to try.

use crate::{generate, progress::Terminal, settings::units::Count};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;

/// `generate`.
#[derive(Args, Debug)]
pub struct Generate {
    /// How many: 10000000, 10M, 250k
    #[arg(value_name = "ROWS")]
    pub rows: Count,
    /// The file to write; its ending says as what: .parquet, .csv or .arrow
    #[arg(value_name = "FILE")]
    pub out: PathBuf,
    /// The same seed gives the same points
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Makes it.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(args: &Generate) -> Result<()> {
    let name = args.out.display().to_string();
    generate::generate(args.rows.0, args.seed, &args.out, &Terminal::new(&name))
}
