//! `GeoPackage`: a database with tables of features. One of them is read, row by row.
//!
//! `SQLite` reads the database, which is not mapped and not written; what it is told of tables, geometries and coordinate systems is
//! read here.

mod blob;
mod columns;
mod database;

use super::{Options, crs::Crs, field::Field, geometry::Declared, layers, reader::Reader};
use crate::{kind::Kind, source::sqlite::Bounded};
use anyhow::{Context as _, Result};
use columns::Gathered;
use database::{Layer, damaged, quoted};
use polars_core::prelude::DataFrame;
use rusqlite::types::ValueRef;
use std::path::Path;

/// Rows that are read together, and bytes of their geometries and texts.
const PIECE_ROWS: usize = 1 << 14;
const PIECE_BYTES: usize = 16 << 20;

/// An open layer of a `GeoPackage`.
#[derive(Debug)]
pub(super) struct GeoPackage {
    /// A layer may be a view, which says itself how long it takes.
    bounded: Bounded,
    layer: Layer,
    fields: Vec<Field>,
    declared: Option<Declared>,
    rows: u64,
    /// Texts with bytes that are no UTF-8.
    broken: u64,
}

impl GeoPackage {
    /// Looks at the tables, and chooses the one that is read. What is worth telling is added to `lines`.
    ///
    /// # Errors
    /// When it is no `GeoPackage`, damaged, or holds several layers of which none is named; and when the layer declares an unknown
    /// CRS.
    pub fn open(path: &Path, options: &Options, lines: &mut Vec<String>) -> Result<Self> {
        let bounded = Bounded::of_rows(path, "GeoPackage")?;
        let database = &bounded.database;
        let shown = path.file_name().unwrap_or_default().to_string_lossy();
        let mut layers = database::layers(database)?;
        let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
        let about: Vec<String> = layers.iter().map(Layer::about).collect();
        let chosen = layers::choose(&shown, "layers", &names, &about, options.layer.as_deref())?;
        let layer = layers.swap_remove(chosen);
        if layer.is_deep {
            lines.push("positions may have heights or measures (Z, M), which are left out".into());
        }
        let fields = database::fields(database, &layer)?;
        let said = match (options.crs, &layer.crs) {
            (Some(_), _) | (_, None) => options.crs,
            (None, Some(text)) => Some(Crs::of_text(text).with_context(|| format!("the layer {:?}", layer.name))?),
        };
        let geometry = fields.iter().map(|field| &field.name).find(|name| layer.is_geometry(name));
        let column = geometry.or(layer.geometry.as_ref()).cloned();
        let declared =
            column.map(|column| Declared { column, crs: said, boxes: None, nested: None, is_spherical: false });
        let rows = database::count(database, &layer)?;
        Ok(Self { bounded, layer, fields, declared, rows, broken: 0 })
    }
}

impl Reader for GeoPackage {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.rows)
    }

    fn geometry(&self) -> Option<&Declared> {
        self.declared.as_ref()
    }

    fn told(&self) -> Vec<String> {
        let what = "texts are no UTF-8 throughout: what is none is \u{fffd} there";
        (self.broken > 0).then(|| format!("{} {what}", self.broken)).into_iter().collect()
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let fields: Vec<&Field> = columns.iter().map(|&(at, _)| &self.fields[at]).collect();
        let geometry = fields.iter().position(|field| self.layer.is_geometry(&field.name));
        let mut gathered: Vec<Gathered> = fields.iter().map(|field| Gathered::new(field)).collect();
        let names: Vec<String> = fields.iter().map(|field| quoted(&field.name)).collect();
        let query = format!("SELECT {} FROM {}", names.join(", "), quoted(&self.layer.name));
        let (mut height, mut bytes) = (0, 0);
        let mut give = |gathered: &mut Vec<Gathered>, height: usize| -> Result<()> {
            let columns = gathered.iter_mut().map(Gathered::take).collect();
            each(DataFrame::new(height, columns)?)
        };
        self.bounded.again();
        let mut statement = self.bounded.database.prepare(&query).map_err(damaged)?;
        let mut rows = statement.query([]).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            for (at, column) in gathered.iter_mut().enumerate() {
                let value = row.get_ref(at)?;
                bytes += match value {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
                    _ => 8,
                };
                if Some(at) == geometry {
                    column.geometry(value);
                } else {
                    self.broken += u64::from(column.push(value));
                }
            }
            height += 1;
            if height >= PIECE_ROWS || bytes >= PIECE_BYTES {
                give(&mut gathered, height)?;
                (height, bytes) = (0, 0);
            }
        }
        if height > 0 { give(&mut gathered, height) } else { Ok(()) }
    }
}
