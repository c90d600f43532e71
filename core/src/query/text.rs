//! Texts inside a query string: percent-encoding, and lists of names in which odd names are double-quoted.

use crate::small::error::QueryError;
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};
use core::fmt;

/// What a URL's query takes as it is, besides letters and digits, and what readers leave alone.
const PLAIN: &[u8] = b"-._~:,*()'=/!@$;";

/// A text with everything else as `%XX`.
pub(super) struct Encoded<'a>(pub(super) &'a str);

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Letters as they are in one piece, up to the next that is not.
        let plain = |c: char| c.is_ascii_alphanumeric() || c.is_ascii() && PLAIN.contains(&(c as u8));
        let mut rest = self.0;
        while let Some(c) = rest.chars().next() {
            let end = if plain(c) { rest.find(|c| !plain(c)).unwrap_or(rest.len()) } else { c.len_utf8() };
            let (piece, more) = rest.split_at(end);
            if plain(c) {
                f.write_str(piece)?;
            } else {
                piece.bytes().try_for_each(|byte| write!(f, "%{byte:02X}"))?;
            }
            rest = more;
        }
        Ok(())
    }
}

/// Reads form encoding: `+` is a space, `%XX` a byte of UTF-8.
pub(super) fn decode(parameter: &str, text: &str) -> Result<String, QueryError> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let digit = |at: usize| bytes.get(at).and_then(|&b| char::from(b).to_digit(16));
                let (Some(high), Some(low)) = (digit(at), digit(at + 1)) else {
                    let place = text[..at - 1].chars().count();
                    return Err(QueryError::new(parameter, "got % without two hexadecimal digits after it")
                        .at(place)
                        .hint("a percent sign itself is written %25".to_string()));
                };
                decoded.push((high << 4 | low) as u8);
                at += 2;
            }
            byte => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).map_err(|bad| {
        let place = String::from_utf8_lossy(&bad.as_bytes()[..bad.utf8_error().valid_up_to()]).chars().count();
        QueryError::new(parameter, "the percent-encoded bytes are not UTF-8").at(place)
    })
}

/// A piece of a list, up to one of its separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The text, without quotes, or without the spaces around it.
    pub(super) text: String,
    /// Whether it stood in double quotes.
    pub(super) quoted: bool,
    /// Where it starts, in characters.
    pub(super) place: usize,
    /// The separator after it; none after the last.
    pub(super) end: Option<char>,
}

/// Splits at separators outside of double quotes (in which the quote itself is doubled).
pub(super) fn split(parameter: &str, text: &str, separators: &[char]) -> Result<Vec<Item>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    let mut items = Vec::new();
    let mut at = 0;
    loop {
        while chars.get(at) == Some(&' ') {
            at += 1;
        }
        let place = at;
        let mut item = Item { text: String::new(), quoted: chars.get(at) == Some(&'"'), place, end: None };
        if item.quoted {
            at += 1;
            loop {
                match (chars.get(at), chars.get(at + 1)) {
                    (Some('"'), Some('"')) => {
                        item.text.push('"');
                        at += 2;
                    }
                    (Some('"'), _) => break,
                    (Some(&c), _) => {
                        item.text.push(c);
                        at += 1;
                    }
                    (None, _) => {
                        return Err(QueryError::new(parameter, "the quote \" is never closed").at(place));
                    }
                }
            }
            at += 1;
            while chars.get(at) == Some(&' ') {
                at += 1;
            }
            if let Some(c) = chars.get(at).filter(|c| !separators.contains(c)) {
                let message = format!("got {c:?} after a quoted name, expected a separator or the end");
                return Err(QueryError::new(parameter, message).at(at));
            }
        } else {
            let length = chars[at..].iter().take_while(|c| !separators.contains(c)).count();
            item.text = chars[at..at + length].iter().collect::<String>().trim_end_matches(' ').to_string();
            at += length;
        }
        item.end = chars.get(at).copied();
        let last = item.end.is_none();
        items.push(item);
        if last {
            return Ok(items);
        }
        at += 1;
    }
}

/// A name as it stands in a list: in double quotes if it is odd.
pub(super) fn quote(name: &str) -> String {
    let odd = name.is_empty() || name == "*" || name.contains([',', ':', '"']) || name.trim_matches(' ') != name;
    if odd { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_string() }
}

/// The parts of a text between commas that stand in no quotes and no parentheses, each with its first character.
pub(super) fn parts(text: &str) -> Vec<(&str, usize)> {
    let (mut found, mut start, mut place) = (Vec::new(), 0, 0);
    let (mut quote, mut depth) = (None, 0i32);
    for (count, (at, c)) in text.char_indices().enumerate() {
        match (quote, c) {
            // A quote that is doubled ends and begins at once.
            (Some(open), c) => quote = Some(open).filter(|open| *open != c),
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, ',') if depth <= 0 => {
                found.push((&text[start..at], place));
                (start, place) = (at + 1, count + 1);
            }
            _ => {}
        }
    }
    found.push((&text[start..], place));
    found
}

/// A name, which may stand in double quotes, before a separator, and what follows it.
pub(super) fn named(text: &str, separator: char) -> Option<(String, &str)> {
    let text = text.trim_start_matches(' ');
    let Some(mut rest) = text.strip_prefix('"') else {
        let (name, rest) = text.split_once(separator)?;
        return Some((name.trim_end_matches(' ').to_string(), rest));
    };
    let mut name = String::new();
    loop {
        let end = rest.find('"')?;
        name.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(more) = rest.strip_prefix('"') else { break };
        name.push('"');
        rest = more;
    }
    Some((name, rest.trim_start_matches(' ').strip_prefix(separator)?))
}
