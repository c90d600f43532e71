//! Where the names of the columns stand: comments and a title may come before them.
//!
//! What enters is the beginning of a file and how wide its records are; what leaves is the names and where the rows begin. What
//! is passed over is told, and only what has another shape than the rows is.

use super::split::{Cut, record, text};
use crate::read::{CsvOptions, layout::MOST_COLUMNS, numbers};

/// Most records before the names that are passed over without being told to.
const MOST: usize = 50;

/// Lines at the top that begin like comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Top {
    /// Where they end.
    pub end: usize,
    pub count: usize,
    /// Where the last of them begins.
    last: usize,
}

/// The names as they stand, and where the rows begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub names: Vec<String>,
    /// Where they stand; `None` where that is in a comment.
    pub head: Option<usize>,
    pub body: usize,
}

/// Passes over comments, and blank lines between them.
pub(super) fn comments(bytes: &[u8], start: usize, cut: Cut, options: &CsvOptions) -> Top {
    let begins = options.comment.as_deref().unwrap_or("#").as_bytes();
    let mut top = Top { end: start, count: 0, last: start };
    loop {
        let rest = &bytes[top.end..];
        let line = cut.line(rest, 0);
        let is_comment = !begins.is_empty() && rest.starts_with(begins);
        if line == 0 || !is_comment && (top.count == 0 || !rest[..line].trim_ascii().is_empty()) {
            return top;
        }
        if is_comment {
            top.count += 1;
            top.last = top.end;
        }
        top.end += line;
    }
}

/// The width that most records have; of equals the larger.
pub(super) fn usual(widths: &[usize]) -> usize {
    let count = |width: usize| widths.iter().filter(|&&other| other == width).count();
    widths.iter().copied().max_by_key(|&width| (count(width), width)).unwrap_or(0)
}

/// Finds the names. `widths` are those of the records after the comments, and those without the empty fields at their ends.
pub(super) fn names(
    bytes: &[u8],
    top: &Top,
    cut: Cut,
    [widths, filled_widths]: [&[usize]; 2],
    told_where: bool,
    lines: &mut Vec<String>,
) -> Header {
    let read = |at: usize| {
        let (mut names, mut odd) = (Vec::new(), false);
        let end = record(bytes, at, cut, |_, raw| {
            odd |= raw.odd;
            // What has more columns than are read is refused for as many.
            if names.len() <= MOST_COLUMNS {
                names.push(text(raw, cut.quote).trim().to_owned());
            }
        });
        match cut.quote {
            Some(quote) if end.open || odd && end.lines > 1 => unclosed(bytes, at, cut, quote),
            _ => (names, end.next),
        }
    };
    let (usual, wide) = (usual(widths), usual(filled_widths));
    let (mut found, mut next) = read(top.end);
    // The last comment may be the names, behind a sign: then what follows are rows.
    if top.count > 0 && numeric(&found) {
        let (mut names, _) = read(top.last);
        if let Some(first) = names.first_mut() {
            *first = first.trim_start_matches('#').trim().to_owned();
        }
        if names.len() == found.len() && !numeric(&names) {
            tell_comments(top.count - 1, lines);
            return Header { names, head: None, body: top.end };
        }
    }
    tell_comments(top.count, lines);
    // A title has much fewer fields than the rows; names may have a few more or less by mistake. Spreadsheets fill a title up with
    // empty fields. Data loggers say in a line with as many fields what they are.
    let filled = |record: &[String]| record.iter().filter(|field| !field.is_empty()).count();
    let is_title = |record: &[String]| {
        let logger = record.first().is_some_and(|first| matches!(first.as_str(), "TOA5" | "TOACI1"));
        // Rows may have as many empty fields behind them as there are names.
        usual > 2 && (filled(record) <= 1 || record.len() * 2 < wide || logger)
    };
    // What has more empty fields than others is a title if names without any follow.
    let is_half = |record: &[String]| usual > 3 && filled(record) * 2 <= usual;
    let are_names = |record: &[String]| {
        record.len() == usual && record.iter().all(|name| !name.is_empty() && numbers::coordinate(name).is_none())
    };
    let mut passed = Vec::new();
    let mut at = top.end;
    for half in [true, false] {
        passed.clear();
        at = top.end;
        (found, next) = read(at);
        while !told_where && passed.len() < MOST && next < bytes.len() && (is_title(&found) || half && is_half(&found))
        {
            passed.push(found);
            at = next;
            (found, next) = read(at);
        }
        if half && are_names(&found) {
            break;
        }
    }
    if is_title(&found) {
        // Nothing like names came: the first line is as good as any.
        passed.clear();
        at = top.end;
        (found, next) = read(at);
    }
    if let Some(first) = passed.iter().find(|record| record.iter().any(|field| !field.is_empty())) {
        let shown: String = first.join(" ").trim().chars().take(40).collect();
        let count = cut.lines(&bytes[top.end..at]);
        lines.push(format!("{count} lines before the names of the columns are passed over, such as {shown:?}"));
    }
    if let Some(quote) = cut.quote
        && bytes[at..next].iter().fold(false, |odd, &byte| odd ^ (byte == quote))
    {
        lines.push("in the line of the names of the columns a quote is not closed, and is passed over".into());
    }
    Header { names: found, head: Some(at), body: next }
}

/// The names of a line in which a quote is not closed, which would take rows for a part of a name; and where the next line begins.
fn unclosed(bytes: &[u8], at: usize, cut: Cut, quote: u8) -> (Vec<String>, usize) {
    let mut names = Vec::new();
    let end = record(bytes, at, Cut { quote: None, ..cut }, |_, raw| {
        if names.len() <= MOST_COLUMNS {
            names.push(text(raw, None).trim().trim_matches(char::from(quote)).to_owned());
        }
    });
    (names, end.next)
}

fn tell_comments(count: usize, lines: &mut Vec<String>) {
    if count > 0 {
        lines.push(format!(
            "{count} lines of comments before the names of the columns are left out (--comment, --skip-lines)"
        ));
    }
}

/// Whether half of the fields are numbers.
fn numeric(fields: &[String]) -> bool {
    let numbers = fields.iter().filter(|name| numbers::coordinate(name).is_some()).count();
    numbers > 0 && numbers * 2 >= fields.len()
}
