//! Arrow IPC, as file (`.arrow`, `.feather`) and as stream, a record batch at a time.

mod carried;
mod flat;
mod messages;

use super::{
    content::Content,
    crs::Crs,
    field::Field,
    geometry::{Declared, Nested},
    guarded::guarded,
    half,
    leaves::Leaves,
    reader::{Reader, frame},
    uuid,
};
use crate::kind::Kind;
use anyhow::{Context, Result, anyhow, bail};
use messages::{Columns, Message, Plan, What};
use polars_arrow::{
    array::ArrayRef,
    compute::concatenate::concatenate,
    datatypes::{ArrowDataType, Field as ArrowField},
    io::ipc::read::{self, Dictionaries, FileMetadata},
    record_batch::RecordBatch,
};
use polars_core::prelude::DataFrame;
use polars_utils::bool::UnsafeBool;
use std::io::Cursor;

/// An open Arrow file or stream.
#[derive(Debug)]
pub(super) struct Arrow {
    content: Content,
    leaves: Leaves,
    geometry: Option<Declared>,
    /// Whether that is the column of outlines of a subset.
    carries: bool,
    plan: Plan,
}

impl Arrow {
    /// Looks at the schema, and where the data is. What is worth telling is added to `lines`.
    ///
    /// # Errors
    /// When it is cut off or damaged, or declares an unknown CRS.
    pub fn open(content: &Content, crs: Option<Crs>, lines: &mut Vec<String>) -> Result<Self> {
        if content.as_ref().starts_with(b"FEA1") {
            bail!("the file is Feather version 1, which is not read; write it anew as version 2 (Arrow IPC)");
        }
        let plan = guarded(|| messages::plan(content.as_ref(), lines)).map_err(|error| {
            // What the decoder says of flat buffers helps nobody.
            let ours = ["it ", "its ", "a message ", "a batch ", "column ", "two columns "];
            let said = Some(format!("{error:#}")).filter(|said| ours.iter().any(|begins| said.starts_with(begins)));
            let what = said.unwrap_or_else(|| "it is damaged, cut off or something else".into());
            anyhow!("cannot read the schema of the Arrow file: {what}")
        })?;
        let fields = plan.metadata.schema.iter_values().zip(&plan.columns.names);
        let fields: Vec<ArrowField> =
            fields.map(|(field, name)| ArrowField { name: name.as_str().into(), ..field.clone() }).collect();
        let field = |(field, wide): (&ArrowField, &Option<half::Wide>)| match (&field.dtype, wide) {
            (_, Some(wide)) => half::decimal(&field.name, *wide),
            (ArrowDataType::Float16, None) => Field::new(&field.name, &half::FIELD),
            _ if uuid::is(field) => uuid::field(&field.name),
            _ => Field::from_arrow(field),
        };
        let leaves = Leaves::of(fields.iter().zip(&plan.columns.decimals).map(field).collect())?;
        let own = carried::declared(&fields);
        let carries = own.is_some();
        let geometry = match own {
            Some(own) => Some(own),
            None => fields.iter().find_map(|field| declared(field, crs)).transpose()?,
        };
        Ok(Self { leaves, geometry, carries, plan, content: content.clone() })
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
        let rows = |message: &Message| if let What::Batch { rows } = message.what { rows } else { 0 };
        Some(self.plan.messages.iter().map(rows).fold(0, u64::saturating_add))
    }

    fn chunks(
        &mut self,
        wanted: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let projection = self.leaves.columns(wanted);
        let mut metadata = self.plan.metadata.clone();
        let mut dictionaries = Dictionaries::default();
        let mut number = 0;
        for message in &self.plan.messages {
            let batch = match message.what {
                What::Dictionary { id, more } => {
                    let read = || dictionary(&self.content, &mut metadata, &mut dictionaries, message, id, more);
                    guarded(read).with_context(|| format!("dictionary {id} of the Arrow file"))?;
                    continue;
                }
                What::Batch { .. } => message,
            };
            let read = || {
                let batch = rows(&self.content, &mut metadata, &dictionaries, batch, &projection)?;
                let height = batch.height();
                let (schema, arrays) = batch.into_schema_and_arrays();
                let parts = schema.iter_values().zip(arrays).zip(&projection).map(|((field, array), &at)| {
                    let Columns { names, decimals } = &self.plan.columns;
                    let field = ArrowField { name: names[at].as_str().into(), ..field.clone() };
                    match decimals[at] {
                        Some(wide) => half::decimals(field, &array, wide),
                        None if self.carries => carried::binary(field, array),
                        None if uuid::is(&field) => uuid::written(field, &array),
                        None => half::widened(field, array),
                    }
                });
                frame(height, parts)
            };
            let chunk = guarded(read).with_context(|| format!("record batch {number} of the Arrow file"))?;
            each(self.leaves.chunk(chunk, &projection, wanted)?)?;
            number += 1;
        }
        Ok(())
    }
}

/// Puts one message where Polars looks for them.
fn point(metadata: &mut FileMetadata, message: &Message, start: usize) -> Result<()> {
    metadata.blocks.resize_with(1, Default::default);
    let block = &mut metadata.blocks[0];
    block.offset = start.try_into()?;
    block.meta_data_length = message.head.try_into()?;
    block.body_length = message.body.try_into()?;
    Ok(())
}

/// The rows of a batch.
fn rows(
    content: &Content,
    metadata: &mut FileMetadata,
    dictionaries: &Dictionaries,
    message: &Message,
    projection: &[usize],
) -> Result<RecordBatch> {
    messages::check(content.as_ref(), message)?;
    point(metadata, message, message.start)?;
    let mut cursor = Cursor::new(content);
    let (mut head, mut body) = (Vec::new(), Vec::new());
    let (projection, checked) = (Some(projection), UnsafeBool::default());
    Ok(read::read_batch(
        &mut cursor,
        dictionaries,
        metadata,
        projection,
        None,
        0,
        false,
        &mut head,
        &mut body,
        checked,
    )?)
}

/// Reads a dictionary, or what comes to one: Polars reads whole ones only, so it is told that this is one.
fn dictionary(
    content: &Content,
    metadata: &mut FileMetadata,
    dictionaries: &mut Dictionaries,
    message: &Message,
    id: i64,
    more: Option<usize>,
) -> Result<()> {
    messages::check(content.as_ref(), message)?;
    let (mut head, mut body) = (Vec::new(), Vec::new());
    let checked = UnsafeBool::default();
    let Some(at) = more else {
        point(metadata, message, message.start)?;
        let block = metadata.blocks[0];
        let mut cursor = Cursor::new(content);
        read::read_dictionary_block(&mut cursor, metadata, &block, false, dictionaries, &mut head, &mut body, checked)?;
        return Ok(());
    };
    let known: Option<ArrayRef> = dictionaries.remove(&id);
    let mut bytes = content.as_ref()[message.start..message.start + message.head + message.body].to_vec();
    bytes[at] = 0;
    point(metadata, message, 0)?;
    let block = metadata.blocks[0];
    let mut cursor = Cursor::new(&bytes);
    read::read_dictionary_block(&mut cursor, metadata, &block, true, dictionaries, &mut head, &mut body, checked)?;
    if let Some(known) = known {
        let added = dictionaries.get(&id).context("it is not there")?;
        let both = concatenate(&[known.as_ref(), added.as_ref()])?;
        dictionaries.insert(id, both);
    }
    Ok(())
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
    let json: serde_json::Value = about.and_then(|about| serde_json::from_str(&about).ok()).unwrap_or_default();
    let crs = match given {
        Some(_) => Ok(given),
        None => Crs::of_json(&json["crs"]).with_context(|| format!("geometry column {:?}", field.name.as_str())),
    };
    let nested = name.strip_prefix("geoarrow.").and_then(Nested::named);
    let is_spherical = json["edges"] == "spherical";
    Some(crs.map(|crs| Declared { column: field.name.to_string(), crs, boxes: None, nested, is_spherical }))
}
