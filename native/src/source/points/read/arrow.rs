//! Arrow IPC, as file (`.arrow`, `.feather`) and as stream, a record batch at a time.

use super::{
    content::Content,
    field::Field,
    guarded::guarded,
    reader::{Reader, frame},
};
use crate::kind::Kind;
use anyhow::{Context, Result, anyhow, bail};
use polars_arrow::{
    datatypes::ArrowSchema,
    io::ipc::read::{self, FileReader, StreamReader, StreamState},
    record_batch::RecordBatch,
};
use polars_core::prelude::DataFrame;
use std::{io::Cursor, sync::Arc};

/// An open Arrow file or stream.
#[derive(Debug)]
pub(super) struct Arrow {
    content: Content,
    fields: Vec<Field>,
    is_file: bool,
    rows: Option<u64>,
}

impl Arrow {
    /// Looks at the schema.
    ///
    /// # Errors
    /// When it is cut off or damaged.
    pub fn open(content: &Content) -> Result<Self> {
        if content.as_ref().starts_with(b"FEA1") {
            bail!("the file is Feather version 1, which is not read; write it anew as version 2 (Arrow IPC)");
        }
        let is_file = content.as_ref().starts_with(b"ARROW1");
        guarded(|| {
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
            let fields = schema.iter_values().map(Field::from_arrow);
            Ok(Self { fields: fields.collect(), is_file, rows, content: content.clone() })
        })
        // What the decoder says of flat buffers helps nobody.
        .map_err(|_| anyhow!("cannot read the schema of the Arrow file: it is damaged, cut off or something else"))
    }
}

impl Reader for Arrow {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        self.rows
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let mut projection: Vec<usize> = columns.iter().map(|column| column.0).collect();
        projection.sort_unstable();
        projection.dedup();
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
            Ok(Some(frame(height, schema.iter_values().cloned().zip(arrays))?))
        })
        .with_context(|| format!("record batch {number} of the Arrow file"))?
        {
            each(chunk)?;
            number += 1;
        }
        Ok(())
    }
}
