//! How a CSV file is written: encoding, line ends, delimiter, decimal sign, names of columns. Found out, not asked.

use super::{
    beneath,
    decimals::Decimals,
    encoding, preamble,
    split::{Cut, End, Raw, record},
};
use crate::read::{CsvOptions, content::Content};
use anyhow::{Context, Result, bail};
use encoding_rs::{Encoding, UTF_8};
use std::collections::HashSet;

/// Bytes at the beginning that are looked at.
const SAMPLE: usize = 1 << 18;
/// Records of these that are looked at.
const RECORDS: usize = 500;

/// What was found out about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// How records are cut.
    pub cut: Cut,
    pub decimal_comma: bool,
    /// Names of the columns, all of them something, equal ones among them.
    pub names: Vec<String>,
    /// Where the names stand; `None` where they stand in a comment.
    pub head: Option<usize>,
    /// Where the record after them begins.
    pub body: usize,
    /// Lines before that.
    pub header_lines: u64,
    /// What lines begin with that are no records.
    pub comment: Option<Comment>,
}

/// Lines that are no records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    pub begins: String,
    /// Whether only those are that have another number of fields than there are names.
    pub only_odd: bool,
}

/// The bytes as UTF-8, and what was done for it.
///
/// # Errors
/// When the encoding that was asked for is not known, the bytes are no text, or some are lost that may not be.
pub(super) fn decoded(
    content: Content,
    options: &CsvOptions,
    strict: bool,
    lines: &mut Vec<String>,
) -> Result<Content> {
    let content = match &options.encoding {
        Some(label) => {
            let encoding = Encoding::for_label(label.as_bytes()).with_context(|| {
                format!(
                    "--encoding {label} is not known, expected utf-8, windows-1252, utf-16le, shift_jis and the like"
                )
            })?;
            if encoding == UTF_8 {
                encoding::said(content, strict, lines)?
            } else {
                encoding::transcoded(&content, encoding, lines)
            }
        }
        None => match Encoding::for_bom(content.as_ref()).map(|(encoding, _)| encoding) {
            Some(encoding) if encoding != UTF_8 => encoding::transcoded(&content, encoding, lines),
            Some(_) => content,
            None => match encoding::unmarked(&content.as_ref()[..content.as_ref().len().min(SAMPLE)]) {
                Some(encoding) => encoding::transcoded(&content, encoding, lines),
                None => content,
            },
        },
    };
    let bytes = content.as_ref();
    let start = &bytes[..bytes.len().min(SAMPLE)];
    let zeros = start.split(|&byte| byte == 0).count() - 1;
    // A few stand in a text that somebody's program did not end.
    if zeros * 20 > start.len() {
        bail!("the file is no text: it holds zero bytes (if it is UTF-16, say --encoding utf-16le or utf-16be)");
    }
    Ok(content)
}

/// Whether all lines at the beginning end with carriage returns alone: what stands in quotes may hold line feeds all the same.
pub(super) fn by_returns(bytes: &[u8]) -> bool {
    let (mut inside, mut returns) = (false, false);
    for &byte in &bytes[..bytes.len().min(SAMPLE)] {
        match byte {
            b'"' => inside = !inside,
            b'\n' if !inside => return false,
            b'\r' => returns |= !inside,
            _ => {}
        }
    }
    returns
}

/// Looks at the beginning of a file.
///
/// # Errors
/// When there is nothing in it, or no line with names.
pub(super) fn detect(bytes: &[u8], options: &CsvOptions, lines: &mut Vec<String>) -> Result<Dialect> {
    let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let quote = options.quote.unwrap_or(Some(b'"'));
    let mut sample = Sample { bytes, start, whole: true, quote, blanks: false, returns: false };
    sample.end_at(start + SAMPLE);
    sample.returns = sample.has_returns(options.delimiter);
    for _ in 0..options.skip_lines {
        start = sample.cut(b',').line(bytes, start);
    }
    // Blank lines before the names.
    start += bytes[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    if bytes[start..].trim_ascii().is_empty() {
        bail!(
            "the file holds no lines{}",
            if options.skip_lines > 0 { " after those that --skip-lines leaves out" } else { "" }
        );
    }
    let mut options = options.clone();
    // Spreadsheets write the delimiter into a line of its own.
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, end @ (b'\r' | b'\n'), ..] = bytes[start..] {
        options.delimiter = options.delimiter.or(Some(delimiter));
        start += 6 + usize::from(end == b'\r' && bytes.get(start + 6) == Some(&b'\n'));
    }
    let top = preamble::comments(bytes, start, sample.cut(b','), &options);
    sample = Sample { bytes, start: top.end, ..sample };
    sample.end_at(top.end + SAMPLE);
    let delimiter = options.delimiter.unwrap_or_else(|| sample.delimiter());
    if quote == Some(delimiter) {
        let sign = char::from(delimiter);
        bail!("--quote {sign:?}: that sign stands between fields, expected another one, or none");
    }
    sample.blanks = sample.has_blanks(delimiter);
    let cut = sample.cut(delimiter);
    let (widths, filled) = sample.both_widths(delimiter);
    let mut header = preamble::names(bytes, &top, cut, [&widths, &filled], options.skip_lines > 0, lines);
    sample.start = header.body;
    if header.head.is_some() && sample.has_row_names(header.names.len(), delimiter) {
        lines.push("rows have one field more than there are names: the first is the name of the row, as R writes it, column_1 here".into());
        header.names.insert(0, String::new());
    }
    let mut told = Vec::new();
    let decimal_comma =
        options.decimal_comma.unwrap_or_else(|| sample.decimal_comma(delimiter, &header.names, &mut told));
    if delimiter != b',' || decimal_comma {
        let name = match delimiter {
            b'\t' => "tab".to_owned(),
            b' ' => "a blank".to_owned(),
            other => format!("{:?}", char::from(other)),
        };
        let comma = if decimal_comma { ", decimal comma" } else { "" };
        lines.push(format!("CSV delimiter: {name}{comma}"));
    }
    lines.append(&mut told);
    let before = &bytes[..header.body];
    // A file that ends with its names has no line feed there.
    let is_cut = before.last().is_none_or(|_| !cut.ends(before, before.len() - 1));
    let header_lines = cut.lines(before) as u64 + u64::from(is_cut);
    let comment = match options.comment {
        Some(begins) => Some(Comment { begins, only_odd: false }),
        None => (top.count > 0).then(|| Comment { begins: "#".into(), only_odd: true }),
    };
    Ok(Dialect {
        cut,
        decimal_comma,
        names: named(header.names),
        head: header.head,
        body: header.body,
        header_lines,
        comment,
    })
}

impl Dialect {
    /// The same from the record on that comes after the first.
    pub fn after(&self, first: &End) -> Self {
        Self { body: first.next, header_lines: self.header_lines + first.lines, ..self.clone() }
    }
}

struct Sample<'b> {
    bytes: &'b [u8],
    start: usize,
    whole: bool,
    quote: Option<u8>,
    blanks: bool,
    returns: bool,
}

impl Sample<'_> {
    /// Ends it at a place, if that lies within the file.
    fn end_at(&mut self, end: usize) {
        self.whole = self.bytes.len() <= end;
        self.bytes = &self.bytes[..self.bytes.len().min(end)];
    }

    const fn cut(&self, delimiter: u8) -> Cut {
        Cut { delimiter, quote: self.quote, blanks: self.blanks, escapes: false, returns: self.returns }
    }

    /// Whether carriage returns that stand alone end lines: more records have as many fields as most then.
    fn has_returns(&mut self, said: Option<u8>) -> bool {
        if by_returns(self.bytes) {
            return true;
        }
        let alone = |at: usize| self.bytes[at] == b'\r' && self.bytes.get(at + 1) != Some(&b'\n');
        if !(self.start..self.bytes.len().saturating_sub(1)).any(alone) {
            return false;
        }
        let [(_, without), (most, with)] = [false, true].map(|returns| {
            self.returns = returns;
            let widths = self.widths(said.unwrap_or_else(|| self.delimiter()));
            let most = preamble::usual(&widths);
            (most, widths.iter().filter(|&&width| width == most).count())
        });
        with > without && most > 1
    }

    /// Whether blanks stand before quotes, and lines fit together only where they are no part of fields: `1, "a, b"`.
    fn has_blanks(&self, delimiter: u8) -> bool {
        let cut = Cut { blanks: true, ..self.cut(delimiter) };
        let (mut at, mut spaced, mut odd) = (self.start, false, false);
        for _ in 0..RECORDS {
            if at >= self.bytes.len() {
                break;
            }
            let mut cuts = (false, false);
            let end = record(self.bytes, at, cut, |_, raw| cuts = (cuts.0 | raw.spaced, cuts.1 | raw.odd));
            at = end.next;
            if at < self.bytes.len() || self.whole {
                (spaced, odd) = (spaced | cuts.0, odd | cuts.1);
            }
        }
        spaced && !odd && delimiter != b' '
    }

    /// Field counts of the first records; the last is left out where the sample cuts it.
    fn widths(&self, delimiter: u8) -> Vec<usize> {
        self.both_widths(delimiter).0
    }

    /// How many fields records have, and how many with the last that is not empty.
    fn both_widths(&self, delimiter: u8) -> (Vec<usize>, Vec<usize>) {
        let (mut widths, mut filled) = (Vec::new(), Vec::new());
        let cut = self.cut(delimiter);
        let mut at = self.start;
        while at < self.bytes.len() && widths.len() < RECORDS {
            let (mut width, mut last) = (0, 0);
            let end = record(self.bytes, at, cut, |number, raw| {
                width = number + 1;
                last = if raw.bytes.is_empty() { last } else { width };
            });
            if end.next >= self.bytes.len() && !self.whole && !widths.is_empty() {
                break;
            }
            if self.bytes[at..end.next].trim_ascii() != b"" {
                widths.push(width);
                filled.push(last);
            }
            at = end.next;
        }
        (widths, filled)
    }

    /// The delimiter that gives most lines as many fields as most have, and more than one.
    fn delimiter(&self) -> u8 {
        let score = |delimiter: u8| {
            let widths = self.widths(delimiter);
            let most = preamble::usual(&widths);
            // One name above rows of two fields is the name of a column that holds the delimiter.
            if most < 2 || most == 2 && widths.first().is_some_and(|&first| first < 2) {
                return (0, 0);
            }
            let same = widths.iter().filter(|&&width| width == most).count();
            (same * 10 / widths.len(), most)
        };
        // The last of equals wins, so the most usual stands last.
        let best = [b'|', b'\t', b';', b','].into_iter().max_by_key(|&delimiter| score(delimiter)).unwrap_or(b',');
        // Blanks stand in texts, too: only where nothing else parts fields, and all lines have the same number of them.
        let widths = self.widths(b' ');
        let most = preamble::usual(&widths);
        let even = |width: &usize| *width == most;
        let names = widths.first().is_some_and(|&first| first == most || first + 1 == most);
        if score(best).1 == 0 && most > 2 && names && widths.len() > 1 && widths.iter().skip(1).all(even) {
            b' '
        } else {
            best
        }
    }

    /// Whether all rows have one field more than there are names, and begin with another text or the next number each.
    fn has_row_names(&self, names: usize, delimiter: u8) -> bool {
        let cut = self.cut(delimiter);
        let mut seen = HashSet::new();
        let mut at = self.start;
        while at < self.bytes.len() && seen.len() < RECORDS {
            let (mut first, mut last, mut odd) = (Raw::default(), 0, false);
            let end = record(self.bytes, at, cut, |number, raw| {
                if number == 0 {
                    first = raw;
                }
                last = if raw.bytes.is_empty() { last } else { number };
                odd |= raw.odd;
            });
            if end.next >= self.bytes.len() && !self.whole {
                break;
            }
            at = end.next;
            if last == 0 && first.bytes.trim_ascii().is_empty() {
                continue;
            }
            let next = (seen.len() + 1).to_string();
            if odd || last != names || !(first.quoted || first.bytes == next.as_bytes()) || !seen.insert(first.bytes) {
                return false;
            }
        }
        names > 1 && !seen.is_empty()
    }

    /// Whether decimals have a comma.
    fn decimal_comma(&self, delimiter: u8, names: &[String], lines: &mut Vec<String>) -> bool {
        let mut decimals = Decimals::new(names);
        let cut = self.cut(delimiter);
        let mut at = self.start;
        for _ in 0..RECORDS {
            if at >= self.bytes.len() {
                break;
            }
            at = record(self.bytes, at, cut, |column, raw| decimals.add(column, raw)).next;
        }
        // Commas part fields of a file of points as well.
        let mut told = Vec::new();
        let comma = decimals.comma(delimiter, &mut told);
        lines.extend(told.into_iter().filter(|_| comma || delimiter != b','));
        comma
    }
}

/// Names for all columns.
fn named(header: Vec<String>) -> Vec<String> {
    let name = |(at, name): (usize, String)| if name.is_empty() { beneath::numbered(at) } else { name };
    header.into_iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Dialect {
        detect(text.as_bytes(), &CsvOptions::default(), &mut Vec::new()).expect("a dialect")
    }

    #[test]
    fn delimiters_and_decimal_signs_are_found() {
        for (text, delimiter, decimal_comma) in [
            ("id,lon,lat\n1,2.5,3.5\n", b',', false),
            ("id;lon;lat\n1;2,5;3,5\n2;1,5;0,5\n", b';', true),
            ("id;lon;lat\n1;2.5;3.5\n", b';', false),
            ("id\tlon\tlat\n1\t2.5\t3.5\n", b'\t', false),
            ("id|lon|lat\n1|2.5|3.5\n", b'|', false),
            ("name,lon,lat\n\"a;b;c;d\",2.5,3.5\n", b',', false),
            ("id,lon,lat\n1,\"2,5\",\"3,5\"\n", b',', true),
            ("only\nx\n", b',', false),
            ("name lon lat\nx 2.5 3.5\ny 1 2\n", b' ', false),
            ("only\nx and y\nz or u\n", b',', false),
            ("what it was\nx y\nz\n", b',', false),
            ("sep=;\r\na,b;lon;lat\r\n1;2.5;3.5\r\n", b';', false),
        ] {
            let dialect = of(text);
            assert_eq!((dialect.cut.delimiter, dialect.decimal_comma), (delimiter, decimal_comma), "{text}");
        }
    }

    #[test]
    fn names_are_never_empty() {
        let dialect = of("\u{feff}\r\na,,a,\"b \",a\r\n1,2,3,4,5\r\n");
        assert_eq!(dialect.names, ["a", "column_2", "a", "b", "a"]);
        assert_eq!(dialect.header_lines, 2);
    }

    #[test]
    fn of_nothing_nothing_is_said() {
        assert!(detect(b" \n\n", &CsvOptions::default(), &mut Vec::new()).is_err());
    }
}
