//! Lines of CSV into fields, by RFC 4180 and what programs really write.
//!
//! A field that begins with a quote ends at the next quote that is not doubled; a quote elsewhere is an ordinary letter.

/// How records are cut into fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub delimiter: u8,
    /// What stands around fields that hold anything; `None` where every byte of a line is a letter.
    pub quote: Option<u8>,
    /// Whether blanks around the quotes of a field are no part of it.
    pub blanks: bool,
    /// Whether a backslash takes what a quote means from it, as `MySQL` and Spark write.
    pub escapes: bool,
    /// Whether a carriage return ends a line also where no line feed follows.
    pub returns: bool,
}

impl Cut {
    /// Whether a line ends with the byte at a place, quotes apart.
    pub fn ends(self, bytes: &[u8], at: usize) -> bool {
        match bytes[at] {
            b'\n' => true,
            b'\r' => self.returns && bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        }
    }

    /// Where the next line begins behind a place, quotes apart.
    pub fn line(self, bytes: &[u8], at: usize) -> usize {
        (at..bytes.len()).find(|&at| self.ends(bytes, at)).map_or(bytes.len(), |end| end + 1)
    }

    /// How many lines end in these bytes, quotes apart.
    pub fn lines(self, bytes: &[u8]) -> usize {
        (0..bytes.len()).filter(|&at| self.ends(bytes, at)).count()
    }
}

/// A field as it stands in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked by itself")]
pub(super) struct Raw<'b> {
    /// Its bytes without the quotes around it.
    pub bytes: &'b [u8],
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// Whether its quotes are other than the rules say: something after the closing one, none at all, or one inside a
    /// field without.
    pub odd: bool,
    /// Whether blanks stand around its quotes.
    pub spaced: bool,
    /// Whether backslashes stand before signs in it that would mean something else.
    pub escaped: bool,
}

/// How a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Where the next record begins.
    pub next: usize,
    /// Line feeds within it, more than one where quoted fields hold some.
    pub lines: u64,
    /// Whether a quote was still open at the end of the file.
    pub open: bool,
}

/// Reads the record at `start`, giving each field with its number.
pub(super) fn record<'b>(bytes: &'b [u8], start: usize, cut: Cut, mut each: impl FnMut(usize, Raw<'b>)) -> End {
    let Cut { delimiter, quote, blanks, escapes, returns } = cut;
    // No text of UTF-8 holds this byte, so it stands for no quote.
    let (quote, escape) = (quote.unwrap_or(0xff), if escapes { b'\\' } else { 0xff });
    let end = if returns { b'\r' } else { b'\n' };
    // Digits and letters are above what parts them, in most files.
    let highest = if quote == 0xff { delimiter } else { delimiter.max(quote) }.max(end);
    let mut at = start;
    let mut lines = 0;
    let mut open = false;
    for number in 0.. {
        let field = at;
        let mut raw = Raw::default();
        let mut begin = at;
        while blanks && bytes.get(begin) == Some(&b' ') {
            begin += 1;
        }
        if bytes.get(begin) == Some(&quote) {
            raw.quoted = true;
            raw.spaced = begin > at;
            at = begin + 1;
            loop {
                match bytes.get(at) {
                    None => {
                        (raw.odd, open) = (true, true);
                        break;
                    }
                    Some(&byte) if byte == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
                    Some(&byte) if byte == quote => break,
                    Some(&byte)
                        if byte == escape && bytes.get(at + 1).is_some_and(|&next| next == quote || next == escape) =>
                    {
                        (raw.odd, raw.escaped) = (true, true);
                        at += 2;
                    }
                    Some(b'\n') => {
                        lines += 1;
                        at += 1;
                    }
                    Some(_) => at += 1,
                }
            }
            raw.bytes = &bytes[begin + 1..at.min(bytes.len())];
            at = (at + 1).min(bytes.len());
            let closed = at;
            while bytes.get(at).is_some_and(|&byte| byte != delimiter && byte != b'\n' && byte != end) {
                at += 1;
            }
            let tail = &bytes[closed..at];
            if blanks && tail.first() == Some(&b' ') && tail.trim_ascii().is_empty() {
                raw.spaced = true;
            } else if !tail.is_empty() && tail != b"\r" {
                // Something follows the closing quote: the field is what stands there, quotes and all.
                raw = Raw { bytes: trim_return(&bytes[field..at], bytes.get(at)), odd: true, ..Raw::default() };
            }
        } else {
            while let Some(&byte) = bytes.get(at) {
                if byte <= highest {
                    if byte == delimiter || byte == b'\n' || byte == end {
                        break;
                    }
                    raw.odd |= byte == quote;
                }
                at += 1;
            }
            raw.bytes = trim_return(&bytes[field..at], bytes.get(at));
        }
        each(number, raw);
        match bytes.get(at) {
            Some(&byte) if byte == delimiter => at += 1,
            Some(&byte) => {
                let both = byte == b'\r' && bytes.get(at + 1) == Some(&b'\n');
                return End { next: at + 1 + usize::from(both), lines: lines + 1, open };
            }
            None => break,
        }
    }
    End { next: bytes.len(), lines: lines + 1, open }
}

/// Leaves out the carriage return before a line feed or the end.
fn trim_return<'b>(field: &'b [u8], after: Option<&u8>) -> &'b [u8] {
    match (field, after) {
        ([rest @ .., b'\r'], Some(b'\n') | None) => rest,
        _ => field,
    }
}

/// The text of a field: doubled quotes of a quoted one become single, and so do those behind backslashes.
pub(super) fn text(raw: Raw<'_>, quote: Option<u8>) -> String {
    let text = String::from_utf8_lossy(raw.bytes);
    if raw.escaped {
        return unescaped(&text, quote.unwrap_or(b'"').into());
    }
    match quote.map(char::from).filter(|_| raw.quoted) {
        Some(quote) => text.replace(&[quote, quote].iter().collect::<String>(), &quote.to_string()),
        None => text.into_owned(),
    }
}

/// A text without the backslashes before quotes and other backslashes.
fn unescaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        if letter == '\\' && (next == Some('\\') || next == Some(quote)) || letter == quote && next == Some(quote) {
            out.extend(letters.next());
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMAS: Cut = Cut { delimiter: b',', quote: Some(b'"'), blanks: false, escapes: false, returns: false };

    fn all_cut(bytes: &str, cut: Cut) -> Vec<Vec<String>> {
        let mut records = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let mut fields = Vec::new();
            at = record(bytes.as_bytes(), at, cut, |_, raw| fields.push(text(raw, cut.quote))).next;
            records.push(fields);
        }
        records
    }

    fn all(bytes: &str, delimiter: u8) -> Vec<Vec<String>> {
        all_cut(bytes, Cut { delimiter, ..COMMAS })
    }

    #[test]
    fn without_quotes_every_byte_is_a_letter() {
        let cut = Cut { delimiter: b'\t', quote: None, ..COMMAS };
        assert_eq!(all_cut("a\t\"b\tc\"\n\"\"\t\"\n", cut), [vec!["a", "\"b", "c\""], vec!["\"\"", "\""]]);
        let single = Cut { quote: Some(b'\''), ..COMMAS };
        assert_eq!(all_cut("'a,''b',\"c\n", single), [["a,'b", "\"c"]]);
    }

    #[test]
    fn fields_and_records_are_found() {
        assert_eq!(all("a,b\r\n1,2\r\n", b','), [["a", "b"], ["1", "2"]]);
        assert_eq!(all("a;b\n\"x;\"\"y\"\"\n\";2", b';'), [["a", "b"], ["x;\"y\"\n", "2"]]);
        assert_eq!(all("a,,\n", b','), [["a", "", ""]]);
        assert_eq!(all("\"\",x", b','), [["", "x"]]);
        assert_eq!(all("5\" pipe,\"a\"b,c", b','), [["5\" pipe", "\"a\"b", "c"]]);
        assert_eq!(all("\n", b','), [[""]]);
    }

    #[test]
    fn carriage_returns_alone_end_lines_where_it_is_said() {
        let cut = Cut { returns: true, ..COMMAS };
        let text = "a,5\" b\r1,\"x\ry\r\nz\"\r\n2,\r3,4\n";
        assert_eq!(all_cut(text, cut), [["a", "5\" b"], ["1", "x\ry\r\nz"], ["2", ""], ["3", "4"]]);
        assert_eq!((cut.line(b"a\rb\r\n", 0), cut.line(b"a\rb\r\nc", 2), cut.lines(b"a\rb\r\nc\n")), (2, 5, 3));
        assert_eq!((COMMAS.line(b"a\rb\r\n", 0), COMMAS.lines(b"a\rb\r\nc\n")), (5, 2));
    }

    #[test]
    fn blanks_around_quotes_are_no_part_of_a_field_where_it_is_said() {
        let cut = Cut { blanks: true, ..COMMAS };
        assert_eq!(
            all_cut("1, \"a, b\" ,  c\n \"\"\"x\"\"\", d\r\n", cut),
            [vec!["1", "a, b", "  c"], vec!["\"x\"", " d"]]
        );
        assert_eq!(all_cut("1, \"a\n", COMMAS), [["1", " \"a"]]);
    }

    #[test]
    fn quotes_behind_backslashes_are_letters_where_it_is_said() {
        let cut = Cut { escapes: true, ..COMMAS };
        assert_eq!(
            all_cut("\"a \\\"b, c\\\"\",\"\\\\\",\"x\\n\"\"\"\nd\\\"e,1,2\n", cut),
            [vec!["a \"b, c\"", "\\", "x\\n\""], vec!["d\\\"e", "1", "2"]]
        );
    }

    #[test]
    fn what_is_odd_is_marked() {
        let odd = |line: &str| {
            let mut odd = Vec::new();
            let end = record(line.as_bytes(), 0, COMMAS, |_, raw| odd.push(raw.odd));
            (odd, end.open)
        };
        assert_eq!(odd("\"a\",b\r\n"), (vec![false, false], false));
        assert_eq!(odd("a\"b,\"c\"d"), (vec![true, true], false));
        assert_eq!(odd("a,\"b\nc"), (vec![false, true], true));
        let end = record(b"\"a\nb\nc\",d\ne", 0, COMMAS, |_, _| {});
        assert_eq!((end.lines, end.next), (3, 10));
    }
}
