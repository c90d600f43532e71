//! Shapefiles: shapes (.shp) with their index (.shx), a table (.dbf), a coordinate system (.prj) and the letters of the table (.cpg).
//!
//! What enters is the files of one
//! Shapefile; what leaves is its rows, a piece at a time, their shapes as well-known binary.

mod geometry;
mod letters;
mod parts;
mod records;
mod rings;
mod table;

use super::{Options, content::Content, crs::Crs, field::Field, geometry::Declared, names, reader::Reader};
use crate::kind::Kind;
use anyhow::{Context as _, Result, bail};
use geometry::Shape;
pub(super) use parts::{Parts, beside};
use polars_core::prelude::{BinaryChunkedBuilder, Column, DataFrame, DataType, IntoColumn as _, IntoSeries as _};
use rayon::prelude::*;
use records::{Head, Records};
use std::ops::Range;
use table::Table;

/// What the column of geometries is called, where no other column is called so.
const GEOMETRY: &str = "geometry";

/// Rows that are read together, and bytes of their shapes.
const PIECE_ROWS: usize = 1 << 14;
const PIECE_BYTES: usize = 4 << 20;

/// The kind of shapes that are surfaces in space.
const MULTI_PATCH: u32 = 31;

/// An open Shapefile.
#[derive(Debug)]
pub(super) struct Shapefile {
    shapes: Content,
    records: Records,
    table: Option<Table>,
    /// The columns of the table, and last the geometries.
    fields: Vec<Field>,
    declared: Declared,
    /// Rows with those that are marked as deleted, and how many of these there are.
    all: usize,
    deleted: usize,
}

impl Shapefile {
    /// Looks at the heads, and at what is deleted. What is worth telling is added to `lines`.
    ///
    /// # Errors
    /// When a file is cut off or damaged, or declares an unknown CRS.
    pub fn open(parts: Parts, options: &Options, lines: &mut Vec<String>) -> Result<Self> {
        let shapes = parts.shapes;
        let head = Head::of(shapes.as_ref())?;
        if head.kind == MULTI_PATCH {
            bail!("the .shp file holds surfaces in space (MultiPatch), expected points, lines or polygons");
        }
        if head.kind > 10 {
            lines.push("positions have heights or measures (Z, M), which are left out".into());
        }
        let records = Records::of(&shapes.as_ref()[..head.length], parts.index, lines)?;
        let open = |content: &Content| Table::open(content, parts.letters.as_deref(), options, lines);
        let mut table = parts.table.as_ref().map(open).transpose()?;
        let rows = table.as_ref().map(Table::rows);
        match rows {
            None => lines.push("there is no table (.dbf) beside the shapes: rows have no columns".into()),
            Some(rows) if rows != records.count() => {
                lines.push(format!("the table (.dbf) has {rows} rows, and there are {} shapes", records.count()));
            }
            Some(_) => {}
        }
        let all = rows.unwrap_or_default().max(records.count());
        let deleted = table.as_ref().map_or(0, |table| (0..table.rows()).filter(|&row| table.is_deleted(row)).count());
        if deleted > 0 {
            lines.push(format!("{deleted} rows are marked as deleted in the table (.dbf) and are left out"));
        }
        let own = table.iter().flat_map(|table| table.fields.iter().map(|field| field.name.clone()));
        let names = names::distinct(own.chain([GEOMETRY.to_owned()]).collect(), lines);
        let column = names.last().map_or(GEOMETRY, String::as_str);
        for (field, name) in table.iter_mut().flat_map(|table| &mut table.fields).zip(&names) {
            field.name.clone_from(name);
        }
        let mut fields: Vec<Field> = table.iter().flat_map(|table| table.fields.clone()).collect();
        fields.push(Field::new(column, &DataType::Binary));
        let crs = match (options.crs, parts.projection.as_deref().map(str::trim)) {
            (Some(_), _) | (None, None | Some("")) => options.crs,
            (None, Some(text)) => Some(Crs::of_text(text).context("the .prj file")?),
        };
        let declared = Declared { column: column.to_owned(), crs, boxes: None, nested: None, is_spherical: false };
        Ok(Self { shapes, records, table, fields, declared, all, deleted })
    }

    fn read(&self, rows: Range<usize>, wanted: &[usize]) -> Result<DataFrame> {
        let kept = |row: &usize| self.table.as_ref().is_none_or(|table| !table.is_deleted(*row));
        let rows: Vec<usize> = rows.filter(kept).collect();
        let column = |&at: &usize| match &self.table {
            Some(table) if at < table.fields.len() => Ok(table.values(at, &rows)),
            _ => self.geometries(&rows),
        };
        Ok(DataFrame::new(rows.len(), wanted.iter().map(column).collect::<Result<_>>()?)?)
    }

    fn geometries(&self, rows: &[usize]) -> Result<Column> {
        let mut values = BinaryChunkedBuilder::new(self.declared.column.as_str().into(), rows.len());
        let mut binary = Vec::new();
        for &row in rows {
            let record = self.records.get(self.shapes.as_ref(), row)?;
            match if record.is_empty() { Shape::Null } else { geometry::write(record, &mut binary) } {
                Shape::Null => values.append_null(),
                // Of what is damaged there are no bytes, which counts as such.
                Shape::Known | Shape::Damaged => values.append_value(&binary),
            }
        }
        Ok(values.finish().into_series().into_column())
    }

    /// Rows that are read together.
    fn pieces(&self) -> Result<Vec<Range<usize>>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut bytes = 0;
        for row in 0..self.all {
            let length = self.records.get(self.shapes.as_ref(), row)?.len();
            match pieces.last_mut() {
                Some(piece) if piece.len() < PIECE_ROWS && bytes + length <= PIECE_BYTES => {
                    piece.end = row + 1;
                    bytes += length;
                }
                _ => {
                    pieces.push(row..row + 1);
                    bytes = length;
                }
            }
        }
        Ok(pieces)
    }
}

impl Reader for Shapefile {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some((self.all - self.deleted) as u64)
    }

    fn geometry(&self) -> Option<&Declared> {
        Some(&self.declared)
    }

    fn told(&self) -> Vec<String> {
        self.table.iter().filter_map(|table| table.letters.told()).collect()
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let wanted: Vec<usize> = columns.iter().map(|&(at, _)| at).collect();
        for pieces in self.pieces()?.chunks(2 * rayon::current_num_threads()) {
            let frames: Vec<DataFrame> =
                pieces.par_iter().map(|piece| self.read(piece.clone(), &wanted)).collect::<Result<_>>()?;
            frames.into_iter().try_for_each(&mut *each)?;
        }
        self.shapes.let_go();
        self.records.let_go();
        self.table.iter_mut().for_each(Table::let_go);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
