//! GeoJSON: a collection of features, a feature or geometry alone, or one a line (also behind record separators).
//!
//! It is looked through once for the names and types of properties, and once more for the rows: features come out some
//! thousand at a time, their geometries as well-known binary, as any other file has them. Memory holds a feature at a time.

mod columns;
mod document;
mod endless;
mod geometry;
mod list;
mod wrong;

use super::{Options, Progress, content::Content, crs::Crs, field::Field, geometry::Declared, reader::Reader};
use crate::kind::Kind;
use anyhow::{Context as _, Result, bail};
use columns::{Columns, Seen};
use document::{Feature, Shape, Told};
pub(super) use geometry::binary;
use polars_core::prelude::{DataFrame, DataType};
use serde_json::Value;

/// Features of a chunk, if they are not long.
const ROWS: usize = 1 << 14;
/// Bytes of their geometries.
const BYTES: usize = 16 << 20;

/// An open GeoJSON file.
#[derive(Debug)]
pub(super) struct GeoJson {
    content: Content,
    shape: Shape,
    seen: Seen,
    fields: Vec<Field>,
    geometry: Declared,
    rows: u64,
    /// Lines that are no features and numbers that are no values, and whether none may be.
    broken: Told,
    strict: bool,
}

impl GeoJson {
    /// Looks at all features for what they have. What is worth telling of it is added to `lines`.
    ///
    /// # Errors
    /// When it is damaged, or no GeoJSON; where a line is, in strict reading.
    pub fn open(content: Content, options: &Options, lines: &mut Vec<String>, progress: &dyn Progress) -> Result<Self> {
        progress.stage("look at features", None);
        let bytes = content.as_ref();
        let shape = Shape::of(bytes);
        let (mut seen, mut rows) = (Seen::default(), 0u64);
        let told = document::each(bytes, shape, false, &mut |feature: Feature| {
            rows += 1;
            if u64::is_multiple_of(rows, ROWS as u64) {
                progress.advance(rows);
            }
            seen.see(feature);
            Ok(())
        })?;
        told.check(options.strict)?;
        seen.settle(lines);
        let crs = match options.crs {
            Some(crs) => Some(crs),
            None => told.crs.as_ref().map(named).transpose()?,
        };
        let column = seen.free("geometry");
        let mut fields: Vec<Field> = seen.fields();
        fields.push(Field::new(&column, &DataType::Binary));
        let geometry = Declared { column, crs, boxes: None, nested: None, is_spherical: false };
        Ok(Self { shape, seen, fields, geometry, rows, broken: told, strict: options.strict, content })
    }
}

impl Reader for GeoJson {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn geometry(&self) -> Option<&Declared> {
        Some(&self.geometry)
    }

    fn left_out(&self) -> u64 {
        self.broken.broken
    }

    fn told(&self) -> Vec<String> {
        self.broken.lines()
    }

    fn chunks(
        &mut self,
        wanted: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let mut columns = Columns::new(&self.seen, &self.geometry.column, wanted);
        // Some are seen to be none by their geometries, which are read only here.
        self.broken = document::each(self.content.as_ref(), self.shape, true, &mut |feature: Feature| {
            columns.push(feature);
            if columns.rows() >= ROWS || columns.bytes() >= BYTES { each(columns.take()?) } else { Ok(()) }
        })?;
        self.broken.check(self.strict)?;
        if columns.rows() > 0 { each(columns.take()?) } else { Ok(()) }
    }
}

/// What the member `crs` says, as files from before 2016 have it.
fn named(crs: &Value) -> Result<Crs> {
    let properties = &crs["properties"];
    if let Some(href) = properties["href"].as_str() {
        bail!("the file says its positions are in what {href:?} describes, which is not fetched; say --crs");
    }
    let code = &properties["code"];
    let name = match (&properties["name"], crs) {
        (Value::String(name), _) | (_, Value::String(name)) => name.clone(),
        _ if code.is_u64() => format!("EPSG:{code}"),
        _ => code.as_str().map_or_else(|| crs.to_string(), |code| format!("EPSG:{code}")),
    };
    // urn:ogc:def:crs:EPSG::25832
    let short = match name.rsplit_once(':') {
        Some((_, code)) if name.contains("EPSG") => format!("EPSG:{code}"),
        Some((_, "CRS84")) => "EPSG:4326".to_owned(),
        _ => name.clone(),
    };
    Crs::of_text(&short).with_context(|| format!("the file says its positions are in {name:?}; say --crs"))
}

#[cfg(test)]
mod tests;
