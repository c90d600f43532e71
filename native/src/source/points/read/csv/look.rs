//! A file is looked at as often as it takes to know how it is written: its encoding, whether its quotes are quotes, whether its
//! first line has names, and what stands beneath them.

use super::{
    beneath,
    dialect::{self, Dialect},
    encoding,
    scan::{Scan, scan},
    seen::{Look, Seen},
    split::{Cut, record},
};
use crate::read::{Options, Progress, Type, content::Content, layout::MOST_COLUMNS, names, numbers::Numbers};
use anyhow::{Context, Result, bail};

/// A file and what was found out about it.
#[derive(Debug)]
pub(super) struct Looked {
    pub content: Content,
    pub dialect: Dialect,
    pub how: Look,
    pub scan: Scan,
}

/// Looks at every field.
///
/// # Errors
/// When it is no CSV with names, or damaged.
pub(super) fn look(
    content: Content,
    all: &Options,
    lines: &mut Vec<String>,
    progress: &dyn Progress,
) -> Result<Looked> {
    let (options, strict) = (&all.csv, all.strict);
    let mut content = dialect::decoded(content, options, strict, lines)?;
    let mut notes = Vec::new();
    let mut dialect = dialect::detect(content.as_ref(), options, &mut notes)?;
    let count = dialect.names.len();
    if count > MOST_COLUMNS {
        bail!(
            "it has more than {MOST_COLUMNS} columns, expected that many at most: is the delimiter right (--delimiter)?"
        );
    }
    let advance = |done| progress.advance(done);
    progress.stage("look at lines", Some(content.as_ref().len() as u64));
    let mut how = how(&dialect, all);
    let mut found = scan(content.as_ref(), &dialect, &how, &advance);
    if found.is_none() || std::str::from_utf8(&content.as_ref()[..dialect.body]).is_err() {
        content = encoding::guessed(&content, strict, lines)?;
        notes.clear();
        dialect = dialect::detect(content.as_ref(), options, &mut notes)?;
        how = self::how(&dialect, all);
        found = scan(content.as_ref(), &dialect, &how, &advance);
    }
    let mut scan = found.context("the file is no text of a known encoding; say --encoding")?;
    if scan.doubts.returns > 0
        && let Some((other, seen)) = with_returns(content.as_ref(), &dialect, &scan, &how, &advance)
    {
        (dialect, scan) = (other, seen);
    }
    if dialect.cut.returns {
        let before = &content.as_ref()[..dialect.body];
        let alone =
            before.iter().enumerate().filter(|&(at, &byte)| byte == b'\r' && dialect.cut.ends(before, at)).count();
        lines.push(match scan.returns + alone as u64 {
            _ if dialect::by_returns(content.as_ref()) => "lines end with carriage returns only".into(),
            count => format!("{count} lines ended with a carriage return only, others with a line feed"),
        });
    }
    lines.append(&mut notes);
    let bytes = content.as_ref();
    if options.quote.is_none()
        && let Some((other, seen)) = without_quotes(bytes, &dialect, &scan, &how, &advance)
    {
        lines.push(
            "quotes are letters here: only so all lines have as many fields as there are names (else say --quote '\"')"
                .into(),
        );
        (dialect, scan) = (other, seen);
    }
    if scan.doubts.escaped > 0
        && let Some((other, seen)) = with_escapes(bytes, &dialect, &scan, &how, &advance)
    {
        let left = match seen.doubts.escaped {
            0 => String::new(),
            left => format!(", but in {left} records that have other quotes besides and stay as they are"),
        };
        lines.push(format!("quotes within quotes stand behind backslashes, which are no part of texts{left}"));
        (dialect, scan) = (other, seen);
    }
    if let Some((other, shown)) = beneath::without_names(bytes, &dialect, &scan, how.numbers)
        && let Some(seen) = self::scan(bytes, &other, &how, &advance)
    {
        let count = other.names.len();
        lines.push(format!(
            "the first line ({shown}) is a row and has no names: columns are column_1 to column_{count} here"
        ));
        (dialect, scan) = (other, seen);
    }
    if let Some((other, formats)) = beneath::without_formats(bytes, &dialect)
        && let Some(seen) = self::scan(bytes, &other, &how, &advance)
    {
        lines.push(format!("the line beneath the names holds the forms of columns ({formats}) and is left out"));
        (dialect, scan) = (other, seen);
    }
    // Data loggers have another line beneath that, of what was done with the values.
    for what in ["line", "next line"] {
        if let Some((other, units)) = beneath::without_units(bytes, &dialect, &scan)
            && let Some(seen) = self::scan(bytes, &other, &how, &advance)
        {
            lines.push(format!("the {what} beneath the names holds units ({units}) and is left out"));
            (dialect, scan) = (other, seen);
        }
    }
    if scan.columns.iter().any(Seen::is_unsure)
        && let Some(seen) = self::scan(bytes, &dialect, &Look { thorough: true, ..how.clone() }, &advance)
    {
        scan = seen;
    }
    dialect.names = names::distinct(dialect.names, lines);
    Ok(Looked { content, dialect, how, scan })
}

fn how(dialect: &Dialect, all: &Options) -> Look {
    let options = &all.csv;
    let usual = if dialect.decimal_comma { '.' } else { ',' };
    let thousands = options.thousands.unwrap_or(Some(usual));
    Look {
        numbers: Numbers { decimal_comma: dialect.decimal_comma, thousands, mark: None },
        format: options.time_format.clone(),
        thorough: false,
        dates: options.dates.is_some(),
        times: times(all).map(str::to_owned).collect(),
    }
}

/// Columns that were said to be times.
fn times(options: &Options) -> impl Iterator<Item = &str> {
    let date = options.time.as_deref().map(|name| name.split_once('+').map_or(name, |(date, _)| date.trim()));
    let types = options.types.iter().filter(|(_, kind)| *kind == Type::Time).map(|(name, _)| name.as_str());
    options.time.as_deref().into_iter().chain(date).chain(types)
}

/// The same file with backslashes that take from quotes what they mean, where fewer records are odd then, and no more lines are
/// broken: a few that are damaged leave the others theirs.
fn with_escapes(
    bytes: &[u8],
    dialect: &Dialect,
    scan: &Scan,
    how: &Look,
    advance: &dyn Fn(u64),
) -> Option<(Dialect, Scan)> {
    let cut = Cut { escapes: true, ..dialect.cut };
    let other = Dialect { cut, ..dialect.clone() };
    let seen = self::scan(bytes, &other, how, advance)?;
    let fewer = seen.doubts.escaped < scan.doubts.escaped && seen.broken() <= scan.broken();
    let closes = seen.open.is_none() && seen.overlong.is_none();
    (fewer && closes && seen.whole() >= scan.whole()).then_some((other, seen))
}

/// The same file with lines of several systems, where no more lines are broken then and more are whole.
fn with_returns(
    bytes: &[u8],
    dialect: &Dialect,
    scan: &Scan,
    how: &Look,
    advance: &dyn Fn(u64),
) -> Option<(Dialect, Scan)> {
    let cut = Cut { returns: true, ..dialect.cut };
    let other = Dialect { cut, ..dialect.clone() };
    let seen = self::scan(bytes, &other, how, advance)?;
    (seen.broken() <= scan.broken() && seen.whole() > scan.whole()).then_some((other, seen))
}

/// The same file with quotes as letters, where only so all lines are whole: fields that begin with a quote hold what parts
/// fields or lines, and lie in lines that have the right width by themselves.
fn without_quotes(
    bytes: &[u8],
    dialect: &Dialect,
    scan: &Scan,
    how: &Look,
    advance: &dyn Fn(u64),
) -> Option<(Dialect, Scan)> {
    let quote = dialect.cut.quote?;
    let width = dialect.names.len();
    // Of two fields and commas between, a text over two lines could have two on each.
    let enough = if dialect.cut.delimiter == b'\t' { 2 } else { 3 };
    if width < enough || bytes[..dialect.body].contains(&quote) {
        return None;
    }
    let cut = Cut { quote: None, ..dialect.cut };
    let doubted = scan.crossed.first.clone().or(scan.open.map(|_| dialect.body..dialect.body))?;
    let mut at = doubted.start;
    while at < doubted.end {
        let mut fields = 0;
        at = record(bytes, at, cut, |number, _| fields = number + 1).next;
        if fields != width {
            return None;
        }
    }
    let other = Dialect { cut, ..dialect.clone() };
    let seen = self::scan(bytes, &other, how, advance)?;
    (seen.short.count + seen.long.count == 0 && seen.overlong.is_none()).then_some((other, seen))
}
