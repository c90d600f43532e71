//! One look at every field of a CSV file, in parallel, before anything is read: what each column can be, which lines are
//! broken, where the pieces begin that are read on their own.
//!
//! Types are therefore decided by all values, not by a sample: reading cannot fail on a late one.

use super::{
    dialect::Dialect,
    split::{Raw, record},
};
use crate::kind::Kind;
use crate::read::values::{Class, classify};
use rayon::prelude::*;
use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
};

/// Bytes of a piece.
const PIECE: usize = 4 << 20;

/// A run of whole records.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub span: Range<usize>,
    /// Records that are rows.
    pub rows: usize,
    /// Whether it must be written anew before it is read: broken or blank lines, or odd quotes.
    pub untidy: bool,
    lines: u64,
    short: Broken,
    long: Broken,
    columns: Vec<Seen>,
    open: Option<u64>,
}

/// Lines with a wrong number of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Broken {
    pub count: u64,
    /// The first of them, and how many fields it has.
    pub first: Option<(u64, usize)>,
}

/// What the fields of a column are.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub missing: u64,
    integers: u64,
    digits: u64,
    floats: u64,
    booleans: u64,
    times: u64,
    texts: u64,
    range: (i64, i64),
    /// Whether some field must be tidied before it is a number: blanks around it, or a plus sign.
    pub padded: bool,
    /// Line and text of the first field that is only text.
    first_text: Option<(u64, String)>,
    first_digits: Option<String>,
}

/// What is known of a whole file.
#[derive(Debug)]
pub(super) struct Scan {
    pub pieces: Vec<Piece>,
    pub columns: Vec<Seen>,
    pub rows: u64,
    pub short: Broken,
    pub long: Broken,
    /// The line of a quote that is never closed.
    pub open: Option<u64>,
}

/// Looks at all records after the first. `None` if the bytes are not UTF-8.
pub(super) fn scan(bytes: &[u8], dialect: &Dialect, advance: &(dyn Fn(u64) + Sync)) -> Option<Scan> {
    let spans = spans(bytes, dialect.body);
    let done = AtomicU64::new(0);
    let look = |span: &Range<usize>| {
        std::str::from_utf8(&bytes[span.clone()]).ok()?;
        let piece = piece(bytes, span.clone(), dialect);
        advance(done.fetch_add(span.len() as u64, Ordering::Relaxed) + span.len() as u64);
        Some(piece)
    };
    let mut pieces: Vec<Piece> = spans.par_iter().map(look).collect::<Option<_>>()?;
    // Quotes inside fields can mislead the search for beginnings: then go through from the top.
    if pieces.iter().zip(&spans).any(|(piece, span)| piece.span.end != span.end) {
        pieces = in_turn(bytes, dialect);
    }
    Some(merge(pieces, dialect))
}

fn in_turn(bytes: &[u8], dialect: &Dialect) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut start = dialect.body;
    while start < bytes.len() {
        let piece = piece(bytes, start..bytes.len().min(start + PIECE), dialect);
        start = piece.span.end;
        pieces.push(piece);
    }
    pieces
}

/// Spans that begin after a line feed outside of quotes, going by the number of quotes before.
fn spans(bytes: &[u8], body: usize) -> Vec<Range<usize>> {
    let nominal: Vec<usize> = (body..bytes.len()).step_by(PIECE).collect();
    let quotes = |&start: &usize| {
        let chunk = &bytes[start..bytes.len().min(start + PIECE)];
        chunk.iter().map(|&byte| usize::from(byte == b'"')).sum()
    };
    let quotes: Vec<usize> = nominal.par_iter().map(quotes).collect();
    let mut starts = vec![body];
    let mut before = 0;
    for (&at, count) in nominal.iter().skip(1).zip(quotes) {
        before += count;
        let mut inside = before % 2 == 1;
        let feed = bytes[at..].iter().position(|&byte| {
            inside ^= byte == b'"';
            byte == b'\n' && !inside
        });
        let start = feed.map_or(bytes.len(), |feed| at + feed + 1);
        if starts.last().is_none_or(|&last| start > last) {
            starts.push(start);
        }
    }
    starts.push(bytes.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).filter(|span| !span.is_empty()).collect()
}

fn piece(bytes: &[u8], span: Range<usize>, dialect: &Dialect) -> Piece {
    let width = dialect.names.len();
    let mut piece = Piece {
        span: span.clone(),
        rows: 0,
        untidy: false,
        lines: 0,
        short: Broken::default(),
        long: Broken::default(),
        columns: vec![Seen::new(); width],
        open: None,
    };
    let mut fields: Vec<Raw<'_>> = Vec::with_capacity(width);
    let mut at = span.start;
    while at < span.end {
        fields.clear();
        let end = record(bytes, at, dialect.delimiter, |_, raw| fields.push(raw));
        let line = piece.lines;
        piece.lines += end.lines;
        at = end.next;
        if end.open {
            piece.open = Some(line);
        }
        if is_blank(&fields) {
            piece.untidy = true;
            continue;
        }
        if fields.len() > width {
            piece.long.add(line, fields.len());
            piece.untidy = true;
            continue;
        }
        if fields.len() < width {
            piece.short.add(line, fields.len());
            piece.untidy = true;
        }
        piece.rows += 1;
        for (raw, seen) in fields.iter().zip(&mut piece.columns) {
            piece.untidy |= raw.odd;
            seen.add(*raw, line, dialect.decimal_comma);
        }
    }
    // Without a last line feed Polars could miss an empty last field.
    piece.untidy |= !bytes[..at].ends_with(b"\n");
    piece.span.end = at;
    piece
}

/// Whether a record is a line with nothing on it.
pub(super) fn is_blank(fields: &[Raw<'_>]) -> bool {
    matches!(fields, [only] if !only.quoted && only.bytes.trim_ascii().is_empty())
}

fn merge(pieces: Vec<Piece>, dialect: &Dialect) -> Scan {
    let mut scan = Scan {
        pieces: Vec::new(),
        columns: vec![Seen::new(); dialect.names.len()],
        rows: 0,
        short: Broken::default(),
        long: Broken::default(),
        open: None,
    };
    let mut line = dialect.header_lines + 1;
    for mut piece in pieces {
        scan.rows += piece.rows as u64;
        scan.short.merge(piece.short, line);
        scan.long.merge(piece.long, line);
        scan.open = scan.open.or(piece.open.map(|open| open + line));
        for (all, part) in scan.columns.iter_mut().zip(std::mem::take(&mut piece.columns)) {
            all.merge(part, line);
        }
        line += piece.lines;
        scan.pieces.push(piece);
    }
    scan
}

impl Broken {
    fn add(&mut self, line: u64, fields: usize) {
        self.count += 1;
        self.first.get_or_insert((line, fields));
    }

    fn merge(&mut self, part: Self, line: u64) {
        self.count += part.count;
        self.first = self.first.or(part.first.map(|(at, fields)| (at + line, fields)));
    }
}

impl Seen {
    fn new() -> Self {
        Self {
            missing: 0,
            integers: 0,
            digits: 0,
            floats: 0,
            booleans: 0,
            times: 0,
            texts: 0,
            range: (i64::MAX, i64::MIN),
            padded: false,
            first_text: None,
            first_digits: None,
        }
    }

    fn add(&mut self, raw: Raw<'_>, line: u64, decimal_comma: bool) {
        let field = raw.bytes.trim_ascii();
        let class = classify(field, decimal_comma);
        self.padded |= class != Class::Text && (field.len() != raw.bytes.len() || field.first() == Some(&b'+'));
        match class {
            Class::Empty => {}
            Class::Missing => self.missing += 1,
            Class::Integer(value) => {
                self.integers += 1;
                self.range = (self.range.0.min(value), self.range.1.max(value));
            }
            Class::Digits => {
                self.digits += 1;
                self.first_digits.get_or_insert_with(|| shown(field));
            }
            Class::Float => self.floats += 1,
            Class::Boolean => self.booleans += 1,
            Class::Time => self.times += 1,
            Class::Text => {
                self.texts += 1;
                self.first_text.get_or_insert_with(|| (line, shown(field)));
            }
        }
    }

    fn merge(&mut self, part: Self, line: u64) {
        self.missing += part.missing;
        self.integers += part.integers;
        self.digits += part.digits;
        self.floats += part.floats;
        self.booleans += part.booleans;
        self.times += part.times;
        self.texts += part.texts;
        self.range = (self.range.0.min(part.range.0), self.range.1.max(part.range.1));
        self.padded |= part.padded;
        self.first_text = self.first_text.take().or(part.first_text.map(|(at, text)| (at + line, text)));
        self.first_digits = self.first_digits.take().or(part.first_digits);
    }

    fn values(&self) -> u64 {
        self.integers + self.digits + self.floats + self.booleans + self.times + self.texts
    }

    /// The narrowest type that keeps every value; `None` where there is none.
    pub fn kind(&self) -> Option<Kind> {
        let all = self.values();
        let (min, max) = self.range;
        let exact = -duotile_core::MAX_EXACT..=duotile_core::MAX_EXACT;
        Some(match () {
            () if all == 0 => return None,
            () if self.integers == all && min >= i32::MIN.into() && max <= i32::MAX.into() => Kind::I32,
            () if self.integers == all => Kind::I64,
            () if self.floats == all => Kind::F64,
            () if self.integers + self.floats == all && exact.contains(&min) && exact.contains(&max) => Kind::F64,
            () if self.booleans == all => Kind::Bool,
            () if self.times == all => Kind::Time,
            () => Kind::Text,
        })
    }

    /// What a reader should know of how the type came about.
    pub fn note(&self, name: &str) -> Option<String> {
        let all = self.values();
        let kind = self.kind()?;
        if kind != Kind::Text {
            let missing = self.missing;
            return (missing > 0)
                .then(|| format!("column {name:?}: {missing} fields such as NA are taken as no value"));
        }
        let numbers = self.integers + self.floats + self.digits;
        let (what, count) = if numbers > self.times { ("numbers", numbers) } else { ("times", self.times) };
        match (&self.first_text, &self.first_digits) {
            (Some((line, text)), _) if count * 10 >= all * 9 => Some(format!(
                "column {name:?} is text: line {line} has {text:?}, though {count} of its {all} values are {what}"
            )),
            (None, Some(digits)) => {
                Some(format!("column {name:?} stays text, to keep digits such as {digits:?} as they are"))
            }
            _ => None,
        }
    }
}

fn shown(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(40).collect()
}
