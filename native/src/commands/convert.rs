//! `convert`: the rows of a dataset that pass a query, as a file for other tools.

use super::{as_query, source};
use crate::{
    disk,
    engine::select::Selected,
    export::Layer,
    load::Load,
    progress::Terminal,
    read::Progress as _,
    told::{
        pieces::Pieces as _,
        rows::{self, RowFile, RowFormat},
    },
};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use duotile_core::{TileQuery, Work};
use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};
use tempfile::NamedTempFile;

/// What stands at the end of its manual.
pub const CONVERTING: &str = "Examples:
  duotile convert trips.csv -o trips.parquet
  duotile convert counties.zip -o large.fgb --query 'filter=area > 1e10&properties=name,area'
  duotile convert places -o - --query 'filter=population > 1e6' > cities.geojsonl

FlatGeobuf (.fgb) has an index of boxes and GeoParquet (.parquet) a column of them, so that tippecanoe, QGIS, GDAL and DuckDB
read a part without the whole. .geojson, .geojsonl (a feature on each line) and .csv are text. For a file that Duotile opens
at once: duotile build.";

/// `convert`.
#[derive(Args, Debug)]
pub struct Convert {
    /// A file, folder or pattern; "places" or "countries" for the built-in data
    #[arg(value_name = "PATH")]
    pub dataset: String,
    /// The file to write: .fgb, .parquet, .geojson, .geojsonl or .csv; - for lines of GeoJSON to standard output
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Which rows and columns, as in the address of a tile: 'filter=fare > 10&properties=fare'
    #[arg(long, value_name = "QUERY", default_value = "")]
    pub query: String,
    /// How to read.
    #[command(flatten)]
    pub load: Load,
}

/// Whether it was told to end.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Converts.
///
/// # Errors
/// One clear line for the person who typed it.
pub fn run(args: &Convert) -> Result<()> {
    let start = Instant::now();
    let to_stdout = args.out.as_os_str() == "-";
    let format = if to_stdout { RowFormat::GeoJsonLines } else { format_of(&args.out)? };
    let query = as_query(&args.query);
    rows::check(&query)?;
    let query = TileQuery::parse(&query)?;
    let wanted = source(&args.dataset, &args.load)?;
    let target = if to_stdout { None } else { Some(disk::target(&args.out)?) };
    if let Some(target) = &target {
        if target.is_dir() {
            bail!("{}: a folder has that name, expected a file or nothing", args.out.display());
        }
        if wanted.reads(target)? {
            bail!(
                "{}: that is what is read, and rows that are left out would be lost; name another file",
                args.out.display()
            );
        }
    }
    let layer = Layer::new(wanted.entry(&Terminal::new(&wanted.name))?, &query, 0..=0)?;
    super::when_told_to_end(|| ENDED.store(true, Ordering::Relaxed));
    let go_on = || !ENDED.load(Ordering::Relaxed);
    let work = Work::new(&go_on, u64::MAX);
    let fitted = Arc::new(layer.fitted()?);
    let dataset = fitted.dataset.clone();
    let rows = Selected::of(&dataset, &fitted.plan, &work)?.total(&dataset);
    let name = args.out.display().to_string();
    let progress = Terminal::new(&name);
    let mut file = RowFile::new(fitted, format, rows, u64::MAX);
    let mut bytes = 0;
    let mut write_all = |out: &mut dyn std::io::Write| -> Result<()> {
        progress.stage(&format!("write {}", format.name()), Some(dataset.len() as u64));
        loop {
            let (piece, last) = file.piece(&work)?;
            progress.advance(file.looked() as u64);
            out.write_all(&piece)?;
            bytes += piece.len() as u64;
            if last {
                return Ok(out.flush()?);
            }
        }
    };
    if let Some(target) = target {
        let mut whole = || -> Result<()> {
            let mut out = beside(&target)?;
            write_all(&mut out)?;
            out.as_file().sync_all()?;
            out.persist(&target)?;
            Ok(())
        };
        whole().with_context(|| format!("cannot write {name}"))?;
    } else {
        write_all(&mut std::io::stdout().lock()).context("standard output")?;
    }
    let (megabytes, seconds) = (bytes as f64 / 1e6, start.elapsed().as_secs_f64());
    writeln!(std::io::stderr(), "{name}: {rows} rows, {megabytes:.1} MB, in {seconds:.1} s")?;
    Ok(())
}

/// Letters behind the name of a file that is being written.
const LETTERS: usize = 6;

/// A file of a name that none had, beside the one that it becomes when it is whole; until then it goes when it is dropped. Those of
/// processes that were killed go now: nobody holds them.
fn beside(target: &Path) -> Result<NamedTempFile> {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".converting-");
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sweep(folder, &name);
    let mut file = tempfile::Builder::new();
    file.prefix(&name).rand_bytes(LETTERS);
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    loop {
        let made = file.tempfile_in(folder)?;
        let _ = made.as_file().lock();
        // Another process may have swept it before it was held.
        if made.path().exists() {
            return Ok(made);
        }
    }
}

/// Removes files of names that begin so, but those that a process holds.
fn sweep(folder: &Path, name: &OsStr) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let found = entry.file_name();
        let letters = found.as_encoded_bytes().strip_prefix(name.as_encoded_bytes());
        let is_one = letters.is_some_and(|rest| rest.len() == LETTERS && rest.iter().all(u8::is_ascii_alphanumeric))
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        let left = is_one.then(|| File::open(entry.path()).ok().filter(|file| file.try_lock().is_ok())).flatten();
        if left.is_some() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What is written, by the ending of a name.
fn format_of(out: &Path) -> Result<RowFormat> {
    let ending = out.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let ending = match ending.as_str() {
        "geojsons" | "geojsonseq" | "ndjson" | "jsonl" => "geojsonl",
        "geoparquet" => "parquet",
        other => other,
    };
    let known = RowFormat::ALL.into_iter().find(|format| format.ending() == ending);
    let Some(format) = known else {
        let endings: Vec<String> = RowFormat::ALL.iter().map(|format| format!(".{}", format.ending())).collect();
        let instead = match ending {
            "arrow" => "; duotile build writes .arrow",
            "pmtiles" | "mbtiles" => "; duotile export writes tiles",
            _ => "",
        };
        bail!("{}: got no ending that is written here, expected {}{instead}", out.display(), endings.join(", "));
    };
    Ok(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_said_by_the_ending() {
        assert_eq!(format_of(Path::new("a.b.FGB")).expect("known"), RowFormat::FlatGeobuf);
        assert_eq!(format_of(Path::new("a.ndjson")).expect("known"), RowFormat::GeoJsonLines);
        let error = format_of(Path::new("a.pmtiles")).expect_err("tiles").to_string();
        assert!(error.contains("expected .csv, .geojson, .geojsonl, .fgb, .parquet; duotile export"), "{error}");
    }

    #[test]
    fn what_was_killed_leaves_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (target, left) = (folder.path().join("a.csv"), folder.path().join(".a.csv.converting-Zx09aB"));
        let others = [".a.csv.converting-notes", ".b.csv.converting-Zx09aB", ".a.csv.converting-Zx0-aB"];
        for path in others.map(|name| folder.path().join(name)).iter().chain([&left]) {
            fs::write(path, "half").expect("written");
        }
        let first = beside(&target).expect("made");
        assert!(!left.exists());
        let second = beside(&target).expect("made");
        assert!(first.path().exists() && second.path().exists());
        assert!(others.iter().all(|name| folder.path().join(name).exists()));
        first.persist(&target).expect("named");
        drop(second);
        assert_eq!(folder.path().read_dir().expect("there").count(), others.len() + 1);
    }
}
