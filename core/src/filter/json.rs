//! A small JSON reader (RFC 8259) that keeps the place of every value: text to a tree, no deeper than a filter can be.

use super::{MAX_DEPTH, MAX_TEXT, build, error};
use crate::small::error::QueryError;
use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Deepest nesting of JSON: a level of the filter is an object in an array, a leaf a few more.
const MAX_NESTING: usize = 2 * MAX_DEPTH + 8;

/// JSON with the character where each value starts.
pub(super) struct Json {
    pub(super) node: Node,
    pub(super) place: usize,
}

pub(super) enum Node {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Reads a text that is one JSON value.
pub(super) fn read(text: &str) -> Result<Json, QueryError> {
    if text.len() > MAX_TEXT {
        return Err(error(format!("got {} bytes, expected at most {MAX_TEXT}", text.len()), 0));
    }
    let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0 };
    let json = reader.value()?;
    reader.space();
    if reader.at < reader.chars.len() { Err(reader.unexpected("the end")) } else { Ok(json) }
}

impl Json {
    /// Whether it is an object with an operator.
    pub(super) fn is_operation(&self) -> bool {
        matches!(&self.node, Node::Object(members) if members.iter().any(|(name, _)| name == "op"))
    }

    /// What it is, for messages.
    pub(super) fn describe(&self) -> &'static str {
        match self.node {
            Node::Null => "null",
            Node::Boolean(_) => "a truth value",
            Node::Number(_) => "a number",
            Node::Text(_) => "a text",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
        }
    }
}

/// A place in the text.
struct Reader {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, c: char) -> bool {
        self.space();
        let is = self.peek() == Some(c);
        self.at += usize::from(is);
        is
    }

    fn unexpected(&self, expected: &str) -> QueryError {
        let got = self.peek().map_or("the end".to_string(), |c| format!("{c:?}"));
        error(format!("got {got}, expected {expected}"), self.at)
    }

    fn value(&mut self) -> Result<Json, QueryError> {
        self.space();
        let place = self.at;
        let node = match self.peek() {
            Some('{' | '[') if self.depth == MAX_NESTING => return Err(build::too_deep(place)),
            Some('{') => self.nested(Self::object)?,
            Some('[') => self.nested(Self::list)?,
            Some('"') => Node::Text(self.text()?),
            Some('-' | '0'..='9') => self.number()?,
            Some('t') => self.word("true", Node::Boolean(true))?,
            Some('f') => self.word("false", Node::Boolean(false))?,
            Some('n') => self.word("null", Node::Null)?,
            _ => return Err(self.unexpected("JSON: an object, a list, a text, a number, true, false or null")),
        };
        Ok(Json { node, place })
    }

    fn nested(&mut self, rule: fn(&mut Self) -> Result<Node, QueryError>) -> Result<Node, QueryError> {
        self.at += 1;
        self.depth += 1;
        let node = rule(self);
        self.depth -= 1;
        node
    }

    fn list(&mut self) -> Result<Node, QueryError> {
        let mut list = Vec::new();
        if self.take(']') {
            return Ok(Node::List(list));
        }
        loop {
            list.push(self.value()?);
            if !self.take(',') {
                break;
            }
        }
        if self.take(']') { Ok(Node::List(list)) } else { Err(self.unexpected("`,` or `]`")) }
    }

    fn object(&mut self) -> Result<Node, QueryError> {
        let mut members: Vec<(String, Json)> = Vec::new();
        if self.take('}') {
            return Ok(Node::Object(members));
        }
        loop {
            self.space();
            let place = self.at;
            if self.peek() != Some('"') {
                return Err(self.unexpected("a name in double quotes"));
            }
            let name = self.text()?;
            if members.iter().any(|(known, _)| *known == name) {
                return Err(error(format!("the name {name:?} stands here twice"), place));
            }
            if !self.take(':') {
                return Err(self.unexpected("`:`"));
            }
            members.push((name, self.value()?));
            if !self.take(',') {
                break;
            }
        }
        if self.take('}') { Ok(Node::Object(members)) } else { Err(self.unexpected("`,` or `}`")) }
    }

    fn word(&mut self, word: &str, node: Node) -> Result<Node, QueryError> {
        for c in word.chars() {
            if self.peek() != Some(c) {
                return Err(self.unexpected(word));
            }
            self.at += 1;
        }
        Ok(node)
    }

    fn number(&mut self) -> Result<Node, QueryError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some('-'));
        let zero = self.peek() == Some('0');
        let whole = self.digits()?;
        if zero && whole > 1 {
            return Err(error("got a number with a leading zero, which JSON does not have", start));
        }
        if self.peek() == Some('.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some('e' | 'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some('+' | '-')));
            self.digits()?;
        }
        Ok(Node::Number(self.chars[start..self.at].iter().collect()))
    }

    fn digits(&mut self) -> Result<usize, QueryError> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(self.at - start) } else { Err(self.unexpected("a digit")) }
    }

    fn text(&mut self) -> Result<String, QueryError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return Err(error("the quote \" is never closed", start)) };
            match c {
                '"' => {
                    self.at += 1;
                    return Ok(text);
                }
                '\\' => text.push(self.escape()?),
                c if c < ' ' => return Err(self.unexpected("no control character in a text")),
                c => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, QueryError> {
        let place = self.at;
        self.at += 2;
        Ok(match self.chars.get(place + 1) {
            Some(&c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = self.hex(place)?;
                // A character beyond 16 bits is a pair of surrogates.
                let paired =
                    (0xd800..0xdc00).contains(&first) && self.chars.get(self.at..self.at + 2) == Some(&['\\', 'u']);
                let scalar = if paired {
                    self.at += 2;
                    match self.hex(place)? {
                        second @ 0xdc00..0xe000 => 0x1_0000 + ((first - 0xd800) << 10 | (second - 0xdc00)),
                        _ => first,
                    }
                } else {
                    first
                };
                char::from_u32(scalar).ok_or_else(|| error("got half a surrogate pair", place))?
            }
            _ => {
                return Err(error(
                    "got an unknown escape, expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u",
                    place,
                ));
            }
        })
    }

    fn hex(&mut self, place: usize) -> Result<u32, QueryError> {
        let digits = self.chars.get(self.at..self.at + 4).unwrap_or(&[]);
        let code = digits.iter().try_fold(0, |code, c| c.to_digit(16).map(|digit| code << 4 | digit));
        self.at += 4;
        match code {
            Some(code) if digits.len() == 4 => Ok(code),
            _ => Err(error("expected four hexadecimal digits after \\u", place)),
        }
    }
}
