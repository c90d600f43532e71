//! What the first lines of a file are, where they are no names and no rows: a row in the place of the names, units or the forms of
//! columns beneath them. What enters is a file that was looked at; what leaves is the same to be looked at anew.

use super::{
    dialect::Dialect,
    scan::Scan,
    split::{End, record, text},
};
use crate::read::{
    numbers::Numbers,
    values::{Class, classify, is_missing},
};

/// The same file with its first line as a row, where it has no names: a number or a time stands above every column of numbers or
/// times, of which there are two at least.
pub(super) fn without_names(
    bytes: &[u8],
    dialect: &Dialect,
    scan: &Scan,
    numbers: Numbers,
) -> Option<(Dialect, String)> {
    let head = dialect.head?;
    let (names, end) = first(bytes, head, dialect);
    let mut above = 0;
    for (name, seen) in names.iter().zip(&scan.columns) {
        let values = seen.numbers() + seen.moments();
        if scan.rows == 0 || values > 0 && values == seen.values() {
            match is_value(name, numbers) {
                true => above += 1,
                false if name.trim().is_empty() => {}
                false => return None,
            }
        }
    }
    let other = Dialect {
        names: (0..names.len()).map(numbered).collect(),
        head: None,
        body: head,
        header_lines: dialect.header_lines - end.lines,
        ..dialect.clone()
    };
    (above >= 2).then(|| (other, shown(&names)))
}

/// Whether a field is a number or a time.
fn is_value(field: &str, numbers: Numbers) -> bool {
    let class = classify(field.trim().as_bytes(), numbers);
    matches!(class, Class::Integer(_) | Class::Digits | Class::Float | Class::Grouped(_) | Class::Time)
}

/// Whether the line of the names of a file may be a row: something in it is a number, however it is written, or a time.
pub(super) fn may_be_row(dialect: &Dialect) -> bool {
    let numbers = |decimal_comma: bool| Numbers { decimal_comma, ..Numbers::default() };
    dialect.names.iter().any(|name| [false, true].into_iter().any(|comma| is_value(name, numbers(comma))))
}

/// The name of a column that has none.
pub(super) fn numbered(at: usize) -> String {
    format!("column_{}", at + 1)
}

/// The same file from the record after the first, where that holds the forms of columns: `5s`, `20d`, `14n`, as the USGS has it.
pub(super) fn without_formats(bytes: &[u8], dialect: &Dialect) -> Option<(Dialect, String)> {
    let (fields, end) = first(bytes, dialect.body, dialect);
    let is_format = |field: &String| {
        let digits = field.strip_suffix(['s', 'd', 'n']);
        digits.is_some_and(|digits| (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let all = fields.len() == dialect.names.len() && fields.len() > 1 && fields.iter().all(is_format);
    all.then(|| (dialect.after(&end), shown(&fields)))
}

/// The same file from the record after the first, where that holds units or labels: it is the one text in columns of numbers or
/// times, of which there are two at least; where another text stands in such a column, it stands elsewhere, too, and is another one.
pub(super) fn without_units(bytes: &[u8], dialect: &Dialect, scan: &Scan) -> Option<(Dialect, String)> {
    let beneath = dialect.header_lines + 1;
    let (fields, end) = first(bytes, dialect.body, dialect);
    let mut units = 0;
    for (at, seen) in scan.columns.iter().enumerate() {
        let values = seen.numbers() + seen.moments();
        if values == 0 {
            continue;
        }
        let nothing = fields.get(at).is_none_or(|field| field.trim().is_empty() || is_missing(field.trim().as_bytes()));
        match &seen.odd[..] {
            [(line, text), more @ ..] if *line == beneath => {
                // A second such line is left out in its turn.
                let alone = more.iter().all(|(line, _)| *line == beneath + 1)
                    && seen.texts == 1 + more.len() as u64
                    && seen.values() == values + seen.texts;
                if !alone && more.iter().any(|(_, other)| other == text) {
                    return None;
                }
                units += usize::from(alone);
            }
            // A column of numbers without a unit has nothing there, or its first value would go, too.
            _ if !nothing => return None,
            _ => {}
        }
    }
    (units >= 2).then(|| (dialect.after(&end), shown(&fields)))
}

/// The fields of the record at a place, one more than there are names at most.
fn first(bytes: &[u8], at: usize, dialect: &Dialect) -> (Vec<String>, End) {
    let mut fields = Vec::new();
    let end = record(bytes, at, dialect.cut, |number, raw| {
        if number <= dialect.names.len() {
            fields.push(text(raw, dialect.cut.quote));
        }
    });
    (fields, end)
}

/// The beginning of a record.
fn shown(fields: &[String]) -> String {
    fields.iter().map(|field| field.trim()).collect::<Vec<_>>().join(", ").chars().take(60).collect()
}
