//! The table beside the shapes (.dbf): its columns, and their values row by row.
//!
//! Numbers are texts there. A piece in which all of a column's are of its type has numbers; of one in which some are not, all are
//! given as texts, so that what does not fit is counted and shown where texts become values.

use super::letters::Letters;
use crate::{
    kind::Kind,
    read::{Options, content::Content, field::Field},
};
use anyhow::{Context as _, Result, bail};
use polars_core::prelude::{Column, DataType, NamedFrom as _, Series};
use std::ops::Range;

/// An open table.
#[derive(Debug)]
pub(super) struct Table {
    content: Content,
    pub fields: Vec<Field>,
    places: Vec<Range<usize>>,
    types: Vec<Type>,
    pub letters: Letters,
    start: usize,
    width: usize,
    rows: usize,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Integer,
    Float,
    Boolean,
    Date,
    /// Four bytes.
    Binary,
    /// Eight bytes.
    Double,
    Other,
}

impl Table {
    /// Reads the head. What is worth telling is added to `lines`.
    ///
    /// # Errors
    /// When it is damaged, or the table is cut off.
    pub fn open(content: &Content, cpg: Option<&str>, options: &Options, lines: &mut Vec<String>) -> Result<Self> {
        let bytes = content.as_ref();
        let head = bytes.first_chunk::<32>().context("the .dbf file is cut off")?;
        let word = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let rows = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let (start, width) = (word(8), word(10));
        let letters = Letters::new(options.csv.encoding.as_deref(), cpg, head[29], lines)?;
        let mut table = Self {
            fields: Vec::new(),
            places: Vec::new(),
            types: Vec::new(),
            letters,
            start,
            width,
            rows,
            content: content.clone(),
        };
        let heads = bytes.get(32..start).context("the head of the .dbf file is damaged or cut off")?;
        let mut at = 1;
        for head in heads.chunks_exact(32).take_while(|head| head[0] != 0x0d) {
            at = table.column(head, at);
        }
        if at > width {
            bail!("the head of the .dbf file is damaged: its columns take {at} bytes, its rows have {width}");
        }
        let there = (bytes.len() - start.min(bytes.len())) / width.max(1);
        if there < rows {
            bail!("the .dbf file is cut off: its head says {rows} rows, it holds {there}");
        }
        Ok(table)
    }

    /// Adds the column of a head that begins at a byte of each row; gives the byte after it.
    fn column(&mut self, head: &[u8], at: usize) -> usize {
        let name = head[..11].split(|&byte| byte == 0).next().unwrap_or_default();
        let name = self.letters.text(name.trim_ascii()).into_owned();
        let (kind, mut length, decimals) = (head[11], usize::from(head[16]), usize::from(head[17]));
        // Long texts have the rest of their length where numbers have their decimals.
        if kind == b'C' {
            length += decimals << 8;
        }
        let (of, dtype) = match (kind, length) {
            (b'C', _) => (Type::Text, DataType::String),
            (b'N' | b'F', 1..10) if decimals == 0 => (Type::Integer, DataType::Int32),
            (b'N' | b'F', 10..19) if decimals == 0 => (Type::Integer, DataType::Int64),
            (b'N' | b'F', _) => (Type::Float, DataType::Float64),
            (b'L', _) => (Type::Boolean, DataType::Boolean),
            (b'D', _) => (Type::Date, DataType::String),
            (b'I' | b'+', 4) => (Type::Binary, DataType::Int32),
            (b'O' | b'B', 8) => (Type::Double, DataType::Float64),
            _ => (Type::Other, DataType::Binary),
        };
        let field = match of {
            Type::Date => {
                Field { why: "the file has dates there".into(), ..Field::plain(&name, dtype, Ok(Kind::Time)) }
            }
            Type::Other if kind == b'M' => {
                Field::left_out(&name, "its texts are in another file (.dbt), which is not read".into())
            }
            Type::Other => Field::left_out(&name, format!("type {:?} of .dbf files is not read", char::from(kind))),
            _ => Field::new(&name, &dtype),
        };
        // What marks the empty values of other columns is none itself.
        if kind != b'0' {
            self.fields.push(field);
            self.places.push(at..at + length);
            self.types.push(of);
        }
        at + length
    }

    /// How many rows there are, with those that are marked as deleted.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Whether a row is marked as deleted.
    pub fn is_deleted(&self, row: usize) -> bool {
        self.row(row).and_then(|row| row.first()) == Some(&b'*')
    }

    fn row(&self, row: usize) -> Option<&[u8]> {
        if row >= self.rows {
            return None;
        }
        let start = self.start + row * self.width;
        self.content.as_ref().get(start..start + self.width)
    }

    /// Lets go of what was looked at.
    pub fn let_go(&mut self) {
        self.content.let_go();
    }

    /// The values of a column in some rows; rows beyond the table have none.
    pub fn values(&self, column: usize, rows: &[usize]) -> Column {
        let (name, place) = (self.fields[column].name.as_str().into(), &self.places[column]);
        let fields = || rows.iter().map(|&row| self.row(row).and_then(|row| row.get(place.clone())));
        let written = || fields().map(|field| field.and_then(written));
        let series = match self.types[column] {
            Type::Integer => all(written(), number::<i64>).map(|values| Series::new(name, values)),
            Type::Float => all(written(), number::<f64>).map(|values| Series::new(name, values)),
            Type::Boolean => all(written(), boolean).map(|values| Series::new(name, values)),
            Type::Date => all(written(), date).map(|values| Series::new(name, values)),
            Type::Binary => all(fields(), |field| Ok(field.first_chunk().map(|four| i32::from_le_bytes(*four))))
                .map(|values| Series::new(name, values)),
            Type::Double => all(fields(), |field| Ok(field.first_chunk().map(|eight| f64::from_le_bytes(*eight))))
                .map(|values| Series::new(name, values)),
            Type::Text | Type::Other => None,
        };
        let series = series.and_then(|series| match &self.fields[column].dtype {
            DataType::Int32 => series.cast(&DataType::Int32).ok(),
            _ => Some(series),
        });
        let texts = || {
            let texts = fields().map(|field| field.map(trimmed).filter(|text| !text.is_empty()));
            let texts: Vec<_> = texts.map(|text| text.map(|text| self.letters.text(text))).collect();
            Series::new(self.fields[column].name.as_str().into(), texts)
        };
        series.unwrap_or_else(texts).into()
    }
}

/// A value that is none of its column's type.
struct Misfit;

/// A value, or none.
type Read<T> = Result<Option<T>, Misfit>;

/// All values of a column, unless one cannot be read. Those that are not there are none.
fn all<'b, T>(
    fields: impl Iterator<Item = Option<&'b [u8]>>,
    read: impl Fn(&'b [u8]) -> Read<T>,
) -> Option<Vec<Option<T>>> {
    fields.map(|field| field.map_or(Ok(None), &read)).collect::<Result<_, _>>().ok()
}

/// A field without what fills it up behind.
fn trimmed(field: &[u8]) -> &[u8] {
    let end = field.iter().rposition(|&byte| byte != b' ' && byte != 0).map_or(0, |at| at + 1);
    &field[..end]
}

/// What is written in a field of numbers, truth values or dates; `None` for nothing. Stars stand for what was too long.
fn written(field: &[u8]) -> Option<&[u8]> {
    let field = trimmed(field).trim_ascii();
    (!field.is_empty() && !field.iter().all(|&byte| byte == b'*')).then_some(field)
}

fn number<T: std::str::FromStr>(field: &[u8]) -> Read<T> {
    std::str::from_utf8(field).ok().and_then(|text| text.parse().ok()).map(Some).ok_or(Misfit)
}

fn boolean(field: &[u8]) -> Read<bool> {
    match field {
        [b'T' | b't' | b'Y' | b'y'] => Ok(Some(true)),
        [b'F' | b'f' | b'N' | b'n'] => Ok(Some(false)),
        [b'?'] => Ok(None),
        _ => Err(Misfit),
    }
}

/// `20240229` as `2024-02-29`.
fn date(field: &[u8]) -> Read<String> {
    let digits = std::str::from_utf8(field).ok().filter(|_| field.len() == 8 && field.iter().all(u8::is_ascii_digit));
    let digits = digits.ok_or(Misfit)?;
    Ok((digits != "00000000").then(|| format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])))
}
