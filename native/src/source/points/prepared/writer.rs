//! Writes a prepared file from first byte to last: head, buffers, sections, description, seal, footer.
//!
//! Nothing is held but what is being written. Every buffer's checksum is taken on the way.

use super::{
    ALIGNMENT,
    checksum::Stretch,
    description::{Description, Words},
    messages::{self, Schema, Span},
    seal::Seal,
};
use crate::read::mark::{ARROW, SEAL};
use anyhow::{Context as _, Result, bail};
use bytemuck::Pod;
use duotile_core::Dictionary;
use polars_arrow::{datatypes::ArrowDataType, io::ipc::format::ipc::Block};
use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// A column to be written.
pub(super) struct Field<'a> {
    pub name: &'a str,
    pub dtype: ArrowDataType,
    /// Bytes of its values.
    pub bytes: u64,
    /// Rows without a value.
    pub nulls: u64,
    pub words: Option<&'a Dictionary>,
}

/// A file that is being written.
pub(super) struct Writer {
    path: PathBuf,
    out: BufWriter<File>,
    at: u64,
    /// Of what was written since it was last taken.
    hasher: crc32fast::Hasher,
    schema: Schema,
    dictionaries: Vec<Block>,
    batch: Block,
    /// Buffers to come, in order, by where they must be in the file.
    expected: std::vec::IntoIter<Span>,
    seal: Seal,
}

impl Writer {
    /// Begins a file. Also gives where the texts of each column are.
    ///
    /// # Errors
    /// When it cannot be written, or a header is too large for Arrow.
    pub fn start(path: &Path, format: u32, rows: u64, fields: &[Field<'_>]) -> Result<(Self, Vec<Option<Words>>)> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        let schema = Schema::new(format, fields.iter().map(|field| (field.name, field.dtype.clone(), field.nulls > 0)));
        let mut writer = Self {
            path: path.to_owned(),
            out: BufWriter::with_capacity(1 << 20, file),
            at: 0,
            hasher: crc32fast::Hasher::new(),
            schema,
            dictionaries: Vec::new(),
            batch: Block { offset: 0, meta_data_length: 0, body_length: 0 },
            expected: Vec::new().into_iter(),
            seal: Seal { format, ..Seal::default() },
        };
        writer.put(b"ARROW1\0\0")?;
        writer.message(&writer.schema.message())?;
        let mut words = Vec::with_capacity(fields.len());
        for field in fields {
            words.push(field.words.map(|texts| writer.dictionary(texts)).transpose()?);
        }
        let (mut buffers, mut nodes, mut body) = (Vec::new(), Vec::new(), 0);
        let mut add = |length: u64| {
            buffers.push((body, length));
            body = (body + length).next_multiple_of(ALIGNMENT);
        };
        for field in fields {
            add(if field.nulls > 0 { rows.div_ceil(8) } else { 0 });
            add(field.bytes);
            nodes.push((rows, field.nulls));
        }
        let offset = writer.at as i64;
        let length = writer.message(&messages::record_batch(rows, &nodes, &buffers, body))?;
        writer.batch = Block { offset, meta_data_length: length, body_length: body as i64 };
        writer.seal.head = writer.at;
        writer.seal.head_crc = std::mem::take(&mut writer.hasher).finalize();
        // Where no row lacks a value, nothing is written about it.
        let written = fields.iter().flat_map(|field| [field.nulls > 0, true]);
        let to_come = buffers.into_iter().zip(written).filter(|(_, written)| *written);
        let start = writer.at;
        writer.expected = to_come.map(|((at, length), _)| (start + at, length)).collect::<Vec<_>>().into_iter();
        Ok((writer, words))
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// When the file cannot be written, such as on a full disk.
    pub fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).with_context(|| format!("cannot write {}", self.path.display()))?;
        self.hasher.update(bytes);
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn pad(&mut self) -> Result<()> {
        let zeros = self.at.next_multiple_of(ALIGNMENT) - self.at;
        self.put(&[0; ALIGNMENT as usize][..zeros as usize])
    }

    /// Writes a message, and gives its length.
    fn message(&mut self, message: &[u8]) -> Result<i32> {
        let framed = messages::framed(message, self.at);
        self.put(&framed)?;
        i32::try_from(framed.len()).context("there are more columns than Arrow can describe")
    }

    fn dictionary(&mut self, texts: &Dictionary) -> Result<Words> {
        let length: u64 = texts.iter().map(|text| text.len() as u64).sum();
        let wide = is_wide(texts);
        let entries = texts.len() as u64;
        let offsets = (0, (entries + 1) * if wide { 8 } else { 4 });
        let bytes = (offsets.1.next_multiple_of(ALIGNMENT), length);
        let body = (bytes.0 + bytes.1).next_multiple_of(ALIGNMENT);
        let id = self.dictionaries.len() as i64;
        let offset = self.at as i64;
        let header = self.message(&messages::dictionary(id, entries, offsets, bytes, body))?;
        self.dictionaries.push(Block { offset, meta_data_length: header, body_length: body as i64 });
        let start = self.at;
        let mut end = 0u64;
        for length in std::iter::once(0).chain(texts.iter().map(|text| text.len() as u64)) {
            end += length;
            if wide { self.put(&end.to_le_bytes())? } else { self.put(&(end as u32).to_le_bytes())? }
        }
        self.pad()?;
        for text in texts.iter() {
            self.put(text.as_bytes())?;
        }
        self.pad()?;
        // The head's checksum holds for them.
        let stretch = |(at, bytes): Span| Stretch { at: start + at, bytes, ..Stretch::default() };
        Ok(Words { entries, wide, offsets: stretch(offsets), texts: stretch(bytes) })
    }

    /// Ends the buffer that was written since the last one ended.
    ///
    /// # Errors
    /// When it is not as long as was said at the start, which would be a mistake of the caller.
    pub fn end_buffer(&mut self) -> Result<Stretch> {
        let Some((at, length)) = self.expected.next().filter(|(at, length)| at + length == self.at) else {
            bail!("a buffer ends at byte {} of {}, which is not where it should", self.at, self.path.display());
        };
        let crc = std::mem::take(&mut self.hasher).finalize();
        self.pad()?;
        self.hasher.reset();
        Ok(Stretch { at, bytes: length, crc, sample: 0 })
    }

    /// Ends the buffers; sections may follow.
    ///
    /// # Errors
    /// When some are missing, or the file cannot be written.
    pub fn end_buffers(&mut self) -> Result<()> {
        if let Some((at, _)) = self.expected.next() {
            bail!("the buffer at byte {at} of {} was not written", self.path.display());
        }
        self.put(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])?;
        self.flush()
    }

    /// Hands everything to the operating system, so that it can be mapped.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<()> {
        self.out.flush().with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Writes a section of numbers.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn section<T: Pod>(&mut self, words: &[T]) -> Result<Stretch> {
        self.pad()?;
        let at = self.at;
        self.hasher.reset();
        self.put(bytemuck::cast_slice(words))?;
        let crc = std::mem::take(&mut self.hasher).finalize();
        Ok(Stretch { at, bytes: self.at - at, crc, sample: 0 })
    }

    /// Writes description, seal and footer. The file is whole then, and on the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self, description: &Description) -> Result<u64> {
        let description = serde_json::to_vec(description).context("cannot describe the file")?;
        self.pad()?;
        self.seal.description = (self.at, description.len() as u64);
        self.seal.description_crc = crc32fast::hash(&description);
        self.put(&description)?;
        self.pad()?;
        let mut footer = self.schema.footer(std::mem::take(&mut self.dictionaries), self.batch);
        let length = i32::try_from(footer.len()).context("there are more columns than Arrow can describe")?;
        footer.extend(length.to_le_bytes());
        footer.extend(ARROW);
        self.seal.footer_crc = crc32fast::hash(&footer);
        self.seal.length = self.at + (SEAL + footer.len()) as u64;
        self.put(&self.seal.to_bytes())?;
        self.put(&footer)?;
        self.flush()?;
        self.out.get_ref().sync_all().with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(self.at)
    }
}

/// Whether a dictionary needs offsets of 64 bits.
pub(super) fn is_wide(texts: &Dictionary) -> bool {
    texts.iter().map(|text| text.len() as u64).sum::<u64>() > i32::MAX as u64
}
