//! The fields of the next record of a file, or a comment that is none.

use super::{
    dialect::Dialect,
    split::{Raw, record},
};

/// How the next line or record ended.
pub(super) struct Next {
    pub to: usize,
    pub lines: u64,
    pub open: bool,
    /// Whether it is a line that is no record.
    pub comment: bool,
}

/// The fields of a record, of which no more are kept than there are names: a damaged line may have millions.
#[derive(Debug, Default)]
pub(super) struct Fields<'b> {
    pub first: Vec<Raw<'b>>,
    /// How many there are.
    pub count: usize,
    /// Whether some are odd otherwise than by backslashes.
    pub is_odd: bool,
    /// Whether there are more than names. What is too much and holds nothing is not missed.
    pub is_long: bool,
}

impl<'b> Fields<'b> {
    pub fn with_capacity(width: usize) -> Self {
        Self { first: Vec::with_capacity(width), ..Self::default() }
    }

    #[inline]
    fn push(&mut self, raw: Raw<'b>, width: usize) {
        if self.count < width {
            self.is_odd |= raw.odd && !raw.escaped;
            self.first.push(raw);
        } else {
            self.is_long |= raw.quoted || !raw.bytes.is_empty();
        }
        self.count += 1;
    }

    /// Whether it is a line with nothing on it.
    pub fn is_blank(&self) -> bool {
        self.count == 1 && matches!(&self.first[..], [only] if !only.quoted && only.bytes.trim_ascii().is_empty())
    }
}

/// Reads the record at a place, or the comment.
#[inline]
pub(super) fn next<'b>(bytes: &'b [u8], at: usize, dialect: &Dialect, fields: &mut Fields<'b>) -> Next {
    fields.first.clear();
    (fields.count, fields.is_odd, fields.is_long) = (0, false, false);
    let width = dialect.names.len();
    let comment = dialect.comment.as_ref().filter(|comment| bytes[at..].starts_with(comment.begins.as_bytes()));
    if let Some(comment) = comment {
        let line = dialect.cut.line(bytes, at);
        let mut count = 0;
        record(&bytes[at..line], 0, dialect.cut, |_, _| count += 1);
        if !comment.only_odd || count != width {
            return Next { to: line, lines: 1, open: false, comment: true };
        }
    }
    let end = record(bytes, at, dialect.cut, |_, raw| fields.push(raw, width));
    Next { to: end.next, lines: end.lines, open: end.open, comment: false }
}
