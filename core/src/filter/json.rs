//! CQL2 JSON to the tree: a small JSON reader, then the same nodes that the text gives.

use super::{
    MAX_DEPTH, MAX_ITEMS, MAX_TERMS, MAX_TEXT,
    ast::{Comparison, Expr, Literal, Place, Property, Value},
    build::{self, Side},
    error,
};
use crate::{error::QueryError, suggest::did_you_mean};
use alloc::{
    boxed::Box,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

/// Operators there are, as the standard writes them.
const OPERATORS: [&str; 15] =
    ["and", "or", "not", "=", "<>", "<", "<=", ">", ">=", "between", "in", "like", "isNull", "casei", "s_intersects"];

/// Deepest nesting of JSON: a level of the filter is an object in an array, a leaf a few more.
const MAX_NESTING: usize = 2 * MAX_DEPTH + 8;

/// JSON with the character where each value starts.
struct Json {
    node: Node,
    place: usize,
}

enum Node {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Expr {
    /// Reads CQL2 JSON, within the limits of [`Expr::parse`].
    ///
    /// # Errors
    /// [`QueryError`] with the character, what stands there and what was expected.
    ///
    /// ```
    /// use duotile_core::filter::Expr;
    /// let filter = Expr::parse_json(r#"{"op":"<","args":[{"property":"fare"},10]}"#).unwrap();
    /// assert_eq!(filter, Expr::parse("fare < 10").unwrap());
    /// ```
    pub fn parse_json(text: &str) -> Result<Self, QueryError> {
        if text.len() > MAX_TEXT {
            return Err(error(format!("got {} bytes, expected at most {MAX_TEXT}", text.len()), 0));
        }
        let mut reader = Reader { chars: text.chars().collect(), at: 0, depth: 0 };
        let json = reader.value()?;
        reader.space();
        if reader.at < reader.chars.len() {
            return Err(reader.unexpected("the end"));
        }
        Convert { terms: 0 }.expr(&json, 0)
    }
}

struct Convert {
    terms: usize,
}

impl Convert {
    fn expr(&mut self, json: &Json, depth: usize) -> Result<Expr, QueryError> {
        if depth > MAX_DEPTH {
            return Err(build::too_deep(json.place));
        }
        let (op, args) = match &json.node {
            Node::Object(members) if members.iter().any(|(name, _)| name == "op") => operation(json, members)?,
            _ => {
                self.term(json)?;
                return match side(json, depth)? {
                    Side::Property(property) => build::holds(property),
                    Side::Literal(Literal { value: Value::Boolean(constant), .. }) => Ok(Expr::Constant(constant)),
                    Side::Literal(literal) => {
                        Err(error(format!("got {}, expected a condition", literal.value), json.place))
                    }
                };
            }
        };
        let name = op.to_ascii_lowercase();
        if let "and" | "or" = name.as_str() {
            if args.is_empty() {
                return Err(error(format!("got no arguments for {op}, expected conditions"), json.place));
            }
            let list = args.iter().map(|arg| self.expr(arg, depth + 1)).collect::<Result<Vec<_>, _>>()?;
            return Ok(if name == "and" { Expr::And(list) } else { Expr::Or(list) });
        }
        if name == "not" {
            let [inner] = exactly(op, args, json)?;
            return Ok(Expr::Not(Box::new(self.expr(inner, depth + 1)?)));
        }
        self.term(json)?;
        condition(op, &name, args, json, depth)
    }

    fn term(&mut self, json: &Json) -> Result<(), QueryError> {
        self.terms += 1;
        if self.terms > MAX_TERMS { Err(build::too_many(json.place)) } else { Ok(()) }
    }
}

/// A condition from its operator and arguments.
fn condition(op: &str, name: &str, args: &[Json], json: &Json, depth: usize) -> Result<Expr, QueryError> {
    if let Some(comparison) = Comparison::ALL.into_iter().find(|comparison| comparison.symbol() == name) {
        let [left, right] = exactly(op, args, json)?;
        return match (side(left, depth)?, side(right, depth)?) {
            (Side::Property(property), Side::Literal(literal)) => build::compare(property, comparison, literal),
            (Side::Literal(literal), Side::Property(property)) => build::compare(property, comparison.turn(), literal),
            (Side::Property(_), Side::Property(_)) => {
                Err(error("comparing two columns is not supported, expected a value on one side", right.place))
            }
            (Side::Literal(_), Side::Literal(_)) => {
                Err(error("got a value on both sides, expected a column on one", left.place))
            }
        };
    }
    match name {
        "between" => {
            let [of, low, high] = exactly(op, args, json)?;
            build::between(property(of, depth)?, literal(low, depth)?, literal(high, depth)?)
        }
        "in" => {
            let [of, list] = exactly(op, args, json)?;
            let Node::List(items) = &list.node else {
                return Err(error(format!("got {}, expected a list of values", list.describe()), list.place));
            };
            if items.is_empty() || items.len() > MAX_ITEMS {
                let message = format!("got {} values, expected 1 to {MAX_ITEMS}", items.len());
                return Err(error(message, list.place));
            }
            let items = items.iter().map(|item| literal(item, depth)).collect::<Result<_, _>>()?;
            build::among(property(of, depth)?, items)
        }
        "like" => {
            let [of, pattern] = exactly(op, args, json)?;
            build::like(property(of, depth)?, literal(pattern, depth)?)
        }
        "isnull" => {
            let [of] = exactly(op, args, json)?;
            build::is_null(property(of, depth)?)
        }
        "s_intersects" => {
            let [of, shape] = exactly(op, args, json)?;
            property(of, depth)?;
            let Node::Object(members) = &shape.node else {
                return Err(error(format!("got {}, expected {{\"bbox\": […]}}", shape.describe()), shape.place));
            };
            let [(key, Json { node: Node::List(sides), .. })] = &members[..] else {
                return Err(error("got another geometry, expected {\"bbox\": [w, s, e, n]}", shape.place));
            };
            if key != "bbox" {
                return Err(error("got another geometry, expected {\"bbox\": [w, s, e, n]}", shape.place));
            }
            let sides = sides.iter().map(|side| match &side.node {
                Node::Number(digits) => build::number(digits, side.place),
                _ => Err(error(format!("got {}, expected degrees", side.describe()), side.place)),
            });
            build::inside(&sides.collect::<Result<Vec<_>, _>>()?, json.place)
        }
        "+" | "-" | "*" | "/" | "%" | "^" | "div" => {
            Err(error("arithmetic is not supported, expected a comparison of a column with a value", json.place))
        }
        _ => {
            Err(error(format!("the operator {op:?} is not supported here"), json.place)
                .hint(did_you_mean(op, OPERATORS)))
        }
    }
}

/// The operator and the arguments of an object that has them and nothing else.
fn operation<'a>(json: &Json, members: &'a [(String, Json)]) -> Result<(&'a str, &'a [Json]), QueryError> {
    let (mut op, mut args) = (None, None);
    for (name, value) in members {
        match (name.as_str(), &value.node) {
            ("op", Node::Text(text)) => op = Some(text.as_str()),
            ("args", Node::List(list)) => args = Some(&list[..]),
            _ => {
                let message = format!(
                    "got {name:?} with {}, expected \"op\" with a text and \"args\" with a list",
                    value.describe()
                );
                return Err(error(message, value.place));
            }
        }
    }
    match (op, args) {
        (Some(op), Some(args)) => Ok((op, args)),
        _ => Err(error("expected both \"op\" and \"args\"", json.place)),
    }
}

/// The arguments, which must be this many.
fn exactly<'a, const N: usize>(op: &str, args: &'a [Json], json: &Json) -> Result<&'a [Json; N], QueryError> {
    args.try_into().map_err(|_| error(format!("got {} arguments for {op}, expected {N}", args.len()), json.place))
}

fn property(json: &Json, depth: usize) -> Result<Property, QueryError> {
    match side(json, depth)? {
        Side::Property(property) => Ok(property),
        Side::Literal(_) => Err(error(
            format!("got {}, expected a column, as in {{\"property\": \"fare\"}}", json.describe()),
            json.place,
        )),
    }
}

fn literal(json: &Json, depth: usize) -> Result<Literal, QueryError> {
    match side(json, depth)? {
        Side::Literal(literal) => Ok(literal),
        Side::Property(property) => {
            Err(error(format!("got the column \"{}\", expected a value", property.name), json.place))
        }
    }
}

/// A column or a value.
fn side(json: &Json, depth: usize) -> Result<Side, QueryError> {
    if depth > MAX_DEPTH {
        return Err(build::too_deep(json.place));
    }
    let place = Place(json.place);
    let value = match &json.node {
        Node::Boolean(boolean) => Value::Boolean(*boolean),
        Node::Number(digits) => build::number(digits, json.place)?,
        Node::Text(text) => Value::Text(text.clone()),
        Node::Null => {
            return Err(
                error("got null, which equals nothing", json.place).hint("use {\"op\": \"isNull\", …}".to_string())
            );
        }
        Node::List(_) => return Err(error("got a list, expected a column or a value", json.place)),
        Node::Object(members) => match &members[..] {
            [(key, Json { node: Node::Text(text), place: at })] => match key.as_str() {
                "property" => return Ok(Side::Property(Property { name: text.clone(), fold: false, place })),
                "date" => Value::Time(build::moment(text, true, *at, 0)?),
                "timestamp" => Value::Time(build::moment(text, false, *at, 0)?),
                _ => {
                    let hint = did_you_mean(key, ["property", "date", "timestamp"]);
                    let message = format!("got {key:?}, expected \"property\", \"date\" or \"timestamp\"");
                    return Err(error(message, json.place).hint(hint));
                }
            },
            members => {
                let (op, args) = operation(json, members)?;
                if !op.eq_ignore_ascii_case("casei") {
                    let message = if "+-*/^%".contains(op) || op.eq_ignore_ascii_case("div") {
                        "arithmetic is not supported, expected a column or a value".to_string()
                    } else {
                        format!("got the operator {op:?}, expected a column, a value or casei")
                    };
                    return Err(error(message, json.place));
                }
                let [inner] = exactly(op, args, json)?;
                return build::fold(side(inner, depth + 1)?);
            }
        },
    };
    Ok(Side::Literal(Literal { value, place }))
}

impl Json {
    fn describe(&self) -> &'static str {
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

/// RFC 8259, by recursive descent.
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
