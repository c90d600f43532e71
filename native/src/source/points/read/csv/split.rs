//! Lines of CSV into fields, by RFC 4180 and what programs really write.
//!
//! A field that begins with a quote ends at the next quote that is not doubled; a quote elsewhere is an ordinary letter.

/// A field as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raw<'b> {
    /// Its bytes without the quotes around it.
    pub bytes: &'b [u8],
    /// Whether it stood in quotes.
    pub quoted: bool,
    /// Whether its quotes are other than the rules say: something after the closing one, none at all, or one inside a
    /// field without.
    pub odd: bool,
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
pub(super) fn record<'b>(bytes: &'b [u8], start: usize, delimiter: u8, mut each: impl FnMut(usize, Raw<'b>)) -> End {
    let mut at = start;
    let mut lines = 0;
    let mut open = false;
    for number in 0.. {
        let field = at;
        let mut raw = Raw { bytes: &[], quoted: false, odd: false };
        if bytes.get(at) == Some(&b'"') {
            raw.quoted = true;
            at += 1;
            loop {
                match bytes.get(at) {
                    None => {
                        (raw.odd, open) = (true, true);
                        break;
                    }
                    Some(b'"') if bytes.get(at + 1) == Some(&b'"') => at += 2,
                    Some(b'"') => break,
                    Some(b'\n') => {
                        lines += 1;
                        at += 1;
                    }
                    Some(_) => at += 1,
                }
            }
            raw.bytes = &bytes[field + 1..at.min(bytes.len())];
            at = (at + 1).min(bytes.len());
            let closed = at;
            while bytes.get(at).is_some_and(|&byte| byte != delimiter && byte != b'\n') {
                at += 1;
            }
            let tail = &bytes[closed..at];
            if !tail.is_empty() && tail != b"\r" {
                // Something follows the closing quote: the field is what stands there, quotes and all.
                raw = Raw { bytes: trim_return(&bytes[field..at], bytes.get(at)), quoted: false, odd: true };
            }
        } else {
            while let Some(&byte) = bytes.get(at) {
                if byte == delimiter || byte == b'\n' {
                    break;
                }
                raw.odd |= byte == b'"';
                at += 1;
            }
            raw.bytes = trim_return(&bytes[field..at], bytes.get(at));
        }
        each(number, raw);
        match bytes.get(at) {
            Some(&byte) if byte == delimiter => at += 1,
            Some(_) => return End { next: at + 1, lines: lines + 1, open },
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

/// The text of a field: doubled quotes of a quoted one become single.
pub(super) fn text(raw: Raw<'_>) -> String {
    let text = String::from_utf8_lossy(raw.bytes);
    if raw.quoted { text.replace("\"\"", "\"") } else { text.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &str, delimiter: u8) -> Vec<Vec<String>> {
        let mut records = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let mut fields = Vec::new();
            at = record(bytes.as_bytes(), at, delimiter, |_, raw| fields.push(text(raw))).next;
            records.push(fields);
        }
        records
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
    fn what_is_odd_is_marked() {
        let odd = |line: &str| {
            let mut odd = Vec::new();
            let end = record(line.as_bytes(), 0, b',', |_, raw| odd.push(raw.odd));
            (odd, end.open)
        };
        assert_eq!(odd("\"a\",b\r\n"), (vec![false, false], false));
        assert_eq!(odd("a\"b,\"c\"d"), (vec![true, true], false));
        assert_eq!(odd("a,\"b\nc"), (vec![false, true], true));
        let end = record(b"\"a\nb\nc\",d\ne", 0, b',', |_, _| {});
        assert_eq!((end.lines, end.next), (3, 10));
    }
}
