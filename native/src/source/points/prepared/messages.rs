//! The messages of an Arrow IPC file with one record batch, as bytes: schema, dictionaries, the batch's header, the footer.

use super::ALIGNMENT;
use crate::read::mark::MARK;
use polars_arrow::{
    datatypes::{ArrowDataType, ArrowSchema, Field, Metadata},
    io::ipc::{
        IpcField,
        format::ipc::{
            self, Block, Buffer, DictionaryBatch, FieldNode, Footer, Message, MessageHeader, MetadataVersion,
            RecordBatch, planus::Builder,
        },
        write::{default_ipc_fields, schema::serialize_schema},
    },
};

/// The columns of a file: their names, types, and whether some rows may have no value.
pub(super) struct Schema {
    format: u32,
    columns: ArrowSchema,
    fields: Vec<IpcField>,
}

/// A buffer in the body of a message: where it begins there, and its length.
pub(super) type Span = (u64, u64);

impl Schema {
    /// Dictionaries are numbered in the order of their columns.
    pub fn new<'n>(format: u32, columns: impl IntoIterator<Item = (&'n str, ArrowDataType, bool)>) -> Self {
        let field = |(name, dtype, nullable): (&str, ArrowDataType, bool)| Field::new(name.into(), dtype, nullable);
        let columns: ArrowSchema = columns.into_iter().map(field).collect();
        Self { format, fields: default_ipc_fields(columns.iter_values()), columns }
    }

    fn serialized(&self) -> ipc::Schema {
        let mark: Metadata = [(MARK.into(), self.format.to_string().into())].into_iter().collect();
        serialize_schema(&self.columns, &self.fields, Some(&mark))
    }

    /// The message that begins a file.
    pub fn message(&self) -> Vec<u8> {
        message(MessageHeader::Schema(Box::new(self.serialized())), 0)
    }

    /// The end of a file: the schema once more, and where dictionaries and batch are.
    pub fn footer(&self, dictionaries: Vec<Block>, batch: Block) -> Vec<u8> {
        let footer = Footer {
            version: MetadataVersion::V5,
            schema: Some(Box::new(self.serialized())),
            dictionaries: Some(dictionaries),
            record_batches: Some(vec![batch]),
            custom_metadata: None,
        };
        Builder::new().finish(&footer, None).to_vec()
    }
}

/// The header of the texts of a dictionary, in code order.
pub(super) fn dictionary(id: i64, entries: u64, offsets: Span, texts: Span, body: u64) -> Vec<u8> {
    let data = batch(entries, &[(entries, 0)], &[(0, 0), offsets, texts]);
    let dictionary = DictionaryBatch { id, data: Some(Box::new(data)), is_delta: false };
    message(MessageHeader::DictionaryBatch(Box::new(dictionary)), body)
}

/// The header of the record batch: rows and nulls of each column, and the buffers of all.
pub(super) fn record_batch(rows: u64, nodes: &[(u64, u64)], buffers: &[Span], body: u64) -> Vec<u8> {
    message(MessageHeader::RecordBatch(Box::new(batch(rows, nodes, buffers))), body)
}

fn batch(rows: u64, nodes: &[(u64, u64)], buffers: &[Span]) -> RecordBatch {
    let node = |&(length, nulls): &(u64, u64)| FieldNode { length: length as i64, null_count: nulls as i64 };
    let buffer = |&(at, length): &Span| Buffer { offset: at as i64, length: length as i64 };
    RecordBatch {
        length: rows as i64,
        nodes: Some(nodes.iter().map(node).collect()),
        buffers: Some(buffers.iter().map(buffer).collect()),
        ..RecordBatch::default()
    }
}

fn message(header: MessageHeader, body: u64) -> Vec<u8> {
    let message =
        Message { version: MetadataVersion::V5, header: Some(header), body_length: body as i64, custom_metadata: None };
    Builder::new().finish(&message, None).to_vec()
}

/// A message as it stands in a file at `at`: marked, with its length, filled up so that what follows is aligned.
pub(super) fn framed(message: &[u8], at: u64) -> Vec<u8> {
    let end = (at + 8 + message.len() as u64).next_multiple_of(ALIGNMENT);
    let length = (end - at - 8) as usize;
    let mut bytes = Vec::with_capacity(length + 8);
    bytes.extend([0xff; 4]);
    bytes.extend((length as i32).to_le_bytes());
    bytes.extend(message);
    bytes.resize(length + 8, 0);
    bytes
}
