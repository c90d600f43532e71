//! CSV files: found out, looked at once, then read by Polars in pieces with types that are known to fit.
//!
//! No line and no value is lost silently: broken lines are counted and named by number, a column keeps its digits where a
//! number would lose them.

mod dialect;
mod scan;
mod split;

use super::{CsvOptions, Progress, content::Content, field::Field, guarded::guarded, reader::Reader};
use crate::kind::Kind;
use anyhow::{Context, Result, bail};
use dialect::Dialect;
use polars_core::prelude::{DataFrame, DataType, Schema};
use polars_io::csv::read::{_csv_read_internal::read_chunk, CsvParseOptions};
use rayon::prelude::*;
use scan::{Piece, Scan, is_blank, scan};
use split::{record, text};

/// An open CSV file.
#[derive(Debug)]
pub(super) struct Csv {
    content: Content,
    dialect: Dialect,
    scan: Scan,
    fields: Vec<Field>,
}

impl Csv {
    /// Finds out how the file is written and looks at every field.
    ///
    /// # Errors
    /// When it is no CSV with names in the first line, or damaged, or too many lines are broken.
    pub fn open(
        content: Content,
        options: &CsvOptions,
        lines: &mut Vec<String>,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let mut content = dialect::decoded(content, options, lines)?;
        let mut notes = Vec::new();
        let mut dialect = dialect::detect(content.as_ref(), options, &mut notes)?;
        progress.stage("look at lines", Some(content.as_ref().len() as u64));
        let mut found = scan(content.as_ref(), &dialect, &|done| progress.advance(done));
        if found.is_none() || std::str::from_utf8(&content.as_ref()[..dialect.body]).is_err() {
            content = dialect::from_windows(content, lines);
            notes.clear();
            dialect = dialect::detect(content.as_ref(), options, &mut notes)?;
            found = scan(content.as_ref(), &dialect, &|done| progress.advance(done));
        }
        lines.append(&mut notes);
        let scan = found.context("the file is no text of a known encoding; say --encoding")?;
        check(&scan, dialect.names.len(), lines)?;
        let fields = dialect.names.iter().zip(&scan.columns).map(|(name, seen)| {
            let (dtype, kind) = match seen.kind() {
                Some(kind) => (natural(kind), Ok(kind)),
                None => (DataType::Null, Err("it holds no values".into())),
            };
            Field { name: name.clone(), dtype, kind, note: seen.note(name) }
        });
        Ok(Self { fields: fields.collect(), content, dialect, scan })
    }

    /// The type Polars shall read a column as: its own where every field is plainly one, else text.
    fn dtype(&self, at: usize, wanted: Option<Kind>) -> DataType {
        let seen = &self.scan.columns[at];
        if seen.padded || seen.missing > 0 {
            return DataType::String;
        }
        match (seen.kind(), wanted) {
            (Some(Kind::I32), Some(Kind::I32)) => DataType::Int32,
            (Some(Kind::I32 | Kind::I64), Some(Kind::I64)) => DataType::Int64,
            (Some(Kind::I32 | Kind::I64), Some(Kind::F64) | None) => DataType::Float64,
            (Some(Kind::F64), Some(Kind::F64) | None) if !self.dialect.decimal_comma => DataType::Float64,
            _ => DataType::String,
        }
    }

    /// The rows of a piece.
    fn read(
        &self,
        piece: &Piece,
        options: &CsvParseOptions,
        schema: &Schema,
        projection: &[usize],
    ) -> Result<DataFrame> {
        let tidy = piece.untidy.then(|| self.tidy(piece));
        let bytes = tidy.as_deref().unwrap_or(&self.content.as_ref()[piece.span.clone()]);
        let (end, rows) = (bytes.len(), piece.rows);
        let frame = guarded(|| {
            Ok(read_chunk(bytes, options, schema, false, projection, 0, rows, None, usize::MAX, end, Some(0))?)
        })?;
        if frame.height() != rows {
            bail!("{} rows were read where {rows} were seen; the quotes of the file are damaged", frame.height());
        }
        Ok(frame)
    }

    /// A piece as Polars shall see it: as it is, or written anew without what is broken.
    fn tidy(&self, piece: &Piece) -> Vec<u8> {
        let bytes = self.content.as_ref();
        let (delimiter, width) = (self.dialect.delimiter, self.dialect.names.len());
        let mut out = Vec::with_capacity(piece.span.len());
        let mut fields = Vec::with_capacity(width);
        let mut at = piece.span.start;
        while at < piece.span.end {
            fields.clear();
            at = record(bytes, at, delimiter, |_, raw| fields.push(raw)).next;
            if is_blank(&fields) || fields.len() > width {
                continue;
            }
            for number in 0..width {
                if number > 0 {
                    out.push(delimiter);
                }
                match fields.get(number) {
                    Some(raw) if raw.quoted || raw.odd => {
                        out.push(b'"');
                        out.extend(text(*raw).replace('"', "\"\"").into_bytes());
                        out.push(b'"');
                    }
                    Some(raw) => out.extend_from_slice(raw.bytes),
                    None => {}
                }
            }
            out.push(b'\n');
        }
        out
    }
}

impl Reader for Csv {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn rows(&self) -> Option<u64> {
        Some(self.scan.rows)
    }

    fn left_out(&self) -> u64 {
        self.scan.long.count
    }

    fn chunks(
        &mut self,
        columns: &[(usize, Option<Kind>)],
        each: &mut dyn FnMut(DataFrame) -> Result<()>,
    ) -> Result<()> {
        let mut projection: Vec<usize> = columns.iter().map(|column| column.0).collect();
        projection.sort_unstable();
        let schema: Schema = (0..self.fields.len())
            .map(|at| {
                let wanted = columns.iter().find(|column| column.0 == at).and_then(|column| column.1);
                (self.fields[at].name.as_str().into(), self.dtype(at, wanted))
            })
            .collect();
        let options = CsvParseOptions::default().with_separator(self.dialect.delimiter);
        // A few pieces at a time: enough for all threads, little memory.
        let few = 2 * rayon::current_num_threads();
        self.content.let_go();
        for first in (0..self.scan.pieces.len()).step_by(few) {
            let pieces = self.scan.pieces.iter().skip(first).take(few);
            let pieces: Vec<&Piece> = pieces.filter(|piece| piece.rows > 0).collect();
            let read = |piece: &&Piece| self.read(piece, &options, &schema, &projection);
            let frames: Vec<DataFrame> = pieces.par_iter().map(read).collect::<Result<_>>()?;
            self.content.let_go();
            frames.into_iter().try_for_each(&mut *each)?;
        }
        Ok(())
    }
}

/// The type a column has in messages.
fn natural(kind: Kind) -> DataType {
    match kind {
        Kind::I32 => DataType::Int32,
        Kind::I64 => DataType::Int64,
        Kind::F32 | Kind::F64 => DataType::Float64,
        Kind::Bool => DataType::Boolean,
        Kind::Text | Kind::Time => DataType::String,
    }
}

/// Says which lines are broken; too many are an error.
fn check(scan: &Scan, width: usize, lines: &mut Vec<String>) -> Result<()> {
    if let Some(line) = scan.open {
        bail!("the quote that opens in line {line} is never closed");
    }
    if let Some((line, fields)) = scan.long.first {
        let count = scan.long.count;
        let all = scan.rows + count;
        let what = format!("line {line} has {fields} fields, expected {width}");
        if count * 10 > all {
            bail!("{what}; {count} of {all} lines have too many: is the delimiter right? (--delimiter)");
        }
        lines.push(format!("{count} of {all} lines have too many fields and are left out: {what}"));
    }
    if let Some((line, fields)) = scan.short.first {
        let count = scan.short.count;
        lines.push(format!(
            "{count} of {} lines have too few fields; what they lack is taken as no value: line {line} has {fields} \
             fields, expected {width}",
            scan.rows
        ));
    }
    Ok(())
}
