//! Arrow IPC, as file (`.arrow`, `.feather`) and as stream, a record batch at a time.

use super::{
    content::Content,
    crs::Crs,
    field::Field,
    geometry::Declared,
    guarded::guarded,
    half,
    leaves::Leaves,
    reader::{Reader, frame},
};
use crate::kind::Kind;
use anyhow::{Context, Result, anyhow, bail};
use polars_arrow::{
    datatypes::{ArrowDataType, ArrowSchema, Field as ArrowField},
    io::ipc::read::{self, FileReader, StreamReader, StreamState},
    record_batch::RecordBatch,
};
use polars_core::prelude::DataFrame;
use std::{io::Cursor, sync::Arc};

/// An open Arrow file or stream.
#[derive(Debug)]
pub(super) struct Arrow {
    content: Content,
    leaves: Leaves,
    geometry: Option<Declared>,
    is_file: bool,
    rows: Option<u64>,
}

impl Arrow {
    /// Looks at the schema.
    ///
    /// # Errors
    /// When it is cut off or damaged, or declares an unknown CRS.
    pub fn open(content: &Content, crs: Option<Crs>) -> Result<Self> {
        if content.as_ref().starts_with(b"FEA1") {
            bail!("the file is Feather version 1, which is not read; write it anew as version 2 (Arrow IPC)");
        }
        let is_file = content.as_ref().starts_with(b"ARROW1");
        let (schema, rows) = guarded(|| {
            let mut cursor = Cursor::new(content.clone());
            let schema: Arc<ArrowSchema> = if is_file {
                read::read_file_metadata(&mut cursor)?.schema
            } else {
                Arc::new(read::read_stream_metadata(&mut cursor)?.schema)
            };
            let rows = if is_file {
                Some(read::get_row_count(&mut Cursor::new(content.clone()))?.unsigned_abs())
            } else {
                None
            };
            Ok((schema, rows))
        })
        // What the decoder says of flat buffers helps nobody.
        .map_err(|_| anyhow!("cannot read the schema of the Arrow file: it is damaged, cut off or something else"))?;
        let field = |field: &ArrowField| match field.dtype {
            ArrowDataType::Float16 => Field::new(&field.name, &half::FIELD),
            _ => Field::from_arrow(field),
        };
        let leaves = Leaves::of(schema.iter_values().map(field).collect());
        let geometry = schema.iter_values().find_map(|field| declared(field, crs)).transpose()?;
        Ok(Self { leaves, geometry, is_file, rows, content: content.clone() })
    }
}

impl Reader for Arrow {
    fn fields(&self) -> &[Field] {
        &self.leaves.fields
    }

    fn geometry(&self) -> Option<&Declared> {
        self.geometry.as_ref()
    }

    fn rows(&self) -> Option<u64> {
        self.rows
    }

    fn chunks(
        &mut self,
        wanted: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let projection = self.leaves.columns(wanted);
        let mut cursor = Cursor::new(self.content.clone());
        let mut next: Box<dyn FnMut() -> Result<Option<RecordBatch>>> = if self.is_file {
            let metadata = guarded(|| Ok(read::read_file_metadata(&mut cursor)?))?;
            let mut reader = FileReader::new(cursor, metadata, Some(projection.clone()), None);
            Box::new(move || Ok(reader.next().transpose()?))
        } else {
            let metadata = guarded(|| Ok(read::read_stream_metadata(&mut cursor)?))?;
            let mut reader = StreamReader::new(cursor, metadata, Some(projection.clone()));
            Box::new(move || match reader.next().transpose()? {
                Some(StreamState::Some(batch)) => Ok(Some(batch)),
                // A stream may end without saying so.
                Some(StreamState::Waiting) | None => Ok(None),
            })
        };
        let mut number = 0;
        while let Some(chunk) = guarded(|| {
            let Some(batch) = next()? else { return Ok(None) };
            let height = batch.height();
            let (schema, arrays) = batch.into_schema_and_arrays();
            let parts = schema.iter_values().cloned().zip(arrays).map(|(field, array)| half::widened(field, array));
            Ok(Some(frame(height, parts)?))
        })
        .with_context(|| format!("record batch {number} of the Arrow file"))?
        {
            each(self.leaves.chunk(chunk, &projection, wanted)?)?;
            number += 1;
        }
        Ok(())
    }
}

/// What a field of a type of `GeoArrow` says of its coordinates.
fn declared(field: &ArrowField, given: Option<Crs>) -> Option<Result<Declared>> {
    let metadata = field.metadata.as_deref();
    let find = |key: &str| metadata.and_then(|metadata| metadata.get(key)).map(ToString::to_string);
    let (name, about) = match &field.dtype {
        ArrowDataType::Extension(extension) => {
            (extension.name.to_string(), extension.metadata.as_ref().map(ToString::to_string))
        }
        _ => (find("ARROW:extension:name")?, find("ARROW:extension:metadata")),
    };
    if !name.starts_with("geoarrow.") && !name.starts_with("ogc.") {
        return None;
    }
    let others = name.strip_prefix("geoarrow.").filter(|kind| kind.contains("line") || kind.contains("polygon"));
    let json: serde_json::Value = about.and_then(|about| serde_json::from_str(&about).ok()).unwrap_or_default();
    let crs = match given {
        Some(_) => Ok(given),
        None => Crs::of_json(&json["crs"]).with_context(|| format!("geometry column {:?}", field.name.as_str())),
    };
    Some(crs.map(|crs| Declared {
        column: field.name.to_string(),
        crs,
        others: others.map(str::to_owned),
        boxes: None,
    }))
}
