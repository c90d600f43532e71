//! Where the messages of an Arrow file or stream stand, and what its columns are called.
//!
//! What enters is bytes; what leaves is the schema as Polars takes it, with names that differ, the names as they are told, and
//! dictionaries and batches in the order in which they are read.

use super::flat::Table;
use crate::read::{content, half, layout::MOST_COLUMNS, names::distinct};
use anyhow::{Context, Result, bail};
use polars_arrow::io::ipc::read::{self, FileMetadata};
use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::Arc,
};

/// What an Arrow file begins with.
const MARK: &[u8] = b"ARROW1";
/// What stands before the length of a message.
const CONTINUED: [u8; 4] = [0xff; 4];

/// Numbers of the kinds of messages.
const DICTIONARY: u8 = 2;
const BATCH: u8 = 3;

/// A message with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Where it begins.
    pub start: usize,
    /// Bytes before its data.
    pub head: usize,
    /// Bytes of its data.
    pub body: usize,
    pub what: What,
}

/// What a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Values that other messages name by number; more of them for a dictionary that is there, where it says so at this place.
    Dictionary { id: i64, more: Option<usize> },
    /// So many rows.
    Batch { rows: u64 },
}

/// What is known before any data is read.
#[derive(Debug)]
pub(super) struct Plan {
    /// Of a file; of a stream the same, made of its messages.
    pub metadata: FileMetadata,
    pub columns: Columns,
    pub messages: Vec<Message>,
}

/// What of the columns Polars cannot be told.
#[derive(Debug)]
pub(super) struct Columns {
    /// Their names, none twice.
    pub names: Vec<String>,
    /// Of decimals of 256 bits, how they are written. Polars gets them as bytes.
    pub decimals: Vec<Option<half::Wide>>,
}

/// Looks through an Arrow file or stream. What is worth telling is added to `lines`.
///
/// # Errors
/// When it is cut off or damaged, or has a column of a type that is not read.
pub(super) fn plan(bytes: &[u8], lines: &mut Vec<String>) -> Result<Plan> {
    if bytes.starts_with(MARK) { of_file(bytes, lines) } else { of_stream(bytes, lines) }
}

fn of_file(bytes: &[u8], lines: &mut Vec<String>) -> Result<Plan> {
    // The footer, its length, the mark again.
    let end = bytes.len().checked_sub(4 + MARK.len()).filter(|_| bytes.ends_with(MARK));
    let end = end.context("it does not end with ARROW1, so it is cut off")?;
    let length = bytes[end..].first_chunk::<4>().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
    let start = end.checked_sub(length).context("its footer is longer than the file")?;
    let mut footer = bytes[start..end].to_vec();
    let columns = columns(&mut footer, |footer| footer.table(1), lines)?;
    let metadata = read::deserialize_footer(&footer, bytes.len() as u64)?;
    let mut messages = Vec::new();
    for block in metadata.dictionaries.iter().flatten().chain(&metadata.blocks) {
        let start = usize::try_from(block.offset)?;
        messages.push(message(bytes, start)?.context("a message of it is not where its footer says")?);
    }
    Ok(Plan { metadata, columns, messages })
}

fn of_stream(bytes: &[u8], lines: &mut Vec<String>) -> Result<Plan> {
    let (head, length) = length(bytes, 0)?.context("it is cut off, or holds nothing")?;
    let mut schema = bytes[..head + length].to_vec();
    let columns = columns(&mut schema[head..], |message| message.table(2), lines)?;
    let told = read::read_stream_metadata(&mut &schema[..])?;
    let mut messages = Vec::new();
    let mut at = head + length;
    while let Some(next) = message(bytes, at)? {
        messages.push(next);
        at = next.start + next.head + next.body;
    }
    let metadata = FileMetadata {
        schema: Arc::new(told.schema),
        custom_schema_metadata: None,
        custom_metadata: None,
        ipc_schema: told.ipc_schema,
        blocks: Vec::new(),
        dictionaries: None,
        size: bytes.len() as u64,
    };
    Ok(Plan { metadata, columns, messages })
}

/// The bytes before a message and its own; `None` where there is none any more.
fn length(bytes: &[u8], at: usize) -> Result<Option<(usize, usize)>> {
    // A stream may end without saying so.
    let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= 4) else { return Ok(None) };
    let head = if rest.starts_with(&CONTINUED) { 8 } else { 4 };
    let length = rest.get(head - 4..head).and_then(|length| length.first_chunk::<4>());
    let length = i32::from_le_bytes(*length.context("it is cut off before a message")?);
    let length = usize::try_from(length).context("a message of it has no length")?;
    if length > rest.len() - head {
        bail!("it is cut off in a message");
    }
    Ok((length > 0).then_some((head, length)))
}

/// The message that begins at a place; `None` where there is none any more.
fn message(bytes: &[u8], start: usize) -> Result<Option<Message>> {
    let Some((head, length)) = length(bytes, start)? else { return Ok(None) };
    let table = Table::root(&bytes[start + head..start + head + length]);
    let table = table.context("a message of it is damaged")?;
    let inner = table.table(2).context("a message of it is damaged")?;
    let what = match table.byte(1) {
        DICTIONARY => {
            let more = inner.place(2).filter(|_| inner.byte(2) != 0).map(|at| head + at);
            What::Dictionary { id: inner.long(0), more }
        }
        BATCH => What::Batch { rows: u64::try_from(inner.long(0)).context("a batch of it has no rows")? },
        _ => bail!("a message of it is of a kind that is not read"),
    };
    let body = usize::try_from(table.long(3)).context("a message of it has no length")?;
    if body > bytes.len() - start - head - length {
        bail!("it is cut off in the data of a message");
    }
    Ok(Some(Message { start, head: head + length, body, what }))
}

/// Refuses a message of which a buffer lies elsewhere than in its data, or says that it unpacks to more than data does: Polars makes
/// room for as much as a buffer says.
///
/// # Errors
/// When it is one.
pub(super) fn check(bytes: &[u8], message: &Message) -> Result<()> {
    let Message { start, head, body, what } = *message;
    let length = length(bytes, start)?.context("a message of it is damaged")?.1;
    let table = Table::root(&bytes[start + head - length..start + head]).and_then(|table| table.table(2));
    let batch = match what {
        What::Dictionary { .. } => table.and_then(|table| table.table(1)),
        What::Batch { .. } => table,
    };
    let batch = batch.context("a message of it is damaged")?;
    let data = &bytes[start + head..][..body];
    let packed = batch.table(3).is_some();
    let mut unpacked = 0usize;
    for [offset, length] in batch.pairs(2).into_iter().filter(|&[_, length]| length != 0) {
        let span = usize::try_from(offset).ok().zip(usize::try_from(length).ok());
        let buffer = span.and_then(|(offset, length)| data.get(offset..)?.get(..length));
        let buffer = buffer.context("a buffer of it lies beyond its data")?;
        if let Some(said) = buffer.first_chunk().filter(|_| packed) {
            // What is not packed has -1 there.
            unpacked = unpacked.saturating_add(usize::try_from(i64::from_le_bytes(*said)).unwrap_or(0));
        }
    }
    content::check(unpacked, body, "data")
}

/// The columns of a schema, which is made such that Polars reads it. Over a name that is there twice other letters are written,
/// as many: Polars keeps columns by their names.
fn columns(
    bytes: &mut [u8],
    schema: impl Fn(Table<'_>) -> Option<Table<'_>>,
    lines: &mut Vec<String>,
) -> Result<Columns> {
    let fields = Table::root(bytes).and_then(schema).map_or(Vec::new(), |schema| schema.tables(1));
    if fields.len() > MOST_COLUMNS {
        bail!("it has {} columns, expected {MOST_COLUMNS} at most", fields.len());
    }
    let spans: Vec<_> = fields.iter().map(|field| field.text(0).unwrap_or(0..0)).collect();
    for (field, span) in fields.iter().zip(&spans) {
        if let Some(what) = unread(*field, 0) {
            bail!("column {:?} is {what}, which is not read", String::from_utf8_lossy(&bytes[span.clone()]));
        }
    }
    let wide: Vec<Option<Wide>> = fields.iter().map(|field| Wide::of(*field)).collect();
    let names: Vec<String> = spans.iter().map(|span| String::from_utf8_lossy(&bytes[span.clone()]).into()).collect();
    let told = distinct(names.clone(), lines);
    for (span, free) in instead(&names, &spans)? {
        bytes[span].copy_from_slice(free.as_bytes());
    }
    for wide in wide.iter().flatten() {
        bytes[wide.kind] = FIXED;
        bytes[wide.precision..wide.precision + 4].copy_from_slice(&32i32.to_le_bytes());
    }
    Ok(Columns { names: told, decimals: wide.into_iter().map(|wide| wide.map(|wide| wide.how)).collect() })
}

/// What is written over names that are there already.
fn instead(names: &[String], spans: &[Range<usize>]) -> Result<Vec<(Range<usize>, String)>> {
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut seen: HashSet<&str> = HashSet::with_capacity(names.len());
    // Letters are counted on from the last of that length: what was tried is not tried again.
    let mut next: HashMap<usize, u32> = HashMap::new();
    let mut written = Vec::new();
    for (name, span) in names.iter().zip(spans).filter(|(name, _)| !seen.insert(name.as_str())) {
        let number = next.entry(span.len()).or_insert(0);
        let mut tried = (*number..100_000).map(|number| (number, spelled(number, span.len())));
        let free = tried.find(|(_, free)| !taken.contains(free));
        let (last, free) = free.with_context(|| format!("two columns are called {name:?}"))?;
        *number = last + 1;
        taken.insert(free.clone());
        written.push((span.clone(), free));
    }
    Ok(written)
}

/// Numbers of types.
const DECIMAL: u8 = 7;
const FIXED: u8 = 15;

/// A column of decimals of 256 bits: where its type stands, and where its precision, which is a width in bytes for bytes of one
/// length.
struct Wide {
    kind: usize,
    precision: usize,
    how: half::Wide,
}

impl Wide {
    fn of(field: Table<'_>) -> Option<Self> {
        let about = field.table(3).filter(|about| field.byte(2) == DECIMAL && about.int(2) == 256)?;
        // Dictionaries of them stay what they are.
        field.table(4).is_none().then_some(())?;
        let precision = about.place(0).filter(|_| about.int(0) > 0)?;
        let how = half::Wide { precision: about.int(0), scale: about.int(1) };
        Some(Self { kind: field.place(2)?, precision, how })
    }
}

/// A number in so many letters.
fn spelled(mut number: u32, length: usize) -> String {
    let letter = |_| {
        let letter = char::from(b'!' + (number % 94) as u8);
        number /= 94;
        letter
    };
    (0..length).map(letter).collect()
}

/// What a column is that Polars gives up on.
fn unread(field: Table<'_>, depth: usize) -> Option<&'static str> {
    match field.byte(2) {
        22 => Some("run-end encoded"),
        25 | 26 => Some("a list view"),
        _ if depth > 60 => Some("nested too deep"),
        _ => field.tables(5).into_iter().find_map(|inner| unread(inner, depth + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_equal_names_as_there_may_be_columns_become_others() {
        let names = vec!["same".to_owned(); MOST_COLUMNS];
        let spans: Vec<_> = (0..names.len()).map(|at| 4 * at..4 * at + 4).collect();
        let written = instead(&names, &spans).expect("there are letters");
        let others: HashSet<&String> = written.iter().map(|(_, name)| name).collect();
        assert_eq!((written.len(), others.len()), (MOST_COLUMNS - 1, MOST_COLUMNS - 1));
        assert!(written.iter().all(|(span, name)| name.len() == 4 && name != "same" && span.start > 0));
        // There are 94 names of one letter.
        let spans = vec![0..1; 96];
        let error = instead(&vec!["a".to_owned(); 96], &spans).expect_err("no letter is left").to_string();
        assert!(error.contains("two columns are called \"a\""), "{error}");
        assert_eq!(instead(&vec!["a".to_owned(); 94], &spans).expect("all letters").len(), 93);
    }
}
