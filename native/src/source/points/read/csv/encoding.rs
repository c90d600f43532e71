//! Bytes become UTF-8: what is in another encoding is written anew, and of a text that is UTF-8 but for a few bytes these are.

use crate::read::content::Content;
use anyhow::{Result, bail};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252};
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

/// The bytes that turned out not to be UTF-8: as such with a few that are broken, as Shift-JIS where nothing else is in them, else as
/// Windows-1252.
///
/// # Errors
/// When some are broken, and none may be lost.
pub(super) fn guessed(content: &Content, strict: bool, lines: &mut Vec<String>) -> Result<Content> {
    let found = look(content.as_ref());
    if found.whole < found.broken.saturating_mul(RARE - 1) {
        if is_japanese(content.as_ref()) {
            return Ok(transcoded(content, SHIFT_JIS, lines));
        }
        if in_pairs(content.as_ref()) {
            lines.push(
                "its bytes beyond ASCII stand in pairs, as in encodings of East Asia: --encoding gbk, big5, euc-kr or euc-jp says which"
                    .into(),
            );
        }
        return Ok(transcoded(content, WINDOWS_1252, lines));
    }
    mended(content, found, "else say --encoding windows-1252", strict, lines)
}

/// Bytes at the beginning by which an encoding is known.
const LOOK: usize = 1 << 18;

/// The beginning up to a line feed.
fn beginning(bytes: &[u8]) -> &[u8] {
    let look = &bytes[..bytes.len().min(LOOK)];
    if look.len() == bytes.len() {
        look
    } else {
        look.iter().rposition(|&byte| byte == b'\n').map_or(look, |end| &look[..end])
    }
}

/// Whether all is Shift-JIS, and nearly all beyond ASCII in it are letters of Japanese in words, or beside a digit. Texts in other
/// encodings become broken ones in it, or syllables of half width, and accents become letters that stand alone among others. A letter that is a
/// whole field is a word, as 有 and 無 are, and so is one in brackets, as 度 and 分.
fn is_japanese(bytes: &[u8]) -> bool {
    let Some(text) = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(beginning(bytes)) else {
        return false;
    };
    let is_japanese =
        |letter: char| matches!(letter, '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ff5e}');
    let (mut letters, mut japanese) = (0, 0);
    let mut rest = &*text;
    while let Some(start) = rest.find(|letter: char| !letter.is_ascii()) {
        let word = &rest[start..];
        let word = &word[..word.find(|letter: char| letter.is_ascii()).unwrap_or(word.len())];
        let length = word.chars().count();
        let parts = |letter: char| matches!(letter, ',' | ';' | '\t' | '|' | '"' | '\n' | '\r' | '(' | ')' | '[' | ']');
        let is_field = rest[..start].ends_with(parts) && rest[start + word.len()..].starts_with(parts);
        if length == 1 && is_field && is_plain(word) {
            (letters, japanese) = (letters + 1, japanese + 1);
        } else if length > 1 || !is_counted(&rest[..start], &rest[start + word.len()..]) {
            letters += length;
            japanese += if length > 1 { word.chars().filter(|&letter| is_japanese(letter)).count() } else { 0 };
        }
        rest = &rest[start + word.len()..];
    }
    letters >= 4 && japanese * 10 >= letters * 9
}

/// Whether a digit stands before or behind a letter, between these: 第1, 1番.
fn is_counted(before: &str, behind: &str) -> bool {
    let is_digit = |letter: char| letter.is_ascii_digit();
    before.ends_with(is_digit) || behind.starts_with(is_digit)
}

/// Whether a letter begins with a byte that no letter with an accent is: 有, 無, ○ and the days of the week do.
fn is_plain(letter: &str) -> bool {
    SHIFT_JIS.encode(letter).0.first().is_some_and(|byte| (0x81..0xa0).contains(byte))
}

/// Whether nearly all bytes beyond ASCII stand in runs of an even length: accents stand alone. Letters of Europe that follow one another
/// are from 0xc0 on, of those of East Asia many are not.
fn in_pairs(bytes: &[u8]) -> bool {
    let (mut all, mut paired, mut low) = (0, 0, 0);
    for run in beginning(bytes).split(u8::is_ascii).filter(|run| !run.is_empty()) {
        all += run.len();
        low += run.iter().map(|&byte| usize::from(byte < 0xc0)).sum::<usize>();
        paired += if run.len() % 2 == 0 { run.len() } else { 0 };
    }
    all >= 8 && paired * 10 >= all * 9 && low * 10 >= all
}

/// UTF-16 without a mark: of a text that is mostly ASCII nearly every second byte is zero, and hardly any of the others.
pub(super) fn unmarked(start: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = start.as_chunks::<2>();
    let zeros = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let [first, second] = [zeros(0), zeros(1)];
    let is_of = |high: usize, low: usize| pairs.len() >= 4 && high * 10 >= pairs.len() * 8 && low * 100 <= pairs.len();
    match () {
        () if is_of(first, second) => Some(UTF_16BE),
        () if is_of(second, first) => Some(UTF_16LE),
        () => None,
    }
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
