//! What is told of a CSV file and its columns before its rows are read, and what of it is too much.

use super::{dialect::Dialect, scan::Scan, seen::Seen};
use crate::read::{Options, clocks, field::Field, names::find_name, numbers::Numbers};
use anyhow::{Result, bail};

/// What is told of the clock that the name of a column of times says, or that of one of times of day behind it.
pub(super) fn by_clock(field: &Field, time: Option<&str>) -> Option<String> {
    let name = &field.name;
    Some(match clocks::named(name).or_else(|| clocks::named(time?))? {
        clocks::Clock::Ahead(minutes) => {
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            let side = if minutes < 0 { "behind" } else { "ahead of" };
            format!(
                "column {name:?}: times that name no zone are {hours}:{rest:02} hours {side} UTC, as its name says (else say --timezone UTC)"
            )
        }
        clocks::Clock::Word(word) => format!(
            "column {name:?}: its name says {word}, by which its times do not go: those that name no zone are taken as UTC (--timezone says \
             which it is, such as Europe/Berlin)"
        ),
    })
}

/// What commas and points mean in a column that is said to be numbers, and what is told of it: one thing in all of it, that of
/// the file unless only the opposite fits.
pub(super) fn meaning(
    name: &str,
    seen: &Seen,
    numbers: Numbers,
    options: &Options,
    lines: &mut Vec<String>,
) -> Numbers {
    let comma = |numbers: Numbers| if numbers.decimal_comma { "comma" } else { "point" };
    if let Some((_, text)) = seen.first_turned.as_ref().filter(|_| options.csv.decimal_comma.is_none()) {
        let numbers = if seen.is_turned() {
            Numbers { mark: numbers.mark.or(seen.turned_mark), ..numbers.turned() }
        } else {
            numbers
        };
        let read = if seen.is_turned() { "" } else { " not" };
        lines.push(format!("column {name:?}: decimals have a {} here, which {text:?} has{read}", comma(numbers)));
        return numbers;
    }
    if let Some(text) = &seen.first_grouped {
        lines.push(format!("column {name:?}: signs between thousands are left out, as in {text:?}"));
    }
    numbers
}

/// What is told of letters of the compass beside the numbers that they belong to.
pub(super) fn compass(name: &str, seen: &Seen) -> Option<String> {
    const WORDS: [&str; 11] = ["n", "s", "e", "w", "ns", "ew", "sn", "we", "dir", "direction", "ref"];
    const BEGIN: [&str; 8] = ["lat", "lon", "lng", "hemi", "north", "south", "east", "west"];
    let tells = |word: &String| WORDS.contains(&word.as_str()) || BEGIN.iter().any(|begin| word.starts_with(begin));
    let named = find_name(name, |words| words.iter().any(tells));
    (named && seen.south > 0 && seen.compass == seen.values()).then(|| {
        format!(
            "column {name:?} holds letters of the compass, by which positions do not go: unless the numbers have signs, rows with S or W \
             lie on the wrong side of the equator or of Greenwich (write -33.9 or 33.9S)"
        )
    })
}

/// Says which lines are broken; too many are an error, or one, where it shall be.
pub(super) fn check(scan: &Scan, dialect: &Dialect, strict: bool, lines: &mut Vec<String>) -> Result<()> {
    /// So few lines may be broken whatever share of the file they are, unless they are most of it.
    const FEW: u64 = 10;
    let width = dialect.names.len();
    if let Some(line) = scan.overlong {
        bail!(
            "line {line} is longer than 256 MB, which no table has: is a quote open there (--quote none takes quotes as letters), or \
             do its lines end with something else than line feeds?"
        );
    }
    if let Some(line) = scan.open {
        bail!("the quote that opens in line {line} is never closed (--quote none takes quotes as letters)");
    }
    if let Some((line, fields)) = scan.long.first {
        let count = scan.long.count;
        let all = scan.rows + count;
        let what = format!("line {line} has {fields} fields, expected {width}");
        if strict {
            bail!("{what}, and --strict takes no line that does not fit");
        }
        if count * 2 > all || count > FEW && count * 10 > all {
            bail!(
                "{what}; {count} of {all} lines have too many: is the delimiter right (--delimiter), do other signs than \" \
                 stand around fields (--quote), and are there lines before the names (--skip-lines)?"
            );
        }
        lines.push(format!("{count} of {all} lines have too many fields and are left out: {what}"));
    }
    if let Some((line, fields)) = scan.short.first {
        let count = scan.short.count;
        let what = format!("line {line} has {fields} fields, expected {width}");
        if strict {
            bail!("{what}, and --strict takes no line that does not fit");
        }
        lines.push(format!(
            "{count} of {} lines have too few fields; what they lack is taken as no value: {what}",
            scan.rows
        ));
    }
    if let Some(line) = scan.crossed.first_odd {
        let count = scan.crossed.odd;
        lines.push(format!(
            "{count} records run over several lines up to a quote that closes nothing, the first in line {line}: lines may lie \
             inside a text (--quote none takes quotes as letters)"
        ));
    }
    if let Some(line) = scan.zero {
        lines.push(format!("zero bytes stand in the file, the first in line {line}; in texts they stay as they are"));
    }
    if scan.comments > 0 {
        lines.push(format!("{} lines of comments among the rows are left out (--comment)", scan.comments));
    }
    Ok(())
}
