//! Bytes become UTF-8: what is in another encoding is written anew, and of a text that is UTF-8 but for a few bytes these are.

use crate::read::content::Content;
use anyhow::{Result, bail};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::sync::Arc;

/// One letter beyond ASCII of so many may be broken in a text that is UTF-8. Texts in other encodings hardly ever have one that is
/// whole.
const RARE: u64 = 100;

/// What was found of a text that is not all UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    /// Letters beyond ASCII.
    whole: u64,
    /// Runs of bytes that are none, and the line of the first.
    broken: u64,
    line: u64,
}

/// The bytes as UTF-8, as was said.
///
/// # Errors
/// When some are none, and none may be lost.
pub(super) fn said(content: Content, strict: bool, lines: &mut Vec<String>) -> Result<Content> {
    let found = look(content.as_ref());
    if found.broken == 0 {
        return Ok(content);
    }
    mended(&content, found, "--encoding names another", strict, lines)
}

/// The bytes that turned out not to be UTF-8: as such with a few that are broken, else as Windows-1252.
///
/// # Errors
/// When some are broken, and none may be lost.
pub(super) fn guessed(content: &Content, strict: bool, lines: &mut Vec<String>) -> Result<Content> {
    let found = look(content.as_ref());
    if found.whole < found.broken.saturating_mul(RARE - 1) {
        return Ok(transcoded(content, WINDOWS_1252, lines));
    }
    mended(content, found, "else say --encoding windows-1252", strict, lines)
}

/// The bytes in another encoding.
pub(super) fn transcoded(content: &Content, encoding: &'static Encoding, lines: &mut Vec<String>) -> Content {
    lines.push(format!("encoding: {} (else say --encoding)", encoding.name()));
    let (text, _, damaged) = encoding.decode(content.as_ref());
    if damaged {
        lines.push(format!("some bytes are not {}; they become U+FFFD", encoding.name()));
    }
    Content::Owned(Arc::new(text.into_owned().into_bytes()))
}

fn look(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let mut line = 1;
    for chunk in bytes.utf8_chunks() {
        let text = chunk.valid().as_bytes();
        found.whole += text.iter().map(|&byte| u64::from(byte >= 0xc0)).sum::<u64>();
        line += text.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
        if !chunk.invalid().is_empty() {
            found.broken += 1;
            if found.line == 0 {
                found.line = line;
            }
        }
    }
    found
}

fn mended(content: &Content, found: Found, hint: &str, strict: bool, lines: &mut Vec<String>) -> Result<Content> {
    let Found { broken, line, .. } = found;
    if strict {
        bail!("line {line} has bytes that are no UTF-8, the first of {broken}, and --strict loses none ({hint})");
    }
    let letters = if broken == 1 { "letter is" } else { "letters are" };
    let become_it = if broken == 1 { "becomes" } else { "become" };
    lines.push(format!(
        "encoding: UTF-8, of which {broken} {letters} broken and {become_it} U+FFFD, the first in line {line} ({hint})"
    ));
    let text = String::from_utf8_lossy(content.as_ref()).into_owned();
    Ok(Content::Owned(Arc::new(text.into_bytes())))
}
