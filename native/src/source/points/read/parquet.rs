//! Parquet files, a row group at a time.

use super::{
    Crs,
    content::Content,
    field::Field,
    geometry::{self, Declared},
    guarded::guarded,
    reader::Reader,
};
use crate::kind::Kind;
use anyhow::{Context, Result, bail};
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_core::prelude::DataFrame;
use polars_io::{SerReader, parquet::read::ParquetReader};
use std::io::Cursor;

/// An open Parquet file.
#[derive(Debug)]
pub(super) struct Parquet {
    content: Content,
    fields: Vec<Field>,
    groups: Vec<usize>,
    geometry: Option<Declared>,
}

impl Parquet {
    /// Looks at the footer.
    ///
    /// # Errors
    /// When the file is cut off or damaged, or declares an unknown CRS.
    pub fn open(content: Content, crs: Option<Crs>) -> Result<Self> {
        let bytes = content.as_ref();
        if bytes.len() < 12 || !bytes.starts_with(b"PAR1") {
            bail!("no Parquet file: it does not begin with PAR1");
        }
        if !bytes.ends_with(b"PAR1") {
            bail!("the Parquet file is cut off: it does not end with PAR1");
        }
        let (fields, groups, geo) = guarded(|| {
            let mut reader = ParquetReader::new(Cursor::new(content.clone()));
            let schema = reader.schema()?;
            let fields = schema.iter_values().map(|field| match field.dtype {
                // Parquet keeps milliseconds, the schema stored beside it says seconds, and Polars believes it.
                ArrowDataType::Time32(TimeUnit::Second) => {
                    Field::left_out(&field.name, "times of day in whole seconds cannot be read from Parquet".into())
                }
                _ => Field::from_arrow(field),
            });
            let fields = fields.collect();
            let metadata = reader.get_metadata()?;
            let groups = metadata
                .row_groups
                .iter()
                .map(|group| {
                    let rows: usize = group.num_rows();
                    rows
                })
                .collect();
            let pairs = metadata.key_value_metadata.as_deref().unwrap_or_default();
            let geo = pairs.iter().find(|pair| pair.key == "geo").and_then(|pair| pair.value.clone());
            Ok((fields, groups, geo))
        })
        .context("cannot read the footer of the Parquet file")?;
        let geometry = geo.map(|geo| geometry::declared(&geo, crs)).transpose()?;
        Ok(Self { content, fields, groups, geometry })
    }
}

impl Reader for Parquet {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.groups.iter().map(|&rows| rows as u64).sum())
    }

    fn geometry(&self) -> Option<&Declared> {
        self.geometry.as_ref()
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        /// Row groups are read together up to so many rows.
        const ROWS: usize = 1 << 20;
        let mut projection: Vec<usize> = columns.iter().map(|column| column.0).collect();
        projection.sort_unstable();
        projection.dedup();
        let metadata = guarded(|| Ok(ParquetReader::new(Cursor::new(self.content.clone())).get_metadata()?.clone()))?;
        let (mut start, mut rows) = (0, 0);
        for (at, &group) in self.groups.iter().enumerate() {
            rows += group;
            let next = self.groups.get(at + 1).copied();
            if next.is_some_and(|next| rows + next <= ROWS) {
                continue;
            }
            let chunk = guarded(|| {
                let mut reader = ParquetReader::new(Cursor::new(self.content.clone()))
                    .with_projection(Some(projection.clone()))
                    .with_slice(Some((start, rows)));
                reader.set_metadata(metadata.clone());
                Ok(reader.finish()?)
            })
            .with_context(|| format!("rows {start} to {} of the Parquet file", start + rows))?;
            if chunk.height() != rows {
                bail!("the Parquet file is damaged: {} rows where its footer says {rows}", chunk.height());
            }
            self.content.let_go();
            each(chunk)?;
            start += rows;
            rows = 0;
        }
        Ok(())
    }
}
