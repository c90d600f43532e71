//! One look at every field of a CSV file, in parallel, before anything is read: what each column can be, which lines are
//! broken, where the pieces begin that are read on their own.
//!
//! Types are therefore decided by all values, not by a sample: reading cannot fail on a late one.

use super::{
    dialect::Dialect,
    fields::{Fields, next},
    seen::{Look, Seen},
    split::{Cut, Raw},
};
use rayon::prelude::*;
use std::ops::Range;

/// Bytes of a piece.
const PIECE: usize = 4 << 20;

/// Bytes that a record of a table may have.
const LONGEST: usize = 256 << 20;

/// A run of whole records.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub span: Range<usize>,
    /// Records that are rows.
    pub rows: usize,
    /// Whether it must be written anew before it is read: broken or blank lines, odd quotes, or lines that end with a carriage
    /// return only.
    pub untidy: bool,
    lines: u64,
    returns: u64,
    short: Broken,
    long: Broken,
    columns: Vec<Seen>,
    open: Option<u64>,
    comments: u64,
    crossed: Crossed,
    overlong: Option<u64>,
    /// The line of its first zero byte.
    zero: Option<u64>,
    doubts: Doubts,
}

/// Records that may be written by another rule than the one by which they were cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Doubts {
    /// Those with too many fields, in which a carriage return stands alone outside of quotes: it may end a line.
    pub returns: u64,
    /// Those with odd fields, in which a backslash stands before a quote.
    pub escaped: u64,
}

/// Fields in quotes that hold what would part fields or lines: the quotes may be none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Crossed {
    /// The first record with one.
    pub first: Option<Range<usize>>,
    /// Records over several lines with letters after a closing quote, and the line of the first: a lone quote has swallowed
    /// what came after it.
    pub odd: u64,
    pub first_odd: Option<u64>,
}

/// Lines with a wrong number of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Broken {
    pub count: u64,
    /// The first of them, and how many fields it has.
    pub first: Option<(u64, usize)>,
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
    /// Lines of comments among the rows.
    pub comments: u64,
    /// Records that end with a carriage return only.
    pub returns: u64,
    pub crossed: Crossed,
    /// The line of a record that is longer than any of a table; what comes after it was not looked at.
    pub overlong: Option<u64>,
    /// The line of the first zero byte.
    pub zero: Option<u64>,
    pub doubts: Doubts,
    /// The line that comes next.
    line: u64,
}

/// Looks at all records after the first. `None` if the bytes are not UTF-8.
///
/// Pieces are looked at in runs, each of which begins where the one before ended, so that what is held is one run. Quotes
/// inside fields can mislead the search for the beginnings within a run: what lies behind the first wrong one is looked at
/// again, in runs that grow from a single piece, so that many such quotes cost little more than going through from the top.
pub(super) fn scan(bytes: &[u8], dialect: &Dialect, how: &Look, advance: &dyn Fn(u64)) -> Option<Scan> {
    let most = 16 * rayon::current_num_threads();
    let mut scan = Scan::new(dialect);
    scan.zero = first_zero(&bytes[..dialect.body]).map(|line| line + 1);
    let (mut start, mut run) = (dialect.body, most);
    while start < bytes.len() {
        let nominal = bytes.len().min(start + run * PIECE);
        let spans = spans(bytes, start..nominal, dialect.cut);
        let look = |span: &Range<usize>| {
            let piece = piece(bytes, span.start..span.end.min(span.start + 2 * PIECE), dialect, how);
            std::str::from_utf8(&bytes[piece.span.clone()]).is_ok().then_some(piece)
        };
        let pieces: Vec<Piece> = spans.par_iter().with_max_len(1).map(look).collect::<Option<_>>()?;
        run = most.min(2 * run);
        for (piece, span) in pieces.into_iter().zip(spans) {
            start = piece.span.end;
            scan.add(piece);
            if scan.overlong.is_some() {
                return Some(scan);
            }
            if start < span.end || start > span.end && span.end < nominal {
                run = 1;
                break;
            }
        }
        advance(start as u64);
    }
    Some(scan)
}

/// Spans that begin after the end of a line outside of quotes, going by the number of quotes since the first. The last ends where it
/// may, not where a record does.
fn spans(bytes: &[u8], run: Range<usize>, cut: Cut) -> Vec<Range<usize>> {
    let quote = cut.quote.unwrap_or(0xff);
    let nominal: Vec<usize> = run.clone().step_by(PIECE).collect();
    let quotes = |&start: &usize| {
        let chunk = &bytes[start..run.end.min(start + PIECE)];
        chunk.iter().map(|&byte| usize::from(byte == quote)).sum()
    };
    let quotes: Vec<usize> = nominal.par_iter().map(quotes).collect();
    let mut starts = vec![run.start];
    let mut last = run.start;
    let mut before = 0;
    for (&at, count) in nominal.iter().skip(1).zip(quotes) {
        before += count;
        // The first end of a line behind this place is the one before the last beginning: its field is a long one.
        if last > at {
            continue;
        }
        let mut inside = before % 2 == 1;
        let end = (at..run.end).find(|&at| {
            inside ^= bytes[at] == quote;
            !inside && cut.ends(bytes, at)
        });
        last = end.map_or(run.end, |end| end + 1);
        if last < run.end {
            starts.push(last);
        }
    }
    starts.push(run.end);
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

/// Looks at the records that begin in a span. Apart from what calls it, which made it a twentieth slower.
#[inline(never)]
fn piece(bytes: &[u8], span: Range<usize>, dialect: &Dialect, how: &Look) -> Piece {
    let width = dialect.names.len();
    let mut piece = Piece {
        span: span.clone(),
        rows: 0,
        untidy: false,
        lines: 0,
        returns: 0,
        short: Broken::default(),
        long: Broken::default(),
        columns: dialect.names.iter().map(|name| how.column(name)).collect(),
        open: None,
        comments: 0,
        crossed: Crossed::default(),
        overlong: None,
        zero: None,
        doubts: Doubts::default(),
    };
    let mut fields = Fields::with_capacity(width);
    let mut at = span.start;
    while at < span.end {
        let start = at;
        let end = next(bytes, at, dialect, &mut fields);
        let line = piece.lines;
        piece.lines += end.lines;
        at = end.to;
        if dialect.cut.returns && bytes[at - 1] == b'\r' {
            piece.returns += 1;
            piece.untidy = true;
        }
        if at - start > LONGEST {
            // A quote may be open there.
            (piece.overlong, piece.open) = (Some(line), Some(line));
            break;
        }
        if end.comment {
            piece.comments += 1;
            piece.untidy = true;
            continue;
        }
        if end.open {
            piece.open = Some(line);
        }
        if fields.is_blank() {
            piece.untidy = true;
            continue;
        }
        piece.crossed.look(&fields.first, start..at, end.lines, line, dialect.cut);
        if fields.is_odd {
            piece.doubts.escaped += u64::from(bytes[start..at].windows(2).any(|two| two == b"\\\""));
        }
        if fields.is_long {
            let alone = |raw: &Raw<'_>| !raw.quoted && raw.bytes.contains(&b'\r');
            piece.doubts.returns += u64::from(fields.first.iter().any(alone));
            piece.long.add(line, fields.count);
            piece.untidy = true;
            continue;
        }
        if fields.count < width {
            piece.short.add(line, fields.count);
        }
        piece.untidy |= fields.count != width;
        piece.rows += 1;
        for (raw, seen) in fields.first.iter().zip(&mut piece.columns) {
            piece.untidy |= raw.odd || raw.spaced;
            seen.add(*raw, line, how);
        }
    }
    // Without a last line feed Polars could miss an empty last field.
    piece.untidy |= !bytes[..at].ends_with(b"\n");
    piece.span.end = at;
    let bytes = &bytes[piece.span.clone()];
    piece.zero = first_zero(bytes);
    piece
}

/// How many lines end before the first zero byte, if there is one.
fn first_zero(bytes: &[u8]) -> Option<u64> {
    let before = || bytes.iter().take_while(|&&byte| byte != 0).filter(|&&byte| byte == b'\n').count() as u64;
    bytes.contains(&0).then(before)
}

impl Crossed {
    fn look(&mut self, fields: &[Raw<'_>], span: Range<usize>, lines: u64, line: u64, cut: Cut) {
        if lines > 1 && fields.iter().any(|raw| raw.odd && !raw.escaped && raw.bytes.contains(&b'\n')) {
            self.odd += 1;
            self.first_odd.get_or_insert(line);
        }
        let crosses = |raw: &Raw<'_>| {
            (raw.quoted || raw.odd) && raw.bytes.iter().any(|&byte| byte == cut.delimiter || byte == b'\n')
        };
        if self.first.is_none() && fields.iter().any(crosses) {
            self.first = Some(span);
        }
    }

    fn merge(&mut self, part: Self, line: u64) {
        self.first = self.first.take().or(part.first);
        self.odd += part.odd;
        self.first_odd = self.first_odd.or(part.first_odd.map(|at| at + line));
    }
}

impl Scan {
    /// Of no piece yet.
    fn new(dialect: &Dialect) -> Self {
        Self {
            pieces: Vec::new(),
            columns: vec![Seen::default(); dialect.names.len()],
            rows: 0,
            short: Broken::default(),
            long: Broken::default(),
            open: None,
            comments: 0,
            returns: 0,
            crossed: Crossed::default(),
            overlong: None,
            zero: None,
            doubts: Doubts::default(),
            line: dialect.header_lines + 1,
        }
    }

    /// Lines with a wrong number of fields.
    pub const fn broken(&self) -> u64 {
        self.short.count + self.long.count
    }

    /// Rows with the right one.
    pub const fn whole(&self) -> u64 {
        self.rows - self.short.count
    }

    /// Adds the piece that comes next.
    fn add(&mut self, mut piece: Piece) {
        let line = self.line;
        self.rows += piece.rows as u64;
        self.short.merge(piece.short, line);
        self.long.merge(piece.long, line);
        self.open = self.open.or(piece.open.map(|open| open + line));
        self.overlong = self.overlong.or(piece.overlong.map(|at| at + line));
        self.zero = self.zero.or(piece.zero.map(|at| at + line));
        self.comments += piece.comments;
        self.returns += piece.returns;
        self.doubts.returns += piece.doubts.returns;
        self.doubts.escaped += piece.doubts.escaped;
        self.crossed.merge(std::mem::take(&mut piece.crossed), line);
        for (all, part) in self.columns.iter_mut().zip(std::mem::take(&mut piece.columns)) {
            all.merge(part, line);
        }
        self.line += piece.lines;
        self.pieces.push(piece);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{
        CsvOptions,
        csv::{dialect, split::record},
    };

    fn scanned(text: &str) -> Scan {
        let dialect = dialect::detect(text.as_bytes(), &CsvOptions::default(), &mut Vec::new()).expect("a dialect");
        scan(text.as_bytes(), &dialect, &Look::default(), &|_| ()).expect("UTF-8")
    }

    /// Records one after the other, by the rules for quotes alone: where each ends.
    fn ends(text: &str) -> Vec<usize> {
        let cut = Cut { delimiter: b',', quote: Some(b'"'), blanks: false, escapes: false, returns: false };
        let mut ends = Vec::new();
        let mut at = 0;
        while at < text.len() {
            at = record(text.as_bytes(), at, cut, |_, _| ()).next;
            ends.push(at);
        }
        ends
    }

    #[test]
    fn pieces_stay_small_and_whole_whatever_quotes_say() {
        const ROW: &str = "1,8.5,50.5,a plain note that is long enough to be worth some bytes\n";
        let plain = ROW.repeat(3 * PIECE / ROW.len());
        let lone = "2,8.5,50.5,pipe of 5\" and a text\n";
        let quoted = "3,8.5,50.5,\"one\nmore, \"\"two\"\"\n\"\n";
        let names = "id,lon,lat,note\n";
        let many: String = (0..9).map(|_| [&plain[..ROW.len() * 40_000], lone, quoted].concat()).collect();
        let huge = format!("4,8.5,50.5,\"{}\"\n", "x\n".repeat(2 * PIECE));
        for (text, longest) in [
            ([names, lone, &plain, &plain].concat(), ROW.len()),
            ([names, &plain, quoted, lone, &plain, quoted, &plain].concat(), ROW.len()),
            ([names, &many].concat(), ROW.len()),
            ([names, &plain, &huge, &plain, lone, &plain].concat(), huge.len()),
            ([names, &plain, &plain].concat(), ROW.len()),
        ] {
            let ends = ends(&text);
            let scan = scanned(&text);
            assert_eq!(scan.rows, ends.len() as u64 - 1);
            let mut start = names.len();
            for piece in &scan.pieces {
                assert_eq!(piece.span.start, start);
                start = piece.span.end;
                assert!(ends.binary_search(&start).is_ok());
                assert!(piece.span.len() <= 2 * PIECE + longest, "{}", piece.span.len());
            }
            assert_eq!(start, text.len());
            assert_eq!(scan.columns[0].integers, scan.rows);
            assert_eq!(scan.line, text.bytes().filter(|&byte| byte == b'\n').count() as u64 + 1);
        }
    }
}
