//! Opens a prepared file: checks that it is whole, maps it, and takes what it says of itself.
//!
//! What is read is the head, the description, the index, and a sample of everything else.

use super::{
    MARK,
    checksum::{Stretch, check},
    description::Description,
    mapped, seal,
    seal::Seal,
};
use crate::{
    dataset::{Dataset, Parts},
    read::{Options, Progress, Version, content::Content},
};
use anyhow::{Context as _, Result, bail};
use duotile_core::{Landmarks, Roles};
use std::{fs::File, io::Read as _, path::Path};

/// Most bytes of a schema that are looked through for the mark.
const MOST: u64 = 1 << 22;

/// Whether a file was written by `build`, whole or not.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn is_prepared(path: &Path) -> Result<bool> {
    let shown = path.display();
    let mut head = Vec::new();
    let mut file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    if !file.metadata().is_ok_and(|facts| facts.is_file()) {
        return Ok(false);
    }
    // The magic of Arrow, the mark of a message, its length.
    file.by_ref().take(16).read_to_end(&mut head).with_context(|| format!("cannot read {shown}"))?;
    if !head.starts_with(b"ARROW1") {
        return Ok(false);
    }
    let length = head.last_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    head.clear();
    file.take(u64::from(length).min(MOST)).read_to_end(&mut head).with_context(|| format!("cannot read {shown}"))?;
    let marked = head.windows(MARK.len()).any(|window| window == MARK.as_bytes());
    Ok(marked || seal::has_seal(Content::open(path)?.as_ref()))
}

/// Opens a prepared file.
///
/// # Errors
/// One line that names the file, and what is wrong with it or with an option.
pub(crate) fn open(path: &Path, options: &Options, progress: &dyn Progress) -> Result<Dataset> {
    fits(options).with_context(|| path.display().to_string())?;
    let (file, bytes, description) = checked(path)?;
    dataset(&file, &bytes, description, options, progress).with_context(|| refused(path))
}

/// How an error about a file begins.
pub(super) fn refused(path: &Path) -> String {
    format!("{} is a prepared file that cannot be used; build it anew", path.display())
}

/// Maps a file whose seal holds.
pub(super) fn checked(path: &Path) -> Result<(File, Content, Description)> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    let bytes = Content::map(&file).with_context(|| format!("cannot map {shown}"))?;
    let read = || {
        let seal = Seal::check(bytes.as_ref())?;
        Description::parse(seal.description(bytes.as_ref()).unwrap_or_default())
    };
    let description = read().with_context(|| refused(path))?;
    Ok((file, bytes, description))
}

fn dataset(
    disk: &File,
    file: &Content,
    mut description: Description,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Dataset> {
    let rows = description.rows;
    let stretches: Vec<(String, Stretch)> =
        description.stretches().into_iter().map(|(what, stretch)| (what, *stretch)).collect();
    stretches.iter().try_for_each(|(_, stretch)| stretch.of(file.as_ref()).map(|_| ()))?;
    // Tiles go by the index, so that all of it must hold.
    check(disk, &stretches, &description.landmarks)?;
    let mut columns =
        description.columns.iter().map(|column| mapped::column(file, column, rows)).collect::<Result<Vec<_>>>()?;
    let mut known = description.known(file)?;
    Landmarks::new(&known.landmarks, rows as usize).checked().context("its index has changed")?;
    let mut version = Version::new(options);
    version.bytes(&serde_json::to_vec(&description)?);
    let mut report = description.report;
    for source in description.sources.iter().filter(|source| source.has_changed()) {
        let line = format!("{} has changed since this file was built of it", source.path.display());
        progress.line(&line);
        report.lines.push(line);
    }
    // Columns that shall not be served.
    let kept = |name: &String| !options.hide.contains(name) && (options.keep.is_empty() || options.keep.contains(name));
    for name in options.hide.iter().chain(&options.keep) {
        if !columns.iter().any(|column| &column.name == name) {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            bail!("there is no column {name:?}; the columns are: {}", names.join(", "));
        }
    }
    let kept: Vec<bool> = columns.iter().map(|column| kept(&column.name)).collect();
    let place = |role: Option<usize>| {
        role.filter(|&at| kept.get(at) == Some(&true)).map(|at| kept[..at].iter().filter(|kept| **kept).count())
    };
    let roles = Roles { id: place(description.id), time: place(description.time) };
    let mut at = kept.iter();
    columns.retain(|_| at.next() == Some(&true));
    let mut at = kept.iter();
    known.facts.retain(|_| at.next() == Some(&true));
    let mut at = kept.iter();
    known.summaries.retain(|_| at.next() == Some(&true));
    report.id = report.id.filter(|_| roles.id.is_some());
    report.time = report.time.filter(|_| roles.time.is_some());
    Dataset::new(Parts {
        name: options.name.clone().unwrap_or(description.name),
        title: options.title.clone().or(description.title),
        attribution: options.attribution.clone().or(description.attribution),
        version: version.text(),
        keys: mapped::view(file, &description.keys)?,
        rows: mapped::view(file, &description.row_numbers)?,
        columns,
        roles,
        report,
        known: Some(known),
    })
}

/// Refuses options about what was decided when the file was built.
fn fits(options: &Options) -> Result<()> {
    let decided = [
        ("--lon", options.lon.is_some()),
        ("--lat", options.lat.is_some()),
        ("--crs", options.crs.is_some()),
        ("--time", options.time.is_some()),
        ("--time-unit", options.time_unit.is_some()),
        ("--timezone", options.timezone.is_some()),
        ("--id", options.id.is_some()),
        ("--delimiter", options.csv.delimiter.is_some()),
        ("--decimal-comma", options.csv.decimal_comma.is_some()),
        ("--encoding", options.csv.encoding.is_some()),
    ];
    match decided.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => bail!("{flag} was decided when this prepared file was built; give it to duotile build"),
        None => Ok(()),
    }
}
