//! Parquet files, a row group at a time.

mod footer;
mod groups;
mod slices;
mod thrift;
mod within;

use super::{
    Area, Progress,
    content::Content,
    crs::Crs,
    field::{Field, has_odd},
    geometry::{self, Declared},
    guarded::guarded,
    half,
    leaves::Leaves,
    positions::Place,
    reader::Reader,
    uuid,
};
use crate::{kind::Kind, source::remote::Parts};
use anyhow::{Context, Result, anyhow, bail, ensure};
use footer::Odd;
use polars_arrow::datatypes::{ArrowDataType, TimeUnit};
use polars_core::prelude::DataFrame;
use polars_io::{
    SerReader,
    parquet::{metadata::FileMetadataRef, read::ParquetReader},
};
use slices::Group;
use std::{io::Cursor, ops::Range};
use within::Sides;

/// An open Parquet file.
#[derive(Debug)]
pub(super) struct Parquet {
    content: Content,
    /// Where it is fetched from, if not all of it is here.
    parts: Option<Parts>,
    /// The columns of the file by their names in it.
    names: Vec<String>,
    leaves: Leaves,
    /// The row groups that are read.
    groups: Vec<Group>,
    geometry: Option<Declared>,
    /// The columns of the sides of its boxes.
    sides: Option<Sides>,
    /// The footer as Polars takes it.
    usual: FileMetadataRef,
    /// The same without Arrow's schema, and the columns that are read by it.
    plain: Option<(FileMetadataRef, Vec<usize>)>,
    /// Columns of floats of 16 bits, and of UUIDs.
    halves: Vec<usize>,
    uuids: Vec<usize>,
}

impl Parquet {
    /// Looks at the footer. What is worth telling of it is added to `lines`.
    ///
    /// # Errors
    /// When the file is cut off or damaged, or declares an unknown CRS.
    pub fn open(content: Content, parts: Option<Parts>, crs: Option<Crs>, lines: &mut Vec<String>) -> Result<Self> {
        const FOOTER: &str = "cannot read the footer of the Parquet file";
        /// Rows that are believed in any file, and for each of its bytes: what is the same in all rows takes next to nothing.
        const FEW: usize = 1 << 24;
        const PER_BYTE: usize = 1000;
        let bytes = content.as_ref();
        if bytes.starts_with(b"PARE") {
            bail!("the Parquet file is encrypted, which is not read");
        }
        if !bytes.starts_with(b"PAR1") {
            bail!("no Parquet file: it does not begin with PAR1");
        }
        if bytes.len() < 12 || !bytes.ends_with(b"PAR1") {
            bail!("the Parquet file is cut off: it does not end with PAR1");
        }
        let mut footer = end(bytes).and_then(footer::read).context(FOOTER)?;
        lines.append(&mut footer.lines);
        let usual = metadata(&footer.bytes).context(FOOTER)?;
        let plain = footer.plain.as_deref().map(|bytes| metadata(bytes).context(FOOTER)).transpose()?;
        let mut plain = plain.map(|metadata| (metadata, Vec::new()));
        let (names, fields, groups) = guarded(|| {
            let mut reader = with(&content, &usual);
            let mut fields = Vec::new();
            let schema = reader.schema()?;
            let other = match &plain {
                Some((metadata, _)) => Some(with(&content, metadata).schema()?),
                None => None,
            };
            for (at, field) in schema.iter_values().enumerate() {
                let odd = footer.columns.get(at).cloned().unwrap_or_default();
                // Parquet keeps milliseconds, Arrow's schema beside it says seconds, and Polars believes it.
                let seconds = matches!(field.dtype, ArrowDataType::Time32(TimeUnit::Second));
                let offset = has_odd(&field.dtype);
                fields.push(match (odd, &other, &mut plain) {
                    (Odd::Unknown(what), ..) => Field::left_out(&field.name, format!("it is {what}")),
                    (Odd::Half, _, plain) => {
                        plain.iter_mut().for_each(|(_, columns)| columns.push(at));
                        let why = "the file has floats of 16 bits there".into();
                        Field { why, ..Field::new(&field.name, &half::FIELD) }
                    }
                    (Odd::Uuid, _, plain) => {
                        plain.iter_mut().for_each(|(_, columns)| columns.push(at));
                        uuid::field(&field.name)
                    }
                    (_, Some(other), Some((_, columns))) if seconds || offset => {
                        columns.push(at);
                        let plain = other.get_at_index(at).map_or(field, |(_, field)| field);
                        Field::from_arrow(plain).told_of(&field.dtype)
                    }
                    _ => Field::from_arrow(field),
                });
            }
            let sizes = |at: usize| (usual.row_groups[at].num_rows(), usual.row_groups[at].total_byte_size());
            let groups = slices::groups((0..usual.row_groups.len()).map(sizes));
            let names: Vec<String> = schema.iter_names().map(ToString::to_string).collect();
            Ok((names, fields, groups))
        })
        .context(FOOTER)?;
        // Polars makes room for as many as are said.
        let (rows, most) = (groups.last().map_or(0, |last| last.first.saturating_add(last.rows)), bytes.len());
        if rows > FEW && rows / PER_BYTE > most {
            bail!("{FOOTER}: it says {rows} rows, which {most} bytes cannot hold");
        }
        let pairs = usual.key_value_metadata.as_deref().unwrap_or_default();
        let value = |key: &str| pairs.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
        let sides = value("geo").and_then(|geo| within::covering(&geo));
        let typed = footer.columns.iter().zip(&fields).find_map(|(odd, field)| match odd {
            Odd::Geometry(crs) => Some((field.name.as_str(), crs.as_deref())),
            _ => None,
        });
        let geometry = match (value("geo"), typed) {
            (Some(geo), _) => Some(geometry::declared(&geo, crs)?),
            (None, Some((name, said))) => Some(Declared::of_type(name, said, crs, value)?),
            (None, None) => None,
        };
        let all = |odd: &Odd| (0..footer.columns.len()).filter(|&at| footer.columns[at] == *odd).collect();
        let (halves, uuids) = (all(&Odd::Half), all(&Odd::Uuid));
        let plain = plain.filter(|(_, columns)| !columns.is_empty());
        let leaves = Leaves::of(fields)?;
        Ok(Self { content, parts, names, leaves, groups, geometry, sides, usual, plain, halves, uuids })
    }

    /// The way to a column by its name.
    fn path(&self, name: &str) -> Option<Vec<String>> {
        let (column, path) = self.leaves.origin(name)?;
        Some(std::iter::once(&self.names[column]).chain(path).cloned().collect())
    }

    /// Where these columns of the file lie in it.
    fn ranges(&self, columns: &[usize]) -> Result<Vec<Range<u64>>> {
        guarded(|| {
            let mut parts = Vec::new();
            for name in columns.iter().map(|&at| self.names[at].as_str()) {
                let groups = self.groups.iter().map(|group| &self.usual.row_groups[group.at]);
                for chunk in groups.filter_map(|group| group.columns_under_root_iter(name)).flatten() {
                    parts.push(chunk.byte_range());
                }
            }
            Ok(parts)
        })
    }

    /// Rows of these columns of the file.
    fn slice(&self, columns: &[usize], start: usize, rows: usize) -> Result<DataFrame> {
        let read = |metadata: &FileMetadataRef, columns: Vec<usize>| -> Result<DataFrame> {
            let reader = with(&self.content, metadata).with_projection(Some(columns));
            Ok(reader.with_slice(Some((start, rows))).finish()?)
        };
        let by_plain = |at: &&usize| self.plain.as_ref().is_some_and(|(_, plain)| plain.contains(at));
        let (plain, usual): (Vec<usize>, Vec<usize>) = columns.iter().partition(by_plain);
        let mut chunk = guarded(|| match &self.plain {
            Some((metadata, _)) if !plain.is_empty() => {
                let here = read(metadata, plain.clone())?;
                let there = if usual.is_empty() { DataFrame::empty() } else { read(&self.usual, usual.clone())? };
                let (mut here, mut there) = (here.columns().iter(), there.columns().iter());
                let parts = columns.iter().filter_map(|at| if plain.contains(at) { here.next() } else { there.next() });
                Ok(DataFrame::new(rows, parts.cloned().collect())?)
            }
            _ => read(&self.usual, usual.clone()),
        })
        .map_err(|error| match format!("{error:#}") {
            // Its reader of gzip stops at the end of the first member.
            text if text.contains("failed to fill whole buffer") => {
                anyhow!("a page is cut off, or packed as several members of gzip, which is not read here")
            }
            _ => error,
        })
        .with_context(|| format!("rows {start} to {} of the Parquet file", start + rows))?;
        for (place, at) in columns.iter().enumerate() {
            if self.halves.contains(at) {
                let values = half::of_bytes(&chunk.columns()[place])?;
                chunk.replace_column(place, values)?;
            }
            if self.uuids.contains(at) {
                let texts = uuid::of_bytes(&chunk.columns()[place])?;
                chunk.replace_column(place, texts)?;
            }
        }
        if chunk.height() != rows {
            bail!("the Parquet file is damaged: {} rows where its footer says {rows}", chunk.height());
        }
        Ok(chunk)
    }
}

/// The bytes of the footer.
fn end(bytes: &[u8]) -> Result<&[u8]> {
    let length = bytes[..bytes.len() - 4].last_chunk::<4>().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
    let end = bytes.len() - 8;
    let start = end.checked_sub(length).filter(|&start| start >= 4).context("it is longer than the file")?;
    Ok(&bytes[start..end])
}

/// A footer by itself as Polars reads it.
fn metadata(footer: &[u8]) -> Result<FileMetadataRef> {
    let bytes = [&b"PAR1"[..], footer].concat();
    guarded(|| Ok(ParquetReader::new(Cursor::new(bytes)).get_metadata()?.clone()))
}

fn with(content: &Content, metadata: &FileMetadataRef) -> ParquetReader<Cursor<Content>> {
    let mut reader = ParquetReader::new(Cursor::new(content.clone()));
    reader.set_metadata(metadata.clone());
    reader
}

impl Reader for Parquet {
    fn fields(&self) -> &[Field] {
        &self.leaves.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.groups.iter().map(|group| group.rows as u64).sum())
    }

    fn geometry(&self) -> Option<&Declared> {
        self.geometry.as_ref()
    }

    fn restrict(&mut self, area: Area, place: &Place, crs: Option<Crs>) {
        let declared = |name: &str| self.geometry.as_ref().is_some_and(|geometry| geometry.column == *name);
        let sides = match place {
            Place::Pair(x, y) => self.path(x).zip(self.path(y)).map(|(x, y)| [x.clone(), y.clone(), x, y]),
            Place::Geometry(name, _) if declared(name) => self.sides.clone(),
            _ => None,
        };
        let Some(sides) = sides.filter(|_| matches!(crs, None | Some(Crs::Degrees))) else { return };
        let (usual, area) = (self.usual.clone(), area.degrees());
        self.groups.retain(|group| guarded(|| Ok(within::may_meet(&usual, group.at, &sides, area))).unwrap_or(true));
    }

    fn told(&self) -> Vec<String> {
        let (read, all) = (self.groups.len(), self.usual.row_groups.len());
        let line = || format!("{} of {all} row groups lie outside of --bbox and are not looked at", all - read);
        (read < all).then(line).into_iter().collect()
    }

    fn bring(&mut self, wanted: &[(usize, Option<Kind>)], progress: &dyn Progress) -> Result<()> {
        let Some(parts) = &self.parts else { return Ok(()) };
        parts.bring(self.ranges(&self.leaves.columns(wanted))?, progress)
    }

    fn chunks(
        &mut self,
        wanted: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let columns = self.leaves.columns(wanted);
        if let Some(parts) = &self.parts {
            ensure!(parts.has(self.ranges(&columns)?), "a part of the Parquet file was not fetched");
        }
        for (start, rows) in slices::parts(&self.groups) {
            let chunk = self.slice(&columns, start, rows)?;
            self.content.let_go();
            each(self.leaves.chunk(chunk, &columns, wanted)?)?;
        }
        Ok(())
    }
}
