//! Opens a prepared file: checks that it is whole, maps it, and takes what it says of itself.
//!
//! What is read is the head, the description, the index, and a sample of everything else.

use super::{checksum::Stretch, description::Description, facts::Exact, guard::Guard, mapped, seal::Seal, view::view};
use crate::{
    dataset::{Dataset, Loaded, Parts},
    kind::Kind,
    read::{Options, Progress, Version, content::Content, names::listed, zone},
};
use anyhow::{Context as _, Result, anyhow, bail};
use duotile_core::{Landmarks, Roles, Values};
use std::{fs::File, path::Path};

/// Opens a prepared file.
///
/// # Errors
/// One line that names the file, and what is wrong with it or with an option.
pub(crate) fn open(path: &Path, options: &Options, progress: &dyn Progress) -> Result<Dataset> {
    fits(options).with_context(|| path.display().to_string())?;
    let whole = checked(path, options.copy)?;
    dataset(whole, options, progress).with_context(|| refused(path))
}

/// How an error about a file begins.
pub(super) fn refused(path: &Path) -> String {
    format!("{} is a prepared file that cannot be used; build it anew", path.display())
}

/// A file whose seal holds.
pub(super) struct Whole {
    pub disk: File,
    /// Mapped, or a copy.
    pub file: Content,
    pub seal: Seal,
    pub description: Description,
}

/// Maps or copies a file whose seal holds.
pub(super) fn checked(path: &Path, copy: bool) -> Result<Whole> {
    let shown = path.display();
    let disk = File::open(path).with_context(|| format!("cannot open {shown}"))?;
    let file = Content::of(&disk, copy).with_context(|| format!("cannot read {shown}"))?;
    let read = || -> Result<(Seal, Description)> {
        let seal = Seal::check(file.as_ref())?;
        Ok((seal, Description::parse(seal.description(file.as_ref()).unwrap_or_default())?))
    };
    let (seal, description) = read().with_context(|| refused(path))?;
    Ok(Whole { disk, file, seal, description })
}

fn dataset(whole: Whole, options: &Options, progress: &dyn Progress) -> Result<Dataset> {
    let Whole { disk, file, seal, mut description } = whole;
    let file = &file;
    let rows = description.rows;
    let stretches: Vec<(String, Stretch)> =
        description.stretches().into_iter().map(|(what, stretch)| (what, *stretch)).collect();
    stretches.iter().try_for_each(|(_, stretch)| stretch.of(file.as_ref()).map(|_| ()))?;
    // Tiles go by the index, so that all of it must hold.
    let guard = Guard::new(&description.name, disk, file.clone(), seal, stretches, description.landmarks)?;
    let mut columns =
        description.columns.iter().map(|column| mapped::column(file, column, rows)).collect::<Result<Vec<_>>>()?;
    fits_rows(&description, &columns)?;
    let mut known = description.known(file)?;
    Landmarks::new(&known.landmarks, rows as usize).checked().context("its index has changed")?;
    let landmarks = Landmarks::new(&known.landmarks, rows as usize).len();
    let outlines = description.outlines.as_ref();
    let outlines = outlines.map(|outlines| outlines.open(file, rows as usize, landmarks)).transpose()?;
    let mut version = Version::new(options);
    version.bytes(&serde_json::to_vec(&description)?);
    let mut report = description.report;
    for source in description.sources.iter().filter(|source| source.has_changed()) {
        let line = format!("{} has changed since this file was built of it", source.path.display());
        progress.line(&line);
        report.lines.push(line);
    }
    let said = zone::of(options, None)?;
    let zone = said.as_ref().map(|said| said.name.clone()).or(description.zone);
    said.iter().for_each(|said| {
        progress.line(&said.to_string());
        report.lines.push(said.to_string());
    });
    // Columns that shall not be served.
    let listed = |names: &[String]| {
        listed(names, |name| columns.iter().any(|column| column.name == name)).map_err(|name| {
            let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
            anyhow!("there is no column {name:?}; the columns are: {}", names.join(", "))
        })
    };
    let (hide, keep) = (listed(&options.hide)?, listed(&options.keep)?);
    let kept = |name: &String| !hide.contains(name) && (keep.is_empty() || keep.contains(name));
    let kept: Vec<bool> = columns.iter().map(|column| kept(&column.name)).collect();
    let place = |role: Option<usize>| {
        role.filter(|&at| kept.get(at) == Some(&true)).map(|at| kept[..at].iter().filter(|kept| **kept).count())
    };
    let roles =
        Roles { id: place(description.id), time: place(description.time), latitude: place(description.latitude) };
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
        zone,
        keys: view(file, &description.keys)?,
        rows: view(file, &description.row_numbers)?,
        columns,
        outlines,
        roles,
        report,
        known: Some(known),
        // A copy stays as it is.
        ground: if file.is_mapped() { Some(Box::new(guard)) } else { None },
    })
}

/// Whether what the description says can be of its rows. Whether it is of these rows takes a look at all of them, which
/// is for [`super::verify`]; nothing that is served may rest on it.
///
/// # Errors
/// What does not fit.
fn fits_rows(description: &Description, columns: &[Loaded]) -> Result<()> {
    let rows = description.rows;
    if description.keys.bytes / 8 != rows || description.row_numbers.bytes / 4 != rows {
        bail!("its keys or row numbers are not those of {rows} rows");
    }
    for (described, Loaded { name, data, valid }) in description.columns.iter().zip(columns) {
        let facts = described.facts.as_ref().with_context(|| format!("nothing is told of its column {name:?}"))?;
        let values = data.values();
        let texts = if let Values::Text(_, words) = values { words.len() } else { 0 };
        let fits = facts.fit(values.kind(), rows, texts);
        fits.with_context(|| format!("its column {name:?}"))?;
        if valid.is_some() != (facts.nulls > 0) {
            bail!(
                "its column {name:?} has {} rows without a value, and none are marked, or the other way",
                facts.nulls
            );
        }
    }
    let gives =
        |role: Option<usize>, test: fn(&Loaded) -> bool| role.is_none_or(|at| columns.get(at).is_some_and(test));
    let is_id = |column: &Loaded| column.data.kind().plain() == duotile_core::Kind::Integer && column.valid.is_none();
    let is_latitude = |column: &Loaded| column.data.kind() == Kind::F64 && column.valid.is_none();
    if !gives(description.id, is_id)
        || !gives(description.time, |column| column.data.kind() == Kind::Time)
        || !gives(description.latitude, is_latitude)
    {
        bail!("the columns of ids, times and latitudes that it names cannot be that");
    }
    // Over the antimeridian, degrees go on counting.
    let is_frame = |frame: &[Exact; 4]| {
        let [west, south, east, north] = frame.map(|degrees| degrees.0);
        -540.0 <= west && (west..=540.0).contains(&east) && -90.0 <= south && (south..=90.0).contains(&north)
    };
    if description.bounds.is_some() != (rows > 0)
        || !description.bounds.iter().chain([&description.focus]).all(is_frame)
    {
        bail!("its bounds are no frame of the world");
    }
    Ok(())
}

/// Refuses options about what was decided when the file was built.
fn fits(options: &Options) -> Result<()> {
    let decided = [
        ("--lon", options.lon.is_some()),
        ("--lat", options.lat.is_some()),
        ("--h3", options.h3.is_some()),
        ("--crs", options.crs.is_some()),
        ("--time", options.time.is_some()),
        ("--time-unit", options.time_unit.is_some()),
        ("--timezone", options.timezone.is_some()),
        ("--bbox", options.bbox.is_some()),
        ("--id", options.id.is_some()),
        ("--delimiter", options.csv.delimiter.is_some()),
        ("--decimal-comma", options.csv.decimal_comma.is_some()),
        ("--encoding", options.csv.encoding.is_some()),
        ("--axes", options.lat_first.is_some()),
        ("--type", !options.types.is_empty()),
        ("--strict", options.strict),
        ("--quote", options.csv.quote.is_some()),
        ("--comment", options.csv.comment.is_some()),
        ("--skip-lines", options.csv.skip_lines > 0),
        ("--thousands", options.csv.thousands.is_some()),
        ("--dates", options.csv.dates.is_some()),
        ("--time-format", options.csv.time_format.is_some()),
    ];
    match decided.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => bail!("{flag} was decided when this prepared file was built; give it to duotile build"),
        None => Ok(()),
    }
}
