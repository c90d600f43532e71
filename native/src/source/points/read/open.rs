//! A file of a known format becomes a reader of it.

use super::{
    Options, Progress,
    archive::Archive,
    arrow::Arrow,
    content::Content,
    csv::Csv,
    files::{Format, Input},
    flatgeobuf::FlatGeobuf,
    geojson::GeoJson,
    geopackage::GeoPackage,
    parquet::Parquet,
    reader::Reader,
    shapefile::{Parts, Shapefile},
};
use anyhow::{Result, bail};
use std::path::Path;

/// Looks at a file for what it has. What is compressed is unpacked into files that begin with `spool`, if that is given; what is
/// worth telling is added to `lines`.
///
/// # Errors
/// When it is damaged, or an option does not fit it.
pub(super) fn open(
    input: &Input,
    options: &Options,
    spool: Option<&Path>,
    lines: &mut Vec<String>,
    progress: &dyn Progress,
) -> Result<Box<dyn Reader>> {
    let (path, shown) = (&input.path, input.path.display());
    if options.layer.is_some() && !matches!(input.format, Format::Zip | Format::GeoPackage) {
        bail!("--layer: {shown} is no file of several layers, expected a GeoPackage or a zip archive of Shapefiles");
    }
    // What is not here yet cannot be copied, and who else could change it has no name for it.
    let parts = options.fetched.as_ref().and_then(|fetched| fetched.parts.clone());
    let content = || {
        let content = Content::open(path, options.copy && parts.is_none())?;
        if let Some(what) = stranger(content.as_ref()) {
            bail!("{shown} is {what}");
        }
        Ok(content)
    };
    Ok(match input.format {
        Format::Parquet => Box::new(Parquet::open(content()?, parts, options.crs, lines)?),
        Format::Prepared => {
            bail!("{shown} is a prepared file: it is served as it is, alone, not read together with others")
        }
        Format::Arrow => Box::new(Arrow::open(&content()?.decompressed(spool)?, options.crs, lines)?),
        Format::FlatGeobuf => Box::new(FlatGeobuf::open(&content()?, options.crs, lines)?),
        Format::GeoPackage => Box::new(GeoPackage::open(path, options, lines)?),
        Format::Shapefile => Box::new(Shapefile::open(Parts::beside(path, options.copy)?, options, lines)?),
        Format::Zip => {
            let parts = Parts::zipped(&Archive::open(content()?)?, options.layer.as_deref(), spool)?;
            Box::new(Shapefile::open(parts, options, lines)?)
        }
        Format::GeoJson => Box::new(GeoJson::open(content()?.decompressed(spool)?, options, lines, progress)?),
        Format::Csv => Box::new(Csv::open(content()?.decompressed(spool)?, options, lines, progress)?),
    })
}

/// What is often saved under the name of data and is none, and what to do.
pub(crate) fn stranger(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = start[..start.len().min(256)].trim_ascii_start().to_ascii_lowercase();
    let begins = |text: &str| start.starts_with(text.as_bytes());
    match () {
        () if begins("<!doctype html") || begins("<html") => {
            Some("a page for browsers (HTML) and no data: what was fetched may be an error or a login")
        }
        () if begins("<?xml") || begins("<kml") || begins("<gpx") => {
            Some("XML, such as KML, GPX or GML, which is not read; ogr2ogr makes GeoJSON or FlatGeobuf of it")
        }
        () if begins("version https://git-lfs") => {
            Some("a pointer of Git LFS and not the file itself: git lfs pull fetches that")
        }
        () => None,
    }
}
